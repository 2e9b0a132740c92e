"""Which betas and keys a proof through an implementation is about; headlines of ``check``."""

import pytest

from negeig.automata.formats import json_file
from negeig.kernels.standard_suite import TASKS
from negeig.kernels.uses import uses
from negeig.theory.networks.network_json import dumps
from support.command_line import negeig, valid

KERNEL = """
import torch

def clipped(q, k, v, beta, initial_state, scale):
    h, o, beta = initial_state, [], beta.clamp(max=1)
    for t in range(q.shape[1]):
        error = v[:, t] - (h * k[:, t, :, :, None]).sum(2)
        h = h + k[:, t, :, :, None] * (beta[:, t, :, None] * error)[:, :, None]
        o.append((h * q[:, t, :, :, None]).sum(2))
    return torch.stack(o, 1), h
"""
CLIPPED = "impl:clip.py:clipped"
ROOTS = ("--file", "s3.json")
SWAPS = ("--zoo", "sym:3:swaps")
WARNING = "nor of beta above 1; to test it, as for a clamp at 1, take keys of length 1: negeig"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clip.py").write_text(KERNEL)
    (tmp_path / "roots.json").write_text(dumps(TASKS["s3-swaps"].network))
    (tmp_path / "s3.json").write_text(json_file.dumps(TASKS["s3-swaps"].machine))
    return tmp_path


def flat(text):
    return " ".join(text.split())


def test_a_clamp_is_proved_at_beta_1_and_the_proof_says_so(capsys):
    asked = ("precision", "roots.json", "--arithmetic", f"fp32,{CLIPPED}")
    code, out, _ = negeig(capsys, *asked, *ROOTS)
    assert code == 0
    assert "beta in {1}, |k|^2 in {2}, 0 or 1 steps a letter, no writes, no decay" in flat(out)
    assert f"{WARNING} compile LANGUAGE --unit-keys --held-by fp32 -o unit.json" in flat(out)
    fp32, through = valid(negeig(capsys, *asked, *ROOTS, "--json")[1])["results"]
    assert through["uses"] == uses(TASKS["s3-swaps"].network).to_json()
    assert "uses" not in fp32


def test_the_network_that_is_suggested_refutes_the_clamp(capsys):
    unit = ("compile", *SWAPS, "--unit-keys", "--held-by", "fp32", "-o", "unit.json")
    assert negeig(capsys, *unit)[0] == 0
    code, out, _ = negeig(capsys, "precision", "unit.json", *SWAPS, "--arithmetic", CLIPPED)
    assert code == 1
    assert "beta in {2}, |k|^2 in {1}, 1 step a letter" in flat(out)
    assert WARNING not in flat(out)


def test_check_says_what_its_network_uses(capsys):
    asked = ("check", "(11)*", "--no-run", "--arithmetic", "impl:negeig.cpu")
    assert "inputs beta in {2}, |k|^2 in {1}, 1 step a" in flat(negeig(capsys, *asked)[1])
    claims = valid(negeig(capsys, *asked, "--json")[1])["claims"]
    assert [claim["id"] for claim in claims if "uses" in claim] == ["impl:negeig.cpu"]
    assert "inputs" not in negeig(capsys, *asked[:-1], "fp32")[1]


def test_check_heads_the_network_by_its_own_verdict(capsys):
    """An implementation that errs is refuted, not the network; the exit code is the request's."""
    asked = ("check", "(11)*", "--no-run", "--arithmetic")
    code, out, _ = negeig(capsys, *asked, CLIPPED)
    assert code == 1
    answer = f"NO in {CLIPPED}; the network itself: YES, proved for every length"
    assert answer in flat(out)
    assert "network      one layer" in out
    assert f"refuted the implementation, not the network: {CLIPPED}" in flat(out)
    assert "network      one layer" in negeig(capsys, *asked, "impl:clip.py:clipped@bf16")[1]
    assert "the implementation, not" not in negeig(capsys, *asked, "impl:negeig.cpu")[1]


def test_conform_says_what_was_used_where_nothing_was_wrong(capsys):
    asked = ("conform", "--suite", "standard", "--impl", "clip.py:clipped", "--dtype", "fp32")
    out = flat(negeig(capsys, *asked, "--task", "s3-swaps")[1])
    assert "inputs beta in {1}, |k|^2 in {2}, 0 or 1 steps a letter" in out
    assert WARNING in out
    out = flat(negeig(capsys, *asked, "--task", "s3-swaps", "--task", "parity")[1])
    assert "wrong" in out
    assert "inputs" not in out
    rows = valid(negeig(capsys, *asked, "--task", "parity", "--json")[1])["results"]
    assert [row["uses"]["beta"] for row in rows] == [["2"]]


def test_what_does_nothing_is_not_counted():
    network = TASKS["idle"].network
    found = uses(network)
    assert "0" not in found.to_json()["beta"]
    both = uses(network, TASKS["parity"].network)
    assert set(both.beta) == {*found.beta, *uses(TASKS["parity"].network).beta}
    assert uses(TASKS["decaying-digits"].network).decay
