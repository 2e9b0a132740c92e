"""Where things stand in memory while a kernel runs: what is passed to it, and what warps leave.

``Layout.of`` is for a program, a number of threads and a size of shared memory; machine code is
made for these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from negeig.kernels.ptx.memory import APART
from negeig.kernels.ptx.operation import WIDTHS
from negeig.kernels.ptx.program import Program
from negeig.kernels.ptx.warps import WARP

SHARED_BASE = 1 << 10
"""Address of the first byte of shared memory, as the plain twin has it."""

CONTEXT = (
    "data", "state", "base", "size", "shared_data", "shared_state", "shared_writer", "arguments",
    "x", "y", "z", "frames", "max_steps", "steps", "block", "warp", "instruction", "lanes",
    "reason",
)  # fmt: skip
"""What is passed: numbers of 64 bits. From ``steps`` on they are written by the machine code."""

PAYLOAD = 8 * len(CONTEXT)
"""Behind them, two numbers for each thread of a warp that did what it must not: addresses, say."""

STATE, BARRIER, APART_NOW, STEPS, PC, WAITS, REGISTERS = 0, 4, 8, 16, 64, 192, 320
"""Bytes of the frame of a warp: where it goes on, the barrier it waits at, whether its threads have
parted, its steps, and, if they have, each thread's next instruction and what it waits for."""


def field(name: str) -> int:
    """Return the offset of a number that is passed."""
    return 8 * CONTEXT.index(name)


@dataclass(frozen=True)
class Layout:
    """Sizes and offsets.

    Parameters
    ----------
    program : Program
    threads, shared : int
        Threads of a block; bytes of shared memory for variables of no size of their own.
    symbols : mapping
        Addresses of shared variables.
    shared_size : int
        Bytes of all of them.
    slots : mapping
        Offsets of registers in the frame of a warp, by name: 32 elements each, a byte at least.
    frame : int
        Bytes of a frame.
    permutes : bool
        Whether the CPU permutes vectors of 64 bytes, as AVX-512 has it.
    """

    program: Program
    threads: int
    shared: int
    symbols: Mapping[str, int]
    shared_size: int
    slots: Mapping[str, int]
    frame: int
    permutes: bool

    @classmethod
    def of(cls, program: Program, threads: int, shared: int, *, permutes: bool = False) -> Layout:
        """Lay out a program."""
        at, symbols = 0, {}
        for variable in sorted(program.shared, key=lambda one: one.size is None):
            at = -(-at // variable.align) * variable.align
            symbols[variable.name] = SHARED_BASE + at
            at += shared if variable.size is None else variable.size
        slots, end = {}, REGISTERS
        for register in program.registers.values():
            slots[register.name] = end
            end += max(WIDTHS[register.type] * WARP // 8, 64)
        return cls(program, threads, shared, symbols, at, slots, -(-end // 64) * 64, permutes)

    @property
    def warps(self) -> int:
        """Warps of a block."""
        return -(-self.threads // WARP)

    @property
    def stride(self) -> int:
        """Bytes of shared memory with what lies behind it."""
        return -(-self.shared_size // APART) * APART
