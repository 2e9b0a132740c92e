"""Memory that is checked: every access against its bounds, its alignment and what was written.

The bytes of all buffers lie in one array, far enough from each other that a small overrun hits
none of them; beside each byte stands whether it may be accessed and whether it holds anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from negeig.kernels.ptx.operation import DTYPES, WIDTHS, Access, Bits

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Addresses = NDArray[np.uint64]

OUTSIDE, EMPTY, WRITTEN = 0, 1, 2
"""What a byte is: of no buffer, never written, or written."""

APART = 256
"""Buffers start at multiples of this many bytes, and as many bytes lie between them at least."""


class BadAccess(Exception):
    """An access that no launch may make: by the lane of this number, to this address."""

    def __init__(self, lane: int, text: str) -> None:
        self.lane = lane
        super().__init__(text)


class NoBits(BadAccess):
    """No access at all: a value whose bits nothing defines, of the lane of this number."""


class Buffer(NamedTuple):
    """A buffer's name, the offset of its first byte in the memory, and its bytes."""

    name: str
    start: int
    size: int


@dataclass
class Memory:
    """One address space of ``rows`` equal parts, the first address of each being ``base``.

    Global memory has one part, shared memory one for each block.
    """

    base: int
    data: Bytes
    state: Bytes
    buffers: tuple[Buffer, ...]
    rows: int = 1

    @classmethod
    def of(cls, buffers: list[tuple[str, Bytes, Flags | None, int]], base: int = 1 << 40) -> Memory:
        """Lay out buffers: name, bytes, which of them are written (None: all), offset modulo 256.

        The bytes are copied; :meth:`read_back` returns them.
        """
        placed, at = [], APART
        for name, values, _, misaligned in buffers:
            placed.append(Buffer(name, at + misaligned, values.size))
            at += (misaligned + values.size + 2 * APART - 1) // APART * APART
        data, state = np.zeros(at, np.uint8), np.zeros(at, np.uint8)
        for (_, values, written, _), (_, start, size) in zip(buffers, placed, strict=True):
            data[start : start + size] = values
            known = True if written is None else written
            state[start : start + size] = np.where(known, WRITTEN, EMPTY)
        return cls(base, data, state, tuple(placed))

    @classmethod
    def shared(cls, rows: int, size: int, base: int = 1 << 10) -> Memory:
        """Return nothing but empty bytes: ``size`` for each of ``rows`` blocks."""
        stride = (size + APART - 1) // APART * APART
        state = np.zeros((rows, stride), np.uint8)
        state[:, :size] = EMPTY
        buffers = (Buffer("shared memory", 0, size),)
        return cls(base, np.zeros(rows * stride, np.uint8), state.reshape(-1), buffers, rows)

    def address(self, i: int) -> int:
        """Return the address of a buffer."""
        return self.base + self.buffers[i].start

    def read_back(self, i: int) -> tuple[Bytes, Flags]:
        """Return the bytes of a buffer, and which of them are written."""
        _, start, size = self.buffers[i]
        return self.data[start : start + size], self.state[start : start + size] == WRITTEN

    def load(
        self, addresses: Addresses, access: Access, rows: NDArray[np.int64] | int
    ) -> list[Bits]:
        """Return the elements at addresses, each an array over the lanes.

        ``rows`` is the part that each lane accesses. Raises BadAccess, also of what was never
        written.
        """
        values, undefined = self.load_partly(addresses, access, rows)
        for bits in undefined or []:
            if bits.any():
                self.unwritten(int(np.flatnonzero(bits)[0]), addresses, access)
        return values

    def load_partly(
        self, addresses: Addresses, access: Access, rows: NDArray[np.int64] | int
    ) -> tuple[list[Bits], list[Bits] | None]:
        """Return the elements at addresses, and their bits that were never written, None for none.

        Raises BadAccess.
        """
        first = self.checked(addresses, access, rows, "reads")
        dtype = DTYPES[WIDTHS[access.type]]
        values, states = self.data.view(dtype), self.state.view(dtype)
        found = [values[first + i] for i in range(access.count)]
        held = [states[first + i] for i in range(access.count)]
        if all((state == _all_written(dtype)).all() for state in held):
            return found, None
        return found, [
            (np.where(state.view(np.uint8) == WRITTEN, 0, 255)).astype(np.uint8).view(dtype)
            for state in held
        ]

    def unwritten(self, lane: int, addresses: Addresses, access: Access) -> NoReturn:
        """Raise BadAccess of a read of what was never written."""
        self._refuse(lane, addresses, access, "reads what was never written:")

    def store(
        self,
        addresses: Addresses,
        access: Access,
        rows: NDArray[np.int64] | int,
        values: list[Bits],
        undefined: Sequence[Bits | None] | None = None,
    ) -> None:
        """Write elements at addresses; bytes with undefined bits count as not written.

        Raises BadAccess, also where lanes write different values to one place at once: which of
        them stays is not defined.
        """
        first = self.checked(addresses, access, rows, "writes")
        dtype = DTYPES[WIDTHS[access.type]]
        data, state = self.data.view(dtype), self.state.view(dtype)
        states = [_states(dtype, bits) for bits in undefined or [None] * len(values)]
        for i, (value, written) in enumerate(zip(values, states, strict=True)):
            data[first + i] = value
            state[first + i] = written
        for i, (value, written) in enumerate(zip(values, states, strict=True)):
            lost = (data[first + i] != value) | (state[first + i] != written)
            if lost.any():
                lane = int(np.flatnonzero(lost)[0])
                what = "and another thread write different values to one place at once:"
                self._refuse(lane, addresses, access, what)

    def checked(
        self, addresses: Addresses, access: Access, rows: NDArray[np.int64] | int, verb: str
    ) -> NDArray[np.int64]:
        """Return the number of the first element of each lane, in elements from the start."""
        size = access.bytes
        misaligned = addresses & np.uint64(size - 1) != 0
        if misaligned.any():
            lane = int(np.flatnonzero(misaligned)[0])
            self._refuse(lane, addresses, access, f"{verb} at no multiple of {size}:")
        stride = self.data.size // self.rows
        offsets = addresses - np.uint64(self.base)  # far outside where it is below the base
        inside = offsets <= np.uint64(max(stride - size, 0))
        places = np.where(inside, offsets, np.uint64(0)).astype(np.int64) + rows * stride
        # Both ends are in a buffer, and buffers lie further apart than an access is wide.
        for end in (0, size - 1):
            inside &= self.state[np.minimum(places + end, self.data.size - 1)] != OUTSIDE
        if not inside.all():
            lane = int(np.flatnonzero(~inside)[0])
            self._refuse(lane, addresses, access, f"{verb} out of bounds:")
        first: NDArray[np.int64] = places // (WIDTHS[access.type] // 8)
        return first

    def _refuse(self, lane: int, addresses: Addresses, access: Access, what: str) -> NoReturn:
        raise BadAccess(lane, f"{what} {self.place(int(addresses[lane]), access)}")

    def place(self, address: int, access: Access) -> str:
        """Name what an access is to."""
        offset = address - self.base

        def distance(buffer: Buffer) -> int:
            return max(buffer.start - offset, offset + access.bytes - buffer.start - buffer.size, 0)

        place = f"address {address:#x}"
        if self.buffers and distance(near := min(self.buffers, key=distance)) <= 1 << 20:
            place = f"{near.name} + {offset - near.start}, which has {near.size} bytes"
        return f"{access.bytes} bytes at {place}"


def _all_written(dtype: Any) -> Bits:
    """Return the state of an element that is written."""
    found: Bits = dtype(int.from_bytes(bytes([WRITTEN] * dtype().itemsize), "little"))
    return found


def _states(dtype: Any, undefined: Bits | None) -> Bits:
    """Return the states of elements of which some bits are undefined."""
    if undefined is None:
        return _all_written(dtype)
    known = np.ascontiguousarray(undefined).view(np.uint8) == 0
    found: Bits = np.where(known, WRITTEN, EMPTY).astype(np.uint8).view(dtype)
    return found
