"""The spectrum of an exact matrix: how many eigenvalues are positive, zero, negative, not real.

Nothing is read off floating eigenvalues. The characteristic polynomial is computed exactly, split
into squarefree parts, and the real roots of each part are counted twice, by routes that share
nothing (:mod:`~negeig.theory.spectra.real_roots` for rational entries,
:mod:`~negeig.theory.spectra.field_roots` for entries in a number field). Counts that differ are an
internal error, never an answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from flint import fmpz_mat, fmpz_poly

from negeig.claims import InputError, LimitReached, NegeigError
from negeig.theory.exact.linear_algebra import characteristic_polynomial
from negeig.theory.exact.numbers import FieldElement, Matrix, simplified
from negeig.theory.spectra.field_roots import (
    Polynomial,
    ball_counts,
    sign,
    squarefree_parts,
    sturm_counts,
)
from negeig.theory.spectra.real_roots import isolate, isolated_counts

MAX_DIMENSION = 200
"""Largest matrix with rational entries."""

MAX_FIELD_DIMENSION = 24
"""Largest matrix with entries in a number field."""

SpectrumClass = Literal["nonnegative", "real", "non-real"]


@dataclass(frozen=True, kw_only=True)
class Spectrum:
    """Eigenvalues of a real square matrix, counted with multiplicity.

    Attributes
    ----------
    zero, positive, negative : int
        Real eigenvalues by their sign.
    nonreal : int
        Eigenvalues that are not real; even, as they come in conjugate pairs.
    distinct : tuple of int
        How many different ones there are: positive, negative, not real.

    Examples
    --------
    >>> rotation = ((Fraction(0), Fraction(-1)), (Fraction(1), Fraction(0)))
    >>> found = spectrum(rotation)
    >>> found.nonreal, found.is_real, found.class_
    (2, False, 'non-real')
    """

    zero: int
    positive: int
    negative: int
    nonreal: int
    distinct: tuple[int, int, int]

    @property
    def dim(self) -> int:
        """Dimension of the matrix: all eigenvalues together."""
        return self.zero + self.positive + self.negative + self.nonreal

    @property
    def is_real(self) -> bool:
        """Whether all eigenvalues are real."""
        return self.nonreal == 0

    @property
    def is_nonnegative(self) -> bool:
        """Whether all eigenvalues are real and at least 0."""
        return self.nonreal == 0 and self.negative == 0

    @property
    def class_(self) -> SpectrumClass:
        """``nonnegative``, ``real`` (some negative, none other than real) or ``non-real``."""
        if self.nonreal:
            return "non-real"
        return "real" if self.negative else "nonnegative"


def spectrum(matrix: Matrix) -> Spectrum:
    """Count the eigenvalues of a square matrix by sign, exactly.

    Parameters
    ----------
    matrix : tuple of rows of Number
        Rationals, or elements of one number field.

    Raises
    ------
    InputError
        When the matrix is not square.
    LimitReached
        For more than 200 rows, or 24 with entries in a number field.

    Notes
    -----
    Up to 2x2 by trace and determinant. Beyond, for rational entries, flint's characteristic
    polynomial of the matrix scaled to integers: 32x32 with bf16 entries of similar size take
    4 to 30 ms. Over a
    number field O(n^4) operations in the field.

    Examples
    --------
    >>> one = Fraction(1)
    >>> found = spectrum(((one, one, 0 * one), (0 * one, one, 0 * one), (one, one, -one)))
    >>> found.positive, found.negative, found.distinct
    (2, 1, (1, 1, 0))
    """
    dim = len(matrix)
    if any(len(row) != dim for row in matrix):
        raise InputError("matrix", f"{dim} rows of lengths {sorted(set(map(len, matrix)))}")
    matrix = tuple(tuple(simplified(x) for x in row) for row in matrix)
    if dim <= 2:
        return _small(matrix)
    in_field = any(isinstance(x, FieldElement) for row in matrix for x in row)
    limit = MAX_FIELD_DIMENSION if in_field else MAX_DIMENSION
    if dim > limit:
        where = " over a number field" if in_field else ""
        raise LimitReached(f"rows of a matrix{where} for its spectrum", limit, reached=dim)
    return (
        _of_field(characteristic_polynomial(matrix))
        if in_field
        else polynomial_spectrum(integer_characteristic(matrix)[0])
    )


def integer_characteristic(matrix: Matrix) -> tuple[fmpz_poly, int]:
    """Return the characteristic polynomial of D A, in integers, and D, the common denominator.

    Its roots are D times the eigenvalues of A, D > 0.
    """
    entries = [x for row in matrix for x in row if isinstance(x, Fraction)]
    scale = math.lcm(*(x.denominator for x in entries))
    integers = [x.numerator * (scale // x.denominator) for x in entries]
    return fmpz_mat(len(matrix), len(matrix), integers).charpoly(), scale


def rational_parts(polynomial: fmpz_poly) -> tuple[int, list[tuple[fmpz_poly, int]]]:
    """Return k and the squarefree parts with their exponents: x^k times them is the polynomial."""
    coefficients = polynomial.coeffs()
    zero = next(i for i, c in enumerate(coefficients) if c != 0)
    _, factors = fmpz_poly(coefficients[zero:]).factor_squarefree()
    return zero, [(f, int(e)) for f, e in factors if f.degree() > 0]


def polynomial_spectrum(polynomial: fmpz_poly) -> Spectrum:
    """Count the roots of an integer polynomial, not 0, by sign; as :func:`spectrum` does.

    Examples
    --------
    >>> polynomial_spectrum(fmpz_poly([0, 1, 0, 1])).nonreal  # x^3 + x
    2
    """
    zero, parts = rational_parts(polynomial)
    counts = []
    for part, exponent in parts:
        intervals = isolate(part)
        positive = sum(high > 0 for _, high in intervals)
        exact = positive, len(intervals) - positive
        counts.append((part.degree(), exponent, _agreed(exact, isolated_counts(part))))
    return _collected(zero, counts)


def _of_field(polynomial: Polynomial) -> Spectrum:
    zero = next(i for i, c in enumerate(polynomial) if c != 0)
    counts = []
    for part, exponent in squarefree_parts(polynomial[zero:]):
        agreed = _agreed(sturm_counts(part), ball_counts(part))
        counts.append((len(part) - 1, exponent, agreed))
    return _collected(zero, counts)


def _agreed(first: tuple[int, int], second: tuple[int, int]) -> tuple[int, int]:
    if first != second:
        raise NegeigError(
            f"internal error: two counts of real roots differ, {first} and {second} "
            "(positive, negative)"
        )
    return first


def _collected(zero: int, counts: Iterable[tuple[int, int, tuple[int, int]]]) -> Spectrum:
    """Add up squarefree parts: degree, exponent, and (positive, negative) roots of each."""
    totals, distinct = [0, 0, 0], [0, 0, 0]
    for degree, exponent, (positive, negative) in counts:
        for i, n in enumerate((positive, negative, degree - positive - negative)):
            totals[i] += exponent * n
            distinct[i] += n
    return Spectrum(
        zero=zero,
        positive=totals[0],
        negative=totals[1],
        nonreal=totals[2],
        distinct=(distinct[0], distinct[1], distinct[2]),
    )


def _small(matrix: Matrix) -> Spectrum:
    """Count by signs of trace, determinant and discriminant; the matrix is at most 2x2."""
    if len(matrix) < 2:
        signs = [sign(row[0]) for row in matrix]
        return _of_signs(signs, set(signs))
    (a, b), (c, d) = matrix
    trace, determinant = sign(a + d), sign(a * d - b * c)
    gap = sign((a - d) * (a - d) + 4 * b * c)
    if gap < 0:
        return Spectrum(zero=0, positive=0, negative=0, nonreal=2, distinct=(0, 0, 2))
    if determinant < 0:
        signs = [1, -1]
    elif determinant == 0:
        signs = [trace, 0]
    else:
        signs = [trace, trace]
    return _of_signs(signs, signs if gap else set(signs))


def _of_signs(signs: Iterable[int], distinct: Iterable[int]) -> Spectrum:
    signs, distinct = list(signs), list(distinct)
    return Spectrum(
        zero=signs.count(0),
        positive=signs.count(1),
        negative=signs.count(-1),
        nonreal=0,
        distinct=(distinct.count(1), distinct.count(-1), 0),
    )
