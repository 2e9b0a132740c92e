"""Which executor runs a kernel: machine code where it pays, the plain one where that refuses."""

import numpy as np
import pytest

from negeig.claims import LimitReached
from negeig.kernels.ptx import executor
from negeig.kernels.ptx.execution import Fault
from negeig.kernels.ptx.executor import execute
from negeig.kernels.ptx.memory import Memory
from negeig.kernels.ptx.parse import parse
from support.ptx_texts import kernel

THREADS = np.arange(32, dtype=np.uint32)
LOAD, STORE = "ld.global.b32 %r5, [%rd2];", "st.global.b32 [%rd4], %r6;"


@pytest.fixture
def machine_code(monkeypatch):
    """How often machine code ran."""
    calls, real = [], executor._as_machine_code

    def counted(program, *rest):
        calls.append(program)
        return real(program, *rest)

    monkeypatch.setattr(executor, "_as_machine_code", counted)
    monkeypatch.setattr(executor, "PAYS", 1 << 11)
    return calls


def launched(program, x=THREADS, written=None, **options):
    y = np.zeros(x.size, np.uint32)
    memory = Memory.of([
        ("x", x.view(np.uint8), written, 0),
        ("y", y.view(np.uint8), np.zeros(4 * x.size, bool), 0),
    ])  # fmt: skip
    execute(program, (1, 1, 1), [memory.address(0), memory.address(1)], memory, **options)
    return memory.read_back(1)[0].view(np.uint32).tolist()


def test_machine_code_is_made_when_the_plain_executor_has_done_as_much(machine_code):
    program = parse(kernel(f"{LOAD} add.s32 %r6, %r5, 7; {STORE}"))
    ran = []
    for _ in range(20):
        assert launched(program) == (THREADS + 7).tolist()
        ran.append(len(machine_code))
    # A launch is as much work as 256 + 32 steps of a thread an instruction: 8 make 2^11.
    assert ran == [0] * 8 + list(range(1, 13))


def test_what_is_thrown_away_is_left_to_the_plain_executor(machine_code):
    """Machine code refuses to load what was not written; memory is then as it was."""
    body = f"""ld.global.b32 %r7, [%rd4]; mov.b32 %r8, %r1; {LOAD} setp.eq.b32 %p1, %r1, 99;
    selp.b32 %r6, %r7, %r5, %p1; {STORE}"""
    program = parse(kernel(body))
    for _ in range(12):
        assert launched(program) == THREADS.tolist()
    assert len(machine_code) == 1


def test_a_store_before_what_machine_code_refuses_is_undone(machine_code):
    """x is counted up in place, and only then is a byte read that nothing wrote."""
    body = f"""{LOAD} add.s32 %r6, %r5, 1; st.global.b32 [%rd2], %r6; ld.global.b32 %r7, [%rd4];
    ld.global.b32 %r8, [%rd2]; mov.b32 %r6, %r8; {STORE}"""
    program = parse(kernel(body))
    for _ in range(12):
        assert launched(program) == (THREADS + 1).tolist()
    assert len(machine_code) == 1


def test_wgmma_is_left_to_the_plain_executor(machine_code):
    name = "wgmma.mma_async.sync.aligned.m64n8k16.f32.bf16.bf16"
    program = parse(kernel(f"""mov.u32 %r9, here; mad.lo.s32 %r10, %r1, 8, %r9; mov.b64 %rd9, 0;
    st.shared.b64 [%r10], %rd9; mov.b32 %r6, 0; mov.b64 %rd6, 0x4000004000010040; bar.sync 0;
    wgmma.fence.sync.aligned; {name} {{%r20, %r21, %r22, %r23}}, {{%r6, %r6, %r6, %r6}},
    %rd6, 0, 1, 1, 0; wgmma.commit_group.sync.aligned; wgmma.wait_group.sync.aligned 0;
    mov.b32 %r6, %r20; {STORE}""", 128))  # fmt: skip
    for _ in range(12):
        assert launched(program, np.arange(128, dtype=np.uint32)) == [0] * 128
    assert len(machine_code) == 1


def test_both_name_the_same_fault(machine_code):
    program = parse(kernel(f"ld.global.b32 %r6, [%rd2+4]; {STORE}"))
    program_of_one_more = np.arange(33, dtype=np.uint32)
    messages = set()
    for _ in range(3):
        with pytest.raises(Fault) as fault:
            launched(program)
        messages.add(str(fault.value))
    for _ in range(12):
        launched(program, program_of_one_more)
    assert machine_code
    with pytest.raises(Fault) as fault:
        launched(program)
    assert {str(fault.value)} == messages


def test_an_endless_loop_is_stopped_by_either(machine_code):
    program = parse(
        kernel(f"""{LOAD} mov.b32 %r6, 3; {STORE} setp.eq.b32 %p1, %r5, 77;
    $LOOP: @%p1 bra $LOOP;""")
    )
    ends, loops = THREADS, np.full(32, 77, np.uint32)
    for _ in range(2):
        with pytest.raises(LimitReached, match="instructions of k: stopped at 1,001"):
            launched(program, loops, max_steps=1000)
        for _ in range(12):
            launched(program, ends)
    assert machine_code
