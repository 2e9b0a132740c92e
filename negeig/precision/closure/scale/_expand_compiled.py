"""The states after every letter, many states at a time: loops that become vector instructions.

A state is a lane: ``h[j, i]`` is coordinate j of state i. Each lane rounds in the order of
:mod:`negeig.precision.closure.reference`, as :func:`read_letters` does one state at a time.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import inlined, njit
from negeig.precision.closure._tables_compiled import Words
from negeig.precision.numbers._rounding_compiled import (
    BF16,
    FMA,
    GRID,
    LETTER,
    NATIVE,
    SMALL,
    STEP,
    Floats,
    Spec,
    Steps,
    accumulate,
    add,
    multiply,
    round_grid,
    round_small,
)

Ints: TypeAlias = NDArray[Any]

LANES = 256
"""States whose letters are computed together."""


@inlined
def _add_times(c: Any, x: Floats, y: Floats, count: int, model: int, spec: Spec) -> None:
    """Add c x to y, for ``count`` states."""
    if c == 0:  # c x is a zero, or NaN where x is not finite: nothing is rounded in any model
        for i in range(count):
            y[i] += c * x[i]
    else:
        for i in range(count):
            y[i] = accumulate(c, x[i], y[i], model, spec)


@inlined
def _read(
    h: Floats,
    temporary: Floats,
    count: int,
    dim: int,
    begin: int,
    end: int,
    steps: Steps,
    model: int,
    rounded: int,
    spec: Spec,
) -> None:
    """Apply one letter's steps to ``count`` states, in place."""
    beta, write, key, dense, matrix, bias = steps
    s = temporary[0]
    for k in range(begin, end):
        m = dense[k]
        if m < 0:
            c = key[k, 0]
            x = h[0]
            for i in range(count):
                s[i] = multiply(c, x[i], model, spec)
            for j in range(1, dim):
                _add_times(key[k, j], h[j], s, count, model, spec)
            if write[k] != 0:
                c = -write[k]
                for i in range(count):
                    s[i] = add(s[i], c, model, spec)
            c = beta[k]
            for i in range(count):
                s[i] = multiply(c, s[i], model, spec)
            for j in range(dim):
                _add_times(-key[k, j], s, h[j], count, model, spec)
        else:
            for r in range(dim):
                y = temporary[r]
                c = matrix[m, r, 0]
                x = h[0]
                for i in range(count):
                    y[i] = multiply(c, x[i], model, spec)
                for j in range(1, dim):
                    _add_times(matrix[m, r, j], h[j], y, count, model, spec)
                if bias[m, r] != 0:
                    c = bias[m, r]
                    for i in range(count):
                        y[i] = add(y[i], c, model, spec)
            for r in range(dim):
                y = temporary[r]
                x = h[r]
                for i in range(count):
                    x[i] = y[i]
        if rounded == STEP:
            for j in range(dim):
                x = h[j]
                for i in range(count):
                    x[i] = round_small(np.float64(x[i]), spec)
    if rounded == LETTER:
        for j in range(dim):
            x = h[j]
            for i in range(count):
                x[i] = round_small(np.float64(x[i]), spec)
    elif rounded == GRID:
        for j in range(dim):
            x = h[j]
            for i in range(count):
                x[i] = round_grid(np.float64(x[i]), spec[5])


@njit
def read_letter(
    h: Floats,
    temporary: Floats,
    count: int,
    dim: int,
    begin: int,
    end: int,
    steps: Steps,
    model: int,
    rounded: int,
    spec: Spec,
) -> None:
    """Apply one letter's steps to ``count`` states, in place; one loop for each model."""
    if model == NATIVE:
        _read(h, temporary, count, dim, begin, end, steps, NATIVE, rounded, spec)
    elif model == FMA:
        _read(h, temporary, count, dim, begin, end, steps, FMA, rounded, spec)
    elif model == BF16:
        _read(h, temporary, count, dim, begin, end, steps, BF16, rounded, spec)
    else:
        _read(h, temporary, count, dim, begin, end, steps, SMALL, rounded, spec)


@njit
def expand(
    rows: Words,
    first: int,
    count: int,
    at: int,
    candidates: Words,
    hashes: Words,
    goals: Ints,
    lanes: Floats,
    words: Words,
    before: Words,
    temporary: Floats,
    mixed: Words,
    steps: Steps,
    begins: Ints,
    ends: Ints,
    model: int,
    rounded: int,
    spec: Spec,
    nan_bits: Any,
    dim: int,
    shift: int,
    delta: Ints,
) -> None:
    """Write the states after every letter of rows ``first`` on, by state and then by letter.

    The first goes to candidate ``at``. A row is the state's bits, then a word whose bits from
    ``shift`` on are the machine's state; ``goals`` receives the machine's state after the letter.
    ``lanes`` and ``words`` are one memory: (dim, LANES), as ``before`` and ``temporary``.
    """
    letters = delta.shape[1]
    step = np.uint64(letters)
    for begin in range(0, count, LANES):
        many = min(LANES, count - begin)
        for i in range(many):
            for j in range(dim):
                before[j, i] = rows[first + begin + i, j]
            q = np.int64(rows[first + begin + i, dim] >> shift)
            for a in range(letters):
                goals[at + (begin + i) * letters + a] = delta[q, a]
        for a in range(letters):
            for j in range(dim):
                for i in range(many):
                    words[j, i] = before[j, i]
            read_letter(
                lanes, temporary, many, dim, begins[a], ends[a], steps, model, rounded, spec
            )
            for i in range(many):
                mixed[i] = np.uint64(0x243F6A8885A308D3)
            for j in range(dim):
                x, bits = lanes[j], words[j]
                has_nan = False
                for i in range(many):
                    has_nan |= x[i] != x[i]
                if has_nan:
                    for i in range(many):
                        bits[i] = bits[i] if x[i] == x[i] else nan_bits
                for i in range(many):  # as hash_words
                    g = (mixed[i] ^ np.uint64(bits[i])) * np.uint64(0x9E3779B97F4A7C15)
                    mixed[i] = g ^ (g >> np.uint64(29))
            # Unsigned, so that no place is looked at for being negative.
            first_at = np.uint64(at + begin * letters + a)
            for i in range(many):
                g = mixed[i] * np.uint64(0xBF58476D1CE4E5B9)
                hashes[first_at + np.uint64(i) * step] = g ^ (g >> np.uint64(32))
            for j in range(dim):
                bits = words[j]
                for i in range(many):
                    candidates[first_at + np.uint64(i) * step, j] = bits[i]
