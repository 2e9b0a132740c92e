"""The benchmark on a GPU: what can be known of it without one."""

import importlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from negeig.kernels.ptx.launching import on_cpu
from negeig.kernels.triton.recurrent_plain import run_plain
from negeig.kernels.triton.table import tabulate
from support.paths import ROOT

BENCHMARKS = ROOT / "benchmarks"


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("bench_gpu")


def test_without_a_gpu_it_says_so() -> None:
    results = BENCHMARKS / "results" / "gpu.json"
    before = results.read_bytes() if results.exists() else None
    done = subprocess.run(
        [sys.executable, "benchmarks/bench_gpu.py", "--save"],
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr == "no GPU: torch finds no CUDA device, nothing was measured\n"
    assert (results.read_bytes() if results.exists() else None) == before


@pytest.mark.parametrize("words", [1, 3])
def test_our_kernels_are_given_what_they_take(program, words: int) -> None:
    """The launches that would be timed, executed through their PTX, end in the swapped points."""
    layer = program.swaps(5)
    letters = np.random.default_rng(0).integers(0, 4, (words, 9)).astype(np.int32)
    right = program.swapped(layer, letters)
    table = tabulate(layer)
    before = table.pad(np.repeat(layer.initial[None], words, axis=0))
    assert (run_plain(table, table.numbered(letters), before).after[:, :5] == right).all()
    with on_cpu("sm_90"):
        launches = program.ours(layer, letters, "cpu")
        assert ("scan" in launches) == (words == 1)
        for launch in launches.values():
            assert (launch().numpy() == right).all()


def test_figures_are_kept_dimension_by_dimension(program, tmp_path) -> None:
    place = tmp_path / "gpu.json"
    for rows in ([1], [1, 2]):
        program.save({"rows": rows}, place)
        assert json.loads(place.read_text()) == {"rows": rows}
    assert [path.name for path in tmp_path.iterdir()] == ["gpu.json"]


def test_without_flash_linear_attention_the_others_are_measured(
    program, monkeypatch, capsys
) -> None:
    monkeypatch.setitem(sys.modules, "fla", None)
    assert program.theirs(program.swaps(5), np.zeros((1, 3), np.int32), "cpu") == {}
    assert "flash-linear-attention is not measured" in capsys.readouterr().err


@pytest.mark.peers
@pytest.mark.filterwarnings("default")
def test_their_recurrent_kernel_is_given_what_it_takes(program) -> None:
    layer = program.swaps(5)
    letters = np.random.default_rng(0).integers(0, 4, (3, 9)).astype(np.int32)
    launches = program.theirs(layer, letters, "cpu")  # imported where nothing pretends to be a GPU
    with on_cpu("sm_90"):
        found = launches["fla fused_recurrent_delta_rule"]()
    assert (found.numpy() == program.swapped(layer, letters)).all()


def test_a_wrong_result_has_no_speed(program) -> None:
    import torch

    row = program.measure("wrong", lambda: torch.zeros(2, 3), np.ones((2, 3), np.float32), runs=1)
    assert row == {"kernel": "wrong", "error": "wrong by up to 1.0"}

    def fails():
        raise ValueError("no such size")

    row = program.measure("fails", fails, np.ones((2, 3), np.float32), runs=1)
    assert row == {"kernel": "fails", "error": "ValueError: no such size"}
