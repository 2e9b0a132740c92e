"""Instructions on integers and bits, and comparisons, as LLVM IR.

Functions of a writer and the sources, of the widths that the operation names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from negeig.kernels.ptx.comparisons import ORDERED, UNSIGNED
from negeig.kernels.ptx.llvm.writing import WIDTH, Value, Writer, integer

Translation = Callable[..., Value]
"""Of a writer and the sources of an instruction; returns its result."""


def _plain(operation: str, w: Writer, a: Value, b: Value) -> Value:
    return w.do(operation, a, b)


def _added(w: Writer, a: Value, b: Value, c: Value) -> Value:
    return w.do("add", w.do("mul", a, b), c)


def _intrinsic(name: str, w: Writer, *values: Value) -> Value:
    return w.call(name, *values)


def _double(w: Writer, a: Value, signed: bool) -> Value:
    return w.sized(a, f"i{2 * WIDTH[a.kind]}", signed=signed)


def _wide(signed: bool, w: Writer, a: Value, b: Value) -> Value:
    return w.do("mul", _double(w, a, signed), _double(w, b, signed))


def _wide_added(signed: bool, w: Writer, a: Value, b: Value, c: Value) -> Value:
    return w.do("add", _wide(signed, w, a, b), c)


def _high(signed: bool, w: Writer, a: Value, b: Value) -> Value:
    product = _wide(signed, w, a, b)
    return w.sized(w.do("lshr", product, WIDTH[a.kind]), a.kind)


def _quotient(signed: bool, remainder: bool, w: Writer, a: Value, b: Value) -> Value:
    """Return a quotient, or a remainder; where b is 0 any number.

    LLVM has no quotient of the least integer and -1 either; for PTX it wraps around.
    """
    undivided = w.test("icmp eq", b, 0)
    if signed:
        minus = w.test("icmp eq", b, -1)
        undivided = w.do("or", undivided, minus)
    by = w.choose(undivided, 1, b)
    found = w.do(f"{'s' if signed else 'u'}{'rem' if remainder else 'div'}", a, by)
    if signed and not remainder:
        found = w.choose(minus, w.do("sub", integer(a.kind, 0), a), found)
    return found


def _shift(operation: str, w: Writer, a: Value, n: Value) -> Value:
    """Shift by n, as if one bit after the other: beyond the width too."""
    width = WIDTH[a.kind]
    by = w.sized(w.call("umin", n, integer("i32", width - 1)), a.kind)
    moved = w.do(operation, a, by)
    return moved if operation == "ashr" else w.choose(w.test("icmp ult", n, width), moved, 0)


def _field_of(w: Writer, width: int, position: Value, length: Value) -> tuple[Value, Value, Value]:
    """Return position and length modulo 256, and how many bits of the field are in the word."""
    position, length = w.do("and", position, 255), w.do("and", length, 255)
    room = w.call("smax", w.do("sub", integer("i32", width), position), integer("i32", 0))
    return position, length, w.call("umin", length, room)


def _low(w: Writer, kind: str, count: Value) -> Value:
    """Return a word whose ``count`` low bits are set."""
    width = WIDTH[kind]
    dropped = w.do("sub", integer("i32", width), count)
    return _shift("lshr", w, integer(kind, -1), dropped)


def _extracted(signed: bool, w: Writer, a: Value, position: Value, length: Value) -> Value:
    width = WIDTH[a.kind]
    position, length, inside = _field_of(w, width, position, length)
    kept = _low(w, a.kind, inside)
    found = w.do("and", _shift("lshr", w, a, position), kept)
    if not signed:
        return found
    last = w.do("sub", w.do("add", position, length), 1)
    sign = w.do("and", _shift("ashr", w, a, w.call("smax", last, integer("i32", 0))), 1)
    filled = w.do("and", w.test("icmp ne", sign, 0), w.test("icmp ne", length, 0))
    return w.choose(filled, w.do("or", found, w.do("xor", kept, -1)), found)


def _inserted(w: Writer, a: Value, b: Value, position: Value, length: Value) -> Value:
    position, _, inside = _field_of(w, WIDTH[a.kind], position, length)
    field = _shift("shl", w, _low(w, a.kind, inside), position)
    moved = w.do("and", _shift("shl", w, a, position), field)
    return w.do("or", w.do("and", b, w.do("xor", field, -1)), moved)


def _negated(w: Writer, a: Value) -> Value:
    return w.do("sub", integer(a.kind, 0), a)


def _inverted(w: Writer, a: Value) -> Value:
    return w.do("xor", a, -1)


def _moved(w: Writer, a: Value) -> Value:
    return a


def _chosen(w: Writer, a: Value, b: Value, p: Value) -> Value:
    return w.choose(p, a, b)


def _counted(w: Writer, a: Value) -> Value:
    return w.sized(w.call("ctpop", a), "i32")


def _absolute(w: Writer, a: Value) -> Value:
    return w.call("abs", a, flag=False)


def _arithmetic(kind: str) -> Iterator[tuple[str, Translation]]:
    signed, width = kind[0] == "s", int(kind[1:])
    yield f"add.{kind}", partial(_plain, "add")
    yield f"sub.{kind}", partial(_plain, "sub")
    yield f"mul.lo.{kind}", partial(_plain, "mul")
    yield f"mad.lo.{kind}", _added
    yield f"min.{kind}", partial(_intrinsic, f"{kind[0]}min")
    yield f"max.{kind}", partial(_intrinsic, f"{kind[0]}max")
    yield f"mul.hi.{kind}", partial(_high, signed)
    yield f"div.{kind}", partial(_quotient, signed, False)
    yield f"rem.{kind}", partial(_quotient, signed, True)
    yield f"shr.{kind}", partial(_shift, "ashr" if signed else "lshr")
    if signed:
        yield f"neg.{kind}", _negated
        yield f"abs.{kind}", _absolute
    if width < 64:
        yield f"mul.wide.{kind}", partial(_wide, signed)
        yield f"mad.wide.{kind}", partial(_wide_added, signed)
    if width > 16:
        yield f"bfe.{kind}", partial(_extracted, signed)


def _bits(kind: str) -> Iterator[tuple[str, Translation]]:
    width = int(kind[1:])
    for name in ("and", "or", "xor"):
        yield f"{name}.{kind}", partial(_plain, name)
    yield f"not.{kind}", _inverted
    yield f"shr.{kind}", partial(_shift, "lshr")
    yield f"shl.{kind}", partial(_shift, "shl")
    floats = {16: ("f16", "bf16"), 32: ("f32",), 64: ("f64",)}[width]
    for same in (kind, f"u{width}", f"s{width}", *floats):
        yield f"mov.{same}", _moved
        yield f"selp.{same}", _chosen
    if width > 16:
        yield f"popc.{kind}", _counted
        yield f"bfi.{kind}", _inserted


def _permuted(w: Writer, a: Value, b: Value, selector: Value) -> Value:
    upper = w.do("shl", w.sized(b, "i64"), 32)
    both = w.do("or", upper, w.sized(a, "i64"))
    selector = w.sized(selector, "i64")
    found = integer("i64", 0)
    for i in range(4):
        chosen = w.do("lshr", selector, 4 * i)
        by = w.do("shl", w.do("and", chosen, 7), 3)
        byte = w.do("and", w.do("lshr", both, by), 255)
        sign = w.choose(w.test("icmp ugt", byte, 127), integer("i64", 255), integer("i64", 0))
        repeats = w.test("icmp ne", w.do("and", chosen, 8), 0)
        found = w.do("or", found, w.do("shl", w.choose(repeats, sign, byte), 8 * i))
    return w.sized(found, "i32")


def _looked_up(w: Writer, a: Value, b: Value, c: Value, table: Value) -> Value:
    found = integer("i32", 0)
    for entry in range(8):
        terms = [
            x if entry >> place & 1 else w.do("xor", x, -1) for place, x in ((2, a), (1, b), (0, c))
        ]
        used = _negated(w, w.do("and", w.do("lshr", table, entry), 1))
        term = w.do("and", w.do("and", terms[0], terms[1]), w.do("and", terms[2], used))
        found = w.do("or", found, term)
    return found


def _funnel(left: bool, wraps: bool, w: Writer, a: Value, b: Value, c: Value) -> Value:
    n = w.do("and", c, 31) if wraps else w.call("umin", c, integer("i32", 32))
    both = w.do("or", w.do("shl", w.sized(b, "i64"), 32), w.sized(a, "i64"))
    by = w.sized(w.do("sub", integer("i32", 32), n) if left else n, "i64")
    return w.sized(w.do("lshr", both, by), "i32")


def _compared(test: str, join: str, w: Writer, a: Value, b: Value, *other: Value) -> Value:
    found = w.test(f"icmp {test}", a, b)
    return w.do(join, found, other[0]) if join else found


def _comparisons(kind: str) -> Iterator[tuple[str, Translation]]:
    names = {how: how for how in (ORDERED[:2] if kind[0] == "b" else ORDERED)}
    for how, meaning in (names | (UNSIGNED if kind[0] == "u" else {})).items():
        test = meaning if meaning in ("eq", "ne") else f"{kind[0]}{meaning}"
        for join in ("", "and", "or", "xor"):
            name = f"setp.{how}.{join}.{kind}" if join else f"setp.{how}.{kind}"
            yield name, partial(_compared, test, join)


def _all() -> Iterator[tuple[str, Translation]]:
    for width in (16, 32, 64):
        for sign in "us":
            yield from _arithmetic(f"{sign}{width}")
            yield from _comparisons(f"{sign}{width}")
        yield from _bits(f"b{width}")
        yield from _comparisons(f"b{width}")
    for name in ("and", "or", "xor"):
        yield f"{name}.pred", partial(_plain, name)
    yield "not.pred", _inverted
    yield "mov.pred", _moved
    yield "prmt.b32", _permuted
    yield "lop3.b32", _looked_up
    for left in (True, False):
        for wraps in (True, False):
            name = f"shf.{'l' if left else 'r'}.{'wrap' if wraps else 'clamp'}.b32"
            yield name, partial(_funnel, left, wraps)


INTEGERS: dict[str, Translation] = dict(_all())
"""By name."""
