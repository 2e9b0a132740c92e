"""Floating-point operations on arrays of bit patterns, rounded once: the array twins.

Numbers are computed in float64 and rounded to odd there: where a sum is inexact, the one of its two
neighbours whose last bit is set. With at least two bits more than the result has, a second rounding
then gives what one rounding of the exact value gives, in every mode (Boldo, Melquiond, IEEE Trans.
Computers 57, 2008). Tested against :mod:`~negeig.kernels.ptx.binary_floats`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from negeig.arrays import Float64s
from negeig.kernels.ptx.binary_floats import FORMATS
from negeig.kernels.ptx.operation import DTYPES, Bits


def number_arrays(kind: str, bits: Bits) -> Float64s:
    """Return the numbers that bits of ``f16``, ``bf16``, ``tf32`` or ``f32`` stand for: exact."""
    if kind == "f16":
        return bits.view(np.float16).astype(np.float64)
    words = bits.astype(np.uint32) << np.uint32(16) if kind == "bf16" else bits
    return words.view(np.float32).astype(np.float64)


def sum_to_odd(a: Float64s, b: Float64s) -> Float64s:
    """Return a + b rounded to odd: exact where float64 holds it.

    Examples
    --------
    >>> tiny = 2.0 ** -60
    >>> found = sum_to_odd(np.array([1.0, 1.0, 1.0]), np.array([1.0, tiny, -tiny]))
    >>> [x.hex() for x in found.tolist()]
    ['0x1.0000000000000p+1', '0x1.0000000000001p+0', '0x1.fffffffffffffp-1']
    """
    total = a + b
    of_b = total - a
    error = (a - (total - of_b)) + (b - of_b)  # exact (Knuth); NaN at infinities
    even = total.view(np.uint64) & np.uint64(1) == 0
    inexact = (error != 0) & np.isfinite(error) & np.isfinite(total)
    toward = np.where(error > 0, np.inf, -np.inf)
    return np.where(inexact & even, np.nextafter(total, toward), total)


def rounded_arrays(kind: str, odd: Float64s, mode: str = "rn") -> Bits:
    """Return the bits of numbers in a format; ``odd`` exact, or rounded to odd in float64."""
    form = FORMATS[kind]
    if kind == "f16":
        bits = odd.astype(np.float16).view(np.uint16)
    elif kind == "f32":
        bits = odd.astype(np.float32).view(np.uint32)
    else:
        bits = _shortened(kind, odd)
    if mode not in ("rn", "rna"):
        bits = _directed(kind, bits, odd, mode)
    nan = DTYPES[bits.dtype.itemsize * 8](form.nan)
    return np.where(np.isnan(odd), nan if kind != "tf32" else np.uint32(0x7FFFFFFF), bits)


def _shortened(kind: str, odd: Float64s) -> Bits:
    """Round to bf16, or to tf32 away from 0: via float32, rounded to odd as well."""
    near = odd.astype(np.float32)
    back = near.astype(np.float64)
    words = near.view(np.uint32)
    up = np.where(np.abs(back) < np.abs(odd), np.uint32(1), np.uint32(0))
    down = np.where(np.abs(back) > np.abs(odd), np.uint32(1), np.uint32(0))
    # The magnitude below, and its last bit set where it is inexact.
    words = np.where(np.isnan(odd), words, (words - down) | up | down)
    if kind == "tf32":
        return (words + np.uint32(0x1000)) & np.uint32(0xFFFFE000)
    last = (words >> np.uint32(16)) & np.uint32(1)
    return ((words + np.uint32(0x7FFF) + last) >> np.uint32(16)).astype(np.uint16)


def _directed(kind: str, near: Bits, odd: Float64s, mode: str) -> Bits:
    """Step from the nearest number to the neighbour on the other side where the mode says so."""
    numbers = number_arrays(kind, near)
    one = near.dtype.type(1)
    negative = np.signbit(odd)
    outward = np.abs(numbers) < np.abs(odd)  # the next larger magnitude is on the other side
    inward = np.abs(numbers) > np.abs(odd)
    grows = negative if mode == "rm" else ~negative if mode == "rp" else np.zeros_like(negative)
    stepped: Bits = near + (outward & grows) * one - (inward & ~grows) * one
    return stepped


def fused_arrays(kind: str, a: Bits, b: Bits, c: Bits, mode: str = "rn") -> Bits:
    """Return the bits of a b + c, rounded once.

    The product is exact in float64: twice 24 bits, and no exponent out of range.
    """
    product = number_arrays(kind, a) * number_arrays(kind, b)
    addend = number_arrays(kind, c)
    total = sum_to_odd(product, addend)
    if mode == "rm":
        cancels = (total == 0) & (np.signbit(product) != np.signbit(addend))
        total = np.where(cancels, -0.0, total)
    return rounded_arrays(kind, total, mode)


def added_arrays(kind: str, a: Bits, b: Bits, mode: str = "rn") -> Bits:
    """Return the bits of a + b."""
    if kind == "f32" and mode == "rn":
        return _canonical(a.view(np.float32) + b.view(np.float32))
    one = np.full_like(a, FORMATS[kind].bias << FORMATS[kind].fraction)
    return fused_arrays(kind, one, a, b, mode)


def subtracted_arrays(kind: str, a: Bits, b: Bits, mode: str = "rn") -> Bits:
    """Return the bits of a - b."""
    return added_arrays(kind, a, b ^ b.dtype.type(FORMATS[kind].sign), mode)


def multiplied_arrays(kind: str, a: Bits, b: Bits, mode: str = "rn") -> Bits:
    """Return the bits of a b."""
    if kind == "f32" and mode == "rn":
        return _canonical(a.view(np.float32) * b.view(np.float32))
    return rounded_arrays(kind, number_arrays(kind, a) * number_arrays(kind, b), mode)


def divided_arrays(a: Bits, b: Bits) -> Bits:
    """Return the bits of a / b in ``f32``, to nearest even."""
    return _canonical(a.view(np.float32) / b.view(np.float32))


def root_arrays(a: Bits) -> Bits:
    """Return the bits of the square root in ``f32``, to nearest even."""
    return _canonical(np.sqrt(a.view(np.float32)))


def _canonical(numbers: Any) -> Bits:
    bits: Bits = numbers.view(np.uint32)
    return np.where(np.isnan(numbers), np.uint32(0x7FFFFFFF), bits)


def flushed_arrays(kind: str, bits: Bits) -> Bits:
    """Return the zero of the same sign for subnormal numbers, other bits as they are."""
    form, of = FORMATS[kind], bits.dtype.type
    subnormal = bits & of(form.sign - 1) < of(1 << form.fraction)
    return np.where(subnormal, bits & of(form.sign), bits)


def smaller_arrays(kind: str, a: Bits, b: Bits, *, nan: bool, larger: bool = False) -> Bits:
    """Return the lesser (or larger) of two, -0 being less than +0.

    A number rather than a NaN, unless ``nan``.
    """
    form, of = FORMATS[kind], a.dtype.type
    size, sign = of(form.sign - 1), of(form.sign)

    def order(bits: Bits) -> Bits:  # increases with the number, from -infinity to infinity
        return np.where(bits & sign, ~bits, bits | sign)

    a_is_nan, b_is_nan = a & size > of(form.infinity), b & size > of(form.infinity)
    first = (order(a) > order(b)) == larger
    found = np.where(first, a, b)
    found = np.where(a_is_nan, b, np.where(b_is_nan, a, found))
    none = a_is_nan | b_is_nan if nan else a_is_nan & b_is_nan
    return np.where(none, of(form.nan), found)
