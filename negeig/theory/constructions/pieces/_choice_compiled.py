"""Blocks that together tell all that is wanted: compiled, imported on first use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import njit

Longs = NDArray[np.int64]
Bits = NDArray[np.uint64]


@njit
def keep_maximal(bits: Bits, order: Longs, kept: Longs) -> int:
    """Keep the rows, in an order, that are not empty and in none that was kept; how many are."""
    count = 0
    for i in order:
        empty = True
        for w in range(bits.shape[1]):
            if bits[i, w]:
                empty = False
        inside = empty
        k = 0
        while k < count and not inside:
            inside = True
            for w in range(bits.shape[1]):
                if bits[i, w] & ~bits[kept[k], w]:
                    inside = False
                    break
            k += 1
        if not inside:
            kept[count] = i
            count += 1
    return count


@njit
def cheapest_blocks(
    bits: Bits,
    places: Longs,
    by: Longs,
    first: Longs,
    pairs: Longs,
    excluded: Longs,
    most: int,
    registers: int,
    chosen: Longs,
    at: Longs,
    room: Longs,
    missing: Bits,
) -> tuple[int, int]:
    """Choose blocks with so many registers at most that tell all pairs; how many, and the steps.

    Row i of ``bits`` says which pairs block i tells, ``missing[0]`` all pairs there are. The blocks
    that tell pair p are ``by[first[p] : first[p + 1]]``, and ``pairs`` is the order in which pairs
    are looked at. ``chosen`` gets the numbers of the blocks, which in no order are a row of
    ``excluded``, where rows are padded with -1. 0 blocks: there are none; -1: ``most`` steps did
    not settle it. The other arrays have room for as many blocks as may be chosen.
    """
    words = bits.shape[1]
    level, steps = 0, 0
    room[0] = registers
    at[0] = first[pairs[0]]
    while level >= 0:
        hardest = 0
        for p in pairs:
            if missing[level, p >> 6] >> np.uint64(p & 63) & np.uint64(1):
                hardest = p
                break
        end = first[hardest + 1]
        descended = False
        while at[level] < end:
            i = by[at[level]]
            at[level] += 1
            steps += 1
            if steps > most:
                return -1, steps
            if places[i] > room[level]:
                continue
            chosen[level] = i
            empty = True
            for w in range(words):
                missing[level + 1, w] = missing[level, w] & ~bits[i, w]
                if missing[level + 1, w]:
                    empty = False
            if empty:
                if not _is_excluded(chosen, level + 1, excluded):
                    return level + 1, steps
            elif level + 1 < len(chosen) and room[level] > places[i]:
                level += 1
                room[level] = room[level - 1] - places[i]
                for p in pairs:
                    if missing[level, p >> 6] >> np.uint64(p & 63) & np.uint64(1):
                        at[level] = first[p]
                        break
                descended = True
                break
        if not descended:
            level -= 1
    return 0, steps


@njit
def _is_excluded(chosen: Longs, count: int, excluded: Longs) -> bool:
    """Whether the chosen blocks are those of a row, in any order."""
    for row in excluded:
        same = count == len(row) or row[count] < 0
        for k in range(count):
            known = False
            for i in row:
                if i == chosen[k]:
                    known = True
            if not known:
                same = False
        if same:
            return True
    return False
