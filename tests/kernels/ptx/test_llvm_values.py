"""Every instruction on values: as machine code against the plain twin, in kernels of many."""

import random
from collections import defaultdict

import numpy as np
import pytest

from negeig.kernels.ptx.execution import execute as plain
from negeig.kernels.ptx.floats import DOCUMENTED, NAN
from negeig.kernels.ptx.llvm.code import VALUES as TRANSLATED
from negeig.kernels.ptx.llvm.execution import execute as fast
from negeig.kernels.ptx.memory import Memory
from negeig.kernels.ptx.operation import DTYPES, WIDTHS
from negeig.kernels.ptx.parse import parse
from negeig.kernels.ptx.values import VALUES

SEED = 20_261_130
CORNERS = {
    1: [0, 1],
    8: [0, 1, 0x7F, 0x80, 0xFF],
    16: [0, 1, 2, 0x3FF, 0x400, 0x7BFF, 0x7C00, 0x7F80, 0x7FFF, 0x8000, 0x8001, 0xFC00, 0xFFFF,
         0x3C00, 0x3F80, 0xBC00, 0x3C01, 0x0080, 0x007F, 0x7F7F, 0xFF80, 31, 16, 15],
    32: [0, 1, 2, 31, 32, 33, 255, 256, 0x7FFFFF, 0x800000, 0x3F800000, 0x3F800001, 0xBF800000,
         0x7F7FFFFF, 0x7F800000, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFF800000, 0xFFFFFFFF,
         0x33800000, 0xB3800000, 0x34000000, 0x4B800000, 0x5F000000, 0xDF000000, 0x3F000000,
         0x3FC00000, 0xBFC00000, 0x477FF000, 0x477FE000, 0x33000000, 0x00400000, 0x7F000000,
         0x33000001, 0x387FE000, 0x387FF000, 0x38800000, 0x7FC00000, 0x7F800001, 0xFF800001,
         0x3C003C00, 0x7FFF0001, 0x80007F80, 0x4F800000, 0x4F000000, 0xCF000000],
    64: [0, 1, 63, 64, 1 << 24, (1 << 24) + 1, (1 << 53) + 1, (1 << 31), (1 << 32) - 1, 1 << 32,
         (1 << 63) - 1, 1 << 63, (1 << 64) - 1, (1 << 64) - (1 << 39), (1 << 40) + (1 << 16) + 1],
}  # fmt: skip
"""Ends of ranges, both zeros, infinities, NaN, subnormal numbers, ties."""

GROUPS = defaultdict(list)
for one in VALUES.values():
    restricted = one.name.partition(".")[0] if one.defined else ""
    GROUPS[restricted, one.sources, one.results].append(one)

PARTS = [
    (key, ones[start : start + 12])
    for key, ones in GROUPS.items()
    for start in range(0, len(ones), 12)
]


def sources(key, count):
    """Arrays of sources: corners with each other, random bits, numbers of like exponents."""
    restricted, kinds, _ = key
    draw = random.Random(f"{SEED} {key}")
    if restricted in DOCUMENTED:
        values = [*DOCUMENTED[restricted], NAN]
        return [np.array([draw.choice(values) for _ in range(count)], np.uint32)]

    def any_(width):
        if draw.random() < 0.5:
            return draw.choice(CORNERS[width])
        return draw.getrandbits(draw.choice((width, max(1, width // 2), min(width, 6))))

    def near(width):
        if width != 32:
            return draw.getrandbits(width)
        return draw.getrandbits(1) << 31 | 0x3F800000 + draw.randrange(-(1 << 25), 1 << 25)

    rows = [
        [near(WIDTHS[kind]) if i % 3 == 0 else any_(WIDTHS[kind]) for kind in kinds]
        for i in range(count)
    ]
    columns = [
        np.array(column, DTYPES[WIDTHS[kind]])
        for column, kind in zip(zip(*rows, strict=True), kinds, strict=True)
    ]
    if len(kinds) == 1 and WIDTHS[kinds[0]] <= 16:  # all there are
        columns[0][: 1 << WIDTHS[kinds[0]]] = np.arange(1 << WIDTHS[kinds[0]])[:count]
    if restricted in ("div", "rem"):
        columns[1][columns[1] == 0] = 1
    return columns


def in_memory(width):
    """Bytes of a value, where a predicate takes a word."""
    return 4 if width == 1 else width // 8


def kernel(key, operations, threads):
    """The text of a kernel: loads the sources, does every operation, stores what each gives."""
    _, kinds, (result,) = key
    names = [f"s{i}" for i in range(len(kinds))] + [f"o{k}" for k in range(len(operations))]
    lines, given = [], []
    for i, kind in enumerate(kinds):
        size = in_memory(WIDTHS[kind])
        lines += [f"ld.param.b64 %rd1, [s{i}];", f"mad.wide.u32 %rd2, %r1, {size}, %rd1;"]
        if kind == "pred":
            lines += ["ld.global.b32 %r2, [%rd2];", f"setp.ne.b32 %p{i}, %r2, 0;"]
            given.append(f"%p{i}")
        else:
            bits = max(size * 8, 16)
            lines.append(f"ld.global.b{size * 8} %x{bits}_{i}, [%rd2];")
            given.append(f"%x{bits}_{i}")
    size = in_memory(WIDTHS[result])
    bits = max(WIDTHS[result], 16)
    for k, one in enumerate(operations):
        lines += [f"ld.param.b64 %rd1, [o{k}];", f"mad.wide.u32 %rd2, %r1, {max(size, 2)}, %rd1;"]
        to = "%p9" if result == "pred" else f"%y{bits}"
        lines.append(f"{one.name} {to}, {', '.join(given)};")
        if result == "pred":
            lines += ["selp.b32 %r2, 1, 0, %p9;", "st.global.b32 [%rd2], %r2;"]
        else:
            lines.append(f"st.global.b{bits} [%rd2], {to};")
    declared = [
        f".reg .b{width} %x{width}_<4>; .reg .b{width} %y{width};" for width in (16, 32, 64)
    ]
    parameters = ", ".join(f".param .u64 .ptr .global {name}" for name in names)
    body = "\n".join([
        *declared, ".reg .pred %p<10>; .reg .b32 %r<5>; .reg .b64 %rd<3>;",
        "mov.u32 %r1, %tid.x;", "mov.u32 %r2, %ctaid.x;",
        f"mad.lo.u32 %r1, %r2, {threads}, %r1;", *lines,
    ])  # fmt: skip
    head = ".version 8.7\n.target sm_90a\n.visible .entry each"
    return f"{head}({parameters}) .reqntid {threads} {{\n{body}\nret;\n}}"


def results(executor, key, operations, columns, threads):
    """What an executor stores for each operation."""
    program = parse(kernel(key, operations, threads))
    count = len(columns[0])
    size = max(in_memory(WIDTHS[key[2][0]]), 2)
    buffers = [
        (f"s{i}", (column.astype(np.uint32) if kind == "pred" else column).view(np.uint8), None, 0)
        for i, (kind, column) in enumerate(zip(key[1], columns, strict=True))
    ]
    empty = np.zeros(count * size, bool)
    for one in operations:
        buffers.append((one.name, np.zeros(count * size, np.uint8), empty, 0))
    memory = Memory.of(buffers)
    places = [memory.address(i) for i in range(len(buffers))]
    executor(program, (count // threads, 1, 1), places, memory)
    return [memory.read_back(i) for i in range(len(columns), len(buffers))]


def of_16_bits(key) -> bool:
    """Whether all inputs are tried."""
    return len(key[1]) == 1 and WIDTHS[key[1][0]] == 16


WHOLE, MASKED = 64, 24
"""Threads: whole warps, and one with masks. What is masked does not depend on the instruction."""

CASES = [
    pytest.param(
        key, ones, threads, id=f"{ones[0].name}-{threads}",
        marks=[] if i % 10 == 4 else pytest.mark.exhaustive,
    )
    for i, (key, ones) in enumerate(PARTS)
    for threads in (WHOLE, MASKED)
    if i % 10 == 4 or threads == (WHOLE if i % 2 or of_16_bits(key) else MASKED)
]  # fmt: skip
"""One in ten with both, in the quick tier; of the others one each, in turn."""


@pytest.mark.parametrize(("key", "operations", "threads"), CASES)
def test_machine_code_gives_what_the_plain_twin_gives(key, operations, threads):
    all_16 = of_16_bits(key) and threads == WHOLE
    columns = sources(key, 1 << 16 if all_16 else 48 * threads)
    found = [results(one, key, operations, columns, threads) for one in (plain, fast)]
    for operation, (values, written), (machine, known) in zip(operations, *found, strict=True):
        size = values.size // len(columns[0])
        wrong = np.flatnonzero((values != machine).reshape(-1, size).any(1))
        cases = [[hex(int(column[i])) for column in columns] for i in wrong[:5]]
        assert not wrong.size, (operation.name, cases)
        assert written.all()
        assert known.all()


def test_every_instruction_is_translated():
    assert {name for name in VALUES if ".approx" not in name} == set(TRANSLATED)
    assert sum(len(ones) for _, ones in PARTS) == len(VALUES)
