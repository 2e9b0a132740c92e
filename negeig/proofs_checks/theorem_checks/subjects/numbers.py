"""Exact matrices, as they are written down."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from negeig.theory.exact.numbers import Matrix


def matrix_of(*rows: Sequence[int | Fraction]) -> Matrix:
    """Return a matrix by its rows.

    Examples
    --------
    >>> matrix_of((1, 0), (2, 3))[1]
    (Fraction(2, 1), Fraction(3, 1))
    """
    return tuple(tuple(map(Fraction, row)) for row in rows)
