"""Several heads of test vectors, and the budget of the network that they are of."""

import numpy as np
import pytest

from negeig import testing
from negeig.claims import InputError
from negeig.pipeline.vectors import VectorsOptions
from support.command_line import negeig, valid
from support.delta_kernels import delta_rule


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def case(heads, batch=3, layout="fla"):
    (found,) = testing.cases(
        layout, tasks=("sym:3:swaps",), lengths=(9,), batch=batch, dim=16, heads=heads
    )
    return found


def run(found, **changed):
    inputs = {name: np.asarray(a, np.float32) for name, a in found.inputs.items()
              if isinstance(a, np.ndarray)} | changed  # fmt: skip
    names = ("q", "k", "v", "beta", "initial_state")
    return delta_rule(*(inputs[name] for name in names))


@pytest.mark.parametrize("heads", [4, 5, 8, 11])
@pytest.mark.parametrize("batch", [1, 3])
def test_every_head_is_right_and_reads_its_word(heads, batch):
    found = case(heads, batch)
    made = found.made
    assert made.shape[2] == len(made.heads) == heads
    assert made.coordinates == 4
    first = case(4, batch).made.tensors
    for head in range(heads):
        for row in range(batch):
            read = (row + head // 4) % batch
            for name in ("q", "k", "v", "beta", "o"):
                assert (made.tensors[name][row, :, head] == first[name][read, :, head % 4]).all()
            assert (made.word(row, head) == made.tensors["letters"][read]).all()
    assert made.tensors["states"].shape == first["states"].shape
    found.check(*run(found))


def test_a_head_that_reads_for_another_is_found_out():
    """With identical copies it would not be."""
    found = case(8)
    keys = np.asarray(found.inputs["k"], np.float32).copy()
    keys[:, :, 4:] = keys[:, :, :4]
    with pytest.raises(AssertionError, match=r"head 4 \(layer 1, coordinate 0\)"):
        found.check(*run(found, k=keys))


@pytest.mark.parametrize("layout", ["transformers", "onnx"])
def test_other_layouts_have_the_heads(layout):
    found = case(6, layout=layout)
    assert found.made.shape[2] == 6
    found.check(found.o, found.state)


def test_too_few_heads_are_named():
    with pytest.raises(InputError, match="heads 2 is less than the 4 coordinates of the states"):
        case(2).inputs.clear()  # made when it is looked at
    assert case(3).made.coordinates == 3  # of a network whose keys are longer than 1
    with pytest.raises(InputError, match="heads must be 1 or more, found 0"):
        VectorsOptions(heads=0)


def test_layers_and_steps_are_the_network_s(capsys):
    asked = ("vectors", "--zoo", "sym:3", "--length", "5", "-o", "v.safetensors", "--json")
    layers = valid(negeig(capsys, *asked, "--heads", "9")[1])["network"]["layers"]
    assert len(layers) == 1
    found = valid(negeig(capsys, *asked, "--steps", "1", "--layers", "2")[1])
    assert len(found["network"]["layers"]) == 2
    assert found["steps"] == 1


def test_a_budget_that_is_not_met_names_options_that_there_are(capsys):
    asked = ("vectors", "--zoo", "sym:3", "-o", "v.safetensors")
    code, _, err = negeig(capsys, *asked, "--layers", "1", "--steps", "1")
    assert code == 1
    assert "--layers 1 --steps 2" in err
    assert "of these, --layers and --steps are options here; --dtype, now bf16, has to hold" in err
    assert negeig(capsys, *asked, "--layers", "1", "--steps", "2")[0] == 0
