"""Compiled tables of bit patterns and the decoder's filter, used by the compiled search.

A table entry packs 32 bits of the hash with the state's number + 1, so that most probes that
miss look at one word only; a match is always confirmed on all bits.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import njit
from negeig.precision.closure import decode as exact

Words: TypeAlias = NDArray[Any]
Table: TypeAlias = NDArray[Any]

UNDECODABLE, AMBIGUOUS = -1, -2
"""In place of a code: an infinite or NaN state; one that needs exact arithmetic."""


@njit
def hash_words(words: Words, width: int) -> Any:
    """Hash the first ``width`` words."""
    h = np.uint64(0x243F6A8885A308D3)
    for j in range(width):
        h = (h ^ np.uint64(words[j])) * np.uint64(0x9E3779B97F4A7C15)
        h ^= h >> np.uint64(29)
    h *= np.uint64(0xBF58476D1CE4E5B9)
    return h ^ (h >> np.uint64(32))


@njit
def lookup(table: Table, rows: Words, words: Words, width: int, h: Any) -> Any:
    """Return the number of the row that starts with these words, or -1."""
    mask = np.uint64(table.size - 1)
    tag = h >> np.uint64(32)
    slot = h & mask
    while table[slot] != 0:
        entry = table[slot]
        if entry >> np.uint64(32) == tag:
            number = np.int64(entry & np.uint64(0xFFFFFFFF)) - 1
            same = True
            for j in range(width):
                if rows[number, j] != words[j]:
                    same = False
                    break
            if same:
                return number
        slot = (slot + np.uint64(1)) & mask
    return -1


@njit
def insert(table: Table, h: Any, number: int) -> None:
    """Add a row's number under its hash; the table must have a free slot."""
    mask = np.uint64(table.size - 1)
    slot = h & mask
    while table[slot] != 0:
        slot = (slot + np.uint64(1)) & mask
    table[slot] = ((h >> np.uint64(32)) << np.uint64(32)) | np.uint64(number + 1)


@njit
def fill(table: Table, rows: Words, width: int, count: int) -> None:
    """Enter rows 0 to ``count`` into an empty table, after it has grown."""
    for number in range(count):
        insert(table, hash_words(rows[number], width), number)


@njit
def fill_some(table: Table, rows: Words, width: int, wanted: NDArray[Any]) -> None:
    """Enter the rows that are wanted into an empty table."""
    for number in range(wanted.size):
        if wanted[number]:
            insert(table, hash_words(rows[number], width), number)


@njit
def distance(h: Words, code: NDArray[Any], dim: int) -> Any:
    """Squared distance of a state to a code in float64, rounded."""
    total = 0.0
    for j in range(dim):
        difference = np.float64(h[j]) - code[j]
        total += difference * difference
    return total


slack = njit(exact.slack)


@njit
def decode(
    h: Words,
    dim: int,
    codes: NDArray[Any],
    number_of_codes: int,
    inexact: float,
    margins: NDArray[Any],
    guess: int,
    bits: Words,
    hashed: Any,
    code_rows: Words,
    code_table: Table,
) -> Any:
    """Return the nearest code, UNDECODABLE, or AMBIGUOUS when float64 cannot tell.

    ``code_table`` finds a state that equals a code by its bits, without any distance.
    ``margins`` caches for each code a lower bound of the squared half distance to its nearest
    neighbour, -1 while unknown: a state nearer than that to ``guess`` decodes to it.
    """
    for j in range(dim):
        if not abs(h[j]) < np.inf:
            return UNDECODABLE
    if number_of_codes == 0:
        return UNDECODABLE
    if number_of_codes == 1:
        return 0
    equal = lookup(code_table, code_rows, bits, dim, hashed)
    if equal >= 0:
        return equal
    if margins[guess] > 0:
        square = distance(h, codes[guess], dim)
        if square + slack(square, dim, inexact) < margins[guess]:
            return guess
    best, least, second = -1, np.inf, np.inf
    for c in range(number_of_codes):
        square = distance(h, codes[c], dim)
        if square < least:
            best, least, second = c, square, least
        elif square < second:
            second = square
    if best < 0:
        return AMBIGUOUS
    if margins[best] < 0:
        near = np.inf
        for c in range(number_of_codes):
            if c != best:
                near = min(near, distance(codes[best], codes[c], dim))
        margins[best] = max(0.0, 0.24 * (near - slack(near, dim, 2 * inexact)))
    if second - least > slack(least, dim, inexact) + slack(second, dim, inexact):
        return best
    return AMBIGUOUS
