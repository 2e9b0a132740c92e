"""``wgmma.mma_async``: products of matrices that four warps hold together, on sm_90.

B stands in shared memory, A there or in registers, the sums in registers. Each warp has 16 of the
64 rows, and for every 8 columns what it holds is what it holds for ``mma.sync``; so an instruction
is as many products of :mod:`~negeig.kernels.ptx.matrices`, with defined bits where those have them.

A descriptor of 64 bits says where a matrix stands (PTX manual, ``wgmma``, canonical layouts). The
dimension whose neighbours lie together is K, or, of a transposed matrix, M or N. Pieces of 16 bytes
along it and 8 lines across it make an atom; pieces are stored in the order of their number xor the
line's, where the matrix is swizzled, so that no two lie in the same bank.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from negeig.kernels.ptx.matrices import SHAPES, Shape
from negeig.kernels.ptx.operation import Access, Operation
from negeig.kernels.ptx.warps import WARP

WARPS = 4
"""Warps of a warpgroup; the number of the first is a multiple of it."""

PIECE = 16
"""Bytes that lie together in every layout."""

PIECES = (1, 8, 4, 2)
"""Pieces of a line of an atom, by the mode of swizzling in a descriptor; 1 of it is no swizzle."""

Numbers = NDArray[np.int64]


class Descriptor(NamedTuple):
    """A descriptor's fields, each an array: addresses and distances in bytes, pieces of a line.

    ``offset`` is that of the pattern of a swizzle which begins at no multiple of itself; none is
    executed here.
    """

    start: Any
    leading: Any
    stride: Any
    pieces: Any
    offset: Any


def described(bits: NDArray[np.uint64]) -> Descriptor:
    """Return the fields of descriptors.

    Examples
    --------
    >>> described(np.array([0x4000004000010040], np.uint64))  # doctest: +NORMALIZE_WHITESPACE
    Descriptor(start=array([1024]), leading=array([16]), stride=array([1024]), pieces=array([8]),
    offset=array([0]))
    """

    def field(first: int, width: int) -> Numbers:
        found = bits >> np.uint64(first) & np.uint64((1 << width) - 1)
        return found.astype(np.int64)

    return Descriptor(
        16 * field(0, 14), 16 * field(16, 14), 16 * field(32, 14),
        np.array(PIECES)[field(62, 2)], field(49, 3),
    )  # fmt: skip


def places(one: Descriptor, across: Any, k: Any, size: int, *, transposed: bool) -> Numbers:
    """Return the addresses of elements in shared memory: row of A or column of B, and k.

    Parameters
    ----------
    one : Descriptor
    across, k : int or array
        Of the elements; they and the fields of the descriptor are broadcast.
    size : int
        Bytes of an element.
    transposed : bool
        Whether neighbours across lie together, and not those along k.

    Examples
    --------
    >>> one = Descriptor(1024, 16, 1024, 8, 0)  # 128 bytes swizzled
    >>> places(one, 1, np.arange(0, 16, 8), 2, transposed=False).tolist()
    [1168, 1152]
    """
    along, line = (across, k) if transposed else (k, across)
    piece, rest = np.divmod(size * np.asarray(along), PIECE)
    atom, piece = np.divmod(piece, one.pieces)
    lines, line = np.divmod(line, 8)
    plain = np.asarray(one.pieces) == 1
    # Along K a swizzled matrix is one atom wide; without a swizzle the two distances change roles.
    swapped = plain & transposed
    far_along, far_across = (
        np.where(swapped, one.stride, one.leading),
        np.where(swapped, one.leading, one.stride),
    )
    within = PIECE * (line * one.pieces + piece) + rest
    found = one.start + atom * far_along + lines * far_across + within
    swizzled: Numbers = found ^ PIECE * (found >> 7 & one.pieces - 1)
    return swizzled


class Form(NamedTuple):
    """64 x ``shape.depth`` by ``shape.depth`` x ``columns``."""

    shape: Shape
    columns: int

    @property
    def size(self) -> int:
        """Bytes of an element in shared memory."""
        return 4 // self.shape.packed

    def elements(self, register: int, part: int, blocks: int) -> tuple[Numbers, Numbers]:
        """Return which row (or column) and k each lane holds in a part of a register.

        ``blocks`` are the groups of 8 rows that registers go over first: 2 of A, 1 of B.
        """
        lane, packed = np.arange(WARP), self.shape.packed
        across = lane // 4 + 8 * (register % blocks)
        return across, lane % 4 * packed + part + 4 * packed * (register // blocks)


def form(name: str) -> Form | None:
    """Return the form of an instruction, None of one that is not known.

    Examples
    --------
    >>> form("wgmma.mma_async.sync.aligned.m64n32k16.f32.bf16.bf16").columns
    32
    """
    found = re.fullmatch(
        r"wgmma\.mma_async\.sync\.aligned\.m64n(\d+)k(\d+)\.f32\.(bf16|f16|tf32)\.\3", name
    )
    if found is None:
        return None
    columns = int(found[1])
    shape = next(shape for shape in SHAPES.values() if shape.type == found[3])
    fits = shape.depth == int(found[2]) and columns % 8 == 0 and 8 <= columns <= 256
    return Form(shape, columns) if fits else None


def operation(name: str, *, in_registers: bool = False) -> Operation | None:
    """Return the operation of an instruction whose A is in registers, or in shared memory.

    Its sources are the sums, A, B, whether sums are added to (``scale-d``), 1 or -1 to multiply A
    and B with, and 1 where they are transposed.
    """
    one = form(name)
    if one is None:
        return None
    sums = ("f32", one.columns // 2)
    return Operation(
        name=name, kind="warpgroup_product", results=("vector",),
        sources=("vector", "vector" if in_registers else "b64", "b64", "pred", *("s32",) * 4),
        vectors=(sums, sums, *((("b32", 4),) if in_registers else ())),
        access=Access("shared", f"b{8 * one.size}"),
    )  # fmt: skip
