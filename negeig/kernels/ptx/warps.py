"""What the threads of a warp do together: shuffles, reductions, and matrices of 8 x 8 halves.

A matrix lies in shared memory, a row of 16 bytes at the address that one thread gives. Thread t
holds two neighbouring elements of row t // 4 in one register, or of column t // 4 where the matrix
is transposed (PTX manual, ``ldmatrix``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.kernels.ptx.operation import Bits

WARP = 32
Lanes = NDArray[np.int64]

REDUCTIONS: dict[str, np.ufunc] = {
    **{f"{name}.{kind}": ufunc for kind in ("u32", "s32") for name, ufunc in (
        ("add", np.add), ("min", np.minimum), ("max", np.maximum)
    )},
    "and.b32": np.bitwise_and, "or.b32": np.bitwise_or, "xor.b32": np.bitwise_xor,
}  # fmt: skip
"""What ``redux.sync`` does to the words of its threads, in any order: sums are modulo 2^32."""


def partner(mode: str, lane: Lanes, b: Bits, c: Bits) -> Lanes:
    """Return the lane that each lane reads in a shuffle: its own where the other is out of range.

    ``c`` holds the last lane of a segment in its bits 0 to 4, the mask of segments in 8 to 12.

    Examples
    --------
    >>> lane = np.arange(32)
    >>> one, clamp = np.full(32, 1, np.uint32), np.full(32, 31, np.uint32)
    >>> partner("bfly", lane, one, clamp)[:4].tolist()
    [1, 0, 3, 2]
    >>> partner("down", lane, one, clamp)[30:].tolist()
    [31, 31]
    """
    by, limit = (b & np.uint32(31)).astype(np.int64), (c & np.uint32(31)).astype(np.int64)
    segment = ((c >> np.uint32(8)) & np.uint32(31)).astype(np.int64)
    first, last = lane & segment, (lane & segment) | (limit & ~segment & 31)
    found: Any = {
        "up": lane - by,
        "down": lane + by,
        "bfly": lane ^ by,
        "idx": first | (by & ~segment & 31),
    }[mode]
    inside = found >= last if mode == "up" else found <= last
    return np.where(inside, found, lane)


def reduced(variant: str, values: Bits, warp: Lanes) -> Bits:
    """Return for each lane the reduction over the lanes of its warp.

    ``warp`` is the warp of each lane, in ascending order.

    Examples
    --------
    >>> words = np.array([1, 2**32 - 1, 7], np.uint32)
    >>> reduced("max.s32", words, np.array([0, 0, 1])).tolist()
    [1, 1, 7]
    """
    starts = np.flatnonzero(np.diff(warp, prepend=-1))
    numbers = values.view(np.int32) if variant.endswith("s32") else values
    each = REDUCTIONS[variant].reduceat(numbers, starts).astype(numbers.dtype, copy=False)
    found: Bits = np.repeat(each.view(np.uint32), np.diff([*starts, warp.size]))
    return found


def row_lanes(lanes: int, count: int) -> Lanes:
    """Return the lanes of whole warps that give the addresses of the rows of matrices."""
    starts = np.arange(0, lanes, WARP)
    return (starts[:, None] + np.arange(8 * count)).reshape(-1)


def fragments(rows: Sequence[Bits], count: int, transposed: bool) -> list[Bits]:
    """Return what every lane holds of each matrix, from rows of four words each.

    ``rows[i]`` are the words i of all rows: 8 rows of each of ``count`` matrices of each warp.
    """
    words = np.stack([np.asarray(row, np.uint32) for row in rows], axis=-1)
    matrices = words.view(np.uint16).reshape(-1, count, 8, 8)
    if transposed:
        matrices = matrices.swapaxes(2, 3)
    pairs = np.ascontiguousarray(matrices).view(np.uint32).reshape(-1, count, WARP)
    return [np.ascontiguousarray(pairs[:, i]).reshape(-1) for i in range(count)]


def matrix_rows(parts: Sequence[Bits], transposed: bool) -> list[Bits]:
    """Return the rows of matrices, four words each, from what every lane holds: the inverse."""
    pairs = np.stack([np.asarray(part, np.uint32).reshape(-1, WARP) for part in parts], axis=1)
    matrices = np.ascontiguousarray(pairs).view(np.uint16).reshape(-1, len(parts), 8, 8)
    if transposed:
        matrices = matrices.swapaxes(2, 3)
    words = np.ascontiguousarray(matrices).view(np.uint32).reshape(-1, 4)
    return [np.ascontiguousarray(words[:, i]) for i in range(4)]
