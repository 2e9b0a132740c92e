"""A network of one layer and a machine, laid out as the arrays that compiled code takes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.precision.closure.decode import decoder_of
from negeig.precision.closure.scale._absorb_compiled import ASKS, WRONG, Decoding
from negeig.precision.closure.scale._advance_compiled import Buffers, Lanes, Letters
from negeig.precision.closure.scale._entries_compiled import AHEAD
from negeig.precision.closure.scale._expand_compiled import LANES, expand
from negeig.precision.closure.search import code_table
from negeig.precision.numbers._rounding_compiled import Spec, Steps
from negeig.precision.numbers.compiled_model import CompiledModel
from negeig.precision.numbers.models import Arithmetic
from negeig.precision.stored import StoredNetwork
from negeig.theory.closure.explore import Task
from negeig.theory.networks.network import LinearRNN

BLOCK_EDGES = 1 << 15
"""Candidates of a block: few enough for the cache, so many that threads rarely wait."""


class LayerProblem:
    """What a search of one layer reads and never writes.

    A row of states is the bits of one, then the machine's state it was reached with and its code
    + 1, packed into one word where they fit. The code is 0 where the state decodes to none or no
    code is needed any more, ``mask`` where exact arithmetic has yet to say.

    Parameters
    ----------
    network : LinearRNN
        Of one layer that reads every letter of the task.
    task : Task
    arithmetic : Arithmetic
        Not exact.
    stored : StoredNetwork
        The network in that arithmetic's parameter format.
    """

    def __init__(
        self, network: LinearRNN, task: Task, arithmetic: Arithmetic, stored: StoredNetwork
    ) -> None:
        self.task = task
        layer, own = network.layers[0], stored.layers[0]
        self.decoder = decoder_of(layer)
        self.numbers = CompiledModel(arithmetic)
        self.word_type: Any = self.numbers.word_type
        columns = [layer.alphabet.index(letter) for letter in task.alphabet]
        self.letters = len(columns)
        self.dim, self.own_dim = max(layer.dim, 1), layer.dim
        self.row = np.array(task.row, dtype=np.int32)
        delta = np.array(task.delta, dtype=np.int32).reshape(-1, self.letters)
        begins = own.starts[columns].astype(np.int64)
        ends = own.starts[[a + 1 for a in columns]].astype(np.int64) if layer.dim else begins
        # Codes that are equal are one: the first of them.
        kept = self.decoder.first
        bits = (len(kept) + 1).bit_length()
        machine_bits = max(len(task.delta) - 1, 1).bit_length()
        packs = bits + machine_bits <= min(8 * np.dtype(self.word_type).itemsize, 62)
        self.shift, self.mask = (bits, (1 << bits) - 1) if packs else (0, (1 << bits) - 1)
        self.code_at = self.dim if packs else self.dim + 1
        self.width = self.code_at + 1
        numbers = self.numbers
        letters = (
            begins, ends, numbers.model, numbers.rounded, numbers.nan, self.dim, self.shift, delta,
        )  # fmt: skip
        self.reading: tuple[Steps, Spec, Letters] = own.steps, numbers.spec, letters
        classes: dict[str, int] = {}
        wanted = [classes.setdefault(output, len(classes)) for output in task.wanted]
        self.wanted = np.array(wanted, dtype=np.int32)
        emitted = {s: classes.get(output, -1) for s, output in task.emitted.items()}
        self.emit = np.full((max(len(kept), 1), self.letters), -1, dtype=np.int32)
        for c, index in enumerate(kept):
            self.emit[c] = [emitted.get(layer.emit[index][a], -1) for a in columns]
        self.points = self.decoder.points if layer.dim else np.zeros((len(kept), 1))
        self.code_rows, self.code_table = code_table(self.decoder, numbers, self.dim)
        self.block = max(1, BLOCK_EDGES // self.letters)
        self.first = np.zeros((1, self.width), self.word_type)
        initial = own.initial.view(self.word_type)
        self.first[0, : layer.dim] = initial
        self.first[0, self.dim] = task.initial << self.shift
        self.first[0, self.code_at] |= self.word_type(self.code_of(initial))

    def decoding(self) -> Decoding:
        """Return what a thread decodes with; the first of it is scratch of its own."""
        count = len(self.emit)
        return (
            self.points, len(self.decoder.first), self.decoder.inexact, np.full(count, -1.0),
            np.zeros((count + 1, self.letters), np.int32), np.full(count, -1.0), self.code_rows,
            self.code_table, self.emit, self.wanted, self.code_at, self.mask,
        )  # fmt: skip

    def code_of(self, words: NDArray[Any]) -> int:
        """Return 1 + the code nearest to a state, exactly; 0 where it has none."""
        found = self.decoder.nearest(self.numbers.values(words))
        return 0 if found is None else self.decoder.first.index(found) + 1

    def machine_state(self, row: NDArray[Any]) -> int:
        """Return the machine's state of a row."""
        return int(row[self.dim]) >> self.shift


class Room:
    """Room for one block of candidates, and for ``parts`` threads to work on it."""

    def __init__(self, problem: LayerProblem, parts: int) -> None:
        edges, letters = problem.block * problem.letters, problem.letters
        self.candidates = np.zeros((edges, problem.width), problem.word_type)
        self.hashes = np.empty(edges, np.uint64)
        self.goals = np.empty(edges, np.int32)
        self.letter_of = np.tile(np.arange(letters, dtype=np.int32), problem.block)
        self.source_of = np.repeat(np.arange(problem.block, dtype=np.int32), letters)
        self.is_new = np.empty(edges, np.uint8)
        self.numbers = np.empty(edges, np.int64)
        self.order = np.empty(edges, np.int32)
        self.own = np.empty((parts, edges), np.int32)
        self.fresh = np.empty((parts, edges), np.int32)
        self.slots = np.empty((parts, edges), np.int64)
        self.labels = np.empty((parts, edges), np.int64)
        self.asks = np.empty((parts, edges, 2), np.int64)
        twins = (edges, letters) if problem.task.has_twins else (1, 1)
        self.arriving = np.zeros(twins, np.uint32)
        self.met = np.empty((parts, AHEAD, 2), np.int64)
        self.floats = self.candidates.view(problem.numbers.float_type)
        self.all: Buffers = (
            self.candidates, self.floats, self.hashes, self.goals, self.letter_of, self.source_of,
            self.is_new, self.numbers, self.own, self.fresh, self.slots, self.labels,
            self.asks, self.arriving, self.met, self.order,
        )  # fmt: skip
        self.lanes = [_lanes(problem) for _ in range(parts)]

    def expand(
        self, problem: LayerProblem, rows: NDArray[Any], first: int, count: int, at: int, part: int
    ) -> None:
        """Write the candidates of some rows, from candidate ``at`` on, with a thread's lanes."""
        h, words, before, temporary, mixed = self.lanes[part]
        steps, spec, (begins, ends, model, rounded, nan, dim, shift, delta) = problem.reading
        expand(
            rows, first, count, at, self.candidates, self.hashes, self.goals, h, words, before,
            temporary, mixed, steps, begins, ends, model, rounded, spec, nan, dim, shift, delta,
        )  # fmt: skip

    def answer(self, problem: LayerProblem, report: NDArray[Any], part: int, count: int) -> None:
        """Decode exactly what a part could not, and say where it errs first."""
        asked = self.asks[part, : report[ASKS]].tolist()
        for e, found in sorted(asked, key=lambda ask: ask[1] >= 0):  # new ones first
            new = e if found < 0 else found - count
            if found < 0:
                code = problem.code_of(self.candidates[e, : problem.own_dim])
                self.labels[part, e] += code - problem.mask
            code = int(self.labels[part, new]) & problem.mask
            emitted = problem.emit[code - 1, self.letter_of[e]] if code else -1
            first = int(report[WRONG])
            if emitted != problem.wanted[self.goals[e]] and (first < 0 or e < first):
                report[WRONG] = e


def _lanes(problem: LayerProblem) -> Lanes:
    h: NDArray[Any] = np.zeros((problem.dim, LANES), problem.numbers.float_type)
    words = h.view(problem.word_type)
    before, temporary = np.zeros_like(words), np.zeros_like(h)
    return h, words, before, temporary, np.empty(LANES, np.uint64)
