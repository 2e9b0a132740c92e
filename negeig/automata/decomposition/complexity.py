"""A lower bound on the group complexity of a machine, from subsets of its states alone.

The group complexity of a finite monoid is the least number of groups in a cascade of groups and
aperiodic monoids that it divides (Krohn and Rhodes, 1965 and 1968). Words that keep a set P of
states inside P act on P as a monoid that divides the machine's. If they permute P in every way and
one of them merges exactly two of its k states, they act as *all* maps of P, and the full
transformation monoid of k points has complexity k - 1 (Rhodes; see Rhodes and Steinberg, The
q-theory of finite semigroups, 2009, section 4.12).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from negeig.automata.decomposition.subduction import elements, image_sets
from negeig.automata.groups.schreier_sims import PermutationGroup
from negeig.automata.machines.components import strong_components
from negeig.automata.machines.machine import Machine

ALL_SUBSETS = 10
"""Up to this many states all subsets are tried, beyond it the image sets only."""

PLAIN_ORDER = 720
"""Up to this order the elements of a group are listed: faster than loading compiled code."""

MAX_SETS = 20_000
"""Limit on the number of sets that are tried."""


def complexity_lower_bound(machine: Machine, *, max_sets: int = MAX_SETS) -> int:
    """Return a number that the group complexity of the machine's transition monoid cannot be below.

    0 exactly when the monoid is aperiodic; k - 1 where the full transformation monoid of k points
    is found in it; 1 otherwise. The monoid is not listed.

    Raises
    ------
    LimitReached
        A machine with more than 10 states has more than ``max_sets`` image sets.

    Notes
    -----
    O(sets x letters x states) for the sets, and a group of permutations for each strongly
    connected class of them. Proof: docs/theory/lower-bounds.md.

    Examples
    --------
    >>> cycle, swap, merge = [1, 2, 3, 0], [1, 0, 2, 3], [0, 0, 2, 3]
    >>> t4 = Machine(alphabet="cse", initial=0, outputs=[0, 1, 2, 3],
    ...              transitions=list(zip(cycle, swap, merge)))
    >>> complexity_lower_bound(t4)
    3
    >>> flipflop = Machine(alphabet="sr", transitions=[[1, 0], [1, 0]], initial=0, outputs=[0, 1])
    >>> complexity_lower_bound(flipflop)
    0
    """
    subsets = _Subsets(machine, max_sets)
    has_group = False
    for component in subsets.components():
        first = component[0]
        size = len(subsets.points[first])
        if has_group and size < 3:
            break  # two points show no more than a group does
        permutations = subsets.permutations(component)
        if not permutations:
            continue
        has_group = True
        if subsets.merges(first) and _is_symmetric(permutations):
            return size - 1
    return int(has_group)


class _Subsets:
    """Sets of states with their images under the letters."""

    def __init__(self, machine: Machine, max_sets: int) -> None:
        if machine.size <= ALL_SUBSETS:
            self.sets = tuple(range(1, 1 << machine.size))
            number = {s: i for i, s in enumerate(self.sets)}
            self.images = [
                [number[_image(s, column)] for column in machine.transitions.T.tolist()]
                for s in self.sets
            ]
        else:
            found = image_sets(machine, max_sets=max_sets)
            self.sets, self.images = found.sets, found.images
        self.points = [list(elements(s)) for s in self.sets]
        self.columns: list[list[int]] = machine.transitions.T.tolist()

    def components(self) -> Iterator[list[int]]:
        """Yield the strongly connected sets with more than one state, larger ones first."""
        labels = strong_components(np.array(self.images, dtype=np.int32)).tolist()
        members: dict[int, list[int]] = {}
        for i, label in enumerate(labels):
            if len(self.points[i]) > 1:
                members.setdefault(label, []).append(i)
        yield from sorted(members.values(), key=lambda m: -len(self.points[m[0]]))

    def permutations(self, component: list[int]) -> list[list[int]]:
        """Generate what words do to the first set where they keep it, by Schreier's lemma.

        The identity is left out.
        """
        inside = set(component)
        first = component[0]
        carried = {first: self.points[first]}  # where a word has taken the points of the first set
        queue = [first]
        found = set()
        for i in queue:  # grows while it is read
            for a, j in enumerate(self.images[i]):
                if j not in inside:
                    continue
                moved = [self.columns[a][q] for q in carried[i]]
                if j not in carried:
                    carried[j] = moved
                    queue.append(j)
                elif moved != carried[j]:
                    position = {q: k for k, q in enumerate(carried[j])}
                    found.add(tuple(position[q] for q in moved))
        return [list(p) for p in sorted(found)]

    def merges(self, first: int) -> bool:
        """Whether a word takes the set to a subset of it with one state less."""
        wanted, size = self.sets[first], len(self.points[first]) - 1
        seen = {first}
        queue = [first]
        for i in queue:  # grows while it is read
            if len(self.points[i]) == size and self.sets[i] & ~wanted == 0:
                return True
            new = {j for j in self.images[i] if len(self.points[j]) >= size} - seen
            seen |= new
            queue += sorted(new)
        return False


def _is_symmetric(permutations: list[list[int]]) -> bool:
    """Whether some permutations generate all permutations of their points."""
    order = math.factorial(len(permutations[0]))
    if order > PLAIN_ORDER:
        return PermutationGroup(permutations).order == order
    found = {tuple(range(len(permutations[0])))}
    queue = list(found)
    for p in queue:  # grows while it is read
        new = {tuple(g[i] for i in p) for g in permutations} - found
        found |= new
        queue += new
    return len(found) == order


def _image(states: int, column: list[int]) -> int:
    """Image of a set of states under a letter."""
    image = 0
    for q in elements(states):
        image |= 1 << column[q]
    return image
