"""Instructions on floating-point numbers, and their comparisons, as LLVM IR.

Nothing is reassociated or contracted: LLVM does neither unless it is told to. Where the CPU has no
fused multiply-add, ``llvm.fma`` calls the C library's ``fma``, which is exact as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from negeig.kernels.ptx.binary_floats import FORMATS
from negeig.kernels.ptx.comparisons import ORDERED
from negeig.kernels.ptx.floats import DOCUMENTED, HALVES, MODES, NAN, ROOTS, SMALLEST
from negeig.kernels.ptx.llvm import rounding
from negeig.kernels.ptx.llvm.integers import Translation
from negeig.kernels.ptx.llvm.rounding import canonical, double, single, sum_to_odd
from negeig.kernels.ptx.llvm.writing import WIDTH, Value, Writer, integer


def _fused(kind: str, mode: str, w: Writer, a: Value, b: Value, c: Value) -> Value:
    if kind == "f32" and mode == "rn":
        return canonical(w, w.call("fma", single(w, a), single(w, b), single(w, c)))
    product, addend = (w.do("fmul", double(w, kind, a), double(w, kind, b)), double(w, kind, c))
    total = sum_to_odd(w, product, addend)
    if mode == "rm":  # a sum that cancels is -0
        words = [rounding.word(w, one) for one in (product, addend)]
        opposite = w.test("icmp slt", w.do("xor", *words), 0)
        cancels = w.do("and", w.test("fcmp oeq", total, rounding.ZERO), opposite)
        total = w.choose(cancels, rounding.constant("0x8000000000000000"), total)
    return rounding.rounded(w, kind, total, mode)


def _sum(operation: str, kind: str, mode: str, w: Writer, a: Value, b: Value) -> Value:
    """Return a + b, a - b or a b: ``fadd``, ``fsub``, ``fmul``."""
    if kind == "f32" and mode == "rn":
        return canonical(w, w.do(operation, single(w, a), single(w, b)))
    if operation == "fmul":
        product = w.do("fmul", double(w, kind, a), double(w, kind, b))
        return rounding.rounded(w, kind, product, mode)
    form = FORMATS[kind]
    if operation == "fsub":
        b = w.do("xor", b, form.sign)
    return _fused(kind, mode, w, integer(b.kind, form.bias << form.fraction), a, b)


def _divided(w: Writer, a: Value, b: Value) -> Value:
    return canonical(w, w.do("fdiv", single(w, a), single(w, b)))


def _reciprocal(w: Writer, a: Value) -> Value:
    return _divided(w, integer("i32", 0x3F800000), a)


def _root(w: Writer, a: Value) -> Value:
    return canonical(w, w.call("sqrt", single(w, a)))


def _is_nan(w: Writer, kind: str, bits: Value) -> Value:
    form = FORMATS[kind]
    return w.test("icmp ugt", w.do("and", bits, form.sign - 1), form.infinity)


def _extreme(kind: str, larger: bool, nan: bool, w: Writer, a: Value, b: Value) -> Value:
    """Return the lesser or the larger, -0 being less than +0; as ``smaller_arrays``."""
    form = FORMATS[kind]

    def order(bits: Value) -> Value:  # increases with the number, as a signed integer
        flipped = w.do("and", w.do("ashr", bits, WIDTH[bits.kind] - 1), form.sign - 1)
        return w.do("xor", bits, flipped)

    first = w.test("icmp sgt" if larger else "icmp sle", order(a), order(b))
    nan_a, nan_b = _is_nan(w, kind, a), _is_nan(w, kind, b)
    found = w.choose(nan_a, b, w.choose(nan_b, a, w.choose(first, a, b)))
    return w.choose(w.do("or" if nan else "and", nan_a, nan_b), form.nan, found)


def _signed(kind: str, flips: bool, w: Writer, a: Value) -> Value:
    form = FORMATS[kind]
    found = w.do("xor", a, form.sign) if flips else w.do("and", a, form.sign - 1)
    return w.choose(_is_nan(w, kind, a), form.nan, found)


def flushed(w: Writer, kind: str, bits: Value) -> Value:
    """Return the zero of the same sign for subnormal numbers, other bits as they are."""
    form = FORMATS[kind]
    subnormal = w.test("icmp ult", w.do("and", bits, form.sign - 1), 1 << form.fraction)
    return w.choose(subnormal, w.do("and", bits, form.sign), bits)


def _flushing(kind: str, inner: Translation, w: Writer, *values: Value) -> Value:
    return flushed(w, kind, inner(w, *(flushed(w, kind, one) for one in values)))


def _pair(inner: Translation, w: Writer, *words: Value) -> Value:
    """Do the same to the low halves and to the high ones."""
    low = inner(w, *(w.sized(one, "i16") for one in words))
    high = inner(w, *(w.sized(w.do("lshr", one, 16), "i16") for one in words))
    return w.do("or", w.do("shl", w.sized(high, "i32"), 16), w.sized(low, "i32"))


def _each(
    name: str, kind: str, inner: Translation, after: str = ""
) -> Iterator[tuple[str, Translation]]:
    """Yield an instruction, and what there is of it with ``.ftz`` and in pairs."""
    forms = [(f"{name}{after}.{kind}", inner)]
    if kind != "bf16":
        forms.append((f"{name}.ftz{after}.{kind}", partial(_flushing, kind, inner)))
    for full, one in forms:
        yield full, one
        if kind in HALVES:
            yield f"{full}x2", partial(_pair, one)


def _arithmetic(kind: str) -> Iterator[tuple[str, Translation]]:
    for mode in MODES if kind == "f32" else MODES[:1]:
        for name in ("add", "sub", "mul"):
            inner = partial(_sum, f"f{name}", kind, mode)
            yield from _each(f"{name}.{mode}", kind, inner)
            if mode == "rn":
                yield from _each(name, kind, inner)
        yield from _each(f"fma.{mode}", kind, partial(_fused, kind, mode))
    for larger, name in enumerate(("min", "max")):
        for nan in (False, True):
            inner = partial(_extreme, kind, bool(larger), nan)
            yield from _each(name, kind, inner, ".NaN" if nan else "")
    yield from _each("neg", kind, partial(_signed, kind, True))
    yield from _each("abs", kind, partial(_signed, kind, False))


def _compared(
    kind: str, test: str, join: str, w: Writer, a: Value, b: Value, *other: Value
) -> Value:
    found = w.test(f"fcmp {test}", rounding.widened(w, kind, a), rounding.widened(w, kind, b))
    return w.do(join, found, other[0]) if join else found


def _comparisons(kind: str) -> Iterator[tuple[str, Translation]]:
    tests = {how: f"o{how}" for how in ORDERED} | {f"{how}u": f"u{how}" for how in ORDERED}
    for how, test in (tests | {"num": "ord", "nan": "uno"}).items():
        for join in ("", "and", "or", "xor"):
            name = f"setp.{how}.{join}.{kind}" if join else f"setp.{how}.{kind}"
            yield name, partial(_compared, kind, test, join)


def documented(name: str, w: Writer, a: Value) -> tuple[Value, Value]:
    """Return what an approximate instruction makes of a value, and whether that is defined."""
    head, form = name.partition(".")[0], FORMATS["f32"]
    if ".ftz" in name:
        a = flushed(w, "f32", a)
    found, known = integer("i32", NAN), _is_nan(w, "f32", a)
    if head in ROOTS:
        known = w.do("or", known, w.test("icmp uge", a, form.sign | SMALLEST))
    for key, result in DOCUMENTED[head].items():
        here = w.test("icmp eq", a, key)
        found, known = w.choose(here, result, found), w.do("or", known, here)
    return found, known


def _all() -> Iterator[tuple[str, Translation]]:
    for kind in ("f32", "f16", "bf16"):
        yield from _arithmetic(kind)
        yield from _comparisons(kind)
    yield from _each("div.rn", "f32", _divided)
    yield from _each("rcp.rn", "f32", _reciprocal)
    yield from _each("sqrt.rn", "f32", _root)


FLOATS: dict[str, Translation] = dict(_all())
"""By name."""
