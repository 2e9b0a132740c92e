"""Registers of the threads of some blocks, and beside them which of their bits are undefined.

Bits of memory that nothing wrote may be loaded, moved and computed with, as long as nothing looks
at what comes of it: the shadow bits of Stepanov and Serebryany (MemorySanitizer, CGO 2015). Moves
keep them apart bit by bit, of a calculation with an undefined bit every bit is undefined.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from negeig.kernels.ptx.memory import BadAccess, Memory
from negeig.kernels.ptx.operation import DTYPES, WIDTHS, Bits, Operation
from negeig.kernels.ptx.program import (
    Immediate,
    Not,
    Operand,
    Program,
    Register,
    Special,
    Symbol,
)
from negeig.kernels.ptx.races import Races
from negeig.kernels.ptx.warps import WARP, Lanes

Grid = tuple[int, int, int]


class Group:
    """Threads of some blocks, here called lanes: their registers and the memory they see.

    A register is an array over all lanes; ``lanes`` are those selected, which execute the next
    instruction. ``undefined`` holds the undefined bits of the registers that have some, and
    ``origin`` where the first came from. A register is undefined until it is written, but for
    predicates, which are false.
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
        grain = min((_grain(one.operation) for one in program.instructions), default=4)
        self.races = Races(self.memory["shared"].data.size, grain, self.warp, self.thread)
        self.arguments = {
            parameter.name: value
            for parameter, value in zip(program.parameters, arguments, strict=True)
        }
        self.special = self._special(grid)
        self.registers: dict[str, Bits] = {}
        self.undefined: dict[str, Bits] = {}
        self.origin = ""
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

    @property
    def chosen(self) -> Lanes:
        """The selected lanes, by their numbers."""
        return np.arange(self.count)[self.lanes]

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

    def read_undefined(self, operand: Operand, kind: str) -> Bits | None:
        """Return which bits of an operand are undefined in the selected lanes, None for none."""
        if not isinstance(operand, Register):
            return None
        if operand.name not in self.registers and WIDTHS[kind] > 1:
            self.origin = self.origin or f"register {operand.name}"
            return np.full_like(self.read(operand, kind), _ones(kind))
        if operand.name not in self.undefined:
            return None
        found: Bits = self.undefined[operand.name][self.lanes]
        found = found.astype(DTYPES[WIDTHS[kind]], copy=False)
        return found if found.any() else None

    def read_used(self, operand: Operand, kind: str) -> Bits:
        """Return an operand's bits where they decide something. Raises BadAccess of undefined."""
        undefined = self.read_undefined(operand, kind)
        if undefined is not None:
            self.refuse(undefined, "uses")
        return self.read(operand, kind)

    def refuse(self, undefined: Bits, verb: str) -> None:
        """Raise BadAccess of the first lane that has undefined bits."""
        lane = int(np.flatnonzero(undefined)[0])
        raise BadAccess(lane, f"{verb} what was never written, {self.origin}")

    def write(
        self, operand: Operand, kind: str, values: Bits, undefined: Bits | None = None
    ) -> None:
        """Write to a register in the selected lanes, extended to its width."""
        if operand is None:
            return
        if not isinstance(operand, Register):
            raise TypeError(f"{operand} is no register")
        if operand.name not in self.registers and not isinstance(self.lanes, slice):
            self._begin(operand)
        self.registers[operand.name] = self._extended(self.registers, operand, kind, values)
        if undefined is not None or operand.name in self.undefined:
            bits = np.zeros_like(values) if undefined is None else undefined
            found = self._extended(self.undefined, operand, kind, bits)
            if found.any():
                self.undefined[operand.name] = found
            else:
                self.undefined.pop(operand.name, None)

    def _begin(self, register: Register) -> None:
        """Have a register that some lanes are about to write be undefined in all."""
        if register.type != "pred":
            self.undefined[register.name] = np.full(
                self.count, _ones(register.type), DTYPES[WIDTHS[register.type]]
            )
            self.origin = self.origin or f"register {register.name}"

    def _extended(self, held: dict[str, Bits], operand: Register, kind: str, values: Bits) -> Bits:
        """Return what a register holds with new values, extended by sign or zeros."""
        width = WIDTHS[operand.type]
        if WIDTHS[kind] < width and kind[0] == "s":
            values = values.view(f"i{WIDTHS[kind] // 8}")
        values = values.astype(DTYPES[width], copy=False)
        if isinstance(self.lanes, slice):
            return values
        old = held.get(operand.name)
        new = np.zeros(self.count, DTYPES[width]) if old is None else old.copy()
        new[self.lanes] = values
        return new


def _ones(kind: str) -> int:
    return (1 << WIDTHS[kind]) - 1


def _grain(operation: Operation) -> int:
    """Return the bytes of the elements that an instruction accesses in shared memory, 4 at most."""
    access = operation.access
    if access is None or access.space != "shared":
        return 4
    return min(WIDTHS[access.type] // 8, 4)
