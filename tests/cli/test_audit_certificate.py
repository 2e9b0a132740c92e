"""``negeig audit --certificate``: the eigenvalues of each matrix, for a stranger to check."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from negeig.proofs_checks import of_audit
from support.command_line import negeig, valid


def certified(capsys, tmp_path, arrays, *options):
    """Audit a file of some tensors: the certificates, and what standard error says."""
    layer, path = str(tmp_path / "layer.safetensors"), tmp_path / "spectra.json"
    save_file(arrays, layer)
    code, _, err = negeig(capsys, "audit", layer, *options, "--certificate", str(path))
    assert code == 0
    return path, err


def kinds(capsys, path):
    """Verify the certificates; return what each says of its matrix."""
    code, out, _ = negeig(capsys, "verify", str(path), "--json")
    assert (code, {one["verdict"] for one in valid(out)["certificates"]}) == (0, {"VERIFIED"})
    return [json.loads(line)["evidence"]["kind"] for line in path.read_text().splitlines()]


TURN = np.array([[0.0, -1.0], [1.0, 0.0]], np.float32)

SPECTRA = {
    "delta": ({"k": np.eye(2, dtype=np.float32), "beta": np.array([1, 2], np.float32)},
              ["nonnegative", "real"]),
    "dense": ({"a": np.stack([TURN, TURN @ TURN, TURN])}, ["non-real", "real"]),
    "diagonal": ({"a": np.array([[0.5, 1.0], [0.5, -1.0]], np.float32)}, ["nonnegative", "real"]),
}  # fmt: skip


@pytest.mark.parametrize("layer", SPECTRA)
def test_each_distinct_matrix_has_one(capsys, tmp_path, layer):
    arrays, found = SPECTRA[layer]
    path, err = certified(capsys, tmp_path, arrays, "--layer", layer)
    assert sorted(kinds(capsys, path)) == sorted(found)
    assert "wrote 2 certificates" in err
    assert "no certificate" not in err


def test_what_is_said_of_another_matrix_is_refused(capsys, tmp_path):
    path, _ = certified(capsys, tmp_path, SPECTRA["delta"][0])
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines[0]["about"], lines[1]["about"] = lines[1]["about"], lines[0]["about"]
    texts = (json.dumps(line, sort_keys=True, separators=(",", ":")) for line in lines)
    Path(path).write_text("".join(text + "\n" for text in texts))
    assert negeig(capsys, "verify", str(path))[0] == 1


def test_what_has_none_is_counted(capsys, tmp_path, monkeypatch):
    wide = {"k": np.eye(33, dtype=np.float32)[:3], "beta": np.ones(3, np.float32)}
    path, err = certified(capsys, tmp_path, wide)
    assert "no certificate: 3 matrices: they are too large for one" in err
    assert not path.exists()
    monkeypatch.setattr(of_audit, "MOST", 1)
    path, err = certified(capsys, tmp_path, SPECTRA["delta"][0])
    assert "no certificate: 1 matrix: there are more than 1" in err
    assert len(kinds(capsys, path)) == 1


def test_a_configuration_has_none(capsys, tmp_path):
    config, path = tmp_path / "config.json", tmp_path / "spectra.json"
    config.write_text('{"model_type": "mamba", "num_hidden_layers": 2}')
    code, _, err = negeig(capsys, "audit", str(config), "--certificate", str(path))
    assert (code, path.exists()) == (2, False)
    assert "--certificate is about tensors" in err
