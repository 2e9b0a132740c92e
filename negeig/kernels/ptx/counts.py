"""What a compiled kernel consists of: instructions by kind, in PTX and in SASS, and registers.

SASS is what the hardware executes; ptxas makes it from the PTX, and may contract a product and a
sum that carry no rounding modifier into one fma. Where no such pair is in the PTX it cannot.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from negeig.claims import Unavailable
from negeig.kernels.extras import in_a_clone
from negeig.kernels.ptx.compile import Compiled
from negeig.kernels.ptx.program import Instruction, Program, Register

ROUNDED = frozenset(("rn", "rz", "rm", "rp"))
FLOATS = ("f32", "f16", "bf16", "f16x2", "bf16x2")

SASS = {"FFMA": "fma", "FADD": "add", "FMUL": "mul"}
"""Instructions of SASS on float32, and those of PTX that they are made of."""


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Registers of a thread, and its bytes in memory: of its stack, and spilled."""

    registers: int
    stack: int
    spilled: int


def opcodes(program: Program) -> Counter[str]:
    """Return how often each opcode stands in a kernel, by its full name.

    Examples
    --------
    >>> from negeig.kernels.ptx.parse import parse
    >>> program = parse('''.version 8.7
    ... .visible .entry k() { .reg .f32 %f<3>;
    ... mul.f32 %f1, %f2, %f2; add.f32 %f0, %f1, %f2; mul.f32 %f0, %f2, %f2; }''')
    >>> opcodes(program)
    Counter({'mul.f32': 2, 'add.f32': 1})
    >>> kinds(program), [(str(a), str(b)) for a, b in contractible(program)]
    (Counter({'mul f32': 2, 'add f32': 1}), [('mul.f32, line 3', 'add.f32, line 3')])
    """
    return Counter(one.operation.name for one in program.instructions)


def kinds(program: Program) -> Counter[str]:
    """Return how many instructions of each kind a kernel has.

    Sums, products and fma by their type; integers together; other kinds as they are called in
    :data:`~negeig.kernels.ptx.operation.Kind`, accesses with their space.
    """
    return Counter(map(_kind, program.instructions))


def _kind(one: Instruction) -> str:
    operation = one.operation
    head, last = operation.name.split(".")[0], operation.name.split(".")[-1]
    if operation.access is not None and operation.kind in ("load", "store"):
        return f"{operation.kind} {operation.access.space}"
    if operation.kind != "value":
        return operation.kind
    if last in FLOATS and head not in ("mov", "selp", "setp", "cvt"):
        return f"{'add' if head == 'sub' else head} {last}"
    return head if head in ("mov", "selp", "setp", "cvt") else "integer"


def contractible(program: Program) -> Iterator[tuple[Instruction, Instruction]]:
    """Yield products and the sums that read them, where ptxas may make one fma of the two.

    Both without a rounding modifier, of one type; a register that is written more than once counts
    with all its products.
    """
    products: dict[tuple[Register, str], list[Instruction]] = {}
    for one in _free(program, ("mul",)):
        if isinstance(register := one.results[0], Register):
            products.setdefault((register, one.operation.results[0]), []).append(one)
    for one in _free(program, ("add", "sub")):
        for operand in dict.fromkeys(one.arguments):
            if isinstance(operand, Register):
                kind = one.operation.results[0]
                yield from ((product, one) for product in products.get((operand, kind), ()))


def _free(program: Program, heads: tuple[str, ...]) -> Iterator[Instruction]:
    """Yield instructions on floats whose rounding is left to the compiler."""
    for one in program.instructions:
        head, *modifiers = one.operation.name.split(".")
        if head in heads and modifiers[-1] in FLOATS and not ROUNDED.intersection(modifiers):
            yield one


def sass_opcodes(compiled: Compiled) -> Counter[str]:
    """Return how often each opcode stands in the SASS: the first word, ``FFMA``, ``LDG``.

    Raises Unavailable where triton, which brings the disassembler, is missing.
    """
    text = _tool("nvdisasm", ["-c"], compiled.cubin)
    lines = re.findall(
        r"^\s*/\*[0-9a-f]+\*/\s+(?:@!?U?P\w+\s+)?([A-Z][A-Z0-9]*)", text, re.MULTILINE
    )
    return Counter(lines)


def copies(ptx: Counter[str], sass: Counter[str]) -> int | None:
    """Return how often the SASS has each fma, sum and product on float32 of the PTX.

    Above 1 where ptxas unrolled the loop that has them all; None where no one number does, so that
    it made something else of them. ``ptx`` as from ``kinds``, ``sass`` as from ``sass_opcodes``.

    Examples
    --------
    >>> copies(Counter({"fma f32": 3, "add f32": 4}), Counter(FFMA=6, FADD=8, LDG=1))
    2
    >>> copies(Counter({"mul f32": 3, "add f32": 4}), Counter(FFMA=3, FADD=1)) is None
    True
    """
    pairs = {(ptx[f"{kind} f32"], sass[name]) for name, kind in SASS.items()} - {(0, 0)}
    factors = {after // before if before and after % before == 0 else 0 for before, after in pairs}
    return factors.pop() or None if len(factors) == 1 else None


def resources(compiled: Compiled) -> Resources:
    """Return what a thread takes, as ptxas allotted it. Raises as ``sass_opcodes`` does."""
    text = _tool("cuobjdump", ["-res-usage"], compiled.cubin)
    found = {name: int(number) for name, number in re.findall(r"\b(REG|STACK|LOCAL):(\d+)", text)}
    return Resources(registers=found["REG"], stack=found["STACK"], spilled=found["LOCAL"])


def _tool(name: str, options: list[str], cubin: bytes) -> str:
    """Run a tool that Triton brings on a cubin."""
    try:
        path = getattr(import_module("triton").knobs.nvidia, name).path
    except ImportError as error:
        raise Unavailable(
            f"the tool {name} comes with {error.name}: {in_a_clone('gpu')}"
        ) from error
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(cubin)
        file.flush()
        done = subprocess.run(
            [path, *options, file.name], capture_output=True, text=True, check=True
        )
    return done.stdout
