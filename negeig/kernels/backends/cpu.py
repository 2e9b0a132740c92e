"""Backend ``cpu``: the recurrence as compiled loops, sixteen words side by side.

One word after the other, latency binds: some ten nanoseconds a step. Sixteen words, one in each
lane of a vector, take little longer, so words are read in blocks of sixteen, each still summed in
the reference's order; what is left over, and layers with dense steps, is read word by word.
Blocks can be spread over threads.
"""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from negeig.arrays import Ints
from negeig.compiled.lanes import LANES
from negeig.kernels.backend import States, Stream, checked_letters, start
from negeig.kernels.backends._cpu_tables import LaneTables, aligned, fits
from negeig.kernels.backends._layered import LayeredStream
from negeig.kernels.codebook import Codebook
from negeig.kernels.runnable import Runnable
from negeig.precision.numbers.arithmetic import Arithmetic, parse
from negeig.precision.stored import StoredLayer
from negeig.threads import pool

# A block of fewer words than this takes longer than the words one by one.
_FEW = 3
# Numbers that stay in the processor's nearest caches: states in lanes, states of a word, letters.
_LANE_STATES, _WORD_STATES, _LETTERS = 2**13, 2**18, 2**16
# Coordinates of the states of a group of blocks that take turns: where there are many, one block is
# work enough.
_GROUP = 32
# Nanoseconds of work below which a thread is not worth waking: that takes a tenth of a millisecond
# where each wake leaves a virtual machine.
_THREAD = 4e5


class Cpu:
    """Float32 in the reference order, compiled without fast-math: bit for bit the reference.

    Attributes
    ----------
    threads : int
        Threads that a stream of many words may use at a time.
    """

    promises: ClassVar[Arithmetic] = parse("fp32")
    notice = ""
    longest: int | None = None

    def __init__(self, network: Runnable, threads: int = 1) -> None:
        self.network = network
        self.threads = threads
        layers = list(zip(network.stored.layers, network.codebooks, strict=True))
        self.lanes = bool(layers) and all(fits(*layer) for layer in layers)
        self.tables = [LaneTables(*layer) for layer in layers] if self.lanes else []

    @property
    def device(self) -> str:
        """The processor and how much of it is used."""
        return f"{processor()}, {'one thread' if self.threads == 1 else f'{self.threads} threads'}"

    def nanoseconds_per_token(self) -> float:
        """Rough cost of one token, for choosing how many to run."""
        layers, codebooks = self.network.stored.layers, self.network.codebooks
        return 4 + sum(map(_nanoseconds, layers, codebooks))

    def prepare(self) -> None:
        """Compile, or load from the cache on disk, by running a token of a word and of a block."""
        for rows in (1, LANES):
            self.stream(rows).read(np.zeros((rows, 1), np.int32))

    def stream(self, rows: int, states: Sequence[States] | None = None) -> CpuStream:
        """Begin some words."""
        return CpuStream(self, rows, start(self.network, rows, states))

    def advance(self, number: int, before: States, letters: Ints) -> States:
        """States (rows, n, dim) of a layer after every letter, word by word."""
        from negeig.kernels.backends._cpu_compiled import run_words

        layer = self.network.stored.layers[number]
        states = np.empty((*letters.shape, layer.dim), np.float32)
        # +0 where a write is 0, which the loop subtracts.
        run_words(
            letters, layer.starts, layer.beta, layer.write + 0, layer.key, layer.dense,
            layer.matrix, layer.bias, before.copy(), states,
        )  # fmt: skip
        return states


class CpuStream:
    """Some words: blocks of sixteen in parts of about equal size, and the rest word by word."""

    def __init__(self, backend: Cpu, rows: int, states: tuple[States, ...]) -> None:
        self.network, self.threads, self.rows = backend.network, backend.threads, rows
        self.cost = sum(map(_in_lanes, self.network.stored.layers))
        left = rows % LANES
        wide = (rows - left if left < _FEW else rows) if backend.lanes else 0
        blocks = -(-wide // LANES)
        threads = min(self.threads, blocks)
        cuts = [min(LANES * (blocks * i // threads), wide) for i in range(1, threads + 1)]
        self.parts: list[tuple[slice, Stream]] = []
        for begin, end in pairwise([0, *cuts, rows]):
            if begin < end:
                part = tuple(layer[begin:end] for layer in states)
                stream: Stream = (
                    LaneStream(backend, end - begin, part)
                    if begin < wide
                    else LayeredStream(
                        self.network, end - begin, part, backend.advance, most=_WORD_STATES
                    )
                )
                self.parts.append((slice(begin, end), stream))
        self.empty = tuple(layer[:0] for layer in states)

    @property
    def states(self) -> tuple[States, ...]:
        """States (rows, dim) of each layer after what was read."""
        parts = [self.empty, *(stream.states for _, stream in self.parts)]
        return tuple(np.concatenate(layer) for layer in zip(*parts, strict=True))

    def read(self, words: Ints) -> Ints:
        """Read the next letters (rows, n) of every word and return the last layer's symbols."""
        words = checked_letters(self.network, self.rows, words)
        if len(self.parts) == 1:
            return self.parts[0][1].read(words)
        symbols = np.empty(words.shape, np.int32)

        def read(part: tuple[slice, Stream]) -> None:
            rows, stream = part
            if isinstance(stream, LaneStream):
                stream.read(words[rows], symbols[rows])
            else:
                symbols[rows] = stream.read(words[rows])

        if self.threads == 1 or words.size * self.cost < _THREAD * len(self.parts):
            for part in self.parts:
                read(part)
        else:
            list(self._pool.map(read, self.parts))
        return symbols

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        """Threads that wait for the next letters; they end with the stream."""
        return pool(self.threads)


class LaneStream:
    """Words in blocks of sixteen, one in a lane; each layer reads a piece before the next does."""

    def __init__(self, backend: Cpu, rows: int, states: tuple[States, ...]) -> None:
        self.network, self.rows = backend.network, rows
        self.blocks = -(-rows // LANES)
        lanes = np.minimum(np.arange(self.blocks * LANES), rows - 1)
        widest = max(layer.shape[1] for layer in states)
        self.group = max(1, min(self.blocks, _GROUP // widest))
        self.columns = max(LANES, _LETTERS // (self.blocks * LANES))
        self.letters = aligned((self.blocks * self.columns, LANES), np.int32)
        self.numbers = np.resize(
            self.network.letters, -(-len(self.network.letters) // LANES) * LANES
        )
        self.layers = [
            _LaneLayer(tables, codebook, self.group, layer[lanes].reshape(self.blocks, LANES, -1))
            for tables, codebook, layer in zip(
                backend.tables, self.network.codebooks, states, strict=True
            )
        ]

    @property
    def states(self) -> tuple[States, ...]:
        """States (rows, dim) of each layer after what was read."""
        return tuple(
            layer.state.swapaxes(1, 2).reshape(self.blocks * LANES, -1)[: self.rows]
            for layer in self.layers
        )

    def read(self, words: Ints, symbols: Ints | None = None) -> Ints:
        """Read the next letters (rows, n) of every word and return the last layer's symbols.

        They are written to ``symbols``, C-contiguous, where it is given.
        """
        from negeig.kernels.backends._cpu_lanes import from_lanes, read_words, to_lanes

        symbols = np.empty(words.shape, np.int32) if symbols is None else symbols
        words = np.ascontiguousarray(words)
        if len(self.layers) == 1:
            read_words(
                words, symbols, self.columns, self.group, self.numbers, self.letters,
                *self.layers[0].arrays,
            )  # fmt: skip
            return symbols
        for column in range(0, words.shape[1], self.columns):
            n = min(self.columns, words.shape[1] - column)
            letters = self.letters[: self.blocks * n]
            to_lanes(words, column, self.group, self.numbers, letters)
            for layer in self.layers:
                layer.read(letters, self.group)
            from_lanes(letters, self.layers[-1].tables.nothing, column, self.group, symbols)
        return symbols


class _LaneLayer:
    """One layer of some blocks: its tables, its states and the last codes."""

    def __init__(self, tables: LaneTables, codebook: Codebook, group: int, states: States) -> None:
        self.tables, self.codebook = tables, codebook
        blocks, _, dim = states.shape
        self.state = aligned((blocks, dim, LANES), np.float32)
        self.state[:] = states.swapaxes(1, 2)
        self.codes = np.full((blocks, LANES), len(codebook.points), np.int32)
        room = max(1, _LANE_STATES // (group * dim * LANES))
        self.scratch = aligned((room + 1, group, dim, LANES), np.float32)
        self.one, self.hits = np.empty(dim, np.float32), np.empty(LANES, np.int32)
        # A guess of few codes is several numbers: another thread would read them half written.
        self.pairs = aligned(tables.pairs.shape, np.int32)
        self.short = aligned(tables.short.shape, np.uint8)
        self.pairs[:], self.short[:] = tables.pairs, tables.short

    @property
    def arrays(self) -> tuple[Any, ...]:
        """What the compiled loops are given of a layer, in their order."""
        tables, book = self.tables, self.codebook
        return (
            tables.steps, tables.table, self.state, tables.values, tables.more, tables.radius,
            self.pairs, self.short, tables.guesses, tables.records, tables.emit,
            tables.nothing, book.points, book.half_norms, book.order, self.codes, self.scratch,
            self.one, self.hits,
        )  # fmt: skip

    def read(self, letters: Ints, group: int) -> None:
        """Turn letters (blocks * n, 16) into the next layer's."""
        from negeig.kernels.backends._cpu_lanes import read_layer

        read_layer(letters, group, *self.arrays)


def _nanoseconds(layer: StoredLayer, codebook: Codebook) -> float:
    """Cost of one token of a layer, fitted to one slow core within a factor of two.

    Where states can equal their codes decoding is a look-up; otherwise now and then a scan.
    """
    steps, dim = max(layer.most_steps, 1), layer.dim
    dense = dim * dim if len(layer.matrix) else 0
    cost: float = 10 + steps * (6 + 1.5 * dim + dense) + dim
    if codebook.exact:
        return cost + 5 * math.log2(len(codebook.points))
    return cost + codebook.points.size / 8


def _in_lanes(layer: StoredLayer) -> float:
    """Nanoseconds of a token of a layer in lanes, of many words: fitted within a factor of two."""
    return 1 + 0.1 * layer.dim * (layer.most_steps + 1)


def processor() -> str:
    """Name of the processor, as the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or os.name


BACKEND = Cpu
