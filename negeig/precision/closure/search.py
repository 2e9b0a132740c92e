"""The compiled search of stacks: arrays, growth, limits and verdicts around the compiled chunks.

:mod:`~.rounded_closure` imports it only when a network is not small.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.claims import LimitReached, Progress, Word
from negeig.precision.closure import _search_compiled as compiled
from negeig.precision.closure import _tables_compiled as tables
from negeig.precision.closure.decode import Decoder, decoder_of
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.precision.numbers.compiled_model import CompiledModel
from negeig.precision.stored import StoredNetwork
from negeig.theory.closure.explore import Task, limit_reason
from negeig.theory.networks.network import LinearRNN

CHUNK_SECONDS = 0.05
"""About how long compiled code runs before Python sees Ctrl-C and reports progress."""

FIRST_CAPACITY = 1 << 12
FIRST_EDGES = 1 << 10


class OutOfMemory(Exception):
    """The tables would outgrow the limit on memory."""


class Search(ABC):
    """What a compiled search has: the machine's tables, the chunk loop, and reading off words.

    Parameters
    ----------
    network : LinearRNN
        With at least one layer.
    task : Task
    arithmetic : Arithmetic
        Not exact.
    stored : StoredNetwork
        The network in that arithmetic's parameter format.
    max_states, max_memory : int
    """

    def __init__(
        self,
        network: LinearRNN,
        task: Task,
        arithmetic: Arithmetic,
        stored: StoredNetwork,
        max_states: int,
        max_memory: int,
    ) -> None:
        self.network, self.task, self.max_states = network, task, max_states
        self.max_memory = max_memory
        self.numbers = CompiledModel(arithmetic)
        self.stored = stored.layers
        self.decoders = [decoder_of(layer) for layer in network.layers]
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
        self.floats: NDArray[Any] = np.zeros((1, dim), dtype=self.numbers.float_type)
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
                except OutOfMemory:
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

    def decode(self, layer: int, words: NDArray[Any]) -> int:
        """Return which of the distinct codes is nearest to a state, given by its bit patterns."""
        decoder = self.decoders[layer]
        found = decoder.nearest(self.numbers.values(words))
        return tables.UNDECODABLE if found is None else decoder.first.index(found)

    @abstractmethod
    def machine_state(self, state: int) -> int:
        """Return the machine state that a network state was first reached with."""

    def grow(self) -> None:
        """Double the tables of network states."""
        capacity = 2 * self.rows.shape[0]
        grown = [self.rows, self.origin, *([self.arrivals] if self.task.has_twins else [])]
        self.allow(sum(3 * a.nbytes for a in grown) + 2 * self.table.nbytes)
        self.rows = doubled(self.rows, self.count)
        self.origin = doubled(self.origin, self.count)
        if self.task.has_twins:
            self.arrivals = doubled(self.arrivals, self.count)
        self.table = np.zeros(2 * capacity, dtype=np.uint64)
        tables.fill(self.table, self.rows, self.key_width, self.count)

    key_width: int
    """Words of a row of network states that identify it."""

    def allow(self, needed: int) -> None:
        """Refuse to grow beyond the limit on memory."""
        if needed > self.max_memory:
            raise OutOfMemory

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


def code_table(
    decoder: Decoder, numbers: CompiledModel, width: int, rows: int = 0, key_width: int = 0
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the distinct codes' bit patterns, and a hash table of those that states can equal.

    ``rows`` and ``width`` are at least the codes and their dimension; ``key_width`` words
    are hashed, all when 0.
    """
    count, dim = decoder.points.shape
    floats = np.zeros((max(rows, count, 1), width), dtype=numbers.float_type)
    with np.errstate(over="ignore"):
        floats[:count, :dim] = decoder.points
    exact = np.array([tuple(point) in decoder.held for point in decoder.points.tolist()], bool)
    held = exact & (floats[:count, :dim] == decoder.points).all(axis=1)
    words = floats.view(numbers.word_type)
    table = np.zeros(1 << (2 * len(floats)).bit_length(), dtype=np.uint64)
    tables.fill_some(table, words, key_width or width, held)
    return words, table


def doubled(array: NDArray[Any], used: int) -> NDArray[Any]:
    """Return an array twice as long with the same beginning."""
    longer = np.zeros((2 * array.shape[0], *array.shape[1:]), dtype=array.dtype)
    longer[:used] = array[:used]
    return longer
