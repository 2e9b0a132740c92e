"""The search of one layer with all states in memory, on one thread or several.

States are rows in the order in which the plain exploration finds them: by level, then by parent,
then by letter. A block of rows is expanded, its candidates are looked up, each thread having a
part of the table, and the new ones are numbered in order: so the result depends neither on the
threads nor on the blocks.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from negeig.claims import LimitReached, Progress, Word
from negeig.precision.closure.scale import _advance_compiled as compiled
from negeig.precision.closure.scale._absorb_compiled import (
    ASKS,
    HELD,
    REPORT_SIZE,
    ROWS_DIFFER,
    decide,
    look_up,
    move,
    settle,
)
from negeig.precision.closure.scale._entries_compiled import enter, widen
from negeig.precision.closure.scale.folder import WorkFolder
from negeig.precision.closure.scale.layer_problem import LayerProblem, Room
from negeig.precision.closure.scale.spelling import Speller
from negeig.precision.closure.scale.team import Team
from negeig.theory.closure.explore import Exploration, limit_reason

REPORT_SECONDS = 0.05
"""About how often progress is reported, and Python sees Ctrl-C."""

FIRST_SLOTS = 1 << 12
SMALL_SLOTS = 1 << 21
"""Slots of a table that grows four times at once, since it costs little memory."""

READ_ROWS = 1 << 18
"""Rows that are read or written at once."""

KEPT_ROWS = 1 << 16
"""Rows for which the folder is written at least."""

FIRST_WORK, MOST_WORK = 1 << 12, 1 << 30
FIRST_LEVELS = 1 << 10
WIDE = 1 << 20
"""Rows of a level for which several threads pay: they hand rows to each other, and wait."""

NARROW = 256
"""Rows of a block on one thread."""


class MemorySearch:
    """One search: :meth:`run` to its end, then :meth:`result`.

    Parameters
    ----------
    problem : LayerProblem
    max_states, max_memory : int
    threads : int
    folder : WorkFolder, optional
        Which the search goes on from, and keeps its levels in.
    """

    def __init__(
        self,
        problem: LayerProblem,
        max_states: int,
        max_memory: int,
        threads: int,
        folder: WorkFolder | None = None,
    ) -> None:
        self.problem, self.max_states, self.max_memory = problem, max_states, max_memory
        self.threads = threads
        self.room = Room(problem, threads)
        self.decodings = [problem.decoding() for _ in range(threads)]
        self.limit = min(max_states, fitting(problem, max_memory))
        # Pages that are never written to take no memory.
        self.rows = np.empty((max(self.limit, 1), problem.width), problem.word_type)
        twins = (len(self.rows), problem.letters) if problem.task.has_twins else (1, 1)
        self.arrivals = np.zeros(twins, np.uint32)
        self.levels = np.zeros(FIRST_LEVELS, np.int64)
        self.rows[0] = problem.first[0]
        self.cursor = np.zeros(compiled.CURSOR_SIZE, np.int64)
        self.cursor[[compiled.COUNT, compiled.END]] = 1
        # After an error on the empty word there is no shorter one to look for.
        right = problem.task.empty_is_right
        self.cursor[compiled.FAULT] = -1 if right else 0
        self.cursor[compiled.DECIDES] = right
        self.reports = np.zeros((threads, REPORT_SIZE), np.int64)
        self.tables = np.zeros((threads, FIRST_SLOTS // threads), np.uint64)
        self.folder, self.is_out_of_memory = folder, False
        if folder is not None and folder.states:
            self._resume(folder)
        elif folder is not None:
            folder.append(self.rows[:1])
            folder.commit([0, 1], -1, self._kept_arrivals(1))

    def _resume(self, folder: WorkFolder) -> None:
        """Take over the levels of a folder, as many as the limit on states allows."""
        kept = [end for end in folder.levels if end <= self.limit]
        count = kept[-1]
        for first in range(0, count, READ_ROWS):
            last = min(first + READ_ROWS, count)
            self.rows[first:last] = folder.rows(first, last)
        if self.problem.task.has_twins:
            self.arrivals[:count] = folder.arrivals(count, self.problem.letters)
        self.levels = np.zeros(max(FIRST_LEVELS, 2 * len(kept)), np.int64)
        self.levels[: len(kept) - 1] = kept[:-1]
        cursor = self.cursor
        cursor[[compiled.COUNT, compiled.END]] = count
        cursor[compiled.HEAD], cursor[compiled.LEVEL] = kept[-2], len(kept) - 2
        if 0 <= folder.fault < kept[-2] * self.problem.letters:
            cursor[compiled.FAULT], cursor[compiled.DECIDES] = folder.fault, 0
        self._grow_to(count)

    def keep(self) -> None:
        """Write the levels that are whole to the folder."""
        folder, cursor = self.folder, self.cursor
        end = int(cursor[compiled.END])
        if folder is None or end <= folder.states:
            return
        level = int(cursor[compiled.LEVEL])
        folder.rewind()
        for first in range(folder.states, end, READ_ROWS):
            folder.append(self.rows[first : min(first + READ_ROWS, end)])
        # A fault in the level that is being expanded is found again with it.
        begins, fault = int(self.levels[level]), int(cursor[compiled.FAULT])
        before = self.problem.task.empty_is_right and fault < begins * self.problem.letters
        levels = [*self.levels[: level + 1].tolist(), end]
        folder.commit(levels, fault if before else -1, self._kept_arrivals(end))

    def _kept_arrivals(self, count: int) -> NDArray[np.uint32] | None:
        return self.arrivals[:count] if self.problem.task.has_twins else None

    def run(self, team: Team, progress: Progress | None) -> str:
        """Search to the end: closed, a collision or a limit. Returns the reason of a limit."""
        try:
            return self._run(team, progress)
        finally:  # whatever ends it, Ctrl-C too
            self.keep()

    def _run(self, team: Team, progress: Progress | None) -> str:
        work = FIRST_WORK
        self.enter(team)
        while True:
            began = perf_counter()
            status = self._advance(work)
            if status == compiled.WIDE:
                status = self._wide(team, work)
            taken = perf_counter() - began
            if status == compiled.MORE:
                work = min(2 * work, MOST_WORK) if taken < REPORT_SECONDS / 2 else work
                work = max(work // 2, NARROW) if taken > REPORT_SECONDS * 2 else work
                try:
                    if progress is not None:
                        progress(self.count)
                except LimitReached as limit:
                    return str(limit)
                self._keep_if_due()
            if status == compiled.ASK:
                self._answer(range(self.threads))
            elif status == compiled.FULL:
                self._grow(team)
            elif status == compiled.LIMIT:
                return self._limit()
            elif status != compiled.MORE:
                return ""

    def _keep_if_due(self) -> None:
        """Keep the levels when they have grown by a part, so that all of it is little work."""
        if self.folder is not None:
            more = int(self.cursor[compiled.END]) - self.folder.states
            if more > max(KEPT_ROWS, self.folder.states // 4):
                self.keep()

    @property
    def count(self) -> int:
        """States found."""
        return int(self.cursor[compiled.COUNT])

    @property
    def depth(self) -> int:
        """Length of the longest shortest word to a state found."""
        level = int(self.cursor[compiled.LEVEL])
        return level + 1 if self.count > self.cursor[compiled.END] else level

    def _advance(self, work: int) -> int:
        return compiled.advance(
            self.cursor, work, WIDE if self.threads > 1 else 1 << 62,
            min(NARROW, self.problem.block), self.limit, self.levels, self.rows, self.tables,
            self.reports, self.room.all, self.room.lanes[0], *self.problem.reading,
            self.decodings[0], self.problem.row, self.problem.task.has_twins, self.arrivals,
        )  # fmt: skip

    def _wide(self, team: Team, work: int) -> int:
        """Search a wide level on until about ``work`` rows are expanded, as ``advance`` does."""
        head = self.cursor[compiled.HEAD]
        end, stop = self.cursor[compiled.END], head + work
        status: int = compiled.MORE
        while status == compiled.MORE and self.cursor[compiled.HEAD] < min(end, stop):
            status = self._wide_block(team)
        return status

    def _wide_block(self, team: Team) -> int:
        """Do with all threads what the compiled search does with one block."""
        problem, room, cursor = self.problem, self.room, self.cursor
        head, count = int(cursor[compiled.HEAD]), self.count
        many = min(problem.block, int(cursor[compiled.END]) - head)
        edges, twins = many * problem.letters, problem.task.has_twins
        if compiled.is_full(count, edges, self.tables, self.reports):
            return compiled.FULL
        cursor[compiled.BLOCK] = many
        share = -(-many // self.threads)

        def expand(part: int) -> None:
            first = min(share * part, many)
            own = min(share, many - first)
            room.expand(problem, self.rows, head + first, own, first * problem.letters, part)

        decides = bool(cursor[compiled.DECIDES])

        def absorb(part: int) -> None:
            look_up(
                self.reports[part], part, self.threads, self.tables[part], self.rows, count,
                room.candidates, room.hashes, room.goals, room.letter_of, edges, room.own[part],
                room.fresh[part], room.slots[part], room.labels[part], room.asks[part],
                problem.dim, problem.shift, decides, self.decodings[part], problem.row, twins,
                self.arrivals, room.arriving, room.met[part],
            )  # fmt: skip
            if decides:
                decide(
                    self.reports[part], self.rows, head, count, room.candidates, room.floats,
                    room.hashes, room.goals, room.letter_of, room.source_of, room.fresh[part],
                    room.labels[part], room.own[part], room.asks[part], problem.dim,
                    self.decodings[part],
                )  # fmt: skip

        team.each(expand)
        team.each(absorb)
        self._answer(np.flatnonzero(self.reports[:, ASKS]).tolist(), count)
        status = compiled.conclude(
            cursor, self.reports, problem.letters, self.limit, room.fresh, room.is_new,
            room.numbers, room.order,
        )  # fmt: skip
        last, new = int(cursor[compiled.LAST]), self.count - count
        share = -(-new // self.threads)

        def number(part: int) -> None:
            settle(
                self.reports[part], self.tables[part], room.fresh[part], room.slots[part],
                room.numbers, last,
            )  # fmt: skip
            begin = min(share * part, new)
            move(
                self.rows, room.candidates, room.hashes, room.labels, room.order, count, begin,
                min(begin + share, new), problem.dim, problem.code_at, problem.mask, twins,
                self.arrivals, room.arriving,
            )  # fmt: skip

        team.each(number)
        if status == compiled.MORE:
            cursor[compiled.HEAD] += many
            cursor[compiled.BLOCK] = 0
        return status

    def _answer(self, parts: range | list[int], count: int | None = None) -> None:
        for part in parts:
            self.room.answer(
                self.problem, self.reports[part], part, self.count if count is None else count
            )

    def _grow(self, team: Team) -> None:
        """Enlarge what is full: the table, or the room for levels."""
        if self.cursor[compiled.LEVEL] + 2 >= len(self.levels):
            self.levels = np.concatenate([self.levels, np.zeros_like(self.levels)])
            return
        slots = (4 if self.tables.size < SMALL_SLOTS else 2) * self.tables.shape[1]
        narrow, self.tables = self.tables, np.zeros((self.threads, slots), np.uint64)
        team.each(lambda part: widen(narrow[part], self.tables[part]))

    def _grow_to(self, count: int) -> None:
        """Make tables that so many rows fit into."""
        slots = self.tables.shape[1]
        while 3 * count > 2 * slots * self.threads:
            slots *= 2
        self.tables = np.zeros((self.threads, slots), np.uint64)

    def enter(self, team: Team) -> None:
        """Enter all rows into an empty table."""

        def own(part: int) -> None:
            self.reports[part, HELD] = enter(
                self.tables[part], self.rows, 0, self.count, self.problem.dim, part, self.threads
            )

        team.each(own)

    def _limit(self) -> str:
        self.is_out_of_memory = self.limit < self.max_states
        if not self.is_out_of_memory:
            return limit_reason(self.max_states, self.count, self.depth)
        detail = f"{self.count:,} network states, shortest words up to length {self.depth:,}"
        return str(
            LimitReached(
                "bytes of memory", self.max_memory, reached=self.max_memory,
                option="--max-memory", detail=detail,
            )
        )  # fmt: skip

    def result(self, reason: str, seconds: float) -> Exploration:
        """Return how the search ended, with the words that show it."""
        task, cursor = self.problem.task, self.cursor
        levels = [*self.levels[: cursor[compiled.LEVEL] + 1].tolist(), int(cursor[compiled.END])]
        speller = Speller(self.problem, self.room, levels, lambda a, b: self.rows[a:b])
        wrong: Word | None = None if task.empty_is_right else ()
        if task.empty_is_right and cursor[compiled.FAULT] >= 0:
            wrong = speller.along(int(cursor[compiled.FAULT]))
        collision = None
        if cursor[compiled.CROSS] and not reason:
            edge = int(cursor[compiled.HEAD]) * self.problem.letters + int(cursor[compiled.LAST])
            other = int(cursor[compiled.OTHER])
            collision = speller.collision(edge, other, cursor[compiled.CROSS] == ROWS_DIFFER)
        return Exploration.conclude(
            states=self.count, depth=self.depth, wrong=wrong, collision=collision, reason=reason,
            seconds=seconds,
        )  # fmt: skip


def fitting(problem: LayerProblem, max_memory: int) -> int:
    """Return how many states fit into some bytes of memory, their table included."""
    words = problem.width * np.dtype(problem.word_type).itemsize
    row = words + (4 * problem.letters if problem.task.has_twins else 0)
    edges = problem.block * problem.letters
    most, slots = 0, FIRST_SLOTS
    while 12 * slots < max_memory:  # a table is copied into one of twice its size
        most = max(most, min(2 * slots // 3 - edges, (max_memory - 12 * slots) // row))
        slots *= 2
    return max(1, min(most, (1 << 32) - 2 - edges))
