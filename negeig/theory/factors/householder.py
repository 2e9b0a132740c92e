"""Exact products of generalised Householder factors: reflections, contractions, affine maps.

A generalised Householder factor I - beta k k^T with eigenvalue 1 - beta |k|^2 in [-1, 1] is the
linear part of a delta step. The functions here write a given matrix as a product of such factors,
with unnormalised keys so that no square root is needed: everything stays in the field of the
entries, and the product is multiplied out and compared before it is returned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from negeig.claims import InputError, NegeigError
from negeig.theory.exact.linear_algebra import (
    ONE,
    Negative,
    add,
    combine,
    defect,
    dot,
    identity,
    is_orthogonal,
    ldl,
    multiply,
    rank,
    solve,
)
from negeig.theory.exact.numbers import FieldElement, Matrix, Number, Vector
from negeig.theory.exact.polynomials import has_only_real_roots
from negeig.theory.factors.contraction_factors import (
    factor_eigenvalues,
    factor_spectrum,
    householder_step,
    split_one,
    split_pair,
    step_matrix,
)
from negeig.theory.networks.network import DeltaStep


@dataclass(frozen=True)
class Factorisation:
    """A matrix as a product of generalised Householder factors, exact and multiplied out.

    Attributes
    ----------
    steps : tuple of DeltaStep
        Applied in order, ``steps[0]`` first; all writes are 0.
    matrix : Matrix
        The product, equal to the matrix that was asked for.
    lower_bound : int
        No product has fewer factors: rank(I - M), because every factor fixes a hyperplane, and
        one more when T(M) has an eigenvalue that is not real.
    published_bound : int
        3n (Grazzi et al., Proposition 1).
    """

    steps: tuple[DeltaStep, ...]
    matrix: Matrix
    lower_bound: int
    published_bound: int


def product_of(steps: Sequence[DeltaStep], dim: int) -> Matrix:
    """Return the matrix of the linear parts of steps, ``steps[0]`` applied first. Exact."""
    matrix = identity(dim)
    for step in steps:
        matrix = multiply(step_matrix(step), matrix)
    return matrix


def reflections(matrix: Matrix) -> tuple[DeltaStep, ...]:
    """Write an orthogonal Q as exactly rank(I - Q) reflections, the least possible number.

    For a vector x that Q moves, the reflection along x - Q^T x exchanges x and Q^T x, so
    that Q times it fixes x, and with it everything that Q fixed. Here x runs through the unit
    vectors, which gives transpositions for a permutation matrix.

    Parameters
    ----------
    matrix : Matrix, n x n
        Rational, or over one real number field.

    Raises
    ------
    InputError
        When the matrix is not square over one field, or not orthogonal.

    Notes
    -----
    Exact, O(n^4). Cartan-Dieudonne; the sharp count is Scherk's (Proc. AMS 1, 1950).

    Examples
    --------
    >>> from fractions import Fraction
    >>> c, s = Fraction(3, 5), Fraction(4, 5)
    >>> for step in reflections(((c, -s), (s, c))):
    ...     print(*step.key, step.beta, step.eigenvalue)
    1 2 2/5 -1
    0 1 2 -1
    """
    _require_square(matrix)
    if not is_orthogonal(matrix):
        raise InputError("matrix", "not orthogonal: Q^T Q is not the identity")
    rest, steps = matrix, []
    for i, unit in enumerate(identity(len(matrix))):
        key = combine(ONE, unit, -ONE, rest[i])
        if any(k != 0 for k in key):
            steps.append(householder_step(key, 2 / dot(key, key)))
            rest = multiply(rest, step_matrix(steps[-1]))
    return tuple(steps)


def contraction_steps(matrix: Matrix) -> Factorisation:
    """Write a contraction as few generalised Householder factors with eigenvalues in [-1, 1].

    Where the matrix T(M) = (I - M)^-1 M (I - M^T), taken modulo the vectors that M fixes, has an
    eigenvalue in the field of the entries, one factor with that eigenvalue lowers rank(I - M) by
    one. Otherwise two factors do, or three where two were not found, and the last one again costs
    one. So there are at most 3 rank(I - M) - 2 factors, and exactly rank(I - M), the least possible
    number, for orthogonal, diagonal and partial permutation matrices, and whenever the eigenvalues
    of T(M) are in the field. The result is over the field of the entries.

    Parameters
    ----------
    matrix : Matrix, n x n
        Rational, or over one real number field, of Euclidean norm at most 1.

    Raises
    ------
    InputError
        When the matrix is not square over one field, or its norm exceeds 1; then a vector that
        it lengthens is named.
    LimitReached
        When the search for a pair of factors tried all its vectors, or the numbers in it have
        become too long; each pair makes them about ten times as long.

    Notes
    -----
    Exact; the product is multiplied out before it is returned. O(n^3) operations for each
    factor. Source: docs/theory/factorisation.md; the bound 3n is Proposition 1 of Grazzi et al.,
    arXiv 2411.12537.

    Examples
    --------
    >>> from fractions import Fraction
    >>> half, no = Fraction(1, 2), Fraction(0)
    >>> found = contraction_steps(((no, -half), (half, no)))
    >>> len(found.steps), found.lower_bound, found.published_bound
    (3, 3, 6)
    """
    require_contraction(matrix)
    steps, rest = _peel(matrix, -ONE)
    while rest != identity(len(rest)):
        eigenvalues = factor_eigenvalues(rest)
        for eigenvalue in eigenvalues:
            more, rest = _peel(rest, eigenvalue)
            steps += more
        if not eigenvalues:
            more, rest = split_pair(rest)
            steps += more
    if product_of(steps, len(matrix)) != matrix:
        raise NegeigError("internal error: the factors do not multiply to the matrix")
    least = rank(add(identity(len(matrix)), matrix, -ONE))
    if len(steps) > least and not has_only_real_roots(factor_spectrum(matrix)):
        least += 1
    return Factorisation(steps, matrix, least, 3 * len(matrix))


def affine_steps(matrix: Matrix, bias: Vector) -> tuple[DeltaStep, ...]:
    """Write the map h -> M h + b as delta steps with writes, M a contraction.

    The map must have a fixed point p, that is (I - M) p = b: then it is M about p instead of
    about 0, and a step with key k writes k.p. A map that keeps a finite nonempty set has one: it
    runs into a cycle, and the mean of a cycle is fixed.

    Raises
    ------
    InputError
        When M is not a square contraction, b has another length, or there is no fixed point.
    LimitReached
        As in :func:`contraction_steps`.

    Examples
    --------
    >>> from fractions import Fraction
    >>> one, no = Fraction(1), Fraction(0)
    >>> (step,) = affine_steps(((-one,),), (3 * one,))  # h -> 3 - h
    >>> [str(x) for x in step.apply((one,))]
    ['2']
    """
    _require_square(matrix)
    if len(bias) != len(matrix):
        raise InputError("bias", f"{len(bias)} entries, expected {len(matrix)}")
    point = solve(add(identity(len(matrix)), matrix, -ONE), bias)
    if point is None:
        raise InputError(
            "affine map",
            "no fixed point: (I - M) p = b has no solution, so the map is not M about a point p; "
            "add a constant coordinate to the state, or choose another bias",
        )
    steps = contraction_steps(matrix).steps
    return tuple(DeltaStep(s.beta, s.key, dot(s.key, point)) for s in steps)


def require_contraction(matrix: Matrix) -> None:
    """Raise InputError unless the matrix is square of norm at most 1, naming a vector."""
    _require_square(matrix)
    verdict = ldl(defect(matrix))
    if isinstance(verdict, Negative):
        vector = ", ".join(_show(x) for x in verdict.vector)
        raise InputError(
            "matrix", f"not a contraction: |Mx| > |x| for x = ({vector}); expected norm <= 1"
        )


def _peel(matrix: Matrix, eigenvalue: Number) -> tuple[tuple[DeltaStep, ...], Matrix]:
    """Pull out factors with one eigenvalue while there are any."""
    steps: tuple[DeltaStep, ...] = ()
    while matrix != identity(len(matrix)):
        split = split_one(matrix, eigenvalue)
        if split is None:
            break
        step, matrix = split
        steps += (step,)
    return steps, matrix


def _require_square(matrix: Matrix) -> None:
    """Raise InputError unless the matrix is square with entries in one field."""
    widths = sorted({len(row) for row in matrix})
    problems = []
    if widths != [len(matrix)]:
        problems.append(f"{len(matrix)} rows of lengths {widths}, expected a square")
    fields = {x.field for row in matrix for x in row if isinstance(x, FieldElement)}
    if len(fields) > 1:
        problems.append(f"entries of {len(fields)} number fields, expected one field")
    if problems:
        raise InputError("matrix", problems)


def _show(number: Number) -> str:
    return str(number) if isinstance(number, Fraction) else f"{float(number):.6g}"
