"""What the instructions of a kernel do to registers and memory, in the lanes that are selected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from negeig.kernels.ptx import warps
from negeig.kernels.ptx.matrices import SHAPES, product
from negeig.kernels.ptx.memory import BadAccess, Memory, NoBits
from negeig.kernels.ptx.operation import DTYPES, WIDTHS, Access, Bits
from negeig.kernels.ptx.program import (
    Address,
    Immediate,
    Instruction,
    Not,
    Operand,
    Program,
    Register,
    Special,
    Symbol,
    Vector,
)
from negeig.kernels.ptx.warps import WARP, Lanes

Grid = tuple[int, int, int]

WORD = Access("global", "b32")
ROW = Access("shared", "b32", 4)
"""A row of a matrix."""


@contextmanager
def _as_lanes(chosen: Lanes) -> Iterator[None]:
    """Name the lane of an access that was made for some of the lanes."""
    try:
        yield
    except BadAccess as bad:
        raise BadAccess(int(chosen[bad.lane]), str(bad)) from None


class Threads:
    """The threads of some blocks: their registers and the memory they see.

    A register is an array over all threads, here called lanes; ``lanes`` are those selected, which
    execute the next instruction.
    """

    def __init__(
        self,
        program: Program,
        grid: Grid,
        blocks: Lanes,
        per_block: int,
        arguments: Sequence[int],
        memory: Memory,
        shared: int,
    ) -> None:
        self.program, self.per_block = program, per_block
        self.count = blocks.size * per_block
        everyone = np.arange(self.count)
        self.row = everyone // per_block  # of shared memory
        self.block, self.thread = blocks[self.row], everyone % per_block
        self.warp = self.row * -(-per_block // WARP) + self.thread // WARP
        self.symbols: dict[str, int] = {}
        size = self._lay_out(shared)
        self.memory = {"global": memory, "shared": Memory.shared(blocks.size, size)}
        self.arguments = {
            parameter.name: value
            for parameter, value in zip(program.parameters, arguments, strict=True)
        }
        self.special = self._special(grid)
        self.registers: dict[str, Bits] = {}
        self.lanes: Lanes | slice = slice(None)

    def _lay_out(self, dynamic: int) -> int:
        """Give every shared variable its address; return the bytes of all."""
        at = 0
        for variable in sorted(self.program.shared, key=lambda one: one.size is None):
            at = -(-at // variable.align) * variable.align
            self.symbols[variable.name] = (1 << 10) + at
            at += dynamic if variable.size is None else variable.size
        return at

    def _special(self, grid: Grid) -> dict[str, Lanes | int]:
        x, y, _ = grid
        one: dict[str, Lanes | int] = {
            "tid.x": self.thread, "tid.y": 0, "tid.z": 0,
            "ntid.x": self.per_block, "ntid.y": 1, "ntid.z": 1,
            "ctaid.x": self.block % x, "ctaid.y": self.block // x % y,
            "ctaid.z": self.block // (x * y),
            "laneid": self.thread % WARP,
        }  # fmt: skip
        return one | {f"nctaid.{axis}": size for axis, size in zip("xyz", grid, strict=True)}

    def select(self, lanes: Lanes) -> None:
        """Choose the lanes that execute what comes."""
        self.lanes = slice(None) if lanes.size == self.count else lanes

    def do(self, one: Instruction) -> None:
        """Execute an instruction that does not jump or wait. Raises BadAccess."""
        self._ACTIONS[one.operation.kind](self, one)

    # Registers.

    def read(self, operand: Operand, kind: str) -> Bits:
        """Return an operand's bits in the selected lanes, in the width of a type."""
        dtype = DTYPES[WIDTHS[kind]]
        count = self.count if isinstance(self.lanes, slice) else self.lanes.size
        if isinstance(operand, Register):
            if operand.name not in self.registers:
                return np.zeros(count, dtype)
            return self.registers[operand.name][self.lanes].astype(dtype, copy=False)
        if isinstance(operand, Not):
            return ~self.read(operand.register, "pred")
        if isinstance(operand, Special):
            values = np.broadcast_to(np.asarray(self.special[operand.name], dtype), self.count)
            return values[self.lanes]
        if isinstance(operand, Immediate):
            bits = operand.bits
        elif isinstance(operand, Symbol):
            bits = self.symbols[operand.name]
        else:
            raise TypeError(f"{operand} is no value")
        value = dtype(bits != 0) if WIDTHS[kind] == 1 else dtype(bits & (1 << WIDTHS[kind]) - 1)
        return np.broadcast_to(value, count)

    def _write(self, operand: Operand, kind: str, values: Bits) -> None:
        """Write to a register in the selected lanes, extended to its width."""
        if operand is None:
            return
        if not isinstance(operand, Register):
            raise TypeError(f"{operand} is no register")
        width = WIDTHS[operand.type]
        if WIDTHS[kind] < width and kind[0] == "s":
            values = values.view(f"i{WIDTHS[kind] // 8}")
        values = values.astype(DTYPES[width], copy=False)
        if isinstance(self.lanes, slice):
            self.registers[operand.name] = values
            return
        old = self.registers.get(operand.name)
        new = np.zeros(self.count, DTYPES[width]) if old is None else old.copy()
        new[self.lanes] = values
        self.registers[operand.name] = new

    # Instructions.

    def _value(self, one: Instruction) -> None:
        operation = one.operation
        sources = [
            self.read(operand, kind)
            for operand, kind in zip(one.arguments, operation.sources, strict=True)
        ]
        assert operation.array is not None
        if operation.defined is not None:
            undefined = ~operation.defined(*sources)
            if undefined.any():
                lane = int(np.flatnonzero(undefined)[0])
                of = ", ".join(f"{int(source[lane]):#x}" for source in sources)
                raise NoBits(lane, f"of {of} has no defined bits")
        with np.errstate(all="ignore"):
            found = operation.array(*sources)
        self._write(one.results[0], operation.results[0], found)

    def _pack(self, one: Instruction) -> None:
        (kind,), parts = one.operation.results, one.operation.sources
        width = WIDTHS[parts[0]]
        found = np.zeros(1, DTYPES[WIDTHS[kind]])
        for i, operand in enumerate(one.arguments):
            part = self.read(operand, parts[i]).astype(found.dtype)
            found = found | part << found.dtype.type(i * width)
        self._write(one.results[0], kind, found)

    def _unpack(self, one: Instruction) -> None:
        parts, (kind,) = one.operation.results, one.operation.sources
        whole = self.read(one.arguments[0], kind)
        for i, operand in enumerate(one.results):
            part = whole >> whole.dtype.type(i * WIDTHS[parts[i]])
            self._write(operand, parts[i], part.astype(DTYPES[WIDTHS[parts[i]]]))

    def _address(self, operand: Operand) -> NDArray[np.uint64]:
        assert isinstance(operand, Address)
        if operand.base is None:
            base, width = self.read(Immediate(0), "u64"), 64
        else:
            width = WIDTHS[operand.base.type] if isinstance(operand.base, Register) else 32
            base = self.read(operand.base, f"u{width}")
        found: NDArray[np.uint64]
        found = (base + base.dtype.type(operand.offset & (1 << width) - 1)).astype(np.uint64)
        return found

    def _part(self, space: str) -> Lanes | int:
        return self.row[self.lanes] if space == "shared" else 0

    def _load(self, one: Instruction) -> None:
        access, (address,), (vector,) = one.operation.access, one.arguments, one.results
        assert access is not None
        assert isinstance(vector, Vector)
        if access.space == "param":
            values = self._parameter(address, access)
        else:
            space = access.space
            values = self.memory[space].load(self._address(address), access, self._part(space))
        for register, value in zip(vector.items, values, strict=True):
            self._write(register, access.type, value)

    def _parameter(self, address: Operand, access: Access) -> list[Bits]:
        assert isinstance(address, Address)
        assert isinstance(address.base, Symbol)
        width = WIDTHS[access.type]
        bits = self.arguments[address.base.name] >> (8 * address.offset)
        return [
            self.read(Immediate(bits >> (i * width) & (1 << width) - 1), f"b{width}")
            for i in range(access.count)
        ]

    def _store(self, one: Instruction) -> None:
        access, (address, vector) = one.operation.access, one.arguments
        assert access is not None
        assert isinstance(vector, Vector)
        values = [self.read(item, access.type) for item in vector.items]
        addresses = self._address(address)
        self.memory[access.space].store(addresses, access, self._part(access.space), values)

    def _copy(self, one: Instruction) -> None:
        """Copy at once what the hardware may copy later."""
        to, source, size, given = one.arguments
        into, out = self._address(to), self._address(source)
        taken = self.read(given, "u32").astype(np.int64)
        words = int(self.read(size, "u32")[0]) // 4
        values = [np.zeros(taken.size, np.uint32) for _ in range(words)]
        for amount in np.unique(taken):
            here = np.flatnonzero(taken == amount)
            if amount % 4 or amount > 4 * words:
                raise BadAccess(int(here[0]), f"copies {amount} of {4 * words} bytes")
            for i in range(int(amount) // 4):
                address = out[here] + np.uint64(4 * i)
                with _as_lanes(here):
                    (values[i][here],) = self.memory["global"].load(address, WORD, 0)
        access = Access("shared", "b32", words)
        self.memory["shared"].store(into, access, self._part("shared"), values)

    def _shuffle(self, one: Instruction) -> None:
        value, *others = (self.read(operand, "b32") for operand in one.arguments)
        lane = (self.thread % WARP)[self.lanes]
        where = warps.partner(one.operation.variant, lane, others[0], others[1])
        self._write(one.results[0], "b32", self._from(value, lane, where))

    def _from(self, values: Bits, lane: Lanes, where: Lanes) -> Bits:
        """Return the values of other lanes of the same warps."""
        table = np.zeros((int(self.warp[-1]) + 1, WARP), values.dtype)
        there = np.zeros(table.shape, bool)
        warp = self.warp[self.lanes]
        table[warp, lane], there[warp, lane] = values, True
        if not there[warp, where].all():
            lane_alone = int(np.flatnonzero(~there[warp, where])[0])
            raise BadAccess(lane_alone, "reads a lane that takes no part")
        found: Bits = table[warp, where]
        return found

    def _rows(self, one: Instruction, address: Operand) -> tuple[NDArray[np.uint64], Lanes, Lanes]:
        """Return addresses of the rows of matrices, their blocks, and the lanes that give them."""
        assert one.operation.access is not None
        addresses = self._address(address)
        chosen = warps.row_lanes(addresses.size, one.operation.access.count)
        return addresses[chosen], self.row[self.lanes][chosen], chosen

    def _matrix_load(self, one: Instruction) -> None:
        (vector,) = one.results
        assert isinstance(vector, Vector)
        addresses, blocks, chosen = self._rows(one, one.arguments[0])
        with _as_lanes(chosen):
            rows = self.memory["shared"].load(addresses, ROW, blocks)
        transposed = one.operation.variant == "transposed"
        parts = warps.fragments(rows, len(vector.items), transposed)
        for register, part in zip(vector.items, parts, strict=True):
            self._write(register, "b32", part)

    def _matrix_store(self, one: Instruction) -> None:
        address, vector = one.arguments
        assert isinstance(vector, Vector)
        parts = [self.read(item, "b32") for item in vector.items]
        rows = warps.matrix_rows(parts, one.operation.variant == "transposed")
        addresses, blocks, chosen = self._rows(one, address)
        with _as_lanes(chosen):
            self.memory["shared"].store(addresses, ROW, blocks, rows)

    def _matrix_product(self, one: Instruction) -> None:
        (vector,) = one.results
        assert isinstance(vector, Vector)
        parts = []
        for operand, (kind, _) in zip(one.arguments, one.operation.vectors[1:], strict=True):
            assert isinstance(operand, Vector)
            parts.append([self.read(item, kind) for item in operand.items])
        found, defined = product(SHAPES[one.operation.name], *parts)
        if not defined.all():
            lane = int(np.flatnonzero(~defined)[0])
            raise NoBits(lane, "sums that round have no defined bits")
        for register, bits in zip(vector.items, found, strict=True):
            self._write(register, "f32", bits)

    def _order(self, one: Instruction) -> None:
        """Do nothing: accesses are in order."""

    _ACTIONS: ClassVar[dict[str, Callable[[Threads, Instruction], None]]] = {
        "value": _value, "pack": _pack, "unpack": _unpack, "load": _load, "store": _store,
        "copy": _copy, "shuffle": _shuffle, "matrix_load": _matrix_load,
        "matrix_store": _matrix_store, "matrix_product": _matrix_product, "order": _order,
    }  # fmt: skip
