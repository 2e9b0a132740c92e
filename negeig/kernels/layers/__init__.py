"""Layers that others released, with weights that make them a machine: described without torch."""
