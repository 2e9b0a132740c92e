"""The compiled walk over all outcomes of stochastic rounding, for networks of one layer.

The same result as :func:`negeig.theory.closure.explore_sets.explore_sets` on
:class:`~negeig.precision.closure.choices.ChoiceSemantics`, some hundred times sooner.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.claims import LimitReached, Progress, Word
from negeig.precision.closure import _choices_compiled as compiled
from negeig.precision.closure import _tables_compiled as tables
from negeig.precision.closure.choices import outcomes_of_one_limit
from negeig.precision.closure.decode import decoder_of
from negeig.precision.closure.native_operations import NativeChoices, is_native
from negeig.precision.closure.reference import to_bits
from negeig.precision.closure.search import code_table, doubled
from negeig.precision.numbers import _rounding_compiled as rounding
from negeig.precision.numbers.compiled_model import CompiledModel
from negeig.precision.numbers.formats import Format
from negeig.precision.numbers.models import Arithmetic
from negeig.precision.stored import StoredNetwork
from negeig.theory.closure import explore_sets
from negeig.theory.closure.explore import Exploration, Task, limit_reason
from negeig.theory.networks.network import LinearRNN

CHUNK = 1 << 16
"""Outcomes between two looks at Ctrl-C and two calls of ``progress``."""

FIRST_CAPACITY = 1 << 12


def is_compiled(network: LinearRNN, task: Task, arithmetic: Arithmetic) -> bool:
    """Whether the walk is compiled: one layer, fp32 operations from the left, a state ``:sr``."""
    letters = len(network.layers) == 1 and set(task.alphabet) <= set(network.layers[0].alphabet)
    known = arithmetic.stochastic and not arithmetic.any_fma and arithmetic.order == "left"
    stored = arithmetic.rounded == "letter" or arithmetic.grid is not None
    return letters and known and stored and arithmetic.grid_bits is None and is_native(arithmetic)


def explore_outcomes(
    network: LinearRNN,
    task: Task,
    arithmetic: Arithmetic,
    stored: StoredNetwork,
    max_states: int = 2_000_000,
    *,
    max_memory: int = 4 << 30,
    progress: Progress | None = None,
) -> Exploration:
    """Explore every outcome of every letter; for what :func:`is_compiled` says.

    Returns what :func:`negeig.theory.closure.explore_sets.explore_sets` does; ``open`` also where
    the tables would outgrow ``max_memory`` bytes. Time is one step for each state and letter, and
    a look into a table for each outcome.
    """
    return _Walk(network, task, arithmetic, stored, max_states, max_memory).run(progress)


class _Walk:
    """Tables, growth, limits and verdicts around the compiled chunks."""

    def __init__(
        self,
        network: LinearRNN,
        task: Task,
        arithmetic: Arithmetic,
        stored: StoredNetwork,
        max_states: int,
        max_memory: int,
    ) -> None:
        self.task, self.max_states, self.max_memory = task, max_states, max_memory
        self.max_outcomes = explore_sets.OUTCOMES_A_STATE * max_states
        self.semantics = NativeChoices(network, stored, arithmetic, max_states)
        self.layer, (entries,) = network.layers[0], stored.layers
        self.decoder = decoder_of(self.layer)
        plain = replace(arithmetic, stochastic=False, saturates=False)
        self.numbers = CompiledModel(plain)
        letters = task.alphabet
        columns = [self.layer.alphabet.index(letter) for letter in letters]
        begins = entries.starts[columns]
        ends = entries.starts[[a + 1 for a in columns]] if self.layer.dim else begins
        classes: dict[str, int] = {}
        wanted = [classes.setdefault(output, len(classes)) for output in task.wanted]
        emitted = {s: classes.get(output, -1) for s, output in task.emitted.items()}
        count = max(len(self.decoder.first), 1)
        emit = np.full((count, len(letters)), -1, np.int32)
        for c, index in enumerate(self.decoder.first):
            emit[c] = [emitted.get(self.layer.emit[index][a], -1) for a in columns]
        self.dim = dim = max(self.layer.dim, 1)
        points = self.decoder.points if self.layer.dim else np.zeros((len(self.decoder.first), 1))
        code_rows, codes = code_table(self.decoder, self.numbers, dim)
        self.cursor = np.zeros(compiled.CURSOR_SIZE, np.int64)
        self.cursor[compiled.COUNT] = 1
        self.cursor[compiled.WRONG] = -1 if task.empty_is_right else 0
        self.rows: NDArray[Any] = np.zeros((FIRST_CAPACITY, dim + 2), self.numbers.word_type)
        self.table = np.zeros(2 * FIRST_CAPACITY, np.uint64)
        self.origin = np.zeros(FIRST_CAPACITY, np.int64)
        twins = (FIRST_CAPACITY, len(letters)) if task.has_twins else (1, 1)
        self.arrivals = np.zeros(twins, np.int32)
        initial = entries.initial.view(self.numbers.word_type)
        self.rows[0, : self.layer.dim] = initial
        self.rows[0, dim] = task.initial
        self.rows[0, dim + 1] = self._decode(initial) + 1
        tables.fill(self.table, self.rows, dim, 1)
        floats: NDArray[Any] = np.zeros((1, dim), self.numbers.float_type)
        rest = (
            dim, self.numbers.nan, floats, floats.view(self.numbers.word_type),
            np.zeros(dim, self.numbers.float_type), np.zeros((dim, 3)), entries.steps, begins, ends,
            self.numbers.model, self.numbers.spec, _around(arithmetic), points, code_rows, codes,
            self.decoder.inexact, np.full(count, -1.0), np.zeros((count, len(letters)), np.int32),
            emit, np.array(task.delta, np.int32), np.array(task.row, np.int32),
            np.array(wanted, np.int32), task.has_twins,
        )  # fmt: skip
        self.chunk: Callable[[], int] = lambda: compiled.search_outcomes(
            self.cursor, CHUNK, self.max_states, self.max_outcomes, self.rows, self.table,
            self.origin, self.arrivals, *rest,
        )  # fmt: skip

    @property
    def count(self) -> int:
        """Network states found."""
        return int(self.cursor[compiled.COUNT])

    def run(self, progress: Progress | None) -> Exploration:
        """Walk until it closes, collides or reaches a limit."""
        self.started = perf_counter()
        while True:
            status = self.chunk()
            if status == compiled.CLOSED:
                return self._conclude()
            if status == compiled.LIMIT:
                depth = len(self._spell(self.count - 1))
                return self._conclude(reason=limit_reason(self.max_states, self.count, depth))
            if status == compiled.WORK:
                limit = explore_sets.outcomes_limit(self.max_outcomes, self.count)
                return self._conclude(reason=str(limit))
            if status == compiled.MANY:
                return self._conclude(reason=str(outcomes_of_one_limit(self.max_states)))
            if status in (compiled.ROWS_DIFFER, compiled.OUTPUTS_DIFFER):
                return self._collide(status)
            if status == compiled.ASK:
                bits = self.rows[self.cursor[compiled.TARGET], : self.layer.dim]
                self.cursor[compiled.CODE] = self._decode(bits)
                self.cursor[compiled.RESOLVED] = 1
            elif status == compiled.FULL:
                reason = self._grow()
                if reason:
                    return self._conclude(reason=reason)
            else:
                try:
                    if progress is not None:
                        progress(self.count)
                except LimitReached as limit:
                    return self._conclude(reason=str(limit))

    def _decode(self, words: NDArray[Any]) -> int:
        found = self.decoder.nearest(self.numbers.values(words))
        return tables.UNDECODABLE if found is None else self.decoder.first.index(found)

    def _grow(self) -> str:
        """Double the tables, or say that memory ends."""
        grown = [self.rows, self.origin, *([self.arrivals] if self.task.has_twins else [])]
        if sum(3 * a.nbytes for a in grown) + 2 * self.table.nbytes > self.max_memory:
            depth = len(self._spell(self.count - 1))
            return str(
                LimitReached(
                    "bytes of memory",
                    self.max_memory,
                    reached=self.rows.nbytes + self.origin.nbytes + self.table.nbytes,
                    option="--max-memory",
                    detail=f"{self.count:,} network states, shortest words up to length {depth:,}",
                )
            )
        self.rows = doubled(self.rows, self.count)
        self.origin = doubled(self.origin, self.count)
        if self.task.has_twins:
            self.arrivals = doubled(self.arrivals, self.count)
        self.table = np.zeros(2 * self.table.size, np.uint64)
        tables.fill(self.table, self.rows, self.dim, self.count)
        return ""

    def _spell(self, state: int) -> Word:
        letters, alphabet = [], self.task.alphabet
        while state != 0:
            state, column = divmod(int(self.origin[state]), len(alphabet))
            letters.append(alphabet[column])
        return tuple(reversed(letters))

    def _along(self, edge: int) -> Word:
        source, column = divmod(edge, len(self.task.alphabet))
        return (*self._spell(source), self.task.alphabet[column])

    def _conclude(
        self,
        collision: tuple[Word, Word] | None = None,
        reason: str = "",
        wrong: Word | None = None,
    ) -> Exploration:
        edge = int(self.cursor[compiled.WRONG])
        if not self.task.empty_is_right:
            wrong = ()
        elif edge >= 0:
            wrong = self._along(edge)
        return Exploration.conclude(
            states=self.count,
            depth=len(self._spell(self.count - 1)),
            wrong=wrong,
            collision=collision,
            reason=reason,
            seconds=perf_counter() - self.started,
        )

    def _collide(self, status: int) -> Exploration:
        """Conclude with the two words of the collision on the current edge."""
        letters = len(self.task.alphabet)
        edge, target = (int(self.cursor[i]) for i in (compiled.EDGE, compiled.TARGET))
        source, column = divmod(edge, letters)
        goal = self.task.delta[int(self.rows[source, self.dim])][column]
        if status == compiled.ROWS_DIFFER:
            one, p = self._spell(target), int(self.rows[target, self.dim])
        else:
            other = int(self.cursor[compiled.OTHER])
            one = self._along(other * letters + column)
            p = self.task.delta[int(self.rows[other, self.dim])][column]
        words = self.task.collision(one, p, self._along(edge), goal)
        if int(self.cursor[compiled.WRONG]) >= 0 or not self.task.empty_is_right:
            return self._conclude(words)
        state = (to_bits(self.numbers.values(self.rows[target, : self.layer.dim])),)
        code = int(self.rows[target, self.dim + 1]) - 1
        a = self.layer.alphabet.index(self.task.alphabet[column])
        symbol = None if code < 0 else self.layer.emit[self.decoder.first[code]][a]
        try:
            wrong = explore_sets.erring_word(
                self.semantics, self.task, words, len(one), p, state, symbol
            )
        except LimitReached as limit:
            return self._conclude(reason=str(limit))
        # All words that are shorter than the one along this edge have been read.
        shortest = len(wrong) <= len(self._along(edge))
        return replace(self._conclude(words, wrong=wrong), wrong_is_shortest=shortest)


def _around(arithmetic: Arithmetic) -> compiled.Around:
    """Return the rounding of states as the compiled code takes it."""
    target = arithmetic.state_rounding.target
    if not isinstance(target, Format):
        return True, 0, -target.q, np.inf, rounding.TO_INFINITY, True
    if arithmetic.saturates or not (target.has_inf or target.has_nan):
        overflow = rounding.TO_LARGEST
    else:
        overflow = rounding.TO_INFINITY if target.has_inf else rounding.TO_NAN
    return (
        False,
        target.precision,
        target.emin + 1023,
        float(target.max_finite),
        overflow,
        target.has_negative_zero,
    )
