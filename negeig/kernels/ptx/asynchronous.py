"""Whether the registers of ``wgmma.mma_async`` are fenced before it and waited for behind it.

Executors multiply at once what hardware multiplies later. The two are the same where no other
instruction touches the sums, or an A in registers, between a product and the ``wait_group`` that
waits for it, and a ``wgmma.fence`` lies between an access to them and the product (PTX manual,
``wgmma``). That is looked at here, whatever way a thread goes; that nobody writes to the matrices
in shared memory meanwhile is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from negeig.kernels.ptx.analysis import read, registers, written
from negeig.kernels.ptx.program import Immediate, Instruction, Program, Vector

MOST = 1 << 10
"""Groups that are told apart."""


class _State(NamedTuple):
    """What may be the case: registers of products under way, and those accessed since the fence.

    Of those under way, the number of groups committed since, 0 before their own is.
    """

    pending: dict[str, int]
    accessed: frozenset[str]


def problems(program: Program) -> list[str]:
    """Return what is wrong, each with its line; nothing where there is no ``wgmma``.

    Examples
    --------
    >>> from negeig.kernels.ptx.parse import parse
    >>> text = '''
    ... .version 8.7
    ... .target sm_90a
    ... .visible .entry f(.param .u64 d) {
    ...   .reg .b32 %r<5>; .reg .b64 %rd<2>;
    ...   ld.param.b64 %rd1, [d];
    ...   wgmma.fence.sync.aligned;
    ...   wgmma.mma_async.sync.aligned.m64n8k16.f32.bf16.bf16 {%r1, %r2, %r3, %r4}, %rd1, %rd1,
    ...     0, 1, 1, 0, 0;
    ...   wgmma.commit_group.sync.aligned;
    ...   WAIT
    ...   mov.b32 %r0, %r1;
    ... }'''
    >>> problems(parse(text.replace("WAIT", "wgmma.wait_group.sync.aligned 0;")))
    []
    >>> parse(text.replace("WAIT", ""))
    Traceback (most recent call last):
    negeig.claims.InputError: PTX: line 12: mov.b32: %r1 is of a wgmma that is not waited for
    """
    if not any(one.operation.kind == "warpgroup_product" for one in program.instructions):
        return []
    found: dict[str, None] = {}
    before = {0: _State({}, frozenset(program.registers))}
    blocks, left = {block.start: block for block in program.blocks}, [0]
    while left:
        block = blocks[left.pop()]
        state = before[block.start]
        for one in program.instructions[block.start : block.stop]:
            found |= dict.fromkeys(_wrong(one, state))
            state = _after(one, state)
        for start in block.next:
            joined = _joined(before.get(start), state)
            if start in blocks and joined != before.get(start):
                before[start] = joined
                left.append(start)
    return list(found)


def _held(one: Instruction) -> set[str]:
    """Return the registers of a product's sums, and of its A where that is in registers."""
    vectors = (x for x in one.operands if isinstance(x, Vector))
    return {name for vector in vectors for name in registers(vector)}


def _wrong(one: Instruction, state: _State) -> Iterator[str]:
    place = f"line {one.line}: {one.operation.name}"
    if one.operation.kind == "warpgroup_product":
        for name in sorted(_held(one) & state.accessed):
            yield f"{place}: no wgmma.fence lies behind an access to {name}"
        return
    for name in sorted((read(one) | written(one)) & state.pending.keys()):
        yield f"{place}: {name} is of a wgmma that is not waited for"


def _after(one: Instruction, state: _State) -> _State:
    name, (pending, accessed) = one.operation.name, state
    if one.operation.kind == "warpgroup_product":
        return _State(pending | dict.fromkeys(_held(one), 0), accessed)
    if name.startswith("wgmma.fence"):
        return _State(pending, frozenset())
    if name.startswith("wgmma.commit_group"):
        return _State({x: min(age + 1, MOST) for x, age in pending.items()}, accessed)
    if name.startswith("wgmma.wait_group"):
        (most,) = one.arguments
        count = most.bits if isinstance(most, Immediate) else MOST
        return _State({x: age for x, age in pending.items() if age <= count}, accessed)
    return _State(pending, accessed | read(one) | written(one))


def _joined(one: _State | None, other: _State) -> _State:
    """Return what may be the case where it is either."""
    if one is None:
        return other
    ages = dict(other.pending)
    for name, age in one.pending.items():
        ages[name] = min(age, ages.get(name, MOST))
    return _State(ages, one.accessed | other.accessed)
