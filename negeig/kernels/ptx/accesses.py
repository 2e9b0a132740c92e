"""Values and memory: what instructions do to them in the selected lanes, each on its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from negeig.kernels.ptx.group import Group
from negeig.kernels.ptx.memory import Addresses, BadAccess, NoBits
from negeig.kernels.ptx.operation import DTYPES, WIDTHS, Access, Bits
from negeig.kernels.ptx.program import (
    Address,
    Immediate,
    Instruction,
    Operand,
    Register,
    Symbol,
    Vector,
)
from negeig.kernels.ptx.undefined import undefined_bits
from negeig.kernels.ptx.warps import Lanes

WORD = Access("global", "b32")


@contextmanager
def as_lanes(chosen: Lanes) -> Iterator[None]:
    """Name the lane of an access that was made for some of the lanes."""
    try:
        yield
    except BadAccess as bad:
        raise BadAccess(int(chosen[bad.lane]), str(bad)) from None


class Accesses(Group):
    """Lanes that compute, load and store; ``current`` is the instruction that they execute."""

    current: Instruction

    def value(self, one: Instruction) -> None:
        """Compute a value from values of the same thread."""
        operation = one.operation
        (kind,), pairs = (
            operation.results,
            tuple(zip(one.arguments, operation.sources, strict=True)),
        )
        decides = kind == "pred"
        sources = [
            self.read_used(*pair) if decides or pair[1] == "pred" else self.read(*pair)
            for pair in pairs
        ]
        shadows = [self.read_undefined(*pair) for pair in pairs] if self.undefined else []
        undefined = None
        if any(shadow is not None for shadow in shadows):
            undefined = undefined_bits(operation, sources, shadows)
        assert operation.array is not None
        if operation.defined is not None:
            wrong = ~operation.defined(*sources)
            if undefined is not None:
                wrong &= undefined == 0
            if wrong.any():
                lane = int(np.flatnonzero(wrong)[0])
                of = ", ".join(f"{int(source[lane]):#x}" for source in sources)
                raise NoBits(lane, f"of {of} has no defined bits")
        with np.errstate(all="ignore"):
            found = operation.array(*sources)
        self.write(one.results[0], kind, found, undefined)

    def pack(self, one: Instruction) -> None:
        """Move parts into one register."""
        (kind,), parts = one.operation.results, one.operation.sources
        pairs = [*zip(one.arguments, parts, strict=True)]
        found = _packed(kind, [self.read(*pair) for pair in pairs])
        shadows = [self.read_undefined(*pair) for pair in pairs]
        undefined = None
        if any(shadow is not None for shadow in shadows):
            none = np.zeros(found.size, DTYPES[WIDTHS[parts[0]]])
            undefined = _packed(kind, [none if bits is None else bits for bits in shadows])
        self.write(one.results[0], kind, found, undefined)

    def unpack(self, one: Instruction) -> None:
        """Move a register into parts."""
        parts, (kind,) = one.operation.results, one.operation.sources
        whole = self.read(one.arguments[0], kind)
        undefined = self.read_undefined(one.arguments[0], kind)
        for i, operand in enumerate(one.results):
            bits = None if undefined is None else _part(undefined, parts[i], i)
            self.write(operand, parts[i], _part(whole, parts[i], i), bits)

    def address(self, operand: Operand) -> Addresses:
        """Return an address in each lane. Raises BadAccess of one made of what was not written."""
        assert isinstance(operand, Address)
        if operand.base is None:
            base, width = self.read(Immediate(0), "u64"), 64
        else:
            width = WIDTHS[operand.base.type] if isinstance(operand.base, Register) else 32
            base = self.read_used(operand.base, f"u{width}")
        found: Addresses
        found = (base + base.dtype.type(operand.offset & (1 << width) - 1)).astype(np.uint64)
        return found

    def rows_of(self, space: str) -> Lanes | int:
        """Return the part of a memory that each lane accesses."""
        return self.row[self.lanes] if space == "shared" else 0

    def load(self, one: Instruction) -> None:
        """Load elements."""
        access, (address,), (vector,) = one.operation.access, one.arguments, one.results
        assert access is not None
        assert isinstance(vector, Vector)
        if access.space == "param":
            values, undefined = self._parameter(address, access), None
        else:
            values, undefined = self.loaded(
                access, self.address(address), self.rows_of(access.space), self.chosen
            )
        for i, (register, value) in enumerate(zip(vector.items, values, strict=True)):
            self.write(register, access.type, value, None if undefined is None else undefined[i])

    def loaded(
        self, access: Access, addresses: Addresses, rows: Lanes | int, lanes: Lanes
    ) -> tuple[list[Bits], list[Bits] | None]:
        """Return elements and their undefined bits; in shared memory no other thread is writing."""
        memory = self.memory[access.space]
        found, undefined = memory.load_partly(addresses, access, rows)
        if access.space == "shared":
            places = memory.checked(addresses, access, rows, "reads") * (WIDTHS[access.type] // 8)
            self.races.read(lanes, places, access.bytes)
        if undefined is not None and not self.origin:
            lane = int(np.flatnonzero(np.logical_or.reduce([bits != 0 for bits in undefined]))[0])
            self.origin = f"read by {self.current}: {memory.place(int(addresses[lane]), access)}"
        return found, undefined

    def stored(
        self,
        access: Access,
        addresses: Addresses,
        rows: Lanes | int,
        lanes: Lanes,
        values: list[Bits],
        undefined: Sequence[Bits | None] | None = None,
    ) -> None:
        """Write elements; in global memory all their bits are defined."""
        memory = self.memory[access.space]
        if access.space == "shared":
            width = WIDTHS[access.type] // 8
            first = memory.checked(addresses, access, rows, "writes")
            data = memory.data.view(DTYPES[8 * width])
            changed = np.stack([data[first + i] != x for i, x in enumerate(values)], axis=-1)
            self.races.write(lanes, first * width, access.bytes, changed.reshape(-1))
        else:
            for bits in undefined or []:
                if bits is not None:
                    self.refuse(bits, "writes")
        memory.store(addresses, access, rows, values, undefined)

    def _parameter(self, address: Operand, access: Access) -> list[Bits]:
        assert isinstance(address, Address)
        assert isinstance(address.base, Symbol)
        width = WIDTHS[access.type]
        bits = self.arguments[address.base.name] >> (8 * address.offset)
        return [
            self.read(Immediate(bits >> (i * width) & (1 << width) - 1), f"b{width}")
            for i in range(access.count)
        ]

    def store(self, one: Instruction) -> None:
        """Store elements."""
        access, (address, vector) = one.operation.access, one.arguments
        assert access is not None
        assert isinstance(vector, Vector)
        values = [self.read(item, access.type) for item in vector.items]
        undefined = [self.read_undefined(item, access.type) for item in vector.items]
        addresses, rows = self.address(address), self.rows_of(access.space)
        self.stored(access, addresses, rows, self.chosen, values, undefined)

    def copy(self, one: Instruction) -> None:
        """Copy at once what the hardware may copy later."""
        to, source, size, given = one.arguments
        into, out = self.address(to), self.address(source)
        taken = self.read_used(given, "u32").astype(np.int64)
        words = int(self.read(size, "u32")[0]) // 4
        values, undefined = np.zeros((2, words, taken.size), np.uint32)
        for amount in np.unique(taken):
            here = np.flatnonzero(taken == amount)
            if amount % 4 or amount > 4 * words:
                raise BadAccess(int(here[0]), f"copies {amount} of {4 * words} bytes")
            for i in range(int(amount) // 4):
                address = out[here] + np.uint64(4 * i)
                with as_lanes(here):
                    (values[i][here],), missing = self.loaded(WORD, address, 0, here)
                if missing is not None:
                    undefined[i][here] = missing[0]
        access = Access("shared", "b32", words)
        rows = self.rows_of("shared")
        self.stored(access, into, rows, self.chosen, list(values), list(undefined))


def _packed(kind: str, parts: Sequence[Bits]) -> Bits:
    """Return parts in one value, the first in the low bits."""
    whole = DTYPES[WIDTHS[kind]]
    width = WIDTHS[kind] // len(parts)
    found: Bits = np.zeros(1, whole)
    for i, part in enumerate(parts):
        found = found | part.astype(whole) << whole(i * width)
    return found


def _part(whole: Bits, kind: str, number: int) -> Bits:
    """Return a part of a value, counted from the low bits."""
    shift = whole.dtype.type(number * WIDTHS[kind])
    found: Bits = (whole >> shift).astype(DTYPES[WIDTHS[kind]])
    return found
