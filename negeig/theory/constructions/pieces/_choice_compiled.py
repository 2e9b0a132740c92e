"""Blocks that together tell all that is wanted: compiled, imported on first use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import njit

Longs = NDArray[np.int64]
Bits = NDArray[np.uint64]


@njit
def _is_inside(bits: Bits, i: int, j: int, since: int) -> bool:
    """Whether from some word on row j has all bits of row i."""
    inside = True
    for w in range(since, bits.shape[1]):
        if bits[i, w] & ~bits[j, w]:
            inside = False
            break
    return inside


@njit
def released(bits: Bits, inside: Longs, since: int, found: Longs) -> int:
    """Find the rows that are in no maximal one any more, since bits in some words were set.

    ``inside[i]`` is a row that has had all bits of row i, i itself where that is maximal, and -1
    where row i has been empty; afterwards it is a maximal row. How many were found.
    """
    count = 0
    for i in range(len(inside)):
        j = inside[i]
        if j >= 0:
            while inside[j] != j:
                j = inside[j]
            inside[i] = j
            if i == j:
                continue
            held = _is_inside(bits, i, j, since)
        else:
            held = True
            for w in range(since, bits.shape[1]):
                if bits[i, w]:
                    held = False
        if not held:
            found[count] = i
            count += 1
    return count


@njit
def keep_maximal(
    bits: Bits, places: Longs, inside: Longs, rows: Longs, kept: Longs, count: int
) -> int:
    """Add those of some rows that are in no maximal one, and drop the maximal ones in them.

    A row is only in those of as few places; of equal rows that with the least number is maximal.
    ``rows`` were found by :func:`released` and come in the order of their places, those with many
    bits first; ``kept`` has ``count`` maximal rows. How many are maximal then. A row that was
    maximal can only be in one that had the same bits before.
    """
    for i in rows:
        before = inside[i]
        inside[i] = i
        gone = -1
        if before >= 0 and inside[before] == before and places[before] == places[i]:
            gone = before
        for k in range(count):
            j = kept[k]
            if places[j] <= places[i] and _is_inside(bits, i, j, 0):
                if places[j] == places[i] and i < j and _is_inside(bits, j, i, 0):
                    gone = j
                else:
                    inside[i] = j
                break
        if inside[i] != i:
            continue
        if gone >= 0 and _is_inside(bits, gone, i, 0):
            inside[gone] = i
            for k in range(count):
                if kept[k] == gone:
                    kept[k] = i
        else:
            kept[count] = i
            count += 1
    return count


@njit
def take_most(bits: Bits, weights: NDArray[np.float64], missing: Bits, chosen: Longs) -> int:
    """Choose rows that together have all bits that are missing; how many, -1 for too many.

    Each is one that has the most of those still missing, times its weight.
    """
    count = 0
    while True:
        best, at = 0.0, -1
        for b in range(len(bits)):
            gained = 0
            for w in range(len(missing)):
                x = bits[b, w] & missing[w]
                while x:
                    x &= x - np.uint64(1)
                    gained += 1
            if gained * weights[b] > best:
                best, at = gained * weights[b], b
        if at < 0:
            return count
        if count == len(chosen):
            return -1
        chosen[count] = at
        count += 1
        for w in range(len(missing)):
            missing[w] &= ~bits[at, w]


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
