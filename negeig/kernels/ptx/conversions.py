"""``cvt``: between integers, between numbers and integers, and between number formats."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from negeig.arrays import Float64s
from negeig.kernels.ptx import binary_floats as exact
from negeig.kernels.ptx.binary_floats import FORMATS
from negeig.kernels.ptx.float_arrays import flushed_arrays, number_arrays, rounded_arrays
from negeig.kernels.ptx.integers import SIGNED, number, numbers
from negeig.kernels.ptx.operation import DTYPES, WIDTHS, Bits, Operation

INTEGERS = tuple(f"{sign}{width}" for width in (8, 16, 32, 64) for sign in "us")
NUMBERS = ("f16", "bf16", "f32")
TO_INTEGER = ("rni", "rzi", "rmi", "rpi")


def _row(name: str, result: str, source: str, scalar: Any, array: Any) -> Operation:
    return Operation(
        name=name, kind="value", results=(result,), sources=(source,), scalar=scalar, array=array
    )


def _integer_to_integer(result: str, source: str) -> Operation:
    """Keep the low bits, or extend the value by its sign or by zeros."""
    width = WIDTHS[result]

    def scalar(bits: int) -> int:
        return number(source, bits) & ((1 << width) - 1)

    def array(bits: Bits) -> Bits:
        extended: Bits = numbers(source, bits).astype(DTYPES[width])
        return extended

    return _row(f"cvt.{result}.{source}", result, source, scalar, array)


def _integer_to_number(result: str, source: str) -> Operation:
    form = FORMATS[result]

    def scalar(bits: int) -> int:
        return exact.rounded(form, Fraction(number(source, bits)))

    def array(bits: Bits) -> Bits:
        values = numbers(source, bits)
        if WIDTHS[source] < 64:
            return rounded_arrays(result, values.astype(np.float64))
        # To odd: 11 bits of 64 do not fit float64, so the lower ones become one sticky bit.
        sign = np.where(values < 0, -1.0, 1.0)
        size = np.where(values < 0, np.uint64(0) - bits, bits) if source[0] == "s" else bits
        low = size & np.uint64(0xFFF)
        sticky = np.where(low != 0, np.uint64(0x800), np.uint64(0))
        big = ((size - low) | sticky).astype(np.float64)
        exact_size = np.where(size < np.uint64(1 << 53), size.astype(np.float64), big)
        return rounded_arrays(result, sign * exact_size)

    return _row(f"cvt.rn.{result}.{source}", result, source, scalar, array)


def integral(number: Fraction, mode: str) -> int:
    """Return a number rounded to an integer: to nearest even, toward 0, down, up.

    Examples
    --------
    >>> [integral(Fraction(-5, 2), mode) for mode in TO_INTEGER]
    [-2, -2, -3, -2]
    """
    if mode == "rni":
        return round(number)
    down = number.numerator // number.denominator
    up = down + (down != number)
    return {"rzi": up if number < 0 else down, "rmi": down, "rpi": up}[mode]


ROUNDED = {"rni": np.rint, "rzi": np.trunc, "rmi": np.floor, "rpi": np.ceil}


def _number_to_integer(result: str, source: str, mode: str, flush: bool) -> Operation:
    """Round, then clamp to what the integer type holds; a NaN gives 0."""
    form, width = FORMATS[source], WIDTHS[result]
    most = (1 << (width - (result[0] == "s"))) - 1
    least = -most - 1 if result[0] == "s" else 0

    def scalar(bits: int) -> int:
        value = exact.value(form, exact.flushed(form, bits) if flush else bits)
        if isinstance(value, float):
            whole = 0 if value != value else most if value > 0 else least
        else:
            whole = min(max(integral(value, mode), least), most)
        return whole & ((1 << width) - 1)

    def array(bits: Bits) -> Bits:
        values = number_arrays(source, flushed_arrays(source, bits) if flush else bits)
        whole = ROUNDED[mode](np.where(np.isnan(values), 0.0, values))
        kind: Any = SIGNED[width] if result[0] == "s" else DTYPES[width]
        inside = np.where((whole > least) & (whole < most), whole, 0.0).astype(kind)
        ends = np.where(whole >= most, kind(most), np.where(whole <= least, kind(least), inside))
        return ends.view(DTYPES[width])

    ftz = ".ftz" if flush else ""
    return _row(f"cvt.{mode}{ftz}.{result}.{source}", result, source, scalar, array)


def _narrowed(result: str, mode: str) -> Iterator[Operation]:
    """Yield conversions of ``f32`` to a shorter format, of one number and of two."""
    form, wide = FORMATS[result], FORMATS["f32"]

    def scalar(bits: int) -> int:
        value = exact.value(wide, bits)
        sign = form.sign if bits & wide.sign else 0
        if isinstance(value, float):
            return form.nan if value != value else sign | form.infinity
        return exact.rounded(form, value, mode, negative=bool(sign))

    def array(bits: Bits) -> Bits:
        return rounded_arrays(result, number_arrays("f32", bits), mode)

    yield _row(f"cvt.{mode}.{result}.f32", result, "f32", scalar, array)
    yield Operation(
        name=f"cvt.{mode}.{result}x2.f32", kind="value", results=(f"{result}x2",),
        sources=("f32", "f32"), scalar=lambda a, b: scalar(a) << 16 | scalar(b),
        array=lambda a, b: array(a).astype(np.uint32) << np.uint32(16) | array(b),
    )  # fmt: skip


def _widened(source: str, flush: bool) -> Operation:
    form, wide = FORMATS[source], FORMATS["f32"]

    def scalar(bits: int) -> int:
        value = exact.value(form, exact.flushed(form, bits) if flush else bits)
        sign = wide.sign if bits & form.sign else 0
        if isinstance(value, float):
            return wide.nan if value != value else sign | wide.infinity
        return exact.rounded(wide, value, negative=bool(sign))

    def array(bits: Bits) -> Bits:
        return rounded_arrays(
            "f32", number_arrays(source, flushed_arrays(source, bits) if flush else bits)
        )

    return _row(f"cvt{'.ftz' * flush}.f32.{source}", "f32", source, scalar, array)


def _made_integral(mode: str) -> Operation:
    """Round an ``f32`` to an integer in ``f32``; the sign stays, of zero too."""
    form = FORMATS["f32"]

    def scalar(bits: int) -> int:
        value = exact.value(form, bits)
        if isinstance(value, float):
            return form.nan if value != value else bits
        return exact.rounded(form, Fraction(integral(value, mode)), negative=bool(bits & form.sign))

    def array(bits: Bits) -> Bits:
        values: Float64s = ROUNDED[mode](number_arrays("f32", bits))
        return rounded_arrays("f32", values)

    return _row(f"cvt.{mode}.f32.f32", "f32", "f32", scalar, array)


def _to_tf32() -> Operation:
    """Round to nearest, ties away from 0, to 10 bits of fraction; the 13 bits below are 0."""
    form, wide = FORMATS["tf32"], FORMATS["f32"]

    def scalar(bits: int) -> int:
        value = exact.value(wide, bits)
        if isinstance(value, float):
            return wide.nan if value != value else bits
        return exact.rounded(form, value, "rna", negative=bool(bits & wide.sign)) << 13

    def array(bits: Bits) -> Bits:
        return rounded_arrays("tf32", number_arrays("f32", bits), "rna")

    return _row("cvt.rna.tf32.f32", "b32", "f32", scalar, array)


def _all() -> Iterator[Operation]:
    for result in INTEGERS:
        for source in INTEGERS:
            yield _integer_to_integer(result, source)
        for source in NUMBERS:
            for mode in TO_INTEGER:
                for flush in (False, True) if source == "f32" else (False,):
                    yield _number_to_integer(result, source, mode, flush)
    for source in INTEGERS:
        for result in NUMBERS:
            yield _integer_to_number(result, source)
    for short in ("f16", "bf16"):
        for mode in ("rn", "rz"):
            yield from _narrowed(short, mode)
        yield _widened(short, flush=False)
    yield _widened("f16", flush=True)
    for mode in TO_INTEGER:
        yield _made_integral(mode)
    yield _to_tf32()


CONVERSIONS: dict[str, Operation] = {one.name: one for one in _all()}
"""By name."""
