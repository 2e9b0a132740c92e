"""Permutation groups from generators: order, membership and subgroups, never by listing.

A group is kept as a stabiliser chain (Sims 1970): base points b_1, b_2, ..., such that only the
identity fixes them all, and for each the orbit of b_i under the group that fixes those before
it. The order is the product of the orbits' lengths. Products are read left to right.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negeig.automata.groups.permgroup import primes
from negeig.automata.groups.stabiliser_chain import (
    Permutations,
    StabiliserChain,
    cycle_lengths,
    random_elements,
)
from negeig.claims import InputError

__all__ = ["PermutationGroup"]

_MAX_DEGREE = 1 << 16
# Random elements in which a cycle that proves a giant is looked for: a giant of degree n has one
# in about one element of 1/log n.
_GIANT_TRIES = 60
# Table entries a compiled call handles before it returns, so that Ctrl-C is seen: some 50 ms.
_CHUNK = 50_000_000


class PermutationGroup:
    """The group that some permutations of {0, ..., degree-1} generate.

    Everything is computed when first asked for, and exactly: the chain is filled by sifting
    random elements (fixed seed, so runs repeat) and then either reaches an upper bound of the
    order or is verified by sifting every Schreier generator.

    Parameters
    ----------
    generators : array_like of int, shape (count, degree)
        Permutations of 0, ..., degree-1.
    base : sequence of int
        Points that must come first in the base, also where they are redundant.
    max_memory : int
        Bytes that the coset representatives may take.

    Raises
    ------
    InputError
        A row is no permutation, or the degree is above 65,536.
    LimitReached
        The chain needs more memory: (sum of orbit lengths) x degree x 2 bytes.

    Notes
    -----
    Seress, Permutation group algorithms (2003), chapters 4 and 10. The verification sifts
    (sum of orbit lengths) x (strong generators) elements at O(base x degree) each. Groups that
    contain the alternating group of a single orbit are recognised without a chain, by a cycle of
    prime length (Jordan 1873).

    Examples
    --------
    >>> rotation, swap = [*range(1, 20), 0], [1, 0, *range(2, 20)]
    >>> group = PermutationGroup([rotation, swap])
    >>> group.order == math.factorial(20), group.is_solvable
    (True, False)
    >>> swap in group.derived_subgroup
    False
    """

    def __init__(
        self, generators: ArrayLike, *, base: Sequence[int] = (), max_memory: int = 1 << 30
    ) -> None:
        rows = np.atleast_2d(np.asarray(generators))
        _check_permutations(rows)
        self.degree = rows.shape[1]
        self.max_memory = max_memory
        self._prefix = tuple(base)
        moving = rows[(rows != np.arange(self.degree)).any(axis=1)].astype(np.uint16)
        _, first = np.unique(moving, axis=0, return_index=True)
        self._given: Permutations = moving[np.sort(first)]
        self._chain: StabiliserChain | None = None

    @cached_property
    def generators(self) -> Permutations:
        """Generators; of many that were given, at most log2 of the order beyond the first few."""
        if len(self._given) > 8:
            return self._reduced()
        return self._given

    def _reduced(self) -> Permutations:
        """Return a subset that generates all: the first given one outside joins, again and again.

        The group of the last subset has the chain that this group needs.
        """
        chosen = self._given[:2]
        while True:
            part = PermutationGroup(chosen, base=self._prefix, max_memory=self.max_memory)
            part.generators = chosen
            missing = part._first_outside(self._given)
            if missing is None:
                self._chain = part._chain
                self.is_giant = part.is_giant
                return chosen
            chosen = np.vstack([chosen, self._given[missing : missing + 1]])

    def _first_outside(self, elements: Permutations) -> int | None:
        """Index of the first of some permutations that is not in the group."""
        if self.is_giant:
            outside = (elements[:, self._fixed] != self._fixed).any(axis=1)
            if self._all_even:
                outside |= np.array([_is_odd(g) for g in elements], bool)
            return int(np.argmax(outside)) if outside.any() else None
        from negeig.automata.groups._schreier_sims_compiled import first_outside

        chain = self.chain
        room = np.empty(self.degree, np.uint16)
        step = max(1, _CHUNK // (self.degree * (1 + len(chain.base))))
        for start in range(0, len(elements), step):
            stop = min(start + step, len(elements))
            found = first_outside(elements, *chain.tables, start, stop, room)
            if found < stop:
                return int(found)
        return None

    @cached_property
    def orbits(self) -> tuple[NDArray[np.int64], ...]:
        """Orbits of more than one point, each in increasing order."""
        labels = np.arange(self.degree)
        while True:
            lower = labels.copy()
            for g in self._given:
                np.minimum.at(lower, g, labels)
                np.minimum(lower, lower[g], out=lower)
            lower = lower[lower]
            if (lower == labels).all():
                break
            labels = lower
        found = (np.flatnonzero(labels == p) for p in np.unique(labels))
        return tuple(orbit for orbit in found if len(orbit) > 1)

    @property
    def is_transitive(self) -> bool:
        """Whether all points form one orbit."""
        return self.degree == 1 or any(len(orbit) == self.degree for orbit in self.orbits)

    @cached_property
    def _fixed(self) -> NDArray[np.int64]:
        moved = np.concatenate([np.empty(0, np.int64), *self.orbits])
        return np.setdiff1d(np.arange(self.degree), moved)

    @cached_property
    def _all_even(self) -> bool:
        return not any(_is_odd(g) for g in self._given)

    @cached_property
    def is_giant(self) -> bool:
        """Whether the group was found to be the alternating or symmetric group of one orbit.

        True is proved; False is proved where the orbit has fewer than 8 points, and otherwise
        only means that no evidence was found among some random elements. Jordan: a primitive
        group with a cycle of prime length p that fixes more than two points contains the
        alternating group. With 2p > n a transitive group that has one is primitive.
        """
        if len(self.orbits) != 1 or len(self._given) < 2:
            return False
        orbit = self.orbits[0]
        n = len(orbit)
        if n < 8:
            return False
        wanted = [p for p in range(n // 2 + 1, n - 2) if primes(p) == [p]]
        random = random_elements(self._given[:8])
        for _ in range(_GIANT_TRIES):
            lengths = cycle_lengths(next(random))
            # A power of an element with one such cycle is that cycle alone.
            if any(p in lengths for p in wanted):
                return True
        return False

    @property
    def chain(self) -> StabiliserChain:
        """The stabiliser chain."""
        if self._chain is None:
            generators = self.generators  # may find a chain on the way
            if self._chain is None:
                chain = StabiliserChain(generators, self.degree, self._prefix, self.max_memory)
                chain.complete(self._order_bound())
                self._chain = chain
        return self._chain

    def _order_bound(self) -> int:
        """Upper bound of the order: all permutations of each orbit, with the signs that occur."""
        bound = math.prod(math.factorial(len(orbit)) for orbit in self.orbits)
        signs: list[int] = []  # independent sign vectors over the field of 2 elements
        for g in self._given:
            vector = 0
            for orbit in self.orbits:
                vector = 2 * vector + _is_odd(np.searchsorted(orbit, g[orbit]))
            for known in signs:
                vector = min(vector, vector ^ known)
            if vector:
                signs.append(vector)
        return bound >> (len(self.orbits) - len(signs))

    @cached_property
    def order(self) -> int:
        """Number of elements, exact."""
        if self.is_giant and not self._prefix:
            return math.factorial(len(self.orbits[0])) >> self._all_even
        return self.chain.order

    @property
    def base(self) -> tuple[int, ...]:
        """Points that only the identity fixes one by one."""
        return tuple(int(b) for b in self.chain.base)

    @property
    def strong_generators(self) -> Permutations:
        """Generators that contain generators of every stabiliser in the chain."""
        return self.chain.strong

    def __contains__(self, permutation: Iterable[int]) -> bool:
        """Whether a permutation of the same points is in the group."""
        row = np.asarray(permutation)[None]
        _check_permutations(row)
        if row.shape[1] != self.degree:
            raise InputError("", f"{row.shape[1]} points, expected {self.degree}")
        return self._first_outside(row.astype(np.uint16)) is None

    def __repr__(self) -> str:
        return f"PermutationGroup({len(self._given)} generators of {self.degree} points)"

    @cached_property
    def is_abelian(self) -> bool:
        """Whether all products commute; the generators decide."""
        return all(bool((h[g] == g[h]).all()) for g, h in combinations(self.generators, 2))

    @cached_property
    def derived_subgroup(self) -> PermutationGroup:
        """The subgroup of commutators: the normal closure of those of the generators."""
        if self.is_giant:
            return _alternating(self.orbits[0], self.degree, self.max_memory)
        pairs = combinations(self.generators, 2)
        return self.normal_closure([_commutator(g, h) for g, h in pairs])

    def normal_closure(self, elements: Sequence[NDArray[Any]]) -> PermutationGroup:
        """Return the least subgroup that contains some elements and that this group normalises."""
        rows = np.array([*elements, np.arange(self.degree)], dtype=np.uint16)
        while True:
            part = PermutationGroup(rows, max_memory=self.max_memory)
            conjugates = [g[x[np.argsort(g)]] for g in self.generators for x in part.generators]
            new = np.array(conjugates, dtype=np.uint16).reshape(-1, self.degree)
            missing = part._first_outside(new)
            if missing is None:
                return part
            rows = np.vstack([part.generators, new[missing : missing + 1]])

    @cached_property
    def derived_series(self) -> tuple[PermutationGroup, ...]:
        """The group, its derived subgroup, and so on until nothing changes."""
        series = [self]
        while series[-1].order > 1:
            smaller = series[-1].derived_subgroup
            if smaller.order == series[-1].order:
                break
            series.append(smaller)
        return tuple(series)

    @cached_property
    def is_solvable(self) -> bool:
        """Whether the derived series ends in the trivial group."""
        if self.is_giant:
            return False  # of degree 8 or more
        return self.is_abelian or self.derived_series[-1].order == 1

    @property
    def is_perfect(self) -> bool:
        """Whether the group is its own derived subgroup."""
        return len(self.derived_series) == 1

    def pointwise_stabiliser(self, points: Sequence[int]) -> PermutationGroup:
        """Return the subgroup that fixes each of some points."""
        group = PermutationGroup(self.generators, base=points, max_memory=self.max_memory)
        fixing = group.chain.strong[group.chain.depth >= len(points)]
        one = np.arange(self.degree, dtype=np.uint16)
        return PermutationGroup(np.vstack([fixing, one]), max_memory=self.max_memory)

    def restricted(self, points: NDArray[np.int64]) -> PermutationGroup:
        """Return the action on a union of orbits, its points renumbered in increasing order."""
        return PermutationGroup(
            np.searchsorted(points, self.generators[:, points]).reshape(-1, len(points))
            if len(self.generators)
            else np.arange(len(points)),
            max_memory=self.max_memory,
        )

    def joined(self, elements: Permutations) -> PermutationGroup:
        """Return the group that this one and some more permutations generate."""
        missing = self._first_outside(elements)
        if missing is None:
            return self
        return PermutationGroup(
            np.vstack([self.generators, elements[missing:]]), max_memory=self.max_memory
        )

    @property
    def transversals(self) -> tuple[tuple[int, Permutations], ...]:
        """Every base point with coset representatives: the images of the base point differ."""
        return tuple(
            (point, np.argsort(self.chain.inverse_rows(level), axis=1).astype(np.uint16))
            for level, point in enumerate(self.base)
        )

    def elements(self) -> Permutations:
        """All elements, shape (order, degree): O(order x degree), for small groups."""
        rows = np.arange(self.degree, dtype=np.uint16)[None]
        for _, representatives in reversed(self.transversals):
            rows = np.concatenate([u[rows] for u in representatives])
        return rows


def _check_permutations(rows: NDArray[Any]) -> None:
    if rows.ndim != 2 or rows.dtype.kind not in "iu" or not 0 < rows.shape[1] <= _MAX_DEGREE:
        raise InputError(
            "", f"expected rows of 1 to {_MAX_DEGREE:,} integers, found {rows.dtype} {rows.shape}"
        )
    wrong = np.flatnonzero((np.sort(rows, axis=1) != np.arange(rows.shape[1])).any(axis=1))
    if len(wrong):
        raise InputError(
            "", [f"row {i} is no permutation of 0 to {rows.shape[1] - 1}" for i in wrong[:10]]
        )


def _alternating(points: NDArray[np.int64], degree: int, max_memory: int) -> PermutationGroup:
    """Return the alternating group of some points: a 3-cycle and a cycle of odd length."""
    triple, cycle = np.arange(degree), np.arange(degree)
    triple[points[:3]] = np.roll(points[:3], -1)
    odd = points[len(points) % 2 == 0 :]
    cycle[odd] = np.roll(odd, -1)
    return PermutationGroup([triple, cycle], max_memory=max_memory)


def _commutator(g: Permutations, h: Permutations) -> NDArray[Any]:
    """g^-1 h^-1 g h."""
    product: NDArray[Any] = h[g[np.argsort(h)[np.argsort(g)]]]
    return product


def _is_odd(g: NDArray[Any]) -> bool:
    """Whether a permutation is odd."""
    return (len(g) - len(cycle_lengths(g))) % 2 == 1
