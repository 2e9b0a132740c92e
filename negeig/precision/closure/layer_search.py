"""The compiled closure search of one layer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.precision.closure import _search_compiled as compiled
from negeig.precision.closure import _tables_compiled as tables
from negeig.precision.closure.search import Search, code_table


class LayerSearch(Search):
    """One layer: a network state is a layer state."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        layer, stored, decoder = self.network.layers[0], self.stored[0], self.decoders[0]
        letters = self.task.alphabet
        columns = [layer.alphabet.index(letter) for letter in letters]
        self.steps = stored.steps
        self.begins = stored.starts[columns]
        self.ends = stored.starts[[a + 1 for a in columns]] if layer.dim else self.begins
        self.hashes = np.empty(compiled.BLOCK, np.uint64)
        self.some_begins: NDArray[Any] = np.empty(compiled.BLOCK, self.begins.dtype)
        self.some_ends = np.empty_like(self.some_begins)
        count = max(len(decoder.first), 1)
        self.emit = np.full((count, len(letters)), -1, dtype=np.int32)
        for c, index in enumerate(decoder.first):
            self.emit[c] = [self.emitted.get(layer.emit[index][a], -1) for a in columns]
        self.dim = self.key_width = max(layer.dim, 1)
        self.points = decoder.points if layer.dim else np.zeros((len(decoder.first), 1))
        self.code_rows, self.code_table = code_table(decoder, self.numbers, self.dim)
        self.margins = np.full(count, -1.0)
        self.guesses = np.zeros((count, len(letters)), dtype=np.int32)
        self.reserve(self.dim + 2, self.numbers.word_type)
        initial = stored.initial.view(self.numbers.word_type)
        self.rows[0, : layer.dim] = initial
        self.rows[0, self.dim] = self.task.initial
        self.rows[0, self.dim + 1] = self.decode(0, initial) + 1
        tables.fill(self.table, self.rows, self.dim, 1)

    def chunk(self, edges: int) -> int:
        """Run one compiled chunk."""
        return compiled.search_layer(
            self.cursor, edges, self.max_states, self.rows, self.table, self.origin, self.arrivals,
            self.dim, self.numbers.nan, self.floats, self.words, self.temporary, self.hashes,
            self.some_begins, self.some_ends, self.steps, self.begins, self.ends,
            self.numbers.model, self.numbers.rounded, self.numbers.spec, self.points,
            self.code_rows, self.code_table,
            self.decoders[0].inexact, self.margins, self.guesses, self.emit, self.delta, self.row,
            self.wanted, self.task.has_twins,
        )  # fmt: skip

    def answer(self) -> None:
        """Decode exactly the state that the chunk asks about."""
        bits = self.rows[self.cursor[compiled.TARGET], : self.network.layers[0].dim]
        self.cursor[compiled.CODE] = self.decode(0, bits)
        self.cursor[compiled.RESOLVED] = 1

    def machine_state(self, state: int) -> int:
        """Return the machine state that a network state was first reached with."""
        return int(self.rows[state, self.dim])
