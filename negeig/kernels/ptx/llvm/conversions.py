"""``cvt`` as LLVM IR."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from negeig.kernels.ptx.conversions import INTEGERS, NUMBERS, TO_INTEGER
from negeig.kernels.ptx.llvm import rounding
from negeig.kernels.ptx.llvm.floats import flushed
from negeig.kernels.ptx.llvm.integers import Translation
from negeig.kernels.ptx.llvm.writing import Value, Writer, integer
from negeig.kernels.ptx.operation import WIDTHS

ROUNDED = {"rni": "rint", "rzi": "trunc", "rmi": "floor", "rpi": "ceil"}


def _resized(result: str, source: str, w: Writer, a: Value) -> Value:
    return w.sized(a, f"i{WIDTHS[result]}", signed=source[0] == "s")


def _to_number(result: str, source: str, w: Writer, a: Value) -> Value:
    signed = source[0] == "s"
    if WIDTHS[source] < 64:
        number = w.cast("sitofp" if signed else "uitofp", a, "double")
        return rounding.rounded(w, result, number)
    # Double does not hold the low 11 bits of 64: they become one, set where one of them is.
    size = w.call("abs", a, flag=False) if signed else a
    low = w.do("and", size, 0xFFF)
    sticky = w.choose(w.test("icmp ne", low, 0), integer("i64", 0x800), integer("i64", 0))
    big = w.do("or", w.do("sub", size, low), sticky)
    number = w.cast("uitofp", w.choose(w.test("icmp ult", size, 1 << 53), size, big), "double")
    if signed:
        negative = w.call("copysign", number, rounding.constant("0xBFF0000000000000"))
        number = w.choose(w.test("icmp slt", a, 0), negative, number)
    return rounding.rounded(w, result, number)


def _to_integer(result: str, source: str, mode: str, flush: bool, w: Writer, a: Value) -> Value:
    """Round, then clamp to what the integer type holds; a NaN gives 0."""
    signed, width = result[0] == "s", WIDTHS[result]
    number = rounding.double(w, source, flushed(w, source, a) if flush else a)
    whole = w.call(ROUNDED[mode], number)
    whole = w.choose(w.test("fcmp uno", whole, whole), rounding.ZERO, whole)
    most = (1 << (width - signed)) - 1
    least = -most - 1 if signed else 0
    at_most = w.test("fcmp oge", whole, _double(float(most)))
    at_least = w.test("fcmp ole", whole, _double(float(least)))
    inside = w.choose(w.do("or", at_most, at_least), rounding.ZERO, whole)
    kind = f"i{width}"
    if result == "u64":
        found = w.cast("fptoui", inside, kind)
    else:
        found = w.sized(w.cast("fptosi", inside, "i64"), kind)
    return w.choose(at_most, integer(kind, most), w.choose(at_least, integer(kind, least), found))


def _double(number: float) -> Value:
    import struct

    return rounding.constant(f"0x{struct.unpack('<Q', struct.pack('<d', number))[0]:016X}")


def _narrowed(kind: str, mode: str, w: Writer, a: Value) -> Value:
    return rounding.narrowed(w, kind, a, mode)


def _narrowed_pair(kind: str, mode: str, w: Writer, a: Value, b: Value) -> Value:
    high, low = (w.sized(_narrowed(kind, mode, w, one), "i32") for one in (a, b))
    return w.do("or", w.do("shl", high, 16), low)


def _widened(source: str, flush: bool, w: Writer, a: Value) -> Value:
    number = rounding.widened(w, source, flushed(w, source, a) if flush else a)
    return rounding.canonical(w, number)


def _made_integral(mode: str, w: Writer, a: Value) -> Value:
    return rounding.canonical(w, w.call(ROUNDED[mode], rounding.single(w, a)))


def _to_tf32(w: Writer, a: Value) -> Value:
    """Round to nearest, ties away from 0."""
    nan = w.test("icmp ugt", w.do("and", a, 0x7FFFFFFF), 0x7F800000)
    return w.choose(nan, 0x7FFFFFFF, w.do("and", w.do("add", a, 0x1000), 0xFFFFE000))


def _all() -> Iterator[tuple[str, Translation]]:
    for one in INTEGERS:
        for other in INTEGERS:
            yield f"cvt.{one}.{other}", partial(_resized, one, other)
        for number in NUMBERS:
            yield f"cvt.rn.{number}.{one}", partial(_to_number, number, one)
            for mode in TO_INTEGER:
                for flush in (False, True) if number == "f32" else (False,):
                    name = f"cvt.{mode}{'.ftz' * flush}.{one}.{number}"
                    yield name, partial(_to_integer, one, number, mode, flush)
    for short in ("f16", "bf16"):
        for mode in ("rn", "rz"):
            yield f"cvt.{mode}.{short}.f32", partial(_narrowed, short, mode)
            yield f"cvt.{mode}.{short}x2.f32", partial(_narrowed_pair, short, mode)
        yield f"cvt.f32.{short}", partial(_widened, short, False)
    yield "cvt.ftz.f32.f16", partial(_widened, "f16", True)
    for mode in TO_INTEGER:
        yield f"cvt.{mode}.f32.f32", partial(_made_integral, mode)
    yield "cvt.rna.tf32.f32", _to_tf32


CONVERSIONS: dict[str, Translation] = dict(_all())
"""By name."""
