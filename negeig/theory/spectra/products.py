"""Products of generalised Householder factors through the Gram matrix of their keys.

A product A of m factors I - beta k k^T fixes what is orthogonal to the keys and maps their span to
itself: A K = K R, with the keys as columns of K and R of size m x m. By Sylvester's determinant
identity det(x - A) = (x - 1)^(n - m) det(x - R), so the spectrum of a 128 x 128 product of four
factors is that of a 4 x 4 matrix, and so is whether the product lengthens a vector.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from negeig.theory.exact.linear_algebra import (
    ONE,
    add,
    characteristic_polynomial,
    dot,
    identity,
    is_positive_semidefinite,
    multiply,
    transpose,
)
from negeig.theory.exact.numbers import Matrix, Number, simplified
from negeig.theory.spectra.counts import Spectrum, spectrum


def product_block(gram: Matrix, betas: Sequence[Number]) -> Matrix:
    """Return R with A K = K R for the product A of factors I - beta_i k_i k_i^T, the first first.

    Parameters
    ----------
    gram : Matrix, m x m
        Inner products k_i . k_j of the keys, which may be dependent.
    betas : m numbers

    Notes
    -----
    Exact; O(m^3). Each factor changes one row: R_i <- R_i - beta_i (gram_i R).

    Examples
    --------
    >>> from fractions import Fraction
    >>> two, one = Fraction(2), Fraction(1)
    >>> block = product_block(((two, one), (one, two)), (one, one))  # two swaps, 120 degrees apart
    >>> [[str(x) for x in row] for row in block]
    [['-1', '-1'], ['1', '0']]
    """
    rows = list(identity(len(betas)))
    for i, beta in enumerate(betas):
        image = [dot(gram[i], column) for column in transpose(tuple(rows))]
        rows[i] = tuple(simplified(x - beta * y) for x, y in zip(rows[i], image, strict=True))
    return tuple(rows)


def product_spectrum(gram: Matrix, betas: Sequence[Number], dim: int) -> Spectrum:
    """Count the eigenvalues of a product of factors by sign; see :func:`product_block`.

    Parameters
    ----------
    gram, betas
        Inner products of the keys and the coefficients, the first factor first.
    dim : int
        Dimension of the keys.

    Examples
    --------
    >>> from fractions import Fraction
    >>> two, one = Fraction(2), Fraction(1)
    >>> product_spectrum(((two, one), (one, two)), (one, one), 3).nonreal
    2
    """
    block = product_block(gram, betas)
    found = spectrum(block)
    ones = _multiplicity_of_one(characteristic_polynomial(block))
    after = ones + dim - len(betas)
    positive, negative, nonreal = found.distinct
    return replace(
        found,
        positive=found.positive + dim - len(betas),
        distinct=(positive - (ones > 0) + (after > 0), negative, nonreal),
    )


def never_lengthens(gram: Matrix, betas: Sequence[Number]) -> bool:
    """Say whether the product has Euclidean norm at most 1, exactly.

    For v = K c the loss |v|^2 - |A v|^2 is c^T (G - R^T G R) c, G the Gram matrix.

    Examples
    --------
    >>> from fractions import Fraction
    >>> one = Fraction(1)
    >>> never_lengthens(((one,),), (2 * one,)), never_lengthens(((one,),), (3 * one,))
    (True, False)
    """
    block = product_block(gram, betas)
    after = multiply(transpose(block), multiply(gram, block))
    return is_positive_semidefinite(add(gram, after, -ONE))


def _multiplicity_of_one(polynomial: Sequence[Number]) -> int:
    """Divide by x - 1 as often as it goes."""
    count = 0
    while True:
        sums = list(accumulate(reversed(polynomial), lambda a, b: simplified(a + b)))
        if sums[-1] != 0:
            return count
        polynomial = sums[-2::-1]
        count += 1
