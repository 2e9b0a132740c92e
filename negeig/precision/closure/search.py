"""The compiled closure search: arrays, growth, limits and verdicts around the compiled chunks.

Loads numba, so :mod:`~.rounded_closure` imports it only when a network is not small.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached, Progress, Word
from negeig.precision.closure import _compiled_search as compiled
from negeig.precision.closure import _compiled_tables as tables
from negeig.precision.closure.packing import Codes, Numbers, Steps
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.precision.stored import CompiledParameters
from negeig.theory.closure.explore import Exploration, Task, limit_reason
from negeig.theory.networks.network import LinearRNN

CHUNK_SECONDS = 0.05
"""About how long compiled code runs before Python sees Ctrl-C and reports progress."""

FIRST_CAPACITY = 1 << 12
FIRST_EDGES = 1 << 10


class _OutOfMemory(Exception):
    """The tables would outgrow the limit on memory."""


def compiled_closure(
    network: LinearRNN,
    machine: Machine,
    arithmetic: Arithmetic,
    parameters: CompiledParameters,
    *,
    max_states: int = 2_000_000,
    max_memory: int = 4 << 30,
    progress: Progress | None = None,
) -> Exploration:
    """Explore as :func:`negeig.theory.closure.explore.explore` does, compiled; the same result.

    Arguments as for :func:`~.rounded_closure.closure`, with the parameters stored already.
    The network has at least one layer.
    """
    started = perf_counter()
    task = Task(network, machine)
    layers = network.layers
    simple = len(layers) == 1 and set(task.alphabet) <= set(layers[0].alphabet)
    kind = _LayerSearch if simple else _StackSearch
    search = kind(network, task, arithmetic, parameters, max_states, max_memory)
    collision, reason = search.run(progress)
    return Exploration.conclude(
        states=search.count,
        depth=len(search.spell(search.count - 1)),
        wrong=search.wrong_word(),
        collision=collision,
        reason=reason,
        seconds=perf_counter() - started,
    )


class _Search(ABC):
    """What both searches share: the machine's tables, the chunk loop, and reading off words."""

    layers: int

    def __init__(
        self,
        network: LinearRNN,
        task: Task,
        arithmetic: Arithmetic,
        parameters: CompiledParameters,
        max_states: int,
        max_memory: int,
    ) -> None:
        self.network, self.task, self.max_states = network, task, max_states
        self.max_memory = max_memory
        self.numbers = Numbers(arithmetic)
        self.stored = parameters.layers
        self.codes = [Codes(layer) for layer in network.layers]
        self.delta = np.array(task.delta, dtype=np.int32)
        self.row = np.array(task.row, dtype=np.int32)
        classes: dict[str, int] = {}
        wanted = [classes.setdefault(output, len(classes)) for output in task.wanted]
        self.wanted = np.array(wanted, dtype=np.int32)
        self.emitted = {s: classes.get(output, -1) for s, output in task.emitted.items()}
        self.cursor = np.zeros(compiled.CURSOR_SIZE, dtype=np.int64)
        self.cursor[compiled.COUNT] = 1
        # After an error on the empty word there is no shorter one to look for.
        self.cursor[compiled.WRONG] = -1 if task.empty_is_right else 0
        dim = max(max(layer.dim for layer in network.layers), 1)
        self.floats: NDArray[Any] = np.zeros((compiled.BLOCK, dim), dtype=self.numbers.float_type)
        self.words: NDArray[Any] = self.floats.view(self.numbers.word_type)
        self.temporary: NDArray[Any] = np.zeros(dim, dtype=self.numbers.float_type)

    def reserve(self, width: int, words: type[Any]) -> None:
        """Make the first tables of network states: ``width`` words each, then extra columns."""
        capacity = FIRST_CAPACITY
        self.rows: NDArray[Any] = np.zeros((capacity, width), dtype=words)
        self.origin = np.zeros(capacity, dtype=np.int64)
        self.table = np.zeros(2 * capacity, dtype=np.uint64)
        twins = (capacity, len(self.task.alphabet)) if self.task.has_twins else (1, 1)
        self.arrivals = np.zeros(twins, dtype=np.int32)

    @property
    def count(self) -> int:
        """Network states found."""
        return int(self.cursor[compiled.COUNT])

    def run(self, progress: Progress | None) -> tuple[tuple[Word, Word] | None, str]:
        """Search until it closes, collides or reaches a limit: the collision, and the reason."""
        edges = FIRST_EDGES
        while True:
            began = perf_counter()
            status = self.chunk(edges)
            if status == compiled.CLOSED:
                return None, ""
            if status == compiled.LIMIT:
                depth = len(self.spell(self.count - 1))
                return None, limit_reason(self.max_states, self.count, depth)
            if status in (compiled.ROWS_DIFFER, compiled.OUTPUTS_DIFFER):
                return self.collision(status), ""
            if status == compiled.ASK:
                self.answer()
            elif status == compiled.FULL:
                try:
                    self.grow()
                except _OutOfMemory:
                    return None, self.memory_reason()
            else:
                taken = perf_counter() - began
                edges = edges * 2 if taken < CHUNK_SECONDS / 2 else edges
                edges = max(edges // 2, 64) if taken > CHUNK_SECONDS * 2 else edges
                try:
                    if progress is not None:
                        progress(self.count)
                except LimitReached as limit:
                    return None, str(limit)

    @abstractmethod
    def chunk(self, edges: int) -> int:
        """Run one compiled chunk."""

    @abstractmethod
    def answer(self) -> None:
        """Decode exactly the state that the chunk asks about."""

    @abstractmethod
    def machine_state(self, state: int) -> int:
        """Return the machine state that a network state was first reached with."""

    def grow(self) -> None:
        """Double the tables of network states."""
        capacity = 2 * self.rows.shape[0]
        grown = [self.rows, self.origin, *([self.arrivals] if self.task.has_twins else [])]
        self.allow(sum(3 * a.nbytes for a in grown) + 2 * self.table.nbytes)
        self.rows = _doubled(self.rows, self.count)
        self.origin = _doubled(self.origin, self.count)
        if self.task.has_twins:
            self.arrivals = _doubled(self.arrivals, self.count)
        self.table = np.zeros(2 * capacity, dtype=np.uint64)
        tables.fill(self.table, self.rows, self.key_width, self.count)

    key_width: int
    """Words of a row of network states that identify it."""

    def allow(self, needed: int) -> None:
        """Refuse to grow beyond the limit on memory."""
        if needed > self.max_memory:
            raise _OutOfMemory

    def memory_reason(self) -> str:
        """Say that the limit on memory was reached."""
        depth = len(self.spell(self.count - 1))
        return str(
            LimitReached(
                "bytes of memory",
                self.max_memory,
                reached=self.rows.nbytes + self.origin.nbytes + self.table.nbytes,
                option="--max-memory",
                detail=f"{self.count:,} network states, shortest words up to length {depth:,}",
            )
        )

    def spell(self, state: int) -> Word:
        """Return the shortest word a network state was first reached by."""
        edges = []
        while state != 0:
            edges.append(int(self.origin[state]))
            state = edges[-1] // len(self.task.alphabet)
        return tuple(self.task.alphabet[e % len(self.task.alphabet)] for e in reversed(edges))

    def along(self, edge: int) -> Word:
        """Return the word to an edge's source, and its letter."""
        source, column = divmod(edge, len(self.task.alphabet))
        return (*self.spell(source), self.task.alphabet[column])

    def wrong_word(self) -> Word | None:
        """Return the shortest word met on which the tables err."""
        if not self.task.empty_is_right:
            return ()
        edge = int(self.cursor[compiled.WRONG])
        return None if edge < 0 else self.along(edge)

    def collision(self, status: int) -> tuple[Word, Word]:
        """Return the two words of the collision on the current edge."""
        letters = len(self.task.alphabet)
        edge = int(self.cursor[compiled.EDGE])
        source, column = divmod(edge, letters)
        goal = self.task.delta[self.machine_state(source)][column]
        if status == compiled.ROWS_DIFFER:
            target = int(self.cursor[compiled.TARGET])
            one, other_goal = self.spell(target), self.machine_state(target)
        else:
            other = int(self.cursor[compiled.OTHER])
            one = self.along(other * letters + column)
            other_goal = self.task.delta[self.machine_state(other)][column]
        return self.task.collision(one, other_goal, self.along(edge), goal)


class _LayerSearch(_Search):
    """One layer: a network state is a layer state."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        layer, codes = self.network.layers[0], self.codes[0]
        letters = self.task.alphabet
        self.steps = Steps(self.stored, [letters], self.numbers.float_type)
        columns = [layer.alphabet.index(letter) for letter in letters]
        self.emit = np.full((max(len(codes.first), 1), len(letters)), -1, dtype=np.int32)
        for c, index in enumerate(codes.first):
            self.emit[c] = [self.emitted.get(layer.emit[index][a], -1) for a in columns]
        self.dim = self.key_width = max(layer.dim, 1)
        self.points = codes.points if layer.dim else np.zeros((len(codes.first), 1))
        self.code_rows, self.code_table = codes.table(self.numbers, self.dim)
        self.margins = np.full(max(len(codes.first), 1), -1.0)
        self.guesses = np.zeros((max(len(codes.first), 1), len(letters)), dtype=np.int32)
        self.reserve(self.dim + 2, self.numbers.word_type)
        initial = self.stored[0].initial
        self.rows[0, : layer.dim] = self.numbers.bits(initial)
        self.rows[0, self.dim] = self.task.initial
        self.rows[0, self.dim + 1] = codes.decode(initial) + 1
        tables.fill(self.table, self.rows, self.dim, 1)

    def chunk(self, edges: int) -> int:
        return compiled.search_layer(
            self.cursor,
            edges,
            self.max_states,
            self.rows,
            self.table,
            self.origin,
            self.arrivals,
            self.dim,
            self.numbers.nan,
            self.floats,
            self.words,
            self.temporary,
            self.steps.parameters,
            self.steps.kinds,
            self.steps.offsets,
            self.steps.begins[0],
            self.numbers.model,
            self.numbers.rounded,
            self.numbers.spec,
            self.points,
            self.code_rows,
            self.code_table,
            self.codes[0].inexact,
            self.margins,
            self.guesses,
            self.emit,
            self.delta,
            self.row,
            self.wanted,
            self.task.has_twins,
        )

    def answer(self) -> None:
        bits = self.rows[self.cursor[compiled.TARGET], : self.network.layers[0].dim]
        self.cursor[compiled.CODE] = self.codes[0].decode(self.numbers.values(bits))
        self.cursor[compiled.RESOLVED] = 1

    def machine_state(self, state: int) -> int:
        return int(self.rows[state, self.dim])


class _StackSearch(_Search):
    """Any number of layers: a network state is a tuple of numbers of layer states."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        layers = self.network.layers
        self.key_width = len(layers)
        alphabets = [layer.alphabet for layer in layers]
        self.steps = Steps(self.stored, alphabets, self.numbers.float_type)
        self.dims = np.array([max(layer.dim, 1) for layer in layers], dtype=np.int64)
        dim, letters = int(self.dims.max()), max(map(len, alphabets))
        self.code_counts = np.array([len(c.first) for c in self.codes], dtype=np.int64)
        most = max(int(self.code_counts.max()), 1)
        self.points = np.zeros((len(layers), most, dim))
        self.emit = np.full((len(layers), most, letters), -1, dtype=np.int32)
        for i, (layer, codes) in enumerate(zip(layers, self.codes, strict=True)):
            self.points[i, : len(codes.first), : layer.dim] = codes.points
            reads = self.emitted
            if i + 1 < len(layers):
                reads = {symbol: a for a, symbol in enumerate(alphabets[i + 1])}
            for c, index in enumerate(codes.first):
                row = [reads.get(symbol, -1) for symbol in layer.emit[index]]
                self.emit[i, c, : len(row)] = row
        first = {symbol: a for a, symbol in enumerate(alphabets[0])}
        self.first_letters = np.array(
            [first.get(letter, -1) for letter in self.task.alphabet], dtype=np.int32
        )
        self.inexact = np.array([c.inexact for c in self.codes])
        found = [
            codes.table(self.numbers, dim, most, int(own))
            for codes, own in zip(self.codes, self.dims, strict=True)
        ]
        self.code_rows = np.array([rows for rows, _ in found])
        self.code_tables = np.array([table for _, table in found])
        self.margins = np.full((len(layers), most), -1.0)
        self.guesses = np.zeros((len(layers), most, letters), dtype=np.int32)
        self.reserve(len(layers) + 1, np.uint32)
        self.rows[0, len(layers)] = self.task.initial
        tables.fill(self.table, self.rows, len(layers), 1)
        capacity = FIRST_CAPACITY
        self.layer_rows: NDArray[Any] = np.zeros(
            (len(layers), capacity, dim + 1), self.numbers.word_type
        )
        self.layer_tables = np.zeros((len(layers), 2 * capacity), dtype=np.uint64)
        self.layer_counts = np.ones(len(layers), dtype=np.int64)
        self.layer_next = np.full((len(layers), capacity, letters), -1, dtype=np.int32)
        for i, (layer, stored) in enumerate(zip(layers, self.stored, strict=True)):
            self.layer_rows[i, 0, : layer.dim] = self.numbers.bits(stored.initial)
            self.layer_rows[i, 0, dim] = self.codes[i].decode(stored.initial) + 2
            tables.fill(self.layer_tables[i], self.layer_rows[i], int(self.dims[i]), 1)

    def chunk(self, edges: int) -> int:
        return compiled.search_stack(
            self.cursor,
            edges,
            self.max_states,
            self.rows,
            self.table,
            self.origin,
            self.arrivals,
            self.layer_rows,
            self.layer_tables,
            self.layer_counts,
            self.layer_next,
            self.dims,
            self.numbers.nan,
            self.floats,
            self.words,
            self.temporary,
            self.steps.parameters,
            self.steps.kinds,
            self.steps.offsets,
            self.steps.begins,
            self.numbers.model,
            self.numbers.rounded,
            self.numbers.spec,
            self.points,
            self.code_counts,
            self.code_rows,
            self.code_tables,
            self.inexact,
            self.margins,
            self.guesses,
            self.emit,
            self.first_letters,
            self.delta,
            self.row,
            self.wanted,
            self.task.has_twins,
        )

    def answer(self) -> None:
        i, state = int(self.cursor[compiled.LAYER]), int(self.cursor[compiled.TARGET])
        bits = self.layer_rows[i, state, : self.network.layers[i].dim]
        code = self.codes[i].decode(self.numbers.values(bits))
        self.layer_rows[i, state, -1] = code + 2

    def machine_state(self, state: int) -> int:
        return int(self.rows[state, -1])

    def grow(self) -> None:
        if self.count + 1 >= self.rows.shape[0]:
            super().grow()
        if int(self.layer_counts.max()) + 1 < self.layer_rows.shape[1]:
            return
        self.allow(3 * (self.layer_rows.nbytes + self.layer_next.nbytes + self.layer_tables.nbytes))
        layers, capacity, width = self.layer_rows.shape
        rows = np.zeros((layers, 2 * capacity, width), dtype=self.layer_rows.dtype)
        rows[:, :capacity] = self.layer_rows
        known = np.full((layers, 2 * capacity, self.layer_next.shape[2]), -1, dtype=np.int32)
        known[:, :capacity] = self.layer_next
        self.layer_rows, self.layer_next = rows, known
        self.layer_tables = np.zeros((layers, 4 * capacity), dtype=np.uint64)
        for i in range(layers):
            count = int(self.layer_counts[i])
            tables.fill(self.layer_tables[i], rows[i], int(self.dims[i]), count)


def _doubled(array: NDArray[Any], used: int) -> NDArray[Any]:
    """Return an array twice as long with the same beginning."""
    longer = np.zeros((2 * array.shape[0], *array.shape[1:]), dtype=array.dtype)
    longer[:used] = array[:used]
    return longer
