"""Backends of our own, one file each; what runs in them is the reference arithmetic."""
