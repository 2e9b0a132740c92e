"""``negeig compile --for``: the cheapest network that a released layer can be, and its file."""

import pytest

import negeig
from negeig.claims import InputError
from negeig.kernels.layers.kind import known
from negeig.kernels.layers.layer_file import load
from negeig.pipeline.parts.budget_not_met import BudgetNotMet
from negeig.pipeline.parts.layer_budget import layer_budget
from support.command_line import negeig as run
from support.command_line import valid


def test_another_network_is_looked_for_where_the_cheapest_cannot_be_the_layer():
    """The cheapest for mod:3 has keys of length sqrt 2, or irrational ones."""
    cheapest = negeig.compile(zoo="mod:3")
    made = negeig.compile_layer(zoo="mod:3", layer="transformers.olmo_hybrid")
    assert made.construction.cost > cheapest.construction.cost
    assert made.budget.unit_keys
    assert made.layer.network is made.network
    assert made.to_json()["about"]["layer"]["kind"] == "transformers.olmo_hybrid"
    assert made.to_json()["about"]["budget"]["layer"] == "transformers.olmo_hybrid"


def test_eigenvalues_are_those_of_the_layer():
    made = negeig.compile_layer("(a|b)*ab(a|b)*", layer="transformers.qwen3_next")
    found = {value for layer in made.network.layers for value in layer.eigenvalues}
    assert found == {0}


@pytest.mark.parametrize(("task", "code"), [("parity", 1), ("sym:3:swaps", 1)])
def test_what_beta_at_most_1_cannot_do_is_impossible(task, code):
    with pytest.raises(BudgetNotMet, match="beta <= 1") as error:
        negeig.compile_layer(zoo=task, layer="transformers.qwen3_next")
    assert error.value.exit_code == code
    assert error.value.impossible


def test_a_budget_is_narrowed_not_replaced():
    wide = negeig.Budget(steps=2, dim=9, routes=("permutation",), held_by=("fp16",))
    narrow = layer_budget("fla.DeltaNet", "bfloat16", wide)
    assert (narrow.quantities, narrow.routes) == (wide.quantities, wide.routes)
    assert narrow.held_by == ("fp16", "bf16")
    assert narrow.further_options == ("--for", "fla.DeltaNet", "--dtype", "bfloat16")
    assert layer_budget("fla.DeltaNet").further_options == ("--for", "fla.DeltaNet")
    with pytest.raises(InputError, match="no eigenvalue below 0"):
        layer_budget(
            "transformers.qwen3_next", budget=negeig.Budget(eigenvalues=(-1, -1))
        )  # fmt: skip
    with pytest.raises(InputError, match="float64"):
        layer_budget("fla.DeltaNet", "float64")


@pytest.mark.parametrize("kind", known())
def test_the_command_writes_what_it_says(kind, tmp_path, capsys):
    path = str(tmp_path / "f.safetensors")
    asked = ("compile", "--zoo", "flipflop", "--for", kind)
    code, _, errors = run(capsys, *asked, "--dtype", "bfloat16", "-o", path)
    assert code == 0, errors
    made = load(path)
    assert (made.kind.name, made.dtype) == (kind, "bfloat16")
    _, printed, _ = run(capsys, *asked, "--json")
    about = valid(printed)["about"]["layer"]
    assert (about["kind"], about["dtype"]) == (kind, "float32")
    _, text, _ = run(capsys, *asked)
    assert f"layer        {kind} (float32): " in text
    assert "after 1 that write the initial state" in text


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--for", "fla.GLA"), "weights of 'fla.GLA' are not written"),
        (("--for", "fla.DeltaNet", "--dtype", "float16"), "float32 or bfloat16, found 'float16'"),
        (("--for", "fla.DeltaNet", "--round-parameters"), "exact or refused"),
        (("--for", "fla.DeltaNet", "--for", "fla.DeltaNet"), "--for"),
        (("--for", "fla.DeltaNet", "-o", "f.json"), "-o f.json would be the network without"),
        (("--for", "fla.DeltaNet", "-o", "f.onnx"), "-o f.onnx would be the network without"),
        (("--for", "fla.DeltaNet", "-o", "-"), "-o - would be the network without the layer"),
    ],
)
def test_bad_input_is_named(options, problem, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, errors = run(capsys, "compile", "--zoo", "parity", *options)
    assert code == 2
    assert problem in " ".join(errors.split())
    assert not list(tmp_path.iterdir())


def test_an_impossible_layer_exits_1(capsys):
    asked = ("compile", "--zoo", "parity", "--for", "transformers.qwen3_next")
    code, _, errors = run(capsys, *asked)
    assert code == 1
    assert "cannot be transformers.qwen3_next" in errors
