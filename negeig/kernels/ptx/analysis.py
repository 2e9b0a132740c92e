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
    if one.operation.kind in ("shuffle", "reduction", "matrix_load"):
        return True
    special = any(isinstance(x, Special) and x.name in VARYING for x in one.arguments)
    sources = {name for operand in one.arguments for name in registers(operand)}
    if one.guard is not None:
        sources.add(one.guard.register.name)
    return special or not varying.isdisjoint(sources)


CALCULATES = ("add", "sub", "mul", "fma", "div", "rcp", "sqrt", "min", "max", "neg", "abs", "setp")
"""Instructions on ``f32`` that read nothing of a NaN but that it is one."""

PASSES = ("mov", "selp")
"""Those that hand on the bits of a value."""


def calculated_with(program: Program) -> frozenset[str]:
    """Return the registers whose values nothing looks at but arithmetic on ``f32``.

    Which NaN stands there makes no difference to it.

    Examples
    --------
    >>> from negeig.kernels.ptx.parse import parse
    >>> program = parse('''
    ... .version 8.7
    ... .target sm_90a
    ... .visible .entry f(.param .u64 .ptr .global x) {
    ...   .reg .b32 %r<4>; .reg .b64 %rd<2>;
    ...   ld.param.b64 %rd1, [x];
    ...   mul.f32 %r1, 0f3F800000, 0f3F800000;
    ...   shfl.sync.bfly.b32 %r2, %r1, 1, 31, -1;
    ...   add.f32 %r3, %r1, %r2;
    ...   st.global.b32 [%rd1], %r3;
    ... }''')
    >>> sorted(calculated_with(program))
    ['%r1', '%r2']
    """
    found = {
        name
        for one in program.instructions
        for name in written(one)
        if program.registers[name].type == "b32"
    }
    while True:
        seen = {name for one in program.instructions for name in _seen(one, found)}
        if found.isdisjoint(seen):
            return frozenset(found)
        found -= seen


def _seen(one: Instruction, unseen: set[str]) -> set[str]:
    """Return the registers whose bits an instruction looks at, or hands on to be looked at."""
    operation, sources = one.operation, one.arguments
    head = operation.name.partition(".")[0]
    if operation.kind == "value" and head in CALCULATES and ".approx" not in operation.name:
        sources = tuple(
            x for x, kind in zip(sources, operation.sources, strict=True) if kind != "f32"
        )
    elif (
        operation.kind == "shuffle" or (operation.kind == "value" and head in PASSES)
    ) and written(one) <= unseen:
        sources = sources[2 if head == "selp" else 1 :]
    return {name for operand in sources for name in registers(operand)}


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
