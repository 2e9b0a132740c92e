"""Instructions on floating-point numbers, singly and packed in pairs.

``mul.f32`` without a rounding modifier rounds to nearest even, as ``mul.rn.f32`` does, but ptxas
may contract it with a following addition: whether it did stands in the SASS. With ``.ftz``
subnormal sources and results become zeros of their sign; that a result is judged after it was
rounded is an assumption.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from negeig.kernels.ptx import binary_floats as exact
from negeig.kernels.ptx import float_arrays as arrays
from negeig.kernels.ptx.binary_floats import FORMATS
from negeig.kernels.ptx.operation import Bits, Operation

Scalar = Callable[..., int]
Array = Callable[..., Bits]

MODES = ("rn", "rz", "rm", "rp")
HALVES = ("f16", "bf16")
SUMS: dict[str, tuple[Scalar, Array]] = {
    "add": (exact.added, arrays.added_arrays),
    "sub": (exact.subtracted, arrays.subtracted_arrays),
    "mul": (exact.multiplied, arrays.multiplied_arrays),
}


def _row(name: str, kind: str, count: int, scalar: Scalar, array: Array) -> Iterator[Operation]:
    """Yield an instruction of ``count`` sources of one type; of 16 bits, its packed form too."""
    yield Operation(
        name=name, kind="value", results=(kind,), sources=(kind,) * count, scalar=scalar,
        array=array,
    )  # fmt: skip
    if kind in HALVES:

        def pair(*words: int) -> int:
            low = scalar(*(word & 0xFFFF for word in words))
            return scalar(*(word >> 16 for word in words)) << 16 | low

        def pairs(*words: Bits) -> Bits:
            low = array(*((word & np.uint32(0xFFFF)).astype(np.uint16) for word in words))
            high = array(*((word >> np.uint32(16)).astype(np.uint16) for word in words))
            both: Bits = high.astype(np.uint32) << np.uint32(16) | low
            return both

        yield Operation(
            name=f"{name}x2", kind="value", results=(f"{kind}x2",),
            sources=(f"{kind}x2",) * count, scalar=pair, array=pairs,
        )  # fmt: skip


def _flushing(kind: str, scalar: Scalar, array: Array) -> tuple[Scalar, Array]:
    """Return the functions with subnormal numbers flushed to zero before and after."""
    form = FORMATS[kind]

    def flushed(*bits: int) -> int:
        return exact.flushed(form, scalar(*(exact.flushed(form, one) for one in bits)))

    def all_flushed(*bits: Bits) -> Bits:
        sources = (arrays.flushed_arrays(kind, one) for one in bits)
        return arrays.flushed_arrays(kind, array(*sources))

    return flushed, all_flushed


def _both(
    name: str, kind: str, count: int, scalar: Scalar, array: Array, after: str = ""
) -> Iterator[Operation]:
    """Yield an instruction as it is and with ``.ftz``, where the type has that."""
    yield from _row(f"{name}{after}.{kind}", kind, count, scalar, array)
    if kind != "bf16":
        yield from _row(f"{name}.ftz{after}.{kind}", kind, count, *_flushing(kind, scalar, array))


def _sums(kind: str) -> Iterator[Operation]:
    form = FORMATS[kind]
    for mode in MODES if kind == "f32" else MODES[:1]:
        for name, (one, many) in SUMS.items():
            scalar, array = partial(one, form, mode=mode), partial(many, kind, mode=mode)
            yield from _both(f"{name}.{mode}", kind, 2, scalar, array)
            if mode == "rn":
                yield from _both(name, kind, 2, scalar, array)
        yield from _both(
            f"fma.{mode}", kind, 3, partial(exact.fused, form, mode=mode),
            partial(arrays.fused_arrays, kind, mode=mode),
        )  # fmt: skip


def _choices(kind: str) -> Iterator[Operation]:
    form = FORMATS[kind]
    for larger, name in enumerate(("min", "max")):
        for nan in (False, True):
            yield from _both(
                name, kind, 2, partial(exact.larger if larger else exact.smaller, form, nan=nan),
                partial(arrays.smaller_arrays, kind, nan=nan, larger=bool(larger)),
                after=".NaN" if nan else "",
            )  # fmt: skip

    def signed(bits: int, *, flips: bool) -> int:
        if exact.is_nan(form, bits):
            return form.nan
        return bits ^ form.sign if flips else bits & ~form.sign

    def all_signed(bits: Bits, *, flips: bool) -> Bits:
        sign, nan = bits.dtype.type(form.sign), bits.dtype.type(form.nan)
        found = bits ^ sign if flips else bits & ~sign
        changed: Bits = np.where(bits & ~sign > bits.dtype.type(form.infinity), nan, found)
        return changed

    for name, flips in (("neg", True), ("abs", False)):
        yield from _both(
            name, kind, 1, partial(signed, flips=flips), partial(all_signed, flips=flips)
        )


def _quotients() -> Iterator[Operation]:
    form, one = FORMATS["f32"], 0x3F800000
    yield from _both("div.rn", "f32", 2, partial(exact.divided, form), arrays.divided_arrays)
    yield from _both(
        "rcp.rn", "f32", 1, lambda a: exact.divided(form, one, a),
        lambda a: arrays.divided_arrays(np.full_like(a, one), a),
    )  # fmt: skip
    yield from _both("sqrt.rn", "f32", 1, partial(exact.square_root, form), arrays.root_arrays)


ONE, ZERO, INFINITE, NAN = 0x3F800000, 0, 0x7F800000, 0x7FFFFFFF
NEGATIVE, SMALLEST = 1 << 31, 1 << 23
DOCUMENTED: dict[str, dict[int, int]] = {
    "ex2": {ZERO: ONE, NEGATIVE: ONE, INFINITE: INFINITE, NEGATIVE | INFINITE: ZERO},
    "lg2": {ZERO: NEGATIVE | INFINITE, NEGATIVE: NEGATIVE | INFINITE, INFINITE: INFINITE,
            NEGATIVE | INFINITE: NAN},
    "rcp": {ZERO: INFINITE, NEGATIVE: NEGATIVE | INFINITE, INFINITE: ZERO,
            NEGATIVE | INFINITE: NEGATIVE},
    "rsqrt": {ZERO: INFINITE, NEGATIVE: NEGATIVE | INFINITE, INFINITE: ZERO,
              NEGATIVE | INFINITE: NAN},
    "sqrt": {ZERO: ZERO, NEGATIVE: NEGATIVE, INFINITE: INFINITE, NEGATIVE | INFINITE: NAN},
    "sin": {ZERO: ZERO, NEGATIVE: NEGATIVE, INFINITE: NAN, NEGATIVE | INFINITE: NAN},
    "cos": {ZERO: ONE, NEGATIVE: ONE, INFINITE: NAN, NEGATIVE | INFINITE: NAN},
}  # fmt: skip
"""What the PTX manual (9.1, tables of each) says of approximate instructions: ``ex2.approx`` of 0
is 1, and so on. A NaN gives a NaN, taken to be the canonical one. All other values but those below
have an error bound and no defined bits; the manual does not promise that 2 to an integer is exact.
"""

ROOTS = ("lg2", "rsqrt", "sqrt")
"""Those that make a NaN of a negative normal number."""


def _approximate(name: str, flushes: bool) -> Operation:
    """Return an approximate instruction; with ``.ftz`` a subnormal number is a zero of its sign."""
    known, roots, form = DOCUMENTED[name], name in ROOTS, FORMATS["f32"]
    keys = np.array(sorted(known), np.uint32)
    results = np.array([known[int(key)] for key in keys], np.uint32)

    def scalar(bits: int) -> int | None:
        bits = exact.flushed(form, bits) if flushes else bits
        if exact.is_nan(form, bits) or (roots and bits >= NEGATIVE | SMALLEST):
            return NAN
        return known.get(bits)

    def array(bits: Bits) -> Bits:
        bits = arrays.flushed_arrays("f32", bits) if flushes else bits
        found = results[np.minimum(np.searchsorted(keys, bits), len(keys) - 1)]
        return np.where(np.isin(bits, keys), found, np.uint32(NAN))

    def defined(bits: Bits) -> NDArray[np.bool_]:
        bits = arrays.flushed_arrays("f32", bits) if flushes else bits
        is_nan = bits & np.uint32(NEGATIVE - 1) > np.uint32(INFINITE)
        settled = is_nan | np.isin(bits, keys)
        return settled | (bits >= np.uint32(NEGATIVE | SMALLEST)) if roots else settled

    full = f"{name}.approx{'.ftz' if flushes else ''}.f32"
    return Operation(
        name=full, kind="value", results=("f32",), sources=("f32",), scalar=scalar, array=array,
        defined=defined,
    )  # fmt: skip


def _all() -> Iterator[Operation]:
    for kind in ("f32", "f16", "bf16"):
        yield from _sums(kind)
        yield from _choices(kind)
    yield from _quotients()
    for name in DOCUMENTED:
        for flushes in (False, True):
            yield _approximate(name, flushes)


FLOATS: dict[str, Operation] = {one.name: one for one in _all()}
"""By name."""
