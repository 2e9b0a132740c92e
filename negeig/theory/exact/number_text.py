"""Exact numbers as a person writes them: fractions, surds, polynomials in the root of a field."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from flint import fmpq_mat, fmpz

from negeig.theory.exact.numbers import FieldElement, Number, NumberField, enclose, to_fmpq

LONGEST = 24
"""Longest numerator or denominator that is written out."""

LARGEST_FACTORED = 10**30
"""Larger discriminants are not searched for square factors."""


def number_text(number: Number) -> str:
    """Return a number exactly: a fraction, a surd, or a polynomial in the field's root ``r``.

    Fractions with very long terms are given to twelve digits, after a ``~``.

    Examples
    --------
    >>> from negeig.theory.exact.numbers import NumberField
    >>> root3 = NumberField((-3, 0, 1), "1.73205080756887729352744634151").element([0, 1])
    >>> [number_text(x) for x in (Fraction(-1, 2), root3, (3 - root3) / 6, -root3)]
    ['-1/2', 'sqrt(3)', '(3 - sqrt(3))/6', '-sqrt(3)']
    >>> r = NumberField((1, -3, 0, 1), "1.53208888623795607").element([0, 1])
    >>> number_text(r * r / 2 - 1)
    '1/2 r^2 - 1'
    """
    if isinstance(number, FieldElement):
        rational = number.rational()
        if rational is None:
            return _element_text(number.field, number.coefficients)
        number = rational
    if max(abs(number.numerator), number.denominator) >= 10**LONGEST:
        return f"~{decimal_text(number)}"
    return str(number)


def value_text(number: Number) -> str:
    """Return a fraction or a surd exactly, any other number to twelve digits, after a ``~``.

    For places that do not say what the root of the field is.

    Examples
    --------
    >>> from negeig.theory.exact.fields import polygon
    >>> [value_text(x) for x in (Fraction(1, 3), polygon(3)[1][1], polygon(7)[1][0])]
    ['1/3', 'sqrt(3)/2', '~0.623489801859']
    """
    if isinstance(number, FieldElement) and len(minimal_polynomial(number)) > 3:
        return f"~{decimal_text(number)}"
    return number_text(number)


def decimal_text(number: Number, digits: int = 12) -> str:
    """Return a number rounded to so many digits, however large or small it is.

    Examples
    --------
    >>> decimal_text(Fraction(2, 3)), decimal_text(Fraction(1, 10**400), 3)
    ('0.666666666667', '1e-400')
    """
    bits = 4 * digits
    low, high = enclose(number, bits)
    while (high - low) * 10 ** (digits + 1) > abs(low):
        bits *= 2
        low, high = enclose(number, bits)
    middle = (low + high) / 2
    with localcontext(prec=digits):
        quotient = Decimal(middle.numerator) / Decimal(middle.denominator)
        return f"{quotient.normalize():.{digits}g}"


@lru_cache(maxsize=10_000)
def _element_text(field: NumberField, coefficients: tuple[Fraction, ...]) -> str:
    element = field.element(coefficients)
    polynomial = minimal_polynomial(element)
    if len(polynomial) > 3:
        return polynomial_text(coefficients, "r")
    below, above = surds(polynomial)
    return above if element > Fraction(-polynomial[1], 2 * polynomial[2]) else below


def minimal_polynomial(number: Number) -> tuple[int, ...]:
    """Return the primitive integer polynomial of least degree with this root, constant first.

    Examples
    --------
    >>> minimal_polynomial(Fraction(-3, 4))
    (3, 4)
    """
    rational = number.rational() if isinstance(number, FieldElement) else number
    if rational is not None:
        return -rational.numerator, rational.denominator
    assert isinstance(number, FieldElement)
    degree = number.field.degree
    times = fmpq_mat(degree, degree)
    for j in range(degree):
        column = number * number.field.element([0] * j + [1])
        for i, c in enumerate(column.coefficients):
            times[i, j] = to_fmpq(c)
    _, factors = times.charpoly().numer().factor()
    return tuple(int(c) for c in factors[0][0].coeffs())


def surds(polynomial: Sequence[int]) -> tuple[str, str]:
    """Return the roots of an irreducible quadratic: the smaller and the larger one.

    Where they are not real, both are the pair, with ``+-``.

    Examples
    --------
    >>> surds((-1, -1, 1)), surds((1, -1, 1))[0], surds((1, 0, 1))[0], surds((3, 0, 4))[0]
    (('(1 - sqrt(5))/2', '(1 + sqrt(5))/2'), '(1 +- i sqrt(3))/2', '+-i', '+-i sqrt(3)/2')
    """
    c, b, a = polynomial
    discriminant = b * b - 4 * a * c
    free, square = _split(abs(discriminant))
    common = Fraction(square, 2 * a)
    denominator = math.lcm(Fraction(b, 2 * a).denominator, common.denominator)
    centre = int(Fraction(-b, 2 * a) * denominator)
    factor = int(common * denominator)
    root = " ".join(
        part
        for part in (
            str(factor) if factor != 1 else "",
            "i" if discriminant < 0 else "",
            f"sqrt({free})" if free != 1 else "",
        )
        if part
    )

    def text(sign: str) -> str:
        if centre == 0:
            whole = root if sign == "+" else sign + root
        else:
            whole = f"{centre} {sign} {root}" if denominator == 1 else f"({centre} {sign} {root})"
        return whole if denominator == 1 else f"{whole}/{denominator}"

    return (text("-"), text("+")) if discriminant > 0 else (text("+-"), text("+-"))


def polynomial_text(coefficients: Sequence[int | Fraction], variable: str = "x") -> str:
    """Return a polynomial, highest power first; only its degree where it is long.

    Examples
    --------
    >>> polynomial_text((1, -3, 0, 1))
    'x^3 - 3 x + 1'
    """
    terms = []
    for power, c in reversed(list(enumerate(coefficients))):
        if c != 0:
            factor = "" if abs(c) == 1 and power else str(abs(c))
            letters = "" if power == 0 else variable if power == 1 else f"{variable}^{power}"
            sign = "-" if c < 0 else "+"
            terms.append(f"{sign} {factor}{' ' if factor and letters else ''}{letters}")
    text = " ".join(terms).removeprefix("+ ")
    text = "-" + text[2:] if text.startswith("- ") else text
    if len(text) > 3 * LONGEST:
        return f"a polynomial in {variable} of degree {len(coefficients) - 1}"
    return text or "0"


def _split(number: int) -> tuple[int, int]:
    """Return (s, x) with number = s x^2, s squarefree where the number is small enough to tell."""
    free, square = 1, 1
    if number >= LARGEST_FACTORED:
        return number, 1
    for prime, exponent in fmpz(number).factor():
        free *= int(prime) ** (exponent % 2)
        square *= int(prime) ** (exponent // 2)
    return free, square
