"""One part of a search's states, by their hash: a table in which whole levels are looked up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Longs
from negeig.precision.closure.scale._absorb_compiled import (
    KIND,
    NEW,
    NO_COLLISION,
    REPORT_SIZE,
    STOP,
    TARGET,
    WRONG,
    decide,
    look_up,
    move,
    settle,
)
from negeig.precision.closure.scale._entries_compiled import enter
from negeig.precision.closure.scale._gather_compiled import gather
from negeig.precision.closure.scale.layer_problem import LayerProblem, Room

NONE = 1 << 62
"""No edge."""


class TooSmall(Exception):
    """A part does not fit into the memory it may take."""


@dataclass
class Found:
    """What a part found in a level up to where it had to stop.

    ``wrong`` and ``stop`` are the first edge that errs and the first that collides, or ``NONE``;
    ``kind`` says how, and ``target`` is the row that it leads to.
    """

    wrong: int = NONE
    stop: int = NONE
    kind: int = NO_COLLISION
    target: NDArray[Any] | None = None


class Part:
    """Room for the states of one part, and for a block of candidates.

    Parameters
    ----------
    problem : LayerProblem
        Of a machine without twins.
    max_bytes : int
        For the rows and the table.
    """

    def __init__(self, problem: LayerProblem, max_bytes: int) -> None:
        self.problem = problem
        row = problem.width * np.dtype(problem.word_type).itemsize
        self.capacity = max(max_bytes // (row + 12), 1)
        self.rows = np.empty((self.capacity, problem.width), problem.word_type)
        edges = problem.block * problem.letters
        self.table = np.zeros(self.capacity * 3 // 2 + edges + 1, np.uint64)
        self.room, self.decoding = Room(problem, 1), problem.decoding()
        self.report = np.zeros(REPORT_SIZE, np.int64)
        self.nothing = np.zeros((1, 1), np.uint32)
        self.count, self.part, self.parts, self._target = 0, 0, 1, 0

    def begin(self, part: int, parts: int) -> None:
        """Forget all states, and be this part of so many."""
        self.table[:] = 0
        self.count, self.part, self.parts = 0, part, parts

    def add(self, rows: NDArray[Any]) -> None:
        """Add those rows that are the part's, none of which is there. Raises TooSmall."""
        dim = self.problem.dim
        end = gather(rows, self.rows, self.count, dim, self.part, self.parts)
        if end < 0:
            raise TooSmall
        enter(self.table, self.rows, self.count, end, dim, self.part, self.parts)
        self.count = end

    def level(
        self, blocks: Iterable[NDArray[Any]], decides: bool, found: Found
    ) -> Iterator[tuple[NDArray[Any], Longs]]:
        """Look up the candidates of a level, given by blocks of rows.

        Yields the new rows of each block and the edges to them, numbered through the level;
        ``found`` receives the rest. Raises TooSmall.
        """
        base = 0
        for sources in blocks:
            new, edges = self._absorb(sources, decides)
            yield new, edges + base
            if self.report[WRONG] >= 0 and found.wrong == NONE:
                found.wrong = base + int(self.report[WRONG])
            if self.report[KIND] != NO_COLLISION:
                found.stop, found.kind = base + int(self.report[STOP]), int(self.report[KIND])
                found.target = self.rows[self._target].copy()
                return
            base += len(sources) * self.problem.letters

    def _absorb(self, sources: NDArray[Any], decides: bool) -> tuple[NDArray[Any], Longs]:
        problem, room, report, before = self.problem, self.room, self.report, self.count
        edges = len(sources) * problem.letters
        room.expand(problem, sources, 0, len(sources), 0, 0)
        look_up(
            report, self.part, self.parts, self.table, self.rows, before, room.candidates,
            room.hashes, room.goals, room.letter_of, edges, room.own[0], room.fresh[0],
            room.slots[0], room.labels[0], room.asks[0], problem.dim, problem.shift, decides,
            self.decoding, problem.row, False, self.nothing, room.arriving, room.met[0],
        )  # fmt: skip
        if decides:
            decide(
                report, sources, 0, before, room.candidates, room.floats, room.hashes, room.goals,
                room.letter_of, room.source_of, room.fresh[0], room.labels[0], room.own[0],
                room.asks[0], problem.dim, self.decoding,
            )  # fmt: skip
            room.answer(problem, report, 0, before)
        new = room.fresh[0, : report[NEW]]
        self.count = before + len(new)
        if self.count > self.capacity:
            raise TooSmall
        room.numbers[new] = np.arange(before, self.count)
        settle(report, self.table, room.fresh[0], room.slots[0], room.numbers, edges)
        move(
            self.rows, room.candidates, room.hashes, room.labels, new, before, 0, len(new),
            problem.dim, problem.code_at, problem.mask, False, self.nothing, room.arriving,
        )  # fmt: skip
        target = int(report[TARGET])
        if report[KIND] != NO_COLLISION:
            self._target = target if target < before else int(room.numbers[target - before])
        return self.rows[before : self.count], new.astype(np.int64)
