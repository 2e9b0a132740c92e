"""Proposition 1 of Grazzi et al. (arXiv 2411.12537) as exact checks of given steps and matrices.

The proposition says what products of generalised Householder factors I - beta k k^T with
eigenvalues in [-1, 1] can and cannot be: their norm is at most 1; an orthogonal matrix is a product
of at most n reflections, a permutation of at most n - 1; every matrix of norm at most 1 is a
product of at most 3n factors; and the eigenvalues of factors bound those of their product. The
functions here decide each statement for one product, in exact arithmetic, and return the facts;
:func:`.factors.householder.contraction_steps` is the statement about matrices of norm at
most 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from negeig.claims import InputError, NegeigError
from negeig.theory.exact.linear_algebra import (
    ONE,
    Semidefinite,
    add,
    characteristic_polynomial,
    defect,
    identity,
    ldl,
    rank,
)
from negeig.theory.exact.numbers import Matrix, Number
from negeig.theory.exact.polynomials import has_only_real_roots
from negeig.theory.factors.householder import product_of, reflections
from negeig.theory.networks.network import DeltaStep


@dataclass(frozen=True, kw_only=True)
class ProductFacts:
    """What was verified about a product N of factors with eigenvalues in [-1, 1].

    Attributes
    ----------
    matrix : Matrix
        N.
    eigenvalues : tuple of Number
        Of the factors on the lines of their keys, in order.
    norm : Semidefinite
        I - N^T N = L D L^T with D >= 0: the Euclidean norm of N is at most 1.
    fixed : int
        Dimension of the vectors with N v = v; at least n minus the number of factors.
    isometric : int
        Dimension of the vectors with |N v| = |v|.
    real_spectrum : bool
        Whether all eigenvalues of N are real.
    """

    matrix: Matrix
    eigenvalues: tuple[Number, ...]
    norm: Semidefinite
    fixed: int
    isometric: int
    real_spectrum: bool

    @property
    def only_one_on_the_circle(self) -> bool:
        """Whether every complex eigenvalue of N is 1 or has modulus below 1.

        True when N lengthens nothing and keeps the length of fixed vectors only: an eigenvector
        of an eigenvalue of modulus 1 keeps its length.
        """
        return self.fixed == self.isometric


def check_product(steps: Sequence[DeltaStep], dim: int) -> ProductFacts:
    """Multiply out steps (``steps[0]`` first) and verify what the proposition says of the product.

    Raises
    ------
    InputError
        When a step's key has another length than ``dim`` or its eigenvalue is outside [-1, 1];
        every such step is named.

    Notes
    -----
    Exact; O(m n^2 + n^3) operations for m steps, O(n^4) over a number field.

    Examples
    --------
    >>> from fractions import Fraction
    >>> one = Fraction(1)
    >>> facts = check_product([DeltaStep(one, (one, -one), 0 * one)], 2)  # a swap
    >>> facts.fixed, facts.isometric, facts.real_spectrum
    (1, 2, True)
    """
    problems = [
        f"step {i}: key of length {len(step.key)}, expected {dim}"
        for i, step in enumerate(steps)
        if len(step.key) != dim
    ] or [
        f"step {i}: eigenvalue {float(step.eigenvalue):.6g}, expected -1 to 1"
        for i, step in enumerate(steps)
        if step.eigenvalue < -1 or step.eigenvalue > 1
    ]
    if problems:
        raise InputError("steps", problems)
    matrix = product_of(steps, dim)
    loss = defect(matrix)
    norm = ldl(loss)
    if not isinstance(norm, Semidefinite):
        raise NegeigError("internal error: a product of contractions lengthens a vector")
    return ProductFacts(
        matrix=matrix,
        eigenvalues=tuple(step.eigenvalue for step in steps),
        norm=norm,
        fixed=dim - rank(add(identity(dim), matrix, -ONE)),
        isometric=dim - rank(loss),
        real_spectrum=has_only_real_roots(characteristic_polynomial(matrix)),
    )


@dataclass(frozen=True, kw_only=True)
class OrthogonalFacts:
    """Reflections that multiply to an orthogonal matrix, and the bounds on their number.

    Attributes
    ----------
    steps : tuple of DeltaStep
        rank(I - Q) reflections, as few as possible.
    published_bound : int
        n - 1 for a permutation matrix, n otherwise.
    """

    steps: tuple[DeltaStep, ...]
    published_bound: int


def check_orthogonal(matrix: Matrix) -> OrthogonalFacts:
    """Write an orthogonal matrix as reflections and verify the published bound on their number.

    Raises
    ------
    InputError
        When the matrix is not square or not orthogonal.

    Examples
    --------
    >>> from fractions import Fraction
    >>> one, no = Fraction(1), Fraction(0)
    >>> facts = check_orthogonal(((no, one), (one, no)))
    >>> len(facts.steps), facts.published_bound
    (1, 1)
    """
    steps = reflections(matrix)
    permutation = all(x in (0, 1) for row in matrix for x in row)
    return OrthogonalFacts(steps=steps, published_bound=len(matrix) - int(permutation))
