"""Candidates looked up among the states found, and those that are new numbered in order.

The table is split into parts by the hash, so that each thread has its own. A part's entries pack
the 32 bits of the hash that say where they are looked for first with a state's number + 1, so that
a table is made larger without looking at a state; a match is confirmed on all bits. Candidates are
those of one block of rows, numbered by row and then by letter. Until all parts are done a new one
is known by ``count`` + its place in the block, and its row is among the candidates.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import inlined, njit
from negeig.precision.closure._tables_compiled import (
    AMBIGUOUS,
    Table,
    Words,
    decode,
    hash_words,
    slack,
)

Ints: TypeAlias = NDArray[Any]
Bytes: TypeAlias = NDArray[Any]
Decoding: TypeAlias = tuple[
    NDArray[Any], int, float, NDArray[Any], Ints, NDArray[Any], Words, Table, Ints, Ints, int, int
]
"""Codes, their number and error; margins, and guesses by the code + 1 before and the letter; how
far squared from a code a state may be for no other to be nearer, at most; rows and table, all as
:func:`decode` has them; what each code emits on each letter, what is wanted in each machine state;
where the code's word is in a row, and the mask of its bits."""

NEW, ASKS, WRONG, STOP, KIND, TARGET, WARM, HELD = range(8)
"""Entries of what a part reports of a block: new states; candidates to be decided exactly; the
first wrong candidate or -1; the first that collides or -1; how; with which number; a value that
keeps early loads alive; states in its table."""

REPORT_SIZE = 8

NO_COLLISION, ROWS_DIFFER, OUTPUTS_DIFFER = 0, 1, 2

AHEAD = 64
"""Candidates whose table slots and rows are loaded ahead of being looked at."""


@inlined
def part_of(h: Any, parts: int) -> Any:
    """Which part a hash belongs to."""
    return np.int64(((h >> np.uint64(40)) * np.uint64(parts)) >> np.uint64(24))


@inlined
def slot_of(h: Any, slots: int) -> Any:
    """Where a hash is looked for first: the slots are in the order of its lower half."""
    return np.int64(((h & np.uint64(0xFFFFFFFF)) * np.uint64(slots)) >> np.uint64(32))


@inlined
def entry_of(h: Any, number: int) -> Any:
    """Pack a hash and a number."""
    return (h << np.uint64(32)) | np.uint64(number + 1)


@inlined
def may_be(entry: Any, h: Any) -> Any:
    """Whether an entry has the same bits of a hash."""
    return entry >> np.uint64(32) == h & np.uint64(0xFFFFFFFF)


@njit
def widen(table: Table, wider: Table) -> None:
    """Copy the entries of a table into a wider one that is empty, both read in order."""
    for entry in table:
        if entry != 0:
            slot = slot_of(entry >> np.uint64(32), wider.size)
            while wider[slot] != 0:
                slot += 1
                if slot == wider.size:
                    slot = 0
            wider[slot] = entry


@njit
def enter(table: Table, rows: Words, first: int, last: int, dim: int, part: int, parts: int) -> Any:
    """Enter the rows of a part, of those from ``first`` to ``last``; return how many they are.

    Hashes are computed twice and not kept: a function that makes no array runs without numba.
    """
    entered: Any = 0
    for begin in range(first, last, AHEAD):
        end = min(begin + AHEAD, last)
        warm = np.uint64(0)
        for number in range(begin, end):
            h = hash_words(rows[number], dim)
            if part_of(h, parts) == part:
                warm ^= table[slot_of(h, table.size)]
        for number in range(begin, end):
            h = hash_words(rows[number], dim)
            if part_of(h, parts) == part:
                slot = slot_of(h, table.size)
                while table[slot] != 0:
                    slot += 1
                    if slot == table.size:
                        slot = 0
                table[slot] = entry_of(h, number)
                entered += 1
        entered += np.int64(warm) & 0
    return entered


@njit
def look_up(
    report: Ints,
    part: int,
    parts: int,
    table: Table,
    rows: Words,
    count: int,
    candidates: Words,
    hashes: Words,
    goals: Ints,
    letter_of: Ints,
    many: int,
    own: Ints,
    fresh: Ints,
    slots: Ints,
    labels: Ints,
    asks: Ints,
    dim: int,
    shift: int,
    decides: bool,
    decoding: Decoding,
    row: Ints,
    has_twins: bool,
    arrivals: Words,
    arriving: Words,
) -> None:
    """Look up the candidates of one part, up to the first that collides.

    ``fresh`` and ``slots`` receive the new ones and where the table has them, ``labels`` of each
    the machine's state times ``code_mask`` + 1; ``asks`` (candidate, number) those that lead to a
    new one of the same block, whose code is not known yet. All of these are the part's own, so
    that threads do not write to one line of the cache.
    ``arrivals[s, a]`` is 1 + the machine's state when letter a first led to state s, 0 before;
    ``arriving`` of candidates.
    """
    emit, wanted, code_at, code_mask = decoding[8:]
    letters = arriving.shape[1]
    new, asked, warm = 0, 0, np.uint64(0)
    report[WRONG], report[STOP], report[KIND] = -1, -1, NO_COLLISION
    mine: Any = 0
    for e in range(many):
        own[mine] = e
        mine += part_of(hashes[e], parts) == part
    for begin in range(0, mine, AHEAD):
        end = min(begin + AHEAD, mine)
        for i in range(begin, end):
            warm ^= table[slot_of(hashes[own[i]], table.size)]
        for i in range(begin, end):
            h = hashes[own[i]]
            entry: Any = table[slot_of(h, table.size)]
            likely = np.int64(entry & np.uint64(0xFFFFFFFF)) - 1
            if may_be(entry, h) and 0 <= likely < count:
                warm ^= np.uint64(rows[likely, 0] ^ rows[likely, dim])
        for i in range(begin, end):
            e = own[i]
            h = hashes[e]
            goal = np.int64(goals[e])
            found: Any = np.int64(-1)
            slot = slot_of(h, table.size)
            while table[slot] != 0:
                entry = table[slot]
                if may_be(entry, h):
                    number = np.int64(entry & np.uint64(0xFFFFFFFF)) - 1
                    same = True
                    if number < count:
                        for j in range(dim):
                            same &= rows[number, j] == candidates[e, j]
                    else:
                        for j in range(dim):
                            same &= candidates[number - count, j] == candidates[e, j]
                    if same:
                        found = number
                        break
                slot += 1
                if slot == table.size:
                    slot = 0
            if found < 0:
                table[slot] = entry_of(h, count + e)
                fresh[new], slots[new] = e, slot
                new += 1
                labels[e] = goal * (code_mask + 1)
                if has_twins:
                    for b in range(letters):
                        arriving[e, b] = 0
            else:
                if found < count:
                    reached = np.int64(rows[found, dim]) >> shift
                    if decides and report[WRONG] < 0:
                        code = np.int64(rows[found, code_at]) & code_mask
                        if code == 0 or emit[code - 1, letter_of[e]] != wanted[goal]:
                            report[WRONG] = e
                else:
                    reached = labels[found - count] // (code_mask + 1)
                    if decides:
                        asks[asked, 0], asks[asked, 1] = e, found
                        asked += 1
                if reached != goal and row[reached] != row[goal]:
                    report[STOP], report[KIND], report[TARGET] = e, ROWS_DIFFER, found
                    break
            if has_twins:
                a = letter_of[e]
                if found >= 0 and found < count:
                    one = arrivals[found]
                else:
                    one = arriving[e if found < 0 else found - count]
                if one[a] == 0:
                    one[a] = goal + 1
                elif np.int64(one[a]) != goal + 1:
                    report[STOP], report[KIND], report[TARGET] = e, OUTPUTS_DIFFER, found
                    break
        if report[STOP] >= 0:
            break
    report[NEW], report[ASKS], report[WARM] = new, asked, np.int64(warm & np.uint64(1))


@njit
def decide(
    report: Ints,
    sources: Words,
    first: int,
    count: int,
    candidates: Words,
    floats: NDArray[Any],
    hashes: Words,
    goals: Ints,
    letter_of: Ints,
    source_of: Ints,
    fresh: Ints,
    labels: Ints,
    codes_of: Ints,
    asks: Ints,
    dim: int,
    decoding: Decoding,
) -> None:
    """Decode a part's new candidates, and look whether each of its edges into them is right.

    ``sources`` from ``first`` on are the rows whose candidates they are. What needs exact
    arithmetic is left in ``asks``: (candidate, -1) where a new one could not be decoded, and
    arrivals at such. ``codes_of`` is room for one code a new candidate.
    """
    codes, number_of_codes, inexact, margins, guesses, reaches = decoding[:6]
    code_rows, code_table, emit, wanted, code_at, code_mask = decoding[6:]
    new, arrived = report[NEW], report[ASKS]
    wrong = report[WRONG]
    for i in range(new):  # no branches, so that the next ones begin before this one is done
        e = fresh[i]
        known = np.int64(sources[first + source_of[e], code_at]) & code_mask
        guess = guesses[known, letter_of[e]]
        square = 0.0
        for j in range(dim):
            difference = np.float64(floats[e, j]) - codes[guess, j]
            square += difference * difference
        codes_of[i] = guess + 1 if square < reaches[guess] else -1
    for i in range(new):
        e = fresh[i]
        a = letter_of[e]
        code: Any = np.int64(codes_of[i])
        if code < 0:
            known = np.int64(sources[first + source_of[e], code_at]) & code_mask
            nearest = decode(
                floats[e], dim, codes, number_of_codes, inexact, margins, guesses[known, a],
                candidates[e], hashes[e], code_rows, code_table,
            )  # fmt: skip
            code = code_mask if nearest == AMBIGUOUS else np.int64(nearest + 1)
            if nearest >= 0:
                guesses[known, a] = nearest
                margin = margins[nearest]
                # What is less far has its error within the margin too, as slack is monotone.
                reaches[nearest] = (margin - slack(margin, dim, inexact)) * (1 - 2.0**-50)
        labels[e] += code
    kept = 0
    for i in range(arrived):
        e, found = asks[i, 0], asks[i, 1]
        code = labels[found - count] & code_mask
        if code == code_mask:
            asks[kept, 0], asks[kept, 1] = e, found
            kept += 1
        elif code == 0 or emit[code - 1, letter_of[e]] != wanted[goals[e]]:
            wrong = e if wrong < 0 else min(wrong, e)
    for i in range(new):
        e = fresh[i]
        code = labels[e] & code_mask
        if code == code_mask:
            asks[kept, 0], asks[kept, 1] = e, -1
            kept += 1
        elif code == 0 or emit[code - 1, letter_of[e]] != wanted[goals[e]]:
            wrong = e if wrong < 0 else min(wrong, e)
    report[ASKS], report[WRONG] = kept, wrong


@njit
def settle(report: Ints, table: Table, fresh: Ints, slots: Ints, numbers: Ints, last: int) -> None:
    """Give a part's new candidates before ``last`` their ``numbers`` in the table."""
    for i in range(report[NEW]):
        e = fresh[i]
        if e >= last:
            break
        slot = slots[i]
        kept = (table[slot] >> np.uint64(32)) << np.uint64(32)
        table[slot] = kept | np.uint64(numbers[e] + 1)
        report[HELD] += 1


@njit
def move(
    rows: Words,
    candidates: Words,
    hashes: Words,
    labels: Ints,
    is_new: Bytes,
    numbers: Ints,
    begin: int,
    end: int,
    dim: int,
    code_at: int,
    code_mask: int,
    has_twins: bool,
    arrivals: Words,
    arriving: Words,
) -> None:
    """Write the new candidates from ``begin`` to ``end``, of all parts, to their rows."""
    parts = labels.shape[0]
    for e in range(begin, end):
        if is_new[e] == 0:
            continue
        number = numbers[e]
        label = labels[part_of(hashes[e], parts), e]
        for j in range(dim):
            rows[number, j] = candidates[e, j]
        if code_at == dim:
            rows[number, dim] = label
        else:
            rows[number, dim] = label // (code_mask + 1)
            rows[number, code_at] = label & code_mask
        if has_twins:
            for a in range(arrivals.shape[1]):
                arrivals[number, a] = arriving[e, a]
