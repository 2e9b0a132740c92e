"""Bits that nothing wrote: moved and computed with as long as nothing looks at what comes of it."""

import random

import numpy as np
import pytest

from negeig.kernels.ptx.execution import Fault
from negeig.kernels.ptx.operation import DTYPES, WIDTHS
from negeig.kernels.ptx.undefined import undefined_bits
from negeig.kernels.ptx.values import VALUES
from support.ptx_texts import run

SEED = 20_261_130
THREADS = np.arange(32)
COMPUTED = [name for name in VALUES if VALUES[name].results != ("pred",)]


def columns(operation, draw, count):
    return [
        np.array([draw.getrandbits(WIDTHS[kind]) for _ in range(count)], DTYPES[WIDTHS[kind]])
        for kind in operation.sources
    ]


def shadows(operation, draw, count):
    """Undefined bits of each source: none, all, some, or a half."""
    found = []
    for kind in operation.sources:
        width = WIDTHS[kind]
        ones = (1 << width) - 1
        if kind == "pred":
            found.append(None)
            continue
        kinds = (
            0,
            0,
            ones,
            ones >> width // 2,
            draw.getrandbits(width),
            1 << draw.randrange(width),
        )
        found.append(np.array([draw.choice(kinds) for _ in range(count)], DTYPES[width]))
    return found


@pytest.mark.parametrize("letter", sorted({name[0] for name in COMPUTED}))
def test_bits_that_are_called_defined_do_not_depend_on_undefined_ones(letter):
    """The definition: fill the undefined bits in another way, and compare the others."""
    names = [name for name in COMPUTED if name[0] == letter]
    for name in names:
        operation, draw, count = VALUES[name], random.Random(f"{SEED} {name}"), 60
        sources, hidden = columns(operation, draw, count), shadows(operation, draw, count)
        others = [
            source if bits is None else source ^ (other & bits)
            for source, other, bits in zip(
                sources, columns(operation, draw, count), hidden, strict=True
            )
        ]
        with np.errstate(all="ignore"):
            undefined = undefined_bits(operation, sources, hidden)
            assert (undefined_bits(operation, others, hidden) == undefined).all(), name
            first, second = operation.array(*sources), operation.array(*others)
        assert undefined.dtype == first.dtype
        known = np.ones(count, bool)
        if operation.defined is not None:
            known = operation.defined(*sources) & operation.defined(*others)
        assert not ((first ^ second) & ~undefined)[known].any(), name
        untouched = np.logical_and.reduce(
            [np.ones(count, bool), *(bits == 0 for bits in hidden if bits is not None)]
        )
        assert not undefined[untouched].any(), name


def test_a_bit_that_is_called_undefined_mostly_is():
    """Moves keep bits apart; a sum is undefined as a whole."""
    word, low = np.array([0x12345678], np.uint32), np.array([0xF0], np.uint32)

    def of(name, *sources):
        bits = [np.array([x], np.uint32) for x in sources]
        return int(undefined_bits(VALUES[name], [word, *bits], [low, *[None] * len(bits)])[0])

    assert of("mov.b32") == of("not.b32") == of("xor.b32", 5) == 0xF0
    assert of("shl.b32", 4) == 0xF00
    assert of("and.b32", 0x3C) == 0x30
    assert of("or.b32", 0x3C) == 0xC0
    assert of("prmt.b32", 0, 0x4404) == 0xF000
    assert of("add.u32", 0) == of("mul.lo.u32", 0) == of("fma.rn.f32", 0, 0) == 0xFFFFFFFF
    assert of("add.f16x2", 0) == 0xFFFF


LOAD, STORE = "ld.global.b32 %r5, [%rd2];", "st.global.b32 [%rd4], %r6;"
WRITTEN = np.repeat(THREADS % 2 == 0, 4)
"""Bytes of every second word."""


def reads(body, **options):
    return run(f"{LOAD} and.b32 %r7, %r1, 1; setp.eq.b32 %p1, %r7, 0; {body}",
               THREADS + 100, written=WRITTEN, **options)  # fmt: skip


@pytest.mark.parametrize(
    "moved",
    [
        "mov.b32 %r6, %r5;",
        "neg.f32 %r8, %r5; neg.f32 %r6, %r8;",  # no NaN among these numbers
        "mov.b32 {%h1, %h2}, %r5; mov.b32 %r6, {%h1, %h2};",
        "shfl.sync.bfly.b32 %r8, %r5, 2, 31, -1; shfl.sync.bfly.b32 %r6, %r8, 2, 31, -1;",
        """mov.u32 %r9, here; mad.lo.s32 %r10, %r1, 4, %r9; st.shared.b32 [%r10], %r5;
        ld.shared.b32 %r6, [%r10];""",
        """mov.u32 %r9, here; mad.lo.s32 %r10, %r1, 4, %r9;
        cp.async.ca.shared.global [%r10], [%rd2], 4; cp.async.wait_all;
        ld.shared.b32 %r6, [%r10];""",
        """mov.u32 %r9, here; mad.lo.s32 %r10, %r1, 16, %r9;
        stmatrix.sync.aligned.m8n8.x1.shared.b16 [%r10], {%r5}; bar.warp.sync -1;
        ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r6}, [%r10];""",
        "@%p1 mov.b32 %r6, %r5; @!%p1 add.s32 %r6, %r5, 1;",
    ],
)
def test_what_is_moved_and_thrown_away_may_be_undefined_and_what_is_kept_not(moved):
    chosen = f"{moved} selp.b32 %r6, %r6, 7, %p1; {STORE}"
    assert reads(chosen).tolist() == np.where(THREADS % 2, 7, THREADS + 100).tolist()
    kept = chosen.replace("%r6, 7, %p1", "7, %r6, %p1")
    for body in (f"{moved} {STORE}", kept):
        with pytest.raises(
            Fault,
            match=r"thread 1 of block 0: st.* writes what was never written, read by ld.global",
        ):
            reads(body)


@pytest.mark.parametrize(
    ("used", "by"),
    [
        ("setp.eq.b32 %p2, %r5, 0;", "setp.eq.b32"),
        ("shfl.sync.idx.b32 %r8, %r1, %r5, 31, -1;", "shfl"),
        ("and.b32 %r8, %r5, 4; mul.wide.u32 %rd6, %r8, 1; add.s64 %rd7, %rd3, %rd6;"
         "st.global.b32 [%rd7], %r1;", "st.global.b32"),
        ("and.b32 %r8, %r5, 4; mov.u32 %r9, here; add.u32 %r9, %r9, %r8;"
         "ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r8}, [%r9];", "ldmatrix"),
        ("cp.async.ca.shared.global [%r9], [%rd2], 4, %r5;", "cp.async"),
        ("redux.sync.add.u32 %r8, %r5, -1;", "redux.sync"),
        ("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%r10, %r11, %r12, %r13},"
         "{%r1, %r1, %r1, %r5}, {%r1, %r1}, {%r1, %r1, %r1, %r1};", "mma.sync"),
    ],
)  # fmt: skip
def test_what_decides_something_is_defined(used, by):
    used = used.replace("[%r9], [%rd2]", "[%r14], [%rd2]")
    setup = "mov.u32 %r14, here; mad.lo.s32 %r14, %r1, 4, %r14; mov.b32 %r6, 0;"
    with pytest.raises(Fault, match=rf"thread 1 of block 0: {by}.*: uses what was never written"):
        reads(f"{setup} {used} {STORE}")


def test_a_register_written_anew_is_defined_again():
    body = f"mov.b32 %r6, %r5; @!%p1 mov.b32 %r6, 7; {STORE}"
    assert reads(body).tolist() == np.where(THREADS % 2, 7, THREADS + 100).tolist()
    with pytest.raises(Fault, match=r"thread 1 of block 0.*writes what was never written"):
        reads(body.replace("@!%p1", "@%p1"))


def test_halves_of_a_word_are_told_apart():
    written = np.tile([True, True, False, False], 32)
    body = f"{LOAD} mov.b32 {{%h1, %h2}}, %r5; HALF; cvt.u32.u16 %r6, %h3; {STORE}"
    x = THREADS + 5
    low = body.replace("HALF", "mov.b16 %h3, %h1")
    assert run(low, x, written=written).tolist() == x.tolist()
    with pytest.raises(Fault, match="writes what was never written"):
        run(body.replace("HALF", "mov.b16 %h3, %h2"), x, written=written)


def test_a_register_is_undefined_until_it_is_written():
    body = f"mov.b32 {{%h1, %h2}}, %r1; mov.b32 %r6, {{%h1, %h3}}; and.b32 %r6, %r6, MASK; {STORE}"
    assert run(body.replace("MASK", "0xFFFF"), THREADS).tolist() == THREADS.tolist()
    with pytest.raises(Fault, match=r"thread 0 .* writes what was never written, register %h3"):
        run(body.replace("MASK", "0x1FFFF"), THREADS)
    some = f"setp.ne.b32 %p1, %r1, 9; @%p1 mov.b32 %r6, 1; {STORE}"
    with pytest.raises(Fault, match=r"thread 9 .* writes what was never written, register %r6"):
        run(some, THREADS)
