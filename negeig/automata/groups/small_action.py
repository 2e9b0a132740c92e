"""Small faithful actions of the group of a machine whose letters permute its states.

A machine read from a file may show a group on many states, as S_5 on 120. Its actions on fewer
points are those on the cosets of subgroups, and sums of them; an action is faithful when no normal
subgroup but the trivial one fixes all its points. Subgroups are looked for among those that two
elements, or the stabiliser of the initial state and one element, generate: maximal ones of small
groups are, but the least degree is not promised.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from negeig.automata.groups.cycles import cycles
from negeig.automata.groups.permgroup import ListedGroup, Mask, primes
from negeig.automata.machines.machine import Machine

MAX_ORDER = 1_000
"""Largest transition group whose elements are listed here."""

MAX_SUBGROUPS = 1_500
"""Most pairs of elements whose subgroup is looked at."""

MAX_MINIMAL = 10
"""Most minimal normal subgroups for which sums of actions are looked for."""

Permutation = NDArray[np.int32]

Points = tuple[tuple[int, ...], ...]
"""For each letter the images of the points."""


@dataclass(frozen=True, eq=False)
class LetterGroup:
    """The transition group of a machine, all elements listed.

    ``letters[a]`` is the element of letter a, ``stabiliser`` the elements that fix the initial
    state. Elements act on the states from the right: x*y is first x, then y.
    """

    group: ListedGroup
    letters: tuple[int, ...]
    stabiliser: Mask


@lru_cache(maxsize=8)
def letter_group(machine: Machine, max_order: int = MAX_ORDER) -> LetterGroup | None:
    """List the transition group of a machine whose states are all reachable.

    None where a letter does not permute the states or there are more than ``max_order`` elements.
    O(order x letters x states).

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> found = letter_group(get("sym:4").minimal())
    >>> found.group.order, found.group.orders[list(found.letters)].tolist()
    (24, [2, 4])
    """
    size = machine.size
    identity = np.arange(size, dtype=np.int32)
    letters = [np.ascontiguousarray(column) for column in machine.transitions.T]
    if size > max_order or any(not np.array_equal(np.sort(g), identity) for g in letters):
        return None
    rows = listed(letters, max_order)
    if rows is None:
        return None
    group = ListedGroup(rows)
    number = {row.tobytes(): x for x, row in enumerate(rows)}
    elements = tuple(number[g.tobytes()] for g in letters)
    return LetterGroup(group, elements, group.rows[:, machine.initial] == machine.initial)


def listed(generators: Sequence[Permutation], max_order: int) -> NDArray[np.int32] | None:
    """Return all elements of the group that permutations generate, breadth first, 1 the first.

    None where there are more than ``max_order``. O(order x generators x degree).
    """
    identity = np.arange(len(generators[0]), dtype=np.int32)
    rows, seen = [identity], {identity.tobytes()}
    for x in rows:
        for g in generators:
            y = g[x]
            if (image := y.tobytes()) not in seen:
                seen.add(image)
                rows.append(y)
                if len(rows) > max_order:
                    return None
    return np.stack(rows)


def small_actions(letters: LetterGroup) -> list[Points]:
    """Return faithful actions on few points, least degree first.

    Transitive ones of the subgroups looked at, and one sum of transitive ones where that has fewer
    points. Only those remain that no other one beats in both the number of points and the largest
    number of transpositions a letter takes. Deterministic; at most ``MAX_SUBGROUPS`` subgroups.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> regular = letter_group(get("sym:4").minimal())
    >>> small_actions(regular)[0]
    ((0, 2, 1, 3), (1, 2, 3, 0))
    """
    group = letters.group
    if group.order == 1:
        return []
    minimal = minimal_normal_subgroups(group)
    best: dict[tuple[bool, ...], list[Mask]] = {}
    for subgroup in subgroups(letters):
        avoids = tuple(bool((normal & ~subgroup).any()) for normal in minimal)
        rivals = best.setdefault(avoids, [])
        if not rivals or subgroup.sum() > rivals[0].sum():
            best[avoids] = [subgroup]
        elif subgroup.sum() == rivals[0].sum() and len(rivals) < _RIVALS:
            rivals.append(subgroup)
    faithful = best.get((True,) * len(minimal), [])
    actions = [coset_action(group, letters.letters, [subgroup]) for subgroup in faithful]
    if len(minimal) <= MAX_MINIMAL:
        chosen = _cheapest_cover(best, len(minimal), group.order)
        actions.append(coset_action(group, letters.letters, chosen))
    return front(actions)


def orbits_of(points: Points) -> list[list[int]]:
    """Return the sets of points that the letters exchange, each sorted; points may be alone.

    O(points x letters).

    Examples
    --------
    >>> orbits_of(((1, 0, 2, 3), (0, 1, 3, 2)))
    [[0, 1], [2, 3]]
    """
    seen: set[int] = set()
    found = []
    for start in range(len(points[0])):
        if start in seen:
            continue
        orbit = [start]
        seen.add(start)
        for point in orbit:  # grows while it is read
            for images in points:
                if images[point] not in seen:
                    seen.add(images[point])
                    orbit.append(images[point])
        found.append(sorted(orbit))
    return found


def front(actions: Iterable[Points]) -> list[Points]:
    """Return the actions that no other one beats in points and transpositions a letter.

    Least number of points first; of equals the first remains.

    Examples
    --------
    >>> front([((1, 0, 3, 2),), ((0, 2, 1),), ((1, 2, 0),)])
    [((0, 2, 1),)]
    """
    kept: list[Points] = []
    for points in sorted(actions, key=lambda points: (len(points[0]), transpositions(points))):
        if not kept or transpositions(points) < transpositions(kept[-1]):
            kept.append(points)
    return kept


_RIVALS = 12
"""Subgroups of one order that are kept: automorphisms may give them different costs."""


def transpositions(points: Points) -> int:
    """Return the most transpositions that a letter is a product of, at the least.

    Examples
    --------
    >>> transpositions(((1, 0, 3, 2), (1, 2, 3, 0)))
    3
    """
    return max(sum(len(cycle) - 1 for cycle in cycles(images)) for images in points)


def coset_action(group: ListedGroup, elements: Sequence[int], subgroups: Iterable[Mask]) -> Points:
    """Return how elements act on the right cosets of subgroups, one subgroup after the other.

    O((order + elements) x (sum of the indices)).
    """
    images: list[list[int]] = [[] for _ in elements]
    offset = 0
    for subgroup in subgroups:
        coset = np.full(group.order, -1)
        representatives: list[int] = []
        for x in range(group.order):
            if coset[x] < 0:
                coset[group.times(x)[subgroup]] = len(representatives)
                representatives.append(x)
        for row, g in zip(images, elements, strict=True):
            row += (coset[group.times(g)[representatives]] + offset).tolist()
        offset += len(representatives)
    return tuple(map(tuple, images))


def minimal_normal_subgroups(group: ListedGroup) -> list[Mask]:
    """Minimal normal subgroups: the least among the normal closures of elements of prime order."""
    closures: list[Mask] = []
    for x in group.class_representatives.tolist():
        if primes(int(group.orders[x])) == [int(group.orders[x])]:
            closures.append(group.normal_closure([x], group.own_generators))
    closures.sort(key=lambda mask: int(mask.sum()))
    minimal: list[Mask] = []
    for mask in closures:
        if not any((mask | smaller).sum() == mask.sum() for smaller in minimal):
            minimal.append(mask)
    return minimal


@lru_cache(maxsize=4)
def subgroups(letters: LetterGroup) -> tuple[Mask, ...]:
    """Return distinct subgroups: of one element, of two, of the stabiliser and one element.

    The trivial one first; at most ``MAX_SUBGROUPS`` pairs of generators are looked at.
    """
    group = letters.group
    found = {(trivial := group.closure([])).tobytes(): trivial}
    cyclic = {group.closure([x]).tobytes(): x for x in range(group.order)}
    fixing = group.generators(letters.stabiliser)
    starts = [fixing, *([int(x)] for x in group.class_representatives)]
    pairs = ([*start, y] for start in starts for y in cyclic.values())
    for generators in islice(pairs, MAX_SUBGROUPS):
        mask = group.closure(generators)
        found.setdefault(mask.tobytes(), mask)
    return tuple(found.values())


def _cheapest_cover(best: dict[tuple[bool, ...], list[Mask]], count: int, order: int) -> list[Mask]:
    """Subgroups of least total index such that every minimal normal subgroup is avoided once.

    By dynamic programming over the sets of minimal normal subgroups that are avoided.
    """
    cost: dict[int, tuple[int, tuple[Mask, ...]]] = {0: (0, ())}
    options = [
        (sum(1 << i for i in range(count) if avoids[i]), order // int(masks[0].sum()), masks[0])
        for avoids, masks in best.items()
    ]
    for done in range(1 << count):
        if done not in cost:
            continue
        degree, chosen = cost[done]
        for avoided, index, mask in options:
            reached = done | avoided
            if reached != done and (reached not in cost or degree + index < cost[reached][0]):
                cost[reached] = (degree + index, (*chosen, mask))
    return list(cost[(1 << count) - 1][1])
