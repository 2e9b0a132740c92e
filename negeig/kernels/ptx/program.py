"""A PTX kernel as data: typed registers, instructions in order, basic blocks, parameters.

This is what :mod:`~negeig.kernels.ptx.parse` makes and what executors read. Every value is a bit
pattern: an unsigned number of the width of its type, whatever the type is called. What an
instruction does with the bits is its :class:`~negeig.kernels.ptx.operation.Operation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from negeig.kernels.ptx.operation import Operation


@dataclass(frozen=True)
class Register:
    """A register of every thread, its own; what it holds before it is written is undefined.

    Parameters
    ----------
    name : str
        With its percent sign: ``%r1``.
    type : str
        As declared: ``pred``, ``b16``, ``b32`` or ``b64``, whose width it has. An instruction of
        a smaller type reads its low bits, and one that writes a smaller type extends the value:
        by its sign where the type starts with ``s``, by zeros otherwise.
    """

    name: str
    type: str


@dataclass(frozen=True)
class Not:
    """A predicate register read negated, ``!%p1``."""

    register: Register


@dataclass(frozen=True)
class Immediate:
    """A constant, of which an instruction reads as many low bits as its operand has.

    ``bits`` is a number modulo 2^64: of an integer in two's complement, of ``0f3F800000`` its 32
    bits, of ``0d...`` its 64. As a predicate it is true where ``bits`` is not 0.
    """

    bits: int


@dataclass(frozen=True)
class Special:
    """A register that is only read, without its percent sign: ``tid.x``, ``ctaid.y``."""

    name: str


@dataclass(frozen=True)
class Symbol:
    """The address of a variable in shared memory, or of a parameter."""

    name: str


@dataclass(frozen=True)
class Address:
    """``[base + offset]``: bytes, in the state space that the instruction names.

    The address is computed in the width of the base, modulo that; ``base`` is None for an absolute
    address.
    """

    base: Register | Symbol | None
    offset: int


@dataclass(frozen=True)
class Target:
    """A label as the number of the instruction behind it; that of the last one is past the end."""

    label: str
    index: int


Scalar: TypeAlias = "Register | Not | Immediate | Special | Symbol | None"
"""One value. None is the sink ``_``: as a destination, what is written is dropped."""


@dataclass(frozen=True)
class Vector:
    """``{a, b}``, or ``a|b``: a value for each element, the first in the lowest bits or address."""

    items: tuple[Scalar, ...]


Operand: TypeAlias = "Scalar | Vector | Address | Target"


@dataclass(frozen=True)
class Source:
    """A position in a source file, as the compiler noted it; line 0 where there is none."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Guard:
    """``@%p`` or ``@!%p``: threads in which the predicate is false skip the instruction.

    They read nothing, access no memory and keep their destination registers.
    """

    register: Register
    negated: bool


@dataclass(frozen=True, eq=False)
class Instruction:
    """One instruction of every thread.

    Parameters
    ----------
    operation : Operation
        What it does; its ``name`` is the opcode with all modifiers.
    operands : tuple of Operand
        As written, the destinations first: as many as ``operation.results``, which are None for a
        sink; then one for each of ``operation.sources``.
    guard : Guard or None
    line : int
        Of the PTX text, from 1.
    source : Source or None
        Of the kernel that was compiled.
    """

    operation: Operation
    operands: tuple[Operand, ...]
    guard: Guard | None
    line: int
    source: Source | None

    @property
    def results(self) -> tuple[Operand, ...]:
        """Return the operands that are written."""
        return self.operands[: len(self.operation.results)]

    @property
    def arguments(self) -> tuple[Operand, ...]:
        """Return the operands that are read."""
        return self.operands[len(self.operation.results) :]

    def __str__(self) -> str:
        place = f" ({self.source})" if self.source else ""
        return f"{self.operation.name}, line {self.line}{place}"


@dataclass(frozen=True)
class Block:
    """Instructions ``start`` to ``stop`` (exclusive) that run one after the other.

    Only the last one may jump. ``next`` are the starts of the blocks that may come after it; the
    number of instructions among them is the end of the kernel, as is an empty ``next``.
    """

    start: int
    stop: int
    next: tuple[int, ...]


@dataclass(frozen=True)
class Parameter:
    """An argument of the kernel: ``type`` as declared (``u64``), ``pointer`` to global memory."""

    name: str
    type: str
    pointer: bool


@dataclass(frozen=True)
class SharedVariable:
    """Bytes of a block's shared memory; ``size`` None where the launch says how many there are."""

    name: str
    size: int | None
    align: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Program:
    """A kernel.

    Parameters
    ----------
    name : str
        Of its entry.
    version : tuple of int
        Of the PTX language.
    target : str
        ``sm_90a``.
    parameters : tuple of Parameter
        In the order of the launch.
    threads : int or None
        Of a block, as ``.reqntid`` requires them.
    shared : tuple of SharedVariable
    registers : mapping
        By name.
    instructions : tuple of Instruction
        Execution starts at the first; one past the last ends the thread, as ``ret`` does. The last
        is no barrier.
    labels : mapping
        Those that are jumped to: the numbers of the instructions behind them.
    """

    name: str
    version: tuple[int, int]
    target: str
    parameters: tuple[Parameter, ...]
    threads: int | None
    shared: tuple[SharedVariable, ...]
    registers: Mapping[str, Register]
    instructions: tuple[Instruction, ...]
    labels: Mapping[str, int]

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Basic blocks in the order of the text: they part the instructions."""
        end = len(self.instructions)
        starts = {0, *self.labels.values()}
        for i, one in enumerate(self.instructions):
            if one.operation.kind in ("branch", "return"):
                starts.add(i + 1)
        cuts = sorted(start for start in starts if start < end)
        return tuple(
            Block(start, stop, self._after(stop - 1))
            for start, stop in zip(cuts, [*cuts[1:], end], strict=True)
        )

    def _after(self, last: int) -> tuple[int, ...]:
        one = self.instructions[last]
        jumps = one.operation.kind in ("branch", "return")
        found = [target.index for target in one.operands if isinstance(target, Target)]
        if one.guard is not None or not jumps:
            found.append(last + 1)
        return tuple(dict.fromkeys(found))
