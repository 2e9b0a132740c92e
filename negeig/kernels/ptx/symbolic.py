"""The same execution on symbols: what a kernel computes as a formula of its inputs, in its order.

Beside every register and every element of memory stands the term that it holds, where it depends
on a named input. Addresses, masks and loops are computed as ever, from the numbers that are there;
where one of them would depend on an input, there is no formula, and the instruction says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from negeig.kernels.ptx import warps
from negeig.kernels.ptx.execution import MAX_STEPS, _Schedule
from negeig.kernels.ptx.group import Grid
from negeig.kernels.ptx.instructions import Threads
from negeig.kernels.ptx.memory import Memory
from negeig.kernels.ptx.operation import WIDTHS
from negeig.kernels.ptx.program import Address, Instruction, Operand, Program, Register, Vector
from negeig.kernels.ptx.warps import WARP

SUMS = ("add", "sub", "mul", "fma", "neg", "min", "max")
"""What terms are made of, in float32, to nearest even."""

FREE = ("add", "mul", "fma")
"""Those whose first two parts may be exchanged: no bit depends on their order."""

NARROWED = {"cvt.rn.bf16.f32": "bf16", "cvt.rn.f16.f32": "fp16"}
KEPT = ("mov", "cvt.f32.bf16", "cvt.f32.f16")
"""Instructions that hand a number on as it is."""


class NoFormula(Exception):
    """What an instruction does to an input is no formula; says which, with its line."""


@dataclass(frozen=True, eq=False)
class Term:
    """An input, a constant or an operation on terms. Equal terms of one table are one object.

    Parameters
    ----------
    head : str
        The input's name, the constant as text, an operation of ``SUMS``, a format that was rounded
        to, or ``either``: one of the parts, and which is not defined, threads having written them
        to one place at once.
    parts : tuple of Term
        None of inputs and constants.
    number, depth, first : int
        In the order in which terms were made; of the deepest part and one more; the least number of
        what it is made of.
    """

    head: str
    parts: tuple[Term, ...]
    number: int
    depth: int
    first: int


class Terms:
    """A table of terms.

    Examples
    --------
    >>> terms = Terms()
    >>> k, h = terms.of("k"), terms.of("h")
    >>> terms.of("mul", h, k) is terms.of("mul", k, h)
    True
    >>> terms.of("sub", h, k) is terms.of("sub", k, h)
    False
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, tuple[int, ...]], Term] = {}

    def of(self, head: str, *parts: Term) -> Term:
        """Return a term; of parts that may be exchanged the deeper comes first, then the older."""
        if head in FREE:
            pair = sorted(parts[:2], key=lambda part: (-part.depth, part.first, part.number))
            parts = (*pair, *parts[2:])
        if head == "either":
            parts = tuple(sorted(set(parts), key=lambda part: part.number))
            if len(parts) == 1:
                return parts[0]
        key = head, tuple(part.number for part in parts)
        if key not in self._known:
            depth = 1 + max((part.depth for part in parts), default=-1)
            number = len(self._known)
            first = min((part.first for part in parts), default=number)
            self._known[key] = Term(head, parts, number, depth, first)
        return self._known[key]

    def constant(self, bits: int, kind: str) -> Term:
        """Return a number, of its bits in float32 or a shorter format."""
        if kind == "bf16":
            bits, kind = bits << 16, "f32"
        dtype, number = (np.float16, np.uint16) if kind == "f16" else (np.float32, np.uint32)
        return self.of(f"{float(np.array(bits, number).view(dtype)):.9g}")


def trace(
    program: Program,
    grid: Grid,
    arguments: Sequence[int],
    memory: Memory,
    inputs: Mapping[int, str],
    *,
    shared: int = 0,
    threads: int | None = None,
    max_steps: int = MAX_STEPS,
) -> dict[int, Term]:
    """Execute a kernel as :func:`~negeig.kernels.ptx.execution.execute` does, with terms beside.

    Parameters
    ----------
    inputs : mapping
        Addresses of float32 numbers in global memory, and what to call them. Numbers of one name
        have to be equal.

    Returns
    -------
    dict
        The terms in global memory afterwards, by address.

    Raises
    ------
    NoFormula
        Where anything but a number depends on an input, and at operations that are no term.
    Fault, LimitReached
        As ``execute`` does.

    Examples
    --------
    >>> from negeig.kernels.ptx.parse import parse
    >>> program = parse('''
    ... .version 8.7
    ... .target sm_90a
    ... .visible .entry twice(.param .u64 .ptr .global x) .reqntid 1 {
    ...   .reg .b32 %r<3>; .reg .b64 %rd<3>;
    ...   ld.param.b64 %rd1, [x];
    ...   ld.global.b32 %r2, [%rd1];
    ...   add.f32 %r2, %r2, %r2;
    ...   st.global.b32 [%rd1], %r2;
    ... }''')
    >>> memory = Memory.of([("x", np.array([1.5], np.float32).view(np.uint8), None, 0)])
    >>> at = memory.address(0)
    >>> found = trace(program, (1, 1, 1), [at], memory, {at: "x"})[at]
    >>> found.head, [part.head for part in found.parts]
    ('add', ['x', 'x'])
    """
    per_block = program.threads or threads or 1
    blocks = np.arange(grid[0] * grid[1] * grid[2])
    group = _Shadowed(program, grid, blocks, per_block, arguments, memory, shared)
    names = dict.fromkeys(inputs.values())
    known = {name: group.table.of(name) for name in names}
    group.places = {("global", 0, at): (known[name], 4) for at, name in inputs.items()}
    _Schedule(group, max_steps).run()
    return {at: term for (space, _, at), (term, _) in group.places.items() if space == "global"}


Held = list[Term | None]
"""A term for each of the selected lanes, None where a number depends on no input."""


class _Shadowed(Threads):
    """Threads whose registers and memory hold terms beside their bits.

    ``places`` are the terms in memory and how many bytes they have, by space, row and address.
    """

    def __init__(
        self, program: Program, grid: Grid, blocks: warps.Lanes, per_block: int,
        arguments: Sequence[int], memory: Memory, shared: int,
    ) -> None:  # fmt: skip
        super().__init__(program, grid, blocks, per_block, arguments, memory, shared)
        self.table = Terms()
        self.held: dict[str, Held] = {}
        self.places: dict[tuple[str, int, int], tuple[Term, int]] = {}

    def do(self, one: Instruction) -> None:
        """Execute an instruction, its terms before its bits: it may write what it reads."""
        found = self._TERMS[one.operation.kind](self, one)
        super().do(one)
        for operand, terms in zip(_registers(one.results), found, strict=True):
            if isinstance(operand, Register):
                held = self.held.setdefault(operand.name, [None] * self.count)
                for lane, term in zip(self._lanes, terms, strict=True):
                    held[lane] = term

    @property
    def _lanes(self) -> list[int]:
        lanes: list[int] = np.arange(self.count)[self.lanes].tolist()
        return lanes

    def _of(self, operand: Operand) -> Held:
        if not isinstance(operand, Register) or operand.name not in self.held:
            return [None] * len(self._lanes)
        return [self.held[operand.name][lane] for lane in self._lanes]

    def _nothing_terms(self, one: Instruction) -> list[Held]:
        """Return no terms. Raises NoFormula where an instruction reads one."""
        if any(term for operand in _registers(one.arguments) for term in self._of(operand)):
            raise NoFormula(f"{one} of an input is no sum or product")
        return [[None] * len(self._lanes) for _ in _registers(one.results)]

    def _needs_numbers(self, one: Instruction, *operands: Operand) -> None:
        """Raise NoFormula where an address, or which lane is read, depends on an input."""
        for operand in operands:
            read = operand.base if isinstance(operand, Address) else operand
            if isinstance(read, Register) and any(self._of(read)):
                raise NoFormula(f"{one}: an address or a lane depends on an input")

    def _value_terms(self, one: Instruction) -> list[Held]:
        sources = [self._of(operand) for operand in one.arguments]
        if not any(term for source in sources for term in source):
            return [[None] * len(self._lanes)]
        name = one.operation.name
        head, kinds = name.split(".")[0], one.operation.sources
        if head == "selp":
            taken = self.read(one.arguments[2], "pred").tolist()
            return [[a if first else b for a, b, first in zip(*sources[:2], taken, strict=True)]]
        if head == "setp":
            raise NoFormula(f"{one}: what is done depends on an input")
        if name.startswith(KEPT):
            return [sources[0]]
        head = NARROWED.get(name, head)
        if name not in NARROWED and name not in (f"{head}.f32", f"{head}.rn.f32"):
            return self._nothing_terms(one)
        if name not in NARROWED and head not in SUMS:
            return self._nothing_terms(one)
        bits = [self.read(x, kind).tolist() for x, kind in zip(one.arguments, kinds, strict=True)]
        terms: Held = []
        for i in range(len(self._lanes)):
            parts = [
                source[i] or self.table.constant(number[i], kind)
                for source, number, kind in zip(sources, bits, kinds, strict=True)
            ]
            used = any(source[i] for source in sources)
            terms.append(self.table.of(head, *parts) if used else None)
        return [terms]

    def _addresses(self, one: Instruction, operand: Operand) -> list[tuple[int, int]]:
        """Return row and address of each lane."""
        assert isinstance(operand, Address)
        self._needs_numbers(one, operand)
        assert one.operation.access is not None
        part = np.broadcast_to(self.rows_of(one.operation.access.space), len(self._lanes))
        return list(zip(part.tolist(), self.address(operand).tolist(), strict=True))

    def _at(self, one: Instruction, space: str, row: int, address: int, size: int) -> Term | None:
        """Return the term of an element. Raises NoFormula where it is a part of one, or parts."""
        found = self.places.get((space, row, address))
        if found is not None and found[1] == size:
            return found[0]
        near = (self.places.get((space, row, at)) for at in range(address - 7, address + size))
        starts = range(address - 7, address + size)
        for start, other in zip(starts, near, strict=True):
            if other is not None and start + other[1] > address:
                raise NoFormula(f"{one} reads a part of an input, or several at once")
        return None

    def _load_terms(self, one: Instruction) -> list[Held]:
        access, (vector,) = one.operation.access, one.results
        assert access is not None
        assert isinstance(vector, Vector)
        if access.space == "param":
            return [[None] * len(self._lanes) for _ in vector.items]
        size, places = WIDTHS[access.type] // 8, self._addresses(one, one.arguments[0])
        return [
            [self._at(one, access.space, row, at + i * size, size) for row, at in places]
            for i in range(access.count)
        ]

    def _store_terms(self, one: Instruction) -> list[Held]:
        access, (address, vector) = one.operation.access, one.arguments
        assert access is not None
        assert isinstance(vector, Vector)
        size, places = WIDTHS[access.type] // 8, self._addresses(one, address)
        written: dict[tuple[str, int, int], list[Term | None]] = {}
        for i, item in enumerate(vector.items):
            for (row, at), term in zip(places, self._of(item), strict=True):
                written.setdefault((access.space, row, at + i * size), []).append(term)
        for (space, row, at), terms in written.items():
            for near in range(at, at + size):
                self.places.pop((space, row, near), None)
            if any(terms):
                known = [term for term in terms if term is not None]
                if len(known) != len(terms):
                    raise NoFormula(f"{one}: threads write an input and a number to one place")
                self.places[space, row, at] = self.table.of("either", *known), size
        return []

    def _shuffle_terms(self, one: Instruction) -> list[Held]:
        value = self._of(one.arguments[0])
        self._needs_numbers(one, *one.arguments[1:])
        others = [self.read(operand, "b32") for operand in one.arguments[1:3]]
        lane = (self.thread % WARP)[self.lanes]
        where = warps.partner(one.operation.variant, lane, *others).tolist()
        warp = self.warp[self.lanes].tolist()
        there = dict(zip(zip(warp, lane.tolist(), strict=True), value, strict=True))
        return [[there.get(pair) for pair in zip(warp, where, strict=True)]]

    def _matrix_load_terms(self, one: Instruction) -> list[Held]:
        """Follow words: a row of a matrix has four, and lane t gets word t % 4 of row t // 4."""
        (vector,), (address,) = one.results, one.arguments
        assert isinstance(vector, Vector)
        places = self._addresses(one, address)
        found: list[Held] = []
        for i in range(len(vector.items)):
            terms: Held = []
            for lane in range(len(places)):
                first, t = lane // WARP * WARP, lane % WARP
                row, at = places[first + 8 * i + t // 4]
                terms.append(self._at(one, "shared", row, at + 4 * (t % 4), 4))
            if one.operation.variant == "transposed" and any(terms):
                raise NoFormula(f"{one} reads a part of an input, or several at once")
            found.append(terms)
        return found

    def _warpgroup_terms(self, one: Instruction) -> list[Held]:
        if any(space == "shared" for space, _, _ in self.places):
            raise NoFormula(f"{one} may read an input, of which it makes no sum or product")
        return self._nothing_terms(one)

    def _copy_terms(self, one: Instruction) -> list[Held]:
        to, source, size, given = one.arguments
        self._needs_numbers(one, *one.arguments)
        rows = self.row[self.lanes].tolist()
        into, out = self.address(to).tolist(), self.address(source).tolist()
        sizes, amounts = self.read(size, "u32").tolist(), self.read(given, "u32").tolist()
        for row, into_at, from_at, size_of, taken in zip(
            rows, into, out, sizes, amounts, strict=True
        ):
            for i in range(0, size_of, 4):
                self.places.pop(("shared", row, into_at + i), None)
                term = self._at(one, "global", 0, from_at + i, 4) if i < taken else None
                if term is not None:
                    self.places["shared", row, into_at + i] = term, 4
        return []

    _TERMS: ClassVar[dict[str, Callable[[_Shadowed, Instruction], list[Held]]]] = {
        "value": _value_terms, "load": _load_terms, "store": _store_terms,
        "shuffle": _shuffle_terms, "matrix_load": _matrix_load_terms, "copy": _copy_terms,
        "pack": _nothing_terms, "unpack": _nothing_terms, "order": _nothing_terms,
        "matrix_store": _nothing_terms, "matrix_product": _nothing_terms,
        "reduction": _nothing_terms, "warpgroup_product": _warpgroup_terms,
    }  # fmt: skip


def _registers(operands: Iterable[Operand]) -> list[Operand]:
    """Return operands with those of vectors one by one."""
    found: list[Operand] = []
    for operand in operands:
        found += operand.items if isinstance(operand, Vector) else [operand]
    return found
