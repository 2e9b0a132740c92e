"""Words read side by side, one layer after the other: what the array backends have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from negeig.arrays import Ints
from negeig.kernels.backend import States, checked_letters, start
from negeig.kernels.decoder import FastDecoder
from negeig.kernels.runnable import Runnable

Advance: TypeAlias = Callable[[int, States, Ints], States]
"""Of a layer's number, its states (rows, dim) and letters (rows, n), -1 for none: the states after
every letter, (rows, n, dim)."""


class LayeredStream:
    """A stream whose layers run over all letters of a piece before the next layer does.

    Parameters
    ----------
    network : Runnable
    rows : int
    states : sequence of States, optional
    advance : callable
        The recurrence of one layer.
    most : int
        Numbers of the states of one piece, which bounds memory.
    """

    def __init__(
        self,
        network: Runnable,
        rows: int,
        states: Sequence[States] | None,
        advance: Advance,
        *,
        most: int = 2**24,
    ) -> None:
        self.network, self.rows = network, rows
        self.states = start(network, rows, states)
        self.decoders = [FastDecoder(codebook) for codebook in network.codebooks]
        self.advance = advance
        wide = sum(layer.dim for layer in network.stored.layers)
        self.columns = max(1, most // max(rows * wide, 1))

    def read(self, words: Ints) -> Ints:
        """Read the next letters (rows, n) of every word and return the last layer's symbols."""
        words = checked_letters(self.network, self.rows, words)
        symbols = np.empty(words.shape, np.int32)
        for column in range(0, words.shape[1], self.columns):
            piece = slice(column, column + self.columns)
            symbols[:, piece] = self._read(words[:, piece])
        return symbols

    def _read(self, words: Ints) -> Ints:
        letters, after = self.network.letters[words], list[States]()
        for i, (decoder, before) in enumerate(zip(self.decoders, self.states, strict=True)):
            reached = self.advance(i, before, letters)
            after.append(reached[:, -1].copy())
            flat = np.ascontiguousarray(reached).reshape(letters.size, before.shape[1])
            found = decoder.symbols(flat, letters.reshape(-1), 0, letters.shape[1])
            letters = found.reshape(letters.shape)
        self.states = tuple(after)
        return letters
