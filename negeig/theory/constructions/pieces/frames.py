"""Orthogonal vectors of one length that span a rational subspace: coordinates for a representation.

Gram and Schmidt give orthogonal vectors; their squared lengths are made equal over Q where they
agree up to squares, by turning two with a scaled rotation when the ratio is a sum of two squares,
or four by the four squares of any ratio; and otherwise in one quadratic field.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from flint import fmpq, fmpz_mat

from negeig.theory.constructions.groups.symmetric import scaled_rotation
from negeig.theory.exact.fields import square_root, squarefree
from negeig.theory.exact.numbers import Vector, simplified, to_fmpq, to_fraction
from negeig.theory.factors.factorisation import ZERO

MAX_RATIO = 1_000_000
"""Largest squarefree ratio of squared lengths that is made equal."""

MAX_SQUARE = 10**18
"""Largest numerator times denominator of a squared length, which is factored."""


def frame(basis: fmpz_mat) -> tuple[tuple[Vector, ...], Fraction] | None:
    """Return orthogonal vectors of one squared length that span the rows of a matrix, and it.

    Entries are rational or in one quadratic field; None where this method needs more.

    Examples
    --------
    The plane of sum zero in three dimensions needs sqrt(3):

    >>> vectors, square = frame(fmpz_mat([[1, -1, 0], [0, 1, -1]]))
    >>> square, [sum(x * x for x in v) == square for v in vectors]
    (Fraction(2, 1), [True, True])
    >>> sum(x * y for x, y in zip(*vectors)) == 0
    True
    """
    classes: dict[int, list[Vector]] = {}
    for vector in _orthogonal(basis):
        square = to_fraction(_dot(vector, vector))
        if square.numerator * square.denominator > MAX_SQUARE:
            return None
        free, factor = squarefree(square)
        scale = 1 / to_fmpq(factor)
        classes.setdefault(free, []).append(tuple(to_fraction(scale * x) for x in vector))
    counts = {common: _irrational(classes, common) for common in sorted({1, *classes})}
    possible = {common: count for common, count in counts.items() if count is not None}
    if not possible:
        return None
    common = min(possible, key=lambda common: possible[common])
    return _equalised(classes, common), Fraction(common)


def _irrational(classes: dict[int, list[Vector]], square: int) -> int | None:
    """Count the vectors, listed by squared length, that one common length makes irrational.

    None where they would need two fields, or a ratio of squared lengths is too large.
    """
    ratios = {length: squarefree(Fraction(square, length))[0] for length in classes}
    if max(ratios.values()) > MAX_RATIO:
        return None
    left = [len(members) % _width(ratios[length]) for length, members in classes.items()]
    return sum(left) if sum(map(bool, left)) < 2 else None


@lru_cache(maxsize=1024)
def _width(ratio: int) -> int:
    """Return how many vectors are turned together to change their squared lengths by a ratio."""
    return next((width for width in (1, 2, 4) if scaled_rotation(ratio, width)), 1)


def _equalised(classes: dict[int, list[Vector]], square: int) -> tuple[Vector, ...]:
    """Give all vectors, listed by squared length, one length; those in a field come last."""
    vectors: list[Vector] = []
    irrational: list[Vector] = []
    for length, members in classes.items():
        ratio, factor = squarefree(Fraction(square, length))
        width = _width(ratio)
        block = scaled_rotation(ratio, width)
        whole = len(members) - len(members) % width
        for start in range(0, whole, width):
            chosen = members[start : start + width]
            for column in zip(*block, strict=True):
                mixed = zip(*chosen, strict=True)
                vectors.append(
                    tuple(
                        factor * sum((b * x for b, x in zip(column, row, strict=True)), ZERO)
                        for row in mixed
                    )
                )
        if whole < len(members):
            root = square_root(Fraction(square, length))
            irrational += [tuple(simplified(root * x) for x in v) for v in members[whole:]]
    return (*vectors, *irrational)


def _orthogonal(basis: fmpz_mat) -> list[list[fmpq]]:
    """Orthogonalise the rows of a matrix by Gram and Schmidt. Exact."""
    found: list[list[fmpq]] = []
    squares: list[fmpq] = []
    for r in range(basis.nrows()):
        vector = [fmpq(basis[r, i]) for i in range(basis.ncols())]
        for other, square in zip(found, squares, strict=True):
            amount = _dot(vector, other) / square
            vector = [x - amount * y for x, y in zip(vector, other, strict=True)]
        found.append(vector)
        squares.append(_dot(vector, vector))
    return found


def _dot(one: Sequence[fmpq], other: Sequence[fmpq]) -> fmpq:
    return sum((x * y for x, y in zip(one, other, strict=True)), fmpq(0))
