"""What the decoder needs to know about a layer's codes, computed once.

The decoder wants the code nearest to a float32 state, the first of equals. Looking at every code
is always right; the arrays here let it stop earlier without changing the answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from negeig.arrays import Float64s, Ints
from negeig.theory.exact.numbers import Number, Vector

# Largest number of codes whose pairwise distances are computed.
_MAX_PAIRWISE = 2048


def values(codes: Sequence[Vector], dim: int) -> Float64s:
    """Codes rounded to float64, shape (codes, dim); an entry beyond float64 becomes infinite."""

    def rounded(entry: Number) -> float:
        try:
            return float(entry)
        except OverflowError:
            return math.inf

    rows = [[rounded(entry) for entry in code] for code in codes]
    return np.array(rows, np.float64).reshape(-1, dim)


def exact(codes: Float64s) -> bool:
    """Whether a float32 state can equal every code."""
    return bool((codes == codes.astype(np.float32)).all())


def half_norms(codes: Sequence[Vector], rounded: Float64s) -> Float64s:
    """Return ``|code|^2 / 2`` of each code, rounded once to float64.

    So codes of equal length get equal numbers, irrational ones too, and a tiny state is told apart
    by its direction alone.
    """
    if exact(rounded):  # squares are exact in float64, and fsum rounds their sum once
        return np.array([math.fsum(row) / 2 for row in (rounded**2).tolist()])

    def half_norm(code: Vector) -> float:
        square: Number = sum((x * x for x in code if x != 0), Fraction(0))
        return float(square / 2)

    return np.array([half_norm(code) for code in codes])


def radii(codes: Float64s) -> Float64s:
    """Squared radius of a ball around each code in which it is surely the only nearest one.

    Just under the square of half the distance to the nearest other code; 0, so never used, where
    two codes coincide or are so close, for their size, that the decoder's own rounding could
    matter. O(codes^2 x dim); beyond 2048 codes the ball holds only the code itself, which serves
    as well, because the decoder only ever guesses a code that it has found: the first of equals.
    """
    count = len(codes)
    if count > _MAX_PAIRWISE:
        return np.full(count, np.finfo(np.float64).smallest_subnormal)
    half = np.full(count, np.inf)
    for c in range(count):
        squares = ((codes - codes[c]) ** 2).sum(axis=1)
        squares[c] = np.inf
        half[c] = np.sqrt(squares.min()) / 2
    norms = np.sqrt((codes**2).sum(axis=1))
    safe = np.where(half > norms * 2.0**-20, half, 0.0)
    return np.minimum(safe**2 * (1 - 2.0**-16), np.finfo(np.float64).max)


def order(codes: Float64s) -> Ints:
    """Return the order of the codes, lexicographic, the first of equals first: for bisection."""
    return np.lexsort(codes.T[::-1]).astype(np.int32)
