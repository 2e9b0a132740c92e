"""Real number fields by name: quadratic ones, and those of the cosines and sines of a polygon.

The coordinates of a regular m-gon with centre 0 and one corner at (1, 0) generate the real
subfield of the cyclotomic field of n = lcm(4, m): it contains cos(2 pi/m) and sin(2 pi/m), and
with i = sqrt(-1) both generate all n-th roots of unity, so no smaller field contains them
(Washington, Introduction to Cyclotomic Fields, chapter 2). Its degree is phi(n)/2: 1 for the
square, 2 for the triangle and the hexagon, 4 for the pentagon.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache

from flint import arb, ctx, fmpq, fmpz, fmpz_poly

from negeig.theory.exact.numbers import FieldElement, Number, NumberField, simplified

DIGITS = 50
"""Decimal digits of the root that names a field."""

_BITS = 250  # enough for the digits and more


def field_of(numbers: list[Number]) -> NumberField | None:
    """Return the number field of some numbers, None where all are Fractions.

    Raises ValueError where two of them lie in different fields.
    """
    fields = {x.field for x in numbers if isinstance(x, FieldElement)}
    if len(fields) > 1:
        raise ValueError("numbers of two different fields")
    return next(iter(fields), None)


@cache
def square_root(number: Fraction) -> Number:
    """Return the square root of a positive rational: rational, or in a quadratic field.

    The field is Q(sqrt s) for the squarefree s with number = s x^2, so that roots which differ by
    a rational factor lie in one field. Raises ValueError for a number that is not positive.
    Numerator and denominator are factored.

    Examples
    --------
    >>> square_root(Fraction(9, 4))
    Fraction(3, 2)
    >>> root = square_root(Fraction(12))
    >>> root * root == 12, root.field.minimal_polynomial
    (True, (-3, 0, 1))
    """
    if number <= 0:
        raise ValueError(f"{number} has no positive square root")
    free, factor = squarefree(number)
    if free == 1:
        return factor
    with ctx.workprec(_BITS):
        root = _text(arb(free).sqrt())
    return NumberField((-free, 0, 1), root).element([0, factor])


def _text(root: arb) -> str:
    """Write a root in decimal, rounded, without zeros at the end."""
    text = root.str(DIGITS, radius=False)
    whole, point, places = text.partition(".")
    return whole + point + (places.rstrip("0") or "0") if point else text


def squarefree(number: Fraction) -> tuple[int, Fraction]:
    """Return (s, x) with number = s x^2, s squarefree and x > 0.

    Examples
    --------
    >>> squarefree(Fraction(3, 4)), squarefree(Fraction(8))
    ((3, Fraction(1, 2)), (2, Fraction(2, 1)))
    """
    free, factor = 1, Fraction(1, number.denominator)
    for prime, exponent in fmpz(number.numerator * number.denominator).factor():
        factor *= int(prime) ** (exponent // 2)
        free *= int(prime) ** (exponent % 2)
    return free, factor


@cache
def real_cyclotomic(n: int) -> NumberField:
    """Return Q(2 cos(2 pi/n)), the real subfield of the n-th cyclotomic field, n >= 1.

    Its degree is phi(n)/2 for n > 2.

    Examples
    --------
    >>> real_cyclotomic(5).minimal_polynomial, real_cyclotomic(12).minimal_polynomial
    ((-1, 1, 1), (-3, 0, 1))
    """
    polynomial = fmpz_poly.cos_minpoly(n)
    with ctx.workprec(_BITS):
        root = _text(2 * arb.cos_pi_fmpq(fmpq(2, n)))
    return NumberField(tuple(int(c) for c in polynomial.coeffs()), root)


def polygon_degree(m: int) -> int:
    """Degree of the field of the corners of the regular m-gon: phi(lcm(4, m))/2.

    Examples
    --------
    >>> [polygon_degree(m) for m in (3, 4, 5, 6, 7, 12, 100)]
    [2, 1, 4, 2, 6, 2, 20]
    """
    n = math.lcm(4, m)
    return sum(math.gcd(k, n) == 1 for k in range(n)) // 2


@cache
def polygon(m: int) -> tuple[tuple[Number, Number], ...]:
    """Return (cos(2 pi k/m), sin(2 pi k/m)) for k = 0, ..., m - 1, exactly.

    Every number is a Fraction where it is rational, and in the field of degree
    :func:`polygon_degree` otherwise. O(lcm(4, m)) operations in that field.

    Examples
    --------
    >>> [str(c) for c, _ in polygon(4)], [str(s) for _, s in polygon(4)]
    (['1', '0', '-1', '0'], ['0', '1', '0', '-1'])
    >>> cosine, sine = polygon(5)[1]
    >>> cosine * cosine + sine * sine == 1
    True
    """
    n = math.lcm(4, m)
    field = real_cyclotomic(n)
    # 2 cos((j+1)x) = 2 cos(x) 2 cos(jx) - 2 cos((j-1)x)
    root = field.element([0, 1])
    doubled = [field.element([2]), root]
    while len(doubled) < n:
        doubled.append(root * doubled[-1] - doubled[-2])
    halves = [simplified(x / 2) for x in doubled]
    return tuple((halves[k * n // m], halves[(k * n // m - n // 4) % n]) for k in range(m))


def golden_ratio() -> FieldElement:
    """Return (1 + sqrt 5)/2 in Q(2 cos(2 pi/5)), whose root is its inverse.

    Examples
    --------
    >>> golden_ratio() * golden_ratio() == golden_ratio() + 1
    True
    """
    return real_cyclotomic(5).element([1, 1])
