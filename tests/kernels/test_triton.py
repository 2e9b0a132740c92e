"""The Triton kernel: what is special about it. That it agrees is tested in test_kernels."""

import importlib
import os
import sys
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

from negeig.claims import Unavailable, Verdict
from negeig.kernels import conformance as run
from negeig.kernels.backend import BACKENDS, run_whole
from negeig.kernels.backends.triton import Triton
from negeig.kernels.runnable import runnable
from negeig.kernels.triton import stream as triton_stream
from negeig.kernels.triton.launch import kernels
from negeig.theory.networks.network import DenseStep, LinearRNN
from support.kernel_networks import (
    flipflop,
    parity,
    prepared,
    symmetric,
    two_layers,
    vector,
    with_layer,
)


def test_the_default_run_is_small_and_says_where_it_ran() -> None:
    import torch

    result = run.compare(*symmetric(3), backend="triton")
    assert result.verdict is Verdict.PASSED
    if torch.cuda.is_available() and os.environ.get("TRITON_INTERPRET") != "1":
        assert "interpreter" not in result.detail
    else:
        assert "no GPU was used" in result.detail
        assert result.device == "Triton interpreter on the CPU"
        assert 1000 < result.tokens < 10_000


def test_interpreting_leaves_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    before = dict(os.environ)
    kernels.cache_clear()
    Triton(prepared(*parity()))
    assert dict(os.environ) == before


def test_a_kernel_imported_by_someone_else_is_another_one() -> None:
    """Imported without the variable it would look for a GPU driver."""
    importlib.import_module("negeig.kernels.triton._recurrent_kernels")
    result = run.compare(*parity(), backend="triton", max_tokens=50)
    assert result.verdict is Verdict.PASSED


@pytest.mark.parametrize("words", [1, 63, 64, 65, 192])
def test_any_number_of_words(words: int) -> None:
    network, machine = two_layers()
    packed = prepared(network, machine)
    batch = np.random.default_rng(words).integers(0, 2, (words, 5)).astype(np.int32)
    triton, reference = (
        run_whole(BACKENDS[name](packed), batch) for name in ("triton", "reference")
    )
    assert triton.symbols.tolist() == reference.symbols.tolist()


@pytest.mark.parametrize("package", ["torch", "triton"])
def test_a_missing_package_is_named_with_the_way_to_get_it(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(Unavailable, match=r"-e '\.\[gpu\]' in a clone") as caught:
        run.compare(*parity(), backend="triton")
    assert package in str(caught.value)
    assert run.compare(*parity(), backend="cpu", max_tokens=100).verdict is Verdict.PASSED


def test_layers_that_do_not_fit_into_registers_are_refused() -> None:
    network, machine = parity()
    wide = vector(*[0] * 129)
    large = with_layer(network, 0, initial=wide, codes=(wide, wide), steps={"0": (), "1": ()})
    with pytest.raises(
        Unavailable, match="layer 0 has dimension 129, the kernel takes at most 128"
    ):
        run.compare(large, machine, backend="triton")
    square = DenseStep(tuple(vector(*[0] * 33) for _ in range(33)), vector(*[0] * 33))
    dense = with_layer(
        network,
        0,
        initial=square.bias,
        codes=(square.bias,) * 2,
        steps={"0": (), "1": (square,)},
    )
    with pytest.raises(Unavailable, match="dense layer 0 has dimension 33"):
        run.compare(dense, machine, backend="triton")


def test_a_missing_write_is_refuted() -> None:
    """Negative twin of the flipflop: the kernel must use the writes, not only the keys."""
    network, machine = flipflop()
    steps = dict(network.layers[0].steps)
    steps["s"] = (replace(steps["s"][0], write=F(0)),)
    result = run.compare(
        with_layer(network, 0, steps=steps), machine, backend="triton", max_tokens=300
    )
    assert (result.verdict, result.word) == (Verdict.REFUTED, ("s",))


def test_what_is_too_wide_for_a_scan_is_run_letter_by_letter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(triton_stream, "_SCANNED_LENGTH", 2)
    wide = vector(*[1] * 40)
    network, _ = flipflop()
    steps = dict.fromkeys(network.alphabet, ())
    network = with_layer(network, 0, initial=wide, codes=(wide, wide), steps=steps)
    found = Triton(runnable(network, network.alphabet)).stream(1)
    assert found.read(np.zeros((1, 3), np.int32)).tolist() == [[0, 0, 0]]


def of_root_two() -> LinearRNN:
    """Two swaps of three points by keys of length 1: its operators round, and seams disagree."""
    network, _ = symmetric(3)
    root = F(float(np.float32(2**-0.5)))
    steps = {
        letter: tuple(
            replace(step, beta=F(2), key=tuple(k * root for k in step.key)) for step in row
        )
        for letter, row in network.layers[0].steps.items()
    }
    return with_layer(network, 0, steps=steps)


@pytest.mark.parametrize(
    "network", [symmetric(3)[0], two_layers()[0], flipflop()[0], of_root_two()]
)
def test_a_long_word_is_the_reference_s(
    network: LinearRNN, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scanned in chunks where seams agree, and letter by letter where they do not; then resumed."""
    monkeypatch.setattr(triton_stream, "_SCANNED_LENGTH", 33)
    packed = runnable(network, network.alphabet)
    words = np.random.default_rng(0).integers(0, len(network.alphabet), (1, 66)).astype(np.int32)
    found, right = (BACKENDS[name](packed) for name in ("triton", "cpu"))
    streams = found.stream(1), right.stream(1)
    for piece in (words[:, :33], words[:, 33:]):
        symbols = [stream.read(piece) for stream in streams]
        assert (symbols[0] == symbols[1]).all()
        for one, other in zip(streams[0].states, streams[1].states, strict=True):
            assert one.tobytes() == other.tobytes()
    rounds = packed.stored.layers[0].beta.max() == 2 and packed.stored.layers[0].dim == 3
    assert [layer.scanning for layer in found.layers] == [not rounds] * len(found.layers)
    assert all(layer._scan is not None for layer in found.layers)
