"""Congruences: partitions of the states that every letter respects, and chains of them.

Where every letter takes a class into a class, the classes are the states of a smaller machine, and
the state is its class with a coordinate within it (Hartmanis and Stearns, Algebraic Structure
Theory of Sequential Machines, 1966, chapter 2). A constant letter and the identity respect every
partition. The least congruence that puts two states together is found by union-find, and every
congruence is a join of such ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations, pairwise

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached
from negeig.work import Work

Partition = tuple[int, ...]
"""The class of every state; classes are numbered as they occur."""

MAX_CONGRUENCES = 40
"""Most congruences that are kept at effort 1, where joins of them are looked for."""


def congruences(machine: Machine, work: Work) -> tuple[list[Partition], LimitReached | None]:
    """Return congruences of a minimal machine, the finest first, and what cut the search short.

    The two trivial ones are among them. Nothing where no letter moves anything but resets, since
    then every partition is one.

    Complexity: one union-find for each pair of states, of those with the initial state where the
    letters permute the states transitively, each O(states x letters); counted in states merged.
    Where the letters commute with one that runs through all states, one for each divisor.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> found, limit = congruences(get("mod:6").minimal(), Work("states merged", 1_000))
    >>> found[1], [len(set(partition)) for partition in found], limit
    ((0, 1, 2, 0, 1, 2), [6, 3, 2, 1], None)
    """
    size = machine.size
    columns = moving_letters(machine)
    if not columns or size < 2:
        return [], None
    found = {tuple(range(size)), (0,) * size}
    limit = None
    most = work.scaled(MAX_CONGRUENCES)
    try:
        pairs, are_all = _pairs(machine, columns)
        for pair in pairs:
            found.add(joined(columns, [pair], size, work))
            if len(found) > most and not are_all:
                raise LimitReached("congruences", most, reached=len(found), option="--effort")
        queue = [] if are_all else sorted(found)
        for i, one in enumerate(queue):
            for other in queue[:i]:
                if refines(one, other) or refines(other, one):
                    continue
                both = joined((), [*_links(one), *_links(other)], size, work)
                if both not in found:
                    found.add(both)
                    queue.append(both)
                    if len(found) > most:
                        raise LimitReached(
                            "congruences", most, reached=len(found), option="--effort"
                        )
    except LimitReached as reached:
        limit = reached
    return sorted(found, key=lambda partition: (-len(set(partition)), partition)), limit


def moving_letters(machine: Machine) -> list[list[int]]:
    """Return the distinct letters, as images of the states, that are no reset and no identity."""
    distinct = dict.fromkeys(map(tuple, machine.transitions.T.tolist()))
    identity = tuple(range(machine.size))
    return [list(images) for images in distinct if len(set(images)) > 1 and images != identity]


def refines(fine: Partition, coarse: Partition) -> bool:
    """Whether every class of one partition lies in a class of another one."""
    above: dict[int, int] = {}
    return all(above.setdefault(f, c) == c for f, c in zip(fine, coarse, strict=True))


def joined(
    columns: Sequence[Sequence[int]], pairs: Iterable[tuple[int, int]], size: int, work: Work
) -> Partition:
    """Return the finest partition that all letters respect and that puts each pair together.

    Spends a unit for every letter and state merged.

    Examples
    --------
    >>> joined([[1, 2, 3, 0]], [(0, 2)], 4, Work("states merged", 100))
    (0, 1, 0, 1)
    """
    parent = list(range(size))
    queue = list(pairs)
    merged = 0
    while queue:
        p, q = queue.pop()
        while parent[p] != p:
            parent[p] = p = parent[parent[p]]
        while parent[q] != q:
            parent[q] = q = parent[parent[q]]
        if p != q:
            p, q = min(p, q), max(p, q)
            parent[q] = p
            merged += 1
            queue.extend([(images[p], images[q]) for images in columns])
    work.spend(1 + merged * max(1, len(columns)))
    # A root is the least state of its class.
    number: dict[int, int] = {}
    classes = list(range(size))
    for q in range(size):
        if parent[q] != q:
            classes[q] = classes[parent[q]]
    return tuple(number.setdefault(root, len(number)) for root in classes)


def _links(partition: Partition) -> Iterator[tuple[int, int]]:
    """Yield each state with the first one of its class."""
    first: dict[int, int] = {}
    for state, number in enumerate(partition):
        if first.setdefault(number, state) != state:
            yield first[number], state


def _pairs(
    machine: Machine, columns: Sequence[Sequence[int]]
) -> tuple[Iterable[tuple[int, int]], bool]:
    """Return pairs of states whose least congruences have all others as joins, likely ones first.

    And True where there are no others.
    """
    size, start = machine.size, machine.initial
    permute = all(len(set(images)) == size for images in columns)
    likely: dict[tuple[int, int], None] = {}
    for images in columns:
        path = [start]
        while len(path) <= size and (after := images[path[-1]]) != start:
            path.append(after)
        length = len(path)
        if length > size:
            continue  # the start is on no cycle
        powers = [(start, path[d]) for d in range(1, length) if length % d == 0]
        if length == size and all(
            images[other[q]] == other[images[q]] for other in columns for q in range(size)
        ):
            return powers, True
        likely |= dict.fromkeys(powers)
    if permute and len(_reached(columns, start)) == size:
        # A block of imprimitivity is told by what it holds beside one state; its size divides.
        is_prime = all(size % d for d in range(2, int(size**0.5) + 1))
        others = () if is_prime else ((start, q) for q in range(size) if q != start)
        return chain(likely, others), is_prime
    return chain(likely, combinations(range(size), 2)), False


def _reached(columns: Sequence[Sequence[int]], start: int) -> set[int]:
    found = {start}
    queue = [start]
    for q in queue:
        for images in columns:
            if images[q] not in found:
                found.add(images[q])
                queue.append(images[q])
    return found


def chains(machine: Machine, partitions: Sequence[Partition]) -> list[list[Partition]]:
    """Return for each partition a chain through it, finest first, those of the least steps first.

    From the partition the chain goes on to the finest coarser one and to the coarsest finer one,
    again and again. A step is the number of classes over that of the next one. Chains that look
    alike, as those of conjugate subgroups do, come after all that look new.

    Parameters
    ----------
    machine : Machine
    partitions : sequence of Partition
        Congruences, finest first, the two trivial ones among them.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> chains(get("mod:4").minimal(), [(0, 1, 2, 3), (0, 1, 0, 1), (0, 0, 0, 0)])[0]
    [(0, 1, 2, 3), (0, 1, 0, 1), (0, 0, 0, 0)]
    """
    count = range(len(partitions))
    sizes = [len(set(partition)) for partition in partitions]
    above = [{j for j in count[i + 1 :] if refines(partitions[i], partitions[j])} for i in count]
    found: dict[tuple[int, ...], None] = {}
    for i in count:
        members = [i]
        for j in count[i + 1 :]:
            if j in above[members[-1]]:
                members.append(j)
        for j in reversed(count[:i]):
            if members[0] in above[j]:
                members.insert(0, j)
        found[tuple(members)] = None

    def price(members: tuple[int, ...]) -> tuple[float, int]:
        steps = [sizes[i] / sizes[j] for i, j in pairwise(members)]
        return max(steps, default=1), -len(members)

    looks = [_look(machine, partition) for partition in partitions]
    times: Counter[tuple[Look, ...]] = Counter()
    order = []
    for through in sorted(found, key=price):
        look = tuple(looks[i] for i in through)
        order.append((times[look] > 0, through))
        times[look] += 1
    order.sort(key=lambda entry: entry[0])
    return [[partitions[i] for i in through] for _, through in order]


Look = tuple[tuple[int, ...], ...]


def _look(machine: Machine, partition: Partition) -> Look:
    """Return what isomorphic quotients share: the images and the fixed classes of each letter."""
    table = np.array(quotient(machine, partition))
    classes = np.arange(len(table))
    looks = []
    for images in table.T:
        powers = [images, images[images], images[images[images]]]
        fixed = [int((power == classes).sum()) for power in powers]
        looks.append((len(classes), len(np.unique(images)), *fixed))
    return tuple(looks)


def quotient(machine: Machine, partition: Partition) -> list[list[int]]:
    """Return where each letter leads from each class: one row a class."""
    classes = np.array(partition)
    firsts = np.unique(classes, return_index=True)[1]
    table: list[list[int]] = classes[machine.transitions[firsts]].tolist()
    return table
