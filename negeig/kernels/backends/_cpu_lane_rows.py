"""Rows of tables, of which each of sixteen lanes takes a number of its own.

Import on first use only.
"""

from __future__ import annotations

import numpy as np

from negeig.arrays import Float32s, Ints
from negeig.compiled import njit
from negeig.compiled.lanes import (
    LANES,
    Lanes,
    gathered,
    load,
    permuted,
    permuted_two,
    spread,
)

# A number of its own, so that it is known when a loop is compiled.
TWICE = 2 * LANES


@njit
def entry(table: Float32s | Ints, row: int, width: int, places: Lanes) -> Lanes:
    """Numbers of a row of a table, each lane its own, by place; of 16 or 32, by its last bits."""
    if width == LANES:
        return permuted(load(table, row), places)
    if width == TWICE:
        return permuted_two(load(table, 2 * row), load(table, 2 * row + 1), places)
    return gathered(table, spread(np.int32(row * width)) + places)
