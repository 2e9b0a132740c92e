"""Compiled loops of the float64 decoder. Import on first use only."""

from __future__ import annotations

import math

import numpy as np

from negeig.arrays import Float32s, Float64s, Ints
from negeig.compiled import njit


@njit
def nearest(state: Float32s, codes: Float64s, half_norms: Float64s) -> int:
    """Return the code nearest to a state, the first of equals, or -1: see :mod:`.decoder`.

    Code c is nearer than b when ``h.(c - b) > (|c|^2 - |b|^2) / 2``, summed left to right. Unlike
    the difference of two squared distances this keeps tiny states apart: 1e-30 is nearer to 1
    than to -1.
    """
    dim = state.shape[0]
    for j in range(dim):
        if not math.isfinite(state[j]):
            return -1
    best = 0
    for c in range(1, codes.shape[0]):
        s = 0.0
        for j in range(dim):
            s += np.float64(state[j]) * (codes[c, j] - codes[best, j])
        if s > half_norms[c] - half_norms[best]:
            best = c
    return best


@njit
def equal(state: Float32s, codes: Float64s, order: Ints) -> int:
    """Return the first code that equals a state, or -1: bisection in the codes' order."""
    low, high = 0, order.shape[0]
    while low < high:
        middle = (low + high) // 2
        c = order[middle]
        less = False
        for j in range(state.shape[0]):
            if codes[c, j] != state[j]:
                less = codes[c, j] < state[j]
                break
        if less:
            low = middle + 1
        else:
            high = middle
    if low == order.shape[0]:
        return -1
    for j in range(state.shape[0]):
        if codes[order[low], j] != state[j]:
            return -1
    return int(order[low])


@njit
def decode_states(
    states: Float32s,
    letters: Ints,
    column: int,
    length: int,
    codes: Float64s,
    half_norms: Float64s,
    radii: Float64s,
    order: Ints,
    emit: Ints,
    guesses: Ints,
    previous: int,
    symbols: Ints,
) -> int:
    """Turn the states (n, dim) after the given letters into emitted symbols, -1 for none.

    Tries a guess, then a code equal to the state, before it looks at all codes, which changes the
    speed only: ``guesses[c, a]`` is the code last seen after code c and letter a (row
    ``len(codes)``: at the start of a word), and inside its ball it is surely the nearest. Returns
    the last code, to be passed on as ``previous``; ``guesses`` carries over likewise.
    """
    dim = states.shape[1]
    for p in range(letters.shape[0]):
        if column == 0:
            previous = codes.shape[0]
        column += 1
        if column == length:
            column = 0
        a = letters[p]
        symbols[p] = -1
        if a < 0:
            continue
        c = guesses[previous, a]
        square = 0.0
        for j in range(dim):
            gap = np.float64(states[p, j]) - codes[c, j]
            square += gap * gap
        if not square < radii[c]:
            c = equal(states[p], codes, order)
            if c < 0:
                c = nearest(states[p], codes, half_norms)
            if c < 0:
                continue
            guesses[previous, a] = c
        previous = c
        symbols[p] = emit[c, a]
    return previous
