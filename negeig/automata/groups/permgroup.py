"""A finite permutation group given by the list of all its elements.

The maximal subgroups of an enumerated monoid are listed already, so membership, closures and
derived series are array operations, also where the action is regular and has thousands of points.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.automata.machines.components import strong_components

Mask = NDArray[np.bool_]
Indices = NDArray[np.int64]

MAX_PRODUCTS = 4_000_000
"""Most products of a group that are kept."""


class ListedGroup:
    """All elements of a permutation group; elements are meant by their row number.

    Parameters
    ----------
    rows : array of int, shape (order, degree)
        Distinct permutations of 0, ..., degree-1, closed under composition. Products are read
        left to right, as in a monoid of maps: x*y is first x, then y.

    Notes
    -----
    A product is looked up by a hash of the images of some base points, checked to be injective on
    the group, so a lookup is exact.

    Examples
    --------
    >>> group = ListedGroup(np.array([[0, 1, 2], [1, 2, 0], [2, 0, 1]]))
    >>> group.times(1).tolist(), group.is_abelian
    ([1, 2, 0], True)
    """

    def __init__(self, rows: NDArray[Any]) -> None:
        self.rows = rows
        self.order, self.degree = rows.shape
        self.identity = int(np.flatnonzero((rows == np.arange(self.degree)).all(axis=1))[0])
        self._base = _base(rows)
        self._times: dict[int, Indices] = {}
        rng = np.random.default_rng(0)
        while True:
            self._multipliers = rng.integers(1, 2**63, size=len(self._base), dtype=np.uint64)
            keys = self._hash(rows[:, self._base])
            self._sorting = np.argsort(keys)
            self._keys = keys[self._sorting]
            if (self._keys[1:] != self._keys[:-1]).all():
                break

    def _hash(self, images: NDArray[Any]) -> NDArray[np.uint64]:
        keys: NDArray[np.uint64] = (images.astype(np.uint64) * self._multipliers).sum(axis=1)
        return keys

    def _find(self, images: NDArray[Any]) -> Indices:
        """Elements with these images of the base points, one element a row."""
        return self._sorting[np.searchsorted(self._keys, self._hash(images))]

    def times(self, g: int) -> Indices:
        """Return x*g for every element x."""
        found = self._times.get(g)
        if found is None:
            found = self._find(self.rows[g][self.rows[:, self._base]])
            found.flags.writeable = False
            if self.order * (len(self._times) + 1) <= MAX_PRODUCTS:
                self._times[g] = found
        return found

    def product(self, *elements: int) -> int:
        """Product of some elements, the first one acting first."""
        images = np.array(self._base, dtype=np.int64)  # empty for the trivial group
        for g in elements:
            images = self.rows[g][images]
        return int(self._find(images[None])[0])

    def inverse(self, g: int) -> int:
        """Inverse of an element."""
        return int(self._find(np.argsort(self.rows[g])[self._base][None])[0])

    def conjugates(self, g: int) -> Indices:
        """Return g^-1 x g for every element x."""
        undo = np.argsort(self.rows[g])[self._base]
        return self._find(self.rows[g][self.rows[:, undo]])

    def commutator(self, x: int, y: int) -> int:
        """x^-1 y^-1 x y."""
        return self.product(self.inverse(x), self.inverse(y), x, y)

    @cached_property
    def orders(self) -> Indices:
        """Order of every element."""
        if self.rows.size <= 20_000:
            return _orders(self.rows)
        from negeig.automata.machines._periods_compiled import indices_periods

        return indices_periods(self.rows)[1].astype(np.int64)

    def closure(self, generators: Iterable[int]) -> Mask:
        """Return the subgroup some elements generate, as a mask over the elements."""
        moves = [(self.times(g), int(self.orders[g])) for g in generators]
        inside = np.zeros(self.order, bool)
        inside[self.identity] = True
        size = 0
        while size < inside.sum():
            size = inside.sum()
            for move, order in moves:
                step = move
                for _ in range((order - 1).bit_length()):  # after k doublings: 2^k powers
                    inside[step] |= inside
                    step = step[step]
        return inside

    def generators(self, inside: Mask | None = None) -> list[int]:
        """Return a short generating set of a subgroup: at most log2 of its order, deterministic."""
        inside = np.ones(self.order, bool) if inside is None else inside
        chosen: list[int] = []
        reached = np.zeros(self.order, bool)
        reached[self.identity] = True
        while (missing := np.flatnonzero(inside & ~reached)).size:
            chosen.append(int(missing[np.argmax(self.orders[missing])]))
            reached = self.closure(chosen)
        return chosen

    def normal_closure(self, elements: Iterable[int], within: list[int]) -> Mask:
        """Return the least subgroup with the elements that the generators ``within`` normalise."""
        chosen: list[int] = []
        inside = self.closure([])
        queue = list(elements)
        while queue:
            x = queue.pop()
            if not inside[x]:
                chosen.append(x)
                inside = self.closure(chosen)
                queue += [self.product(self.inverse(g), x, g) for g in within]
        return inside

    def derived(self, generators: list[int]) -> Mask:
        """Commutator subgroup of the subgroup that some elements generate."""
        pairs = [(x, y) for i, x in enumerate(generators) for y in generators[:i]]
        return self.normal_closure([self.commutator(x, y) for x, y in pairs], generators)

    @cached_property
    def own_generators(self) -> list[int]:
        """A short generating set of the whole group."""
        return self.generators()

    @cached_property
    def is_abelian(self) -> bool:
        """Whether all products commute."""
        gens = self.own_generators
        return all(self.product(x, y) == self.product(y, x) for x in gens for y in gens)

    @cached_property
    def is_solvable(self) -> bool:
        """Whether the derived series ends in the trivial group."""
        gens, order = self.own_generators, self.order
        while order > 1:
            inside = self.derived(gens)
            if int(inside.sum()) == order:
                return False
            gens, order = self.generators(inside), int(inside.sum())
        return True

    def centraliser(self, elements: Iterable[int]) -> Mask:
        """Return the elements that commute with all the given ones."""
        inside = np.ones(self.order, bool)
        for g in elements:
            inside &= self.times(g) == self._find(self.rows[:, self.rows[g][self._base]])
        return inside

    @cached_property
    def class_representatives(self) -> Indices:
        """One element of every conjugacy class."""
        moves = np.stack([self.conjugates(g) for g in self.own_generators], axis=1)
        _, first = np.unique(strong_components(moves.astype(np.int32)), return_index=True)
        return first

    def subgroup(self, inside: Mask) -> ListedGroup:
        """Return a subgroup as a group of its own, on the same points."""
        return ListedGroup(self.rows[inside])

    def order_statistics(self) -> dict[int, int]:
        """How many elements have each order."""
        orders, counts = np.unique(self.orders, return_counts=True)
        return dict(zip(orders.tolist(), counts.tolist(), strict=True))


def abelian_invariants(statistics: dict[int, int]) -> list[int]:
    """Invariant factors, each dividing the next, of the abelian group with these element orders.

    An abelian p-group with cyclic factors p^(l_1), p^(l_2), ... has p^(sum of min(l_i, k))
    elements of order dividing p^k, so the order statistics decide the group.

    Examples
    --------
    >>> abelian_invariants({1: 1, 2: 3, 4: 4})
    [2, 4]
    """
    order = sum(statistics.values())
    factors: list[int] = []  # largest first
    for p in primes(order):
        counts, k = [1], 0  # elements of order dividing p^k
        while p ** (k + 1) <= order:
            k += 1
            counts.append(sum(n for m, n in statistics.items() if p**k % m == 0))
        ranks = [_exponent(b // a, p) for a, b in pairwise(counts)]
        for i in range(ranks[0]):
            if i == len(factors):
                factors.append(1)
            factors[i] *= p ** sum(rank > i for rank in ranks)
    return factors[::-1]


def _orders(rows: NDArray[Any]) -> Indices:
    """Return the order of every permutation: all their powers at once, until each is the identity.

    O(rows x points) for each power, of which there are as many as the largest order.
    """
    identity = np.arange(rows.shape[1])
    orders = np.zeros(len(rows), np.int64)
    left = np.arange(len(rows))
    power = rows.astype(np.int64)
    exponent = 1
    while len(left):
        done = (power == identity).all(axis=1)
        orders[left[done]] = exponent
        left, power = left[~done], power[~done]
        power = np.take_along_axis(rows[left], power, axis=1)
        exponent += 1
    return orders


def _base(rows: NDArray[Any]) -> list[int]:
    """Points whose images tell all the permutations apart, found greedily."""
    labels = np.zeros(len(rows), np.int64)
    classes, base = 1, []
    for point in range(rows.shape[1]):
        if classes == len(rows):
            break
        refined, inverse = np.unique(labels * rows.shape[1] + rows[:, point], return_inverse=True)
        if len(refined) > classes:
            labels, classes = inverse, len(refined)
            base.append(point)
    return base


def primes(n: int) -> list[int]:
    """Prime divisors, in increasing order."""
    found, p = [], 2
    while n > 1:
        if p * p > n:
            p = n
        if n % p == 0:
            found.append(p)
        while n % p == 0:
            n //= p
        p += 1
    return found


def _exponent(power: int, p: int) -> int:
    """Return k where power = p^k."""
    k = 0
    while power > 1:
        power //= p
        k += 1
    return k
