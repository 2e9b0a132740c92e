"""Exported weights in the layers of transformers and fla, by their own forward, on a CPU.

Those of transformers run plain torch. Those of fla run their Triton kernels, convolution, norm and
recurrence, in Triton's interpreter.
"""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

import negeig
from negeig.claims import InputError, Unavailable
from negeig.kernels.adapters._layer_modules import LayerRunner
from negeig.kernels.layers.layer_file import code, save, tried
from negeig.kernels.trajectory import trajectory
from negeig.pipeline.parts.budget_not_met import BudgetNotMet
from negeig.pipeline.parts.layer_budget import layer_budget
from negeig.testing import run_layer
from support.paths import ROOT, TESTS

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("default"),
    pytest.mark.usefixtures("one_thread"),
]

SEED = 20261130
CASES = [
    ("transformers.olmo_hybrid", task)
    for task in ("parity", "flipflop", "sym:3:swaps", "sym:4:adjacent", "sym:5", "recall:2:2")
] + [("transformers.qwen3_next", task) for task in ("flipflop", "recall:2:2", "contains:ab")]
DRIFT = {"float32": 2e-6, "bfloat16": 2**-5}
"""The norm's roundings: a few units of the last place of numbers up to 4."""


def words_of(layer, length=500):
    """All short words, and long ones of lengths that are and are not multiples of the chunk."""
    letters = layer.network.alphabet
    short = product(letters, repeat=6 if len(letters) < 3 else 3)
    rng = np.random.default_rng(SEED)
    yield [list(word) for word in short]
    for count in (length, 64, 63):
        yield rng.choice(letters, (3, count)).tolist()


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize(("kind", "task"), CASES)
def test_every_position_is_the_machines(kind, task, dtype):
    layer = negeig.compile_layer(zoo=task, layer=kind, dtype=dtype).layer
    for words in words_of(layer):
        run = run_layer(layer, words)
        run.check()
        assert run.outputs == run.expected
        assert max(float(drift.max()) for drift in run.drift) < DRIFT[dtype]
        for drift, margin in zip(run.drift, run.margin, strict=True):
            assert drift.max() < margin / 2


@pytest.mark.parametrize("task", ["parity", "sym:3:swaps", "sym:5"])
def test_outputs_take_as_many_values_as_there_are_states(task):
    """So the chunks of transformers, 64 positions each, round nothing that would add up."""
    layer = negeig.compile_layer(zoo=task, layer="transformers.olmo_hybrid").layer
    (one,) = layer.layers
    words = np.random.default_rng(SEED).integers(
        0, len(layer.network.alphabet), (2, 1500), np.int32
    )
    runner = LayerRunner(layer)
    outputs = runner.outputs(runner.modules[0], one.inputs[one.positions(words)])
    last = outputs[:, len(one.start) + one.rows.shape[1] - 1 :: one.rows.shape[1]]
    ((own,), _) = trajectory(layer.network, words)
    states = {}
    for number, output in zip(
        own.after[:, :, -1].ravel(), last.reshape(-1, last.shape[-1]), strict=True
    ):
        states.setdefault(int(number), []).append(output)
    assert len(states) == len(one.codes)
    # Vectorised and scalar code may differ in the last bit of a reciprocal root.
    assert max(np.ptp(np.array(found), axis=0).max() for found in states.values()) <= 2**-21


def test_an_epsilon_that_is_not_lost_is_seen_as_drift():
    layer = negeig.compile_layer(zoo="parity", layer="transformers.olmo_hybrid").layer
    (one,) = layer.layers
    small = one.parameters["k_proj.weight"] / np.float32(32)
    less = replace(one, parameters={**one.parameters, "k_proj.weight": small})
    words = [["1"] * 4000]
    assert run_layer(layer, words).drift[0].max() < DRIFT["float32"]
    drift = run_layer(replace(layer, layers=(less,)), words).drift[0][0]
    assert drift[-1] > 2 * drift[len(drift) // 2] > 100 * DRIFT["float32"]


@pytest.mark.parametrize(
    ("name", "entry", "value"),
    [("b_proj.weight", 1, 0.0), ("dt_bias", 0, 1.0), ("v_proj.weight", 2, 64.0)],
)
def test_a_tampered_weight_is_caught(name, entry, value):
    layer = negeig.compile_layer(zoo="parity", layer="transformers.olmo_hybrid").layer
    (one,) = layer.layers
    wrong = one.parameters[name].copy()
    assert wrong.reshape(-1)[entry] != value
    wrong.reshape(-1)[entry] = value
    run = run_layer(
        replace(layer, layers=(replace(one, parameters={**one.parameters, name: wrong}),)),
        [list("1101001110101")],
    )
    assert run.drift[0].max() > 100 * DRIFT["float32"]
    if name == "b_proj.weight":
        with pytest.raises(AssertionError, match="expected"):
            run.check()


def test_what_a_module_cannot_be_is_refused():
    with pytest.raises(BudgetNotMet) as error:
        negeig.compile_layer(zoo="parity", layer="transformers.qwen3_next")
    assert error.value.exit_code == 1
    assert "beta <= 1" in str(error.value)
    rotations = negeig.Budget(routes=("rotations",))
    with pytest.raises(BudgetNotMet, match="irrational") as error:
        negeig.compile_layer(zoo="mod:3", layer="transformers.olmo_hybrid", budget=rotations)
    assert error.value.exit_code == 3


def test_several_layers_are_several_modules():
    budget = layer_budget("transformers.olmo_hybrid", budget=negeig.Budget(steps=1))
    layer = budget.export(negeig.compile(zoo="mod:4", budget=budget).network)
    assert len(layer.layers) == 2
    for words in words_of(layer):
        run_layer(layer, words).check()


@pytest.mark.parametrize(
    ("kind", "task"),
    [("transformers.olmo_hybrid", "mod:4"), ("transformers.qwen3_next", "flipflop")],
)
def test_the_code_of_a_file_runs_without_negeig(kind, task, tmp_path):
    budget = layer_budget(kind, budget=negeig.Budget(steps=1))
    layer = budget.export(negeig.compile(zoo=task, budget=budget).network)
    path = str(tmp_path / "layer.safetensors")
    save(path, layer)
    text = code(layer, path)
    assert "negeig" not in text
    first, right = tried(layer)
    found = run_alone(text, tmp_path)
    assert (found.returncode, found.stdout) == (0, f"{right}\n"), found.stderr
    word = np.random.default_rng(SEED).choice(layer.network.alphabet, 70).tolist()
    other = text.replace(str(first), str(word))
    found = run_alone(other, tmp_path)  # the outputs are those of the word that it came with
    assert found.stdout == f"{list(layer.network.run(word)[1:])}\n"
    assert found.returncode == 1
    assert found.stderr.endswith(f"wrong: expected {right}\n")


@pytest.mark.parametrize("factor", [1, 0])
def test_the_code_of_a_layer_of_fla_runs_on_a_cpu(factor, tmp_path):
    """In Triton's interpreter, without anything set before; tampered weights are wrong."""
    layer = negeig.compile_layer(zoo="parity", layer="fla.GatedDeltaNet").layer
    path = str(tmp_path / "layer.safetensors")
    save(path, layer)
    text = code(layer, path).replace(
        "load_state_dict({k[7:]: x for", f"load_state_dict({{k[7:]: x * {factor} for"
    )
    found = run_alone(text, tmp_path)
    assert found.stdout.splitlines()[-1:] == [str(tried(layer)[1])] or not factor
    assert found.returncode == 1 - factor, found.stderr


def run_alone(text, folder):
    script = folder / "run.py"
    script.write_text(text)
    own = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    return subprocess.run(
        [sys.executable, script], capture_output=True, text=True, cwd=folder, env=own
    )


SATURATED = 64.0
FLA = [
    ("parity", "float32", 50, SATURATED), ("parity", "bfloat16", 50, SATURATED),
    ("sym:3:swaps", "float32", 8, SATURATED), ("recall:2:2", "bfloat16", 8, SATURATED),
    ("parity", "float32", 50, 0.0),  # tampered with: beta is 1, not 2
]  # fmt: skip


@pytest.mark.parametrize("kind", ["fla.DeltaNet", "fla.GatedDeltaNet", "fla.GatedDeltaProduct"])
def test_the_layers_of_fla_by_their_own_kernels(kind):
    path = os.pathsep.join([str(TESTS.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    asked = [(task, kind, *others) for task, *others in FLA]
    done = subprocess.run(
        [sys.executable, str(TESTS / "support" / "fla_layers.py"), json.dumps(asked)],
        capture_output=True, text=True,
        env=os.environ | {"TRITON_INTERPRET": "1", "PYTHONPATH": path},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    *right, tampered = json.loads(done.stdout.splitlines()[-1])
    for (_, dtype, *_), run in zip(FLA[:-1], right, strict=True):
        assert run["outputs"] == run["expected"]
        assert max(run["drift"]) < DRIFT[dtype]
        assert all(d < m / 2 for d, m in zip(run["drift"], run["margin"], strict=True))
    assert tampered["outputs"] != tampered["expected"]
    assert max(tampered["drift"]) > 0.1


def test_fla_on_a_cpu_without_the_interpreter_says_what_to_do(monkeypatch):
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    layer = negeig.compile_layer(zoo="parity", layer="fla.DeltaNet").layer
    with pytest.raises(Unavailable, match="TRITON_INTERPRET=1"):
        run_layer(layer, ["11"])


@pytest.mark.parametrize("words", [["1", "11"], [[]], ["2"]])
def test_words_that_are_none_are_refused(words):
    layer = negeig.compile_layer(zoo="parity", layer="transformers.olmo_hybrid").layer
    with pytest.raises(InputError):
        run_layer(layer, words)


def test_the_page_runs():
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "export.md").read_text(), re.S)
    home = {}
    exec(block, home)
    home["test_swaps"]()
