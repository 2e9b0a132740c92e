"""Lifts: orthogonal matrices for the letters of a group, a few dimensions at a time.

One layer whose letters permute the states represents a group that has the machine's group as a
quotient (docs/theory/lower-bounds.md), and that representation is a sum of small ones. A *lift* is
one of those: any tuple of matrices, one a letter, that generates a finite group. A single lift need
not know the machine; what several determine together is the business of
:mod:`~negeig.theory.constructions.pieces.lift_search`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from negeig.theory.exact.fields import field_of, polygon
from negeig.theory.exact.linear_algebra import (
    ONE,
    add,
    identity,
    inverse,
    multiply,
    rank,
    transpose,
)
from negeig.theory.exact.numbers import Matrix, NumberField, Vector
from negeig.theory.factors.factorisation import unit

Images = NDArray[np.int16]
"""Images of points under permutations, the points along the last axis."""


@dataclass(frozen=True, eq=False)
class Lifts:
    """Lifts that permute the same vectors.

    Attributes
    ----------
    points : tuple of Vector
        Vectors that span the space, in which the matrices are orthogonal.
    images : array, shape (lifts, letters, points)
        Letter a of lift i takes ``points[p]`` to ``points[images[i, a, p]]``.
    costs : array of int, shape (lifts, letters)
        rank(I - M) for the matrix M of each letter: its reflections.
    """

    points: tuple[Vector, ...]
    images: Images
    costs: NDArray[np.int64]

    @property
    def dim(self) -> int:
        """Dimension of the space."""
        return len(self.points[0])

    @cached_property
    def field(self) -> NumberField | None:
        """The number field of the coordinates, None where all are rational."""
        return field_of([x for point in self.points for x in point])

    @cached_property
    def basis(self) -> list[int]:
        """Points that are a basis, the first ones that are."""
        chosen: list[int] = []
        for p in range(len(self.points)):
            if rank(tuple(self.points[q] for q in [*chosen, p])) > len(chosen):
                chosen.append(p)
        return chosen

    @cached_property
    def _from_basis(self) -> Matrix:
        return inverse(tuple(self.points[p] for p in self.basis))

    def matrix(self, images: Sequence[int]) -> Matrix:
        """Return the matrix that takes each point to its image. Exact; O(dim^4).

        Examples
        --------
        >>> from negeig.theory.constructions.pieces.lifts import signed_lifts
        >>> turn = signed_lifts(2, 1).matrix([1, 2, 3, 0])  # of e_1, e_2, -e_1, -e_2
        >>> [[str(x) for x in row] for row in turn]
        [['0', '-1'], ['1', '0']]
        """
        after = tuple(self.points[images[p]] for p in self.basis)
        return transpose(multiply(self._from_basis, after))

    @cached_property
    def _known(self) -> dict[tuple[int, ...], int]:
        return {}

    def cost(self, images: tuple[int, ...]) -> int:
        """Return rank(I - M) for the matrix that takes each point to its image. Exact.

        Examples
        --------
        >>> signed_lifts(2, 1).cost((1, 2, 3, 0))
        2
        """
        if images not in self._known:
            moved = add(identity(self.dim), self.matrix(images), -ONE)
            self._known[images] = rank(moved)
        return self._known[images]

    def among(self, letters: Sequence[int], count: int) -> Lifts:
        """Return the lifts of ``count`` letters in which all but the given ones do nothing."""
        size, _, width = self.images.shape
        images = np.tile(np.arange(width, dtype=np.int16), (size, count, 1))
        costs = np.zeros((size, count), np.int64)
        images[:, letters], costs[:, letters] = self.images, self.costs
        return Lifts(self.points, images, costs)


@cache
def signed_lifts(n: int, letters: int) -> Lifts:
    """Return the tuples of signed permutations of n coordinates, up to renaming and signs.

    Only those that connect all coordinates. The points are e_1, ..., e_n, -e_1, ..., -e_n.
    O((2^n n!)^letters) at most.

    Examples
    --------
    >>> [len(signed_lifts(n, 2).images) for n in (1, 2, 3)]
    [3, 18, 80]
    """
    group = signed_permutations(n)
    points = [unit(n, i) for i in range(n)]
    points += [tuple(-x for x in point) for point in points]
    chosen = np.array(list(conjugacy_tuples(group, group, letters)), dtype=np.int64)
    images = group[chosen.reshape(-1, letters)]
    one_by_one = np.array([_flipped(row, n) for row in group.tolist()], dtype=np.int64)
    costs = one_by_one[chosen.reshape(-1, letters)]
    kept = _connect(images % n, n) & costs.any(axis=1)
    return Lifts(tuple(points), images[kept], costs[kept])


@cache
def signed_permutations(n: int) -> Images:
    """Return all signed permutations of n coordinates, as permutations of e_i and -e_i.

    Examples
    --------
    >>> signed_permutations(1).tolist(), len(signed_permutations(4))
    ([[0, 1], [1, 0]], 384)
    """
    rows = [
        [(i + n * s) for i, s in zip(order, signs, strict=True)]
        for order in itertools.permutations(range(n))
        for signs in itertools.product((0, 1), repeat=n)
    ]
    half = np.array(rows, dtype=np.int16)
    return np.concatenate([half, (half + n) % (2 * n)], axis=1)


def _flipped(images: Sequence[int], n: int) -> int:
    """Return n minus the number of cycles of coordinates that keep their sign."""
    kept, seen = 0, set()
    for start in range(n):
        point = start
        while point % n not in seen:
            seen.add(point % n)
            point = images[point]
            kept += point == start
    return n - kept


def _connect(moves: Images, n: int) -> NDArray[np.bool_]:
    """Return which lifts connect all coordinates; ``moves`` has shape (lifts, letters, >= n)."""
    reached = np.zeros((len(moves), n), bool)
    reached[:, 0] = True
    for _ in range(n):
        for a in range(moves.shape[1]):
            move = moves[:, a, :n].astype(np.int64)
            onward = np.zeros_like(reached)
            np.put_along_axis(onward, move, reached, axis=1)
            reached |= onward
    return np.asarray(reached.all(axis=1))


@cache
def plane_lifts(m: int, letters: int) -> Lifts:
    """Return the tuples of symmetries of a regular m-gon, m >= 3, up to symmetry.

    Two tuples count as one where renaming the corners j as u j + v, u a unit modulo m, takes one
    to the other: costs, and which words do nothing, are the same then. O((2m)^letters) products.

    Examples
    --------
    >>> plane_lifts(3, 1).costs.tolist()
    [[2], [1]]
    """
    corner = np.arange(m)
    turns = [(s * corner + k) % m for s in (1, -1) for k in range(m)]
    renamings = [(u * corner + v) % m for u in range(1, m) if math.gcd(u, m) == 1 for v in range(m)]
    group, wide = (np.array(rows, dtype=np.int16) for rows in (turns, renamings))
    chosen = np.array(list(conjugacy_tuples(group, wide, letters)), dtype=np.int64)
    images = group[chosen.reshape(-1, letters)]
    mirrored = (images[:, :, 1] - images[:, :, 0]) % m != 1
    turned = images[:, :, 0] != 0
    costs = np.where(mirrored, 1, np.where(turned, 2, 0)).astype(np.int64)
    moving = costs.any(axis=1)
    return Lifts(polygon(m), images[moving], costs[moving])


def conjugacy_tuples(group: Images, renamings: Images, length: int) -> Iterator[tuple[int, ...]]:
    """Yield tuples of a group's elements, by number, one for each up to renaming the points.

    Parameters
    ----------
    group : array, shape (order, points)
        All elements of a permutation group.
    renamings : array, shape (count, points)
        All elements of a permutation group that normalises it.

    Examples
    --------
    >>> s3 = np.array(list(itertools.permutations(range(3))), dtype=np.int16)
    >>> [len(list(conjugacy_tuples(s3, s3, length))) for length in (1, 2)]
    [3, 11]
    """
    weights = group.shape[1] ** np.arange(min(group.shape[1], 12), dtype=np.int64)
    keys = group[:, : len(weights)].astype(np.int64) @ weights
    order = np.argsort(keys)

    def renamed(c: Images) -> NDArray[np.int64]:
        """Return the number of c^-1 x c, which takes c[p] to c[x[p]], for every element x."""
        back = np.argsort(c)[: len(weights)]
        found: NDArray[np.int64] = order[
            np.searchsorted(keys[order], c[group[:, back]].astype(np.int64) @ weights)
        ]
        return found

    tables = [renamed(c) for c in renamings]

    def extend(prefix: tuple[int, ...], keeping: list[int]) -> Iterator[tuple[int, ...]]:
        if len(prefix) == length:
            yield prefix
            return
        least = np.arange(len(group))
        for c in keeping:
            np.minimum(least, tables[c], out=least)
        for x in np.flatnonzero(least == np.arange(len(group))).tolist():
            yield from extend((*prefix, x), [c for c in keeping if tables[c][x] == x])

    yield from extend((), list(range(len(renamings))))
