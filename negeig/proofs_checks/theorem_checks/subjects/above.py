"""The group above the task's that letters are on the states of a network, as the lemma makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from negeig.automata.groups.schreier_sims import PermutationGroup
from negeig.automata.machines.machine import Machine
from negeig.claims import Letter
from negeig.proofs_checks.theorem_checks.subjects.networks import (
    Does,
    States,
    exact_states,
    is_finite,
)
from negeig.theory.exact.linear_algebra import rank
from negeig.theory.exact.numbers import Vector

Map = tuple[int, ...]
"""Where each of some points goes."""


@dataclass(frozen=True, eq=False)
class Above:
    """The states of a network that an idempotent leads to, and its letters as permutations of them.

    Of the monoid that the letters which permute the task's states generate on the states of the
    network, e is an idempotent of the least ideal; a letter a is e a e.

    Attributes
    ----------
    states : tuple of tuple of Vector
        One vector for each layer.
    letters : mapping from letter to Map
        Of the letters that permute the states of the task only.
    """

    states: tuple[States, ...]
    letters: Mapping[Letter, Map]

    @property
    def order(self) -> int:
        """How many elements the group has."""
        return _order(list(self.letters.values()))

    @property
    def dimension(self) -> int:
        """Of the space of the differences of the states, on which the letters act."""
        first, *rest = self._vectors
        return rank(tuple(_minus(vector, first) for vector in rest)) if rest else 0

    def rank_of(self, letter: Letter) -> int:
        """Return the rank of I - h of a letter's matrix h on the differences of the states.

        Of one layer: several do not move them linearly.
        """
        vectors = self._vectors
        moved = [
            _minus(vector, vectors[i])
            for vector, i in zip(vectors, self.letters[letter], strict=True)
        ]
        return rank(tuple(_minus(vector, moved[0]) for vector in moved))

    @property
    def _vectors(self) -> list[Vector]:
        return [tuple(x for vector in state for x in vector) for state in self.states]


def _minus(left: Vector, right: Vector) -> Vector:
    return tuple(x - y for x, y in zip(left, right, strict=True))


@cache
def group_above(it: Does) -> Above | None:
    """Return the group above a task's on the exact states of a network; None if these are infinite.

    O(states x letters) where letters permute the states of the network, and a search of sets of
    states where they do not.

    Raises LookupError where the finite states are too many to be listed.

    Examples
    --------
    >>> from negeig.proofs_checks.theorem_checks.subjects.networks import by_spelling, does
    >>> group_above(does("extension", "quaternion")).order, group_above(by_spelling("mod:3"))
    (16, None)
    """
    if not is_finite(it):
        return None
    states, moves = exact_states(it.network)
    mine = {letter: moves[letter] for letter in _permuting(it.task)}
    e = _least_idempotent(list(mine.values()), len(states))
    points = sorted(set(e))
    place = {point: i for i, point in enumerate(points)}
    letters = {
        letter: tuple(place[e[move[point]]] for point in points) for letter, move in mine.items()
    }
    return Above(tuple(states[point] for point in points), letters)


def leads_onto(above: Above, task: Machine) -> bool:
    """Whether a homomorphism leads from the group onto the task's, letters going to letters.

    It does if and only if the letters of both, side by side, generate no more elements.

    Examples
    --------
    >>> from negeig.proofs_checks.theorem_checks.subjects.networks import at_rest, does
    >>> for it in (does("extension", "quaternion"), at_rest("quaternion")):
    ...     print(leads_onto(group_above(it), it.task))
    True
    False
    """
    width = len(above.states)
    columns = dict(zip(task.alphabet, task.transitions.T.tolist(), strict=True))
    both = [
        (*image, *(width + q for q in columns[letter])) for letter, image in above.letters.items()
    ]
    return _order(both) == above.order


def _order(permutations: list[Map]) -> int:
    return PermutationGroup(permutations).order if permutations else 1


def _permuting(task: Machine) -> list[Letter]:
    """Return the letters that permute the states of a task."""
    columns = np.sort(task.transitions, axis=0).T
    fine = (columns == np.arange(task.size)).all(axis=1)
    return [letter for letter, permutes in zip(task.alphabet, fine, strict=True) if permutes]


def _least_idempotent(maps: list[Map], size: int) -> Map:
    """Return an idempotent of the least image that products of some maps have."""
    word: Map = tuple(range(size))
    while (shorter := _merging(maps, frozenset(word), size)) is not None:
        word = tuple(shorter[point] for point in word)
    power = word
    while any(power[power[point]] != power[point] for point in range(size)):
        power = tuple(word[point] for point in power)
    return power


def _merging(maps: list[Map], points: frozenset[int], size: int) -> Map | None:
    """Return a product of maps that merges some of these points; None if there is none."""
    ways = {points: tuple(range(size))}
    for image in (order := [points]):  # grows while it is read
        for one in maps:
            after = frozenset(one[point] for point in image)
            way = tuple(one[point] for point in ways[image])
            if len(after) < len(points):
                return way
            if after not in ways:
                ways[after] = way
                order.append(after)
    return None
