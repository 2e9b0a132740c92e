"""Words read side by side by the kernels: a layer after the other, decoded on the way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from negeig.arrays import Float32s, Ints
from negeig.kernels.backend import States, checked_letters, start
from negeig.kernels.codebook import Codebook
from negeig.kernels.decoder import FastDecoder
from negeig.kernels.runnable import Runnable
from negeig.kernels.triton.recurrent import Recurrent
from negeig.kernels.triton.recurrent_plain import Reached
from negeig.kernels.triton.scan import Scan
from negeig.kernels.triton.scan_launch import MAX_DIM, scan
from negeig.precision.stored import StoredLayer

# Numbers of the states of one launch at most, where they have to be looked at.
_MAX_STATES = 2**24
# A few long words of a small dimension are scanned.
_SCANNED_LENGTH, _SCANNED_WIDTH = 512, 64


class LayerKernel:
    """One layer, and how it is run: word by word, or scanned where words are few and long."""

    def __init__(self, layer: StoredLayer, codebook: Codebook) -> None:
        self.layer = layer
        self.codebook = codebook
        self.recurrent = Recurrent(layer, codebook=codebook) if layer.dim else None
        self.guessing = True
        """Whether every guess of the decoder has been confirmed so far."""
        self.scanning = layer.dim <= MAX_DIM and not len(layer.matrix)
        """Whether every seam has agreed so far."""
        self._scan: Scan | None = None

    def read(self, letters: Ints, before: Float32s) -> tuple[Ints, Float32s]:
        """Read letters (rows, n), -1 for none, from states (rows, dim): symbols, and the states.

        Bit for bit what the recurrence from left to right and the float64 decoder give.
        """
        if self.recurrent is None or not letters.size:
            nothing = np.empty((letters.size, self.layer.dim), np.float32)
            return self._decoded(nothing, letters), before
        if self.guessing:
            table, guesses = self.recurrent.table, self.recurrent.guesses
            assert guesses is not None
            given = table.numbered(letters), table.pad(before)
            reached = self._run(*given, code=guesses.codes_of(before))
            assert reached.decoded is not None
            # A right network's guesses never fail; one that failed is looked at from now on.
            self.guessing = bool((reached.decoded.failed == letters.shape[1]).all())
            if self.guessing:
                return reached.decoded.symbols.T.copy(), reached.after[:, : table.dim].copy()
        return self._looked_at(letters, before)

    def _run(self, letters: Ints, before: Float32s, *, code: Ints) -> Reached:
        assert self.recurrent is not None
        wide = before.shape[0] * self.layer.dim
        if not self.scanning or len(letters) < _SCANNED_LENGTH or wide > _SCANNED_WIDTH:
            return self.recurrent.run(letters, before, code=code)
        if self._scan is None:
            self._scan = scan(self.layer, codebook=self.codebook)
        reached = self._scan.run(letters, before, code=code)
        self.scanning = self._scan.confirmed == len(letters)
        return reached

    def _looked_at(self, letters: Ints, before: Float32s) -> tuple[Ints, Float32s]:
        """Read, and decode from all states."""
        assert self.recurrent is not None
        table, symbols = self.recurrent.table, np.empty_like(letters)
        at, code = table.pad(before), np.zeros(len(before), np.int32)
        columns = max(1, _MAX_STATES // at.size)
        for column in range(0, letters.shape[1], columns):
            piece = letters[:, column : column + columns]
            reached = self.recurrent.run(table.numbered(piece), at, code=code, keep_states=True)
            assert reached.states is not None
            states = np.moveaxis(reached.states[..., : table.dim], 0, 1).reshape(-1, table.dim)
            symbols[:, column : column + columns] = self._decoded(states, piece)
            at = reached.after
        return symbols, at[:, : table.dim].copy()

    def _decoded(self, states: Float32s, letters: Ints) -> Ints:
        flat = np.ascontiguousarray(letters).reshape(-1)
        found = FastDecoder(self.codebook).symbols(
            np.ascontiguousarray(states), flat, 0, max(letters.shape[1], 1)
        )
        return found.reshape(letters.shape)


class TritonStream:
    """A stream whose layers run over all letters of a piece before the next layer does."""

    def __init__(
        self,
        network: Runnable,
        layers: Sequence[LayerKernel],
        rows: int,
        states: Sequence[States] | None,
    ) -> None:
        self.network, self.rows = network, rows
        self.layers = layers
        self.states: tuple[States, ...] = start(network, rows, states)

    def read(self, words: Ints) -> Ints:
        """Read the next letters (rows, n) of every word and return the last layer's symbols."""
        words = checked_letters(self.network, self.rows, words)
        letters, after = self.network.letters[words], list[States]()
        for layer, before in zip(self.layers, self.states, strict=True):
            letters, reached = layer.read(letters, before)
            after.append(reached)
        self.states = tuple(after)
        return letters
