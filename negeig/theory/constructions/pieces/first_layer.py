"""A first layer that leaves little: registers whose contents leave few states possible.

After a layer whose content leaves at most k states of the machine possible, k - 1 layers tell which
(:func:`negeig.automata.decomposition.set_stages.stages_below`), and sometimes fewer do. A single
one does where no letter merges some of the states that a content leaves and keeps others apart: it
permutes or resets, whatever their number (:mod:`negeig.automata.decomposition.numbered_stage`).

Registers are moved by a group and overwritten with constants, in blocks (:mod:`.block_choice`).
Where some words lead to too many states and leave equal contents, at least two of them must leave
different ones; the cheapest blocks for which that holds of all such words met so far are tried
next.

*The groups.* No group tells the elements of the monoid's kernel K from 1 (docs/theory/layers.md).
Those whose words of value 1 all act as elements of K tell as much as any group does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.automata.decomposition.numbered_stage import SetMove
from negeig.automata.decomposition.set_stages import stages_below
from negeig.automata.decomposition.subduction import StateSet
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid, transition_monoid
from negeig.automata.monoids.submonoids import Submonoid
from negeig.claims import LimitReached
from negeig.theory.constructions.pieces._left_compiled import blurred, follow
from negeig.theory.constructions.pieces.block_choice import (
    MAX_WRITES,
    Pair,
    without,
)
from negeig.theory.constructions.pieces.covering_groups import (
    Actions,
    CoveringGroups,
    cayley_table,
    regular,
)
from negeig.theory.constructions.pieces.exploring import Letters
from negeig.theory.constructions.pieces.kept_registers import KeptRegisters, targets_of_contents
from negeig.theory.constructions.pieces.left_functions import Functions, contents_with
from negeig.theory.constructions.pieces.register_rows import Rows
from negeig.theory.constructions.pieces.transitive_actions import Action, transitive_actions
from negeig.work import Work

MAX_MONOID = 20_000
"""Largest transition monoid that is looked at, at effort 1."""

MAX_CONTENTS = 200_000
"""Most contents of the registers of a first layer at effort 1, while they are looked for."""

MAX_CROWDS, MAX_AT_ONCE = 6_000, 16
"""Most sets of words that are kept at effort 1, and that are taken from one choice of registers."""

MAX_GROUPS, GROUP_WORK = 3, 1_000_000
"""Groups that are tried, and the work of finding them, at effort 1."""

FEW_POINTS = 3
"""Most points of the actions of groups that are tried last."""

MAX_POINTS, MAX_TABLES = 6, 4_000
"""Most points on which a group acts in blocks, but for its action on itself; see
:func:`.transitive_actions.transitive_actions`."""

LEVEL_WORK = 100_000
"""Moves of the levels below, and the points that they carry, at effort 1."""

MAX_SEPARATE = 300
"""Most contents that are taken one by one at effort 1."""

Crowd: TypeAlias = tuple[Pair, ...]
"""Pairs of words, at least one of which must be told apart."""


@dataclass(frozen=True)
class Left:
    """Registers, and what they leave to be told.

    ``targets[x][a]`` is the content after letter a, content 0 that at the start; ``states[x]`` are
    the states of the machine that content x leaves possible.
    """

    machine: Machine
    rows: Rows
    targets: tuple[tuple[int, ...], ...]
    states: tuple[tuple[int, ...], ...]

    @property
    def sets(self) -> list[StateSet]:
        """The states that each content leaves possible, as the bits of a number."""
        return [sum(1 << q for q in states) for states in self.states]

    @property
    def moves(self) -> dict[SetMove, None]:
        """Where letters lead from the states that a content leaves possible, each move once."""
        sets = self.sets
        return {
            (sets[x], a, sets[y]): None
            for x, targets in enumerate(self.targets)
            for a, y in enumerate(targets)
        }

    @property
    def most(self) -> int:
        """The largest number of states that a content leaves possible."""
        return max(map(len, self.states))

    def content_by_content(self) -> Left:
        """Return the same about the machine whose states are pairs of a content and a state.

        What is left is then told for each content by itself: no two leave the same states.
        """
        pairs = [(x, q) for x, states in enumerate(self.states) for q in states]
        number = {pair: i for i, pair in enumerate(pairs)}
        after = self.machine.transitions.tolist()
        machine = Machine(
            alphabet=self.machine.alphabet,
            transitions=[
                [number[y, r] for y, r in zip(self.targets[x], after[q], strict=True)]
                for x, q in pairs
            ],
            initial=number[0, self.machine.initial],
            outputs=[self.machine.outputs[q] for _, q in pairs],
        )
        states = tuple(tuple(number[x, q] for q in states) for x, states in enumerate(self.states))
        return Left(machine, self.rows, self.targets, states)


class FirstLayers:
    """What is known about first layers for one machine: the words that lead to too many states.

    Parameters
    ----------
    machine : Machine
        Minimal.
    below : int
        How many further layers have to tell what is left.
    work : Work
        Spent on contents, states with them, and sets of overwritten places tried on words.
    mirrors : bool
        Whether further layers may permute; without it they only reset.
    functions : bool
        Whether one further layer may hold functions of what is left (:mod:`.left_functions`);
        otherwise it numbers the states that are left.
    """

    def __init__(
        self,
        machine: Machine,
        below: int,
        work: Work,
        *,
        mirrors: bool = True,
        functions: bool = False,
    ) -> None:
        self._machine, self._below, self._work = machine, below, work
        self._mirrors, self._functions = mirrors, functions
        self._states = np.ascontiguousarray(machine.transitions, dtype=np.int32)
        self._initial = machine.initial
        self._crowds: list[Crowd] = []

    def for_group(self, actions: Sequence[Action]) -> Left | None:
        """Return registers moved as these actions are, None where there are none or too many."""
        letters = self._states.shape[1]
        most = self._work.scaled(MAX_CONTENTS)
        kept = KeptRegisters(letters, actions, most, self._work)
        for crowd in self._crowds:
            kept.add(crowd)
        rows: Rows | None = np.ones((letters, 1), dtype=np.int8)  # tells nothing
        while len(self._crowds) < self._work.scaled(MAX_CROWDS):
            if self._crowds:
                rows = kept.rows()
            found = None if rows is None else self.left(rows)
            if found is None or isinstance(found, Left):
                return self._reduced(found) if found is not None else None
            self._crowds += found
            for crowd in found:
                kept.add(crowd)
        return None

    def _reduced(self, found: Left) -> Left:
        """Leave out registers that are not needed; what took over their contents is overwritten."""
        i = 0
        while i < found.rows.shape[1]:
            less = without(found.rows, i)
            fewer = self.left(less) if less.shape[1] else None
            if isinstance(fewer, Left):
                found = fewer
            else:
                i += 1
        return found

    def _told(self, found: Left) -> Left | None:
        """Return what registers leave where few enough levels that permute or reset tell it.

        Where levels only reset, contents that leave the same states are held together if that will
        do, and otherwise each is taken by itself.
        """
        if self._mirrors:
            if self._below == 1 or self._levels(found) <= self._below:
                return found
            return None
        if self._levels(found) <= self._below:
            return found
        if len(found.targets) <= self._work.scaled(MAX_SEPARATE):
            separate = found.content_by_content()
            if self._levels(separate) <= self._below:
                return separate
        return None

    def _levels(self, found: Left) -> int:
        """Return how many levels that permute or reset tell what registers leave.

        As many as there are states where one would have to permute and may not, or by work.
        """
        own = self._work.part("moves of levels below", LEVEL_WORK)
        try:
            below = stages_below(
                found.machine, found.moves, found.sets[0], own, join=True, number=self._mirrors
            )
        except LimitReached:
            return self._machine.size
        self._work.spend(own.done)
        if not self._mirrors and not all(
            is_reset(images) for stage in below.stages for images in stage.maps.values()
        ):
            return self._machine.size
        return len(below.stages)

    def left(self, rows: Rows) -> Left | tuple[Crowd, ...] | None:
        """Return what registers leave, or sets of pairs of words, one of each to be told apart.

        None where there are too many contents.
        """
        size = len(self._states)
        most = self._work.scaled(MAX_CONTENTS)
        targets = targets_of_contents(rows, most)
        self._work.spend(most if targets is None else len(targets))
        if targets is None:
            return None
        count = len(targets)
        before = np.full(count * size, -1, dtype=np.int32)
        by = np.zeros(count * size, dtype=np.int8)
        queue = np.zeros(count * size, dtype=np.int32)
        left = np.zeros(count, dtype=np.int32)
        follow(targets, self._states, self._initial, before, by, queue, left)
        self._work.spend(int(left.sum()))
        walk = _Walk(self._machine, rows, targets, before.reshape(count, size), by)
        if self._functions:
            return self._functions_agree(walk)
        many = left > self._below + 2
        if self._below == 1:
            many[:] = False
            reached = np.zeros(size, dtype=np.bool_)
            blurred(targets, self._states, walk.met, left, not self._mirrors, reached, many)
        if not many.any():
            told = self._told(walk.left)
            if told is not None:
                return told
            many = left == left.max()
        some = np.flatnonzero(many).tolist()
        crowds = []
        for x in some[:: -(-len(some) // MAX_AT_ONCE)]:
            first, *others = (walk.word(x, q) for q in walk.states(x))
            crowds.append(tuple((first, other) for other in others))
        return tuple(crowds)

    def _functions_agree(self, walk: _Walk) -> Left | tuple[Crowd, ...] | None:
        """Return what registers leave where one layer can hold functions of it, or what hinders it.

        Of a conflict at least one of three has to be told apart: words to states that the function
        tells apart, ways into the content after the letter, and the loop from the first content to
        itself. The last is not asked for: some longer loop mostly takes its place.
        """
        sets = walk.met @ (1 << np.arange(self._machine.size, dtype=np.int64))
        functions = Functions(self._machine, contents_with(walk.targets, sets), self._work)
        if functions.are_too_many:
            return None
        if functions.agree:
            return walk.left
        crowds = []
        for conflict in functions.conflicts(MAX_AT_ONCE):
            one, two = (walk.word(conflict.before, q) for q in conflict.apart)
            on = (*one, conflict.letter)
            other = walk.word(conflict.after, conflict.other)
            crowds.append(((one, two), (on, other)))
        return tuple(crowds)


@dataclass(frozen=True)
class _Walk:
    """Contents with the states that they leave possible, and words that lead to each.

    ``before[x, q]`` is the pair, numbered content times states plus state, before the last letter
    of the shortest word to content x and state q, -1 where there is none; ``by`` has the letter.
    """

    machine: Machine
    rows: Rows
    targets: NDArray[np.int32]
    before: NDArray[np.int32]
    by: NDArray[np.int8]

    @property
    def met(self) -> NDArray[np.bool_]:
        """Whether each content leaves each state possible."""
        return self.before >= 0

    def states(self, content: int) -> tuple[int, ...]:
        """Return the states that a content leaves possible."""
        return tuple(np.flatnonzero(self.before[content] >= 0).tolist())

    @property
    def left(self) -> Left:
        """What the registers leave."""
        states = tuple(map(self.states, range(len(self.before))))
        return Left(self.machine, self.rows, tuple(map(tuple, self.targets.tolist())), states)

    def word(self, content: int, state: int) -> Letters:
        """Return a shortest word that leads to a content and a state."""
        letters: list[int] = []
        pair = content * self.machine.size + state
        before = self.before.ravel()
        while pair != self.machine.initial:
            letters.append(int(self.by[pair]))
            pair = int(before[pair])
        return tuple(reversed(letters))


def is_reset(images: Sequence[int]) -> bool:
    """Whether a map leaves all points where they are, or leads all to one."""
    return len(set(images)) == 1 or images == tuple(range(len(images)))


def listed(machine: Machine, work: Work) -> TransitionMonoid:
    """Return the transition monoid. Raises LimitReached above ``MAX_MONOID`` elements."""
    most = work.scaled(MAX_MONOID)
    try:
        return transition_monoid(machine, max_elements=most)
    except LimitReached as limit:
        name = "monoid elements for a first layer"
        raise LimitReached(name, most, reached=limit.reached, option="--effort") from None


def groups(monoid: TransitionMonoid, kernel: Submonoid, work: Work) -> Iterator[list[Action]]:
    """Yield actions of groups whose words of value 1 act as elements of the kernel.

    Small groups first; the actions of each are those on few points, and that on itself if it is
    small. Last come all actions on ``FEW_POINTS`` points at most: in part any group may do.
    ``work`` gives the effort; what it takes to find a group is counted apart.
    """
    products = np.ascontiguousarray(monoid.right, dtype=np.int32)
    own = work.part("values in groups of first layers", GROUP_WORK)
    letters = products.shape[1]
    allowed = np.zeros(monoid.size, dtype=np.bool_)
    allowed[kernel.elements] = True
    with suppress(LimitReached):
        for number, actions in enumerate(CoveringGroups(products, monoid, own, allowed)):
            if number >= work.scaled(MAX_GROUPS):
                break
            yield _acting(actions, letters)
    some = transitive_actions(letters, MAX_TABLES)
    yield [action for action in some if len(action[0]) <= FEW_POINTS]


def _acting(actions: Actions, letters: int) -> list[Action]:
    """Return transitive actions of the group of some actions, on few points and on itself."""
    itself = regular(actions, MAX_WRITES // letters)
    if itself is None:
        return [((0,),) * letters, *actions]
    order = len(itself[0])
    found = [*actions, itself]
    for action in transitive_actions(letters, MAX_TABLES):
        points = len(action[0])
        if points <= min(MAX_POINTS, order) and order % points == 0:
            with suppress(LimitReached):  # together they generate a larger group
                cayley_table((*actions, action), order)
                found.append(action)
    return list(dict.fromkeys(found))
