"""Instructions on integers and bits: for each a meaning on numbers, and the same on arrays."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.kernels.ptx.operation import DTYPES, WIDTHS, Bits, Operation

SIGNED: dict[int, Any] = {8: np.int8, 16: np.int16, 32: np.int32, 64: np.int64}


def number(kind: str, bits: int) -> int:
    """Return the integer that bits of a type stand for.

    Examples
    --------
    >>> number("s16", 0xFFFF), number("u16", 0xFFFF)
    (-1, 65535)
    """
    width = WIDTHS[kind]
    return bits - (1 << width) if kind[0] == "s" and bits >> (width - 1) else bits


def numbers(kind: str, bits: Bits) -> NDArray[Any]:
    """Return the integers that an array of bits stands for, in their own width."""
    return bits.view(SIGNED[WIDTHS[kind]]) if kind[0] == "s" else bits


def row(
    name: str,
    result: str,
    sources: tuple[str, ...],
    scalar: Callable[..., Any],
    array: Callable[..., Any],
    defined: Callable[..., NDArray[np.bool_]] | None = None,
) -> Operation:
    """Return an operation on integers: its functions take and return integers of these types.

    Of what they return the low bits are the result; of ``bits`` that are no integers, ``b32``, the
    functions take the unsigned number.
    """
    mask = (1 << WIDTHS[result]) - 1

    def on_bits(*bits: int) -> int:
        return int(scalar(*map(number, sources, bits))) & mask

    def on_arrays(*bits: Bits) -> Bits:
        found: Bits = array(*map(numbers, sources, bits)).astype(DTYPES[WIDTHS[result]])
        return found

    return Operation(
        name=name, kind="value", results=(result,), sources=sources, scalar=on_bits,
        array=on_arrays, defined=defined,
    )  # fmt: skip


def _arithmetic(kind: str) -> Iterator[Operation]:
    two, three = (kind, kind), (kind, kind, kind)
    width = WIDTHS[kind]
    yield row(f"add.{kind}", kind, two, operator.add, np.add)
    yield row(f"sub.{kind}", kind, two, operator.sub, np.subtract)
    yield row(f"mul.lo.{kind}", kind, two, operator.mul, np.multiply)
    yield row(f"mad.lo.{kind}", kind, three, *_same(lambda a, b, c: a * b + c))
    yield row(f"min.{kind}", kind, two, min, np.minimum)
    yield row(f"max.{kind}", kind, two, max, np.maximum)

    def high(a: int, b: int) -> int:
        return (a * b) >> width

    def highs(a: Any, b: Any) -> Any:
        return _high_64(kind, a, b) if width == 64 else (_wide(kind, a) * b) >> width

    yield row(f"mul.hi.{kind}", kind, two, high, highs)
    yield row(f"div.{kind}", kind, two, _quotient, _quotients, _divisible)
    yield row(
        f"rem.{kind}", kind, two, lambda a, b: a - b * _quotient(a, b),
        lambda a, b: a - b * _quotients(a, b), _divisible,
    )  # fmt: skip
    yield from _right_shift(kind)
    if kind[0] == "s":
        yield row(f"neg.{kind}", kind, (kind,), operator.neg, np.negative)
        yield row(f"abs.{kind}", kind, (kind,), abs, np.abs)
    if width < 64:
        wide = f"{kind[0]}{2 * width}"
        yield row(f"mul.wide.{kind}", wide, two, operator.mul, lambda a, b: _wide(kind, a) * b)
        yield row(
            f"mad.wide.{kind}", wide, (kind, kind, wide), lambda a, b, c: a * b + c,
            lambda a, b, c: _wide(kind, a) * b + c,
        )  # fmt: skip
    if width > 16:
        yield from _field(kind)


def _same(function: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return a formula for both: it says the same of numbers as of arrays."""
    return function, function


def _wide(kind: str, values: Any) -> Any:
    width = 2 * WIDTHS[kind]
    return values.astype(SIGNED[width] if kind[0] == "s" else DTYPES[width])


def _high_64(kind: str, a: Any, b: Any) -> Any:
    """Return the upper 64 bits of a product, by halves of 32 bits."""
    x, y = a.view(np.uint64), b.view(np.uint64)
    low, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    x0, x1, y0, y1 = x & low, x >> half, y & low, y >> half
    middle = x1 * y0 + ((x0 * y0) >> half)
    carried = x0 * y1 + (middle & low)
    found = x1 * y1 + (middle >> half) + (carried >> half)
    if kind[0] == "s":  # the number is the unsigned one, less 2^64 where it is negative
        found = found - np.where(a < 0, y, np.uint64(0)) - np.where(b < 0, x, np.uint64(0))
    return found


def _quotient(a: int, b: int) -> int:
    """Return the quotient rounded toward 0; of a division by 0 some number, undefined."""
    if b == 0:
        return 0
    return abs(a) // abs(b) * (-1 if (a < 0) != (b < 0) else 1)


def _quotients(a: Any, b: Any) -> Any:
    by = np.where(b == 0, b.dtype.type(1), b)
    down = a // by
    return np.where((a - down * by != 0) & ((a < 0) != (by < 0)), down + b.dtype.type(1), down)


def _divisible(a: Bits, b: Bits) -> NDArray[np.bool_]:
    divisible: NDArray[np.bool_] = b != 0
    return divisible


def _right_shift(kind: str) -> Iterator[Operation]:
    width = WIDTHS[kind]

    def shifted(a: Any, n: Any) -> Any:
        moved = a >> np.minimum(n, width - 1).astype(a.dtype)
        return moved if kind[0] == "s" else np.where(n >= width, a.dtype.type(0), moved)

    yield row(f"shr.{kind}", kind, (kind, "u32"), lambda a, n: a >> min(n, width), shifted)


def _field(kind: str) -> Iterator[Operation]:
    """``bfe``: the low 8 bits of the operands are the position and the length of the field."""
    width = WIDTHS[kind]
    unsigned = DTYPES[width]

    def field(a: int, position: int, length: int) -> int:
        position, length = position & 255, length & 255
        signed = kind[0] == "s" and length > 0
        filler = (a >> min(position + length - 1, width - 1)) & 1 if signed else 0
        inside = range(max(0, min(length, width - position)))
        return sum(
            ((a >> (position + i)) & 1 if i in inside else filler) << i for i in range(width)
        )

    def fields(a: Any, position: Any, length: Any) -> Any:
        bits = a.view(unsigned)
        position, length = ((x & np.uint32(255)).astype(np.int64) for x in (position, length))
        inside = np.clip(np.minimum(length, width - position), 0, width)
        kept = _low(inside, width)
        found = (bits >> np.minimum(position, width - 1).astype(unsigned)) & kept
        if kind[0] == "u":
            return found
        last = np.clip(position + length - 1, 0, width - 1).astype(unsigned)
        filled = ((bits >> last) & unsigned(1) != 0) & (length > 0)
        return np.where(filled, found | ~kept, found)

    yield row(f"bfe.{kind}", kind, (kind, "u32", "u32"), field, fields)


def _low(count: Any, width: int) -> Any:
    """Return a word whose ``count`` low bits are set; count from 0 to the width."""
    unsigned = DTYPES[width]
    ones = unsigned((1 << width) - 1)
    kept = ones >> np.minimum(width - count, width - 1).astype(unsigned)
    return np.where(count > 0, kept, unsigned(0))


def _bits(kind: str) -> Iterator[Operation]:
    width, two = WIDTHS[kind], (kind, kind)
    yield row(f"and.{kind}", kind, two, operator.and_, np.bitwise_and)
    yield row(f"or.{kind}", kind, two, operator.or_, np.bitwise_or)
    yield row(f"xor.{kind}", kind, two, operator.xor, np.bitwise_xor)
    yield row(f"not.{kind}", kind, (kind,), operator.invert, np.invert)
    yield from _right_shift(kind)

    def shifted(a: Any, n: Any) -> Any:
        moved = a << np.minimum(n, width - 1).astype(a.dtype)
        return np.where(n >= width, a.dtype.type(0), moved)

    yield row(f"shl.{kind}", kind, (kind, "u32"), lambda a, n: a << min(n, width), shifted)
    floats = {16: ("f16", "bf16"), 32: ("f32",), 64: ("f64",)}[width]
    for same in (kind, f"u{width}", f"s{width}", *floats):
        yield row(f"mov.{same}", kind, (kind,), operator.pos, np.positive)
        yield row(
            f"selp.{same}", kind, (kind, kind, "pred"), lambda a, b, p: a if p else b,
            lambda a, b, p: np.where(p, a, b),
        )  # fmt: skip
    if width > 16:
        yield row(f"popc.{kind}", "u32", (kind,), int.bit_count, np.bitwise_count)
        yield from _insertion(kind)


def _insertion(kind: str) -> Iterator[Operation]:
    """``bfi``: the low bits of a into b."""
    width = WIDTHS[kind]

    def inserted(a: int, b: int, position: int, length: int) -> int:
        position, length = position & 255, length & 255
        inside = range(position, min(position + length, width))
        return sum(
            ((a >> (i - position) if i in inside else b >> i) & 1) << i for i in range(width)
        )

    def insertions(a: Any, b: Any, position: Any, length: Any) -> Any:
        position, length = ((x & np.uint32(255)).astype(np.int64) for x in (position, length))
        kept = _low(np.clip(np.minimum(length, width - position), 0, width), width)
        by = np.minimum(position, width - 1).astype(a.dtype)
        return (b & ~(kept << by)) | ((a & kept) << by)

    yield row(f"bfi.{kind}", kind, (kind, kind, "u32", "u32"), inserted, insertions)


def _words() -> Iterator[Operation]:
    three = ("b32", "b32", "b32")

    def permuted(a: int, b: int, selector: int) -> int:
        found = 0
        for i in range(4):
            chosen = (selector >> (4 * i)) & 15
            byte = ((b << 32 | a) >> (8 * (chosen & 7))) & 255
            if chosen & 8:
                byte = 255 if byte & 128 else 0
            found |= byte << (8 * i)
        return found

    def permutations(a: Any, b: Any, selector: Any) -> Any:
        both = (b.astype(np.uint64) << np.uint64(32)) | a
        found = np.zeros_like(both)
        for i in range(4):
            chosen = (selector >> np.uint32(4 * i)).astype(np.uint64) & np.uint64(15)
            byte = (both >> ((chosen & np.uint64(7)) * np.uint64(8))) & np.uint64(255)
            sign = np.where(byte & np.uint64(128), np.uint64(255), np.uint64(0))
            found |= np.where(chosen & np.uint64(8), sign, byte) << np.uint64(8 * i)
        return found

    yield row("prmt.b32", "b32", three, permuted, permutations)

    def looked_up(a: int, b: int, c: int, table: int) -> int:
        return sum(
            ((table >> ((a >> i & 1) << 2 | (b >> i & 1) << 1 | (c >> i & 1))) & 1) << i
            for i in range(32)
        )

    def lookups(a: Any, b: Any, c: Any, table: Any) -> Any:
        found = np.zeros_like(a)
        for entry in range(8):
            terms = [x if entry >> place & 1 else ~x for place, x in ((2, a), (1, b), (0, c))]
            chosen = (table >> np.uint32(entry)) & np.uint32(1)
            found |= terms[0] & terms[1] & terms[2] & (np.uint32(0) - chosen)
        return found

    yield row("lop3.b32", "b32", (*three, "u32"), looked_up, lookups)
    for left in (True, False):
        for wraps in (True, False):
            yield _funnel(left, wraps)


def _funnel(left: bool, wraps: bool) -> Operation:
    """Return ``shf``: 32 of the bits of b and a, shifted by c, wrapped at 32 or clamped to it."""

    def shifted(a: int, b: int, c: int) -> int:
        n = c & 31 if wraps else min(c, 32)
        both = b << 32 | a
        return both >> (32 - n) if left else both >> n

    def shifts(a: Any, b: Any, c: Any) -> Any:
        n = (c & np.uint32(31) if wraps else np.minimum(c, np.uint32(32))).astype(np.uint64)
        both = (b.astype(np.uint64) << np.uint64(32)) | a
        return both >> (np.uint64(32) - n if left else n)

    name = f"shf.{'l' if left else 'r'}.{'wrap' if wraps else 'clamp'}.b32"
    return row(name, "b32", ("b32", "b32", "u32"), shifted, shifts)


def _predicates() -> Iterator[Operation]:
    two = ("pred", "pred")
    yield row("and.pred", "pred", two, operator.and_, np.logical_and)
    yield row("or.pred", "pred", two, operator.or_, np.logical_or)
    yield row("xor.pred", "pred", two, operator.xor, np.logical_xor)
    yield row("not.pred", "pred", ("pred",), operator.invert, np.logical_not)
    yield row("mov.pred", "pred", ("pred",), operator.pos, lambda a: a)


def _all() -> Iterator[Operation]:
    for kind in ("u16", "s16", "u32", "s32", "u64", "s64"):
        yield from _arithmetic(kind)
    for kind in ("b16", "b32", "b64"):
        yield from _bits(kind)
    yield from _words()
    yield from _predicates()


INTEGERS: dict[str, Operation] = {one.name: one for one in _all()}
"""By name."""
