"""What is compiled for a GPU: its PTX on a CPU beside the twins, and what a thread takes."""

import numpy as np
import pytest

from negeig.kernels.ptx.launching import on_cpu
from negeig.kernels.triton import recurrent
from negeig.kernels.triton.chunked import Chunked
from negeig.kernels.triton.error_bounds import residual_bound
from negeig.kernels.triton.recurrent import Order, Recurrent
from negeig.kernels.triton.recurrent_plain import Reached, run_plain
from negeig.kernels.triton.resources import (
    Resources,
    blank_layer,
    loops,
    overhead,
    recurrence,
    resources,
)
from negeig.kernels.triton.scan_launch import scan
from negeig.pipeline.kernel import pages
from negeig.precision.stored import StoredLayer
from support.kernel_layers import EXACT, NETWORKS, initial, layers_of, letters_for

ORDERS: list[Order] = ["left to right", "tiled"]
TARGETS = ["sm_80", "sm_90"]


def same_bits(one: np.ndarray, other: np.ndarray) -> bool:
    nan = np.isnan(one)
    bits = one.view(np.int32) == other.view(np.int32)
    return one.shape == other.shape and bool((bits | (nan & np.isnan(other))).all())


def rough(dim: int, steps: int = 1) -> StoredLayer:
    """Three letters whose parameters have all their bits, so that every operation rounds."""
    source = np.random.default_rng(dim)
    layer = blank_layer(dim, 3 * steps)
    layer.key[...] = source.normal(size=layer.key.shape) / dim**0.5
    layer.beta[...] = source.uniform(1, 2, 3 * steps)
    layer.write[...] = source.normal(size=3 * steps)
    layer.initial[...] = source.normal(size=dim)
    starts = np.arange(4, dtype=np.int32) * steps
    starts[-2] -= steps - 1  # letters of different numbers of steps
    return StoredLayer(**{**vars(layer), "starts": starts})


def both(layer: StoredLayer, order: Order, target: str) -> tuple[Reached, Reached]:
    """What the PTX computes, and the twin."""
    with on_cpu(target):
        kernel = Recurrent(layer, order, where="compiled")
        letters = kernel.table.numbered(letters_for(layer, 3, 2))
        before = kernel.table.pad(initial(layer, 2))
        found = kernel.run(letters, before, keep_states=True)
    tile = kernel.shape.tile if order == "tiled" else None
    return found, run_plain(kernel.table, letters, before, tile=tile, keep_states=True)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("dim", [1, 5, 16, 24, 40])
def test_the_ptx_rounds_as_its_twin_does(dim: int, target: str) -> None:
    """Both orders of summation, on numbers of 24 bits: every sum of a tile in its own order."""
    for order in ORDERS:
        found, twin = both(rough(dim, 2), order, target)
        assert same_bits(found.states, twin.states)


@pytest.mark.exhaustive
@pytest.mark.parametrize("dim", [64, 100, 128])
def test_wide_ptx_rounds_as_its_twin_does(dim: int) -> None:
    for order in ORDERS:
        found, twin = both(rough(dim), order, "sm_90")
        assert same_bits(found.states, twin.states)


def test_fused_operations_round_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative twin: with fusing allowed neither the code nor the bits are the same."""
    plain = resources(recurrence("left to right", 5, 1, "sm_90"))
    monkeypatch.setitem(recurrent.OPTIONS, "enable_fp_fusion", True)
    found, twin = both(rough(5), "left to right", "sm_90")
    assert not same_bits(found.states, twin.states)
    fused = resources(recurrence("left to right", 5, 1, "sm_90"))
    assert plain.loops[0].names["FFMA"] == 0 < fused.loops[0].names["FFMA"]


@pytest.mark.parametrize("name", ["S3", "flipflop", "random 2", "dense"])
def test_the_ptx_decodes_and_takes_dense_steps(name: str) -> None:
    for case in layers_of(NETWORKS[name]):
        with on_cpu("sm_90"):
            kernel = Recurrent(case.layer, codebook=case.codebook, where="compiled")
            letters = kernel.table.numbered(letters_for(case.layer, 5, 3))
            before = kernel.table.pad(initial(case.layer, 3))
            code = kernel.guesses.codes_of(initial(case.layer, 3))
            found = kernel.run(letters, before, code=code, keep_states=True)
        twin = run_plain(kernel.table, letters, before, guesses=kernel.guesses, code=code,
                         keep_states=True)  # fmt: skip
        assert same_bits(found.states, twin.states)
        assert (found.decoded.failed == twin.decoded.failed).all()
        if name != "random 2":
            assert (found.decoded.failed == 5).all()
            assert (found.decoded.symbols == twin.decoded.symbols).all()


def test_the_ptx_reads_parameters_in_bf16() -> None:
    """What the interpreter cannot be trusted with."""
    for order in ORDERS:
        layer = rough(5)
        for array in (layer.key, layer.beta, layer.write):
            array.view(np.int32)[...] &= -(2**16)
        with on_cpu("sm_90"):
            kernel = Recurrent(layer, order, bf16=True, where="compiled")
            letters = kernel.table.numbered(letters_for(layer, 3, 2))
            before = kernel.table.pad(initial(layer, 2))
            found = kernel.run(letters, before, keep_states=True)
        tile = kernel.shape.tile if order == "tiled" else None
        twin = run_plain(kernel.table, letters, before, tile=tile, keep_states=True)
        assert same_bits(found.states, twin.states)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", ["S5", "k / sqrt 2, S5"])
def test_the_chunkwise_ptx(name: str, target: str) -> None:
    """Exact, or within the bound; no tensor core, which would round to tf32."""
    case = next(layers_of(NETWORKS[name]))
    launches = []
    with on_cpu(target, launches=launches):
        kernels = Chunked(case.layer, 16, where="compiled")
        letters = kernels.table.numbered(np.abs(letters_for(case.layer, 17, 1)))
        before = kernels.table.pad(initial(case.layer, 1))
        found = kernels.run(letters, before, keep_states=True).states
    assert [one.compiled.name for one in launches] == [
        "prepare_chunks", "carry_chunks", "states_of_chunks",
    ]  # fmt: skip
    assert not any(word in one.compiled.ptx for one in launches for word in ("mma", "tf32"))
    right = run_plain(kernels.table, letters, before, keep_states=True).states
    if name in EXACT:
        assert (found == right).all()
    else:
        errors = [residual_bound(kernels.table, letters[:, 0], before[0], s[:, 0]).max()
                  for s in (found, right)]  # fmt: skip
        assert max(errors) < 0.5  # half the distance of two integers
        assert np.abs(found - right).max() <= sum(errors)


def test_the_scan_in_ptx() -> None:
    for case in layers_of(EXACT["S3"]):
        with on_cpu("sm_90"):
            made = scan(case.layer, codebook=case.codebook, where="compiled")
            letters = letters_for(case.layer, 35, 1).T.copy()
            letters[letters < 0] = len(case.layer.starts) - 1
            before = np.pad(initial(case.layer, 1), ((0, 0), (0, 1)))
            found = made.run(letters, before, code=made.codes_of(initial(case.layer, 1)), chunk=16)
        assert made.confirmed == 35
        assert (found.decoded.failed == 35).all()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("dim", [16, 64])
def test_instructions_and_registers(dim: int, order: Order, target: str) -> None:
    """Nothing spilled, no fma, and at most 1.5 instructions a useful operation."""
    for steps in (1, 2) if dim == 16 else (1,):
        found = resources(recurrence(order, dim, steps, target))
        assert found.stack == 0
        assert 32 <= found.registers < 255
        assert {"FFMA", "HFMA"}.isdisjoint(found.loops[0].names)
        assert 1 < overhead(found, order, dim, steps) <= 1.5


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("dim", [16, 64])
def test_instructions_with_the_decoder_on_the_way(dim: int, target: str) -> None:
    """A word over several threads adds its distance up between them, so it is above 1.5 there."""
    for order in ORDERS:
        for steps in (1, 2) if dim == 16 else (1,):
            found = resources(recurrence(order, dim, steps, target, decode=True))
            alone = resources(recurrence(order, dim, steps, target))
            assert found.stack == 0
            assert {"FFMA", "HFMA"}.isdisjoint(found.loops[0].names)
            most = 1.7 if order == "tiled" and dim == 64 else 1.5
            assert 1 < overhead(found, order, dim, steps, decode=True) <= most
            # Negative twin: what decodes is more than what does not, whole tokens counted.
            assert overhead(found, order, dim, steps) > overhead(alone, order, dim, steps)


@pytest.mark.exhaustive
@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_spilled_in_any_dimension(target: str) -> None:
    for order in ORDERS:
        for dim in (4, 8, 32, 128):
            found = resources(recurrence(order, dim, 1, target))
            assert found.stack == 0
            assert 1 < overhead(found, order, dim, 1) < 1.7
            assert resources(recurrence(order, dim, 1, target, decode=True)).stack == 0


NESTED = """
.L_x_1:
        /*0000*/  LDG.E R1, desc[UR4][R2.64] ;
.L_x_2:
        /*0010*/  FMUL R1, R2, R3 ;
        /*0020*/  FMUL R1, R2, R3 ;
        /*0030*/  FMUL R1, R2, R3 ;
        /*0040*/  FADD R1, R2, R3 ;
        /*0050*/  @P0 BRA `(.L_x_2) ;
        /*0060*/  IADD3 R2, R2, 0x4, RZ ;
        /*0070*/  @P1 BRA `(.L_x_1) ;
.L_x_3:
        /*0080*/  FMUL R1, R2, R3 ;
        /*0090*/  FMUL R1, R2, R3 ;
        /*00a0*/  FMUL R1, R2, R3 ;
        /*00b0*/  @P0 BRA `(.L_x_3) ;
        /*00c0*/  EXIT ;
.L_x_4:
        /*00d0*/  BRA `(.L_x_4);
"""


def test_a_token_s_instructions_are_shared_among_its_steps() -> None:
    """Three products a step, two steps a token: 5 each in the inner loop, half of the other 3."""
    found = loops(NESTED)
    assert [(one.first, one.last) for one in found] == [(0, 7), (1, 5), (8, 11)]
    assert Resources(32, 0, found).instructions_a_step(3, 2) == 5 + 3 / 2
    unrolled = Resources(32, 0, found[1:2])
    assert unrolled.instructions_a_step(1, 3) == 5 / 3
    # The same three products are two steps' of one, and a square of the token.
    assert unrolled.instructions_a_step(1, 2, 1) == 5 / 2


def test_a_spill_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative twin: a thread with 32 registers cannot hold 64 numbers."""
    monkeypatch.setitem(recurrent.OPTIONS, "maxnreg", 32)
    found = resources(recurrence("left to right", 64, 1, "sm_90"))
    assert found.registers <= 32
    assert found.stack >= 4 * 32
    assert overhead(found, "left to right", 64, 1) > 1.5
    (page,) = pages("triton@sm_90", 64)
    assert page.registers <= 32
    assert page.spilled >= 4 * 32
