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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from negeig.automata.decomposition.subduction import elements, image_sets
from negeig.automata.groups.cycles import cycles
from negeig.automata.groups.schreier_sims import PermutationGroup
from negeig.automata.machines.components import strong_components
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, LimitReached

Numbers: TypeAlias = tuple[int, ...]

ALL_SUBSETS = 10
"""Up to this many states all subsets are tried, beyond it the image sets only."""

PLAIN_ORDER = 720
"""Up to this order the elements of a group are listed: faster than loading compiled code."""

MAX_SETS = 20_000
"""Limit on the number of sets that are tried."""

MAX_PERMUTATIONS = 100_000
"""Limit on the number of permutations that are looked at for two that generate all."""


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
    component, has_group = _of_all_maps(subsets)
    return int(has_group) if component is None else len(subsets.points[component[0]]) - 1


@dataclass(frozen=True)
class AllMaps:
    """States that some words map to themselves in every way: what the bound rests on.

    ``turn`` is a word, in numbers of letters, that leads from each point to the next and from the
    last one to the first; ``swap`` exchanges the first two and keeps the others; ``merge`` leads
    to all points but one.
    """

    points: Numbers
    swap: Numbers
    turn: Numbers
    merge: Numbers


def all_maps(
    machine: Machine, *, max_sets: int = MAX_SETS, most: int = MAX_PERMUTATIONS
) -> AllMaps:
    """Return the states and three words that show :func:`complexity_lower_bound`, 1 or more.

    Raises
    ------
    InputError
        Where no words act on two states or more as all maps of them.
    LimitReached
        That many sets, or permutations looked at for the two that generate all.

    Examples
    --------
    >>> cycle, swap, merge = [1, 2, 3, 0], [1, 0, 2, 3], [0, 0, 2, 3]
    >>> t4 = Machine(alphabet="cse", initial=0, outputs=[0, 1, 2, 3],
    ...              transitions=list(zip(cycle, swap, merge)))
    >>> all_maps(t4)
    AllMaps(points=(0, 1, 2, 3), swap=(1,), turn=(0,), merge=(2,))
    """
    subsets = _Subsets(machine, max_sets)
    component, _ = _of_all_maps(subsets)
    if component is None:
        raise InputError("machine", "its words act on no states as all maps of them")
    points = subsets.points[component[0]]
    swap, turn, order = _generators(subsets.loops(component), len(points), most)
    merge = subsets.merging(component[0])
    assert merge is not None
    return AllMaps(tuple(points[i] for i in order), swap, turn, merge)


def _of_all_maps(subsets: _Subsets) -> tuple[list[int] | None, bool]:
    """Return the largest component whose words act as all maps, and whether any permute."""
    has_group = False
    for component in subsets.components():
        first = component[0]
        if has_group and len(subsets.points[first]) < 3:
            break  # two points show no more than a group does
        permutations = subsets.permutations(component)
        if not permutations:
            continue
        if subsets.merging(first) is not None and _is_symmetric(permutations):
            return component, True
        has_group = True
    return None, has_group


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

    def loops(self, component: list[int]) -> dict[Numbers, Numbers]:
        """Return permutations of the first set's points that generate all, with words for them.

        Each word is a way there, a letter and a way back; as the group is finite, all that words
        do to these points is a product of such.
        """
        inside, first = set(component), component[0]
        edges = [(i, a, j) for i in component for a, j in enumerate(self.images[i]) if j in inside]
        there, back = (_ways(first, some) for some in (edges, [(j, a, i) for i, a, j in edges]))
        points, found = self.points[first], dict[Numbers, Numbers]()
        for i, a, j in edges:
            word, moved = (*there[i], a, *reversed(back[j])), points
            for letter in word:
                moved = [self.columns[letter][q] for q in moved]
            found.setdefault(tuple(map(points.index, moved)), word)
        return found

    def merging(self, first: int) -> Numbers | None:
        """Return a word that takes the set to a subset of it with one state less, if one does."""
        wanted, size = self.sets[first], len(self.points[first]) - 1
        words: dict[int, Numbers] = {first: ()}
        queue = [first]
        for i in queue:  # grows while it is read
            if len(self.points[i]) == size and self.sets[i] & ~wanted == 0:
                return words[i]
            for a, j in enumerate(self.images[i]):
                if j not in words and len(self.points[j]) >= size:
                    words[j] = (*words[i], a)
                    queue.append(j)
        return None


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


def _ways(first: int, edges: Iterable[tuple[int, int, int]]) -> dict[int, Numbers]:
    """Return the letters along shortest ways from a place to all that are reached."""
    leading: dict[int, list[tuple[int, int]]] = {}
    for i, a, j in edges:
        leading.setdefault(i, []).append((a, j))
    found: dict[int, Numbers] = {first: ()}
    queue = [first]
    for i in queue:  # grows while it is read
        for a, j in leading.get(i, ()):
            if j not in found:
                found[j] = (*found[i], a)
                queue.append(j)
    return found


def _generators(
    loops: dict[Numbers, Numbers], size: int, most: int
) -> tuple[Numbers, Numbers, list[int]]:
    """Return words of a transposition and of a cycle through all points, and the cycle.

    It begins with the points that the transposition exchanges. Products are looked at, short ones
    first; one with a single cycle of two points, and others of odd lengths, has a power that
    exchanges two.
    """
    words: dict[Numbers, Numbers] = {tuple(range(size)): ()}
    queue = list(words)
    swaps: dict[tuple[int, int], Numbers] = {}
    turns: list[tuple[list[int], Numbers]] = []
    for p in queue:  # grows while it is read
        found = cycles(p)
        if len(found) == 1 and len(found[0]) == size:
            turns.append((found[0], words[p]))
        even = [cycle for cycle in found if len(cycle) % 2 == 0]
        if len(even) == 1 and len(even[0]) == 2:
            (x, y), odd = even[0], math.lcm(*(len(cycle) for cycle in found if len(cycle) % 2))
            for pair in ((x, y), (y, x)):
                swaps.setdefault(pair, words[p] * odd)
        for cycle, turn in turns:
            for i, x in enumerate(cycle):
                order = cycle[i:] + cycle[:i]
                if (x, order[1]) in swaps:
                    return swaps[x, order[1]], turn, order
        for g, word in loops.items():
            q = tuple(g[i] for i in p)
            if q not in words:
                words[q] = words[p] + word
                queue.append(q)
        if len(queue) > most:
            raise LimitReached("permutations of states", most, reached=len(queue))
    raise AssertionError("they generate all permutations")


def _image(states: int, column: list[int]) -> int:
    """Image of a set of states under a letter."""
    image = 0
    for q in elements(states):
        image |= 1 << column[q]
    return image
