"""Floating-point formats as data, and their exact rounding.

A :class:`Format` is a handful of integers; rounding an exact rational into it is the
specification that the array and compiled versions are tested against.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property
from typing import Literal

from negeig.claims import InputError

Rounded = Fraction | float
"""A finite value as a Fraction, or the float inf, -inf or nan."""

Direction = Literal["rne", "rtz", "rna"]
"""To nearest, ties to even; toward zero; to nearest, ties away from zero."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """A binary floating-point format with subnormals.

    Finite values are m * 2^(e - precision + 1) with integers |m| < 2^precision and
    emin <= e <= emax, at most ``max_finite`` in magnitude.

    Parameters
    ----------
    name : str
    precision : int
        Significand bits, the hidden one included.
    emin, emax : int
        Exponents of the smallest and the largest normal numbers 1.xxx * 2^e.
    unused : int
        Significands at the top of the largest binade that are no finite numbers.
    has_inf, has_nan : bool
        What overflow gives: infinity, else NaN, else the largest finite number.
    has_negative_zero : bool
        Whether -0 and +0 are two bit patterns.

    Examples
    --------
    >>> BF16.finite_values, BF16.round(Fraction(1, 3))
    (65279, Fraction(171, 512))
    """

    name: str
    precision: int
    emin: int
    emax: int
    unused: int = 0
    has_inf: bool = True
    has_nan: bool = True
    has_negative_zero: bool = True

    @cached_property
    def max_finite(self) -> Fraction:
        """The largest finite value."""
        significand = 2**self.precision - 1 - self.unused
        return Fraction(significand) * Fraction(2) ** (self.emax - self.precision + 1)

    @property
    def lowest(self) -> Fraction:
        """The lowest finite value."""
        return -self.max_finite

    @cached_property
    def normal(self) -> Fraction:
        """The smallest positive normal value; those below it are subnormal."""
        return Fraction(2) ** self.emin

    @property
    def smallest(self) -> Fraction:
        """The smallest positive value, a subnormal."""
        return Fraction(2) ** (self.emin - self.precision + 1)

    @property
    def finite_values(self) -> int:
        """Number of distinct finite values; +0 and -0 are one value."""
        binade = 1 << (self.precision - 1)
        positive = (self.emax - self.emin + 2) * binade - 1 - self.unused
        return 2 * positive + 1

    def round(self, x: Fraction) -> Rounded:
        """Round an exact number to nearest, ties to even; overflow as the format has it.

        Overflow is decided after rounding with unbounded exponent, as IEEE 754 has it.

        Examples
        --------
        >>> E4M3FN.round(Fraction(464)), E4M3FN.round(Fraction(465)), E5M2.round(Fraction(-10**6))
        (Fraction(448, 1), nan, -inf)
        """
        nearest = self._unbounded(x)
        if abs(nearest) <= self.max_finite:
            return nearest
        if self.has_inf:
            return math.inf if x > 0 else -math.inf
        if self.has_nan:
            return math.nan
        return self.max_finite if x > 0 else -self.max_finite

    def overflows(self, x: Fraction) -> bool:
        """Whether an exact number rounds beyond the largest finite value.

        Examples
        --------
        >>> E4M3FN.overflows(Fraction(464)), E4M3FN.overflows(Fraction(465))
        (False, True)
        """
        return abs(self._unbounded(x)) > self.max_finite

    def unit(self, x: Fraction) -> int:
        """Return the exponent of the unit in the last place of numbers as large as x, not 0.

        Examples
        --------
        >>> BF16.unit(Fraction(1)), BF16.unit(Fraction(-300)), E4M3FN.unit(Fraction(1, 10**6))
        (-7, 1, -9)
        """
        return max(_exponent(x), self.emin) - self.precision + 1

    def _unbounded(self, x: Fraction) -> Fraction:
        """Round to nearest even as if there were no largest exponent."""
        return to_units(x, self.unit(x), "rne") if x else x

    def nearest(self, x: Fraction) -> float:
        """Round as :meth:`round`, to a float: a number that underflows keeps its sign.

        Exact, since every value of these formats is a float64.

        Examples
        --------
        >>> BF16.nearest(Fraction(-1, 2**200)), FP32.nearest(Fraction(1, 10))
        (-0.0, 0.10000000149011612)
        """
        rounded = float(self.round(x))
        return self.canonical(-0.0 if rounded == 0 and x < 0 else rounded)

    def canonical(self, x: float) -> float:
        """Return the one representative of a value: no -0 where the format has none, one NaN."""
        if x == 0 and not self.has_negative_zero:
            return 0.0
        return math.nan if math.isnan(x) else x

    def holds(self, x: Fraction) -> bool:
        """Whether an exact number is a value of the format.

        Examples
        --------
        >>> BF16.holds(Fraction(255, 256)), BF16.holds(Fraction(257, 256))
        (True, False)
        """
        return self.round(x) == x

    def within(self, other: Format) -> bool:
        """Whether every finite value of this format is one of the other.

        Examples
        --------
        >>> BF16.within(FP32), FP16.within(BF16)
        (True, False)
        """
        return (
            self.precision <= other.precision
            and self.smallest >= other.smallest
            and self.max_finite <= other.max_finite
        )


def to_units(x: Fraction, unit: int, direction: Direction) -> Fraction:
    """Round an exact number to a multiple of 2^unit.

    Examples
    --------
    >>> [str(to_units(Fraction(-3, 2), 0, way)) for way in ("rne", "rtz", "rna")]
    ['-2', '-1', '-2']
    """
    p, q = abs(x.numerator) << max(-unit, 0), x.denominator << max(unit, 0)
    whole, rest = divmod(p, q)
    tie = direction == "rna" or (direction == "rne" and whole % 2 == 1)
    if direction != "rtz" and (2 * rest > q or (2 * rest == q and tie)):
        whole += 1
    if x < 0:
        whole = -whole
    return Fraction(whole << unit) if unit >= 0 else Fraction(whole, 1 << -unit)


def _exponent(x: Fraction) -> int:
    """Return floor(log2 |x|), exactly."""
    p, q = abs(x.numerator), x.denominator
    guess = p.bit_length() - q.bit_length()
    fits = p >= q << guess if guess >= 0 else p << -guess >= q
    return guess if fits else guess - 1


FP64 = Format(name="fp64", precision=53, emin=-1022, emax=1023)
FP32 = Format(name="fp32", precision=24, emin=-126, emax=127)
TF32 = Format(name="tf32", precision=11, emin=-126, emax=127)
BF16 = Format(name="bf16", precision=8, emin=-126, emax=127)
FP16 = Format(name="fp16", precision=11, emin=-14, emax=15)
E5M2 = Format(name="e5m2", precision=3, emin=-14, emax=15)
E4M3FN = Format(name="e4m3fn", precision=4, emin=-6, emax=8, unused=1, has_inf=False)

_OTHERS = (
    Format(name="e4m3", precision=4, emin=-6, emax=7),
    Format(name="e3m4", precision=5, emin=-2, emax=3),
    Format(name="e5m2fnuz", precision=3, emin=-15, emax=15, has_inf=False, has_negative_zero=False),
    Format(name="e4m3fnuz", precision=4, emin=-7, emax=7, has_inf=False, has_negative_zero=False),
    Format(
        name="e4m3b11fnuz", precision=4, emin=-10, emax=4, has_inf=False, has_negative_zero=False
    ),
    Format(name="e3m2fn", precision=3, emin=-2, emax=4, has_inf=False, has_nan=False),
    Format(name="e2m3fn", precision=4, emin=0, emax=2, has_inf=False, has_nan=False),
    Format(name="e2m1fn", precision=2, emin=0, emax=2, has_inf=False, has_nan=False),
)

# float8_e8m0fnu of ml_dtypes is missing: it has no zero and no sign, so it holds scales, no states.

FORMATS = {f.name: f for f in (FP64, FP32, TF32, BF16, FP16, E5M2, E4M3FN, *_OTHERS)}
"""Every format by name: IEEE 754, bfloat16, TensorFloat-32 and those of ml_dtypes (OCP, fnuz)."""


def get_format(name: str) -> Format:
    """Return a format by name, in any case.

    Raises
    ------
    InputError
        For an unknown name, listing the known ones.

    Examples
    --------
    >>> get_format("BF16").precision
    8
    """
    try:
        return FORMATS[name.strip().lower()]
    except KeyError:
        known = ", ".join(FORMATS)
        raise InputError(
            "format", f"{name!r} is unknown; known are {known}", "unknown-format"
        ) from None


OTHER_NAMES = {
    **{"float64": "fp64", "double": "fp64", "f64": "fp64"},
    **{"float32": "fp32", "float": "fp32", "single": "fp32", "f32": "fp32"},
    **{"bfloat16": "bf16", "float16": "fp16", "half": "fp16", "f16": "fp16"},
    **{"float8_e4m3fn": "e4m3fn", "float8_e5m2": "e5m2", "fp8": "e4m3fn or e5m2"},
}
"""What other libraries call formats, for messages."""


def unknown_format(name: str | None) -> list[str]:
    """Return the problem with the name of a number format, if there is one; None is no name."""
    if name is None or name in FORMATS:
        return []
    other = OTHER_NAMES.get(name.strip().lower())
    near = [] if other else get_close_matches(name.strip().lower(), FORMATS, n=2)
    hint = f"it is called {other} here; " if other else ""
    hint = f"did you mean {' or '.join(near)}? " if near else hint
    return [f"unknown number format {name!r}; {hint}known: {', '.join(FORMATS)}"]
