"""Whether the operands of an instruction are those that its operation takes."""

from __future__ import annotations

from dataclasses import replace

from negeig.kernels.ptx.operation import WIDTHS, Operation
from negeig.kernels.ptx.program import (
    Address,
    Immediate,
    Instruction,
    Not,
    Operand,
    Register,
    Special,
    Symbol,
    Target,
    Vector,
)

MINUS_1 = (1 << 64) - 1


class Unfit(Exception):
    """The operands are not those that the operation takes; says how."""


def fitted(one: Instruction) -> Instruction:
    """Return an instruction with as many operands as its operation has, each of its type.

    A vector of ``mov`` becomes its elements, a single value that is loaded or stored becomes a
    vector of one, ``cp.async`` reads as many bytes as it writes where it does not say, the sums of
    ``wgmma`` are read as well as written and its matrices not transposed where it cannot say so,
    and the policy of a cache is dropped. Raises Unfit.
    """
    operation, operands = one.operation, one.operands
    if operation.kind in ("pack", "unpack"):
        operands = tuple(
            item
            for operand in operands
            for item in (operand.items if isinstance(operand, Vector) else (operand,))
        )
    if operation.name.find("L2::cache_hint") > 0:
        operands = operands[:-1]
    if operation.kind == "copy" and len(operands) == 3:
        operands = (*operands, operands[2])
    if operation.kind == "warpgroup_product":
        operands = _of_warpgroups(operation, operands)
    kinds = (*operation.results, *operation.sources)
    if len(operands) != len(kinds):
        raise Unfit(f"expected {len(kinds)} operands, found {len(operands)}")
    operands = tuple(
        Vector((operand,))
        if kind == "vector" and not isinstance(operand, (Vector, Address, Target))
        else operand
        for operand, kind in zip(operands, kinds, strict=True)
    )
    vectors = iter(operation.vectors)
    for i, (operand, kind) in enumerate(zip(operands, kinds, strict=True)):
        written = i < len(operation.results)
        if kind != "vector":
            _check(operation, operand, kind, written=written)
            continue
        kind, count = next(vectors)
        if not isinstance(operand, Vector) or len(operand.items) != count:
            raise Unfit(f"expected {count} elements in braces")
        for item in operand.items:
            _check(operation, item, kind, written=written)
    return replace(one, operands=operands)


def _of_warpgroups(operation: Operation, operands: tuple[Operand, ...]) -> tuple[Operand, ...]:
    """Return sums twice, A, B, whether to add, two signs, and whether A and B are transposed."""
    says = {"tf32": 0}.get(operation.name.rpartition(".")[2], 2)
    if says and len(operation.vectors) == 3:  # A is in registers
        says = 1
    if len(operands) != 6 + says:
        raise Unfit(f"expected {6 + says} operands, found {len(operands)}")
    operands = (*operands[:6], *(Immediate(0),) * (2 - says), *operands[6:])
    for operand, allowed in zip(operands[4:], ((1, MINUS_1),) * 2 + ((0, 1),) * 2, strict=True):
        if not isinstance(operand, Immediate) or operand.bits not in allowed:
            raise Unfit("expected 1 or -1 as signs, and 0 or 1 where a matrix is transposed")
    return (operands[0], *operands)


def _check(operation: Operation, operand: Operand, kind: str, *, written: bool) -> None:
    if kind in ("address", "label"):
        if not isinstance(operand, Address if kind == "address" else Target):
            raise Unfit(f"expected {'an' if kind == 'address' else 'a'} {kind}")
        return
    if isinstance(operand, (Vector, Address, Target)):
        raise Unfit(f"expected one value of type {kind}")
    if written and not (operand is None or isinstance(operand, Register)):
        raise Unfit("expected a register to write")
    if not written and operand is None:
        raise Unfit("expected a value, found _")
    _check_width(operation, operand, kind)


def _check_width(operation: Operation, operand: Operand, kind: str) -> None:
    """Raise Unfit for another width; loads, stores and ``cvt`` may use wider registers."""
    width = WIDTHS[kind]
    if isinstance(operand, Register):
        found = WIDTHS[operand.type]
        wider = operation.kind in ("load", "store") or operation.name.startswith("cvt.")
        if found != width and not (wider and 1 < width < found):
            raise Unfit(f"expected a register of {width} bits, found {operand.name} of {found}")
    elif isinstance(operand, (Not, Special, Symbol)):
        widths = {Not: (1,), Special: (32,), Symbol: (32, 64)}[type(operand)]
        if width not in widths:
            raise Unfit(f"expected a value of {width} bits")
    else:
        assert operand is None or isinstance(operand, Immediate)
