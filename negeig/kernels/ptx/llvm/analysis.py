"""What is known of registers before a kernel runs: which are uniform, which are needed where."""

from __future__ import annotations

from collections.abc import Iterator

from negeig.kernels.ptx.program import (
    Address,
    Instruction,
    Not,
    Operand,
    Program,
    Register,
    Special,
    Vector,
)

VARYING = frozenset(("tid.x", "laneid"))
"""Special registers that differ between the threads of a warp."""


def registers(operand: Operand) -> Iterator[str]:
    """Yield the names of the registers in an operand."""
    if isinstance(operand, Register):
        yield operand.name
    elif isinstance(operand, Not):
        yield operand.register.name
    elif isinstance(operand, Vector):
        for item in operand.items:
            yield from registers(item)
    elif isinstance(operand, Address):
        yield from registers(operand.base)


def written(one: Instruction) -> set[str]:
    """Return the registers that an instruction writes."""
    return {name for operand in one.results for name in registers(operand)}


def read(one: Instruction) -> set[str]:
    """Return the registers that it reads; under a guard it keeps what it does not write."""
    found = {name for operand in one.arguments for name in registers(operand)}
    if one.guard is not None:
        found |= {one.guard.register.name} | written(one)
    return found


def varying(program: Program) -> frozenset[str]:
    """Return the registers that may differ between threads of a warp that went the same way.

    All others are written from constants, parameters and numbers of blocks, and from memory at
    addresses that are such values.

    Examples
    --------
    >>> from negeig.kernels.ptx.parse import parse
    >>> program = parse('''
    ... .version 8.7
    ... .target sm_90a
    ... .visible .entry f(.param .u32 n) {
    ...   .reg .b32 %r<4>;
    ...   ld.param.b32 %r1, [n];
    ...   mov.u32 %r2, %tid.x;
    ...   add.s32 %r3, %r1, %r2;
    ...   add.s32 %r1, %r1, 1;
    ... }''')
    >>> sorted(varying(program))
    ['%r2', '%r3']
    """
    found: set[str] = set()
    while True:
        more = {
            name
            for one in program.instructions
            if _varies(one, found)
            for name in written(one)
            if name not in found
        }
        if not more:
            return frozenset(found)
        found |= more


def _varies(one: Instruction, varying: set[str]) -> bool:
    if one.operation.kind in ("shuffle", "matrix_load"):
        return True
    special = any(isinstance(x, Special) and x.name in VARYING for x in one.arguments)
    sources = {name for operand in one.arguments for name in registers(operand)}
    if one.guard is not None:
        sources.add(one.guard.register.name)
    return special or not varying.isdisjoint(sources)


def live(program: Program) -> list[frozenset[str]]:
    """Return, for each instruction and the end, the registers that are read before written.

    Examples
    --------
    >>> from negeig.kernels.ptx.parse import parse
    >>> program = parse('''
    ... .version 8.7
    ... .target sm_90a
    ... .visible .entry f(.param .u64 .ptr .global x) {
    ...   .reg .b32 %r<3>; .reg .b64 %rd<2>;
    ...   ld.param.b64 %rd1, [x];
    ...   mov.u32 %r1, 1;
    ...   st.global.b32 [%rd1], %r1;
    ... }''')
    >>> [sorted(one) for one in live(program)]
    [[], ['%rd1'], ['%r1', '%rd1'], []]
    """
    count = len(program.instructions)
    before: list[frozenset[str]] = [frozenset()] * (count + 1)
    after = {block.stop - 1: block.next for block in program.blocks}
    changed = True
    while changed:
        changed = False
        for i in reversed(range(count)):
            one = program.instructions[i]
            needed = frozenset().union(*(before[next_] for next_ in after.get(i, (i + 1,))))
            found = (needed - written(one)) | read(one)
            changed |= found != before[i]
            before[i] = found
    return before
