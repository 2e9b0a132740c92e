"""Elements of a monoid that words of value 1 in a group reach: compiled, imported on first use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import njit

Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]
Bytes = NDArray[np.int8]


@njit
def explore_values(
    products: Ints,
    group: Ints,
    allowed: Flags,
    before: Ints,
    by: Bytes,
    queue: Ints,
) -> int:
    """Explore pairs (element, value) breadth first, until one has value 1 and is not allowed to.

    ``products[x, a]`` and ``group[g, a]`` multiply by a letter; 0 is the identity of both. A pair
    is numbered element times order plus value; ``before`` is -1 at first, and then the pair before
    the letter ``by``. Returns the number of pairs met, or -1 minus the pair that it stopped at.
    """
    order, letters = group.shape
    queue[0] = 0
    before[0] = 0
    count = 1
    i = 0
    while i < count:
        pair = queue[i]
        i += 1
        x, g = pair // order, pair % order
        for a in range(letters):
            y, h = products[x, a], group[g, a]
            target = y * order + h
            if before[target] < 0:
                before[target] = pair
                by[target] = a
                queue[count] = target
                count += 1
                if h == 0 and not allowed[y]:
                    return int(-1 - target)
    return count
