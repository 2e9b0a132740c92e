"""Chains that end in an order in which parts of a word come last, as words that others replay.

See docs/theory/layers.md. The parts are edges of a tree; where it has one place they are just parts
of words. What is left to the layers above are the loops at the place 0 that pass the first parts in
the order, counted from the one that comes last, and no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.automata.varieties.identities import separating_context, word_map
from negeig.claims import Word
from negeig.proofs_checks.runs.kernel_words import Kernel
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
    """An edge, what it carries, a product of words, and which generators may be in front.

    A word is one in the generators, in parts before this one, and in the generators again.
    """

    map: Map
    words: tuple[tuple[Numbers, Numbers, Numbers], ...]
    tail: int = 0
    head: int = 0
    free: frozenset[int] = frozenset()


class Orders:
    """Parts, and e, f and ``late``: words in generators and, numbered after these, the parts.

    In the context the maps of *efe* and *fe*, both after ``late``, are told apart.
    """

    def __init__(
        self, parts: list[Part], paths: tuple[Numbers, ...], count: int, context: tuple[Word, Word]
    ) -> None:
        self.parts, self.paths, self.count, self.context = parts, paths, count, context
        beside = {i for word in paths for i in word if i < count}
        each = (side for part in parts for left, _, right in part.words for side in (left, right))
        self.words = [*each, tuple(sorted(beside))]
        self.row: dict[str, Any] = {}

    def enter(self, words: list[list[int]], count: int) -> None:
        """Enter parts and words once there are so many generators, with numbers."""
        index = dict(zip(self.words[-1], words[-1], strict=True))
        index |= {self.count + i: count + i for i in range(len(self.parts))}
        sides = iter(words)
        last = [
            {
                "words": [
                    [*next(sides), *(count + i for i in inner), *next(sides)]
                    for _, inner, _ in part.words
                ],
                "tail": part.tail,
                "head": part.head,
            }
            for part in self.parts
        ]
        paths = [[index[i] for i in word] for word in self.paths]
        self.row |= {**dict(zip(("e", "f", "late"), paths, strict=True)), "last": last}


def orders_of(
    machine: Machine, found: Peeling, generators: Sequence[Map], one: Map, witness: Sequence[Map]
) -> Orders:
    """Return the parts of a chain's ending, and e, f and a word after which efe is not fe.

    Breadth first; O(maps x places x parts) products. Raises LimitReached beyond
    :data:`.words_of_maps.MAX_PRODUCTS` products.
    """
    e, f = witness[-2:]
    if found.ending == "last edges":
        parts, order = _edges(machine, found.edges, generators, one)
    elif found.ending == "last parts":
        parts = _in_kernel(generators, one, witness[:2])
        order = [len(parts) - 2, len(parts) - 1]
    else:
        parts = [_with_letters(generators, one, x) for x in witness[:2]]
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
            context = separating_context(machine, *sides)
            return Orders(parts, (e_word, f_word, late), len(generators), context)
    raise AssertionError("efe and fe differ after one of them")


def loops_in_order(
    idempotents: Sequence[Map], one: Map, wanted: Sequence[Map]
) -> tuple[list[Numbers], list[Numbers]]:
    """Return words in idempotents for some maps, and words that lead to the image of the first one.

    The former pass some first ones of them, these last in this order, counted from the end. The
    latter pass them all, and each state of the image is one to which some of them leads.

    Breadth first; O(maps x idempotents^2) products. Raises LimitReached beyond
    :data:`.words_of_maps.MAX_PRODUCTS` products.
    """
    order = list(range(len(idempotents)))
    walk = _Walk([], one, [Part(x, ()) for x in idempotents], order)
    missing = {x.tobytes() for x in wanted}
    loops: dict[bytes, Numbers] = {}
    for x, word in walk.words([(0, level) for level in range(len(order) + 1)]):
        loops.setdefault(x[idempotents[0]].tobytes(), word)  # behind the identity
        if missing <= loops.keys():
            break
    states = set(idempotents[0].tolist())
    late: list[Numbers] = []
    for x, word in walk.words([(0, len(order))]):
        if led := states & set(x.tolist()):
            states -= led
            late.append(word)
        if not states:
            break
    return [loops[x.tobytes()] for x in wanted], late


def _power(x: Map, word: Numbers) -> tuple[Map, Numbers]:
    """Return the idempotent power of a map, and that of its word."""
    power, longer = x, word
    while (power[power] != power).any():
        power, longer = x[power], (*longer, *word)
    return power, longer


def _in_kernel(generators: Sequence[Map], one: Map, elements: Sequence[Map]) -> list[Part]:
    """Return elements of K as products of idempotents and of conjugates, which come before them."""
    kernel = Kernel.of(generators, one)
    words = [word_of(kernel.elements, x) for x in elements]
    conjugates = [i for word in words for i in word if kernel.parts[i].inner]
    own = kernel.with_inner(conjugates) if conjugates else []
    index = {i: n for n, i in enumerate(own)}

    def word_of_part(i: int) -> tuple[Numbers, Numbers, Numbers]:
        return ((), (index[i],), ()) if i in index else (kernel.parts[i].left, (), ())

    found = []
    for i in own:
        part = kernel.parts[i]
        inner = tuple(index[j] for j in part.inner)
        found.append(Part(part.map, ((part.left, inner, part.right),)))
    for x, word in zip(elements, words, strict=True):
        found.append(Part(x, tuple(map(word_of_part, word))))
    return found


def _with_letters(generators: Sequence[Map], one: Map, x: Map) -> Part:
    """Return an idempotent as a word in which all generators occur that divide it."""
    dividing = walks_to(generators, x)
    word = word_of(products(generators, one), x)
    for i, walk in dividing.items():
        if i not in word:
            word += walk
    return Part(x, ((word, (), ()),), free=frozenset(dividing))


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
        parts.append(Part(x, ((word_of(known, x), (), ()),), number[tail], number[head]))
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
