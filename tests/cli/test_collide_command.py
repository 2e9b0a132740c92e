"""``negeig collide`` and ``negeig audit`` as commands: exit codes, JSON, refusals."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from safetensors.numpy import save_file

from negeig.cli import main
from support.command_line import copied

POSITIVE = {
    "schema": "negeig.network/1",
    "alphabet": ["0", "1"],
    "field": None,
    "layers": [
        {
            "alphabet": ["0", "1"],
            "dim": 2,
            "initial": ["0", "1"],
            "steps": {
                "0": [],
                "1": [{"matrix": [["1/2", "1/4"], ["0", "3/4"]], "bias": ["1", "0"]}],
            },
            "codes": [["0", "1"]],
            "emit": [["odd", "odd"]],
        }
    ],
    "outputs": {"odd": 0},
    "empty": 1,
}


def one_step(matrix, initial, letters=("1",)):
    """A network of one layer and one coordinate, the same step on every letter."""
    step = [{"matrix": [[matrix]], "bias": ["0"]}]
    layer = {
        "alphabet": list(letters),
        "dim": 1,
        "initial": [initial],
        "steps": dict.fromkeys(letters, step),
        "codes": [["0"]],
        "emit": [["any"] * len(letters)],
    }
    return {**POSITIVE, "alphabet": list(letters), "layers": [layer], "outputs": {"any": 0}}


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    out, err = capsys.readouterr()
    return stop.value.code, out, err


@pytest.fixture
def network(tmp_path):
    path = tmp_path / "positive.json"
    path.write_text(json.dumps(POSITIVE))
    return str(path)


def test_a_layer_with_positive_eigenvalues_collides_on_parity(capsys, network):
    code, out, _ = run(capsys, "collide", network, "--zoo", "parity", "--json")
    result = json.loads(out)
    assert code == 1
    found = result["collision"]
    low, high = found["exponents"]
    assert (low - high) % 2 == 1
    assert high <= found["bound"]["exponent"]
    code, out, _ = run(capsys, "collide", network, "--zoo", "parity")
    assert code == 1
    assert f"(1)^{low}" in out
    assert "no decoder is right on both" in copied(out)


@pytest.mark.parametrize("variant", ["state", "terms"])
def test_one_negative_eigenvalue_escapes(capsys, tmp_path, variant):
    path = str(tmp_path / "parity.json")
    assert run(capsys, "compile", "--zoo", "parity", "-o", path)[0] == 0
    code, out, _ = run(
        capsys, "collide", path, "--zoo", "parity", "--max-steps", "500", "--variant", variant
    )
    assert code == 3
    assert "proves nothing" in out


def test_what_cannot_be_examined_is_refused_by_name(capsys, network):
    code, _, err = run(capsys, "collide", network, "--zoo", "parity", "--format", "bf17")
    assert code == 2
    assert "bf17" in err
    code, _, err = run(capsys, "collide", network, "--zoo", "parity", "--variant", "sum")
    assert code == 2
    assert "state, terms" in err
    code, _, err = run(capsys, "collide", network)
    assert code == 2
    assert "exactly one of" in err


def test_a_stored_layer_is_audited(capsys, tmp_path):
    path = str(tmp_path / "layer.safetensors")
    save_file(
        {
            "key": np.array([[1.0, -1.0], [1.0, 0.0]], dtype=np.float32),
            "beta": np.array([1.0, 0.5], dtype=np.float32),
        },
        path,
    )
    code, out, _ = run(capsys, "audit", path, "--json")
    assert code == 0
    assert json.loads(out)["classes"]["real"] == 1
    code, out, _ = run(capsys, "audit", path)
    assert code == 0
    assert "negative" in out


def test_hostile_tensors_are_refused_by_name(capsys, tmp_path):
    path = str(tmp_path / "layer.safetensors")
    keys = np.array([[np.nan, 1.0]], dtype=np.float32)
    save_file({"key": keys, "beta": np.array([1.0], dtype=np.float32)}, path)
    code, _, err = run(capsys, "audit", path)
    assert code == 2
    assert "key" in err
    code, _, err = run(capsys, "audit", path, "--layer", "dense")
    assert code == 2
    code, _, err = run(capsys, "audit", str(tmp_path / "missing.safetensors"))
    assert code == 2


def test_the_sign_of_a_vanishing_state_is_seen_unless_zeros_are_one(capsys, tmp_path):
    """h <- -h/2 tends to 0 with signs that alternate: bits 0000 and 8000 in turn."""
    path = tmp_path / "decay.json"
    path.write_text(json.dumps(one_step("-1/2", "1")))
    arguments = ("collide", str(path), "--regex", "(11)*", "--max-steps", "300", "--json")
    code, out, _ = run(capsys, *arguments)
    assert code == 3
    signed = json.loads(out)
    assert (signed["zero"], signed["collision"], signed["periodic"]) == ("signed", None, True)
    code, out, _ = run(capsys, *arguments, "--zero", "one")
    assert code == 1
    one = json.loads(out)
    assert one["zero"] == "one"
    assert one["collision"]["states"] == ["0000"]
    # Twin: without the sign the state is +0 in the end either way.
    path.write_text(json.dumps(one_step("1/2", "1")))
    for zero in ("signed", "one"):
        code, out, _ = run(capsys, *arguments, "--zero", zero)
        assert code == 1
        assert json.loads(out)["collision"]["states"] == ["0000"]
    # |D| counts one more.
    changes = [
        json.loads(run(capsys, *arguments, "--zero", zero)[1])["bounds"][0]["changes"]
        for zero in ("signed", "one")
    ]
    assert changes == [65_279, 65_278]
    text = copied(run(capsys, *arguments[:-1])[1])
    assert "bf16, saturating; +0 and -0 are two values" in text
    text = copied(run(capsys, *arguments[:-1], "--zero", "one")[1])
    assert "+0 and -0 are one value" in text
    code, _, err = run(capsys, *arguments[:-1], "--zero", "no")
    assert (code, "known: signed, one" in err) == (2, True)


def test_a_task_without_periods_is_not_searched(capsys, tmp_path):
    path = tmp_path / "decay.json"
    path.write_text(json.dumps(one_step("1/2", "1", ("a", "b"))))
    code, out, _ = run(capsys, "collide", str(path), "--regex", "(a|b)*a", "--json")
    result = json.loads(out)
    assert code == 3
    assert (result["periodic"], result["searched"], result["freezing"]) == (False, 0, [])
    text = copied(run(capsys, "collide", str(path), "--regex", "(a|b)*a")[1])
    assert "no word of the task has a period above 1" in text
    assert "Theorems" not in text
    # Twin: no letter of (ab)*-like counting has a period above 1, but a word has.
    task = {
        "alphabet": ["a", "b"], "initial": 0, "accepting": [0],
        "transitions": [[1, 0], [1, 2], [3, 2], [3, 0]],
    }  # fmt: skip
    (tmp_path / "task.json").write_text(json.dumps(task))
    code, out, _ = run(
        capsys, "collide", str(path), "--machine", str(tmp_path / "task.json"), "--json"
    )
    result = json.loads(out)
    assert code == 1
    assert result["periodic"]
    assert len(result["collision"]["word"]) == 2


def test_names_are_shown_without_control_characters(capsys, tmp_path):
    evil = "\x1b[31mEVIL\x1b]0;t\x07\r\n"
    path = str(tmp_path / "layer.safetensors")
    tensors = {
        f"{evil}.key": np.array([[1.0, -1.0], [1.0, 0.0]], dtype=np.float32),
        f"{evil}.beta": np.array([1.0, 0.5], dtype=np.float32),
    }
    save_file(tensors, path)
    code, out, _ = run(capsys, "audit", path)
    assert code == 0
    assert "EVIL" in out
    assert all(c.isprintable() for c in out.replace("\n", ""))
    assert len(out.splitlines()) == out.count("\n")
    (tmp_path / "network.json").write_text(json.dumps(one_step("-1/2", "1", (evil,))))
    task = {
        "alphabet": [evil], "initial": 0, "outputs": [evil, "odd"], "transitions": [[1], [0]]
    }  # fmt: skip
    (tmp_path / "task.json").write_text(json.dumps(task))
    code, out, _ = run(
        capsys, "collide", str(tmp_path / "network.json"), "--machine", str(tmp_path / "task.json"),
        "--zero", "one",
    )  # fmt: skip
    assert code == 1
    assert "EVIL" in out
    assert all(c.isprintable() for c in out.replace("\n", ""))


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("dense", ["--keys", "key", "--betas", "beta", "--steps", "last", "--normalise", "l2"]),
        ("diagonal", ["--normalise", "l2"]),
        ("delta", ["--matrices", "key"]),
    ],
)
def test_options_of_another_kind_of_layer_are_refused(capsys, tmp_path, kind, options):
    path = str(tmp_path / "layer.safetensors")
    save_file({"key": np.eye(2, dtype=np.float32), "beta": np.ones(2, np.float32)}, path)
    code, _, err = run(capsys, "audit", path, "--layer", kind, *options)
    assert code == 2
    for option in options[::2]:
        assert f"{option} is about" in err


def test_fifos_and_folders_are_refused_before_they_are_opened(capsys, tmp_path):
    path = str(tmp_path / "fifo")
    os.mkfifo(path)
    for wrong in (path, str(tmp_path), "/dev/zero"):
        code, _, err = run(capsys, "audit", wrong)
        assert code == 2
        assert "no regular file" in err


def test_an_empty_name_is_not_explained(capsys):
    code, _, err = run(capsys, "explain", "")
    assert code == 2
    assert "empty" in err
    assert "nearest" not in err
    assert "nearest" in run(capsys, "explain", "T11")[2]


def test_an_audit_stops_when_its_time_is_over(tmp_path):
    path = str(tmp_path / "layer.safetensors")
    save_file({"key": np.eye(2, dtype=np.float32), "beta": np.ones(2, np.float32)}, path)
    command = [sys.executable, "-m", "negeig", "audit", path, "--json", "--timeout"]
    for seconds, code in (("0", 3), ("600", 0)):
        done = subprocess.run([*command, seconds], capture_output=True, text=True, check=False)
        assert done.returncode == code
        assert ("--timeout" in done.stdout) == (code == 3)


def test_a_network_from_standard_input_is_called_so():
    one_state = json.dumps(one_step("1", "0"))
    for command, text in (
        ("precision", " 1 state, depth 0\n"),
        ("collide", "no word of the task has a period above 1"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "negeig", command, "-", "[]", "--alphabet", "1"],
            input=one_state, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.stdout.startswith("standard input   ")
        assert text in done.stdout


def test_what_is_not_decided_of_a_word_is_said(capsys, tmp_path):
    path = tmp_path / "parity.json"
    path.write_text(json.dumps(one_step("-1", "1")))
    _, out, _ = run(capsys, "collide", str(path), "(111)*", "--max-steps", "50")
    assert "1^k          whether the cast state comes to rest is not decided within 50" in out
