"""The search of one layer on one thread, block after block until a level is wide."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import njit
from negeig.precision.closure._tables_compiled import Words
from negeig.precision.closure.scale._absorb_compiled import (
    ASKS,
    HELD,
    KIND,
    NEW,
    NO_COLLISION,
    STOP,
    TARGET,
    WRONG,
    Bytes,
    Decoding,
    Ints,
    decide,
    look_up,
    move,
    settle,
)
from negeig.precision.closure.scale._expand_compiled import expand
from negeig.precision.numbers._rounding_compiled import Floats, Spec, Steps

Buffers: TypeAlias = tuple[
    Words,
    NDArray[Any],
    Words,
    Ints,
    Ints,
    Ints,
    Bytes,
    Ints,
    Ints,
    Ints,
    Ints,
    Ints,
    Ints,
    Words,
    Ints,
    Ints,
]
"""Room for a block: candidates, as floats, their hashes, goals, letters and sources, whether they
are new, their numbers; of each part own, fresh, slots, labels and asks; what arrives; of each part
what it meets; the new ones in order."""

Lanes: TypeAlias = tuple[Floats, Words, Words, Floats, Words]
"""Room for one thread's expansion: states, as words, before a letter, temporary, hashes."""

Letters: TypeAlias = tuple[Ints, Ints, int, int, Any, int, int, Ints]
"""What :func:`expand` takes beside the steps and what rounds them: where each letter's begin and
end, the arithmetic, and the machine's successors."""

HEAD, COUNT, END, LEVEL, FAULT, DECIDES, BLOCK, LAST, CROSS, OTHER = range(10)
"""Entries of the cursor: the next row to expand; states found; where its level ends; which level
that is; the first wrong edge or -1; whether codes are still decided; rows of a block that has been
absorbed and not settled; the place in the block where the search ends; how it collides, and with
which state."""

CURSOR_SIZE = 10

SMALL_SLOTS = 1 << 20
"""Slots of tables from which on memory counts."""

MORE, CLOSED, LIMIT, FULL, ASK, COLLIDES, WIDE = range(7)
"""Statuses: the work given is done; closed; one state too many; the tables have to grow; codes are
needed; a collision; so many rows of the level left that several threads pay."""


@njit
def conclude(
    cursor: Ints,
    reports: Ints,
    letters: int,
    limit: int,
    fresh: Ints,
    is_new: Bytes,
    numbers: Ints,
    order: Ints,
) -> int:
    """Give the new candidates of a block numbers in order, up to where the search ends if it does.

    Returns MORE, COLLIDES or LIMIT; the cursor's ``LAST`` is the end of those numbered, and
    ``order`` receives them.
    """
    count = cursor[COUNT]
    status, last = MORE, cursor[BLOCK] * letters
    for part in range(reports.shape[0]):
        if reports[part, KIND] != NO_COLLISION and reports[part, STOP] < last:
            status, last = COLLIDES, reports[part, STOP]
            cursor[CROSS], cursor[OTHER] = reports[part, KIND], reports[part, TARGET]
    for e in range(last):
        is_new[e] = 0
    for part in range(reports.shape[0]):
        for i in range(reports[part, NEW]):
            is_new[fresh[part, i]] = 1
    for e in range(last):  # without a branch on what no processor foresees
        order[count - cursor[COUNT]], numbers[e] = e, count
        count += is_new[e]
        if count > limit:
            status, last, count = LIMIT, e, limit
            break
    if status == COLLIDES and cursor[OTHER] >= cursor[COUNT]:
        cursor[OTHER] = numbers[cursor[OTHER] - cursor[COUNT]]
    wrong = np.int64(-1)
    for part in range(reports.shape[0]):
        e = reports[part, WRONG]
        # The candidate at which the search ends is looked at too.
        if 0 <= e <= last and (wrong < 0 or e < wrong):
            wrong = e
    if cursor[FAULT] < 0 and wrong >= 0:
        cursor[FAULT] = cursor[HEAD] * letters + wrong
    cursor[LAST] = last
    cursor[COUNT] = count
    return status


@njit
def descend(cursor: Ints, levels: Ints) -> bool:
    """Go to the next level, where the one being expanded is done; whether it is empty."""
    if cursor[HEAD] < cursor[END]:
        return False
    if cursor[COUNT] == cursor[END]:
        return True
    cursor[LEVEL] += 1
    levels[cursor[LEVEL]] = cursor[END]
    cursor[END] = cursor[COUNT]
    # Codes are decided to the end of a level, so that what is kept depends on nothing else.
    if cursor[FAULT] >= 0:
        cursor[DECIDES] = 0
    return False


@njit
def is_full(count: int, edges: int, tables: Words, reports: Ints) -> bool:
    """Whether the tables are too full for that many candidates more."""
    # At two thirds some looks go far. At a third few do, and small tables cost little memory.
    if 3 * (count + edges) > (tables.size if tables.size < SMALL_SLOTS else 2 * tables.size):
        return True
    most = 0
    for part in range(reports.shape[0]):
        most = max(most, reports[part, HELD])
    return bool(most + edges >= tables.shape[1])


@njit
def advance(
    cursor: Ints,
    work: int,
    wide: int,
    block: int,
    limit: int,
    levels: Ints,
    rows: Words,
    tables: Words,
    reports: Ints,
    buffers: Buffers,
    lanes: Lanes,
    steps: Steps,
    spec: Spec,
    letters: Letters,
    decoding: Decoding,
    row: Ints,
    has_twins: bool,
    arrivals: Words,
) -> int:
    """Search on until about ``work`` rows are expanded or a status says why not.

    ``levels`` has room for one more than the levels it may enter. No tuple is inside another one:
    what takes such a thing does not run without numba.
    """
    (candidates, floats, hashes, goals, letter_of, source_of, is_new, numbers, own, fresh, slots,
     labels, asks, arriving, met, order) = buffers  # fmt: skip
    h, words, before, temporary, mixed = lanes
    begins, ends, model, rounded, nan_bits, dim, shift, delta = letters
    parts, columns = tables.shape[0], delta.shape[1]
    done = 0
    while done < work:
        if cursor[BLOCK] == 0:
            if descend(cursor, levels):
                return CLOSED
            if cursor[LEVEL] + 2 >= levels.size:
                return FULL
            if cursor[END] - cursor[HEAD] >= wide:
                return WIDE
            count = min(block, cursor[END] - cursor[HEAD])
            if is_full(cursor[COUNT], count * columns, tables, reports):
                return FULL
            cursor[BLOCK] = count
            expand(
                rows, cursor[HEAD], count, 0, candidates, hashes, goals, h, words, before,
                temporary, mixed, steps, begins, ends, model, rounded, spec, nan_bits, dim, shift,
                delta,
            )  # fmt: skip
            asked = 0
            for part in range(parts):
                look_up(
                    reports[part], part, parts, tables[part], rows, cursor[COUNT], candidates,
                    hashes, goals, letter_of, count * columns, own[part], fresh[part], slots[part],
                    labels[part], asks[part], dim, shift, cursor[DECIDES] != 0, decoding, row,
                    has_twins, arrivals, arriving, met[part],
                )  # fmt: skip
                if cursor[DECIDES]:
                    decide(
                        reports[part], rows, cursor[HEAD], cursor[COUNT], candidates, floats,
                        hashes, goals, letter_of, source_of, fresh[part], labels[part],
                        own[part], asks[part], dim, decoding,
                    )  # fmt: skip
                asked += reports[part, ASKS]
            if asked:
                return ASK
        first = cursor[COUNT]
        status = conclude(cursor, reports, columns, limit, fresh, is_new, numbers, order)
        for part in range(parts):
            settle(reports[part], tables[part], fresh[part], slots[part], numbers, cursor[LAST])
        move(
            rows, candidates, hashes, labels, order, first, 0, cursor[COUNT] - first, dim,
            decoding[10], decoding[11], has_twins, arrivals, arriving,
        )  # fmt: skip
        if status != MORE:
            return status
        done += cursor[BLOCK]
        cursor[HEAD] += cursor[BLOCK]
        cursor[BLOCK] = 0
    return MORE
