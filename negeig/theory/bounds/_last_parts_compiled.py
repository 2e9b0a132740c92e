"""Maps of words that end in x after y, and idempotents among them: compiled, imported on first use.

Maps of a few points are rows of their images.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import njit

Maps = NDArray[np.int8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@njit
def put(found: Maps, count: int, slots: Ints, marks: Longs, mark: int) -> bool:
    """Say whether the map in row ``count`` is new among those before it, and note it.

    ``slots`` is a hash table of a power of two whose entries count where ``marks`` holds the mark.
    """
    mask = len(slots) - 1
    h = 0
    for p in range(found.shape[1]):
        h = ((h * 1000003) ^ (found[count, p] + 77)) & 0x7FFFFFFF
    h = (h ^ (h >> 15)) & mask
    while marks[h] == mark:
        same = True
        for p in range(found.shape[1]):
            if found[slots[h], p] != found[count, p]:
                same = False
                break
        if same:
            return False
        h = (h + 1) & mask
    slots[h] = count
    marks[h] = mark
    return True


@njit
def needs_three(
    x: Maps,
    y: Maps,
    found: Maps,
    slots: Ints,
    marks: Longs,
    mark: int,
    idempotents: Ints,
    after: Maps,
    out: Ints,
) -> bool:
    """Whether idempotents e, f violate efe = fe after words over x and y that end in x after y.

    Each of e and f is such a word too, or a power of x. ``found`` lists the powers of x and then
    the words; False where there is no room for all of them. Marks ``mark`` and the next one are
    taken. ``out`` receives how many maps were listed.
    """
    points = len(x)
    for p in range(points):
        found[0, p] = x[p]
    count = 1
    while put(found, count - 1, slots, marks, mark):
        for p in range(points):
            found[count, p] = x[found[count - 1, p]]
        count += 1
    powers = count - 1  # the last one was known
    count = powers
    for c in range(powers):
        for p in range(points):
            found[count, p] = found[c, y[p]]
        count += put(found, count, slots, marks, mark + 1)
    i = powers
    while i < count:
        for g in range(2):
            if count + 1 >= len(found):
                out[0] = count
                return False
            for p in range(points):
                found[count, p] = found[i, x[p] if g == 0 else y[p]]
            count += put(found, count, slots, marks, mark + 1)
        i += 1
    out[0] = count
    left = 0
    for p in range(points):
        after[0, p] = 0
    for i in range(powers, count):
        for p in range(points):
            left += 1 - after[0, found[i, p]]
            after[0, found[i, p]] = 1
    if left < 3:
        return False
    known = 0
    for i in range(count):
        same = True
        for p in range(points):
            if found[i, found[i, p]] != found[i, p]:
                same = False
                break
        if same:
            idempotents[known] = i
            known += 1
    for i in range(known):
        for j in range(known):
            e, f = idempotents[i], idempotents[j]
            for p in range(points):
                if after[0, p] == 1 and found[e, found[f, p]] != found[e, found[f, found[e, p]]]:
                    return True
    return False
