"""Floating-point operations on bit patterns, exactly: on fractions, rounded once at the end.

The scalar meaning of every floating-point instruction. A NaN that an operation makes is the
canonical one of its format, all bits of exponent and fraction set, sign clear, as the PTX manual
says of single precision; so of the others is an assumption.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

Real: TypeAlias = "Fraction | float"
"""A number as a fraction; infinities and NaN as floats."""

INFINITY, NAN = float("inf"), float("nan")


@dataclass(frozen=True)
class Format:
    """A binary format: bits of the exponent, bits of the fraction; infinities and NaN as IEEE."""

    exponent: int
    fraction: int

    @cached_property
    def width(self) -> int:
        """Bits of a number."""
        return 1 + self.exponent + self.fraction

    @cached_property
    def bias(self) -> int:
        """What is added to an exponent to store it."""
        return (1 << (self.exponent - 1)) - 1

    @cached_property
    def sign(self) -> int:
        """The sign bit, which is -0."""
        return 1 << (self.width - 1)

    @cached_property
    def infinity(self) -> int:
        """Bits of infinity: all those of the exponent."""
        return ((1 << self.exponent) - 1) << self.fraction

    @cached_property
    def nan(self) -> int:
        """The canonical NaN."""
        return self.sign - 1


FORMATS = {
    "f16": Format(5, 10),
    "bf16": Format(8, 7),
    "tf32": Format(8, 10),
    "f32": Format(8, 23),
    "f64": Format(11, 52),
}


def value(form: Format, bits: int) -> Real:
    """Return the number that bits stand for; both zeros are 0.

    Examples
    --------
    >>> value(FORMATS["f32"], 0x3FC00000), value(FORMATS["f16"], 0x8001)
    (Fraction(3, 2), Fraction(-1, 16777216))
    """
    magnitude = bits & (form.sign - 1)
    exponent, fraction = magnitude >> form.fraction, magnitude & ((1 << form.fraction) - 1)
    if magnitude > form.infinity:
        return NAN
    if magnitude == form.infinity:
        return -INFINITY if bits & form.sign else INFINITY
    if exponent:
        fraction += 1 << form.fraction
    power = max(exponent, 1) - form.bias - form.fraction
    whole = -fraction if bits & form.sign else fraction
    return Fraction(whole << power) if power >= 0 else Fraction(whole, 1 << -power)


def rounded(form: Format, number: Fraction, mode: str = "rn", *, negative: bool = False) -> int:
    """Return the bits of a number rounded into a format.

    ``mode``: to nearest even ``rn``, nearest away from 0 ``rna``, toward 0 ``rz``, down ``rm``, up
    ``rp``. ``negative`` is the sign of zero where the number is 0.

    Examples
    --------
    >>> hex(rounded(FORMATS["f32"], Fraction(1, 3))), hex(rounded(FORMATS["f16"], Fraction(65520)))
    ('0x3eaaaaab', '0x7c00')
    """
    if number == 0:
        return form.sign if negative else 0
    sign = form.sign if number < 0 else 0
    above, below = abs(number.numerator), number.denominator
    # The exponent of the leading bit, at least that of the smallest normal number.
    power = above.bit_length() - below.bit_length()
    if above << max(-power, 0) < below << max(power, 0):
        power -= 1
    power = max(power, 1 - form.bias) - form.fraction
    below <<= max(power, 0)
    unit, rest = divmod(above << max(-power, 0), below)
    if mode == "rn":
        unit += 2 * rest > below or (2 * rest == below and unit % 2 == 1)
    elif mode == "rna":
        unit += 2 * rest >= below
    elif mode == ("rm" if sign else "rp"):
        unit += rest > 0
    # Counting units up from the start of a binade runs over into the next one by itself.
    bits = unit + ((power + form.bias + form.fraction - 1) << form.fraction)
    if bits >= form.infinity:
        keeps_finite = mode == "rz" or mode == ("rp" if sign else "rm")
        bits = form.infinity - 1 if keeps_finite else form.infinity
    return sign | bits


def flushed(form: Format, bits: int) -> int:
    """Return the zero of the same sign for a subnormal number, other bits as they are."""
    return bits & form.sign if bits & (form.sign - 1) < 1 << form.fraction else bits


def is_nan(form: Format, bits: int) -> bool:
    """Say whether bits are a NaN."""
    return bits & (form.sign - 1) > form.infinity


def fused(form: Format, a: int, b: int, c: int, mode: str = "rn") -> int:
    """Return the bits of a b + c, rounded once.

    Examples
    --------
    >>> f32 = FORMATS["f32"]
    >>> one, tiny = 0x3F800000, 0x33800000  # 1 and 2^-24
    >>> hex(fused(f32, one, one, tiny)), hex(fused(f32, one, one, tiny, "rp"))
    ('0x3f800000', '0x3f800001')
    """
    x, y, z = value(form, a), value(form, b), value(form, c)
    if any(is_nan(form, bits) for bits in (a, b, c)):
        return form.nan
    negative = bool((a ^ b) & form.sign)
    if isinstance(x, float) or isinstance(y, float):
        if 0 in (x, y):
            return form.nan
        infinite: Real = -INFINITY if negative else INFINITY
        if isinstance(z, float) and z != infinite:
            return form.nan
        return form.infinity | (form.sign if negative else 0)
    if isinstance(z, float):
        return c
    same = negative == bool(c & form.sign)
    # A sum of zeros of one sign has it; any other sum that is 0 is +0, and -0 when rounding down.
    is_zero = x * y == 0 and z == 0
    return rounded(form, x * y + z, mode, negative=negative if is_zero and same else mode == "rm")


def added(form: Format, a: int, b: int, mode: str = "rn") -> int:
    """Return the bits of a + b."""
    return fused(form, form.bias << form.fraction, a, b, mode)


def subtracted(form: Format, a: int, b: int, mode: str = "rn") -> int:
    """Return the bits of a - b."""
    return added(form, a, b ^ form.sign, mode)


def multiplied(form: Format, a: int, b: int, mode: str = "rn") -> int:
    """Return the bits of a b."""
    return fused(form, a, b, (a ^ b) & form.sign, mode)


def divided(form: Format, a: int, b: int, mode: str = "rn") -> int:
    """Return the bits of a / b."""
    x, y = value(form, a), value(form, b)
    sign = (a ^ b) & form.sign
    if is_nan(form, a) or is_nan(form, b):
        return form.nan
    if isinstance(x, float):
        return form.nan if isinstance(y, float) else sign | form.infinity
    if isinstance(y, float):
        return sign
    if y == 0:
        return form.nan if x == 0 else sign | form.infinity
    return rounded(form, x / y, mode, negative=bool(sign))


def square_root(form: Format, a: int) -> int:
    """Return the bits of the root of a, to nearest even; of -0 it is -0."""
    x = value(form, a)
    if is_nan(form, a) or x < 0:
        return form.nan
    if isinstance(x, float) or x == 0:
        return a
    # An integer root with more bits than the format has, its last one set where it is inexact:
    # rounding that is rounding the root.
    shift = 2 * (form.bias + form.fraction + 8)
    scaled = (x.numerator << (2 * shift)) // x.denominator
    root = _integer_root(scaled)
    inexact = root * root != scaled or (x.numerator << (2 * shift)) % x.denominator != 0
    return rounded(form, Fraction(2 * root + inexact, 2 << shift))


def _integer_root(number: int) -> int:
    from math import isqrt

    return isqrt(number)


def smaller(form: Format, a: int, b: int, *, nan: bool = False) -> int:
    """Return the lesser of two, -0 being less than +0.

    A number rather than a NaN, unless ``nan``, which makes either NaN one of the result.
    """
    if is_nan(form, a) or is_nan(form, b):
        both = is_nan(form, a) and is_nan(form, b)
        return form.nan if nan or both else b if is_nan(form, a) else a
    return min(a, b, key=lambda bits: (value(form, bits), not bits & form.sign))


def larger(form: Format, a: int, b: int, *, nan: bool = False) -> int:
    """Return the greater of two, as ``smaller``."""
    if is_nan(form, a) or is_nan(form, b):
        return smaller(form, a, b, nan=nan)
    return a if smaller(form, a, b) == b else b


def compared(form: Format, how: str, a: int, b: int) -> bool:
    """Return a comparison: ``eq ne lt le gt ge``, false of a NaN; with ``u``, true of a NaN.

    ``num``: neither is a NaN; ``nan``: one is.

    Examples
    --------
    >>> [compared(FORMATS["f32"], how, 0x7FFFFFFF, 0) for how in ("ne", "neu", "num", "nan")]
    [False, True, False, True]
    """
    unordered = is_nan(form, a) or is_nan(form, b)
    if how in ("num", "nan"):
        return unordered == (how == "nan")
    if unordered:
        return len(how) == 3
    x, y = value(form, a), value(form, b)
    return {
        "eq": x == y, "ne": x != y, "lt": x < y, "le": x <= y, "gt": x > y, "ge": x >= y,
    }[how[:2]]  # fmt: skip
