"""Norms in which errors are measured, bounded from above in rationals.

An error that letters do not lengthen adds up; one that they lengthen grows like a power. So the
norm is chosen in which no letter expands, where there is one: the Euclidean norm for reflections
and contractions, the Euclidean norm in other coordinates for matrices of a finite group, the
largest coordinate where rows of matrices add up to at most 1. A matrix may be known by enclosures
of its entries only. Every result is an upper bound; nothing is rounded down.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, isqrt
from typing import Protocol, TypeAlias

import numpy as np

from negeig.arrays import Float64s
from negeig.claims import InputError
from negeig.theory.exact.linear_algebra import (
    add,
    identity,
    inverse,
    is_positive_semidefinite,
    matvec,
    multiply,
    transpose,
)
from negeig.theory.exact.numbers import Interval, Matrix, Vector

Enclosed: TypeAlias = Sequence[Sequence[Interval]]
"""Rows of a matrix, an interval around each entry."""

BITS = 64
"""Significant bits that upper bounds are rounded up to."""

MAX_EXACT = 24
"""Largest dimension in which the Euclidean norm of a matrix is verified; above, it is estimated."""

MAX_CONDITION = 1e8
"""Largest condition number of a form, so that float64 tells its lengths apart well enough."""

CHART_BITS = 40
"""Bits after the point of the coordinates in which a Euclidean norm is taken."""


def above(x: Fraction) -> Fraction:
    """Round a number that is not negative up to ``BITS`` significant bits.

    Examples
    --------
    >>> above(Fraction(3, 4)), float(above(Fraction(1, 3))) >= 1 / 3
    (Fraction(3, 4), True)
    """
    shift = BITS - (x.numerator.bit_length() - x.denominator.bit_length())
    if shift >= 0:
        return Fraction(-(-(x.numerator << shift) // x.denominator), 1 << shift)
    return Fraction(-(-x.numerator // (x.denominator << -shift)) << -shift)


def root_above(x: Fraction) -> Fraction:
    """Return an upper bound of a square root, exact where that is a short dyadic number.

    Examples
    --------
    >>> root_above(Fraction(9, 4)), root_above(Fraction(2)) ** 2 >= 2
    (Fraction(3, 2), True)
    """
    if x == 0:
        return x
    shift = BITS - (x.numerator.bit_length() - x.denominator.bit_length()) // 2
    scaled = ceil(x * Fraction(4) ** shift)
    root = isqrt(scaled)
    return (root + (root * root < scaled)) * Fraction(2) ** -shift


class Norm(Protocol):
    """A norm of vectors, the norm of matrices that it induces, and how it bounds coordinates."""

    @property
    def name(self) -> str:
        """What it is called."""

    def of_vector(self, sizes: Sequence[Fraction]) -> Fraction:
        """Return the largest norm of a vector whose coordinates are at most so large."""

    def of_matrix(self, matrix: Enclosed) -> Fraction:
        """Return an upper bound of how much a matrix lengthens vectors."""

    def sizes(self, norm: Fraction) -> Sequence[Fraction]:
        """Return how large each coordinate of a vector of such a norm may be."""

    def along(self, normal: Sequence[Fraction]) -> Fraction:
        """Return how large the product of a vector of norm 1 with this one may be."""

    def along_all(self, normals: Float64s) -> Float64s:
        """Return the same of every row, rounded in float64."""


@dataclass(frozen=True)
class Euclidean:
    """``|v| = sqrt(v.v)``."""

    dim: int
    name: str = "the Euclidean norm"

    def of_vector(self, sizes: Sequence[Fraction]) -> Fraction:
        """Return the root of the sum of squares."""
        return root_above(sum((x * x for x in sizes), Fraction(0)))

    def of_matrix(self, matrix: Enclosed) -> Fraction:
        """Return a bound of the largest singular value, verified exactly in few dimensions."""
        middle, radius = _middle(matrix)
        return above(_singular(middle) + radius * self.dim)

    def sizes(self, norm: Fraction) -> Sequence[Fraction]:
        """Return the norm, for each coordinate."""
        return [norm] * self.dim

    def along(self, normal: Sequence[Fraction]) -> Fraction:
        """Return the length of the normal."""
        return root_above(sum((x * x for x in normal), Fraction(0)))

    def along_all(self, normals: Float64s) -> Float64s:
        """Return the lengths of the rows."""
        lengths: Float64s = np.sqrt((normals**2).sum(axis=1))
        return lengths


@dataclass(frozen=True)
class Largest:
    """``|v| = max |v_j|``: rows of matrices whose magnitudes add up to 1 do not expand."""

    dim: int
    name: str = "the largest coordinate"

    def of_vector(self, sizes: Sequence[Fraction]) -> Fraction:
        """Return the largest."""
        return max(sizes, default=Fraction(0))

    def of_matrix(self, matrix: Enclosed) -> Fraction:
        """Return the largest sum of a row's magnitudes."""
        rows = [sum(map(_size, row), Fraction(0)) for row in matrix]
        return max(rows, default=Fraction(0))

    def sizes(self, norm: Fraction) -> Sequence[Fraction]:
        """Return the norm, for each coordinate."""
        return [norm] * self.dim

    def along(self, normal: Sequence[Fraction]) -> Fraction:
        """Return the sum of the magnitudes."""
        return sum(map(abs, normal), Fraction(0))

    def along_all(self, normals: Float64s) -> Float64s:
        """Return the sums of the magnitudes of the rows."""
        sums: Float64s = np.abs(normals).sum(axis=1)
        return sums


class Chart:
    """``|v| = |chart v|``, Euclidean: a norm in other coordinates.

    Parameters
    ----------
    chart : Matrix
        Rational and invertible.
    """

    name = "a Euclidean norm in coordinates in which letters do not expand"

    def __init__(self, chart: Matrix) -> None:
        self._chart = _rational(chart)
        self._back = _rational(inverse(chart))
        self._there = Euclidean(len(chart))
        self._sizes = [self._there.along(row) for row in self._back]

    def of_vector(self, sizes: Sequence[Fraction]) -> Fraction:
        """Bound each new coordinate by the magnitudes of its row."""
        rows = [sum((abs(a) * x for a, x in zip(row, sizes, strict=True)), Fraction(0))
                for row in self._chart]  # fmt: skip
        return self._there.of_vector(rows)

    def of_matrix(self, matrix: Enclosed) -> Fraction:
        """Bound the matrix as it is in the new coordinates."""
        middle, radius = _middle(matrix)
        moved = _rational(multiply(multiply(self._chart, middle), self._back))
        spread = self._there.dim * radius * _spread(self._chart) * _spread(self._back)
        return above(_singular(moved) + spread)

    def sizes(self, norm: Fraction) -> Sequence[Fraction]:
        """Return the lengths of the rows of the inverse, times the norm."""
        return [size * norm for size in self._sizes]

    def along(self, normal: Sequence[Fraction]) -> Fraction:
        """Return the length of the normal in the dual coordinates."""
        moved = matvec(transpose(self._back), tuple(normal))
        return self._there.along(_rational((moved,))[0])

    def along_all(self, normals: Float64s) -> Float64s:
        """Return the lengths of the rows in the dual coordinates."""
        back = np.array([[float(x) for x in row] for row in self._back])
        return self._there.along_all(normals @ back)


def invariant(matrices: Iterable[Enclosed], dim: int) -> Chart | None:
    """Return coordinates in which matrices of a finite group are as good as orthogonal, or None.

    The forms ``w^T w`` over all words w are averaged in float64, and the factor of Cholesky is
    rounded: any coordinates do, since what matrices are in them is bounded afterwards.

    Examples
    --------
    Of order 3, and no rotation:

    >>> turn = [[(Fraction(x), Fraction(x)) for x in row] for row in ((0, -1), (1, -1))]
    >>> float(Euclidean(2).of_matrix(turn)) > 1.6
    True
    >>> float(invariant([turn], 2).of_matrix(turn)) < 1 + 2**-30
    True
    """
    found = [np.array([[float(low) for low, _ in row] for row in m]) for m in matrices]
    form = np.eye(dim)
    with np.errstate(all="ignore"):
        for _ in range(200):
            form = (form + sum(m.T @ form @ m for m in found) / len(found)) / 2
            if not np.isfinite(form).all() or np.abs(form).max() > 1e6:
                return None
    if np.linalg.cond(form) > MAX_CONDITION:
        return None
    try:
        factor = np.linalg.cholesky(form).T
        rows = tuple(
            tuple(Fraction(round(x * 2**CHART_BITS), 2**CHART_BITS) for x in row)
            for row in factor.tolist()
        )
        return Chart(rows)
    except (np.linalg.LinAlgError, InputError):
        return None


def _singular(matrix: Matrix) -> Fraction:
    """Bound the largest singular value: the estimate of float64 where it is verified."""
    dim = len(matrix)
    entries = [[abs(x) for x in row] for row in _rational(matrix)]
    if not any(map(any, entries)):
        return Fraction(0)
    columns = zip(*entries, strict=True)
    most = max(sum(row, Fraction(0)) for row in entries) * max(
        sum(column, Fraction(0)) for column in columns
    )
    bound = min(sum((x * x for row in entries for x in row), Fraction(0)), most)
    if dim <= MAX_EXACT:
        square = multiply(transpose(matrix), matrix)
        size = float(np.linalg.norm(np.array([[float(x) for x in row] for row in matrix]), 2))
        guess = Fraction(ceil(size * size * (1 + 2.0**-36) * 2**60), 2**60)
        for claimed in sorted({guess, Fraction(1)}):
            scaled = tuple(tuple(claimed * x for x in row) for row in identity(dim))
            if claimed < bound and is_positive_semidefinite(add(scaled, square, Fraction(-1))):
                bound = claimed
    return root_above(bound)


def _middle(matrix: Enclosed) -> tuple[Matrix, Fraction]:
    """Return the middle of each entry, and the largest distance from it."""
    middle = tuple(tuple((low + high) / 2 for low, high in row) for row in matrix)
    radius = max(((high - low) / 2 for row in matrix for low, high in row), default=Fraction(0))
    return middle, radius


def _size(interval: Interval) -> Fraction:
    return max(abs(interval[0]), abs(interval[1]))


def _spread(matrix: Sequence[Vector]) -> Fraction:
    """Bound the Euclidean norm by the root of the sum of squares."""
    return root_above(sum((x * x for row in _rational(matrix) for x in row), Fraction(0)))


def _rational(matrix: Iterable[Vector]) -> tuple[tuple[Fraction, ...], ...]:
    """Return the same rows, all of which are rational."""
    return tuple(tuple(x for x in row if isinstance(x, Fraction)) for row in matrix)
