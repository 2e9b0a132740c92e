"""Exact polynomials in one variable over the rationals or a real number field: their roots.

A polynomial is the tuple of its coefficients, constant term first, the last one not 0.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from itertools import pairwise

from flint import fmpq_poly

from negeig.theory.linear_algebra import ZERO, simplify
from negeig.theory.numbers import Number, to_fmpq, to_fraction

Polynomial = tuple[Number, ...]


def roots_in_field(polynomial: Polynomial) -> tuple[Number, ...]:
    """Return the rational roots of a polynomial with leading coefficient 1, each once.

    When dividing by them leaves degree 1, that root too, rational or not. Other roots in a number
    field are not looked for.

    Examples
    --------
    >>> [str(x) for x in roots_in_field((Fraction(-1, 4), Fraction(0), Fraction(1)))]
    ['-1/2', '1/2']
    """
    found: list[Number] = []
    for root in _rational_roots(polynomial):
        found.append(root)
        while len(polynomial) > 1 and evaluate(polynomial, root) == 0:
            polynomial = _divide(polynomial, root)
    if len(polynomial) == 2:
        found.append(simplify(-polynomial[0]))
    return tuple(found)


def has_only_real_roots(polynomial: Polynomial) -> bool:
    """Say whether all complex roots are real.

    Sturm's theorem: the signs of the remainders of p and p' at the two infinities count the
    distinct real roots, and the last remainder, gcd(p, p'), tells how many distinct roots there
    are. O(n^2) operations on numbers that grow.

    Examples
    --------
    >>> one, no = Fraction(1), Fraction(0)
    >>> has_only_real_roots((no, -one, no, one)), has_only_real_roots((no, one, no, one))
    (True, False)
    """
    degree = len(polynomial) - 1
    sequence = [polynomial, tuple(i * c for i, c in enumerate(polynomial) if i > 0)]
    while sequence[-1]:
        sequence.append(tuple(-c for c in _remainder(sequence[-2], sequence[-1])))
    sequence.pop()
    up = [p[-1] > 0 for p in sequence]
    down = [positive == (len(p) % 2 == 1) for positive, p in zip(up, sequence, strict=True)]
    return _changes(down) - _changes(up) == degree - (len(sequence[-1]) - 1)


def evaluate(polynomial: Polynomial, x: Number) -> Number:
    """Return the value at x."""
    total: Number = ZERO
    for c in reversed(polynomial):
        total = simplify(total * x + c)
    return total


def parts(number: Number) -> tuple[Fraction, ...]:
    """Return the coefficients of 1, r, r^2, ... in a field with root r; of 1 for a Fraction."""
    return (number,) if isinstance(number, Fraction) else number.coefficients


def _rational_roots(polynomial: Polynomial) -> list[Fraction]:
    """Return the rational numbers at which the parts of 1, r, r^2, ... (r the root) all vanish."""
    split = [parts(c) for c in polynomial]
    by_power = [
        fmpq_poly([to_fmpq(p[i]) if i < len(p) else to_fmpq(ZERO) for p in split])
        for i in range(max(map(len, split)))
    ]
    _, factors = reduce(lambda a, b: a.gcd(b), by_power).factor()
    linear = (factor for factor, _ in factors if factor.degree() == 1)
    return sorted(to_fraction(-factor[0] / factor[1]) for factor in linear)


def _divide(polynomial: Polynomial, root: Number) -> Polynomial:
    """Divide by (x - root), a root: synthetic division."""
    quotient: list[Number] = []
    carry: Number = ZERO
    for c in reversed(polynomial[1:]):
        carry = simplify(carry * root + c)
        quotient.append(carry)
    return tuple(reversed(quotient))


def _remainder(dividend: Polynomial, divisor: Polynomial) -> Polynomial:
    """Return the remainder without leading zeros; the empty tuple is 0."""
    rest = list(dividend)
    while len(rest) >= len(divisor):
        ratio = rest[-1] / divisor[-1]
        shift = len(rest) - len(divisor)
        for i, c in enumerate(divisor[:-1]):
            rest[shift + i] = simplify(rest[shift + i] - ratio * c)
        rest.pop()
        while rest and rest[-1] == 0:
            rest.pop()
    return tuple(rest)


def _changes(signs: list[bool]) -> int:
    return sum(a != b for a, b in pairwise(signs))
