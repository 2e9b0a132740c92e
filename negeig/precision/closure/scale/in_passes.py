"""The search of one layer on disk: each level in passes, a part of all states in memory at a time.

The hash splits the states into parts. For one level and one part, the states of that part are read
from the folder into a table, the level is expanded, and those of its candidates that are the part's
are looked up. The new ones of all parts, merged by the edges that lead to them, are the next level:
exactly the rows of the search in memory, whatever the number of parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.claims import InputError, LimitReached, Progress, Word
from negeig.precision.closure.scale._absorb_compiled import ROWS_DIFFER
from negeig.precision.closure.scale.folder import WorkFolder
from negeig.precision.closure.scale.layer_problem import LayerProblem
from negeig.precision.closure.scale.part import NONE, Found, Part, TooSmall
from negeig.precision.closure.scale.spelling import Speller
from negeig.precision.closure.scale.team import Team
from negeig.theory.closure.explore import Exploration, limit_reason

CHUNK_ROWS = 1 << 18
"""Rows read at once, and edges merged at once."""

REPORT_SECONDS = 0.05
"""About how often progress is reported."""

MOST_PARTS = 4_096
"""Most parts of a level; each has two files while the level is searched."""


class PassSearch:
    """One search in passes: :meth:`run` to its end, then :meth:`result`.

    Parameters
    ----------
    problem : LayerProblem
        Of a machine without twins: what has arrived at a state is not kept on disk.
    folder : WorkFolder
        With at least one level.
    max_states, max_memory, threads : int

    Raises
    ------
    InputError
        Where the folder holds more states than the limit allows.
    """

    def __init__(
        self,
        problem: LayerProblem,
        folder: WorkFolder,
        max_states: int,
        max_memory: int,
        threads: int,
        progress: Progress | None = None,
    ) -> None:
        if folder.states > max_states:
            held = f"holds {folder.states:,} states, more than the limit of {max_states:,}"
            raise InputError(str(folder.path), f"{held}; raise it with --max-closure")
        self.problem, self.folder, self.max_states = problem, folder, max_states
        self.threads, self.progress, self.max_memory = threads, progress, max_memory
        self.workers = [Part(problem, max_memory // threads) for _ in range(threads)]
        self.count, self.fault = folder.states, folder.fault
        self.parts, self.end = threads, Found()
        self._reported, self._ends = 0.0, False

    def run(self, team: Team) -> str:
        """Search to the end: closed, a collision or a limit. Returns the reason of a limit."""
        while True:
            first, end = self.folder.levels[-2:]
            decides = self.fault < 0
            with (
                self.folder.named(),
                TemporaryDirectory(dir=self.folder.path, prefix="level-") as beside,
            ):
                try:
                    found = self._level(team, beside, decides)
                except LimitReached as limit:
                    return str(limit)
                letters = self.problem.letters
                stop = min((one.stop for one in found), default=NONE)
                self.folder.rewind()
                last = self._merge(beside, stop)
                wrong = min(one.wrong for one in found)
                if wrong <= last and decides and wrong < NONE:
                    self.fault = first * letters + wrong
            if last < NONE:
                self.end = next((one for one in found if one.stop == last), Found(stop=last))
                self.end.stop += first * letters
                if self.end.kind:
                    return ""
                return limit_reason(self.max_states, self.count, self.depth)
            if self.count == end:
                return ""
            self.folder.commit([*self.folder.levels, self.count], self.fault)

    @property
    def depth(self) -> int:
        """Length of the longest shortest word to a state found."""
        return len(self.folder.levels) - (1 if self.count > self.folder.states else 2)

    def _level(self, team: Team, beside: str, decides: bool) -> list[Found]:
        """Look up the last level's candidates in every part, with more parts where they are few."""
        first, end = self.folder.levels[-2:]
        most = end + min(self.problem.letters, 3) * (end - first)
        capacity = self.workers[0].capacity
        while 10 * most > 9 * capacity * self.parts:
            self.parts += self.threads
        while True:
            if self.parts > MOST_PARTS:
                raise LimitReached(
                    "bytes of memory",
                    self.max_memory,
                    reached=self.max_memory,
                    option="--max-memory",
                    detail=f"{end:,} states would take more than {MOST_PARTS:,} passes a level",
                )
            found = [Found() for _ in range(self.parts)]
            self._ends = False

            def work(thread: int, found: list[Found] = found) -> None:
                try:
                    for part in range(thread, self.parts, self.threads):
                        self._pass(thread, part, beside, decides, found[part])
                except BaseException:
                    self._ends = True
                    raise

            try:
                team.each(work)
            except TooSmall:
                self.parts *= 2
                continue
            return found

    def _pass(self, thread: int, part: int, beside: str, decides: bool, found: Found) -> None:
        folder, worker = self.folder, self.workers[thread]
        worker.begin(part, self.parts)
        for rows in self._blocks(thread, 0, folder.states, CHUNK_ROWS):
            worker.add(rows)
        first, end = folder.levels[-2:]
        blocks = self._blocks(thread, first, end, self.problem.block)
        at = Path(beside)
        with (
            folder.named(),
            (at / f"{part}.rows").open("wb") as rows_file,
            (at / f"{part}.edges").open("wb") as edges_file,
        ):
            for new, edges in worker.level(blocks, decides, found):
                new.tofile(rows_file)
                edges.tofile(edges_file)

    def _blocks(self, thread: int, first: int, end: int, size: int) -> Iterator[NDArray[Any]]:
        for begin in range(first, end, size):
            if self._ends:
                return
            now = perf_counter()
            if thread == 0 and self.progress is not None and now - self._reported > REPORT_SECONDS:
                self._reported = now
                self.progress(self.count)
            yield self.folder.rows(begin, min(begin + size, end))

    def _merge(self, beside: str, stop: int) -> int:
        """Append the parts' new rows by their edges; return the edge at which the search ends.

        That is ``stop``, or the edge to one state more than the limit if it comes before.
        """
        first, end = self.folder.levels[-2:]
        files = [(Path(beside, f"{i}.rows"), Path(beside, f"{i}.edges")) for i in range(self.parts)]
        places = [0] * self.parts
        for begin in range(0, (end - first) * self.problem.letters, CHUNK_ROWS):
            until = min(begin + CHUNK_ROWS, stop)
            some, rows = [], []
            for part, (rows_file, edges_file) in enumerate(files):
                edges = _read(edges_file, np.int64, places[part], 1, CHUNK_ROWS)[:, 0]
                count = int(np.searchsorted(edges, until))
                some.append(edges[:count])
                word, width = self.problem.word_type, self.problem.width
                rows.append(_read(rows_file, word, places[part], width, count))
                places[part] += count
            found = np.concatenate(some)
            order = np.argsort(found)
            left = self.max_states - self.count
            self.folder.append(np.concatenate(rows)[order[:left]])
            self.count += min(left, len(order))
            if len(order) > left:
                return int(found[order[left]])
            if until == stop:
                break
        return stop

    def result(self, reason: str, seconds: float) -> Exploration:
        """Return how the search ended, with the words that show it."""
        task, folder = self.problem.task, self.folder
        speller = Speller(self.problem, self.workers[0].room, folder.levels, folder.rows)
        wrong: Word | None = None
        if not task.empty_is_right:
            wrong = ()
        elif self.fault >= 0:
            wrong = speller.along(self.fault)
        collision = None
        if self.end.kind and self.end.target is not None:
            other = self._number(self.end.target)
            collision = speller.collision(self.end.stop, other, self.end.kind == ROWS_DIFFER)
        return Exploration.conclude(
            states=self.count, depth=self.depth, wrong=wrong, collision=collision, reason=reason,
            seconds=seconds,
        )  # fmt: skip

    def _number(self, row: NDArray[Any]) -> int:
        """Return the number of a row."""
        dim = self.problem.dim
        for begin in range(0, self.count, CHUNK_ROWS):
            rows = self.folder.rows(begin, min(begin + CHUNK_ROWS, self.count))
            same = np.flatnonzero((rows[:, :dim] == row[:dim]).all(axis=1))
            if len(same):
                return begin + int(same[0])
        raise RuntimeError("a state that is not there")


def _read(path: Path, kind: Any, first: int, width: int, count: int) -> NDArray[Any]:
    """Read at most so many rows of a file, from one on."""
    skipped = first * width * np.dtype(kind).itemsize
    return np.fromfile(path, kind, count * width, offset=skipped).reshape(-1, width)
