"""Number formats in LLVM IR: what bits stand for, and rounding once.

As :mod:`negeig.kernels.ptx.float_arrays` does: sums are rounded to odd in double, after which a
second rounding gives what one of the exact value gives. Shorter formats are reached by operations
on integers only, so that nothing depends on what the CPU has beyond IEEE single and double.
"""

from __future__ import annotations

from negeig.kernels.ptx.binary_floats import FORMATS
from negeig.kernels.ptx.llvm.writing import WIDTH, Value, Writer, integer


def single(w: Writer, bits: Value) -> Value:
    """Return the ``f32`` number that bits stand for."""
    return w.cast("bitcast", bits, "float")


def word(w: Writer, number: Value) -> Value:
    """Return the bits of a number."""
    return w.cast("bitcast", number, f"i{WIDTH[number.kind]}")


def constant(number: str, kind: str = "double") -> Value:
    """Return a number, written in hexadecimal as LLVM has it: the bits of a double."""
    return Value(number, kind)


ZERO, INFINITE = constant("0x0000000000000000"), constant("0x7FF0000000000000")


def canonical(w: Writer, number: Value) -> Value:
    """Return the bits of an ``f32`` number, of a NaN the canonical one unless any will do."""
    if w.any_nan:
        return word(w, number)
    return w.choose(w.test("fcmp uno", number, number), 0x7FFFFFFF, word(w, number))


def widened(w: Writer, kind: str, bits: Value) -> Value:
    """Return bits of ``f16``, ``bf16`` or ``f32`` as an ``f32`` number: exact."""
    if kind == "f32":
        return single(w, bits)
    long = w.sized(bits, "i32")
    if kind == "bf16":
        return single(w, w.do("shl", long, 16))
    size = w.do("and", long, 0x7FFF)
    # The fraction in its place and the exponent as it is: too small by 2^112, subnormal or not.
    scaled = w.do("shl", size, 13)
    scale = constant("0x46F0000000000000", "float")  # 2^112
    number = word(w, w.do("fmul", single(w, scaled), scale))
    infinite = w.test("icmp uge", size, 0x7C00)
    number = w.choose(infinite, w.do("or", scaled, 0x7F800000), number)
    sign = w.do("shl", w.do("and", long, 0x8000), 16)
    return single(w, w.do("or", number, sign))


def double(w: Writer, kind: str, bits: Value) -> Value:
    """Return the number that bits stand for as a double: exact."""
    return w.cast("fpext", widened(w, kind, bits), "double")


def magnitude(w: Writer, number: Value) -> Value:
    """Return the absolute value of a number."""
    return w.call("fabs", number)


def sum_to_odd(w: Writer, a: Value, b: Value) -> Value:
    """Return a + b in double, rounded to odd; exact where double holds it."""
    total = w.do("fadd", a, b)
    of_b = w.do("fsub", total, a)
    rest = w.do("fsub", a, w.do("fsub", total, of_b))
    error = w.do("fadd", rest, w.do("fsub", b, of_b))  # exact (Knuth); NaN at infinities
    bits = word(w, total)
    inexact = w.test("fcmp one", error, ZERO)
    for number in (error, total):
        finite = w.test("fcmp olt", magnitude(w, number), INFINITE)
        inexact = w.do("and", inexact, finite)
    moves = w.do("and", inexact, w.test("icmp eq", w.do("and", bits, 1), 0))
    grows = w.test("icmp eq", w.test("fcmp ogt", error, ZERO), w.test("fcmp ogt", total, ZERO))
    neighbour = w.do("add", bits, w.choose(grows, 1, integer("i64", -1)))
    return w.cast("bitcast", w.choose(moves, neighbour, bits), "double")


def rounded(w: Writer, kind: str, odd: Value, mode: str = "rn") -> Value:
    """Return the bits of numbers in a format; ``odd`` exact, or rounded to odd in double.

    To shorter formats to nearest or toward 0 only.
    """
    near = w.cast("fptrunc", odd, "float")
    back = w.cast("fpext", near, "double")
    bits = word(w, near)
    if kind == "f32" and mode == "rn":
        return canonical(w, near)
    outward = w.test("fcmp olt", magnitude(w, back), magnitude(w, odd))
    inward = w.test("fcmp ogt", magnitude(w, back), magnitude(w, odd))
    if kind != "f32":
        down = w.do("sub", bits, w.cast("zext", inward, "i32"))
        sticky = w.cast("zext", w.do("or", inward, outward), "i32")
        return narrowed(w, kind, w.do("or", down, sticky), mode)
    grows = integer("i1", 0)
    if mode != "rz":
        negative = w.test("icmp slt", word(w, odd), 0)
        grows = negative if mode == "rm" else w.do("xor", negative, 1)
    bits = w.do("add", bits, w.cast("zext", w.do("and", outward, grows), "i32"))
    back_down = w.do("and", inward, w.do("xor", grows, 1))
    bits = w.do("sub", bits, w.cast("zext", back_down, "i32"))
    return w.choose(w.test("fcmp uno", odd, odd), 0x7FFFFFFF, bits)


def narrowed(w: Writer, kind: str, bits: Value, mode: str) -> Value:
    """Return bits of ``f16`` or ``bf16`` from those of ``f32``, exact or rounded to odd.

    Parameters
    ----------
    mode : str
        To nearest even ``rn``, toward 0 ``rz``.
    """
    size = w.do("and", bits, 0x7FFFFFFF)
    if kind == "bf16":
        short = _cut(w, size, 16) if mode == "rz" else _nearest(w, size, 16)
    else:
        short = _half(w, size, mode)
    short = w.choose(w.test("icmp ugt", size, 0x7F800000), FORMATS[kind].nan, short)
    sign = w.do("and", w.do("lshr", bits, 16), 0x8000)
    sign = w.choose(w.test("icmp ugt", size, 0x7F800000), 0, sign)
    return w.sized(w.do("or", short, sign), "i16")


def _cut(w: Writer, size: Value, places: int) -> Value:
    return w.do("lshr", size, places)


def _nearest(w: Writer, size: Value, places: int) -> Value:
    """Drop some low bits, rounding to nearest even."""
    last = w.do("and", w.do("lshr", size, places), 1)
    return w.do("lshr", w.do("add", w.do("add", size, last), (1 << (places - 1)) - 1), places)


def _half(w: Writer, size: Value, mode: str) -> Value:
    """Return the magnitude of an ``f16`` number from that of an ``f32`` number."""
    rebiased = w.do("sub", size, 112 << 23)
    normal = _cut(w, rebiased, 13) if mode == "rz" else _nearest(w, rebiased, 13)
    # A subnormal number counts units of 2^-24: its significand moved, what falls off kept as odd.
    significand = w.do("or", w.do("and", size, 0x7FFFFF), 0x800000)
    by = w.do("sub", integer("i32", 113), w.do("lshr", size, 23))
    by = w.call("smin", w.call("smax", by, integer("i32", 0)), integer("i32", 30))
    moved = w.do("lshr", significand, by)
    lost = w.test("icmp ne", w.do("shl", moved, by), significand)
    moved = w.do("or", moved, w.cast("zext", lost, "i32"))
    small = _cut(w, moved, 13) if mode == "rz" else _nearest(w, moved, 13)
    found = w.choose(w.test("icmp ult", size, 113 << 23), small, normal)
    most = 0x7BFF if mode == "rz" else 0x7C00
    found = w.choose(w.test("icmp uge", size, 143 << 23), most, found)
    return w.choose(w.test("icmp eq", size, 0x7F800000), 0x7C00, found)
