"""Audit of the weights that compile --for writes: the layer is read from what the file says."""

import json

import numpy as np
import pytest

import negeig as api
from negeig.claims import InputError
from negeig.kernels.layers.kind import known
from negeig.kernels.layers.layer_file import metadata, save
from negeig.kernels.tensor_file import write
from negeig.pipeline.audit import audit
from support.command_line import copied, negeig

REFLECTING = [name for name, kind in known().items() if kind.most_beta == 2]


def written(tmp_path, task, kind):
    """The path of a task's layer, and the layer."""
    made = api.compile_layer(zoo=task, layer=kind).layer
    path = str(tmp_path / "w.safetensors")
    save(path, made)
    return path, made


@pytest.mark.parametrize("kind", REFLECTING)
@pytest.mark.parametrize("task", ["parity", "sym:3:swaps"])
def test_it_is_audited_as_the_network_that_it_is(tmp_path, task, kind):
    """Its tokens are the letters; the signs of their eigenvalues are the network's, exactly."""
    path, made = written(tmp_path, task, kind)
    (layer,) = made.network.layers
    found = audit(path)
    assert found.tokens == len(layer.alphabet)
    moved = [letter for letter in layer.alphabet if layer.steps[letter]]
    assert found.negative["count"] == sum(
        np.linalg.eigvals(np.array(layer.letter_matrix(letter), float)).real.min() < -0.5
        for letter in moved
    )
    assert found.norm["at_most_one"]
    assert found.range["min"]["value"] == "-1"
    assert [tensor["name"] for tensor in found.tensors] == ["layers.0.key", "layers.0.beta"]
    assert kind in found.notices[0]


def test_a_layer_without_reflections_has_no_negative_eigenvalue(tmp_path):
    path, _ = written(tmp_path, "flipflop", "transformers.qwen3_next")
    found = audit(path)
    assert found.negative["count"] == 0
    applying = {limit["class"] for limit in found.limits if limit["standing"] == "applies"}
    assert "nonnegative-spectrum" in applying


def test_of_several_layers_one_is_named_by_its_keys(tmp_path):
    made = api.compile_layer(zoo="mod:4", layer="fla.DeltaNet", budget=api.Budget(steps=1))
    assert len(made.network.layers) == 2
    path = str(tmp_path / "w.safetensors")
    save(path, made.layer)
    with pytest.raises(InputError, match=r"'layers\.0\.key', 'layers\.1\.key'; choose with --keys"):
        audit(path)
    found = audit(path, keys="layers.1.key")
    assert [tensor["name"] for tensor in found.tensors] == ["layers.1.key", "layers.1.beta"]
    assert found.tokens == len(made.network.layers[1].alphabet)


def test_weights_that_are_not_the_networks_are_refused(tmp_path):
    path, made = written(tmp_path, "parity", "fla.DeltaNet")
    name = "layers.0.module.b_proj.weight"
    changed = np.array(made.tensors[name])
    changed[0, 0] += 1
    write(path, {**made.tensors, name: changed}, metadata(made, path))
    with pytest.raises(InputError, match=r"b_proj\.weight: 1 entries are not the network's"):
        audit(path)


def test_on_the_command_line_nothing_more_is_asked(tmp_path, capsys):
    path, _ = written(tmp_path, "parity", "fla.DeltaNet")
    code, out, _ = negeig(capsys, "audit", path)
    assert code == 0
    assert "the weights of fla.DeltaNet" in copied(out)
    code, out, _ = negeig(capsys, "audit", path, "--layer", "dense", "--json")
    assert code == 2
    assert "the file has the weights of a delta layer" in json.loads(out)["message"]
