"""Decomposition into permutation-reset levels whose contexts are sets of states.

A relative of the holonomy decomposition (:mod:`.decomposition.holonomy`) that lists sets and moves
between them, never chains of sets, and only those sets that words lead to.

*What a level does.* Above it stand sets of states: the context P says that the state is one of P,
and a move (P, a, Q) that letter a may lead from context P to context Q; then P.a lies inside Q. The
level makes some of the sets *active* and splits each of them into smaller ones. On a move to an
active set Q, either P.a is smaller than Q: then it lies in one part of Q, and the level is reset to
that part. Or P.a = Q: then P has to be active and as large as Q, and the letter carries the parts
of P bijectively onto those of Q. Elements of active sets are numbered so that such bijections
change no number wherever that is possible, so most of them move no part. A set that is not active
is left as it is, and the level is reset to its point 0.

*Which sets are active.* All that the condition P.a = Q admits: those that no larger set leads to
exactly. A largest set always is; so the levels are fewer than the states.

*Parts.* The images P.a of all moves to sets with common numbers are collected, the largest ones are
kept and closed under the permutations. The context after the level is what words may leave of a
part, by a least fixed point: often the part itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

import numpy as np

from negeig.automata.decomposition.cascade import PointMap
from negeig.automata.decomposition.numbered_stage import SetMove, can_number, numbered_stage
from negeig.automata.decomposition.stages import Context, Move, Stage, Stages
from negeig.automata.decomposition.subduction import StateSet, elements
from negeig.automata.machines.components import strong_components
from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached
from negeig.work import Work

Frame: TypeAlias = tuple[int, ...]
"""The state that has each number."""

MAX_PARTS = 200
"""Most parts of one level."""


def set_stages(machine: Machine, work: Work, *, join: bool = True) -> Stages:
    """Decompose a machine whose states are all reached from the initial one.

    Parameters
    ----------
    machine : Machine
    work : Work
        Spends a unit for each move of each level, and for each part that a move carries.
    join : bool
        Whether a set is active together with sets that lead to it exactly and to which no word
        leads back. It makes levels fewer; without it the permutations are those of the machine's
        monoid, so that a machine without groups has levels that only reset.

    Raises
    ------
    LimitReached
        By ``work``, or where a level has more than ``MAX_PARTS`` parts.

    Notes
    -----
    O(moves x parts x states) for each level; there are fewer levels than states with ``join``.

    Examples
    --------
    >>> shift = Machine(alphabet="ab", transitions=[[1, 2], [3, 4], [1, 2], [3, 4], [1, 2]],
    ...                 initial=0, outputs=[0, 0, 1, 1, 0])
    >>> found = set_stages(shift, Work("moves", 1_000))
    >>> [(stage.points, len(stage.maps)) for stage in found.stages]
    [(3, 2), (2, 6)]
    """
    everything = (1 << machine.size) - 1
    moves = dict.fromkeys(
        (everything, column, everything) for column in range(len(machine.alphabet))
    )
    return stages_below(machine, moves, everything, work, join=join)


def stages_below(
    machine: Machine,
    moves: dict[SetMove, None],
    start: StateSet,
    work: Work,
    *,
    join: bool,
    number: bool = False,
) -> Stages:
    """Decompose what is left to tell where each of some contexts says which states there can be.

    Parameters
    ----------
    moves : the moves (P, letter, Q) between the contexts, P.letter inside Q
    start : state set
        The context before the first letter; it contains the initial state.
    work, join
        As for :func:`set_stages`.
    number : bool
        Whether the last level numbers the states of all sets, as soon as one may
        (:mod:`.numbered_stage`). It makes levels fewer, and groups larger.

    Examples
    --------
    The first letter tells the state, where the context says whether it has been read:

    >>> machine = Machine(alphabet="ab", transitions=[[1, 2], [1, 1], [2, 2]], initial=0,
    ...                   outputs=[0, 1, 0])
    >>> moves = dict.fromkeys([(1, 0, 2), (1, 1, 4), (2, 0, 6), (4, 0, 6), (6, 0, 6)])
    >>> found = stages_below(machine, moves, 1, Work("moves", 1_000), join=True)
    >>> [(stage.points, len(stage.maps)) for stage in found.stages]
    [(2, 5)]
    """
    image = _images(machine)
    initial: list[int] = []
    stages: list[Stage] = []
    while any(p & (p - 1) for p, _, _ in moves):
        if number and can_number(machine, moves):
            work.spend(len(moves))
            stage, first = numbered_stage(machine, moves, start, machine.initial)
            singles: dict[Context, int] = {1 << q: q for q in range(machine.size)}
            return Stages(machine.alphabet, (*stages, stage), (*initial, first), singles)
        level = _Level(list(moves), start, 1 << machine.initial, image, work, join)
        stages.append(level.stage())
        initial.append(level.first)
        start = level.after[start][level.first]
        moves = level.below()
    states: dict[Context, int] = {p: p.bit_length() - 1 for p, _, _ in moves}
    return Stages(machine.alphabet, tuple(stages), tuple(initial), states)


class _Level:
    """One level: the active sets, their frames and parts, and what each move does."""

    def __init__(
        self,
        moves: list[SetMove],
        start: StateSet,
        initial: StateSet,
        image: Callable[[StateSet, int], StateSet],
        work: Work,
        join: bool,
    ) -> None:
        self.moves, self.start, self.initial, self.work = moves, start, initial, work
        self.image = image
        work.spend(len(moves))
        self.sets = [p for p in dict.fromkeys(p for p, _, _ in moves) if p & (p - 1)]
        self.exact = [m for m in moves if m[2] & (m[2] - 1) and image(m[0], m[1]) == m[2]]
        self.active = self._active(join)
        self.bijections = [m for m in self.exact if m[2] in self.active]
        self.frame: dict[StateSet, Frame] = {}
        self.number: dict[StateSet, dict[int, int]] = {}
        self.group: dict[StateSet, int] = {}  # sets with common numbers
        self._frames()
        self.permutation = {m: self._permutation(m) for m in self.bijections}
        self.parts, self.part_of = self._parts()
        self.points = max(map(len, self.parts))
        self.first = 0 if start not in self.active else self._around(start, initial)
        self.maps: dict[Move, PointMap] = {m: self._map(m) for m in moves}
        self.after = self._after()

    def _active(self, join: bool) -> set[StateSet]:
        """Return the sets that no larger one leads to exactly; see ``join``."""
        number = {p: i for i, p in enumerate(self.sets)}
        leading: dict[StateSet, list[StateSet]] = {p: [] for p in self.sets}
        blocked: dict[StateSet, None] = {}
        component = self._components(number) if not join else None
        for p, _, q in self.exact:
            leading[p].append(q)
            if p.bit_count() > q.bit_count() or (
                component is not None and component[number[p]] != component[number[q]]
            ):
                blocked[q] = None
        queue = list(blocked)
        for p in queue:  # grows while it is read
            new = [q for q in leading[p] if q not in blocked]
            blocked.update(dict.fromkeys(new))
            queue += dict.fromkeys(new)
        return {p for p in self.sets if p not in blocked}

    def _components(self, number: dict[StateSet, int]) -> list[int]:
        width = 1 + max(column for _, column, _ in self.moves)
        # A set leads to one set exactly by each letter, at most; otherwise the edge is a loop.
        table = np.repeat(np.arange(len(number), dtype=np.int32)[:, None], width, axis=1)
        for p, column, q in self.exact:
            table[number[p], column] = number[q]
        found: list[int] = strong_components(table).tolist()
        return found

    def _frames(self) -> None:
        """Assign numbers to the elements of active sets, alike along bijections where possible."""
        edges: dict[StateSet, list[tuple[StateSet, int, bool]]] = {p: [] for p in self.active}
        for p, column, q in self.bijections:
            edges[p].append((q, column, True))
            edges[q].append((p, column, False))
        for first in self.sets:
            if first not in self.active or first in self.frame:
                continue
            group = len(set(self.group.values())) if self.group else 0
            self._set_frame(first, tuple(elements(first)), group)
            queue = [first]
            for p in queue:  # grows while it is read
                for q, column, forward in edges[p]:
                    if q in self.frame:
                        continue
                    if forward:
                        moved = tuple(self._state(x, column) for x in self.frame[p])
                    else:
                        source = {self._state(x, column): x for x in elements(q)}
                        moved = tuple(source[x] for x in self.frame[p])
                    self._set_frame(q, moved, group)
                    queue.append(q)

    def _set_frame(self, p: StateSet, frame: Frame, group: int) -> None:
        self.frame[p], self.group[p] = frame, group
        self.number[p] = {state: i for i, state in enumerate(frame)}

    def _state(self, state: int, column: int) -> int:
        return self.image(1 << state, column).bit_length() - 1

    def _permutation(self, move: SetMove) -> tuple[int, ...]:
        p, column, q = move
        return tuple(self.number[q][self._state(state, column)] for state in self.frame[p])

    def _local(self, p: StateSet, subset: StateSet) -> StateSet:
        """Return a subset of an active set in its frame."""
        number = self.number[p]
        return sum(1 << number[state] for state in elements(subset))

    def _parts(self) -> tuple[list[list[StateSet]], list[dict[StateSet, int]]]:
        """Return, for each group of sets, the parts in its frame, and their numbers."""
        count = 1 + max(self.group.values())
        wanted: list[dict[StateSet, None]] = [{} for _ in range(count)]
        for p, column, q in self.moves:
            if q in self.active and (image := self.image(p, column)) != q:
                wanted[self.group[q]][self._local(q, image)] = None
        if self.start in self.active:
            wanted[self.group[self.start]][self._local(self.start, self.initial)] = None
        permutations: list[dict[tuple[int, ...], None]] = [{} for _ in range(count)]
        for move, moved in self.permutation.items():
            if moved != tuple(range(len(moved))):
                permutations[self.group[move[0]]][moved] = None
        parts = [_largest(w, list(p)) for w, p in zip(wanted, permutations, strict=True)]
        return parts, [{part: i for i, part in enumerate(found)} for found in parts]

    def _around(self, p: StateSet, subset: StateSet) -> int:
        """Return the first, and so a smallest, part of a set that contains a subset of it."""
        inside = self._local(p, subset)
        return next(i for i, part in enumerate(self.parts[self.group[p]]) if not inside & ~part)

    def _map(self, move: SetMove) -> PointMap:
        p, column, q = move
        if q not in self.active:
            return (0,) * self.points
        if (image := self.image(p, column)) != q:
            return (self._around(q, image),) * self.points
        moved, known = self.permutation[move], self.part_of[self.group[q]]
        own = tuple(known[_moved(part, moved)] for part in self.parts[self.group[p]])
        return own + tuple(range(len(own), self.points))

    def _after(self) -> dict[StateSet, dict[int, StateSet]]:
        """Return, for each set and point that occurs there, the states that words may leave."""
        leaving: dict[StateSet, list[SetMove]] = {}
        for move in self.moves:
            leaving.setdefault(move[0], []).append(move)
        after: dict[StateSet, dict[int, StateSet]] = {p: {} for p in leaving}
        after[self.start][self.first] = self.initial
        queue = {(self.start, self.first): None}
        while queue:
            p, point = next(iter(queue))
            del queue[p, point]
            inside = after[p][point]
            self.work.spend(len(leaving[p]))
            for move in leaving[p]:
                _, column, q = move
                image, to = self.image(inside, column), self.maps[move][point]
                known = after[q].get(to, 0)
                if image & ~known:
                    after[q][to] = known | image
                    queue[q, to] = None
        return after

    def stage(self) -> Stage:
        """Return the level."""
        splits: dict[Context, dict[int, Context]] = {
            p: {**split} for p, split in self.after.items()
        }
        return Stage(self.points, self.maps, splits)

    def below(self) -> dict[SetMove, None]:
        """Return the moves of the next level."""
        return {
            (inside, move[1], self.after[move[2]][self.maps[move][point]]): None
            for move in self.moves
            for point, inside in self.after[move[0]].items()
        }


def _largest(wanted: Iterable[StateSet], permutations: list[tuple[int, ...]]) -> list[StateSet]:
    """Return the largest of some sets, closed under permutations; smaller ones come first."""
    found: dict[StateSet, None] = {}
    for subset in sorted(wanted, key=lambda s: (-s.bit_count(), s)):
        if any(not subset & ~part for part in found):
            continue
        queue = [subset]
        found[subset] = None
        for part in queue:  # grows while it is read
            for permutation in permutations:
                image = _moved(part, permutation)
                if image not in found:
                    found[image] = None
                    queue.append(image)
            if len(found) > MAX_PARTS:
                raise LimitReached(
                    "parts of a level",
                    MAX_PARTS,
                    reached=len(found),
                    detail="The permutations of a level carry its parts to too many others",
                )
    return sorted(found, key=lambda s: (s.bit_count(), s)) or [0]


def _moved(subset: StateSet, permutation: tuple[int, ...]) -> StateSet:
    return sum(1 << permutation[i] for i in elements(subset))


def _images(machine: Machine) -> Callable[[StateSet, int], StateSet]:
    """Return the function from a set and a column to the image of that set, which remembers."""
    columns: list[list[int]] = machine.transitions.T.tolist()
    known: list[dict[StateSet, StateSet]] = [{} for _ in columns]

    def image(subset: StateSet, column: int) -> StateSet:
        found = known[column].get(subset)
        if found is None:
            found, targets = 0, columns[column]
            for state in elements(subset):
                found |= 1 << targets[state]
            known[column][subset] = found
        return found

    return image
