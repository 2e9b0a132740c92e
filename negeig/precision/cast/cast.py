"""Nondecreasing casts: exact numbers seen through finitely many values.

The cast model keeps a layer's state exact; what the decoder sees is its cast. A cast is given by
its cells, the intervals of numbers that it sends to one value: deciding a cast is then a matter of
comparing an exact number, or an enclosure of it, with two rationals.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from negeig.claims import InputError
from negeig.precision.numbers.formats import Format


@dataclass(frozen=True)
class Cell:
    """The interval of numbers that a cast sends to ``value``; an end None is infinite.

    ``bits`` names the value as it is stored: hexadecimal digits for a number format. Two cells of
    one cast are equal exactly when their bits are.
    """

    value: Fraction
    bits: str
    low: Fraction | None
    high: Fraction | None
    closed_low: bool = True
    closed_high: bool = True

    def holds(self, p: int, q: int = 1) -> bool:
        """Whether p/q, q > 0, is in the cell. Exact and without a gcd: p and q may be huge."""
        if self.low is not None:
            above = p * self.low.denominator - self.low.numerator * q
            if above < 0 or (above == 0 and not self.closed_low):
                return False
        if self.high is not None:
            below = self.high.numerator * q - p * self.high.denominator
            if below < 0 or (below == 0 and not self.closed_high):
                return False
        return True


class Cast(Protocol):
    """A nondecreasing map of the real numbers onto ``values`` numbers."""

    @property
    def name(self) -> str:
        """Name for reports."""

    @property
    def values(self) -> int:
        """Number of distinct results, |D|."""

    @property
    def unit_bits(self) -> int:
        """Bits after the point with which cells near 0 are told apart."""

    def cell(self, x: Fraction) -> Cell:
        """Return the cell of an exact number."""

    def cell_of(self, bits: str) -> Cell:
        """Return the cell with these bits; InputError when there is none."""


@dataclass(frozen=True)
class FormatCast:
    """Round to nearest, ties to even, into a number format; saturating: no infinity, no NaN.

    Parameters
    ----------
    format : Format
    signed_zero : bool
        Whether negative numbers that round to 0 give -0, one more value. The decoder can then read
        the sign of a state however small it is. The state 0 itself, and a sum that is 0, give +0.
        False, whatever is given, of a format that has one zero.

    Examples
    --------
    >>> from negeig.precision.numbers.formats import BF16
    >>> cast = FormatCast(BF16)
    >>> cast.values, cast.cell(Fraction(1, 3)).bits, cast.cell(Fraction(-10) ** 99).bits
    (65279, '3eab', 'ff7f')
    >>> cast.cell_of("3eab").value
    Fraction(171, 512)
    """

    format: Format
    signed_zero: bool = False

    def __post_init__(self) -> None:
        # Where there is no -0 its bits are those of a NaN, and no decoder sees them.
        held = self.signed_zero and self.format.has_negative_zero
        object.__setattr__(self, "signed_zero", held)

    @property
    def name(self) -> str:
        """The format's name."""
        return self.format.name + ("+-0" if self.signed_zero else "")

    @property
    def values(self) -> int:
        """Distinct finite values of the format, both zeros counted where they are told apart."""
        return self.format.finite_values + self.signed_zero

    @property
    def unit_bits(self) -> int:
        """Bits after the point of half the smallest subnormal."""
        return self.format.precision - self.format.emin

    def cell(self, x: Fraction) -> Cell:
        """Return the cell of an exact number."""
        f = self.format
        nearest = f.max_finite if f.overflows(x) else Fraction(f.round(abs(x)))
        return self._cell(self._code(nearest), x < 0)

    def cell_of(self, bits: str) -> Cell:
        """Return the cell of a value given by its bits, as hexadecimal digits."""
        try:
            word = int(bits, 16)
        except ValueError:
            word = -1
        negative, code = divmod(word, 1 << (self._width - 1))
        known = code <= self._code(self.format.max_finite) and len(bits) == self._digits
        if negative not in (0, 1) or not known or (negative and code == 0 and not self.signed_zero):
            raise InputError("cast state", f"{bits!r} is no finite value of {self.name}")
        return self._cell(code, bool(negative))

    def _cell(self, code: int, negative: bool) -> Cell:
        """Return the cell of the value with this encoding of its magnitude.

        Magnitudes are encoded in order, so neighbours differ by 1, and a significand is even
        exactly when its encoding is: the ends, half way to the neighbours, belong to even values.
        """
        signed = negative and (code > 0 or self.signed_zero)
        bits = f"{code + (signed << (self._width - 1)):0{self._digits}x}"
        value = self._magnitude(code)
        top = value == self.format.max_finite
        outer = None if top else (value + self._magnitude(code + 1)) / 2
        if code == 0 and outer is not None:
            if signed:
                return Cell(value, bits, -outer, value, closed_high=False)
            return Cell(value, bits, value if self.signed_zero else -outer, outer)
        inner = (value + self._magnitude(code - 1)) / 2
        even = code % 2 == 0
        if negative:
            return Cell(-value, bits, None if outer is None else -outer, -inner, even, even)
        return Cell(value, bits, inner, outer, even, even)

    @property
    def _width(self) -> int:
        """Bits of a value: sign, exponent field, significand without the leading bit."""
        fields = self.format.emax - self.format.emin + 1
        return fields.bit_length() + self.format.precision

    @property
    def _digits(self) -> int:
        return -(-self._width // 4)

    def _code(self, magnitude: Fraction) -> int:
        """Return the exponent field and the significand bits of a value >= 0 as one number."""
        units = int(magnitude / self.format.smallest)
        shift = max(0, units.bit_length() - self.format.precision)
        return (shift << (self.format.precision - 1)) + (units >> shift)

    def _magnitude(self, code: int) -> Fraction:
        """Return the value >= 0 with this encoding."""
        shift = max(0, (code >> (self.format.precision - 1)) - 1)
        units = (code - (shift << (self.format.precision - 1))) << shift
        return units * self.format.smallest


@dataclass(frozen=True)
class StepCast:
    """Any nondecreasing cast with finitely many values: ``results[i]`` below ``thresholds[i]``.

    Parameters
    ----------
    thresholds : increasing sequence of Fraction
    results : nondecreasing sequence of Fraction, one more than thresholds
    upper : bool
        Whether a threshold itself goes up, to the result after it.

    Examples
    --------
    >>> sign = StepCast((Fraction(0),), (Fraction(-1), Fraction(1)))
    >>> [str(sign.cell(Fraction(x)).value) for x in (-3, 0, 5)]
    ['-1', '1', '1']
    """

    thresholds: Sequence[Fraction]
    results: Sequence[Fraction]
    upper: bool = True

    def __post_init__(self) -> None:
        rising = list(self.thresholds) == sorted(set(self.thresholds))
        ordered = list(self.results) == sorted(set(self.results))
        if not (rising and ordered and len(self.results) == len(self.thresholds) + 1):
            raise InputError(
                "cast", "expected increasing thresholds and one increasing result more than them"
            )

    @property
    def name(self) -> str:
        """A description: the number of values."""
        return f"a cast with {self.values} values"

    @property
    def values(self) -> int:
        """Number of results."""
        return len(self.results)

    @property
    def unit_bits(self) -> int:
        """Bits that tell the thresholds' denominators apart."""
        return max((t.denominator.bit_length() for t in self.thresholds), default=0)

    def cell(self, x: Fraction) -> Cell:
        """Return the cell of an exact number."""
        find = bisect_right if self.upper else bisect_left
        return self._cell(find(self.thresholds, x))

    def cell_of(self, bits: str) -> Cell:
        """Return the cell of a result given by its place among the results."""
        if not bits.isdecimal() or not int(bits) < self.values:
            raise InputError("cast state", f"{bits!r} is none of the {self.values} values")
        return self._cell(int(bits))

    def _cell(self, i: int) -> Cell:
        low = self.thresholds[i - 1] if i > 0 else None
        high = self.thresholds[i] if i < len(self.thresholds) else None
        return Cell(self.results[i], str(i), low, high, self.upper, not self.upper)
