"""Whole kernels of our own against their formulas, through Triton's launcher and as stored PTX."""

import os
import re
import sys
from collections import Counter

import numpy as np
import pytest
import torch

from negeig.claims import InputError, LimitReached, Unavailable
from negeig.kernels.ptx.binary_floats import FORMATS, fused
from negeig.kernels.ptx.compile import compiling
from negeig.kernels.ptx.counts import contractible, copies, kinds, resources, sass_opcodes
from negeig.kernels.ptx.execution import Fault, execute
from negeig.kernels.ptx.launching import on_cpu
from negeig.kernels.ptx.memory import Memory
from negeig.kernels.ptx.parse import parse
from support.paths import DATA

F32 = np.float32
ROWS, LENGTH = 3, 4


@pytest.fixture(scope="module")
def kernels():
    """The kernels, imported where nothing has Triton interpret them."""
    assert os.environ.get("TRITON_INTERPRET") != "1"
    from support import ptx_kernels

    return ptx_kernels


def inputs(dim, seed=20_261_130):
    draw = np.random.default_rng(seed)
    key = draw.standard_normal((ROWS, LENGTH, dim)).astype(F32)
    beta = draw.uniform(0, 2, (ROWS, LENGTH)).astype(F32)
    return key, beta, draw.standard_normal((ROWS, dim)).astype(F32)


def fma(a, b, c):
    """a b + c of arrays, rounded once: exactly, one number after the other."""
    bits = (x.view(np.uint32).tolist() for x in np.broadcast_arrays(F32(a), F32(b), F32(c)))
    return np.array([fused(FORMATS["f32"], *case) for case in zip(*bits, strict=True)],
                    np.uint32).view(F32)  # fmt: skip


def formula(key, beta, initial, width, warps, fusion):
    """The kernel's operations in the order in which its PTX states them, a lane an element."""
    each = min(32, width // warps)
    states = np.zeros((ROWS, width), F32)
    states[:, : key.shape[2]] = initial
    k = np.zeros((ROWS, LENGTH, width), F32)
    k[..., : key.shape[2]] = key
    lanes = np.arange(width)
    for row in range(ROWS):
        h = states[row]
        for t in range(LENGTH):
            s = h * k[row, t]
            distances = [each >> i for i in range(1, each.bit_length())]
            for i, distance in enumerate(distances):
                other = s[lanes ^ distance]
                s = fma(h, k[row, t], other) if fusion and i == 0 else s + other
            if warps > 1:  # the first lane of each warp hands its sum to the others
                of_warps = s[::each]
                for distance in (warps >> i for i in range(1, warps.bit_length())):
                    of_warps = of_warps + of_warps[np.arange(warps) ^ distance]
                s = np.repeat(of_warps, each)
            amount = s * beta[row, t]
            h = fma(-amount, k[row, t], h) if fusion else h - amount * k[row, t]
        states[row] = h
    return states[:, : key.shape[2]]


def launched(kernels, dim, width, warps, target="sm_90", **options):
    key, beta, initial = inputs(dim)
    final = torch.empty(ROWS, dim)
    given = [torch.from_numpy(x) for x in (key, beta, initial)]
    with on_cpu(target, **options):
        kernels.delta_steps[(ROWS,)](*given, final, LENGTH, dim, width, num_warps=warps)
    return final.numpy()


@pytest.mark.parametrize("fusion", [True, False])
@pytest.mark.parametrize(
    ("target", "dim", "width", "warps"),
    [("sm_80", 3, 4, 1), ("sm_90", 3, 4, 1), ("sm_90", 31, 32, 1), ("sm_80", 100, 128, 4)],
)
def test_a_kernel_is_its_formula_bit_for_bit(kernels, target, dim, width, warps, fusion):
    found = launched(kernels, dim, width, warps, target, fusion=fusion)
    right, other = (formula(*inputs(dim), width, warps, f) for f in (fusion, not fusion))
    assert found.view(np.uint32).tolist() == right.view(np.uint32).tolist()
    assert found.tolist() != other.tolist()  # the other arithmetic differs on these inputs


@pytest.mark.parametrize(
    ("name", "dim", "width", "warps", "shared"),
    [("delta-steps-8", 7, 8, 1, 0), ("delta-steps-128", 100, 128, 4, 16)],
)
def test_stored_ptx_is_the_formula_without_triton(name, dim, width, warps, shared):
    program = parse((DATA / "ptx" / f"{name}.ptx").read_text(), name)
    key, beta, initial = inputs(dim)
    empty = np.zeros(initial.nbytes, np.uint8)
    buffers = [(n, x.reshape(-1).view(np.uint8), None, 0)
               for n, x in (("key", key), ("beta", beta), ("initial", initial))]  # fmt: skip
    memory = Memory.of([*buffers, ("final", empty, empty.astype(bool), 0)])
    pointers = [memory.address(i) for i in range(4)]
    execute(program, (ROWS, 1, 1), [*pointers, LENGTH, 0, 0], memory, shared=shared)
    values, written = memory.read_back(3)
    assert written.all()
    right = formula(key, beta, initial, width, warps, fusion=True)
    assert values.view(np.uint32).tolist() == right.view(np.uint32).reshape(-1).tolist()
    assert program.threads == 32 * warps


def test_launchers_choose_as_they_do_elsewhere(kernels):
    """The first configuration, heuristics on the arguments, what is specialised and what not."""
    launches = []
    x = torch.arange(100.0)
    for n, factor in ((96, 2), (99, 1), (1, 1)):
        y = torch.full((100,), -1.0)
        with on_cpu("sm_90", launches=launches):
            kernels.scaled[(1,)](x, y, n, None)
        assert y.tolist() == [i * factor if i < n else -1 for i in range(100)]
    even, odd, one = (launch.compiled for launch in launches)
    assert (even.warps, even.constants["WIDTH"], even.constants["DOUBLED"]) == (1, 128, True)
    assert odd.constants["DOUBLED"] is False
    assert (even.signature["n"], one.signature["n"]) == ("i32", "constexpr")
    assert even.signature["other"] == "constexpr"
    assert "ld.global.v4" in even.ptx
    assert "ld.global.v4" not in odd.ptx  # 96 is known to be a multiple of 16, 99 is not


def test_views_keep_their_place_and_their_alignment(kernels):
    whole = torch.arange(300.0)
    out = torch.zeros(300)
    with on_cpu("sm_80"):
        kernels.scaled[(1,)](whole[3:], out[101:], 50, None)
    assert out[101:151].tolist() == [2.0 * i for i in range(3, 53)]
    assert out.count_nonzero() == 50


def test_what_was_never_written_is_found_and_an_operation_of_torch_writes(kernels):
    with on_cpu("sm_90"):
        x, y = torch.empty(64), torch.empty(64)
        with pytest.raises(Fault, match=r"scaled: thread 0 of block 0.*never written.* at x"):
            kernels.scaled[(1,)](x, y, 64, None)
        x.fill_(3)
        kernels.scaled[(1,)](x, y, 64, None)
        kernels.scaled[(1,)](y, x, 64, None)  # what a kernel wrote is written
    assert x.tolist() == [12.0] * 64


def test_a_kernel_that_overruns_is_named_with_its_line(kernels):
    key, beta, initial = (torch.from_numpy(x) for x in inputs(7))
    short = beta[:2].clone()
    where = r"block 2: ld.global.*ptx_kernels.py:\d+\): .*bounds: .* at beta \+ 32, which has 32"
    with on_cpu("sm_90"), pytest.raises(Fault, match=where):
        kernels.delta_steps[(ROWS,)](key, short, initial, initial.clone(), LENGTH, 7, 8)


def test_counts_of_ptx_and_sass_agree_and_leave_nothing_to_contract(kernels):
    for fusion in (True, False):
        launches = []
        launched(kernels, 31, 32, 1, fusion=fusion, launches=launches)
        (compiled,) = (launch.compiled for launch in launches)
        ptx, sass = kinds(compiled.program), sass_opcodes(compiled)
        assert compiled.fusion is fusion
        assert (ptx["fma f32"] > 0) is fusion
        assert list(contractible(compiled.program)) == []
        assert copies(ptx, sass) in (1, 2, 4, 8, 16)  # a loop that ptxas unrolled
        assert copies(ptx, sass + Counter(FFMA=1)) is None
        found = resources(compiled)
        assert 0 < found.registers <= 255
        assert (found.stack, found.spilled) == (0, 0)


def test_steps_are_limited(kernels):
    with pytest.raises(LimitReached, match="instructions of delta_steps: stopped at 21"):
        launched(kernels, 7, 8, 1, max_steps=20)


def test_other_targets_interpreting_and_a_missing_triton_are_named(monkeypatch):
    def entered(target):
        with compiling(target, print):
            raise AssertionError

    with pytest.raises(InputError, match="expected one of sm_80, sm_90, found 'sm_70'"):
        entered("sm_70")
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    with pytest.raises(Unavailable, match="TRITON_INTERPRET=1"):
        entered("sm_90")
    monkeypatch.setitem(sys.modules, "triton", None)
    with pytest.raises(Unavailable, match=r"needs triton: pip install .*\[gpu\]"):
        entered("sm_90")


def test_a_kernel_that_does_not_compile_is_named_with_its_line(kernels):
    with (
        pytest.raises(InputError, match=r"(?s)kernel: it does not compile: .*tl.nothing"),
        on_cpu("sm_90"),
    ):
        kernels.broken[(1,)](torch.zeros(4))


def test_the_driver_is_put_back(kernels):
    from triton.runtime.driver import driver

    before = driver._active
    with on_cpu("sm_90"):
        assert driver._active is not before
        with on_cpu("sm_80"):
            assert driver.active.get_current_target().arch == 80
        assert driver.active.get_current_target().arch == 90
    assert driver._active is before


def test_stored_texts_are_ours_and_name_no_folder():
    texts = [path.read_text() for path in (DATA / "ptx").glob("*.ptx")]
    assert len(texts) == 2
    for text in texts:
        assert re.findall(r"\.entry (\w+)", text) == ["delta_steps"]
        assert ".file" not in text
