"""What people tried from the documentation alone, and the sentence that they get."""

import pytest

from support.command_line import copied, negeig

KERNELS = """
import numpy as np

def forgetful(q, k, v, beta, initial_state, scale):
    return np.zeros_like(v), np.zeros_like(initial_state)

def failing(q, k, v, beta):
    raise RuntimeError("no device")
"""


def test_a_phrase_needs_no_quotes(capsys):
    spoken = negeig(capsys, "explain", "syntactic", "monoid")
    assert spoken[0] == 0
    assert spoken == negeig(capsys, "explain", "syntactic monoid")
    assert negeig(capsys, "explain")[0] == 2


def test_a_call_that_fails_is_said_as_it_failed(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "k.py").write_text(KERNELS)
    asked = ["conform", "--suite", "standard", "--task", "parity", "--dtype", "fp32", "--impl"]
    out = copied(negeig(capsys, *asked, "k.py:failing,k.py:forgetful")[1])
    assert "parity fp32: RuntimeError: no device; in a call" in out
    assert "states of every position" not in out
    # Twin: one that answers, and wrongly, is told with what was expected.
    assert "after one letter expected 0, found 1" in out


def test_a_part_of_a_name_in_the_suite_is_taken_up(capsys):
    asked = ["conform", "--suite", "standard", "--impl", "negeig", "--task"]
    assert "did you mean s3-swaps? there are" in negeig(capsys, *asked, "s3")[2]
    assert "did you mean" not in negeig(capsys, *asked, "zzz")[2]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"import torch\n", "not a safetensors file but text"),
        (b"\x1f\x8b\x08\x00", "compressed by gzip"),
        (b"PK\x03\x04", "an archive of torch.save"),
    ],
)
def test_what_an_audit_is_given_is_named(capsys, tmp_path, data, said):
    path = tmp_path / "w"
    path.write_bytes(data)
    code, _, err = negeig(capsys, "audit", str(path))
    assert (code, said in err, "deserializing" in err) == (2, True, False)


def test_a_network_that_its_format_leaves_outside_is_no_closed_one(capsys):
    """Its only claim is exact and proved, whose detail is no reason."""
    layer = "family=rotation,gate=1,depth=1"
    out = copied(negeig(capsys, "check", "(aaa)*", "--layer", layer, "--no-run")[1])
    assert "not proved in bf16: its weights, rounded to bf16, are outside" in out
    assert "not proved in bf16: closed" not in out
