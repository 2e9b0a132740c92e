"""Two threads at one place in shared memory with nothing between them: found, with both."""

import numpy as np
import pytest

from negeig.kernels.ptx.execution import Fault
from support.ptx_texts import run

SETUP = """mov.u32 %r9, here; mad.lo.s32 %r10, %r1, 4, %r9; ld.global.b32 %r5, [%rd2];
xor.b32 %r11, %r1, OTHER; mad.lo.s32 %r12, %r11, 4, %r9;
"""
"""[%r10] is the thread's own word in shared memory, [%r12] that of another thread."""

STORE = "st.global.b32 [%rd4], %r6;"
EXCHANGE = f"{SETUP} st.shared.b32 [%r10], %r5; BETWEEN ld.shared.b32 %r6, [%r12]; {STORE}"


@pytest.mark.parametrize(
    ("other", "barrier"), [(1, "bar.warp.sync -1;"), (1, "bar.sync 0;"), (32, "bar.sync 0;")]
)
def test_a_read_of_what_another_wrote_needs_a_barrier(other, barrier):
    body, x = EXCHANGE.replace("OTHER", str(other)), np.arange(64) + 7
    right = x[np.arange(64) ^ other].tolist()
    assert run(body.replace("BETWEEN", barrier), x, threads=64).tolist() == right
    with pytest.raises(
        Fault, match=rf"thread 0 of block 0: ld.shared.* reads what thread {other} wrote since"
    ):
        run(body.replace("BETWEEN", ""), x, threads=64)


def test_a_barrier_of_a_warp_does_not_order_another_warp():
    body = EXCHANGE.replace("OTHER", "32").replace("BETWEEN", "bar.warp.sync -1;")
    with pytest.raises(Fault, match="reads what thread 32 wrote since the last barrier"):
        run(body, np.arange(64), threads=64)


def test_a_barrier_that_only_some_reach_in_time_is_one_for_all():
    """Warps come to the barrier from different places; behind it both may read."""
    body = EXCHANGE.replace("OTHER", "32").replace(
        "BETWEEN",
        "setp.lt.u32 %p1, %r1, 32; @%p1 bra $A; bar.sync 0; bra $B; $A: bar.sync 0; $B: ",
    )
    x = np.arange(64) + 7
    assert run(body, x, threads=64).tolist() == x[np.arange(64) ^ 32].tolist()


@pytest.mark.parametrize(("barrier", "is_race"), [("bar.sync 0;", False), ("", True)])
def test_a_write_to_what_another_read_needs_a_barrier(barrier, is_race):
    body = f"""{SETUP} st.shared.b32 [%r10], %r5; bar.sync 0; ld.shared.b32 %r6, [%r12]; {barrier}
    st.shared.b32 [%r10], %r1; {STORE}""".replace("OTHER", "32")
    if is_race:
        with pytest.raises(
            Fault, match=r"thread 0 of block 0: st.shared.* writes what thread 32 read since"
        ):
            run(body, np.arange(64), threads=64)
    else:
        assert run(body, np.arange(64), threads=64).any()


@pytest.mark.parametrize("readers", ["%r10", "%r9"])
def test_one_of_many_readers_is_enough(readers):
    """All read their own word, or all the first; then thread 5 writes to the first."""
    body = f"""{SETUP} st.shared.b32 [%r10], %r5; bar.sync 0; ld.shared.b32 %r6, [{readers}];
    setp.eq.b32 %p1, %r1, 5; @%p1 st.shared.b32 [%r9], %r1; {STORE}""".replace("OTHER", "1")
    with pytest.raises(
        Fault, match=r"thread 5 of block 0: st.shared.* writes what thread \d+ read"
    ):
        run(body, np.arange(64), threads=64)


def test_a_reader_who_writes_then_does_not_hide_another():
    body = f"""{SETUP} st.shared.b32 [%r10], %r5; bar.sync 0; mov.b32 %r6, 0;
    setp.eq.b32 %p1, %r1, 9; setp.eq.b32 %p2, %r1, 5;
    @%p1 ld.shared.b32 %r6, [%r9]; @%p2 ld.shared.b32 %r6, [%r9]; BETWEEN
    @%p2 st.shared.b32 [%r9], %r1; {STORE}""".replace("OTHER", "1")
    assert run(body.replace("BETWEEN", "bar.sync 0;"), np.arange(64) + 7, threads=64).any()
    with pytest.raises(Fault, match=r"thread 5 of .*st.shared.* writes what thread 9 read since"):
        run(body.replace("BETWEEN", ""), np.arange(64), threads=64)


def test_two_that_write_the_same_are_no_race_and_others_are():
    body = f"""{SETUP} mov.b32 %r6, 3; mov.b32 %r7, VALUE;
    setp.eq.b32 %p1, %r1, 5; @%p1 st.shared.b32 [%r9], %r6;
    setp.eq.b32 %p1, %r1, 9; @%p1 st.shared.b32 [%r9], %r7; {STORE}""".replace("OTHER", "1")
    assert run(body.replace("VALUE", "3"), np.arange(32)).tolist() == [3] * 32
    with pytest.raises(
        Fault, match=r"thread 9 of block 0: .* and thread 5 wrote different values to one place"
    ):
        run(body.replace("VALUE", "4"), np.arange(32))


def test_a_matrix_that_others_stored_needs_a_barrier():
    body = f"""{SETUP} st.shared.b32 [%r10], %r5; BETWEEN shl.b32 %r13, %r1, 4;
    and.b32 %r13, %r13, 0x7F; add.u32 %r13, %r13, %r9;
    ldmatrix.sync.aligned.m8n8.x1.shared.b16 {{%r6}}, [%r13]; {STORE}""".replace("OTHER", "1")
    x = np.arange(32) + 1
    assert run(body.replace("BETWEEN", "bar.warp.sync -1;"), x).tolist() == x.tolist()
    with pytest.raises(Fault, match=r"ldmatrix.* reads what thread \d+ wrote"):
        run(body.replace("BETWEEN", ""), x)
    copied = body.replace(
        "st.shared.b32 [%r10], %r5;", "cp.async.ca.shared.global [%r10], [%rd2], 4;"
    )
    assert run(copied.replace("BETWEEN", "bar.warp.sync -1;"), x).tolist() == x.tolist()
    with pytest.raises(Fault, match=r"ldmatrix.* reads what thread \d+ wrote"):
        run(copied.replace("BETWEEN", "cp.async.wait_all;"), x)
