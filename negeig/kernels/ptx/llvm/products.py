"""``mma.sync`` as a function in LLVM IR, which instructions call.

A result has defined bits where every order of the sum gives it, as
:mod:`negeig.kernels.ptx.matrices` says: where the magnitudes of all terms together are at most 2^24
of a unit that divides them, and no input or sum is subnormal or too large.
"""

from __future__ import annotations

from negeig.kernels.ptx.binary_floats import FORMATS
from negeig.kernels.ptx.llvm import rounding
from negeig.kernels.ptx.llvm.writing import Value, Writer, integer
from negeig.kernels.ptx.matrices import Shape
from negeig.kernels.ptx.warps import WARP

OPERANDS, RESULTS = 12, 4
"""Registers of a, b and c, in this order, and room for two; and registers of the result."""

BYTES = 4 * WARP
"""Of a register in all threads."""

_BIASED = 1023 + 52
"""What is added to the exponent of the last bit of a double."""

_LARGEST = rounding.constant("0x47EFFFFFE0000000")
"""The largest number of float32."""


def function_name(shape: Shape) -> str:
    """Return the name of the function of a shape."""
    return f"product_{shape.type}_{shape.depth}"


def functions(shape: Shape) -> tuple[str, set[str]]:
    """Return ``i32 product(operands, results)``, what it calls, and what they declare.

    It returns the threads in which some bits are not defined. A register of the result is the sum
    for rows g or g + 8 and for even or odd columns; for odd ones, b comes from the next column.
    """
    one, declared = _register(shape)
    w, name = Writer(declared=declared), function_name(shape)
    for k in (0, 1):
        b = w.load(w.pointer("%operands", BYTES * (4 + k)).text, "i32", wide=True, align=64)
        odd = w.rearranged(b, [(lane + 4) % WARP for lane in range(WARP)])
        w.store(odd, w.pointer("%operands", BYTES * (10 + k)).text, 64)
    undefined = integer("i32", 0)
    for i in range(RESULTS):
        places = [
            w.pointer(base, BYTES * register).text
            for base, register in (("%operands", i // 2), ("%operands", 10 if i % 2 else 4),
                                   ("%operands", 6 + i), ("%results", i))
        ]  # fmt: skip
        given = ", ".join(f"ptr {place}" for place in places)
        found = w.let(f"call i32 @{name}_register({given})", "i32", wide=False)
        undefined = w.do("or", undefined, found)
    w.line(f"ret i32 {undefined.text}")
    head = f"define internal i32 @{name}(ptr %operands, ptr %results) #0 noinline {{\n"
    return one + head + "\n".join([*w.lines, "}\n"]), w.declared


def _register(shape: Shape) -> tuple[str, set[str]]:
    """Return the function of one register of the result."""
    w = Writer()

    def load(base: str, register: int) -> Value:
        return w.load(w.pointer(base, BYTES * register).text, "i32", wide=True, align=64)

    left = [_numbers(w, shape, load("%a", 2 * block)) for block in (0, 1)]
    right = [_numbers(w, shape, load("%b", block)) for block in (0, 1)]
    terms = [rounding.double(w, "f32", _normal(w, "f32", load("%c", 0)))]
    for k in range(shape.depth):
        block, within = divmod(k, 4 * shape.packed)
        thread, j = divmod(within, shape.packed)
        row = [4 * (lane // 4) + thread for lane in range(WARP)]
        column = [8 * (lane % 4) + thread for lane in range(WARP)]
        a, b = w.rearranged(left[block][j], row), w.rearranged(right[block][j], column)
        terms.append(w.do("fmul", w.cast("fpext", a, "double"), w.cast("fpext", b, "double")))
    total, rounds = _sum(w, terms)
    w.store(rounding.word(w, w.cast("fptrunc", total, "float")), "%result", 64)
    w.line(f"ret i32 {w.bits(rounds).text}")
    head = f"define internal i32 @{function_name(shape)}_register"
    return (
        f"{head}(ptr %a, ptr %b, ptr %c, ptr %result) #0 noinline {{\n"
        + "\n".join([*w.lines, "}\n"]),
        w.declared,
    )


def _numbers(w: Writer, shape: Shape, register: Value) -> list[Value]:
    """Return the elements of a register."""
    if shape.packed == 1:  # tf32
        return [rounding.single(w, _normal(w, "f32", w.do("and", register, 0xFFFFE000)))]
    halves = [w.sized(half, "i16") for half in (register, w.do("lshr", register, 16))]
    return [rounding.widened(w, shape.type, _normal(w, shape.type, half)) for half in halves]


def _normal(w: Writer, kind: str, bits: Value) -> Value:
    """Return bits, a NaN for a subnormal number: what it counts as is not specified."""
    form = FORMATS[kind]
    size = w.do("and", bits, form.sign - 1)
    subnormal = w.test("icmp ult", w.do("sub", size, 1), (1 << form.fraction) - 1)
    return w.choose(subnormal, form.nan, bits)


def _sum(w: Writer, terms: list[Value]) -> tuple[Value, Value]:
    """Return the sum of doubles, +0 of zeros, and where some order of it might round."""
    total = size = rounding.ZERO
    none = integer("i64", 1 << 20)
    unit, bad = none, integer("i1", 0)
    for term in terms:
        bits = rounding.word(w, term)
        exponent = w.do("and", w.do("lshr", bits, 52), 0x7FF)
        significand = w.do("or", w.do("and", bits, (1 << 52) - 1), 1 << 52)
        last = w.do("add", exponent, w.call("cttz", significand, flag=True))
        is_zero = w.test("fcmp oeq", term, rounding.ZERO)
        unit = w.call("umin", unit, w.choose(is_zero, none, last))
        bad = w.do("or", bad, w.test("icmp eq", exponent, 0x7FF))
        total, size = w.do("fadd", total, term), w.do("fadd", size, rounding.magnitude(w, term))
    power = w.do("shl", w.do("add", unit, 1023 + 24 - _BIASED), 52)
    limit = w.choose(w.test("icmp eq", unit, none), rounding.INFINITE,
                     w.cast("bitcast", power, "double"))  # fmt: skip
    bad = w.do("or", bad, w.test("fcmp ugt", size, limit))
    bad = w.do("or", bad, w.test("fcmp ugt", size, _LARGEST))
    bad = w.do("or", bad, w.test("icmp ult", unit, _BIASED - 126))
    return w.do("fadd", total, rounding.ZERO), bad
