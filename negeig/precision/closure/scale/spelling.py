"""Shortest words read off the levels of a search, which keeps no parents.

The parent of a state is the first row of the level before it that a letter takes there: a level
is expanded once more to find it. All parents of one state together cost less than the search.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.claims import Word
from negeig.precision.closure._tables_compiled import Words, hash_words
from negeig.precision.closure.scale.layer_problem import LayerProblem, Room

Rows: TypeAlias = Callable[[int, int], NDArray[np.uint32] | NDArray[np.uint64]]
"""The rows from one number up to another."""


class Speller:
    """Reads words off the levels.

    Parameters
    ----------
    problem : LayerProblem
    room : Room
    levels : sequence of int
        Where each level begins, and then where the last begins that may not be whole.
    rows : callable
    """

    def __init__(
        self, problem: LayerProblem, room: Room, levels: Sequence[int], rows: Rows
    ) -> None:
        self.problem, self.room, self.levels, self.rows = problem, room, levels, rows

    def spell(self, state: int) -> Word:
        """Return the shortest word to a state, the first of them in the order of the letters."""
        edges = []
        while state:
            edges.append(self._into(state))
            state = edges[-1] // self.problem.letters
        alphabet = self.problem.task.alphabet
        return tuple(alphabet[edge % len(alphabet)] for edge in reversed(edges))

    def along(self, edge: int) -> Word:
        """Return the word to an edge's source, and its letter."""
        source, column = divmod(edge, self.problem.letters)
        return (*self.spell(source), self.problem.task.alphabet[column])

    def collision(self, edge: int, other: int, rows_differ: bool) -> tuple[Word, Word]:
        """Return the two words of a collision.

        ``other`` is the state that the edge leads to: its own machine state has other successors
        than the edge's, or an edge of the same letter led there first with another output.
        """
        task, letters = self.problem.task, self.problem.letters
        source, column = divmod(edge, letters)
        goal = task.delta[self._machine_state(source)][column]
        if rows_differ:
            one, other_goal = self.spell(other), self._machine_state(other)
        else:
            first = self._into(other, column)
            one = self.along(first)
            other_goal = task.delta[self._machine_state(first // letters)][column]
        return task.collision(one, other_goal, self.along(edge), goal)

    def _machine_state(self, state: int) -> int:
        return self.problem.machine_state(self.rows(state, state + 1)[0])

    def _into(self, state: int, column: int | None = None) -> int:
        """Return the first edge into a state, of those with one letter where it is given."""
        problem, room = self.problem, self.room
        target: Words = self.rows(state, state + 1)[0].copy()
        hashed = np.uint64(hash_words(target, problem.dim))
        level = bisect_right(self.levels, state) - 1
        at = self.levels[max(level - 1, 0)]
        end = self.levels[-1] if column is not None else self.levels[level]
        while at < end:
            many = min(problem.block, end - at)
            room.expand(problem, self.rows(at, at + many), 0, many, 0, 0)
            edges = many * problem.letters
            for e in np.flatnonzero(room.hashes[:edges] == hashed).tolist():
                same = (room.candidates[e, : problem.dim] == target[: problem.dim]).all()
                if same and column in (None, e % problem.letters):
                    return at * problem.letters + e
            at += many
        raise RuntimeError("a state that nothing leads to")
