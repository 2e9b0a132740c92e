"""Compiled loops of the CPU backend and of the choice of words. Import on first use only."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Float32s, Float64s, Ints
from negeig.compiled import njit


@njit
def nearest(state: Float32s, codes: Float64s, half_norms: Float64s) -> int:
    """Return the code nearest to a state, or -1: that of :mod:`~.backends.reference`, compiled."""
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
def run_layer(
    letters: Ints,
    column: int,
    length: int,
    initial: Float32s,
    n_steps: Ints,
    betas: Float32s,
    writes: Float32s,
    keys: Float32s,
    dense: Ints,
    matrices: Float32s,
    biases: Float32s,
    state: Float32s,
    states: Float32s,
) -> None:
    """Run one layer over a piece of a batch of words of one length, laid end to end.

    ``column`` is the place of the first letter in its word; at column 0 the state starts afresh.
    ``states`` (n, dim) receives the state after every letter; ``state`` carries over to the next
    piece. A letter of -1 (nothing was read) leaves the state alone.
    """
    dim = initial.shape[0]
    after = np.empty(dim, np.float32)
    for p in range(letters.shape[0]):
        if column == 0:
            for j in range(dim):
                state[j] = initial[j]
        column += 1
        if column == length:
            column = 0
        a = letters[p]
        for i in range(n_steps[a] if a >= 0 else 0):
            m = dense[a, i]
            if m < 0:
                s = keys[a, i, 0] * state[0]
                for j in range(1, dim):
                    s += keys[a, i, j] * state[j]
                # Subtracting a write of +0 changes nothing, so it needs no branch.
                t = betas[a, i] * (s - writes[a, i])
                for j in range(dim):
                    state[j] = state[j] + (-keys[a, i, j]) * t
            else:
                for r in range(dim):
                    s = matrices[m, r, 0] * state[0]
                    for j in range(1, dim):
                        s += matrices[m, r, j] * state[j]
                    after[r] = s + biases[m, r] if biases[m, r] != 0 else s
                for j in range(dim):
                    state[j] = after[j]
        for j in range(dim):
            states[p, j] = state[j]


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


@njit
def machine_outputs(words: Ints, transitions: Ints, initial: int, outputs: Ints) -> Ints:
    """Output number of a machine at every position of a batch of words (rows)."""
    found = np.empty_like(words)
    for row in range(words.shape[0]):
        q = initial
        for t in range(words.shape[1]):
            q = transitions[q, words[row, t]]
            found[row, t] = outputs[q]
    return found


@njit
def walk(
    raw: NDArray[np.uint64], transitions: Ints, initial: int, choices: Ints, counts: Ints
) -> Ints:
    """Turn random numbers into a word that, in state q, takes one of ``choices[q, :counts[q]]``."""
    word = np.empty(raw.shape[0], np.int32)
    q = initial
    for t in range(raw.shape[0]):
        # The upper 32 bits scaled to 0 .. counts[q] - 1: no division, bias below 2^-20.
        a = choices[q, ((raw[t] >> np.uint64(32)) * np.uint64(counts[q])) >> np.uint64(32)]
        word[t] = a
        q = transitions[q, a]
    return word
