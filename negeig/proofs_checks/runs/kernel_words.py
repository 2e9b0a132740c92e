"""What every group takes for 1, as words: idempotents, conjugates of them, and their products.

K is the least submonoid that holds all idempotents and, with x, all axb for which aba = a or
bab = b. See docs/theory/layers.md, also for the two rules with letters by which it is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.automata.machines.components import strong_components
from negeig.proofs_checks.runs.words_of_maps import (
    Elements,
    Map,
    Numbers,
    check_products,
    products,
)


@dataclass(frozen=True)
class KernelPart:
    """An element of K: what ``left``, ``inner`` and ``right`` do, one after the other.

    ``inner`` is a word in parts before it, the others are words in the generators, a and b with
    aba = a or bab = b. Where there is nothing but ``left``, that acts as an idempotent.
    """

    map: Map
    left: Numbers = ()
    inner: Numbers = ()
    right: Numbers = ()


@dataclass(frozen=True, eq=False)
class Kernel:
    """Parts that generate K, and the elements of K as words in them."""

    parts: list[KernelPart]
    elements: Elements

    @classmethod
    def of(cls, generators: Sequence[Map], one: Map) -> Kernel:
        """Return K of the monoid that some maps generate, whose identity is ``one``.

        O(elements x generators) products for each round of the rules, and as many as K has elements
        for each of its parts. Raises LimitReached beyond :data:`.words_of_maps.MAX_PRODUCTS`.
        """
        whole = _Whole(generators, one)
        grown = _Grown(one)
        idempotents = [(x, word) for x, word in whole.listed if (x[x] == x).all()]
        for x, word in sorted(idempotents, key=lambda one: -_rank(one[0])):
            grown.add(KernelPart(x, word))
        while True:
            known = len(grown.elements)
            for found in whole.conjugates(grown):
                grown.add(found)
            if len(grown.elements) == known:
                return cls(grown.parts, products([part.map for part in grown.parts], one))

    def with_inner(self, numbers: Sequence[int]) -> list[int]:
        """Return the numbers of some parts, and of all that are in them, in increasing order."""
        found = set(numbers)
        for i in range(len(self.parts) - 1, -1, -1):  # those inside a part come before it
            if i in found:
                found.update(self.parts[i].inner)
        return sorted(found)


class _Grown:
    """Parts, and all their products, while parts are added."""

    def __init__(self, one: Map) -> None:
        self.parts: list[KernelPart] = []
        self.elements: Elements = {one.tobytes(): (one, ())}

    def add(self, part: KernelPart) -> None:
        """Add a part, unless others give it, and what it generates with them."""
        if part.map.tobytes() in self.elements:
            return
        self.parts.append(part)
        last = len(self.parts) - 1
        queue = [(x, word, (last,)) for x, word in self.elements.values()]
        for x, word, by in queue:  # grows while it is read
            check_products(len(self.elements) * len(self.parts))
            for i in by:
                y = self.parts[i].map[x]
                if y.tobytes() not in self.elements:
                    made: Any = (y, (*word, i))
                    self.elements[y.tobytes()] = made
                    queue.append((*made, tuple(range(len(self.parts)))))


@dataclass
class _Whole:
    """A monoid of maps: its elements with words, and its Cayley graphs."""

    generators: Sequence[Map]
    one: Map
    listed: list[tuple[Map, Numbers]] = field(init=False)

    def __post_init__(self) -> None:
        self.listed = list(products(self.generators, self.one).values())
        self.index = {x.tobytes(): i for i, (x, _) in enumerate(self.listed)}

    def _edges(self, *, after: bool) -> NDArray[np.int32]:
        """Return which element each one is with each generator after it, or before it."""
        rows = [
            [self.index[(g[x] if after else x[g]).tobytes()] for g in self.generators]
            for x, _ in self.listed
        ]
        return np.array(rows, dtype=np.int32).reshape(len(rows), len(self.generators))

    @cached_property
    def sides(self) -> tuple[_Side, _Side]:
        right, left = (self._edges(after=after) for after in (True, False))
        return _Side(right, left, True), _Side(left, right, False)

    def conjugates(self, known: _Grown) -> list[KernelPart]:
        """Return what a round of the rules finds with the elements known, high ranks first.

        A letter a and an element x give q where qa = ax and q R ax, or aq = xa and q L xa.
        """
        inside = [self.index[key] for key in known.elements]
        found: dict[int, KernelPart] = {}
        for side in self.sides:
            for q, a, x in side.rule(np.array(sorted(inside, reverse=True))):
                if q not in found and self.listed[q][0].tobytes() not in known.elements:
                    word = known.elements[self.listed[x][0].tobytes()][1]
                    found[q] = self._conjugate(side, q, a, word)
        return sorted(found.values(), key=lambda part: -_rank(part.map))

    def _conjugate(self, side: _Side, q: int, a: int, inner: Numbers) -> KernelPart:
        """Return q = axc, x a word in parts, where c is chosen with cac = c; or q = cxa."""
        c = self.one
        for i in side.path(int(side.edges[q, a]), q):
            c = side.then(c, self.generators[i])
        turned, letter = c, self.generators[a]
        while (side.then(side.then(turned, letter), turned) != turned).any():
            turned = side.then(side.then(turned, letter), c)
        word = self.listed[self.index[turned.tobytes()]][1]
        left, right = ((a,), word) if side.is_right else (word, (a,))
        return KernelPart(self.listed[q][0], left, inner, right)


@dataclass(frozen=True, eq=False)
class _Side:
    """A Cayley graph, by ``edges`` to products with each generator; those with it on the other side.

    Written for products xa: for ax all words are read backwards.
    """  # noqa: E501

    edges: NDArray[np.int32]
    others: NDArray[np.int32]
    is_right: bool

    @cached_property
    def classes(self) -> NDArray[np.int32]:
        return strong_components(self.edges)

    def then(self, x: Map, y: Map) -> Map:
        return y[x] if self.is_right else x[y]

    def rule(self, inside: NDArray[Any]) -> list[tuple[int, int, int]]:
        """Return q, a and x with qa = ax, x one of those inside, and q in the class of qa."""
        source = np.full(self.edges.shape, -1)
        np.put_along_axis(source, self.others[inside], inside[:, None], axis=0)
        x = np.take_along_axis(source, self.edges, axis=0)
        x[self.classes[self.edges] != self.classes[:, None]] = -1
        q, a = np.nonzero(x >= 0)
        return list(zip(q.tolist(), a.tolist(), x[q, a].tolist(), strict=True))

    def path(self, start: int, end: int) -> Numbers:
        """Return the generators along a shortest path from one element to another."""
        words: dict[int, Numbers] = {start: ()}
        queue = [start]
        for x in queue:  # grows while it is read
            if x == end:
                break
            for a, y in enumerate(self.edges[x].tolist()):
                if y not in words and self.classes[y] == self.classes[x]:
                    words[y] = (*words[x], a)
                    queue.append(y)
        return words[end]


def _rank(x: Map) -> int:
    return len(set(x.tolist()))
