"""Candidates looked up among the states found, and those that are new numbered in order.

Candidates are those of one block of rows, numbered by row and then by letter; each thread looks up
those of its part of the table. Until all parts are done a new one is known by ``count`` + its place
in the block, and its row is among the candidates.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import inlined, njit
from negeig.compiled.lanes import prefetch
from negeig.precision.closure._tables_compiled import (
    AMBIGUOUS,
    Table,
    Words,
    decode,
    slack,
)
from negeig.precision.closure.scale._entries_compiled import (
    AHEAD,
    after,
    entry_of,
    equal,
    may_be,
    number_of,
    part_of,
    slot_of,
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

NEW, ASKS, WRONG, STOP, KIND, TARGET, HELD = range(7)
"""Entries of what a part reports of a block: new states; candidates to be decided exactly; the
first wrong candidate or -1; the first that collides or -1; how; with which number; states in its
table."""

REPORT_SIZE = 8
"""A line of the cache, so that threads do not write to one."""

NO_COLLISION, ROWS_DIFFER, OUTPUTS_DIFFER = 0, 1, 2


@inlined
def earlier(e: int, other: int) -> Any:
    """Return the first of two candidates, of which ``e`` may be none: -1."""
    return other if e < 0 else min(e, other)


@inlined
def stop(report: Ints, e: int, kind: int, found: int) -> None:
    """Note that a candidate collides with what it meets, if it is the first."""
    if report[STOP] < 0 or e < report[STOP]:
        report[STOP], report[KIND], report[TARGET] = e, kind, found


@inlined
def is_other(arrived: Words, a: int, goal: Any) -> Any:
    """Whether a letter led to a state before from where the machine goes elsewhere; note it."""
    if arrived[a] == 0:
        arrived[a] = goal + 1
    return np.int64(arrived[a]) != goal + 1


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
    met: Ints,
) -> None:
    """Look up the candidates of one part, up to the first that collides or some more.

    ``fresh`` and ``slots`` receive the new ones and where the table has them, ``labels`` of each
    the machine's state times ``code_mask`` + 1; ``asks`` (candidate, number) those that lead to a
    new one of the same block, whose code is not known yet. All of these are the part's own, so
    that threads do not write to one line of the cache.
    ``arrivals[s, a]`` is 1 + the machine's state when letter a first led to state s, 0 before;
    ``arriving`` of candidates. ``met`` is room for (candidate, number) of ``AHEAD`` that are known.

    So many are looked at together. Most of those that are known are where they are looked for
    first, and are noted without a branch; they are set apart from the rest, which is looked for in
    order. Whatever leads to one state is among the ones or the others, so it stays in order too.
    """
    emit, wanted, code_at, code_mask = decoding[8:]
    letters = arriving.shape[1]
    new, asked = 0, 0
    report[WRONG], report[STOP], report[KIND] = -1, -1, NO_COLLISION
    known, width = np.uint64(count), np.uint64(rows.shape[1])
    mine: Any = 0
    for e in range(many):
        own[mine] = e
        mine += part_of(hashes[e], parts) == part
    for begin in range(0, mine, AHEAD):
        end = min(begin + AHEAD, mine)
        for i in range(begin, end):
            prefetch(table, slot_of(hashes[own[i]], table.size))
        # Those that are likely known are set apart without a branch, as no processor foresees it.
        rest, many_met = begin, 0
        for i in range(begin, end):
            e, h = own[i], hashes[own[i]]
            entry: Any = table[slot_of(h, table.size)]
            number = number_of(entry)
            likely = may_be(entry, h) and number < known
            prefetch(rows, number * width if likely else np.uint64(0))
            own[rest], met[many_met, 0], met[many_met, 1] = e, e, np.int64(number)
            rest += not likely
            many_met += likely
        some, many_met = many_met, 0
        for i in range(some):
            e, number = met[i, 0], np.uint64(met[i, 1])
            if equal(rows, number, candidates, np.uint64(e), dim):
                met[many_met, 0], met[many_met, 1] = e, np.int64(number)
                many_met += 1
            else:  # another state with the same bits of the hash
                place = rest
                while place > begin and own[place - 1] > e:
                    own[place] = own[place - 1]
                    place -= 1
                own[place] = e
                rest += 1
        for i in range(begin, rest):
            e = own[i]
            h, goal, a = hashes[e], np.int64(goals[e]), letter_of[e]
            slot = slot_of(h, table.size)
            entry = table[slot]
            found: Any = np.int64(-1)
            while entry != 0:
                if may_be(entry, h):
                    number = number_of(entry)
                    if number < known:
                        same = equal(rows, number, candidates, np.uint64(e), dim)
                    else:
                        same = equal(candidates, number - known, candidates, np.uint64(e), dim)
                    if same:
                        found = np.int64(number)
                        break
                slot = after(slot, table.size)
                entry = table[slot]
            if found < 0:
                table[slot] = entry_of(h, count + e)
                fresh[new], slots[new] = e, np.int64(slot)
                new += 1
                labels[e] = goal * (code_mask + 1)
                if has_twins:
                    for b in range(letters):
                        arriving[e, b] = 0
                    arriving[e, a] = goal + 1
            elif found < count:
                met[many_met, 0], met[many_met, 1] = e, found
                many_met += 1
            else:
                if decides:
                    asks[asked, 0], asks[asked, 1] = e, found
                    asked += 1
                reached = labels[found - count] // (code_mask + 1)
                if reached != goal and row[reached] != row[goal]:
                    stop(report, e, ROWS_DIFFER, found)
                elif has_twins and is_other(arriving[found - count], a, goal):
                    stop(report, e, OUTPUTS_DIFFER, found)
        for i in range(many_met):
            e, found = met[i, 0], met[i, 1]
            goal, a = np.int64(goals[e]), letter_of[e]
            if decides:
                code = np.int64(rows[found, code_at]) & code_mask
                if code == 0 or emit[code - 1, a] != wanted[goal]:
                    report[WRONG] = earlier(report[WRONG], e)
            reached = np.int64(rows[found, dim]) >> shift
            if reached != goal and row[reached] != row[goal]:
                stop(report, e, ROWS_DIFFER, found)
            elif has_twins and is_other(arrivals[found], a, goal):
                stop(report, e, OUTPUTS_DIFFER, found)
        if report[STOP] >= 0:
            break
    report[NEW], report[ASKS] = new, asked


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
    order: Ints,
    first: int,
    begin: int,
    end: int,
    dim: int,
    code_at: int,
    code_mask: int,
    has_twins: bool,
    arrivals: Words,
    arriving: Words,
) -> None:
    """Write new candidates to their rows: of those in ``order``, from row ``first`` on, some."""
    parts = labels.shape[0]
    for i in range(begin, end):
        e, number = np.uint64(order[i]), np.uint64(first + i)
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
