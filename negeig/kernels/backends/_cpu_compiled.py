"""The compiled loop of the CPU backend for one word at a time. Import on first use only."""

from __future__ import annotations

from negeig.arrays import Float32s, Ints
from negeig.compiled import njit


@njit
def run_layer(
    letters: Ints,
    starts: Ints,
    beta: Float32s,
    write: Float32s,
    key: Float32s,
    dense: Ints,
    matrix: Float32s,
    bias: Float32s,
    state: Float32s,
    states: Float32s,
) -> None:
    """Run one layer over the letters (n,) of a word.

    ``state`` (dim,) is where it begins and where it ends; ``states`` (n, dim) receives the state
    after every letter. A letter of -1 (nothing was read) leaves the state alone. A write of 0 must
    be +0.
    """
    dim = state.shape[0]
    for p in range(letters.shape[0]):
        a = letters[p]
        for k in range(starts[a] if a >= 0 else 0, starts[a + 1] if a >= 0 else 0):
            m = dense[k]
            if m < 0:
                s = key[k, 0] * state[0]
                for j in range(1, dim):
                    s += key[k, j] * state[j]
                # Subtracting a write of +0 changes nothing, so it needs no branch.
                t = beta[k] * (s - write[k])
                for j in range(dim):
                    state[j] = state[j] + (-key[k, j]) * t
            else:
                for r in range(dim):
                    s = matrix[m, r, 0] * state[0]
                    for j in range(1, dim):
                        s += matrix[m, r, j] * state[j]
                    states[p, r] = s + bias[m, r] if bias[m, r] != 0 else s
                for j in range(dim):
                    state[j] = states[p, j]
        for j in range(dim):
            states[p, j] = state[j]


@njit
def run_words(
    letters: Ints,
    starts: Ints,
    beta: Float32s,
    write: Float32s,
    key: Float32s,
    dense: Ints,
    matrix: Float32s,
    bias: Float32s,
    state: Float32s,
    states: Float32s,
) -> None:
    """Run one layer over letters (rows, n) of several words, one after the other.

    As :func:`run_layer`; ``state`` is (rows, dim), ``states`` (rows, n, dim).
    """
    for row in range(letters.shape[0]):
        run_layer(
            letters[row], starts, beta, write, key, dense, matrix, bias, state[row], states[row]
        )
