"""Points with rational coordinates for a rational Gram matrix.

Every positive definite rational K of order m is V^T V for a rational V with m + 3 rows at most
(Hasse and Minkowski: positive rational forms in four variables represent every positive rational).
The columns are placed one after another. By Witt's theorem it does not matter for the later ones
where the earlier ones were placed, so nothing is ever taken back; what can fail is the search for
a rational point on a quadric, which is bounded. Then Lagrange's four squares for every pivot of
K = U^T D U serve, with up to 4 m rows, unless those are too many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, islice
from math import gcd, isqrt, lcm, prod

from flint import fmpq, fmpq_mat

from negeig.claims import LimitReached
from negeig.theory.contractions.semidefinite import null_space

SCALES = (1, 2, 3, 6)
"""Factors by which a Gram matrix may be multiplied; the points only matter up to scale."""

MAX_DENOMINATOR = 16
"""Largest common denominator of a rational point that is searched for on a quadric."""

MAX_NUMERATORS = 300
"""Most choices of numerators tried for one denominator and one set of coordinates."""

MAX_QUADRICS = 1_000
"""Most pairs of a denominator and a set of coordinates tried for one column."""

MAX_ROWS = 16
"""Most coordinates for which four squares a pivot are used."""


def rational_points(gram: fmpq_mat, *, scales: Sequence[int] = SCALES) -> tuple[fmpq_mat, int]:
    """Return V and a scale s with ``V^T V = s K``, with as few rows as were found.

    Parameters
    ----------
    gram : fmpq_mat
        K, symmetric, positive definite, of order m at least 1.
    scales : sequence of int
        Values of s to try; the first must be 1.

    Returns
    -------
    points : fmpq_mat, m to 4 m rows, m columns
        Rational.
    scale : int
        One of the scales.

    Raises
    ------
    LimitReached
        When m + 3 rows were not found to suffice and 4 m are more than :data:`MAX_ROWS`.

    Notes
    -----
    Exact. Tries m to m + 3 rows and, for each, all scales. Each column costs one orthogonal basis,
    O(rows^3), and one search.

    Examples
    --------
    An equilateral triangle has no rational coordinates in the plane, and integer ones in space.

    >>> points, scale = rational_points(fmpq_mat([[2, 1], [1, 2]]))
    >>> points.nrows(), scale
    (3, 1)
    >>> points.transpose() * points == fmpq_mat([[2, 1], [1, 2]])
    True
    """
    order = gram.nrows()
    for rows in range(order, order + 4):
        for scale in scales:
            points = _place(fmpq(scale) * gram, rows)
            if points is not None:
                return points, scale
    if 4 * order > MAX_ROWS:
        raise LimitReached(
            "coordinates of a point",
            MAX_ROWS,
            reached=4 * order,
            detail="points with rational coordinates exist, but none were found with fewer",
        )
    return _four_squares(gram), 1


def primitive(matrix: fmpq_mat) -> fmpq_mat:
    """Scale by a positive rational to integers without a common factor."""
    numerators, _ = matrix.numer_denom()
    return fmpq_mat(numerators) * fmpq(1, gcd(*(int(x) for x in numerators.entries())))


def orthogonal_basis(vectors: Iterable[fmpq_mat]) -> list[fmpq_mat]:
    """Return an orthogonal basis of the span of independent columns, in integers. Exact."""
    basis: list[fmpq_mat] = []
    for vector in vectors:
        rest = vector
        for other in basis:
            rest = rest - (dot(vector, other) / dot(other, other)) * other
        basis.append(primitive(rest))
    return basis


def _complement(columns: Sequence[fmpq_mat], rows: int) -> list[fmpq_mat]:
    """Return an orthogonal basis of the vectors that are orthogonal to all columns."""
    stacked = fmpq_mat(len(columns), rows, [x for column in columns for x in column.entries()])
    return orthogonal_basis(fmpq_mat([[x] for x in vector]) for vector in null_space(stacked))


def dot(left: fmpq_mat, right: fmpq_mat) -> fmpq:
    """Return the inner product of two column vectors. Exact."""
    product: fmpq = (left.transpose() * right)[0, 0]
    return product


def _place(gram: fmpq_mat, rows: int) -> fmpq_mat | None:
    """Return V with this number of rows and ``V^T V = gram``, or None where none was found."""
    columns: list[fmpq_mat] = []
    for j in range(gram.nrows()):
        point = fmpq_mat(rows, 1)
        rest = gram[j, j]
        if columns:
            known = fmpq_mat([[gram[i, k] for k in range(j)] for i in range(j)])
            products = fmpq_mat([[gram[i, j]] for i in range(j)])
            weights = known.solve(products)
            rest -= dot(weights, products)
            for weight, column in zip(weights.entries(), columns, strict=True):
                point += weight * column
        basis = _complement(columns, rows)
        coordinates = _represent(rest, [dot(vector, vector) for vector in basis])
        if coordinates is None:
            return None
        for coordinate, vector in zip(coordinates, basis, strict=True):
            point += coordinate * vector
        columns.append(point)
    return fmpq_mat([column.entries() for column in columns]).transpose()


def _four_squares(gram: fmpq_mat) -> fmpq_mat:
    """Return V with at most four rows for each pivot of the elimination of a definite matrix."""
    from sympy.solvers.diophantine.diophantine import (  # type: ignore[import-untyped]
        sum_of_four_squares,
    )

    rest, rows = gram, []
    for i in range(gram.nrows()):
        pivot = rest[i, i]
        row = [rest[i, j] / pivot for j in range(gram.ncols())]
        for root in map(int, sum_of_four_squares(int(pivot.p * pivot.q))):
            if root:
                rows.append([fmpq(root) / pivot.q * x for x in row])
        line = fmpq_mat([row])
        rest = rest - pivot * (line.transpose() * line)
    return fmpq_mat(rows)


def _represent(target: fmpq, squares: Sequence[fmpq]) -> list[fmpq] | None:
    """Return rational x with ``sum squares[i] x_i^2 = target``, few of them not 0, or None."""
    quadrics = (
        (denominator, chosen)
        for count in range(1, min(len(squares), 4) + 1)
        for denominator in range(1, MAX_DENOMINATOR + 1)
        for chosen in combinations(range(len(squares)), count)
    )
    for denominator, chosen in islice(quadrics, MAX_QUADRICS):
        total = target * denominator * denominator
        common = lcm(int(total.q), *(int(squares[i].q) for i in chosen))
        coefficients = [int((common * squares[i]).p) for i in chosen]
        numerators = next(_sums(coefficients, int((common * total).p)), None)
        if numerators is not None:
            found = [fmpq(0)] * len(squares)
            for i, numerator in zip(chosen, numerators, strict=True):
                found[i] = fmpq(numerator, denominator)
            return found
    return None


def _sums(coefficients: Sequence[int], total: int) -> Iterator[tuple[int, ...]]:
    """Yield positive integers n with ``sum coefficients[i] n_i^2 = total``, where few to try."""
    bounds = [isqrt(total // c) if total > 0 else 0 for c in coefficients]
    if prod(bounds[:-1]) > MAX_NUMERATORS:
        return
    first, *others = coefficients
    if not others:
        if bounds[0] > 0 and first * bounds[0] ** 2 == total:
            yield (bounds[0],)
        return
    for n in range(1, bounds[0] + 1):
        for rest in _sums(others, total - first * n * n):
            yield (n, *rest)
