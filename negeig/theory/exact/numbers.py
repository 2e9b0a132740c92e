"""Exact numbers: rationals, and elements of a real number field.

A network's entries are exact. Most constructions need only :class:`fractions.Fraction`;
rotations need algebraic numbers such as sqrt(3), held as polynomials in a root of an irreducible
integer polynomial, with a rational interval around the intended real root.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

from flint import arb, ctx, fmpq, fmpq_poly, fmpz_poly

from negeig.claims import InputError

Interval: TypeAlias = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class NumberField:
    """The field Q(r), r the real root of an irreducible integer polynomial nearest to ``root``.

    Parameters
    ----------
    minimal_polynomial : tuple of int
        Coefficients, constant term first; irreducible over Q, of degree at least 1.
    root : str
        Decimal string near the intended real root; 30 digits or more pin it down safely.

    Raises
    ------
    InputError
        When the polynomial is reducible or constant, has no real root, or ``root`` is not a
        decimal number that is clearly nearest to one real root.

    Examples
    --------
    >>> field = NumberField((-3, 0, 1), "1.73205080756887729352744634151")
    >>> root3 = field.element([0, 1])
    >>> root3 * root3 == 3, root3 > Fraction(173, 100)
    (True, True)
    """

    minimal_polynomial: tuple[int, ...]
    root: str

    def __post_init__(self) -> None:
        problems = []
        polynomial = fmpz_poly(list(self.minimal_polynomial))
        if polynomial.degree() < 1:
            problems.append("the minimal polynomial must have degree 1 or more")
        elif len(self.minimal_polynomial) != polynomial.degree() + 1:
            problems.append("the leading coefficient of the minimal polynomial is 0")
        else:
            _, factors = polynomial.factor()
            if len(factors) != 1 or factors[0][1] != 1:
                problems.append("the minimal polynomial is reducible over the rationals")
        try:
            near = Fraction(self.root)
        except (ValueError, ZeroDivisionError):
            problems.append(f"root {self.root!r} is not a decimal number")
        if problems:
            raise InputError("field", problems)
        object.__setattr__(self, "_isolating", _isolate(polynomial, near, self.root))

    @property
    def degree(self) -> int:
        """Degree of the field over Q."""
        return len(self.minimal_polynomial) - 1

    @cached_property
    def modulus(self) -> fmpq_poly:
        """The minimal polynomial as a flint polynomial over Q."""
        return fmpq_poly(list(self.minimal_polynomial))

    def element(self, coefficients: Iterable[Fraction | int]) -> FieldElement:
        """Return sum_i coefficients[i] * r^i, reduced."""
        polynomial = fmpq_poly([to_fmpq(Fraction(c)) for c in coefficients])
        return FieldElement(self, polynomial % self.modulus)

    def root_interval(self, bits: int) -> Interval:
        """Return a rational interval of width at most 2^-bits that contains the root.

        Bisection on the sign of the minimal polynomial: exact, one bit a step. The narrowest
        interval found so far is kept.
        """
        low, high = self._isolating  # type: ignore[attr-defined]
        width = Fraction(1, 2**bits)
        if high - low > width:
            positive = self.modulus(to_fmpq(high)) > 0
            while high - low > width:
                middle = (low + high) / 2
                if (self.modulus(to_fmpq(middle)) > 0) == positive:
                    high = middle
                else:
                    low = middle
            object.__setattr__(self, "_isolating", (low, high))
        return low, high


@dataclass(frozen=True)
class FieldElement:
    """An element of a :class:`NumberField`, a reduced polynomial in its root. Arithmetic is exact.

    Comparison with ``<`` refines the root until the sign is decided; equality is exact because
    the minimal polynomial is irreducible.
    """

    field: NumberField
    polynomial: fmpq_poly

    @property
    def coefficients(self) -> tuple[Fraction, ...]:
        """Coefficients of 1, r, r^2, ..., as many as the degree of the field."""
        found = [to_fraction(c) for c in self.polynomial.coeffs()]
        return tuple(found + [Fraction(0)] * (self.field.degree - len(found)))

    def rational(self) -> Fraction | None:
        """Return the element as a Fraction when it is rational, otherwise None."""
        return None if self.polynomial.degree() > 0 else self.coefficients[0]

    def enclosure(self, bits: int) -> Interval:
        """Return a rational interval of width at most 2^-bits around the element's real value."""
        extra = 8
        while True:
            ends = [to_fmpq(x) for x in self.field.root_interval(bits + extra)]
            with ctx.workprec(bits + 4 * extra):
                root, value = arb(ends[0]).union(arb(ends[1])), arb(0)
                for c in reversed(self.polynomial.coeffs()):
                    value = value * root + arb(c)
                found = _dyadic(value.lower()), _dyadic(value.upper())
            if found[1] - found[0] <= Fraction(1, 2**bits):
                return found
            extra *= 2

    def sign(self) -> int:
        """-1, 0 or 1, exactly."""
        if self.polynomial.degree() < 0:
            return 0
        bits = 16
        while True:
            low, high = self.enclosure(bits)
            if low > 0 or high < 0:
                return 1 if low > 0 else -1
            bits *= 2

    def _poly(self, other: Number | int) -> fmpq_poly | None:
        if isinstance(other, FieldElement):
            if other.field is not self.field and other.field != self.field:
                raise InputError("field", "elements of two different number fields do not mix")
            return other.polynomial
        if isinstance(other, Fraction):
            return fmpq_poly([to_fmpq(other)])
        return fmpq_poly([other]) if isinstance(other, int) else None

    def _new(self, polynomial: fmpq_poly) -> FieldElement:
        return FieldElement(self.field, polynomial)

    def __add__(self, other: Number | int) -> FieldElement:
        p = self._poly(other)
        return NotImplemented if p is None else self._new(self.polynomial + p)

    def __sub__(self, other: Number | int) -> FieldElement:
        p = self._poly(other)
        return NotImplemented if p is None else self._new(self.polynomial - p)

    def __mul__(self, other: Number | int) -> FieldElement:
        if isinstance(other, Fraction):
            return self._new(self.polynomial * to_fmpq(other))
        p = self._poly(other)
        if p is None:
            return NotImplemented
        return self._new(self.polynomial * p % self.field.modulus)

    def __truediv__(self, other: Number | int) -> FieldElement:
        p = self._poly(other)
        if p is None:
            return NotImplemented
        if p.degree() < 0:
            raise ZeroDivisionError("division by zero in a number field")
        gcd, inverse, _ = p.xgcd(self.field.modulus)
        return self._new(self.polynomial * inverse / gcd[0] % self.field.modulus)

    def __rtruediv__(self, other: Fraction | int) -> FieldElement:
        return self.field.element([Fraction(other)]) / self

    def __rsub__(self, other: Fraction | int) -> FieldElement:
        return -self + other

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> FieldElement:
        return self._new(-self.polynomial)

    def __lt__(self, other: Number | int) -> bool:
        return (self - other).sign() < 0

    def __gt__(self, other: Number | int) -> bool:
        return (self - other).sign() > 0

    def __eq__(self, other: object) -> bool:
        p = self._poly(other) if isinstance(other, (int, Fraction, FieldElement)) else None
        return NotImplemented if p is None else bool(self.polynomial == p)

    def __hash__(self) -> int:
        rational = self.rational()
        if rational is not None:
            return hash(rational)
        return hash((*self.polynomial.numer().coeffs(), self.polynomial.denom()))

    def __float__(self) -> float:
        low, high = self.enclosure(80)
        return float((low + high) / 2)


Number: TypeAlias = Fraction | FieldElement
"""An exact real number."""

Vector: TypeAlias = tuple[Number, ...]
Matrix: TypeAlias = tuple[Vector, ...]
"""Rows of exact entries."""


def simplified(number: Number) -> Number:
    """Return a rational number as a Fraction, whatever field it is held in."""
    if isinstance(number, Fraction):
        return number
    rational = number.rational()
    return number if rational is None else rational


def enclose(number: Number, bits: int) -> Interval:
    """Return a rational interval of width at most 2^-bits (0 for a rational) around a number.

    Examples
    --------
    >>> enclose(Fraction(1, 3), 8)
    (Fraction(1, 3), Fraction(1, 3))
    """
    if isinstance(number, Fraction):
        return number, number
    rational = number.rational()
    return number.enclosure(bits) if rational is None else (rational, rational)


def to_fmpq(number: Fraction) -> fmpq:
    """Convert a Fraction to flint's rational type, whose arithmetic is compiled."""
    return fmpq(number.numerator, number.denominator)


def to_fraction(number: fmpq) -> Fraction:
    """Convert flint's rational type to a Fraction."""
    return Fraction(int(number.p), int(number.q))


def _dyadic(ball: arb) -> Fraction:
    """Return the value of a ball of radius 0, which is a dyadic rational."""
    mantissa, exponent = ball.man_exp()
    return int(mantissa) * Fraction(2) ** int(exponent)


def _isolate(polynomial: fmpz_poly, near: Fraction, shown: str) -> Interval:
    """Return a rational interval around the real root nearest to ``near`` and no other.

    The polynomial is irreducible, so its roots are simple and, above degree 1, irrational: every
    dyadic interval found by halving has a definite sign at its ends.
    """
    if polynomial.degree() == 1:
        root = Fraction(-int(polynomial[0]), int(polynomial[1]))
        return root, root
    intervals = _real_root_intervals(polynomial)
    if not intervals:
        raise InputError("field", "the minimal polynomial has no real root")
    by_distance = sorted((abs((low + high) / 2 - near), (low, high)) for low, high in intervals)
    if len(by_distance) > 1 and by_distance[1][0] <= 2 * by_distance[0][0]:
        raise InputError("field", f"root {shown} does not single out one real root")
    return by_distance[0][1]


def _real_root_intervals(polynomial: fmpz_poly) -> list[Interval]:
    """Isolating rational intervals of the real roots, from flint's certified complex roots.

    flint returns an imaginary part of exactly 0 for a real root, and disjoint balls.
    """
    intervals = []
    roots: list[Any] = list(polynomial.complex_roots())
    for root, _ in roots:
        if root.imag == 0:
            middle, radius, exponent = root.real.mid_rad_10exp(40)
            scale = Fraction(10) ** int(exponent)
            centre, slack = int(middle) * scale, (int(radius) + 1) * scale
            intervals.append((centre - slack, centre + slack))
    return intervals
