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
def _mark(
    table: Table,
    gone: Flags,
    letters: Bytes,
    first: Ints,
    word: int,
    register: int,
    used: Bits,
) -> None:
    """Set the bits of the registers from which a register's content after a word comes."""
    for t in range(first[word + 1] - 1, first[word] - 1, -1):
        used[register >> 6] |= np.uint64(1) << np.uint64(register & 63)
        source = table[letters[t], register]
        if source == 0 or gone[source - 1]:
            return
        register = int(source) - 1
    used[register >> 6] |= np.uint64(1) << np.uint64(register & 63)


@njit
def _tells(
    table: Table,
    gone: Flags,
    letters: Bytes,
    first: Ints,
    pairs: Ints,
    crowds: Ints,
    crowd: int,
    used: Bits,
) -> tuple[bool, int]:
    """Whether one of a crowd's pairs is told, and how many contents were compared.

    Where one is, ``used`` has the bits of the registers that this depends on: contents become equal
    by leaving out a register only where both come through it, so those of one word will do.
    """
    steps = 0
    for k in range(crowds[crowd], crowds[crowd + 1]):
        for i in range(table.shape[1]):
            if gone[i]:
                continue
            steps += 1
            one = _writer(table, gone, letters, first, pairs[k, 0], i)
            if one != _writer(table, gone, letters, first, pairs[k, 1], i):
                used[:] = np.uint64(0)
                _mark(table, gone, letters, first, pairs[k, 0], i, used)
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
    used: Bits,
    bits: Bits,
) -> int:
    """Set the bits of the crowds that are not told; return how many contents were compared.

    Registers that are ``gone`` are left out; what took over their contents is overwritten.
    """
    steps = 0
    for c in range(len(crowds) - 1):
        told, compared = _tells(table, gone, letters, first, pairs, crowds, c, used)
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
    used: Bits,
    changed: Longs,
) -> int:
    """Leave out each register, in an order, without which all is told still.

    Registers that are left out are ``gone``. Return how many contents were compared. A crowd is
    looked at again only where what told it depends on the register: row c of ``used`` has the bits
    of those on which crowd c depends, and as many rows follow for what is tried; ``changed`` has
    room for a number for each crowd.
    """
    count = len(crowds) - 1
    last, steps = 0, 0
    for c in range(count):
        told, compared = _tells(table, gone, letters, first, pairs, crowds, c, used[c])
        steps += compared
    for i in order:
        gone[i] = True
        bit = np.uint64(1) << np.uint64(i & 63)
        tried = 0
        for shift in range(count):
            c = (last + shift) % count  # what one is needed for, others may be needed for as well
            if not used[c, i >> 6] & bit:
                continue
            told, compared = _tells(
                table, gone, letters, first, pairs, crowds, c, used[count + tried]
            )
            steps += compared
            if not told:
                gone[i] = False
                last = c
                break
            changed[tried] = c
            tried += 1
        if gone[i]:
            for k in range(tried):
                used[changed[k]] = used[count + k]
    return steps
