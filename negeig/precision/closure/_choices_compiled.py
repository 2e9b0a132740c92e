"""Compiled walk over all outcomes of stochastic rounding, for one layer.

Edges are numbered source * letters + letter, the outcomes of an edge in the order of
:mod:`~negeig.precision.closure.choices`: each coordinate that is not held goes to its inner
neighbour first, and the last coordinate changes fastest. ``cursor`` holds where a walk stands.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import njit
from negeig.precision.closure._tables_compiled import (
    AMBIGUOUS,
    UNDECODABLE,
    Table,
    Words,
    decode,
    hash_words,
    insert,
    lookup,
)
from negeig.precision.numbers._rounding_compiled import (
    NEVER,
    TO_INFINITY,
    TO_LARGEST,
    Floats,
    Spec,
    Steps,
    read_letters,
)

Ints: TypeAlias = NDArray[Any]
Around: TypeAlias = tuple[bool, int, int, float, int, bool]
"""Whether the target is a grid; precision and biased emin of a format, or 0 and the exponent of
the grid's unit; largest finite value; what overflow gives; has negative zero."""

EDGE, OUTCOME, LOOKED, COUNT, WRONG, RESOLVED, CODE, TARGET, OTHER = range(9)
"""Entries of the cursor: next edge and next of its outcomes; outcomes looked at; states found;
first wrong edge or -1; whether CODE holds the code that was asked for; that code; the state
concerned; the source that arrived first."""

CURSOR_SIZE = 9

MORE, CLOSED, LIMIT, FULL, ASK, ROWS_DIFFER, OUTPUTS_DIFFER, WORK, MANY = range(9)
"""Statuses: chunk finished; closed; one state too many; a table has to grow; a code is needed;
collision of two machine states with different successors; of two with different outputs; as many
outcomes were looked at as may be; one letter has more than that."""


@njit
def around(x: Any, spec: Around) -> Any:
    """Return the outcomes of storing a float32, the inner first, and whether there are two."""
    is_grid, precision, emin, largest, overflow, negative_zero = spec
    wide = np.float64(x)
    if wide != wide:
        return wide, wide, False
    if abs(wide) == np.inf:
        found = held(wide, wide, largest, overflow, negative_zero)
        return found, found, False
    if is_grid:
        exponent: Any = np.int64(emin)
    else:
        bits = wide.view(np.uint64)
        own = np.int64((bits >> np.uint64(52)) & np.uint64(0x7FF))
        exponent = max(own, np.int64(emin)) - precision + 1 - 1023
    up = np.uint64((exponent + 1023) << 52).view(np.float64)
    down = np.uint64((1023 - exponent) << 52).view(np.float64)
    lifted = wide * down
    whole = np.trunc(lifted)
    inner = held(whole * up, wide, largest, overflow, negative_zero)
    if whole == lifted:
        return inner, inner, False
    outer = held((whole + np.copysign(1.0, wide)) * up, wide, largest, overflow, negative_zero)
    # Both have the sign of x, zeros too.
    same = inner == outer or (inner != inner and outer != outer)
    return inner, outer, not same


@njit
def held(value: Any, x: Any, largest: float, overflow: int, negative_zero: bool) -> Any:
    """Return a rounded number, unless it is beyond the range; a zero has the sign of x."""
    if abs(value) > largest or (abs(value) == np.inf and overflow != TO_INFINITY):
        if overflow == TO_INFINITY:
            return np.copysign(np.inf, x)
        return np.copysign(largest, x) if overflow == TO_LARGEST else np.float64(np.nan)
    if value == 0:
        return np.copysign(0.0, x) if negative_zero else 0.0
    return np.float64(value)


@njit
def search_outcomes(
    cursor: Ints,
    outcomes: int,
    max_states: int,
    max_outcomes: int,
    rows: Words,
    table: Table,
    origin: Ints,
    arrivals: Ints,
    dim: int,
    nan_bits: Any,
    floats: Floats,
    words: Words,
    temporary: Floats,
    both: NDArray[Any],
    steps: Steps,
    begins: Ints,
    ends: Ints,
    model: int,
    spec: Spec,
    target_spec: Around,
    codes: NDArray[Any],
    code_rows: Words,
    code_table: Table,
    inexact: float,
    margins: NDArray[Any],
    guesses: Ints,
    emit: Ints,
    delta: Ints,
    row: Ints,
    wanted: Ints,
    has_twins: bool,
) -> int:
    """Process so many outcomes; the next call goes on within an edge.

    ``rows[s]`` holds the bits of state s, then its machine state, then its code + 1. ``both`` has
    room for two numbers a coordinate, and ``floats`` and ``words`` are one state.
    """
    letters = delta.shape[1]
    source: Any
    target: Any
    code: Any
    h, bits = floats[0], words[0]
    stop = cursor[LOOKED] + outcomes
    while True:
        e = cursor[EDGE]
        source, a = e // letters, e % letters
        if source == cursor[COUNT]:
            return CLOSED
        for j in range(dim):
            bits[j] = rows[source, j]
        read_letters(floats, temporary, dim, 1, begins[a:], ends[a:], steps, model, NEVER, spec)
        free = 0
        for j in range(dim):
            both[j, 0], both[j, 1], two = around(h[j], target_spec)
            both[j, 2] = 1.0 if two else 0.0
            free += 1 if two else 0
        goal = delta[np.int64(rows[source, dim]), a]
        while True:
            if cursor[LOOKED] >= max_outcomes:
                return WORK
            if cursor[LOOKED] >= stop:
                return MORE
            if free > 40 or (1 << free) > max_states:
                return MANY
            if cursor[OUTCOME] == 1 << free:
                break
            if cursor[COUNT] + 1 >= rows.shape[0]:
                return FULL
            left = free
            for j in range(dim):
                if both[j, 2] == 0.0:
                    h[j] = both[j, 0]
                else:
                    left -= 1
                    h[j] = both[j, (cursor[OUTCOME] >> left) & 1]
                if h[j] != h[j]:
                    bits[j] = nan_bits
            hashed = hash_words(bits, dim)
            target = lookup(table, rows, bits, dim, hashed)
            is_new = target < 0
            code = UNDECODABLE
            if cursor[WRONG] < 0:
                if is_new:
                    previous: Any = max(np.int64(rows[source, dim + 1]) - 1, 0)
                    code = cursor[CODE]
                    if cursor[RESOLVED] == 0:
                        code = decode(
                            h, dim, codes, codes.shape[0], inexact, margins,
                            guesses[previous, a], bits, hashed, code_rows, code_table,
                        )  # fmt: skip
                    if code == AMBIGUOUS:
                        target = cursor[COUNT]
                        for j in range(dim):
                            rows[target, j] = bits[j]
                        cursor[TARGET] = target
                        return ASK
                    cursor[RESOLVED] = 0
                    if code >= 0:
                        guesses[previous, a] = code
                else:
                    code = np.int64(rows[target, dim + 1]) - 1
                if code < 0 or emit[code, a] != wanted[goal]:
                    cursor[WRONG] = e
            if is_new:
                target = cursor[COUNT]
                if target >= max_states:
                    return LIMIT
                for j in range(dim):
                    rows[target, j] = bits[j]
                rows[target, dim] = goal
                rows[target, dim + 1] = code + 1
                origin[target] = e
                insert(table, hashed, target)
                cursor[COUNT] = target + 1
            elif row[np.int64(rows[target, dim])] != row[goal]:
                cursor[TARGET] = target
                return ROWS_DIFFER
            if has_twins:
                if arrivals[target, a] == 0:
                    arrivals[target, a] = source + 1
                other = np.int64(arrivals[target, a]) - 1
                if delta[np.int64(rows[other, dim]), a] != goal:
                    cursor[TARGET] = target
                    cursor[OTHER] = other
                    return OUTPUTS_DIFFER
            cursor[LOOKED] += 1
            cursor[OUTCOME] += 1
        cursor[OUTCOME] = 0
        cursor[EDGE] = e + 1
