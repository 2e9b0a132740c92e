"""Characteristic polynomials of exact matrices, and their irreducible factors.

Over a field K = Q(r) the factors come from norms: the matrix of A + s r acting on a rational vector
space has as characteristic polynomial the norm of that of A, shifted, and where the norm has no
repeated root that it need not have, its rational factors give the factors over K as greatest common
divisors (Trager 1976, Algebraic factoring and rational function integration).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from flint import fmpq_mat, fmpq_poly, fmpz_poly

from negeig.claims import LimitReached
from negeig.theory.exact.numbers import FieldElement, Matrix, Number, NumberField, to_fmpq

MAX_FIELD_BLOCK = 24
"""Largest irreducible block with entries in a number field, times the degree of the field."""

Poly: TypeAlias = tuple[Number, ...]
"""Coefficients, constant term first."""


def factors(block: Matrix) -> list[tuple[Poly, int]]:
    """Return the monic irreducible factors of a characteristic polynomial over its field."""
    if len(block) == 1:
        return [((-block[0][0], Fraction(1)), 1)]
    field = next((x.field for row in block for x in row if isinstance(x, FieldElement)), None)
    if field is None:
        entries = [to_fmpq(x) for row in block for x in row if isinstance(x, Fraction)]
        polynomial = fmpq_mat(len(block), len(block), entries).charpoly()
        return [(_monic(factor), e) for factor, e in rational_factors(polynomial)]
    return _factors_over(field, block)


def rational_factors(polynomial: fmpq_poly) -> list[tuple[fmpz_poly, int]]:
    """Return the irreducible factors over the rationals, with their exponents."""
    _, factors = polynomial.numer().factor()
    return [(factor, int(exponent)) for factor, exponent in factors]


def _monic(polynomial: fmpz_poly) -> Poly:
    coefficients = [int(c) for c in polynomial.coeffs()]
    return tuple(Fraction(c, coefficients[-1]) for c in coefficients)


def _factors_over(field: NumberField, block: Matrix) -> list[tuple[Poly, int]]:
    """Return the factors over a number field, by norms (module docstring)."""
    if len(block) * field.degree > MAX_FIELD_BLOCK:
        raise LimitReached(
            "size of a block times the degree of its number field",
            MAX_FIELD_BLOCK,
            reached=len(block) * field.degree,
        )
    whole = _characteristic(block)
    squarefree = _divided(whole, _gcd(whole, _derivative(whole)))[0]
    root, shift = field.element([0, 1]), 0
    while True:
        factors = rational_factors(norm(field, block, shift))
        if sum(f.degree() for f, _ in factors) == field.degree * (len(squarefree) - 1):
            break
        shift += 1
    found = []
    for factor, exponent in factors:
        # factor(x + shift r), reduced
        value: Poly = ()
        for c in reversed(_monic(factor)):
            value = _divided(_sum(_product(value, (root * shift, Fraction(1))), (c,)), squarefree)[
                1
            ]
        found.append((_gcd(squarefree, value), exponent))
    return found


def norm(field: NumberField, block: Matrix, shift: int) -> fmpq_poly:
    """Return the norm of the characteristic polynomial of ``block + shift r``, over Q."""
    n, d = len(block), field.degree
    root = field.element([0, 1])
    powers = [field.element([0] * j + [1]) for j in range(d)]
    rational = fmpq_mat(n * d, n * d)
    for i in range(n):
        for j in range(n):
            entry = block[i][j] + (root * shift if i == j else 0)
            for k, power in enumerate(powers):
                for row, c in enumerate((power * entry).coefficients):
                    rational[i * d + row, j * d + k] = to_fmpq(c)
    return rational.charpoly()


def _characteristic(block: Matrix) -> Poly:
    """Return the monic characteristic polynomial, by the method of Faddeev and LeVerrier."""
    n = len(block)
    zero, one = Fraction(0), Fraction(1)
    power: list[list[Number]] = [[zero] * n for _ in range(n)]
    coefficients: list[Number] = [one]
    for k in range(1, n + 1):
        for i in range(n):
            power[i][i] = power[i][i] + coefficients[-1]
        power = [
            [sum((row[m] * power[m][j] for m in range(n) if row[m] != 0), zero) for j in range(n)]
            for row in block
        ]
        trace: Number = sum((power[i][i] for i in range(n)), zero)
        coefficients.append(trace * Fraction(-1, k))
    return tuple(reversed(coefficients))


def _trimmed(p: Sequence[Number]) -> Poly:
    end = len(p)
    while end and p[end - 1] == 0:
        end -= 1
    return tuple(p[:end])


def _sum(p: Poly, q: Poly) -> Poly:
    length = max(len(p), len(q))
    zero = (Fraction(0),)
    pairs = zip(p + zero * (length - len(p)), q + zero * (length - len(q)), strict=True)
    return _trimmed([a + b for a, b in pairs])


def _product(p: Poly, q: Poly) -> Poly:
    found: list[Number] = [Fraction(0)] * max(len(p) + len(q) - 1, 0)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            found[i + j] = found[i + j] + a * b
    return _trimmed(found)


def _divided(p: Poly, q: Poly) -> tuple[Poly, Poly]:
    """Return quotient and remainder of p by a monic q."""
    rest, quotient = list(p), []
    for top in range(len(p) - 1, len(q) - 2, -1):
        factor = rest[top]
        quotient.append(factor)
        for j, b in enumerate(q):
            rest[top - len(q) + 1 + j] = rest[top - len(q) + 1 + j] - factor * b
    return tuple(reversed(quotient)), _trimmed(rest[: len(q) - 1])


def _derivative(p: Poly) -> Poly:
    return tuple(a * Fraction(i) for i, a in enumerate(p) if i > 0)


def _gcd(p: Poly, q: Poly) -> Poly:
    """Return the monic greatest common divisor of p and q, p not zero."""
    while q:
        monic = tuple(a / q[-1] for a in q)
        p, q = monic, _divided(p, monic)[1]
    return p
