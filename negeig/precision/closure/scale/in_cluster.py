"""The search of one layer on a cluster, through dask.distributed: each worker keeps parts of it.

The hash splits the states into as many parts as there are workers. A chunk of a level goes to every
worker, which expands it and looks up the candidates that are its own; the new ones of all parts,
merged by the edges that lead to them, are the next level. So the rows are those of the search in
memory, in the same order, whatever the workers. Expanding is cheap beside looking up.

The rows are kept here too, for words and for the folder; tables are on the workers only.
"""

from __future__ import annotations

import contextlib
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.claims import InputError, LimitReached, Progress, Unavailable, Word
from negeig.precision.closure.scale._absorb_compiled import ROWS_DIFFER
from negeig.precision.closure.scale.layer_problem import LayerProblem, Room
from negeig.precision.closure.scale.part import NONE, Found, Part, TooSmall
from negeig.precision.closure.scale.spelling import Speller
from negeig.precision.numbers.models import Arithmetic
from negeig.precision.stored import StoredNetwork
from negeig.theory.closure.explore import Exploration, Task, limit_reason
from negeig.theory.networks.network_json import loads

CHUNK_ROWS = 1 << 17
"""Rows of a level that are sent at once."""

LOCAL = "local"
"""In place of an address: workers in this process."""


class RemotePart:
    """One part on a worker; made there from what can be sent.

    Parameters
    ----------
    network : str
        As JSON: its numbers cannot be sent otherwise.
    task, arithmetic, stored
        As for :class:`~.layer_problem.LayerProblem`.
    part, parts, max_bytes : int
    """

    def __init__(
        self,
        network: str,
        task: Task,
        arithmetic: Arithmetic,
        stored: StoredNetwork,
        part: int,
        parts: int,
        max_bytes: int,
    ) -> None:
        self.problem = LayerProblem(loads(network), task, arithmetic, stored)
        self.own = Part(self.problem, max_bytes)
        self.own.begin(part, parts)

    def add(self, rows: NDArray[Any]) -> bool:
        """Add rows that are states already; whether there is room for them."""
        with contextlib.suppress(TooSmall):
            self.own.add(rows)
            return True
        return False

    def absorb(
        self, rows: NDArray[Any], decides: bool
    ) -> tuple[NDArray[Any], NDArray[Any], Found] | None:
        """Return the part's new rows after these, the edges to them and the rest; None: no room."""
        found, block = Found(), self.problem.block
        blocks = (rows[i : i + block] for i in range(0, len(rows), block))
        new, edges = [rows[:0]], [np.empty(0, np.int64)]
        try:
            for some, at in self.own.level(blocks, decides, found):
                new.append(some.copy())
                edges.append(at)
        except TooSmall:
            return None
        return np.concatenate(new), np.concatenate(edges), found


@contextlib.contextmanager
def connected(scheduler: str, workers: int) -> Iterator[Any]:
    """Connect to a scheduler, or to one in this process with that many workers.

    Raises Unavailable where the package is missing, no scheduler answers, or it has no workers.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        install = "pip install -c constraints.txt -e '.[cluster]' in a clone of negeig"
        raise Unavailable(f"--scheduler needs dask.distributed: {install}") from error
    with contextlib.ExitStack() as stack:
        if scheduler == LOCAL:
            cluster = LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=False, dashboard_address=None
            )
            address = stack.enter_context(cluster)
        else:
            address = scheduler
        try:
            client = stack.enter_context(Client(address, timeout="10s"))
            client.wait_for_workers(1, timeout=10)
        except (OSError, TimeoutError, ValueError) as error:
            problem = f"--scheduler {scheduler}: no workers there ({error})"
            raise Unavailable(problem) from error
        yield client


class ClusterSearch:
    """One search on a cluster: :meth:`run` to its end, then :meth:`result`.

    Parameters
    ----------
    problem : LayerProblem
        Of a machine without twins.
    max_states : int
    """

    def __init__(self, problem: LayerProblem, max_states: int) -> None:
        if problem.task.has_twins:
            twins = "two states of the machine differ in their outputs only"
            raise InputError("", f"--scheduler: {twins}, which one machine explores; leave it out")
        self.problem, self.max_states = problem, max_states
        self.chunks, self.starts = [problem.first], [0, 1]
        self.levels, self.fault, self.end = [0, 1], -1, Found()
        if not problem.task.empty_is_right:
            self.fault = 0

    @property
    def count(self) -> int:
        """States found."""
        return self.starts[-1]

    @property
    def depth(self) -> int:
        """Length of the longest shortest word to a state found."""
        return len(self.levels) - (1 if self.count > self.levels[-1] else 2)

    def run(self, parts: list[Any], max_memory: int, progress: Progress | None) -> str:
        """Search to the end with the parts given, actors; return the reason of a limit."""
        for future in [part.add(self.problem.first) for part in parts]:
            future.result()
        while True:
            first, end = self.levels[-2:]
            decides = self.fault < 0
            for begin in range(first, end, CHUNK_ROWS):
                try:
                    if progress is not None:
                        progress(self.count)
                except LimitReached as limit:
                    return str(limit)
                rows = self.rows(begin, min(begin + CHUNK_ROWS, end))
                answers = [part.absorb(rows, decides) for part in parts]
                found = [answer.result() for answer in answers]
                if any(one is None for one in found):
                    return self._no_room(max_memory)
                last = self._take(found, begin * self.problem.letters)
                if last < NONE:
                    if self.end.kind:
                        return ""
                    return limit_reason(self.max_states, self.count, self.depth)
            if self.count == end:
                return ""
            self.levels.append(self.count)

    def _take(self, found: list[Any], base: int) -> int:
        """Append what the parts found of a chunk; return the edge at which the search ends."""
        stop = min(one.stop for _, _, one in found)
        edges = np.concatenate([at for _, at, _ in found])
        order = np.argsort(edges)
        order = order[: int(np.searchsorted(edges[order], stop))]
        left = self.max_states - self.count
        last = int(edges[order[left]]) if len(order) > left else stop
        rows = np.concatenate([some for some, _, _ in found])[order[:left]]
        if len(rows):
            self.chunks.append(rows)
            self.starts.append(self.count + len(rows))
        wrong = min(one.wrong for _, _, one in found)
        if self.fault < 0 and wrong <= last and wrong < NONE:
            self.fault = base + wrong
        if last < NONE:
            self.end = next((one for _, _, one in found if one.stop == last), Found(stop=last))
            self.end.stop += base
        return last

    def _no_room(self, max_memory: int) -> str:
        detail = f"{self.count:,} network states, shortest words up to length {self.depth:,}"
        return str(
            LimitReached(
                "bytes of memory of a worker", max_memory, reached=max_memory,
                option="--max-memory", detail=detail,
            )
        )  # fmt: skip

    def rows(self, first: int, last: int) -> NDArray[Any]:
        """Return the rows from one number up to another."""
        found, at = [], bisect_right(self.starts, first) - 1
        while first < last:
            begin = self.starts[at]
            found.append(self.chunks[at][first - begin : last - begin])
            first, at = self.starts[at + 1], at + 1
        return np.concatenate(found)

    def result(self, reason: str, seconds: float) -> Exploration:
        """Return how the search ended, with the words that show it."""
        task = self.problem.task
        speller = Speller(self.problem, Room(self.problem, 1), self.levels, self.rows)
        wrong: Word | None = None if task.empty_is_right else ()
        if task.empty_is_right and self.fault >= 0:
            wrong = speller.along(self.fault)
        collision = None
        if self.end.kind and self.end.target is not None:
            target, dim = self.end.target[: self.problem.dim], self.problem.dim
            at = [np.flatnonzero((c[:, :dim] == target).all(axis=1)) for c in self.chunks]
            chunk = next(i for i, places in enumerate(at) if len(places))
            other = self.starts[chunk] + int(at[chunk][0])
            collision = speller.collision(self.end.stop, other, self.end.kind == ROWS_DIFFER)
        return Exploration.conclude(
            states=self.count, depth=self.depth, wrong=wrong, collision=collision, reason=reason,
            seconds=seconds,
        )  # fmt: skip
