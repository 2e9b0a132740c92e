"""Somebody's implementation in the place of a backend: it reads the words a piece at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from negeig.arrays import Ints
from negeig.claims import NegeigError, Unavailable
from negeig.kernels.backend import States, checked_letters, start
from negeig.kernels.conforming import refusal
from negeig.kernels.decoder import FastDecoder
from negeig.kernels.implementation import Implementation, Kernel
from negeig.kernels.positions import Positions
from negeig.kernels.runnable import Runnable, runnable
from negeig.kernels.standard_suite import Task
from negeig.precision.numbers.formats import FORMATS

NANOSECONDS = 3_000.0
"""What a position costs, about: as many calls of a library for an array."""


class Implemented:
    """An implementation that reads words as a backend does.

    The states that it hands on go into the next call, so it has to hand them on. A chunked one may
    round otherwise where the words are cut otherwise. Where a state is not finite the layers above
    read another letter than none, which nobody looks at: that symbol is wrong already.

    Parameters
    ----------
    one : Implementation
    task : Task
    dtype : str
        Format of the inputs.

    Raises Unavailable where it is missing, or its interface cannot express the network.
    """

    def __init__(self, one: Implementation, task: Task, dtype: str) -> None:
        if reason := refusal(one, task, dtype):
            raise Unavailable(f"{one.name} cannot run this network: {reason}")
        self.one, self.dtype, self.kernel = one, dtype, one.kernel()
        self.network = runnable(task.network, task.machine.alphabet, FORMATS[dtype])
        stored = zip(task.network.layers, self.network.stored.layers, strict=True)
        self.positions = [Positions.of(layer, arrays) for layer, arrays in stored]
        self.device = f"{one.device}, {one.version}, {dtype} inputs"
        self.notice = "" if one.chunk is None else f"in chunks of {one.chunk} positions"

    def nanoseconds_per_token(self) -> float:
        """Rough cost of one token."""
        return NANOSECONDS * sum(layer.steps for layer in self.positions)

    def stream(self, rows: int, states: Sequence[States] | None = None) -> _Stream:
        """Begin some words."""
        return _Stream(self.one.name, self.kernel, self, rows, states)


class _Stream:
    def __init__(
        self, name: str, kernel: Kernel, of: Implemented, rows: int,
        states: Sequence[States] | None,
    ) -> None:  # fmt: skip
        self.name, self.kernel, self.of = name, kernel, of
        self.network: Runnable = of.network
        self.rows = rows
        initial = tuple(np.repeat(p.initial[None], rows, axis=0) for p in of.positions)
        self.states = initial if states is None else start(of.network, rows, states)
        self.decoders = [FastDecoder(codebook) for codebook in of.network.codebooks]

    def read(self, words: Ints) -> Ints:
        """Read the next letters (rows, n) of every word and return the last layer's symbols."""
        words = checked_letters(self.network, self.rows, words)
        letters, after = self.network.letters[words], list[States]()
        lost = np.zeros(words.shape, np.bool_)
        for layer, decoder, before in zip(
            self.of.positions, self.decoders, self.states, strict=True
        ):
            asked = layer.recurrence(letters, before, self.of.dtype)
            try:
                answer = self.kernel(asked)
            except NegeigError:
                raise
            except Exception as error:  # an implementation may raise anything
                kind = type(error).__name__
                raise Unavailable(f"{self.name} raised {kind}: {error}") from error
            if answer.states.shape != asked.key.shape or answer.final is None:
                shape = answer.states.shape
                what = "no state to go on with" if answer.final is None else f"states {shape}"
                raise Unavailable(f"{self.name} returned {what}, expected {asked.key.shape}")
            read = np.ascontiguousarray(
                answer.states[:, layer.steps - 1 :: layer.steps], np.float32
            )
            after.append(np.array(answer.final, np.float32))
            flat = read.reshape(words.size, before.shape[1])
            found = decoder.symbols(flat, letters.reshape(-1), 0, words.shape[1])
            letters = found.reshape(words.shape)
            lost |= letters < 0
            letters[lost] = 0
        self.states = tuple(after)
        letters[lost] = -1
        return letters
