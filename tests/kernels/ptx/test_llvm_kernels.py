"""Whole kernels as machine code: every byte as the plain twin leaves it, and what is refused."""

import threading

import numpy as np
import pytest
import torch

from negeig.claims import InputError, LimitReached, Unavailable
from negeig.kernels.ptx.execution import Fault
from negeig.kernels.ptx.execution import execute as plain
from negeig.kernels.ptx.executor import execute as chosen
from negeig.kernels.ptx.launching import on_cpu
from negeig.kernels.ptx.llvm import machine_code
from negeig.kernels.ptx.llvm.execution import CHUNK, execute
from negeig.kernels.ptx.parse import parse
from support import ptx_texts
from support.both_executors import Both
from support.ptx_texts import kernel, run

SEED = 20_261_201
THREADS = np.arange(64)


@pytest.fixture(scope="module")
def kernels():
    from support import mixed_kernels

    return mixed_kernels


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(ptx_texts, "execute", execute)


def normal(*shape):
    return torch.from_numpy(np.random.default_rng(SEED).standard_normal(shape).astype(np.float32))


@pytest.mark.parametrize("target", ["sm_80", "sm_90"])
@pytest.mark.parametrize(("n", "warps"), [(24, 1), (100, 2), (256, 4)])
def test_sums_over_warps(kernels, target, n, warps):
    both, x, y = Both(), normal(5, n), torch.empty(5, n)
    with on_cpu(target, executor=both, fusion=False):
        kernels.sums[(5,)](x, y, n, 1 << (n - 1).bit_length(), num_warps=warps)
    assert both.launches == 1
    assert {"shuffle", "barrier"} <= both.kinds or warps == 1
    right = x.double().cumsum(1) * x.double().sum(1, True) - x.double().amax(1, True)
    assert torch.allclose(y.double(), right, atol=1e-3)


@pytest.mark.parametrize("warps", [1, 4])
def test_short_formats_and_integers(kernels, warps):
    both, x, y, z = Both(), normal(300), torch.empty(300), torch.empty(300, dtype=torch.bfloat16)
    x[:6] = torch.tensor([0.0, -0.0, 1e-40, 6e4, float("inf"), float("nan")])
    with on_cpu("sm_90", executor=both):
        kernels.halves[(3,)](x, y, z, 300, 128, num_warps=warps)
    assert both.launches == 1
    assert z[6:].tolist() == (2 * x[6:].bfloat16()).tolist()


def test_loops_whose_length_stands_in_memory(kernels):
    both, x, y = (
        Both(),
        torch.arange(1, 101, dtype=torch.int32),
        torch.empty(100, dtype=torch.int32),
    )
    x[0] = 5
    with on_cpu("sm_90", executor=both):
        kernels.collatz[(1,)](x, y, 100, 128, num_warps=2)
    assert y[26].item() == 111 + 5  # 27 takes 111 steps


@pytest.mark.parametrize("kind", ["bfloat16", "float16", "float32"])
@pytest.mark.parametrize("warps", [1, 4])
def test_products_of_integers(kernels, kind, warps):
    import triton.language as tl

    draw = torch.Generator().manual_seed(SEED)
    a, b = (torch.randint(-8, 9, (32, 32), generator=draw).float() for _ in range(2))
    both, c = Both(), torch.empty(32, 32)
    with on_cpu("sm_80", executor=both):
        kernels.product[(1,)](a, b, c, 32, getattr(tl, kind), num_warps=warps)
    assert "matrix_product" in both.kinds
    assert torch.equal(c, (a @ b.T).T)


def test_a_product_that_rounds_is_refused(kernels):
    import triton.language as tl

    a, c = normal(32, 32), torch.empty(32, 32)
    with (
        pytest.raises(Fault, match=r"mma\.sync.*sums that round have no defined bits"),
        on_cpu("sm_80", executor=execute),
    ):
        kernels.product[(1,)](a, a, c, 32, tl.bfloat16, num_warps=1)


def test_products_of_numbers_that_no_normal_float_stands_for(monkeypatch):
    body = """ld.global.b32 %r5, [%rd2]; mov.b32 %r7, 0; mov.b32 %r8, 0x3F803F80;
    mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%r10, %r11, %r12, %r6},
    {%r5, %r5, %r5, %r5}, {OTHER, OTHER}, {%r7, %r7, %r7, %r7}; st.global.b32 [%rd4], %r6;"""
    square, same = body.replace("OTHER", "%r5"), body.replace("OTHER", "%r8")
    monkeypatch.setattr(ptx_texts, "execute", Both())
    small = np.arange(32) * 0x00800080 % 0x04000400 + 0x3F803F80  # 1 to 128
    assert run(square, small).any()
    assert run(square, np.full(32, 0x20002000)).tolist() == [0x02800000] * 32  # 16 of 2^-126
    assert run(square, np.full(32, 0x5D805D80)).tolist() == [0x7D800000] * 32  # 16 of 2^120
    for one in (plain, execute):
        monkeypatch.setattr(ptx_texts, "execute", one)
        for text, bits in (
            (square, 0x1F801F80),  # 2^-64
            (square, 0x5F805F80),  # 2^64: 16 of its square are infinite
            (same, 0x00400040),  # subnormal, times 1
        ):
            with pytest.raises(Fault, match="sums that round"):
                run(text, np.full(32, bits))


SHARED = "mov.u32 %r9, here; mad.lo.s32 %r10, %r1, 4, %r9;"
STORE = "st.global.b32 [%rd4], %r6;"


def test_another_warp_may_be_earlier_or_later():
    """What the plain twin executes in one order, no barrier in between, is refused."""
    exchange = f"""{SHARED} st.shared.b32 [%r10], %r1; BARRIER
    xor.b32 %r11, %r1, 32; mad.lo.s32 %r10, %r11, 4, %r9; ld.shared.b32 %r6, [%r10]; {STORE}"""
    found = run(exchange.replace("BARRIER", "bar.sync 0;"), THREADS, threads=64)
    assert found.tolist() == (THREADS ^ 32).tolist()
    with pytest.raises(Fault, match=r"never written|another warp wrote since the last barrier"):
        run(exchange.replace("BARRIER", ""), THREADS, threads=64)
    body = f"{SHARED} shr.u32 %r11, %r1, 5; st.shared.b32 [%r9], %r11; mov.b32 %r6, 0; {STORE}"
    with pytest.raises(Fault, match=r"thread 32 .*different values to one place at once"):
        run(body, THREADS, threads=64)
    same = body.replace("shr.u32 %r11, %r1, 5", "mov.b32 %r11, 7")
    assert not run(same, THREADS, threads=64).any()


def test_warps_part_and_meet_at_barriers_again_and_again():
    body = f"""{SHARED} mov.b32 %r6, %r1; mov.b32 %r12, 0;
    $LOOP: st.shared.b32 [%r10], %r6; bar.sync 0;
    and.b32 %r13, %r1, 3; setp.eq.b32 %p1, %r13, 0; @%p1 bra $SKIP;
    xor.b32 %r11, %r1, 33; mad.lo.s32 %r14, %r11, 4, %r9; ld.shared.b32 %r15, [%r14];
    add.s32 %r6, %r6, %r15;
    $SKIP: bar.sync 0; add.s32 %r12, %r12, 1; setp.lt.s32 %p2, %r12, 5; @%p2 bra $LOOP; {STORE}"""
    right = THREADS.copy()
    for _ in range(5):
        right = np.where(THREADS % 4 == 0, right, right + right[THREADS ^ 33])
    both = Both()
    ptx_texts.execute = both
    assert run(body, THREADS, threads=64).tolist() == right.tolist()
    assert run(body, THREADS, threads=64, blocks=2).tolist() == [*right, *right]


@pytest.mark.parametrize("threads", [32, 96])
@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("trans", ["", ".trans"])
def test_matrices_in_shared_memory(threads, count, trans, monkeypatch):
    """Rows of random places, through ``stmatrix`` and back through ``ldmatrix``."""
    monkeypatch.setattr(ptx_texts, "execute", Both())
    values = ", ".join(f"%r{20 + k}" for k in range(count))
    loads = " ".join(f"mad.lo.s32 %r{20 + k}, %r5, {2 * k + 3}, {k};" for k in range(count))
    folded = " ".join(f"mad.lo.s32 %r6, %r6, 31, %r{20 + k};" for k in range(count))
    body = f"""ld.global.b32 %r5, [%rd2]; {loads}
    shr.u32 %r7, %r1, 5; mad.lo.s32 %r8, %r7, 512, 0; and.b32 %r9, %r1, 31;
    mul.lo.s32 %r10, %r9, 11; and.b32 %r10, %r10, 31; mov.u32 %r11, here;
    mad.lo.s32 %r11, %r10, 16, %r11; add.s32 %r11, %r11, %r8;
    stmatrix.sync.aligned.m8n8.x{count}{trans}.shared.b16 [%r11], {{{values}}};
    bar.warp.sync -1; mov.b32 %r6, 1;
    ldmatrix.sync.aligned.m8n8.x{count}.shared.b16 {{{values}}}, [%r11]; {folded}
    ldmatrix.sync.aligned.m8n8.x{count}.trans.shared.b16 {{{values}}}, [%r11]; {folded}
    {STORE}"""
    text = body.replace("here", "large")
    monkeypatch.setattr(ptx_texts, "REGISTERS", ptx_texts.REGISTERS.replace(
        "here[1024]", "large[2048]"))  # fmt: skip
    draw = np.random.default_rng(SEED)
    assert run(text, draw.integers(0, 1 << 32, threads), threads=threads).any()


@pytest.mark.parametrize("size", [4, 8, 16])
def test_copies_of_bytes_that_the_threads_say(size, monkeypatch):
    both = Both()
    monkeypatch.setattr(ptx_texts, "execute", both)
    kind = "cg" if size == 16 else "ca"
    body = f"""mov.u32 %r9, here; mad.lo.s32 %r10, %r1, {size}, %r9;
    rem.u32 %r11, %r1, {size // 4 + 1}; shl.b32 %r11, %r11, 2;
    mul.wide.u32 %rd5, %r1, {size}; add.s64 %rd5, %rd5, %rd1;
    cp.async.{kind}.shared.global [%r10], [%rd5], {size}, %r11;
    cp.async.commit_group; cp.async.wait_group 0; bar.warp.sync -1;
    ld.shared.b32 %r6, [%r10+{size - 4}]; {STORE}"""
    x = np.arange(32 * size // 4) + 1
    found = run(body, x, size=32)
    last = x.reshape(32, -1)[:, -1]
    assert (
        found.tolist() == np.where(np.arange(32) % (size // 4 + 1) == size // 4, last, 0).tolist()
    )


def test_the_window_and_gathers_give_the_same(monkeypatch):
    """Far apart, near and repeated addresses of each width, with what permutes and without."""
    for width, kind in ((1, "u8"), (2, "s16"), (4, "b32")):
        for spread in (0, 1, 3, 40):
            body = f"""mul.lo.s32 %r7, %r1, 7; and.b32 %r7, %r7, 15; mul.lo.s32 %r7, %r7, {spread};
            mul.wide.u32 %rd5, %r7, {width}; add.s64 %rd5, %rd5, %rd1;
            and.b32 %r8, %r1, 5; setp.ne.b32 %p1, %r8, 1; mov.b32 %r6, 77;
            @%p1 ld.global.{kind} %r6, [%rd5]; {STORE}"""
            x = np.random.default_rng(SEED).integers(0, 1 << 32, 640)
            monkeypatch.setattr(ptx_texts, "execute", Both())
            found = run(body, x, size=32)
            machine_code.machine_code.cache_clear()
            with monkeypatch.context() as patch:
                patch.setattr(machine_code, "permutes", lambda: False)
                assert run(body, x, size=32).tolist() == found.tolist()


def test_a_nan_that_is_looked_at_is_canonical(monkeypatch):
    """Through arithmetic alone any NaN will do; through shuffles and memory its bits are seen."""
    monkeypatch.setattr(ptx_texts, "execute", Both())
    body = f"""ld.global.b32 %r5, [%rd2]; mul.f32 %r7, %r5, %r5;
    shfl.sync.bfly.b32 %r8, %r7, 1, 31, -1; add.f32 %r9, %r7, %r8;
    neg.f32 %r10, %r9; selp.f32 %r11, %r10, %r9, %p1; fma.rn.f32 %r6, %r11, %r11, %r7;
    {STORE}"""
    x = np.array([0x7F800001, 0xFFC12345, 0x3F800000, 0x7F800000] * 8, np.uint32)
    assert run(body, x).tolist() == [0x7FFFFFFF, 0x7FFFFFFF, 0x7F800000, 0x7F800000] * 8
    seen = f"""ld.global.b32 %r5, [%rd2]; mul.f32 %r7, %r5, %r5;
    shfl.sync.bfly.b32 %r8, %r7, 1, 31, -1; and.b32 %r6, %r8, 0x7FFFFFFF; {STORE}"""
    assert run(seen, x).tolist() == [0x7FFFFFFF, 0x7FFFFFFF, 0x7F800000, 0x3F800000] * 8


def test_cores_share_blocks_and_the_first_fault_is_reported(monkeypatch):
    blocks = 3 * CHUNK // 100
    monkeypatch.setattr(ptx_texts, "execute", lambda *a, **k: execute(*a, **k, cores=3))
    body = f"""ld.global.b32 %r6, [%rd2]; mov.b32 %r8, 0;
    $LOOP: mad.lo.s32 %r6, %r6, 5, 1; add.s32 %r8, %r8, 1; setp.lt.u32 %p1, %r8, 20;
    @%p1 bra $LOOP; div.u32 %r7, 6, %r6; {STORE} $unwritten: ret;"""
    x = np.full(32 * blocks, 2)
    right = 2
    for _ in range(20):
        right = right * 5 + 1
    assert (run(body, x, blocks=blocks) == right % (1 << 32)).all()
    zero = next(s for s in [pow(5, -20, 1 << 32) * -(right - 2 * 5**20) % (1 << 32)])
    x[[32 * (blocks - 1) + 3, 32 * (blocks // 2) + 9]] = zero
    with pytest.raises(Fault, match=rf"thread 9 of block {blocks // 2}: div.u32"):
        run(body, x, blocks=blocks)


@pytest.mark.parametrize("one", [execute, plain, chosen], ids=["fast", "plain", "chosen"])
def test_a_thread_that_flushes_subnormal_numbers_is_refused(one, monkeypatch):
    monkeypatch.setattr(ptx_texts, "execute", one)
    body = f"ld.global.b32 %r5, [%rd2]; add.f32 %r6, %r5, %r5; {STORE}"
    assert run(body, np.ones(32)).tolist() == [2] * 32
    if torch.set_flush_denormal(True):
        try:
            with pytest.raises(Unavailable, match="subnormal numbers are flushed"):
                run(body, np.ones(32))
        finally:
            torch.set_flush_denormal(False)


def test_steps_of_a_warp_are_counted():
    program = parse(kernel("$LOOP: add.s32 %r6, %r6, 1; bra $LOOP;"))
    with pytest.raises(LimitReached, match="stopped at 501, the limit is 500"):
        run("$LOOP: add.s32 %r6, %r6, 1; bra $LOOP;", THREADS, max_steps=500)
    assert len(program.instructions) == 10


def test_what_has_no_translation_is_refused_by_name(monkeypatch):
    from negeig.kernels.ptx.llvm import code

    monkeypatch.delitem(code.VALUES, "xor.b32")
    with pytest.raises(InputError, match=r"k: line 10: xor\.b32 is not translated"):
        run(f"xor.b32 %r6, %r1, 1; {STORE}", THREADS[:32])


def test_machine_code_runs_without_the_lock_of_the_interpreter():
    """Another thread counts while one launch runs."""
    counted, stop = [0], threading.Event()

    def count():
        while not stop.is_set():
            counted[0] += 1

    body = f"""mov.b32 %r6, 0; $LOOP: add.s32 %r6, %r6, 1; setp.lt.u32 %p1, %r6, 4000000;
    @%p1 bra $LOOP; {STORE}"""
    thread = threading.Thread(target=count)
    run(body.replace("4000000", "1"), THREADS[:32])
    thread.start()
    before = counted[0]
    try:
        run(body, THREADS[:32])
        assert counted[0] > before + 1000
    finally:
        stop.set()
        thread.join()
