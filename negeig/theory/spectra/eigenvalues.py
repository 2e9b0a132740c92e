"""Exact eigenvalues: of every step, and of every letter's product, named where they have names.

The characteristic polynomial of each block is computed and factored exactly, over the rationals
or over the number field of the entries (:mod:`~.characteristic`); nothing is read off floating
eigenvalues.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import acb, arb, ctx, fmpq_poly, fmpz_poly

from negeig.automata.machines.components import strong_components
from negeig.claims import Letter, LimitReached
from negeig.theory.exact.number_text import (
    decimal_text,
    minimal_polynomial,
    number_text,
    polynomial_text,
    surds,
)
from negeig.theory.exact.numbers import (
    FieldElement,
    Interval,
    Matrix,
    Number,
    enclose,
    simplified,
    to_fmpq,
)
from negeig.theory.networks.network import DeltaStep, Layer, Step
from negeig.theory.spectra.characteristic import Poly, factors, norm, rational_factors

MAX_DIMENSION = 200
"""Largest matrix whose eigenvalues are computed."""

LARGEST_ENTRY = 10**100
"""Entries of a matrix are smaller than this, so that eigenvalues are within float64."""

BITS = 128
"""Precision of the enclosures of eigenvalues."""


@dataclass(frozen=True)
class Eigenvalue:
    """One real eigenvalue, or a pair of complex conjugate ones.

    Attributes
    ----------
    text : str
        The value: a fraction, a surd, a root of unity, or a root of its minimal polynomial;
        ``+-`` stands for the two signs of a pair.
    multiplicity : int
        As a root of the characteristic polynomial; of each of the two in a pair.
    is_real : bool
    number : Number or None
        The value where it is rational, or was found in the number field of the entries.
    minimal_polynomial : tuple of int
        Over the rationals, constant term first.
    real, imaginary : Interval
        Rational enclosures of the parts; of the one above the real axis in a pair.

    Examples
    --------
    >>> rotation = ((Fraction(0), Fraction(-1)), (Fraction(1), Fraction(-1)))
    >>> [(e.text, e.is_real, e.multiplicity) for e in eigenvalues(rotation)]
    [('(-1 +- i sqrt(3))/2 = exp(+-2 pi i/3)', False, 1)]
    """

    text: str
    multiplicity: int
    is_real: bool
    number: Number | None
    minimal_polynomial: tuple[int, ...]
    real: Interval
    imaginary: Interval

    @property
    def count(self) -> int:
        """How many of the eigenvalues of the matrix this is, both of a pair counted."""
        return self.multiplicity if self.is_real else 2 * self.multiplicity

    @property
    def near(self) -> complex:
        """The middle of the enclosure, rounded."""
        return complex(float(sum(self.real) / 2), float(sum(self.imaginary) / 2))


def letter_eigenvalues(layer: Layer, letter: Letter) -> tuple[Eigenvalue, ...]:
    """Return the eigenvalues of a letter's matrix, the product of its steps.

    Order, cost and limits are those of :func:`eigenvalues`.
    """
    _check_dimension(layer.dim)
    return eigenvalues(layer.letter_matrix(letter))


def step_eigenvalues(step: Step) -> tuple[Eigenvalue, ...]:
    """Return the eigenvalues of one step's matrix.

    Those of a delta step are ``1 - beta |key|^2``, on the line of the key, and 1 elsewhere; those
    of a dense step are computed as by :func:`eigenvalues`.

    Examples
    --------
    >>> one = Fraction(1)
    >>> swap = DeltaStep(one, (one, -one, 0 * one), 0 * one)
    >>> [(e.text, e.multiplicity) for e in step_eigenvalues(swap)]
    [('-1', 1), ('1', 2)]
    """
    if not isinstance(step, DeltaStep):
        _check_dimension(len(step.matrix))
        return eigenvalues(step.matrix)
    values = Counter([simplified(step.eigenvalue)] + [Fraction(1)] * (len(step.key) - 1))
    return _sorted([_of_number(value, count) for value, count in values.items()])


def eigenvalues(matrix: Matrix) -> tuple[Eigenvalue, ...]:
    """Return the eigenvalues of a square matrix: real ones ascending, then pairs by their angle.

    Exact. The matrix is split into the blocks of its strongly connected components first, whose
    characteristic polynomials multiply to its own. Over the rationals O(n^3) and the
    factorisation, by flint; over a number field of degree d O(n^4 d^2) for a block of size n.

    Raises
    ------
    LimitReached
        For more than 200 rows, an entry of more than 100 digits, or a block over a number field
        whose size times the degree of the field is more than 24.
    """
    _check_dimension(len(matrix))
    largest = max((max(map(abs, enclose(x, 1))) for row in matrix for x in row), default=0)
    if largest >= LARGEST_ENTRY:
        raise LimitReached(
            "digits of a matrix entry for its eigenvalues",
            100,
            reached=int(largest).bit_length() * 30103 // 100000 + 1,
        )
    exponents: Counter[Poly] = Counter()
    for block in _blocks(matrix):
        for factor, exponent in factors(block):
            exponents[factor] += exponent
    return _sorted([e for factor, count in exponents.items() for e in _roots(factor, count)])


def _check_dimension(size: int) -> None:
    if size > MAX_DIMENSION:
        raise LimitReached("rows of a matrix for its eigenvalues", MAX_DIMENSION, reached=size)


def _sorted(found: list[Eigenvalue]) -> tuple[Eigenvalue, ...]:
    real = sorted((e for e in found if e.is_real), key=lambda e: e.real)
    pairs = (e for e in found if not e.is_real)
    return (*real, *sorted(pairs, key=lambda e: (math.atan2(e.near.imag, e.near.real), e.real)))


def _blocks(matrix: Matrix) -> list[Matrix]:
    """Return the diagonal blocks of the strongly connected components of the nonzero entries."""
    edges = [[j if x != 0 else i for j, x in enumerate(row)] for i, row in enumerate(matrix)]
    labels = strong_components(np.array(edges, np.int32).reshape(len(matrix), -1))
    parts: dict[int, list[int]] = {}
    for i, label in enumerate(labels.tolist()):
        parts.setdefault(label, []).append(i)
    return [tuple(tuple(simplified(matrix[i][j]) for j in p) for i in p) for p in parts.values()]


def _roots(factor: Poly, multiplicity: int) -> list[Eigenvalue]:
    """Return the roots of an irreducible factor: real ones, and those above the real axis."""
    if len(factor) == 2:
        return [_of_number(simplified(-factor[0]), multiplicity)]
    field = next((x.field for x in factor if isinstance(x, FieldElement)), None)
    if field is None:
        polynomial = fmpq_poly([to_fmpq(x) for x in factor if isinstance(x, Fraction)]).numer()
    else:
        companion = tuple(
            tuple(Fraction(i == j + 1) if j + 2 < len(factor) else -factor[i]
                  for j in range(len(factor) - 1))
            for i in range(len(factor) - 1)
        )  # fmt: skip
        polynomial = rational_factors(norm(field, companion, 0))[0][0]
    return [
        _of_root(polynomial, root, multiplicity)
        for root in _numeric_roots(factor, polynomial)
        if root.imag == 0 or root.imag > 0
    ]


def _numeric_roots(factor: Poly, polynomial: fmpz_poly) -> list[Any]:
    """Return balls around the roots of a factor, chosen among those of its rational multiple.

    At a root that is not the factor's, the value of the factor excludes 0 once the balls are
    narrow enough; so the choice is exact when as many are left as the degree of the factor.
    """
    bits = BITS
    while True:
        with ctx.workprec(bits):
            isolated: list[Any] = list(polynomial.complex_roots())
            roots = [root for root, _ in isolated]
            if polynomial.degree() == len(factor) - 1:
                return roots
            coefficients = [_ball(c, bits) for c in factor]
            chosen = []
            for root in roots:
                value = acb(0)
                for c in reversed(coefficients):
                    value = value * root + c
                if value.contains(0):
                    chosen.append(root)
            if len(chosen) == len(factor) - 1:
                return chosen
        bits *= 2


def _ball(number: Number, bits: int) -> arb:
    low, high = enclose(number, bits)
    return arb(to_fmpq((low + high) / 2)) + arb(0, to_fmpq((high - low) / 2))


def _of_number(value: Number, multiplicity: int) -> Eigenvalue:
    polynomial = minimal_polynomial(value)
    zero = Fraction(0)
    text = number_text(value)
    if len(polynomial) > 3:
        text = f"{text} = {decimal_text(value, 10)}"
    return Eigenvalue(
        text, multiplicity, True, value, polynomial, enclose(value, BITS), (zero, zero)
    )


def _of_root(polynomial: fmpz_poly, root: Any, multiplicity: int) -> Eigenvalue:
    coefficients = tuple(int(c) for c in polynomial.coeffs())
    real, imaginary = _interval(root.real), _interval(root.imag)
    is_real = not any(imaginary)
    near = complex(float(sum(real) / 2), float(sum(imaginary) / 2))
    order = int(polynomial.is_cyclotomic())
    if len(coefficients) == 3:
        smaller, larger = surds(coefficients)
        centre = Fraction(-coefficients[1], 2 * coefficients[2])
        text = larger if not is_real or real[0] > centre else smaller
        if order in (3, 6):
            text += f" = {_unity(order, near)}"
    elif order:
        text = _unity(order, near)
    else:
        digits = f"{near.real:.10g}" + ("" if is_real else f" +- {near.imag:.10g} i")
        text = f"{digits}, root of {polynomial_text(coefficients)}"
    return Eigenvalue(text, multiplicity, is_real, None, coefficients, real, imaginary)


def _unity(order: int, near: complex) -> str:
    """Name the pair of primitive roots of unity that is nearest to a number above the real axis."""
    half_turns = Fraction(2 * round(math.atan2(near.imag, near.real) * order / math.tau), order)
    factor = "" if half_turns.numerator == 1 else f"{half_turns.numerator} "
    return f"exp(+-{factor}pi i/{half_turns.denominator})"


def _interval(ball: Any) -> Interval:
    middle, radius, exponent = ball.mid_rad_10exp(40)
    scale = Fraction(10) ** int(exponent)
    return (int(middle) - int(radius)) * scale, (int(middle) + int(radius)) * scale
