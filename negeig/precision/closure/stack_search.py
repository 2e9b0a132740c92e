"""The compiled closure search of any number of layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Longs
from negeig.automata.machines.machine import Machine
from negeig.claims import Progress
from negeig.precision.closure import _search_compiled as compiled
from negeig.precision.closure import _tables_compiled as tables
from negeig.precision.closure import search
from negeig.precision.closure.search import Search, code_table
from negeig.precision.numbers._rounding_compiled import Steps
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.precision.stored import StoredLayer, StoredNetwork
from negeig.theory.closure.explore import Task
from negeig.theory.closure.transducers import Closed
from negeig.theory.networks.network import LinearRNN

FIRST_STATES, FIRST_ENTRIES = 64, 1 << 22
"""Fewest states of a layer for which there is room at first, and where there is room for more,
most entries of the table of what the layers do on their letters."""


class StackSearch(Search):
    """Any number of layers: a network state is a tuple of numbers of layer states."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        layers = self.network.layers
        self.key_width = len(layers)
        alphabets = [layer.alphabet for layer in layers]
        self.dims = np.array([max(layer.dim, 1) for layer in layers], dtype=np.int64)
        dim, letters = int(self.dims.max()), max(map(len, alphabets))
        self.steps, self.starts = _joined(self.stored, dim, letters)
        self.code_counts = np.array([len(d.first) for d in self.decoders], dtype=np.int64)
        most = max(int(self.code_counts.max()), 1)
        self.points = np.zeros((len(layers), most, dim))
        self.emit = np.full((len(layers), most, letters), -1, dtype=np.int32)
        for i, (layer, decoder) in enumerate(zip(layers, self.decoders, strict=True)):
            if decoder.first:
                self.points[i, : len(decoder.first), : layer.dim] = decoder.points
            reads = self.emitted
            if i + 1 < len(layers):
                reads = {symbol: a for a, symbol in enumerate(alphabets[i + 1])}
            for c, index in enumerate(decoder.first):
                row = [reads.get(symbol, -1) for symbol in layer.emit[index]]
                self.emit[i, c, : len(row)] = row
        first = {symbol: a for a, symbol in enumerate(alphabets[0])}
        self.first_letters = np.array(
            [first.get(letter, -1) for letter in self.task.alphabet], dtype=np.int32
        )
        self.inexact = np.array([decoder.inexact for decoder in self.decoders])
        found = [
            code_table(decoder, self.numbers, dim, most, int(own))
            for decoder, own in zip(self.decoders, self.dims, strict=True)
        ]
        self.code_rows = np.array([rows for rows, _ in found])
        self.code_tables = np.array([table for _, table in found])
        self.margins = np.full((len(layers), most), -1.0)
        self.guesses = np.zeros((len(layers), most, letters), dtype=np.int32)
        self.reserve(len(layers) + 1, np.uint32)
        self.key = np.zeros(len(layers), np.uint32)
        self.rows[0, len(layers)] = self.task.initial
        tables.fill(self.table, self.rows, len(layers), 1)
        # What a layer does on each letter is remembered: wide alphabets begin with fewer states.
        capacity = search.FIRST_CAPACITY
        while capacity > FIRST_STATES and capacity * letters * len(layers) > FIRST_ENTRIES:
            capacity //= 2
        self.layer_rows: NDArray[Any] = np.zeros(
            (len(layers), capacity, dim + 1), self.numbers.word_type
        )
        self.layer_tables = np.zeros((len(layers), 2 * capacity), dtype=np.uint64)
        self.layer_counts = np.ones(len(layers), dtype=np.int64)
        # Zeros that nothing was written to take no memory: few layers have many states or letters.
        self.layer_next = np.zeros((len(layers), capacity, letters), dtype=np.int32)
        for i, (layer, stored) in enumerate(zip(layers, self.stored, strict=True)):
            initial = stored.initial.view(self.numbers.word_type)
            self.layer_rows[i, 0, : layer.dim] = initial
            self.layer_rows[i, 0, dim] = self.decode(i, initial) + 2
            tables.fill(self.layer_tables[i], self.layer_rows[i], int(self.dims[i]), 1)

    def chunk(self, edges: int) -> int:
        """Run one compiled chunk."""
        return compiled.search_stack(
            self.cursor, edges, self.max_states, self.rows, self.table, self.origin, self.arrivals,
            self.layer_rows, self.layer_tables, self.layer_counts, self.layer_next, self.key,
            self.dims, self.numbers.nan, self.floats, self.words, self.temporary, self.steps,
            self.starts, self.numbers.model, self.numbers.rounded, self.numbers.spec, self.points,
            self.code_counts, self.code_rows, self.code_tables, self.inexact, self.margins,
            self.guesses, self.emit, self.first_letters, self.delta, self.row, self.wanted,
            self.task.has_twins,
        )  # fmt: skip

    def answer(self) -> None:
        """Decode exactly the state that the chunk asks about."""
        i, state = int(self.cursor[compiled.LAYER]), int(self.cursor[compiled.TARGET])
        bits = self.layer_rows[i, state, : self.network.layers[i].dim]
        self.layer_rows[i, state, -1] = self.decode(i, bits) + 2

    def machine_state(self, state: int) -> int:
        """Return the machine state that a network state was first reached with."""
        return int(self.rows[state, -1])

    def grow(self) -> None:
        """Double the tables that are full: of network states, or of layer states."""
        if self.count + 1 >= self.rows.shape[0]:
            super().grow()
        if int(self.layer_counts.max()) + 1 < self.layer_rows.shape[1]:
            return
        self.allow(3 * (self.layer_rows.nbytes + self.layer_next.nbytes + self.layer_tables.nbytes))
        layers, capacity, width = self.layer_rows.shape
        rows = np.zeros((layers, 2 * capacity, width), dtype=self.layer_rows.dtype)
        known = np.zeros((layers, 2 * capacity, self.layer_next.shape[2]), dtype=np.int32)
        self.layer_tables = np.zeros((layers, 4 * capacity), dtype=np.uint64)
        for i in range(layers):
            count, letters = int(self.layer_counts[i]), len(self.network.layers[i].alphabet)
            rows[i, :count] = self.layer_rows[i, :count]
            known[i, :count, :letters] = self.layer_next[i, :count, :letters]
            tables.fill(self.layer_tables[i], rows[i], int(self.dims[i]), count)
        self.layer_rows, self.layer_next = rows, known


def close_layer(
    network: LinearRNN,
    arithmetic: Arithmetic,
    stored: StoredNetwork,
    max_states: int,
    max_memory: int,
    progress: Progress | None = None,
) -> Closed | None:
    """Close a network of one layer that emits the number of its code; None past a limit.

    The compiled :func:`negeig.theory.closure.transducers.close_with`.
    """
    letters = network.alphabet
    anything = Machine(
        alphabet=letters, transitions=[[0] * len(letters)], initial=0, outputs=[None]
    )
    search = StackSearch(
        network, Task(network, anything), arithmetic, stored, max_states, max_memory
    )
    _, reason = search.run(progress)
    if reason:
        return None
    count = int(search.layer_counts[0])
    after = search.layer_next[0, :count].astype(np.int64) - 1
    if (after < 0).any():
        raise RuntimeError("a closed search has left a letter unread")
    first = np.array([*search.decoders[0].first, -1])
    found = search.layer_rows[0, :count, -1].astype(np.int64) - 2
    codes = first[np.where(found < 0, -1, found)]
    return Closed(after, codes)


def _joined(layers: Sequence[StoredLayer], dim: int, letters: int) -> tuple[Steps, Longs]:
    """Lay the steps of layers end to end, padded to one dimension.

    Returns the steps, and where those of each letter begin in each layer: (layers, letters + 1).
    A layer without coordinates has none.
    """
    starts = np.zeros((len(layers), letters + 1), dtype=np.int64)
    parts = []
    begin = matrices = 0
    for own, layer in zip(starts, layers, strict=True):
        own[:] = begin + len(layer.beta) if layer.dim else begin
        if layer.dim:
            own[: len(layer.starts)] = begin + layer.starts
        gap = (0, dim - layer.dim)
        parts.append(
            (
                layer.beta,
                layer.write,
                np.pad(layer.key, ((0, 0), gap)),
                np.where(layer.dense < 0, -1, layer.dense + matrices),
                np.pad(layer.matrix, ((0, 0), gap, gap)),
                np.pad(layer.bias, ((0, 0), gap)),
            )
        )
        begin, matrices = begin + len(layer.beta), matrices + len(layer.matrix)
    beta, write, key, dense, matrix, bias = map(np.concatenate, zip(*parts, strict=True))
    return (beta, write, key, dense.astype(np.int32), matrix, bias), starts
