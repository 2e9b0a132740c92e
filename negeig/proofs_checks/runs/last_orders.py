"""Chains that end in an order in which parts of a word come last, as words that others replay.

See docs/theory/layers.md. The parts are edges of a tree; where it has one place they are just parts
of words. What is left to the layers above are the loops at the place 0 that pass the first parts in
the order, counted from the one that comes last, and no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.automata.varieties.identities import word_map
from negeig.proofs_checks.runs.words_of_maps import (
    Map,
    Numbers,
    check_products,
    products,
    walks_to,
    word_of,
)
from negeig.theory.bounds.peeling import Peeling, TreeEdge


@dataclass(frozen=True)
class Part:
    """An edge, what it carries, a product of words in the generators, and which may be in front."""

    map: Map
    words: tuple[Numbers, ...]
    tail: int = 0
    head: int = 0
    free: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Orders:
    """Parts, and words in generators and parts: a number as large as that of generators is a part.

    ``sides`` are the maps of *efe* and *fe*, both after ``late``.
    """

    parts: list[Part]
    e: Numbers
    f: Numbers
    late: Numbers
    sides: tuple[Map, Map]

    def words(self, count: int) -> list[Numbers]:
        """Return the words of all parts, and one of the generators that stand beside parts."""
        used = {i for word in (self.e, self.f, self.late) for i in word if i < count}
        return [*(word for part in self.parts for word in part.words), tuple(sorted(used))]

    def written(
        self, count: int, words: Sequence[list[int]], numbered: int
    ) -> tuple[list[dict[str, Any]], list[list[int]]]:
        """Return the parts and e, f and ``late`` when generators have other numbers.

        ``words`` are :meth:`words` in these, of which there are ``numbered`` in place of ``count``.
        """
        *own, beside = words
        index = dict(zip(self.words(count)[-1], beside, strict=True))
        index |= {count + i: numbered + i for i in range(len(self.parts))}
        left = iter(own)
        parts = [
            {"words": list(islice(left, len(part.words))), "tail": part.tail, "head": part.head}
            for part in self.parts
        ]
        return parts, [[index[i] for i in word] for word in (self.e, self.f, self.late)]


def orders_of(
    machine: Machine, found: Peeling, generators: Sequence[Map], one: Map, witness: Sequence[Map]
) -> Orders:
    """Return the parts of a chain's ending, and e, f and a word after which efe is not fe.

    Breadth first; O(maps x places x parts) products. Raises InputError where the parts are no
    products of idempotents, LimitReached beyond :data:`.words_of_maps.MAX_PRODUCTS` products.
    """
    e, f = witness[-2:]
    if found.ending == "last edges":
        parts, order = _edges(machine, found.edges, generators, one)
    else:
        make = _product if found.ending == "last parts" else _with_letters
        parts = [make(generators, one, x) for x in witness[:2]]
        order = [0, 1]
    walk = _Walk(generators, one, parts, order)
    loops: dict[bytes, Numbers] = {}
    for map_, word in walk.words([(0, level) for level in range(len(order) + 1)]):
        loops.setdefault(map_.tobytes(), word)
        if {e.tobytes(), f.tobytes()} <= loops.keys():
            break
    (e, e_word), (f, f_word) = (_power(x, loops[x.tobytes()]) for x in (e, f))
    places = {place for part in parts for place in (part.tail, part.head)}
    for t, late in walk.words([(place, len(order)) for place in sorted(places)]):
        sides = e[f[e[t]]], e[f[t]]
        if (sides[0] != sides[1]).any():
            return Orders(parts, e_word, f_word, late, sides)
    raise AssertionError("efe and fe differ after one of them")


def _power(x: Map, word: Numbers) -> tuple[Map, Numbers]:
    """Return the idempotent power of a map, and that of its word."""
    power, longer = x, word
    while (power[power] != power).any():
        power, longer = x[power], (*longer, *word)
    return power, longer


def _product(generators: Sequence[Map], one: Map, x: Map) -> Part:
    """Return a part as a product of idempotents."""
    idempotents = [(y, w) for y, w in products(generators, one).values() if (y[y] == y).all()]
    word = word_of(products([y for y, _ in idempotents], one), x)
    return Part(x, tuple(idempotents[i][1] for i in word))


def _with_letters(generators: Sequence[Map], one: Map, x: Map) -> Part:
    """Return an idempotent as a word in which all generators occur that divide it."""
    dividing = walks_to(generators, x)
    word = word_of(products(generators, one), x)
    for i, walk in dividing.items():
        if i not in word:
            word += walk
    return Part(x, (word,), free=frozenset(dividing))


def _edges(
    machine: Machine, edges: Sequence[TreeEdge], generators: Sequence[Map], one: Map
) -> tuple[list[Part], list[int]]:
    """Return all edges of the tree, each behind the one in front of it and before its inverses.

    And the numbers of those that are passed.
    """
    forward = {}
    for edge in edges:
        there = (edge.tail, edge.head) if edge.inverts is None else (edge.head, edge.tail)
        forward[there] = edge.word if edge.inverts is None else edge.inverts
    number, given = {0: 0}, []
    while len(number) <= len(forward):  # the places, numbered as they are reached
        tail, head = next(ends for ends in forward if len(number.keys() & set(ends)) == 1)
        number.setdefault(tail, len(number))
        number.setdefault(head, len(number))
        given.append((tail, head, forward[tail, head]))
    passed = [(edge.tail, edge.head, edge.word) for edge in edges]
    given += [edge for edge in passed if edge not in given]
    known = products(generators, one)
    parts = []
    for tail, head, word in given:
        x = word_map(machine, word)
        parts.append(Part(x, (word_of(known, x),), number[tail], number[head]))
    return parts, [given.index(edge) for edge in passed]


@dataclass(frozen=True)
class _Walk:
    """What may follow what, where parts come last in an order; generators in front of parts.

    At a level only the parts before it in the order may still come, and what they allow in front;
    the part right before it may be passed for the last time, which leads to that level.
    """

    generators: Sequence[Map]
    one: Map
    parts: Sequence[Part]
    order: Sequence[int]

    def words(self, starts: Iterable[tuple[int, int]]) -> Iterator[tuple[Map, Numbers]]:
        """Yield maps of paths from some places at some levels to the place 0, with short words."""
        found: set[tuple[bytes, int, int]] = set()
        queue: list[tuple[Map, Numbers, int, int]] = []

        def add(x: Map, word: Numbers, place: int, level: int) -> None:
            if (key := (x.tobytes(), place, level)) not in found:
                found.add(key)
                queue.append((x, word, place, level))

        for place, level in starts:
            add(self.one, (), place, level)
        for x, word, place, level in queue:  # grows while it is read
            check_products(len(queue) * (len(self.order) + 1))
            if (place, level) == (0, 0):
                yield x, word
            allowed = self.order[:level]
            for i in sorted({i for part in allowed for i in self.parts[part].free}):
                add(self.generators[i][x], (*word, i), place, level)
            for part in allowed:
                edge, longer = self.parts[part], (*word, len(self.generators) + part)
                if edge.tail == place:
                    add(edge.map[x], longer, edge.head, level)
                    if part == allowed[-1]:
                        add(edge.map[x], longer, edge.head, level - 1)
