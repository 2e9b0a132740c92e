"""The specification: a network run one float32 operation at a time, in plain Python.

Every other backend is held to this one by tests. The order of operations is the reference order
of the project: a delta step computes ``s = k_0 h_0``, adds ``k_1 h_1``, ``k_2 h_2``, ... one by
one, then ``u = s - write``, ``t = beta u`` and ``h_j = h_j + (-k_j) t``; a dense step computes
its rows left to right in the same way and then adds the bias. Every + - * rounds to float32, a
write or bias of 0 is skipped, a key entry of 0 is not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from negeig.arrays import Float32s, Ints
from negeig.kernels.packing import PackedLayer, PackedNetwork


class Reference:
    """Backend ``reference``: the scalar specification. About 20,000 tokens a second."""

    device = "Python, one float32 operation at a time"
    notice = ""
    longest: int | None = 1024

    def __init__(self, network: PackedNetwork) -> None:
        self.network = network

    def nanoseconds_per_token(self) -> float:
        """Rough cost of one token, for choosing how many to run."""
        layers = self.network.layers
        cost: float = 1000 + sum(
            3000 + 300 * layer.betas.shape[1] * layer.dim + 200 * layer.codes.size
            + 100 * len(layer.matrices) * layer.dim**2
            for layer in layers
        )  # fmt: skip
        return cost

    def prepare(self) -> None:
        """Nothing to compile."""

    def symbols(self, words: Ints) -> Iterator[Ints]:
        """Yield, word by word, the symbols that the last layer emits; -1 where there is none."""
        for word in words:
            letters = self.network.first_letters[word]
            for layer in self.network.layers:
                letters = _run_layer(layer, letters)
            yield letters


def _run_layer(layer: PackedLayer, letters: Ints) -> Ints:
    """Symbols emitted after every letter; a letter of -1 (nothing was read) gives -1."""
    state = layer.initial
    symbols = np.full(len(letters), -1, np.int32)
    for position, letter in enumerate(letters):
        if letter >= 0:
            for step in range(layer.n_steps[letter]):
                state = step_state(layer, int(letter), step, state)
            code = nearest(layer, state)
            if code is not None:
                symbols[position] = layer.emit[code, letter]
    return symbols


@np.errstate(all="ignore")  # states may overflow: that is a result, not an accident
def step_state(layer: PackedLayer, letter: int, step: int, state: Float32s) -> Float32s:
    """Apply one step of a letter to a float32 state, every operation rounded to float32."""
    which = layer.dense[letter, step]
    if which < 0:
        key, write = layer.keys[letter, step], layer.writes[letter, step]
        s = _dot(key, state)
        u = s - write if write != 0 else s
        t = layer.betas[letter, step] * u
        return np.array([h + (-k) * t for h, k in zip(state, key, strict=True)], np.float32)
    after = [_dot(row, state) for row in layer.matrices[which]]
    bias = layer.biases[which]
    return np.array([x + b if b != 0 else x for x, b in zip(after, bias, strict=True)], np.float32)


def nearest(layer: PackedLayer, state: Float32s) -> int | None:
    """Return the code nearest to a float32 state, the first of equals; None when not finite.

    Code c is nearer than b when ``h.(c - b) > (|c|^2 - |b|^2) / 2``, in float64, summed left to
    right. Unlike the difference of two squared distances this keeps tiny states apart: 1e-30 is
    nearer to 1 than to -1.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from types import SimpleNamespace
    >>> layer = SimpleNamespace(codes=np.array([[-1.0], [1.0]]), half_norms=np.array([0.5, 0.5]))
    >>> nearest(layer, np.array([1e-30], np.float32)), nearest(layer, np.array([0], np.float32))
    (1, 0)
    """
    h = [float(x) for x in state]
    if not all(map(math.isfinite, h)):
        return None
    codes, half_norms = layer.codes, layer.half_norms
    best = 0
    for c in range(1, len(codes)):
        s = 0.0
        for x, new, old in zip(h, codes[c], codes[best], strict=True):
            s += x * float(new - old)
        if s > half_norms[c] - half_norms[best]:
            best = c
    return best


def _dot(row: Float32s, state: Float32s) -> np.float32:
    total: np.float32 = row[0] * state[0]
    for x, h in zip(row[1:], state[1:], strict=True):
        total = total + x * h
    return total
