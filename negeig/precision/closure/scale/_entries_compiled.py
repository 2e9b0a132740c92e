"""The table of states found: entries, where they are looked for, and tables made larger.

The table is split into parts by the hash, so that each thread has its own. A part's entries pack
the 32 bits of the hash that say where they are looked for first with a state's number + 1, so that
a table is made larger without looking at a state; a match is confirmed on all bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from negeig.compiled import inlined, njit
from negeig.compiled.lanes import prefetch
from negeig.precision.closure._tables_compiled import Table, Words, hash_words

AHEAD = 64
"""Candidates whose table slots and rows are brought near before they are looked at."""


@inlined
def part_of(h: Any, parts: int) -> Any:
    """Which part a hash belongs to."""
    return np.int64(((h >> np.uint64(40)) * np.uint64(parts)) >> np.uint64(24))


@inlined
def slot_of(h: Any, slots: int) -> Any:
    """Where a hash is looked for first: the slots are in the order of its lower half."""
    return ((h & np.uint64(0xFFFFFFFF)) * np.uint64(slots)) >> np.uint64(32)


@inlined
def number_of(entry: Any) -> Any:
    """Return the number packed in an entry, unsigned: such an index is never from the end."""
    return (entry & np.uint64(0xFFFFFFFF)) - np.uint64(1)


@inlined
def entry_of(h: Any, number: int) -> Any:
    """Pack a hash and a number."""
    return (h << np.uint64(32)) | np.uint64(number + 1)


@inlined
def may_be(entry: Any, h: Any) -> Any:
    """Whether an entry has the same bits of a hash."""
    return entry >> np.uint64(32) == h & np.uint64(0xFFFFFFFF)


@inlined
def after(slot: Any, slots: int) -> Any:
    """Return the slot that is looked at next."""
    slot += np.uint64(1)
    return np.uint64(0) if slot == np.uint64(slots) else slot


@inlined
def equal(some: Words, i: Any, others: Words, k: Any, dim: int) -> Any:
    """Return whether two rows begin with the same words."""
    j = 0
    while j < dim and some[i, j] == others[k, j]:
        j += 1
    return j == dim


@njit
def widen(table: Table, wider: Table) -> None:
    """Copy the entries of a table into a wider one that is empty, both read in order."""
    for entry in table:
        if entry != 0:
            slot = slot_of(entry >> np.uint64(32), wider.size)
            while wider[slot] != 0:
                slot = after(slot, wider.size)
            wider[slot] = entry


@njit
def enter(table: Table, rows: Words, first: int, last: int, dim: int, part: int, parts: int) -> Any:
    """Enter the rows of a part, of those from ``first`` to ``last``; return how many they are.

    Hashes are computed twice and not kept: a function that makes no array runs without numba.
    """
    entered: Any = 0
    for begin in range(first, last, AHEAD):
        end = min(begin + AHEAD, last)
        for number in range(begin, end):
            h = hash_words(rows[number], dim)
            if part_of(h, parts) == part:
                prefetch(table, slot_of(h, table.size))
        for number in range(begin, end):
            h = hash_words(rows[number], dim)
            if part_of(h, parts) == part:
                slot = slot_of(h, table.size)
                while table[slot] != 0:
                    slot = after(slot, table.size)
                table[slot] = entry_of(h, number)
                entered += 1
    return entered
