"""``redux.sync``: a reduction over the threads of a warp that a mask names."""

from functools import reduce

import numpy as np
import pytest

from negeig.kernels.ptx.execution import Fault, execute
from negeig.kernels.ptx.integers import number
from negeig.kernels.ptx.llvm.execution import execute as execute_fast
from negeig.kernels.ptx.opcodes import find
from negeig.kernels.ptx.warps import REDUCTIONS
from support import ptx_texts
from support.ptx_texts import run

SEED = 20_261_130
LOAD, STORE = "ld.global.b32 %r5, [%rd2];", "st.global.b32 [%rd4], %r6;"
MEANING = {
    "add": lambda a, b: a + b, "min": min, "max": max,
    "and": lambda a, b: a & b, "or": lambda a, b: a | b, "xor": lambda a, b: a ^ b,
}  # fmt: skip


@pytest.fixture(autouse=True, params=[execute, execute_fast], ids=["plain", "fast"])
def executor(request, monkeypatch):
    monkeypatch.setattr(ptx_texts, "execute", request.param)


def reduced(variant, words):
    """The exact meaning: on integers, the low 32 bits of what comes of it."""
    name, kind = variant.split(".")
    return reduce(MEANING[name], (number(kind, int(word)) for word in words)) & 0xFFFFFFFF


@pytest.mark.parametrize("variant", REDUCTIONS)
def test_a_reduction_of_two_warps(variant):
    draw = np.random.default_rng(SEED)
    x = draw.integers(0, 1 << 32, 64, dtype=np.uint32)
    x[:5] = 0x80000000, 0x7FFFFFFF, 0, 0xFFFFFFFF, 1
    found = run(f"{LOAD} redux.sync.{variant} %r6, %r5, -1; {STORE}", x, threads=64)
    assert found.tolist() == [reduced(variant, x[:32])] * 32 + [reduced(variant, x[32:])] * 32


@pytest.mark.parametrize("variant", REDUCTIONS)
def test_a_reduction_of_the_threads_of_a_mask(variant):
    x = np.random.default_rng(SEED).integers(0, 1 << 32, 32, dtype=np.uint32)
    body = f"""{LOAD} setp.lt.u32 %p1, %r1, 5; @%p1 bra $FEW;
    redux.sync.{variant} %r6, %r5, 0xFFFFFFE0; bra $END;
    $FEW: redux.sync.{variant} %r6, %r5, 31; $END: {STORE}"""
    assert run(body, x).tolist() == [reduced(variant, x[:5])] * 5 + [reduced(variant, x[5:])] * 27


def test_a_thread_that_is_not_in_its_mask_is_named():
    body = f"""{LOAD} mov.b32 %r6, 0; setp.lt.u32 %p1, %r1, 5; mov.b32 %r7, 0x2F;
    @%p1 redux.sync.add.u32 %r6, %r5, %r7; {STORE}"""
    with pytest.raises(Fault, match=r"thread 4 of block 0: redux.sync.* is not in the mask"):
        run(body, np.arange(32))
    with pytest.raises(Fault, match=r"thread 4 of block 0: redux.sync.* is not in the mask"):
        run(body.replace("0x2F", "0xFFFFFF8F").replace("@%p1 ", ""), np.arange(32))
    with pytest.raises(Fault, match=r"redux.sync.*waits for ever"):
        run(body.replace("0x2F", "0x3F"), np.arange(32))


@pytest.mark.parametrize("name", ["add.b32", "and.u32", "min.f32", "max.abs.NaN.f32", "add.u64"])
def test_others_are_not_known(name):
    assert find(f"redux.sync.{name}") is None
