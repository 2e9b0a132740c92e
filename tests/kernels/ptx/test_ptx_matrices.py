"""Matrices of a warp: which lane holds which element, and which sums have defined bits."""

import numpy as np
import pytest

from negeig.kernels.ptx.execution import Fault
from negeig.kernels.ptx.matrices import SHAPES, product
from support.ptx_texts import run

SEED = 20_261_130
LANES = np.arange(32)
BF16, F16, TF32 = SHAPES


def held(kind, numbers):
    """Bits of numbers that a format holds."""
    wide = np.asarray(numbers, np.float32).view(np.uint32)
    if kind == "f16":
        return np.asarray(numbers, np.float16).view(np.uint16).astype(np.uint32)
    return wide >> np.uint32(16) if kind == "bf16" else wide


def place(operand, register, element, lane, packed):
    """Row and column of an element, as the PTX manual says for m16n8k16 and m16n8k8."""
    group, thread = lane // 4, lane % 4
    if operand == "c":
        return group + 8 * (register >= 2), 2 * thread + register % 2
    if operand == "a":
        row = group + 8 * (register in (1, 3))
        return row, packed * thread + element + 4 * packed * (register >= 2)
    return packed * thread + element + 4 * packed * register, group  # b: row k, column n


def spread(kind, operand, matrix, packed):
    """Registers of all lanes that hold a matrix."""
    count = {"a": 4, "b": 2, "c": 4}[operand]
    registers = []
    for register in range(count):
        words = np.zeros(32, np.uint32)
        for lane in range(32):
            for element in range(1 if operand == "c" else packed):
                bits = held(kind, matrix[place(operand, register, element, lane, packed)])
                words[lane] |= np.uint32(int(bits) << (16 * element))
        registers.append(words)
    return registers


@pytest.mark.parametrize("name", SHAPES)
def test_a_product_of_integers_is_exact(name):
    shape, draw = SHAPES[name], np.random.default_rng(SEED)
    a, b, c = (
        draw.integers(-100, 101, size).astype(np.float32)
        for size in ((16, shape.depth), (shape.depth, 8), (16, 8))
    )
    found, defined = product(
        shape, spread(shape.type, "a", a, shape.packed), spread(shape.type, "b", b, shape.packed),
        spread("f32", "c", c, 1),
    )  # fmt: skip
    assert defined.all()
    right = a @ b + c
    for register in range(4):
        expected = [right[place("c", register, 0, lane, 1)] for lane in range(32)]
        assert found[register].view(np.float32).tolist() == expected


@pytest.mark.parametrize(
    ("terms", "addend", "exact"),
    [
        ([1.0, 1.0], 0.0, True),
        ([2.0**12, 2.0**-11], 0.0, True),  # 2^23 units and one
        ([2.0**13, 2.0**-11], 0.0, False),  # more than 2^24 units together
        ([2.0**13, -(2.0**13), 2.0**-11], 0.0, False),  # exact in this order, not in every one
        ([1.0], 2.0**24, False),
        ([1.0], 2.0**24 - 2, True),
        ([1.0], np.inf, False),
        ([1.0], np.nan, False),
        ([2.0**-126], 0.0, True),  # the last normal number
        ([1.0], 2.0**-127, False),  # subnormal: what it counts as is not specified
        ([2.0**127, 2.0**127], -(2.0**127), False),  # infinite on the way, in some order
        ([2.0**127, 2.0**126], 0.0, True),
        ([0.0, -0.0], -0.0, True),
        ([-0.0] * 16, -0.0, True),
    ],
)
def test_only_sums_that_no_order_changes_are_defined(terms, addend, exact):
    shape = SHAPES[BF16]
    a, b, c = np.zeros((16, 16)), np.zeros((16, 8)), np.zeros((16, 8))
    a[3, : len(terms)] = terms
    b[: len(terms), 5] = 1
    c[3, 5] = addend
    found, defined = product(
        shape, spread("bf16", "a", a, 2), spread("bf16", "b", b, 2), spread("f32", "c", c, 1)
    )
    lane = next(i for i in range(32) if place("c", 1, 0, i, 1) == (3, 5))
    assert bool(defined[lane]) is exact
    assert defined[lane != LANES].all()
    if exact:
        total = np.float32(sum(terms) + addend)
        assert found[1][lane] == (total + 0).view(np.uint32)  # a sum that is 0 is +0


def test_a_subnormal_factor_leaves_its_row_undefined():
    a, b = np.ones((16, 16)), np.ones((16, 8))
    a[3, 2] = 2.0**-127
    c = spread("f32", "c", np.zeros((16, 8)), 1)
    left, right = spread("bf16", "a", a, 2), spread("bf16", "b", b, 2)
    _, defined = product(SHAPES[BF16], left, right, c)
    assert defined.tolist() == [lane // 4 != 3 for lane in range(32)]


SETUP = """mov.u32 %r9, here; mad.lo.s32 %r10, %r1, 16, %r9;
shl.b32 %r11, %r4, 2; mul.wide.u32 %rd6, %r11, 4; add.s64 %rd7, %rd1, %rd6;
add.s64 %rd8, %rd3, %rd6;
"""
"""Thread i has row i of four matrices: 16 bytes at [%r10], [%rd7] of x and [%rd8] of y."""


def load(matrices, transposed):
    """What ldmatrix.x4 gives each lane, element by element, from (32 rows, 8 halves)."""
    found = np.zeros((32, 4, 2), np.uint16)
    for lane in range(32):
        for m in range(4):
            for e in range(2):
                row, column = lane // 4, 2 * (lane % 4) + e
                if transposed:
                    row, column = column, row
                found[lane, m, e] = matrices[8 * m + row, column]
    return found.reshape(32, 8).view(np.uint32).reshape(-1)


@pytest.mark.parametrize("trans", ["", ".trans"])
def test_matrices_are_loaded_and_stored(trans):
    halves = np.arange(256, dtype=np.uint16).reshape(32, 8) + 1000
    x = halves.reshape(-1).view(np.uint32)
    copied = (
        f"{SETUP} cp.async.cg.shared.global [%r10], [%rd7], 16; cp.async.wait_group 0; bar.sync 0;"
    )
    words = "{%r20, %r21, %r22, %r23}"
    loaded = f"ldmatrix.sync.aligned.m8n8.x4{trans}.shared.b16 {words}, [%r10];"
    found = run(f"{copied} {loaded} st.global.v4.b32 [%rd8], {words};", x, size=128)
    assert found.tolist() == load(halves, bool(trans)).tolist()
    back = f"""{copied} {loaded} bar.sync 0; st.shared.b32 [%r10], %r1; bar.sync 0;
    stmatrix.sync.aligned.m8n8.x4{trans}.shared.b16 [%r10], {words}; bar.sync 0;
    ld.shared.v4.b32 {words}, [%r10]; st.global.v4.b32 [%rd8], {words};"""
    assert run(back, x, size=128).tolist() == x.tolist()


def test_a_copy_of_fewer_bytes_fills_with_zeros_and_reads_no_more():
    body = f"""{SETUP} and.b32 %r5, %r1, 1; setp.eq.b32 %p1, %r5, 0; selp.b32 %r6, 16, 0, %p1;
    cp.async.cg.shared.global [%r10], [%rd7], 16, %r6; bar.sync 0;
    ld.shared.v4.b32 {{%r20, %r21, %r22, %r23}}, [%r10];
    st.global.v4.b32 [%rd8], {{%r20, %r21, %r22, %r23}};"""
    x = np.arange(128, dtype=np.uint32) + 7
    right = np.where(np.arange(128) // 4 % 2 == 0, x, 0)
    assert run(body, x, size=128).tolist() == right.tolist()
    short = x[:124]  # the last thread copies nothing, so it may point behind the end
    assert run(body, short, size=128).tolist() == right.tolist()
    with pytest.raises(Fault, match=r"thread 31 .*out of bounds"):
        run(body.replace("16, 0, %p1", "16, 4, %p1"), short, size=128)


def test_a_product_that_rounds_is_refused_with_its_instruction():
    body = f"""mov.b32 %r5, 0x3F803F81; mov.b32 %r6, 0x4B800000;
    {BF16} {{%r20, %r21, %r22, %r23}}, {{%r5, %r5, %r5, %r5}}, {{%r5, %r5}}, {{%r6, %r6, %r6, %r6}};
    st.global.b32 [%rd4], %r20;"""
    with pytest.raises(Fault, match=r"thread 0 .*m16n8k16.*line \d+: sums that round"):
        run(body, LANES)
    assert run(body.replace("0x4B800000", "0"), LANES).tolist() == [
        int(np.float32(8 + 8 * 1.0078125**2).view(np.uint32))
    ] * 32  # fmt: skip
