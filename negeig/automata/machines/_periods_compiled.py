"""Index and period of many maps at once, compiled; imported on first use."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints
from negeig.compiled import njit

Maps = NDArray[Any]


@njit
def indices_periods(maps: Maps) -> tuple[Ints, Ints]:
    """Index and period of every row, as :func:`negeig.automata.machines.periods.map_index_period`.

    A period is at most the number of elements of the monoid, so 32 bits hold it.
    """
    size, points = maps.shape
    indices = np.zeros(size, np.int32)
    periods = np.ones(size, np.int32)
    steps = np.empty(points, np.int32)
    path = np.empty(points, np.int32)
    for e in range(size):
        steps[:] = -1
        period = 1
        for start in range(points):
            length = 0
            q = np.int64(start)
            while steps[q] == -1:
                steps[q] = -2
                path[length] = q
                length += 1
                q = np.int64(maps[e, q])
            if steps[q] == -2:
                cycle = 0
                while True:
                    length -= 1
                    cycle += 1
                    steps[path[length]] = 0
                    if path[length] == q:
                        break
                x = period
                y = cycle
                while y:
                    x, y = y, x % y
                period = period // x * cycle
            while length > 0:
                length -= 1
                p = path[length]
                steps[p] = steps[maps[e, p]] + 1
                indices[e] = max(indices[e], steps[p])
        periods[e] = period
    return indices, periods
