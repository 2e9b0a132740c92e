"""Threads that part and meet, wait for each other, and do what no kernel may do."""

import numpy as np
import pytest

from negeig.claims import InputError, LimitReached
from negeig.kernels.implementation import Undetermined
from negeig.kernels.ptx.execution import TOGETHER, Fault, execute
from negeig.kernels.ptx.llvm.execution import execute as execute_fast
from negeig.kernels.ptx.parse import parse
from support import ptx_texts
from support.ptx_texts import kernel, run

THREADS = np.arange(32)
LOAD, STORE = "ld.global.b32 %r5, [%rd2];\n", "st.global.b32 [%rd4], %r6;\n"


@pytest.fixture(autouse=True, params=[execute, execute_fast], ids=["plain", "fast"])
def executor(request, monkeypatch):
    monkeypatch.setattr(ptx_texts, "execute", request.param)


def test_threads_that_part_meet_again():
    body = f"""{LOAD} and.b32 %r7, %r1, 1; setp.eq.b32 %p1, %r7, 0;
    @%p1 bra EVEN;
    $ODD: mul.lo.s32 %r6, %r5, 3; bra.uni $END;
    EVEN: add.s32 %r6, %r5, 100;
    $END: shfl.sync.bfly.b32 %r6, %r6, 1, 31, -1; {STORE}"""
    body = body.replace("EVEN", "$EVEN")
    x = THREADS + 7
    expected = np.where(THREADS % 2 == 0, x + 100, 3 * x)
    assert run(body, x).tolist() == expected[THREADS ^ 1].tolist()


def test_a_loop_of_another_length_in_each_thread():
    body = f"""{LOAD} mov.b32 %r6, 0; mov.b32 %r7, 1;
    setp.eq.b32 %p1, %r5, 0; @%p1 bra $END;
    $LOOP: mad.lo.s32 %r6, %r7, %r7, %r6; add.s32 %r7, %r7, 1; setp.le.u32 %p1, %r7, %r5;
    @%p1 bra $LOOP;
    $END: {STORE}"""
    x = THREADS * 5 % 13
    assert run(body, x).tolist() == [sum(i * i for i in range(n + 1)) for n in x.tolist()]


def test_an_endless_loop_is_stopped():
    with pytest.raises(LimitReached, match="instructions of k: stopped at 1,001"):
        run("$LOOP: add.s32 %r6, %r6, 1; bra $LOOP;", THREADS, max_steps=1000)


def test_warps_meet_at_barriers_wherever_they_stand():
    # The first warp writes before one barrier, the others read behind another of the same number.
    body = f"""mov.u32 %r9, here; mad.lo.s32 %r10, %r1, 4, %r9; {LOAD}
    setp.lt.u32 %p1, %r1, 32; @!%p1 bra $REST;
    st.shared.b32 [%r10], %r5; bar.sync 0; mov.b32 %r6, %r5; bra $END;
    $REST: bar.sync 0; and.b32 %r11, %r1, 31; mad.lo.s32 %r10, %r11, 4, %r9;
    ld.shared.b32 %r6, [%r10];
    $END: {STORE}"""
    x = np.arange(96) + 5
    assert run(body, x, threads=96).tolist() == (x[np.arange(96) % 32]).tolist()


def test_without_the_barrier_the_same_reads_what_was_never_written():
    body = f"""mov.u32 %r9, here; mad.lo.s32 %r10, %r1, 4, %r9;
    ld.shared.b32 %r6, [%r10]; bar.sync 0; st.shared.b32 [%r10], %r1; {STORE}"""
    with pytest.raises(
        Fault, match=r"thread 0 of block 0: .*what was never written.*4 bytes at shared memory . 0"
    ):
        run(body, THREADS)


@pytest.mark.parametrize(
    "ends",
    [
        "@%p1 ret; bar.sync 0; mov.b32 %r6, 1; bra $END;",  # before the others come
        "@%p1 bra $LATE; bar.sync 0; mov.b32 %r6, 1; bra $END; $LATE: ret;",  # and behind them
    ],
)
def test_a_thread_that_has_ended_does_not_hold_up_a_barrier(ends):
    body = f"mov.b32 %r6, 7; {STORE} setp.lt.u32 %p1, %r1, 5; {ends} $END: {STORE}"
    assert run(body, THREADS).tolist() == [7] * 5 + [1] * 27


def test_a_barrier_at_the_end_is_waited_for():
    body = f"mov.b32 %r6, 7; {STORE} setp.eq.b32 %p1, %r1, 3; @%p1 bar.sync 1; bar.sync 0;"
    with pytest.raises(Fault, match=r"bar.sync.*waits for ever|ret.*waits for ever"):
        run(body, THREADS)


def test_threads_that_wait_for_ever_are_named():
    body = f"""mov.b32 %r6, 0; {STORE} setp.eq.b32 %p1, %r1, 3; @%p1 bra $OTHER;
    bar.sync 0; bra $END; $OTHER: bar.sync 1; $END: ret;"""
    with pytest.raises(Fault, match="waits for ever"):
        run(body, THREADS)
    with pytest.raises(Fault, match=r"shfl.*waits for ever"):
        run(
            f"mov.b32 %r6, 0; {STORE} setp.eq.b32 %p1, %r1, 3; @%p1 ret;"
            "shfl.sync.idx.b32 %r6, %r1, 0, 31, -1;",
            THREADS,
        )


@pytest.mark.parametrize(
    ("mode", "by", "clamp", "partner"),
    [
        ("bfly", 5, 31, lambda i: i ^ 5),
        ("up", 3, 0, lambda i: i - 3 if i >= 3 else i),
        ("down", 3, 31, lambda i: i + 3 if i + 3 < 32 else i),
        ("idx", 9, 31, lambda i: 9),
        # Segments of 8: a mask of 24 in bits 8 to 12, the last lane of each as the limit.
        ("idx", 2, 24 << 8 | 7, lambda i: i // 8 * 8 + 2),
        ("down", 1, 24 << 8 | 7, lambda i: i + 1 if i % 8 < 7 else i),
        ("up", 1, 24 << 8, lambda i: i - 1 if i % 8 else i),
        ("bfly", 9, 24 << 8 | 7, lambda i: i ^ 9 if (i ^ 9) <= i | 7 else i),
    ],
)
def test_shuffles(mode, by, clamp, partner):
    body = f"{LOAD} shfl.sync.{mode}.b32 %r6, %r5, {by}, {clamp}, -1; {STORE}"
    x = THREADS * 17 + 1
    assert run(body, x).tolist() == [x[partner(i)] for i in range(32)]


@pytest.mark.parametrize("late", ["setp.lt.u32 %p1, %r1, 16;", "setp.ge.u32 %p1, %r1, 5;"])
def test_a_shuffle_waits_for_threads_that_come_from_behind_it(late):
    body = f"""{LOAD} {late} @%p1 bra $FAR;
    $MEET: shfl.sync.bfly.b32 %r6, %r5, 16, 31, -1; {STORE} ret;
    $FAR: add.s32 %r5, %r5, 1000; bra $MEET;"""
    x = THREADS + 3
    far = THREADS < 16 if "lt" in late else THREADS >= 5
    assert run(body, x).tolist() == (x + 1000 * far)[THREADS ^ 16].tolist()


def test_a_shuffle_is_among_the_threads_of_its_mask():
    body = f"""{LOAD} setp.lt.u32 %p1, %r1, 16; @%p1 bra $LOW;
    shfl.sync.idx.b32 %r6, %r5, 20, 31, 0xFFFF0000; bra $END;
    $LOW: shfl.sync.idx.b32 %r6, %r5, 3, 31, 0x0000FFFF;
    $END: {STORE}"""
    x = THREADS + 3
    assert run(body, x).tolist() == [x[3]] * 16 + [x[20]] * 16
    with pytest.raises(Fault, match="takes no part"):
        run(body.replace(", 20, 31", ", 2, 31"), x)


def test_a_guard_keeps_registers_and_makes_no_access():
    body = f"""mov.b32 %r6, 9; setp.lt.u32 %p1, %r1, 4; @%p1 ld.global.b32 %r6, [%rd2];
    {STORE} @!%p1 add.s32 %r6, %r6, 1; @!%p1 st.global.b32 [%rd4], %r6;"""
    assert run(body, [1, 2, 3, 4]).tolist() == [1, 2, 3, 4] + [10] * 28


def test_hints_about_caches_change_nothing():
    body = """createpolicy.fractional.L2::evict_first.b64 %rd9, 1.0;
    ld.global.nc.L1::evict_last.L2::cache_hint.b32 %r6, [%rd2], %rd9; fence.proxy.async.shared::cta;
    st.global.L1::evict_first.L2::cache_hint.b32 [%rd4], {%r6}, %rd9;"""
    assert run(body, THREADS + 9).tolist() == (THREADS + 9).tolist()


def test_vectors_and_halves():
    body = """and.b32 %r7, %r1, 1; setp.eq.b32 %p1, %r7, 0; @!%p1 ret;
    ld.global.v2.b32 {%r5, %r6}, [%rd2]; mov.b32 {%h1, %h2}, %r5; mov.b32 %r8, {%h2, %h1};
    st.global.v2.b32 [%rd4], {%r6, %r8};"""
    x = THREADS * 0x10001 + 0x50003
    swapped = x.reshape(-1, 2)[:, ::-1].reshape(-1).copy()
    swapped[1::2] = (swapped[1::2] >> 16) | (swapped[1::2] & 0xFFFF) << 16
    assert run(body, x).tolist() == swapped.tolist()


def test_smaller_types_are_extended_as_they_say():
    body = f"""{LOAD} ld.global.s8 %r6, [%rd2]; {STORE}"""
    assert run(body, [0x80 + i for i in range(32)])[0] == 0xFFFFFF80
    body = f"""{LOAD} ld.global.u8 %r6, [%rd2]; {STORE}"""
    assert run(body, [0x80 + i for i in range(32)])[0] == 0x80


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("ld.global.b32 %r6, [%rd2+4];", "thread 31 of block 0.*reads out of bounds: 4 bytes at x"),
        ("ld.global.b32 %r6, [%rd2+-4];", "thread 0 of block 0.*out of bounds: 4 bytes at x . -4"),
        ("ld.global.b32 %r6, [%rd2+2];", "reads at no multiple of 4"),
        ("ld.global.v4.b32 {%r6, %r7, %r8, %r9}, [%rd2];", "thread 1.*at no multiple of 16"),
        ("ld.global.b32 %r6, [%rd4]; st.global.b32 [%rd4], %r6;", "never written.* bytes at y . 0"),
        ("st.global.b32 [%rd4+64], %r1;", "thread 16.*writes out of bounds: 4 bytes at y . 128"),
        ("st.global.b32 [%rd3], %r1;", "different values to one place"),
        ("ld.shared.b32 %r6, [4];", "out of bounds: 4 bytes at shared memory"),
        ("ld.global.b32 %r6, [0];", "out of bounds: 4 bytes at address 0x0"),
        ("mov.b32 %r6, 0; div.u32 %r6, %r1, %r6;", "div.u32.*of 0x0, 0x0 has no defined bits"),
        ("ex2.approx.f32 %r6, 0f3F000000;", "ex2.approx.f32.*0x3f000000 has no defined bits"),
    ],
)  # fmt: skip
def test_what_no_kernel_may_do_is_named_with_thread_and_line(body, message):
    with pytest.raises(Fault, match=message) as fault:
        run(f"{body} $unwritten: ret;", THREADS)
    assert fault.match(r"^k: thread \d+ of block 0: [a-z0-9.]+, line 10: ")
    assert isinstance(fault.value, Undetermined) == ("no defined bits" in message)


def test_the_same_value_to_one_place_is_no_race():
    body = f"mov.b32 %r6, 5; st.global.b32 [%rd3], %r6; {STORE}"
    assert run(body, THREADS).tolist() == [5] * 32


def test_bytes_of_the_input_that_are_not_written_are_found():
    written = np.ones(128, bool)
    written[4 * 7 + 1] = False
    with pytest.raises(Fault, match=r"thread 7 .*never written.* 4 bytes at x \+ 28"):
        run(f"ld.global.b32 %r6, [%rd2]; {STORE}", THREADS, written=written)


def test_blocks_are_executed_in_groups_and_keep_their_shared_memory_apart():
    blocks = TOGETHER // 32 + 3
    body = f"""mov.u32 %r9, here; mad.lo.s32 %r10, %r1, 4, %r9; {LOAD} st.shared.b32 [%r10], %r5;
    bar.sync 0; xor.b32 %r11, %r1, 31; mad.lo.s32 %r10, %r11, 4, %r9;
    ld.shared.b32 %r6, [%r10]; {STORE}"""
    x = np.arange(32 * blocks) * 3
    found = run(body, x, blocks=blocks)
    assert found.tolist() == x.reshape(-1, 32)[:, ::-1].reshape(-1).tolist()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (kernel("frob.s32 %r1, %r2; ret;"), "line 10: frob.s32 is not known"),
        (kernel("add.rq.f32 %r1, %r2, %r3;"), "add.rq.f32 is not known"),
        (kernel("add.s32 %r1, %r2;"), "add.s32: expected 3 operands, found 2"),
        (kernel("add.s32 %r1, %r2, %rd1;"), "expected a register of 32 bits, found %rd1 of 64"),
        (kernel("add.s64 %rd1, %rd2, %tid.x;"), "expected a value of 64 bits"),
        (kernel("mov.u32 %r1, %clock;"), "register %clock is not known"),
        (kernel("bra $NOWHERE;"), r"no label \$NOWHERE"),
        (kernel("add.s32 5, %r2, %r3;"), "expected a register to write"),
        (kernel("@%r1 ret;"), "expected a predicate register behind @"),
        (kernel("ld.global.v2.b32 {%r1}, [%rd1];"), "expected 2 elements in braces"),
        (kernel("ret;", version="9.0"), "line 1: expected version 8.7 or older, found 9.0"),
        (kernel("ret;") + kernel("ret;"), "expected one kernel, found another"),
        (kernel("ret;", threads="8, 8"), "expected blocks of one dimension"),
        (".version 8.7\n", "expected a kernel"),
        ("", "expected .version"),
        ("int main() {}", "line 1: expected a directive, found 'int'"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_refused_by_name(text, message):
    with pytest.raises(InputError, match=message):
        parse(text)


def test_every_problem_of_a_text_is_named():
    with pytest.raises(InputError) as error:
        parse(kernel("one.s32 %r1;\ntwo.s32 %r2;\nadd.s32 %r1;"))
    assert [problem.split(": ")[1] for problem in error.value.problems] == [
        "one.s32 is not known",
        "two.s32 is not known",
        "add.s32",
    ]


def test_registers_of_a_block_hide_those_around_it():
    body = f"""mov.b32 %r6, 1; {{ .reg .b32 %r6; mov.b32 %r6, 2; }} {STORE}"""
    assert run(body, THREADS).tolist() == [1] * 32
