"""What people call layers, files and words is answered with what it is called here."""

import numpy as np
import pytest
from safetensors.numpy import save_file

from negeig import compile
from negeig.claims import InputError
from negeig.kernels.torch_module import module
from negeig.pipeline.explain import explain
from negeig.theory.architectures.layer_reading import read_layer
from support.command_line import copied, negeig


@pytest.mark.parametrize(
    ("said", "meant"),
    [("complex", "rotation"), ("LRU", "rotation"), ("householder", "delta"), ("full", "dense")],
)
def test_families_by_their_other_names(said, meant):
    with pytest.raises(InputError, match=f"did you mean {meant}"):
        read_layer(f"family={said}")
    with pytest.raises(InputError, match="'rnn'; the families are"):
        read_layer("family=rnn")  # twin


def test_keys_by_their_other_names():
    with pytest.raises(InputError, match="unknown key 'modulus'; did you mean gate"):
        read_layer("family=rotation,modulus=0..1")


def test_an_exact_state_has_exact_parameters_unless_a_format_is_named():
    assert read_layer("family=rotation,gate=1,state=exact").format == "exact"
    assert read_layer("family=rotation,gate=1").format == "bf16"
    with pytest.raises(InputError, match="go together"):
        read_layer("family=rotation,gate=1,state=exact,format=bf16")


@pytest.mark.parametrize("word", ["rotation", "families", "dense", "frontier"])
def test_words_of_layers_are_explained(word):
    assert explain(word).about.page == "docs/my-layer.md"


def test_complex_numbers_and_turns_are_dense(capsys, tmp_path):
    path = str(tmp_path / "c.safetensors")
    save_file({"a": np.ones((2, 3), np.complex64)}, path)
    assert "as blocks [[x, -y], [y, x]]" in negeig(capsys, "audit", path, "--layer", "diagonal")[2]
    said = negeig(capsys, "audit", path, "--layer", "rotation")[2]
    assert "matrices that turn pairs of coordinates are dense" in said
    save_file({"a": np.ones((2, 3), np.int32)}, path)  # twin
    assert "blocks" not in negeig(capsys, "audit", path, "--layer", "diagonal")[2]


def test_what_writes_files_is_named_where_nothing_does(capsys):
    code, _, err = negeig(capsys, "check", "(11)*", "-o", "net.json")
    assert (code, "negeig compile LANGUAGE -o FILE writes the network" in copied(err)) == (2, True)
    assert "comes last, after --" in negeig(capsys, "check", "-1")[2]  # twin


def test_one_word_is_no_list_of_words():
    net = module(compile("(11)*").network)
    with pytest.raises(InputError, match="found one word"):
        net.encode("11")
    assert net.encode(["11"]).tolist() == [[0, 0]]


@pytest.mark.parametrize("family", ["dense", "delta"])
def test_commands_of_the_frontier_say_what_they_write(capsys, family):
    layer = f"family={family}" + ",beta=0..2" * (family == "delta")
    _, out, _ = negeig(capsys, "check", "(11)*", "--layer", layer, "--no-run")
    said = "a command writes the delta steps that such a network is made of"
    assert "negeig compile" in out
    assert (said in out) == (family == "dense")
