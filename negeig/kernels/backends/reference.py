"""Backend ``reference``: the specification itself, word by word. About 20,000 tokens a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from negeig.arrays import Ints
from negeig.claims import Letter
from negeig.kernels.backend import States, checked_letters, start
from negeig.kernels.runnable import Runnable
from negeig.precision.closure.reference import ReferenceSemantics, to_bits
from negeig.precision.numbers.arithmetic import Arithmetic, parse


class Reference:
    """The closure's semantics in fp32, its operations done by numpy; decodes exactly."""

    promises: ClassVar[Arithmetic] = parse("fp32")
    device = "Python, one float32 operation at a time"
    notice = ""
    longest: int | None = 1024

    def __init__(self, network: Runnable) -> None:
        self.network = network
        self.semantics = Float32Semantics(network.network, network.stored, self.promises)
        self.number = {symbol: i for i, symbol in enumerate(network.network.outputs)}

    def nanoseconds_per_token(self) -> float:
        """Rough cost of one token, for choosing how many to run."""
        cost: float = 1000 + sum(
            3000 + 300 * max(layer.most_steps, 1) * layer.dim + 200 * codebook.points.size
            + 100 * len(layer.matrix) * layer.dim**2
            for layer, codebook in zip(
                self.network.stored.layers, self.network.codebooks, strict=True
            )
        )  # fmt: skip
        return cost

    def prepare(self) -> None:
        """Nothing to compile."""

    def stream(self, rows: int, states: Sequence[States] | None = None) -> ReferenceStream:
        """Begin some words, read one after the other."""
        return ReferenceStream(self, rows, start(self.network, rows, states))


class ReferenceStream:
    """Each word is a state of the semantics, which reads one letter at a time."""

    def __init__(self, backend: Reference, rows: int, states: Sequence[States]) -> None:
        self.backend, self.rows = backend, rows
        self.states = tuple(states)

    def read(self, words: Ints) -> Ints:
        """Read the next letters (rows, n) of every word and return the last layer's symbols."""
        semantics, alphabet = self.backend.semantics, self.backend.network.alphabet
        words = checked_letters(self.backend.network, self.rows, words)
        symbols = np.full(words.shape, -1, np.int32)
        for row, word in enumerate(words):
            state = tuple(to_bits(values[row].tolist()) for values in self.states)
            with np.errstate(all="ignore"):  # states may overflow: that is a result
                for t, letter in enumerate(word):
                    state, symbol = semantics.step(state, alphabet[letter])
                    if symbol is not None:
                        symbols[row, t] = self.backend.number[symbol]
            for values, reached in zip(self.states, semantics.values(state), strict=True):
                values[row] = reached
        return symbols


class Float32Semantics(ReferenceSemantics):
    """The specification in fp32 with the processor's own operations: the same bits, sooner.

    IEEE 754 has float32 + and * round once to nearest even, as the exact operations do.
    """

    def read(self, layer: int, state: Sequence[float], letter: Letter) -> list[float]:
        """Apply one letter's steps to one layer's state."""
        values: Any = np.array(state, np.float32)
        return [float(x) for x in super().read(layer, values, letter)]

    def add(self, a: float, b: float) -> float:
        """Return a + b; one of them is a numpy float32."""
        return a + b

    def multiply(self, a: float, b: float) -> float:
        """Return a b; one of them is a numpy float32."""
        return a * b

    def store(self, x: float) -> float:
        """Return x, which is a float32 already."""
        return x


BACKEND = Reference
