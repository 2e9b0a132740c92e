"""Backends of our own, one file each, found by their names: see :mod:`negeig.kernels.backend`."""
