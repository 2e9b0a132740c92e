"""What a GPU computes, beside the PTX of the same launch on the CPU, bit for bit.

In no tier: where there is a GPU, ``pytest -m gpu``. The comparison itself is tested without one.
"""

from contextlib import nullcontext

import numpy as np
import pytest

from negeig.kernels.adapters import fla_cuda
from negeig.kernels.adapters._fla_compiled import compiled
from negeig.kernels.adapters._fla_kernels import KERNELS, is_chunked
from negeig.kernels.implementation import NO_GPU, has_gpu
from negeig.kernels.ptx.launching import on_cpu
from negeig.kernels.ptx.targets import TARGETS
from negeig.kernels.standard_suite import TASKS
from negeig.kernels.through_closure import close_through
from negeig.kernels.triton.chunked import Chunked
from negeig.kernels.triton.recurrent import Order, Recurrent
from support.kernel_layers import EXACT, NETWORKS, initial, layers_of, letters_for
from support.same_bits import compared

pytestmark = [pytest.mark.gpu, pytest.mark.filterwarnings("default")]

ON_GPU = {one.name.removeprefix("fla.").removesuffix("@cuda"): one
          for one in fla_cuda.IMPLEMENTATIONS}  # fmt: skip


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> str:
    """The GPU's, with Triton choosing the first of several configurations, as without a GPU."""
    if not has_gpu():
        pytest.skip(NO_GPU)
    import torch
    from triton.runtime.driver import driver

    found = "sm_{}{}".format(*torch.cuda.get_device_capability())
    if found not in TARGETS:
        pytest.skip(f"PTX is executed for {', '.join(TARGETS)}; this GPU is {found}")
    equally_fast = lambda: lambda call, **_: [1.0, 1.0, 1.0]  # noqa: E731
    monkeypatch.setattr(driver.active, "get_benchmarker", equally_fast, raising=False)
    return found


@pytest.mark.parametrize("fusion", [True, False])
@pytest.mark.parametrize("name", [name for name in KERNELS if not is_chunked(name)])
def test_a_recurrent_kernel_of_fla(name: str, fusion: bool, target: str) -> None:
    from triton import knobs

    theirs, through_ptx = ON_GPU[name].kernel(), compiled(name, target, fusion=fusion).kernel()
    with knobs.language.scope():
        knobs.language.default_fp_fusion = fusion
        for dtype in ("fp32", "bf16"):
            assert compared(theirs, through_ptx, dtype) > (0 if fusion else 3)


@pytest.mark.parametrize("order", ["left to right", "tiled"])
@pytest.mark.parametrize("name", NETWORKS)
def test_our_recurrent_kernel(name: str, order: Order, target: str) -> None:
    for case in layers_of(NETWORKS[name]):
        found = []
        for where in ("cuda", "compiled"):
            kernel = Recurrent(case.layer, order, codebook=case.codebook, where=where)
            letters = kernel.table.numbered(letters_for(case.layer, 17, 3))
            before = kernel.table.pad(initial(case.layer, 3))
            code = kernel.guesses.codes_of(initial(case.layer, 3))
            with on_cpu(target) if where == "compiled" else nullcontext():
                found.append(kernel.run(letters, before, code=code, keep_states=True))
        here, there = found
        for one, other in ((here.states, there.states), (here.after, there.after)):
            nan = np.isnan(one) & np.isnan(other)
            assert (nan | (one.view(np.int32) == other.view(np.int32))).all()
        assert (here.decoded.failed == there.decoded.failed).all()


@pytest.mark.parametrize("chunk", [16, 32, 64])
def test_our_chunkwise_kernels_are_exact_where_nothing_rounds(chunk: int, target: str) -> None:
    for case in layers_of(EXACT["S5"]):
        kernels = Chunked(case.layer, chunk, where="cuda")
        letters = kernels.table.numbered(letters_for(case.layer, 3 * chunk + 5, 2))
        before = kernels.table.pad(initial(case.layer, 2))
        recurrence = Recurrent(case.layer, where="cuda").run(letters, before, keep_states=True)
        found = kernels.run(letters, before, keep_states=True)
        assert (found.states == recurrence.states).all()


@pytest.mark.parametrize("name", [name for name in KERNELS if is_chunked(name)])
def test_a_chunk_kernel_of_fla_is_exact_where_nothing_rounds(name: str, target: str) -> None:
    task = TASKS["s3-swaps"]
    found = close_through(ON_GPU[name], task.network, task.machine, "bf16")
    right = all(assumed.held for assumed in found.assumptions)
    assert found.verdict == "proved" or (ON_GPU[name].form is None and right), found.reason
