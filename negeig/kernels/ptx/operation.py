"""What an instruction does, as data: its kind, the types of its operands, and its two meanings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Kind: TypeAlias = Literal[
    "value",
    "pack",
    "unpack",
    "load",
    "store",
    "copy",
    "branch",
    "return",
    "barrier",
    "warp_barrier",
    "shuffle",
    "reduction",
    "matrix_load",
    "matrix_store",
    "matrix_product",
    "warpgroup_product",
    "order",
]
"""What an instruction is about.

``value``: every result is a function of the sources of the same thread, ``scalar`` and ``array``.
``pack``, ``unpack``: ``mov`` between one register and a vector of its parts, low bits first.
``load``, ``store``: of ``access``; threads that store different values to one place in one
instruction are an error, since which of them stays is not defined. ``copy``: ``cp.async``, from
global into shared memory.
``branch``, ``return``. ``barrier``: of the threads of a block; ``warp_barrier``: of those of a warp
that its mask names. ``shuffle``, ``reduction``, ``matrix_load``, ``matrix_store``,
``matrix_product``: among the threads of a warp. ``warpgroup_product``: of four warps, each its own
rows, in effect when the instruction is executed. ``order``: orders memory accesses, which are in
order anyhow, or says how they are cached: changes nothing, and no instruction reads its result.
"""

Bits: TypeAlias = NDArray[Any]
"""Bit patterns: bool for a predicate, otherwise unsigned numbers of the operand's width."""

WIDTHS = {
    "pred": 1,
    "b8": 8, "u8": 8, "s8": 8,
    "b16": 16, "u16": 16, "s16": 16, "f16": 16, "bf16": 16,
    "b32": 32, "u32": 32, "s32": 32, "f32": 32, "f16x2": 32, "bf16x2": 32,
    "b64": 64, "u64": 64, "s64": 64, "f64": 64,
}  # fmt: skip
"""Types and how many bits they have."""

DTYPES: dict[int, Any] = {1: np.bool_, 8: np.uint8, 16: np.uint16, 32: np.uint32, 64: np.uint64}
"""The type of arrays of bit patterns of a width."""


@dataclass(frozen=True)
class Access:
    """How memory is accessed: ``count`` elements of ``type``, one behind the other.

    The address is a multiple of the bytes of all of them. ``space`` is ``param``, ``global`` or
    ``shared``.
    """

    space: str
    type: str
    count: int = 1

    @property
    def bytes(self) -> int:
        """Bytes of all elements."""
        return WIDTHS[self.type] // 8 * self.count


@dataclass(frozen=True, eq=False, kw_only=True)
class Operation:
    """An opcode with all its modifiers.

    Parameters
    ----------
    name : str
        As it is written: ``fma.rn.f32``.
    kind : Kind
    results, sources : tuple of str
        Types of the operands that are written and read, of ``WIDTHS``; ``address``, ``label``,
        ``vector`` where an operand is no single value.
    scalar : callable or None
        Of a ``value``: from the bits of the sources of one thread to the bits of the result, a
        tuple of them where there are several. Exact, on Python's integers and fractions. Returns
        None where no bits are defined.
    array : callable or None
        The same on arrays of bit patterns, of any equal shapes; where no bits are defined it may
        return anything.
    defined : callable or None
        Of arrays of the sources: where bits are defined. None means everywhere.
    vectors : tuple of (str, int)
        Of each operand that is a ``vector``, in order, the type and the number of its elements: of
        loads and stores those of ``access``, one included.
    access : Access or None
        Of loads, stores and copies.
    variant : str
        What distinguishes those of one kind: the mode of a shuffle, what a reduction does.
    """

    name: str
    kind: Kind
    results: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    scalar: Callable[..., Any] | None = None
    array: Callable[..., Any] | None = None
    defined: Callable[..., NDArray[np.bool_]] | None = None
    vectors: tuple[tuple[str, int], ...] = ()
    access: Access | None = None
    variant: str = ""
