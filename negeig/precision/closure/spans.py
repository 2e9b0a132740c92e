"""Sets of numbers known by a unit and a size: sums of them that no order of adding rounds.

If every term of a sum is a multiple of a power of two ``u`` and the magnitudes add up to at most
``2^p u``, every partial sum in every order is a multiple of ``u`` of at most that size: a number of
``p`` significant bits. So neither the order nor a fused multiply-add changes the result, wherever
sums keep ``p`` bits or more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from negeig.precision.numbers.formats import Format


class NotDyadic(Exception):
    """A number that is no multiple of a power of two, so that no number of bits holds it."""


@dataclass(frozen=True)
class Span:
    """Multiples of ``unit``, a power of two, of magnitude at most ``largest``; exact.

    ``a * b`` spans the products, ``a + b`` the sums of a number of each in any order, ``a | b``
    both sets, ``n * a`` the sums of n numbers. Where ``largest`` is 0 the unit means nothing.

    Examples
    --------
    >>> halves = Span.of([Fraction(3, 2), Fraction(-1)])
    >>> halves, (halves + halves).bits
    (Span(unit=Fraction(1, 2), largest=Fraction(3, 2)), 3)
    """

    unit: Fraction
    largest: Fraction

    @classmethod
    def of(cls, numbers: Iterable[Any]) -> Span:
        """Return the largest unit and the size of some numbers. Raises NotDyadic."""
        kept = {_dyadic(number) for number in numbers} - {Fraction(0)}
        if not kept:
            return NOTHING
        denominator = max(x.denominator for x in kept)
        whole = (abs(x.numerator) * (denominator // x.denominator) for x in kept)
        return cls(Fraction(min(n & -n for n in whole), denominator), max(map(abs, kept)))

    def __or__(self, other: Span) -> Span:
        if not self.largest or not other.largest:
            return self if self.largest else other
        return Span(min(self.unit, other.unit), max(self.largest, other.largest))

    def __add__(self, other: Span) -> Span:
        return Span((self | other).unit, self.largest + other.largest)

    def __mul__(self, other: Span) -> Span:
        return Span(self.unit * other.unit, self.largest * other.largest)

    def __rmul__(self, count: int) -> Span:
        return Span(self.unit, count * self.largest)

    @property
    def bits(self) -> int:
        """Significant bits that hold every such number."""
        return (-(-self.largest // self.unit) - 1).bit_length() if self.largest else 0

    def in_range(self, target: Format) -> bool:
        """Whether such numbers are within a format's range, and their unit no subnormal number.

        What is subnormal may be flushed to zero.
        """
        normal = Fraction(2) ** target.emin
        return not self.largest or (self.unit >= normal and self.largest <= target.max_finite)

    def fits(self, target: Format) -> bool:
        """Whether a format holds every such number, whatever it does below its normal ones."""
        return self.bits <= target.precision and self.in_range(target)


NOTHING = Span(Fraction(1), Fraction(0))
"""The number 0 alone."""


def _dyadic(number: Any) -> Fraction:
    if not isinstance(number, (int, Fraction)):
        raise NotDyadic(f"{float(number):.6g}... is irrational")
    denominator = number.denominator
    if denominator & (denominator - 1):
        raise NotDyadic(f"{number} is no multiple of a power of two")
    return Fraction(number)
