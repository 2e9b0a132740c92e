"""Submonoids of a listed monoid: generated, their Green classes, and their kernel for groups.

Products are looked up along the Cayley graphs of the monoid, so a submonoid of a submonoid costs no
more than the products that are asked for. A submonoid has its own identity, an idempotent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints, Longs
from negeig.automata.machines.components import strong_components
from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.claims import LimitReached

MAX_MULTIPLIED = 20_000
"""Monoids with more elements are not multiplied."""

# Below this many edges plain Python is faster than importing numba.
_PLAIN_EDGES = 20_000


class Multiplication:
    """Products in a listed monoid, along its Cayley graphs, and how many were looked up.

    Parameters
    ----------
    monoid : TransitionMonoid
        Of at most :data:`MAX_MULTIPLIED` elements.

    Attributes
    ----------
    work, most_work : int
        Products with a letter looked up so far, and how many may be before no more elements are
        added to a submonoid; None for any number.

    Raises
    ------
    LimitReached
        A monoid with more elements.

    Notes
    -----
    A product takes as many look-ups as the one factor has letters as a word; there is no table of
    size^2, and none is missed: submonoids have few generators, with short words.

    Examples
    --------
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> from negeig.automata.zoo import get
    >>> monoid = transition_monoid(get("dyck1:2").minimal())
    >>> opened, closed = monoid.right[0].tolist()
    >>> (product,) = Multiplication(monoid).times([opened], closed).tolist()
    >>> monoid.word(product)
    ('(', ')')
    """

    def __init__(self, monoid: TransitionMonoid) -> None:
        if monoid.size > MAX_MULTIPLIED:
            raise LimitReached("elements of a monoid", MAX_MULTIPLIED, reached=monoid.size)
        self.monoid = monoid
        self.work = 0
        self.most_work: int | None = None
        self._right = np.ascontiguousarray(monoid.right.T).astype(np.uint16)
        self._left = np.ascontiguousarray(monoid.left.T).astype(np.uint16)
        self._parents, self._letters = monoid.parent.tolist(), monoid.last_letter.tolist()

    def check(self) -> None:
        """Raise LimitReached where more was looked up than may be."""
        if self.most_work is not None and self.work > self.most_work:
            raise LimitReached("products of elements", self.most_work, reached=self.work)

    def times(self, x: Any, y: int) -> NDArray[np.uint16]:
        """Products of some elements and one that comes after each of them."""
        return self._along(self._right, x, self._word(y)[::-1])

    def before(self, x: int, y: Any) -> NDArray[np.uint16]:
        """Products of one element and some that come after it."""
        return self._along(self._left, y, self._word(x))

    def each_times(self, x: NDArray[Any], generators: NDArray[Any]) -> NDArray[np.uint16]:
        """Products x.g of some elements, a row each, and some generators, a column each."""
        found = np.empty((len(x), len(generators)), np.uint16)
        for j, g in enumerate(generators.tolist()):
            found[:, j] = self.times(x, g)
        return found

    def times_each(self, generators: NDArray[Any], x: NDArray[Any]) -> NDArray[np.uint16]:
        """Products g.x of some generators, a column each, and some elements, a row each."""
        found = np.empty((len(x), len(generators)), np.uint16)
        for j, g in enumerate(generators.tolist()):
            found[:, j] = self.before(g, x)
        return found

    def _word(self, x: int) -> list[int]:
        """Return the numbers of the letters of an element's word, the last one first."""
        found = []
        while x:
            found.append(self._letters[x])
            x = self._parents[x]
        return found

    def _along(self, edges: NDArray[np.uint16], x: Any, word: list[int]) -> NDArray[np.uint16]:
        """Follow a word, letter by letter, from some elements."""
        found = np.asarray(x, np.uint16)
        for letter in word:
            found = edges[letter][found]
        self.work += found.size * (1 + len(word))
        return found

    @cached_property
    def ranks(self) -> Longs:
        """Number of points in the image of every element."""
        ordered = np.sort(self.monoid.maps, axis=1)
        found: Longs = 1 + (ordered[:, 1:] != ordered[:, :-1]).sum(axis=1)
        return found

    def generated(self, identity: int, candidates: NDArray[Any]) -> Submonoid:
        """Return the submonoid that some elements generate, with an identity of its own.

        Candidates that those before them generate are left out of its generators.
        """
        grown = _Growing(self, identity)
        grown.add(candidates)
        return grown.submonoid()

    def whole(self) -> Submonoid:
        """Return the monoid as its own submonoid, generated by its letters."""
        return self.generated(0, self.monoid.right[0])

    def highest_first(self, elements: NDArray[Any]) -> NDArray[Any]:
        """Sort by descending rank, then by word: no element comes before one that it divides."""
        return elements[np.lexsort((elements, -self.ranks[elements]))]


class _Growing:
    """A submonoid while generators are added to it."""

    def __init__(self, table: Multiplication, identity: int) -> None:
        self.table, self.identity = table, identity
        self.inside = np.zeros(table.monoid.size, np.bool_)
        self.inside[identity] = True
        self.generators: list[int] = []

    def add(self, candidates: NDArray[Any]) -> None:
        """Add candidates and what they generate: each element times each generator, once."""
        for g in candidates.tolist():
            if self.inside[g]:
                continue
            self.table.check()
            self.generators.append(g)
            found = self.table.times(np.flatnonzero(self.inside), g)
            while len(found := np.unique(found[~self.inside[found]])):
                self.inside[found] = True
                found = self.table.each_times(found, np.array(self.generators)).ravel()

    def submonoid(self) -> Submonoid:
        elements = np.flatnonzero(self.inside)
        generators = np.array(self.generators, dtype=np.int64)
        return Submonoid(self.table, self.identity, elements, generators)


@dataclass(frozen=True, eq=False)
class Submonoid:
    """A submonoid with the identity ``identity``: its elements, increasing, and generators."""

    table: Multiplication
    identity: int
    elements: Longs
    generators: Longs

    @property
    def size(self) -> int:
        """Number of elements."""
        return len(self.elements)

    @cached_property
    def idempotents(self) -> Longs:
        """Elements e with e.e = e, in increasing order."""
        found: Longs = self.elements[np.isin(self.elements, self.table.monoid.idempotents)]
        return found

    @cached_property
    def is_aperiodic(self) -> bool:
        """Whether every element has period 1."""
        return bool((self.table.monoid.periods[self.elements] == 1).all())

    @cached_property
    def _position(self) -> Ints:
        """Place of every element of the monoid among the elements; 0 for others."""
        position = np.zeros(self.table.monoid.size, np.int32)
        position[self.elements] = np.arange(self.size)
        return position

    @cached_property
    def right(self) -> Ints:
        """Places of the products x.g, one row an element and one column a generator."""
        return self._position[self.table.each_times(self.elements, self.generators)]

    @cached_property
    def left(self) -> Ints:
        """Places of the products g.x, one row an element and one column a generator."""
        return self._position[self.table.times_each(self.generators, self.elements)]

    @cached_property
    def r(self) -> Ints:
        """Label of the R-class of every place."""
        return _components(self.right)

    @cached_property
    def l(self) -> Ints:  # noqa: E743
        """Label of the L-class of every place."""
        return _components(self.left)

    @cached_property
    def above(self) -> NDArray[np.bool_]:
        """For every label of an R-class, which generators divide its elements, if it is regular.

        A generator g divides an idempotent e, e = xgy, exactly if rg is in the R-class of e for
        some r in it: r = ex, since (ex)(gye) = e.
        """
        found = np.zeros((int(self.r.max()) + 1, len(self.generators)), np.bool_)
        places, columns = np.nonzero(self.r[self.right] == self.r[:, None])
        found[self.r[places], columns] = True
        return found

    @cached_property
    def representatives(self) -> list[int]:
        """One idempotent of every regular J-class but that of the identity, highest ranks first."""
        first = np.full(int(self.r.max()) + 1, self.size)
        np.minimum.at(first, self.r, self.l)  # a J-class is a D-class: its rows meet its columns
        classes = first[self.r]
        seen = {int(classes[self._position[self.identity]])}
        found = []
        for e in self.table.highest_first(self.idempotents).tolist():
            label = int(classes[self._position[e]])
            if label not in seen:
                seen.add(label)
                found.append(e)
        return found

    def dividing(self, e: int) -> Longs:
        """Return the generators g with e = xgy for some x and y; e is idempotent."""
        found: Longs = self.generators[self.above[self.r[self._position[e]]]]
        return found

    def kernel(self) -> Submonoid:
        """Return K: the least submonoid with all idempotents that is closed under conjugation.

        Conjugation is x -> axb whenever aba = a or bab = b (Rhodes and Tilson's type II). Of its
        generators none is generated by those before it.

        Notes
        -----
        It is the closure under products and two rules, with a among the generators: add q where
        qa = ax and q R ax, for x in K; and q where aq = xa and q L xa. O(size x generators) for
        each round of the rules. That these suffice is shown in docs/theory/layers.md.
        """
        return self._kernel

    @cached_property
    def _kernel(self) -> Submonoid:
        grown = _Growing(self.table, self.identity)
        grown.add(self.table.highest_first(self.idempotents))
        in_r = self.r[self.right] == self.r[:, None]
        in_l = self.l[self.left] == self.l[:, None]
        while True:
            known = np.flatnonzero(grown.inside[self.elements])
            found = np.zeros(self.size, np.bool_)
            for edges, sides, stays in (
                (self.right, self.left, in_r),
                (self.left, self.right, in_l),
            ):
                reached = np.zeros(edges.shape, np.bool_)
                np.put_along_axis(reached, sides[known], True, axis=0)
                found |= (np.take_along_axis(reached, edges, axis=0) & stays).any(axis=1)
            self.table.work += 4 * self.right.size
            new = self.elements[found]
            new = new[~grown.inside[new]]
            if not len(new):
                return grown.submonoid()
            grown.add(self.table.highest_first(new))

    def local(self, e: int, generators: NDArray[Any]) -> Submonoid:
        """Return eSe, S the submonoid of some generators; e is an idempotent of S."""
        inside = self.table.generated(self.identity, generators).elements
        found = np.unique(self.table.times(self.table.before(e, inside), e))
        return self.table.generated(e, self.table.highest_first(found))


def _components(successors: Ints) -> Ints:
    if successors.size <= _PLAIN_EDGES:
        return strong_components(successors)
    from negeig.automata.monoids import _green_compiled

    return _green_compiled.strong_components(successors)
