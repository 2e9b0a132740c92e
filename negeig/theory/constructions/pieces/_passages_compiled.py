"""Which sets of overwritten places tell pairs of words apart: compiled, imported on first use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import njit

Bytes = NDArray[np.int8]
Masks = NDArray[np.int64]
Flags = NDArray[np.bool_]


@njit
def passages(back: Bytes, word: Bytes, found: Bytes) -> None:
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
def telling(one: Bytes, two: Bytes, writes: Masks, tells: Flags) -> None:
    """Say of each set of writes, given by its bits, whether two words leave different contents."""
    for w in range(len(writes)):
        chosen = writes[w]
        differ = False
        for p in range(len(one)):
            i = 0
            while one[p, i] >= 0 and not chosen >> one[p, i] & 1:
                i += 1
            j = 0
            while two[p, j] >= 0 and not chosen >> two[p, j] & 1:
                j += 1
            if one[p, i] != two[p, j] or (one[p, i] < 0 and one[p, i + 1] != two[p, j + 1]):
                differ = True
                break
        tells[w] = differ
