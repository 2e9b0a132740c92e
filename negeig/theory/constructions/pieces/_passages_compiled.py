"""Which sets of overwritten places tell pairs of words apart: compiled, imported on first use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import njit

Bytes = NDArray[np.int8]
Masks = NDArray[np.int64]
Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]


@njit
def _passages(back: Bytes, word: Bytes, found: Bytes) -> None:
    """Follow every place back through a word: what writes there, each where it is met first.

    ``back[a, p]`` is the place from which letter a fetches. Row p of ``found`` gets the writes, a
    times the number of places plus p, then -1 and the place at the start.
    """
    places = back.shape[1]
    for p in range(places):
        seen = 0
        count = 0
        place = p
        for t in range(len(word) - 1, -1, -1):
            write = word[t] * places + place
            if not seen >> write & 1:
                seen |= 1 << write
                found[p, count] = write
                count += 1
            place = back[word[t], place]
        found[p, count] = -1
        found[p, count + 1] = place


@njit
def tells_one(
    back: Bytes, letters: Bytes, first: Longs, writes: Masks, found: Bytes, tells: Flags
) -> int:
    """Say of each set of writes, given by its bits, whether it tells one of some pairs apart.

    Word w is ``letters[first[w] : first[w + 1]]``, and pairs follow each other; ``found`` has room
    for the passages of two words. Return how many sets were tried on pairs.
    """
    tried = 0
    for k in range(0, len(first) - 1, 2):
        for side in range(2):
            word = letters[first[k + side] : first[k + side + 1]]
            _passages(back, word, found[side])
        for w in range(len(writes)):
            if not tells[w]:
                tried += 1
                tells[w] = _differ(found[0], found[1], writes[w])
    return tried


@njit
def _differ(one: Bytes, two: Bytes, chosen: int) -> bool:
    """Whether two words leave different contents where some writes are chosen."""
    for p in range(len(one)):
        i = 0
        while one[p, i] >= 0 and not chosen >> one[p, i] & 1:
            i += 1
        j = 0
        while two[p, j] >= 0 and not chosen >> two[p, j] & 1:
            j += 1
        if one[p, i] != two[p, j] or (one[p, i] < 0 and one[p, i + 1] != two[p, j + 1]):
            return True
    return False
