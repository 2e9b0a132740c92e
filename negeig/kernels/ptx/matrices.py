"""``mma.sync``: products of small matrices that a warp holds together.

The PTX manual leaves the order and the rounding of the sums open, and what becomes of subnormal
inputs, and GPUs differ. So a result has defined bits here only where every order gives the same:
where the products and the addend are multiples of a unit of which all their magnitudes together are
at most 2^24. Nothing rounds then, whatever is added first, in whatever width of at least float32.
The unit is a normal number, the inputs are, and the magnitudes together are finite in float32, so
that no sum on the way is subnormal or overflows. Of a sum that is 0 the sign is assumed to be +.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Float64s
from negeig.kernels.ptx.binary_floats import FORMATS
from negeig.kernels.ptx.float_arrays import number_arrays
from negeig.kernels.ptx.operation import Bits
from negeig.kernels.ptx.warps import WARP

Places = NDArray[np.int64]

_GROUP, _IN_GROUP = np.arange(WARP) // 4, np.arange(WARP) % 4

SMALLEST, LARGEST = 2.0**-126, 2.0**128 - 2.0**104
"""Magnitudes of normal numbers in float32."""


@dataclass(frozen=True)
class Shape:
    """16 x ``depth`` by ``depth`` x 8 elements of ``type``, ``packed`` of them in a register."""

    type: str
    depth: int
    packed: int


SHAPES = {
    "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32": Shape("bf16", 16, 2),
    "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32": Shape("f16", 16, 2),
    "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32": Shape("tf32", 8, 1),
}
"""Instructions by name. The sums are in ``f32``."""


def product(
    shape: Shape, a: Sequence[Bits], b: Sequence[Bits], c: Sequence[Bits]
) -> tuple[list[Bits], NDArray[np.bool_]]:
    """Return the registers of a b + c of whole warps, and in which lanes all bits are defined.

    Four registers of a, two of b, four of c and of the result.

    Examples
    --------
    >>> ones = [np.full(32, 0x3F803F80, np.uint32)] * 4  # bf16 1, 1
    >>> zero = [np.zeros(32, np.uint32)] * 4
    >>> found, defined = product(SHAPES[next(iter(SHAPES))], ones, ones[:2], zero)
    >>> found[0].view(np.float32)[:2].tolist(), bool(defined.all())
    ([16.0, 16.0], True)
    """
    left = _matrix(shape, a, rows=16)
    right = _matrix(shape, b, rows=8)
    addend = np.empty((left.shape[0], 16, 8))
    rows, columns = _accumulator()
    for i, bits in enumerate(c):
        addend[:, rows[i], columns[i]] = _normal("f32", bits).reshape(-1, WARP)
    with np.errstate(all="ignore"):
        total, exact = _sums(left, right, addend)
        found = (total + 0.0).astype(np.float32).view(np.uint32)
    registers = [np.ascontiguousarray(found[:, rows[i], columns[i]]).reshape(-1) for i in range(4)]
    lanes = np.logical_and.reduce([exact[:, rows[i], columns[i]] for i in range(4)])
    return registers, lanes.reshape(-1)


def _matrix(shape: Shape, registers: Sequence[Bits], rows: int) -> Float64s:
    """Return the numbers of a (16 rows) or of b (its 8 columns as rows): (warps, rows, depth).

    Registers go over rows g and g + 8, where there are as many, and then over the next columns.
    """
    found = np.empty((registers[0].size // WARP, rows, shape.depth))
    blocks = rows // 8
    for i, bits in enumerate(registers):
        row = _GROUP + 8 * (i % blocks)
        for j in range(shape.packed):
            column = _IN_GROUP * shape.packed + j + 4 * shape.packed * (i // blocks)
            part = bits
            if shape.packed == 2:
                part = (bits >> np.uint32(16 * j)).astype(np.uint16)
            elif shape.type == "tf32":
                part = bits & np.uint32(0xFFFFE000)  # the lower bits are not looked at
            found[:, row, column] = _normal(shape.type, part).reshape(-1, WARP)
    return found


def _normal(kind: str, bits: Bits) -> Float64s:
    """Return numbers, NaN for a subnormal one: what it counts as is not specified."""
    numbers, form = number_arrays(kind, bits), FORMATS[kind]
    subnormal = (numbers != 0) & (np.abs(numbers) < 2.0 ** (1 - form.bias))
    return np.where(subnormal, np.nan, numbers)


def _accumulator() -> tuple[list[Places], list[Places]]:
    """Return the rows and columns of the four registers of c."""
    return (
        [_GROUP + 8 * (i // 2) for i in range(4)],
        [2 * _IN_GROUP + i % 2 for i in range(4)],
    )


def _sums(left: Float64s, right: Float64s, addend: Float64s) -> tuple[Float64s, NDArray[np.bool_]]:
    """Return the sums of products of rows and rows, and where every order gives them exactly.

    First by a unit that divides all products of two rows, which needs no product by itself.
    """
    turned = right.swapaxes(-1, -2)
    unit = np.minimum(
        _unit(left).min(axis=-1)[..., :, None] * _unit(right).min(axis=-1)[..., None, :],
        _unit(addend),
    )
    size = np.abs(left) @ np.abs(turned) + np.abs(addend)
    exact = (size <= unit * 2.0**24) & (unit >= SMALLEST) & (size <= LARGEST)
    total = left @ turned + addend
    hard = np.flatnonzero(~exact.all(axis=(-1, -2)))
    if hard.size:
        products = left[hard, :, None, :] * right[hard, None, :, :]
        total[hard], exact[hard] = _sums_of(products, addend[hard])
    return total, exact


def _unit(numbers: Float64s) -> Float64s:
    """Return the greatest power of 2 that divides a number, of 0 infinity, of no number 0."""
    fraction, exponent = np.frexp(np.where(np.isfinite(numbers), numbers, 0))
    whole = (fraction * 2.0**53).astype(np.int64)
    lowest = np.ldexp((whole & -whole).astype(np.float64), exponent - 53)
    return np.where(numbers == 0, np.inf, lowest)


def _sums_of(products: Float64s, addend: Float64s) -> tuple[Float64s, NDArray[np.bool_]]:
    """Return sums over the last axis and the addend, and where every order gives them exactly."""
    terms = np.concatenate([products, addend[..., None]], axis=-1)
    unit = _unit(terms).min(axis=-1)
    # Multiples of the unit of at most 2^24 each: their sum is exact in float64, so the test is.
    bounded = (np.abs(terms) <= unit[..., None] * 2.0**24).all(axis=-1)
    size = np.abs(terms).sum(axis=-1)
    exact = bounded & (size <= unit * 2.0**24) & (unit >= SMALLEST) & (size <= LARGEST)
    return terms.sum(axis=-1), exact
