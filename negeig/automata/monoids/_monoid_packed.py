"""Compiled enumeration of monoids whose maps fit into one machine word.

Imported on first use by :mod:`negeig.automata.monoids.enumeration`, which describes the packing.

Every product is looked up in a table far larger than the caches. Lookups are therefore made for
many products at once and without branches, so that the processor waits for many of them together;
only then are the products gone through in order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints
from negeig.compiled import njit

Maps = NDArray[Any]
Word = Any
Words = NDArray[Any]

BATCH = 256
"""Elements whose products are looked up at once; these products fit into the first cache."""

CHUNK = 12
"""Bits of a packed map that are multiplied at once, by one look into a small table."""


@njit
def _home(word: Word, shift: int) -> np.int64:
    """Slot of the table where the search for a map begins; without shift, the packed map itself."""
    if shift == 0:
        return np.int64(word)
    mixed = np.uint64(word)
    mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64(mixed >> np.uint64(shift))


@njit
def _slot(word: Word, words: Words, table: Ints, shift: int) -> np.int64:
    """Slot of the table that holds the element with this map, or the empty slot where it goes."""
    slot = _home(word, shift)
    if shift > 0:
        while table[slot] > 0 and words[table[slot] - 1] != word:
            slot = (slot + 1) & (len(table) - 1)
    return slot


@njit
def fill_table(words: Words, begin: int, end: int, table: Ints, shift: int) -> None:
    """Enter the elements of a slice into the table, as number + 1: an empty slot holds 0."""
    for e in range(begin, end):
        table[_slot(words[e], words, table, shift)] = e + 1


@njit
def _look_up(
    factors: Words,
    images: Words,
    words: Words,
    table: Ints,
    shift: int,
    products: Words,
    found: Ints,
) -> None:
    """Multiply elements by every letter and look the products up; -1 where that takes a search.

    ``images[c, x, a]`` is what chunk c of a map contributes to the product with letter a when the
    bits of that chunk are x. Each loop does one thing, so that it can be vectorised.
    """
    chunks, values, letters = images.shape
    word = images.dtype.type
    for e in range(len(factors)):
        for a in range(letters):
            product = word(0)
            for c in range(chunks):
                product |= images[c, (factors[e] >> word(CHUNK * c)) & word(values - 1), a]
            products[e * letters + a] = product
    for i in range(len(found)):
        found[i] = table[_home(products[i], shift)] - 1
    if shift > 0:
        for i in range(len(found)):
            g = max(found[i], 0)
            found[i] = g if words[g] == products[i] else -1


@njit
def advance(
    words: Words,
    images: Words,
    table: Ints,
    shift: int,
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
    letters = images.shape[2]
    stop = begin + budget
    products = np.empty(BATCH * letters, words.dtype)
    while begin < min(size, stop) and size + letters <= room:
        end = min(begin + BATCH, size, begin + (room - size) // letters)
        found = right[begin:end].reshape(-1)
        _look_up(words[begin:end], images, words, table, shift, products, found)
        for i in range(len(found)):
            if found[i] < 0:
                slot = _slot(products[i], words, table, shift)
                if table[slot] == 0:
                    words[size] = products[i]
                    parent[size] = begin + i // letters
                    last[size] = i % letters
                    size += 1
                    table[slot] = size
                found[i] = table[slot] - 1
        begin = end
    progress[0] = size
    progress[1] = begin


@njit
def finish(
    words: Words,
    images: Words,
    table: Ints,
    shift: int,
    left: Ints,
    maps: Maps,
    field: int,
    begin: int,
    end: int,
) -> None:
    """Multiply the elements of a slice by every letter on the left, and unpack their maps."""
    letters = images.shape[2]
    points = maps.shape[1]
    word = words.dtype.type
    products = np.empty(BATCH * letters, words.dtype)
    for start in range(begin, end, BATCH):
        stop = min(start + BATCH, end)
        found = left[start:stop].reshape(-1)
        _look_up(words[start:stop], images, words, table, shift, products, found)
        for i in range(len(found)):
            if found[i] < 0:
                found[i] = table[_slot(products[i], words, table, shift)] - 1
        for e in range(start, stop):
            for q in range(points):
                maps[e, q] = (words[e] >> word(field * q)) & word((1 << field) - 1)
