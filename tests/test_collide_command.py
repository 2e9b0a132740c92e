"""``negeig collide`` and ``negeig audit`` as commands: exit codes, JSON, refusals."""

from __future__ import annotations

import json

import numpy as np
import pytest
from safetensors.numpy import save_file

from negeig.cli import main

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
    assert "no decoder is right on both" in out


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
