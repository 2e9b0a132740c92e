"""Machines: complete deterministic automata with outputs, and what is done to them."""
