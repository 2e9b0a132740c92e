"""Which bits of a result are undefined, where bits of the sources are.

A bit that is called defined here is the same whatever the undefined bits of the sources are; the
reverse need not hold. Source: Stepanov and Serebryany, MemorySanitizer, CGO 2015, section 3.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from negeig.kernels.ptx.operation import DTYPES, WIDTHS, Bits, Operation

MOVED = {"mov": 1, "shl": 1, "shr": 1, "cvt": 1, "prmt": 2}
"""Instructions whose results are bits of so many first sources, moved as the others say."""

INTEGERS = re.compile(r"cvt\.[us]\d+\.[us]\d+")
"""Conversions that keep low bits, or extend them."""


def undefined_bits(
    operation: Operation, sources: Sequence[Bits], undefined: Sequence[Bits | None]
) -> Bits:
    """Return the undefined bits of a ``value`` operation's result; of some source there are any.

    Parameters
    ----------
    operation : Operation
        Not ``setp``: its result decides something.
    sources : sequence of arrays
        Bits; what stands at undefined places does not matter.
    undefined : sequence of arrays
        The undefined bits of each, None for none.

    Examples
    --------
    >>> from negeig.kernels.ptx.values import VALUES
    >>> words = [np.array([0x12345678], np.uint32), np.array([0xFF], np.uint32)]
    >>> low = np.array([0xF0F], np.uint32)
    >>> hex(undefined_bits(VALUES["and.b32"], words, [low, None])[0])
    '0xf'
    >>> hex(undefined_bits(VALUES["add.u32"], words, [low, None])[0])
    '0xffffffff'
    """
    name = operation.name
    shadows = [
        np.zeros_like(source) if bits is None else bits
        for source, bits in zip(sources, undefined, strict=True)
    ]
    head = name.partition(".")[0]
    if head == "selp":
        chosen: Bits = np.where(sources[2], shadows[0], shadows[1])
        return chosen
    if head in ("and", "or"):
        a, b = sources if head == "and" else (~sources[0], ~sources[1])
        # A defined 0 (of or: a defined 1) settles the bit.
        both: Bits = (shadows[0] | a) & (shadows[1] | b) & (shadows[0] | shadows[1])
        return both
    if head in ("not", "xor"):
        flipped: Bits = np.bitwise_or.reduce(shadows)
        return flipped
    moved = MOVED.get(head, 0) if head != "cvt" or INTEGERS.fullmatch(name) else 0
    if moved and not any(shadow.any() for shadow in shadows[moved:]):
        assert operation.array is not None
        found: Bits = operation.array(*shadows[:moved], *sources[moved:])
        return found
    return _spread(operation, shadows)


def _spread(operation: Operation, shadows: Sequence[Bits]) -> Bits:
    """Make every bit undefined where one of a source is; of pairs, in either half on its own."""
    (kind,), sources = operation.results, operation.sources
    if kind.endswith("x2"):
        low = high = np.bitwise_or.reduce(shadows)
        if sources == ("f32", "f32"):  # two numbers made one pair
            high, low = shadows[0] != 0, shadows[1] != 0
        elif sources == (kind,) * len(sources):
            low, high = low & np.uint32(0xFFFF), high >> np.uint32(16)
        pair: Bits = np.where(low, np.uint32(0xFFFF), np.uint32(0))
        return pair | np.where(high, np.uint32(0xFFFF0000), np.uint32(0))
    some = np.logical_or.reduce([shadow != 0 for shadow in shadows])
    width = WIDTHS[kind]
    found: Bits = np.where(some, DTYPES[width]((1 << width) - 1), DTYPES[width](0))
    return found
