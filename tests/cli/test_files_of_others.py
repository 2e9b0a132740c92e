"""A file that another command reads is named, with that command, wherever it is given."""

import json

import pytest

import negeig as package
from negeig.automata.formats.documents import KINDS, binary, glance, kind_of
from negeig.proofs_checks.of_results import of_check
from negeig.theory.networks.network_json import dumps
from support.command_line import negeig, valid

TEXTS = {
    "machine": {"alphabet": ["a"], "initial": 0, "transitions": [[1], [0]], "accepting": [0]},
    "config": {"model_type": "olmo_hybrid", "num_hidden_layers": 4},
    "layer": {"family": "delta", "beta": "0..2"},
    "shards": {"metadata": {}, "weight_map": {"0.k": "model-00001-of-00002.safetensors"}},
}

READ_BY = {
    "network": ("precision", "FILE", "--zoo", "parity"),
    "certificate": ("verify", "FILE"),
    "machine": ("compare", "--file", "FILE", "a*"),
    "config": ("audit", "FILE"),
    "layer": ("check", "(11)*", "--no-run", "--layer", "FILE"),
}


@pytest.fixture(scope="module")
def texts():
    """Return the text of one file of each kind."""
    found = package.check(zoo="parity", backends=())
    made = {name: json.dumps(value, indent=1) for name, value in TEXTS.items()}
    made["network"] = dumps(found.network)
    lines = [line for one in of_check(found).made for line in one.lines()]
    made["certificate"] = "\n".join([*lines, ""])
    made["answer"] = json.dumps(found.to_json())
    return made


def test_every_kind_is_told_from_every_other(texts):
    assert set(texts) == {kind.key for kind in KINDS} == {*READ_BY, "answer", "shards"}
    for key, text in texts.items():
        assert kind_of(glance(text)).key == kind_of(glance(text.encode())).key == key
        assert next(kind.key for kind in KINDS if kind.is_one(glance(text))) == key


@pytest.mark.parametrize("command", READ_BY)
def test_a_file_of_another_kind_is_named_and_so_is_what_reads_it(capsys, tmp_path, texts, command):
    for key, text in texts.items():
        if (command, key) == ("machine", "certificate"):
            continue  # its task is read: tests/automata/formats/test_certificate_file.py
        path = tmp_path / f"{key}.json"
        path.write_text(text)
        given = [str(path) if word == "FILE" else word for word in READ_BY[command]]
        code, out, err = negeig(capsys, *given)
        if key == command:
            assert code in (0, 1, 3), err
            continue
        assert code == 2
        said = " ".join((out + err).split())
        assert str(next(kind for kind in KINDS if kind.key == key)) in said, said


def test_an_answer_in_json_says_what_the_file_is_instead(capsys, tmp_path, texts):
    path = tmp_path / "network.json"
    path.write_text(texts["network"])
    code, out, _ = negeig(capsys, "verify", str(path), "--json")
    assert code == 2
    assert valid(out)["instead"].startswith("this is a network of negeig, which negeig precision")
    path.write_text("no certificate")
    assert "instead" not in valid(negeig(capsys, "verify", str(path), "--json")[1])


def test_tensors_are_told_by_their_first_bytes(capsys, tmp_path):
    path = tmp_path / "layer"
    path.write_bytes(b"\x40" + bytes(7) + b'{"__metadata__":{}}')
    assert binary(path.read_bytes()) == "a safetensors file, which negeig audit reads"
    for command in ("network", "certificate"):
        given = [str(path) if word == "FILE" else word for word in READ_BY[command]]
        code, out, err = negeig(capsys, *given)
        assert (code, "which negeig audit reads" in out + err) == (2, True)
