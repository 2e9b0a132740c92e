"""Exact linear algebra over the rationals or one real number field.

A matrix is a tuple of rows, a vector a tuple of numbers; every entry is a Fraction or an element
of the same :class:`~.exact.numbers.NumberField`. Nothing is rounded. All functions take
O(n^3) operations on numbers unless they say otherwise; the numbers themselves may grow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from flint import fmpq_mat

from negeig.claims import InputError
from negeig.theory.exact.numbers import (
    FieldElement,
    Matrix,
    Number,
    Vector,
    simplified,
    to_fmpq,
    to_fraction,
)

ZERO, ONE = Fraction(0), Fraction(1)


def identity(dim: int) -> Matrix:
    """Return the identity matrix."""
    return tuple(tuple(ONE if i == j else ZERO for j in range(dim)) for i in range(dim))


def transpose(matrix: Matrix) -> Matrix:
    """Return the transpose."""
    return tuple(zip(*matrix, strict=True))


def dot(left: Sequence[Number], right: Sequence[Number]) -> Number:
    """Return the inner product.

    Examples
    --------
    >>> dot((Fraction(1), Fraction(2)), (Fraction(3), Fraction(-1)))
    Fraction(1, 1)
    """
    irrational: Number = ZERO
    # Rationals are added over one denominator, which is much faster than one by one.
    numerator, denominator = 0, 1
    for a, b in zip(left, right, strict=True):
        if isinstance(a, FieldElement) or isinstance(b, FieldElement):
            if a != 0 and b != 0:
                irrational = irrational + a * b
        elif a and b:
            above, below = a.numerator * b.numerator, a.denominator * b.denominator
            if below != denominator:
                common = lcm(below, denominator)
                above *= common // below
                numerator *= common // denominator
                denominator = common
            numerator += above
    rational = Fraction(numerator, denominator)
    return simplified(irrational + rational) if irrational is not ZERO else rational


def matvec(matrix: Matrix, vector: Vector) -> Vector:
    """Return the matrix times the vector."""
    return tuple(dot(row, vector) for row in matrix)


def multiply(left: Matrix, right: Matrix) -> Matrix:
    """Return the product of two matrices."""
    columns = transpose(right)
    return tuple(tuple(dot(row, column) for column in columns) for row in left)


def combine(a: Number, left: Vector, b: Number, right: Vector) -> Vector:
    """Return ``a * left + b * right``."""
    if a != 1:
        left = tuple(a * x for x in left)
    return tuple(simplified(x + b * y) for x, y in zip(left, right, strict=True))


def add(left: Matrix, right: Matrix, scale: Number = ONE) -> Matrix:
    """Return ``left + scale * right``."""
    return tuple(combine(ONE, x, scale, y) for x, y in zip(left, right, strict=True))


def row_reduce(matrix: Matrix) -> tuple[Matrix, tuple[int, ...]]:
    """Return the nonzero rows of the reduced row echelon form, and the pivot columns.

    Examples
    --------
    >>> one = Fraction(1)
    >>> row_reduce(((one, 2 * one), (2 * one, 4 * one)))
    (((Fraction(1, 1), Fraction(2, 1)),), (0,))
    """
    rows = [tuple(simplified(x) for x in row) for row in matrix]
    pivots: list[int] = []
    for column in range(len(rows[0]) if rows else 0):
        done = len(pivots)
        found = next((i for i in range(done, len(rows)) if rows[i][column] != 0), None)
        if found is None:
            continue
        rows[done], rows[found] = rows[found], rows[done]
        inverse = 1 / rows[done][column]
        rows[done] = pivot = tuple(simplified(inverse * x) for x in rows[done])
        for i, row in enumerate(rows):
            if i != done and row[column] != 0:
                rows[i] = combine(ONE, row, -row[column], pivot)
        pivots.append(column)
    return tuple(rows[: len(pivots)]), tuple(pivots)


def rank(matrix: Matrix) -> int:
    """Return the rank."""
    return len(row_reduce(matrix)[1])


def null_space(matrix: Matrix) -> tuple[Vector, ...]:
    """Return a basis of the vectors that the matrix sends to 0: one for each free column.

    Examples
    --------
    >>> one = Fraction(1)
    >>> [[str(x) for x in v] for v in null_space(((one, 2 * one),))]
    [['-2', '1']]
    """
    reduced, pivots = row_reduce(matrix)
    width = len(matrix[0]) if matrix else 0
    basis = []
    for free in (j for j in range(width) if j not in pivots):
        vector: list[Number] = [ONE if j == free else ZERO for j in range(width)]
        for row, pivot in zip(reduced, pivots, strict=True):
            vector[pivot] = -row[free]
        basis.append(tuple(vector))
    return tuple(basis)


def solve(matrix: Matrix, right: Vector) -> Vector | None:
    """Return one x with ``matrix x = right`` (free coordinates 0), or None when there is none."""
    width = len(matrix[0]) if matrix else 0
    augmented = tuple((*row, b) for row, b in zip(matrix, right, strict=True))
    reduced, pivots = row_reduce(augmented)
    if width in pivots:
        return None
    solution: list[Number] = [ZERO] * width
    for row, pivot in zip(reduced, pivots, strict=True):
        solution[pivot] = row[width]
    return tuple(solution)


def inverse(matrix: Matrix) -> Matrix:
    """Return the inverse of a square matrix; InputError when it is singular."""
    dim = len(matrix)
    augmented = tuple((*row, *unit) for row, unit in zip(matrix, identity(dim), strict=True))
    reduced, pivots = row_reduce(augmented)
    if pivots != tuple(range(dim)):
        raise InputError("matrix", f"singular: rank {rank(matrix)}, expected {dim}")
    return tuple(row[dim:] for row in reduced)


def characteristic_polynomial(matrix: Matrix) -> tuple[Number, ...]:
    """Return the coefficients of det(x - matrix), constant term first, the last being 1.

    Over the rationals flint computes it; over a field the recursion of Faddeev and LeVerrier
    does, in O(n^4).

    Examples
    --------
    >>> one = Fraction(1)
    >>> [str(c) for c in characteristic_polynomial(((one, one), (one, -one)))]
    ['-2', '0', '1']
    """
    dim = len(matrix)
    if all(isinstance(x, Fraction) for row in matrix for x in row):
        entries = [to_fmpq(x) for row in matrix for x in row]  # type: ignore[arg-type]
        found = fmpq_mat(dim, dim, entries).charpoly()
        return tuple(to_fraction(found[i]) for i in range(dim + 1))
    coefficients: list[Number] = [ONE]
    power = identity(dim)
    for k in range(1, dim + 1):
        product = multiply(matrix, power)
        trace: Number = ZERO
        for i in range(dim):
            trace = trace + product[i][i]
        coefficients.append(simplified(trace * Fraction(-1, k)))
        power = add(product, identity(dim), coefficients[-1])
    return tuple(reversed(coefficients))


@dataclass(frozen=True)
class Semidefinite:
    """A proof that a symmetric matrix A is positive semidefinite: ``A = lower D lower^T``, D >= 0.

    Attributes
    ----------
    lower : Matrix, n rows and one column for each pivot
        After reordering its rows by pivot it is lower triangular with 1 on the diagonal.
    diagonal : Vector
        The diagonal of D, all positive; as many as the rank of A.
    """

    lower: Matrix
    diagonal: Vector


@dataclass(frozen=True)
class Negative:
    """A proof that a symmetric matrix A is not positive semidefinite: ``vector^T A vector < 0``."""

    vector: Vector
    value: Number


def ldl(matrix: Matrix) -> Semidefinite | Negative:
    """Decide whether a symmetric matrix is positive semidefinite, with a proof either way.

    Vectors v_i, unit vectors at first, are made orthogonal for the form v^T A w one after the
    other. A negative square, or a square 0 with a nonzero product, is a proof that A is not
    semidefinite. Exact.

    Raises
    ------
    InputError
        When the matrix is not square or not symmetric.

    Examples
    --------
    >>> one = Fraction(1)
    >>> found = ldl(((4 * one, 2 * one), (2 * one, 3 * one)))
    >>> [[str(x) for x in row] for row in found.lower], [str(d) for d in found.diagonal]
    ([['1', '0'], ['1/2', '1']], ['4', '2'])
    >>> ldl(((one, 2 * one), (2 * one, one))).value
    Fraction(-3, 1)
    """
    if matrix != transpose(matrix):
        raise InputError("matrix", "not symmetric, so it has no LDL factorisation")
    dim = len(matrix)
    vectors = list(identity(dim))
    images = list(matrix)  # A v_i
    waiting = list(range(dim))
    columns: list[Vector] = []
    diagonal: list[Number] = []
    while waiting:
        squares = {i: dot(vectors[i], images[i]) for i in waiting}
        for i in waiting:
            if squares[i] < 0:
                return Negative(vectors[i], squares[i])
        pivot = next((i for i in waiting if squares[i] != 0), None)
        if pivot is None:
            return _isotropic(vectors, images, waiting) or Semidefinite(
                transpose(tuple(columns)) if columns else ((),) * dim, tuple(diagonal)
            )
        waiting.remove(pivot)
        scale = 1 / squares[pivot]
        for j in waiting:
            ratio = -dot(vectors[j], images[pivot]) * scale
            if ratio != 0:
                vectors[j] = combine(ONE, vectors[j], ratio, vectors[pivot])
                images[j] = combine(ONE, images[j], ratio, images[pivot])
        columns.append(tuple(simplified(scale * x) for x in images[pivot]))
        diagonal.append(squares[pivot])
    return Semidefinite(transpose(tuple(columns)), tuple(diagonal))


def _isotropic(vectors: list[Vector], images: list[Vector], left: list[int]) -> Negative | None:
    """Two vectors of square 0 with a nonzero product span a vector of negative square."""
    for i in left:
        for j in left:
            product = dot(vectors[i], images[j])
            if product != 0:
                sign = -ONE if product > 0 else ONE
                vector = combine(ONE, vectors[i], sign, vectors[j])
                return Negative(vector, simplified(2 * sign * product))
    return None


def is_positive_semidefinite(matrix: Matrix) -> bool:
    """Say whether a symmetric matrix is positive semidefinite; InputError if not symmetric."""
    return isinstance(ldl(matrix), Semidefinite)


def defect(matrix: Matrix) -> Matrix:
    """Return ``I - M^T M``, positive semidefinite exactly for contractions, 0 for isometries."""
    width = len(matrix[0]) if matrix else 0
    return add(identity(width), multiply(transpose(matrix), matrix), -ONE)


def is_contraction(matrix: Matrix) -> bool:
    """Say whether the Euclidean norm of the matrix is at most 1."""
    return is_positive_semidefinite(defect(matrix))


def is_orthogonal(matrix: Matrix) -> bool:
    """Say whether the matrix is square with ``M^T M = I``."""
    square = all(len(row) == len(matrix) for row in matrix)
    return square and all(x == 0 for row in defect(matrix) for x in row)
