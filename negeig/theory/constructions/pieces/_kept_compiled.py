"""Registers that tell words apart, as few as will do: compiled, imported on first use.

``table[a, i]`` says where letter a takes the content of register i from, 0 where it writes, else
the register's number and one. Word w is ``letters[first[w] : first[w + 1]]``. Of each crowd c the
pairs ``pairs[crowds[c] : crowds[c + 1]]``, numbers of words, have to be told apart: one of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import njit

Table = NDArray[np.int8]
Bytes = NDArray[np.int8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bits = NDArray[np.uint64]
Flags = NDArray[np.bool_]


@njit
def _writer(
    table: Table, gone: Flags, letters: Bytes, first: Ints, word: int, register: int
) -> int:
    """Return what wrote a register's content after a word: a number for each letter and place."""
    n: int = table.shape[1]
    for t in range(first[word + 1] - 1, first[word] - 1, -1):
        source = table[letters[t], register]
        if source == 0 or gone[source - 1]:
            return int(letters[t]) * n + register
        register = int(source) - 1
    return len(table) * n + register


@njit
def _tells(
    table: Table,
    gone: Flags,
    letters: Bytes,
    first: Ints,
    pairs: Ints,
    crowds: Ints,
    crowd: int,
) -> tuple[bool, int]:
    """Whether one of a crowd's pairs is told, and how many contents were compared."""
    steps = 0
    for k in range(crowds[crowd], crowds[crowd + 1]):
        for i in range(table.shape[1]):
            if gone[i]:
                continue
            steps += 1
            one = _writer(table, gone, letters, first, pairs[k, 0], i)
            if one != _writer(table, gone, letters, first, pairs[k, 1], i):
                return True, steps
    return False, steps


@njit
def untold(
    table: Table,
    gone: Flags,
    letters: Bytes,
    first: Ints,
    pairs: Ints,
    crowds: Ints,
    bits: Bits,
) -> int:
    """Set the bits of the crowds that are not told; return how many contents were compared.

    Registers that are ``gone`` are left out; what took over their contents is overwritten.
    """
    steps = 0
    for c in range(len(crowds) - 1):
        told, compared = _tells(table, gone, letters, first, pairs, crowds, c)
        steps += compared
        if not told:
            bits[c >> 6] |= np.uint64(1) << np.uint64(c & 63)
    return steps


@njit
def leave_out(
    table: Table,
    order: Longs,
    gone: Flags,
    letters: Bytes,
    first: Ints,
    pairs: Ints,
    crowds: Ints,
) -> int:
    """Leave out each register, in an order, without which all is told still.

    Registers that are left out are ``gone``. Return how many contents were compared.
    """
    count = len(crowds) - 1
    last, steps = 0, 0
    for i in order:
        gone[i] = True
        for shift in range(count):
            c = (last + shift) % count  # what one is needed for, others may be needed for as well
            told, compared = _tells(table, gone, letters, first, pairs, crowds, c)
            steps += compared
            if not told:
                gone[i] = False
                last = c
                break
    return steps


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
