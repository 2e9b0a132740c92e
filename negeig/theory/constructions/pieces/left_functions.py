"""What the last layer has to hold: functions of the states that the layers above leave possible.

The layers above are told by their *contents*; letters lead from content to content, and each
content leaves some states possible. The last layer has to tell each output from the others, so it
holds for each content some functions of the states that are left, 0 or 1, one in a register: those
that say which output it is, and those that say so after some word. A function f after a letter a is
the function q -> f(q a) before it: a register takes over the content of another one, negated where
this is the complement of what is held there, or is overwritten where that is constant.

No register's content goes to two. So as many registers hold a function before a letter as hold,
after it, one that is the same read backwards. That has an end unless a function from which some
word leads back to itself is the same as another one, read along the first letter of that word: a
*conflict*. If words lead back from both, loops of a content break efe = fe, and no last layer would
do (docs/theory/layers.md). Where they lead back from one only a second group might settle it; so
may a finer content.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.pieces._functions_compiled import (
    components,
    conflicts,
    list_functions,
    way_back,
)
from negeig.work import Work

MAX_STATES = 60
"""Most states of a machine: functions are the bits of a number."""

MAX_FUNCTIONS, MAX_ARCS = 400_000, 4_000_000
"""Most functions of all contents, and of pairs of one and an edge to its content, at effort 1."""

MAX_CONFLICTS = 2_000
"""Most conflicts that are listed."""

READ = 4
"""Functions read along an edge for a unit of work."""


@dataclass(frozen=True)
class Contents:
    """Contents and the letters between them.

    ``left[x]`` are the states of the machine that content x leaves possible, as the bits of a
    number. Edge e comes from content ``tails[e]`` and is letter ``letters[e]``; those to content x
    are numbered ``first[x]`` to ``first[x + 1] - 1``.
    """

    left: NDArray[np.int64]
    tails: NDArray[np.int32]
    letters: NDArray[np.int32]
    first: NDArray[np.int32]


def contents_with(targets: NDArray[np.int32], left: NDArray[np.int64]) -> Contents:
    """Return contents from a table of where each letter leads from each.

    Examples
    --------
    >>> contents = contents_with(np.array([[1, 0], [1, 0]], dtype=np.int32), np.array([3, 1]))
    >>> contents.tails.tolist(), contents.letters.tolist(), contents.first.tolist()
    ([0, 1, 0, 1], [1, 1, 0, 0], [0, 2, 4])
    """
    heads = targets.ravel()
    order = np.argsort(heads, kind="stable").astype(np.int32)
    counts = np.bincount(heads, minlength=len(targets))
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    letters = np.int32(targets.shape[1])
    return Contents(left, order // letters, order % letters, first)


@dataclass(frozen=True)
class Conflict:
    """A function of a content that is two after a letter, from one of which words lead back to it.

    It tells the states ``apart`` that are left by the content ``before``; ``letter`` leads to the
    content ``after``, which leaves the state ``other``, where the two functions differ though they
    agree where the letter leads to; the letters ``back`` lead to the first content again.
    """

    before: int
    apart: tuple[int, int]
    letter: int
    after: int
    other: int
    back: tuple[int, ...]


@dataclass(frozen=True)
class Edge:
    """A letter between two contents, and what the functions after it are before it.

    ``sources[node]`` is a node before the letter and a sign, -1 where the function is its
    complement; None where it is constant. ``image`` is a state to which the letter leads.
    """

    tail: int
    letter: int
    head: int
    sources: dict[int, tuple[int, int] | None]
    image: int


class Functions:
    """The functions that tell the outputs of a machine, read backwards.

    Parameters
    ----------
    machine : Machine
        At most ``MAX_STATES`` states.
    contents : Contents
    work : Work
        Spent on functions read along edges.

    Raises
    ------
    LimitReached
        By work.

    Notes
    -----
    O(functions x edges x states).
    """

    def __init__(self, machine: Machine, contents: Contents, work: Work) -> None:
        self.machine, self.contents, self._work = machine, contents, work
        outputs = machine.outputs
        wanted = [
            sum(1 << q for q, own in enumerate(outputs) if own == value)
            for value in dict.fromkeys(outputs)
        ]
        most, arcs = work.scaled(MAX_FUNCTIONS), work.scaled(MAX_ARCS)
        self.places = np.zeros(most, dtype=np.int32)
        self.functions = np.zeros(most, dtype=np.int64)
        self._arcs = np.zeros(most + 1, dtype=np.int64)
        self._sources = np.zeros(arcs, dtype=np.int32)
        self.count = list_functions(
            contents.left,
            np.array(wanted, dtype=np.int64),
            np.ascontiguousarray(machine.transitions.T, dtype=np.int32),
            contents.first,
            contents.tails,
            contents.letters,
            self.places,
            self.functions,
            np.full(1 << (2 * most).bit_length(), -1, dtype=np.int32),
            self._arcs,
            self._sources,
        )
        work.spend((arcs if self.are_too_many else int(self._arcs[self.count])) // READ)

    @property
    def are_too_many(self) -> bool:
        """Whether there are more than may be listed; then nothing else is known of them."""
        return self.count < 0

    @cached_property
    def _rows(self) -> NDArray[np.int32]:
        """Where two functions are one; those from both of which words lead back come first."""
        count = self.count
        component, low, path, open_ = (np.zeros(count, dtype=np.int32) for _ in range(4))
        at = np.zeros(count, dtype=np.int64)
        components(count, self._arcs, self._sources, component, low, at, path, open_)
        head = np.full(len(self.contents.left), -1, dtype=np.int32)
        following, edge, one = (np.full(count, -1, dtype=np.int32) for _ in range(3))
        found = np.zeros((MAX_CONFLICTS, 5), dtype=np.int32)
        listed = conflicts(
            count,
            self.contents.first,
            self.places,
            self._arcs,
            self._sources,
            component,
            head,
            following,
            edge,
            one,
            found,
        )
        return found[:listed][np.argsort(-found[:listed, 4], kind="stable")]

    @property
    def agree(self) -> bool:
        """Whether there is no conflict."""
        return len(self._rows) == 0

    def value(self, node: int, state: int) -> int:
        """Return the value of a function at a state, as 1 or -1."""
        return 1 if int(self.functions[node]) >> state & 1 else -1

    def edges(self) -> list[Edge]:
        """Return all edges. O(edges x functions)."""
        contents, after = self.contents, self.machine.transitions.T.tolist()
        at: dict[int, list[int]] = {}
        for node, place in enumerate(self.places[: self.count].tolist()):
            at.setdefault(place, []).append(node)
        found = []
        for y in range(len(contents.left)):
            first = int(contents.first[y])
            for e in range(first, int(contents.first[y + 1])):
                x, letter = int(contents.tails[e]), int(contents.letters[e])
                state = _lowest(int(contents.left[x]))
                image = after[letter][state]
                sources: dict[int, tuple[int, int] | None] = {}
                for node in at.get(y, ()):
                    source = int(self._sources[self._arcs[node] + e - first])
                    sign = self.value(node, image) * (
                        self.value(source, state) if source >= 0 else 1
                    )
                    sources[node] = (source, sign) if source >= 0 else None
                found.append(Edge(x, letter, y, sources, image))
        return found

    def conflicts(self, most: int) -> list[Conflict]:
        """Return at most so many conflicts, from all over those of the worst kind."""
        rows = self._rows
        rows = rows[rows[:, 4] == rows[:1, 4]]
        return [self._conflict(*row[:4]) for row in rows[:: -(-len(rows) // most) or 1].tolist()]

    def _conflict(self, node: int, edge: int, back: int, other: int) -> Conflict:
        after = np.full(self.count, -1, dtype=np.int32)
        by, queue = np.zeros_like(after), np.zeros_like(after)
        first = self.contents.first
        way_back(back, node, first, self.places, self._arcs, self._sources, after, by, queue)
        word = []
        v = back
        while v != node:
            word.append(int(self.contents.letters[by[v]]))
            v = int(after[v])
        x, y = int(self.places[node]), int(self.places[back])
        letter = int(self.contents.letters[edge])
        left, function = int(self.contents.left[x]), int(self.functions[node])
        images = self.machine.transitions[:, letter].tolist()
        one, two = int(self.functions[back]), int(self.functions[other])
        if any((one ^ two) >> image & 1 for q, image in enumerate(images) if left >> q & 1):
            two ^= int(self.contents.left[y])
        return Conflict(
            before=x,
            apart=(_lowest(left & ~function), _lowest(function)),
            letter=letter,
            after=y,
            other=_lowest(one ^ two),
            back=tuple(word),
        )


def _lowest(bits: int) -> int:
    """Return the number of the lowest bit that is set."""
    return (bits & -bits).bit_length() - 1
