"""Compiled enumeration of monoids whose maps are rows of images, and periods of all elements.

Imported on first use by :mod:`.monoids.enumeration` and :mod:`.monoids.monoid`.
Lookups are made for many products at once, as in :mod:`negeig.automata.monoids._monoid_packed`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints
from negeig.compiled import njit

Maps = NDArray[Any]
Words = NDArray[np.uint64]

BATCH = 256
"""Elements multiplied at once, where their products fit into the buffer."""

BUFFER = 1 << 16
"""Bytes for the maps of these products."""


@njit
def _mix(h: np.uint64) -> np.uint64:
    """Spread what differs over all bits; ``h`` is a random linear form of a map."""
    h = (h ^ (h >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    return h ^ (h >> np.uint64(32))


@njit
def _entry(h: np.uint64, e: int) -> np.uint64:
    """Entry of the hash table: half of the hash, then the number of the element plus one."""
    return (h >> np.uint64(32) << np.uint64(32)) | np.uint64(e + 1)


@njit
def _number(entry: np.uint64) -> np.int32:
    """Element of an entry, -1 when it is empty."""
    return np.int32(np.int64(entry & np.uint64(0xFFFFFFFF)) - 1)


@njit
def _equal(maps: Maps, e: int, others: Maps, f: np.int32) -> bool:
    """Whether two maps are equal; they nearly always are where this is asked."""
    different = 0
    for q in range(maps.shape[1]):
        different |= maps[e, q] ^ others[f, q]
    return different == 0


@njit
def _slot(maps: Maps, e: int, h: np.uint64, others: Maps, table: Words) -> np.int64:
    """Slot of the table that holds the element with map e, or the empty slot where it goes.

    Maps are compared only where the half of the hash that the table holds agrees.
    """
    mask = len(table) - 1
    slot = np.int64(h & np.uint64(mask))
    while table[slot] != 0:
        same = (table[slot] ^ h) >> np.uint64(32) == 0
        if same and _equal(maps, e, others, _number(table[slot])):
            break
        slot = (slot + 1) & mask
    return slot


@njit
def fill_table(maps: Maps, begin: int, end: int, weights: Words, table: Words) -> None:
    """Enter the elements of a slice into the hash table."""
    for e in range(begin, end):
        h = np.uint64(0)
        for q in range(len(weights)):
            h += weights[q] * np.uint64(maps[e, q])
        h = _mix(h)
        table[_slot(maps, e, h, maps, table)] = _entry(h, e)


@njit
def advance(
    generators: Maps,
    maps: Maps,
    weights: Words,
    table: Words,
    right: Ints,
    parent: Ints,
    last: Ints,
    progress: NDArray[np.int64],
    room: int,
    budget: int,
) -> None:
    """Multiply elements on the right until all are, the budget is spent or the room is full.

    ``progress`` is (size, next element to multiply).
    """
    size, begin = progress
    letters, points = generators.shape
    stop = begin + budget
    batch = max(1, min(BATCH, BUFFER // (letters * points * maps.itemsize)))
    products = np.empty((batch * letters, points), maps.dtype)
    hashes = np.empty(batch * letters, np.uint64)
    mask = np.uint64(len(table) - 1)
    while begin < min(size, stop) and size + letters <= room:
        end = min(begin + batch, size, begin + (room - size) // letters)
        found = right[begin:end].reshape(-1)
        for e in range(begin, end):
            for a in range(letters):
                i = (e - begin) * letters + a
                h = np.uint64(0)
                for q in range(points):
                    x = generators[a, maps[e, q]]
                    products[i, q] = x
                    h += weights[q] * np.uint64(x)
                hashes[i] = _mix(h)
        for i in range(len(found)):
            entry = table[np.int64(hashes[i] & mask)]
            same = (entry ^ hashes[i]) >> np.uint64(32) == 0
            found[i] = _number(entry) if same else -1
        for i in range(len(found)):
            if found[i] >= 0 and not _equal(products, i, maps, found[i]):
                found[i] = -1
        for i in range(len(found)):
            if found[i] < 0:
                slot = _slot(products, i, hashes[i], maps, table)
                if table[slot] == 0:
                    table[slot] = _entry(hashes[i], size)
                    for q in range(points):
                        maps[size, q] = products[i, q]
                    parent[size] = begin + i // letters
                    last[size] = i % letters
                    size += 1
                found[i] = _number(table[slot])
        begin = end
    progress[0] = size
    progress[1] = begin


@njit
def finish(right: Ints, parent: Ints, last: Ints, left: Ints, begin: int, end: int) -> None:
    """Multiply the elements of a slice by every letter on the left: a (h c) = (a h) c."""
    for e in range(begin, end):
        if e == 0:
            left[e] = right[e]
            continue
        for a in range(right.shape[1]):
            left[e, a] = right[left[parent[e], a], last[e]]
