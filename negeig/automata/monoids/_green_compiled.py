"""Compiled form of the search for strongly connected components."""

from __future__ import annotations

import numpy as np

from negeig.arrays import Ints
from negeig.automata.machines import components
from negeig.compiled import njit

# Edges that one call follows, so that Ctrl-C is seen: some 50 ms.
_CALL_EDGES = 1_000_000

_advance = njit(components.advance)


def strong_components(successors: Ints) -> Ints:
    """Label components as :func:`negeig.automata.machines.components.strong_components` does."""
    vertices, degree = successors.shape
    flat = np.ascontiguousarray(successors).reshape(-1)
    rank, path, edge = (np.zeros(vertices, np.int32) for _ in range(3))
    lowest = np.zeros(vertices, np.bool_)
    progress = np.array([0, -1, vertices, 1, vertices])
    while progress[1] >= 0 or progress[0] < vertices:
        _advance(flat, degree, rank, path, edge, lowest, progress, _CALL_EDGES)
    return np.int32(vertices) - rank
