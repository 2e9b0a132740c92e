"""``--arithmetic impl:NAME``: claims, rows, exit codes, bad input and the time limit."""

import json
from dataclasses import replace

import pytest

from negeig import api
from negeig.claims import Assumption, Claim, Closure, Stopped, Verdict
from negeig.pipeline.parts.through import read
from support.command_line import begun, negeig, valid

KERNELS = """
import time

import torch

def works(q, k, v, beta, initial_state, scale):
    h, o = initial_state, []
    for t in range(q.shape[1]):
        error = v[:, t] - (h * k[:, t, :, :, None]).sum(2)
        h = h + k[:, t, :, :, None] * (beta[:, t, :, None] * error)[:, :, None]
        o.append((h * q[:, t, :, :, None]).sum(2))
    return torch.stack(o, 1), h

def clipped(q, k, v, beta, initial_state, scale):
    return works(q, k, v, beta.clamp(max=1), initial_state, scale)

def late(q, k, v, beta, initial_state, scale):
    return works(q, k, v, beta.clamp(max=1) if q.shape[1] > 1 else beta, initial_state, scale)

def stateless(q, k, v, beta, initial_state, scale):
    return works(q, k, v, beta, initial_state, scale)[0]

def hangs(q, k, v, beta, initial_state, scale):
    while True:  # in Python, and with no core taken from other tests
        time.sleep(1)
"""
ARITHMETIC = "fp32,impl:kernel.py:works,impl:negeig.cpu,impl:kernel.py:works@bf16"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kernel.py").write_text(KERNELS)
    return tmp_path


def rows(document):
    return {row["arithmetic"]: row for row in document["results"]}


def test_precision_explores_implementations_beside_arithmetics(capsys):
    assert negeig(capsys, "compile", "--zoo", "sym:3", "-o", "n.json")[0] == 0
    asked = ("precision", "n.json", "--zoo", "sym:3", "--arithmetic", ARITHMETIC)
    limits = ("--round-parameters", "--max-closure", "1000")
    code, out, _ = negeig(capsys, *asked, *limits, "--json")
    found = rows(valid(out))
    assert code == 3
    assert list(found) == ARITHMETIC.split(",")
    states = [row["states"] for row in found.values()]
    assert states == [620, 620, 620, 1000]
    assert [row["verdict"] for row in found.values()] == ["proved"] * 3 + ["open"]
    assert found["fp32"]["implementation"] is None
    assert found["fp32"]["assumptions"] == []
    ours = found["impl:negeig.cpu"]
    assert ours["implementation"] | {"version": "?"} == {
        "name": "negeig.cpu", "version": "?", "device": "cpu", "dtype": "fp32",
    }  # fmt: skip
    assert ours["implementation"]["version"].startswith("negeig ")
    assert [a["held"] for a in ours["assumptions"]] == [True, True, True]
    assert found["impl:kernel.py:works@bf16"]["implementation"]["dtype"] == "bf16"
    text = negeig(capsys, *asked, *limits)[1]
    assert "impl:negeig.cpu" in text
    assert text.count("T tokens in one call give the bits of T calls of one token") == 3
    code, _, err = negeig(capsys, *asked[:-1], "impl:negeig.cpu")
    assert code == 2
    assert "impl:negeig.cpu cannot hold 1 of the parameters; --round-parameters" in err


def test_check_claims_what_an_implementation_does(capsys):
    named = ("check", "(11)*", "--no-run", "--arithmetic")
    code, out, _ = negeig(capsys, *named, "bf16,impl:kernel.py:works,impl:negeig.cpu", "--json")
    document = valid(out)
    claims = {claim["id"]: claim for claim in document["claims"]}
    assert (code, document["verdict"]) == (0, "holds")
    assert list(claims) == ["exact", "bf16", "impl:kernel.py:works", "impl:negeig.cpu"]
    claim = claims["impl:kernel.py:works"]
    assert (claim["verdict"], claim["states"]) == ("proved", 2)
    assert claim["arithmetic"].startswith("kernel.py:works (torch ")
    assert [a["name"] for a in claim["assumptions"]] == [
        "deterministic", "batch_independent", "split_is_whole",
    ]  # fmt: skip
    assert "assumptions" not in claims["exact"]
    code, out, _ = negeig(capsys, *named, "impl:kernel.py:works")
    assert code == 0
    assert "exact ✓ impl:kernel.py:works ✓" in " ".join(out.split())
    assert "not proved: the same call gives the same bits again" in " ".join(out.split())


@pytest.mark.parametrize(
    ("name", "code", "verdict", "text"),
    [
        ("clipped", 1, "refuted", "wrong on 1"),
        ("late", 1, "refuted", "not so that T tokens in one call"),
        ("stateless", 3, "undecided", "it hands on no state"),
    ],
)
def test_check_refutes_or_says_why_not(capsys, name, code, verdict, text):
    named = ("check", "(11)*", "--no-run", "--arithmetic", f"impl:kernel.py:{name}")
    found, out, _ = negeig(capsys, *named)
    assert found == code
    assert text in " ".join(out.split())
    found, out, _ = negeig(capsys, *named, "--json")
    document = valid(out)
    assert (found, document["verdict"]) == (code, verdict)
    claim = document["claims"][-1]
    assert claim["verdict"] == {"undecided": "open"}.get(verdict, verdict)
    assert (claim["word"] is None) == (verdict == "undecided")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("impl:nobody", "'nobody' is unknown; known are"),
        ("impl:", "'' is unknown"),
        ("impl:kernel.py:absent", "absent"),
        ("impl:negeig.cpu@fp8", "'negeig.cpu@fp8' is no compiled kernel"),
    ],
)
def test_bad_names(capsys, name, message):
    negeig(capsys, "compile", "(11)*", "-o", "n.json")
    for command in (("check", "(11)*"), ("precision", "n.json", "(11)*")):
        code, out, err = negeig(capsys, *command, "--arithmetic", f"bf16,{name}")
        assert (code, out) == (2, "")
        assert message in err


def test_names_are_read_without_regard_to_where_they_stand():
    (one,) = read(["IMPL:negeig.cpu@bf16"])
    assert (one.name, one.dtype) == ("impl:negeig.cpu@bf16", "bf16")
    assert len(read(["impl:negeig.cpu", "impl:negeig", " impl:negeig.cpu@fp32 "])) == 1


def test_after_a_stop_nothing_of_others_is_begun():
    made = api.compile("(11)*")
    (one,) = read(["impl:kernel.py:hangs"])
    stopped = Stopped("seconds in all", 1, reached=1, option="--timeout")
    claim = one.claim(made.network, made.machine, stopped=stopped)
    assert (claim.verdict, claim.detail) == (Verdict.OPEN, str(stopped))


def test_one_that_hangs_is_named_and_what_was_found_is_kept(capsys):
    assert negeig(capsys, "compile", "(11)*", "-o", "n.json")[0] == 0
    arithmetic = ["--arithmetic", "bf16,impl:kernel.py:hangs", "--timeout", "15", "--json"]
    commands = ["check", "(11)*", "--no-run"], ["precision", "n.json", "(11)*"]
    # Both wait for the same time, one beside the other.
    for done in [begun(*command, *arithmetic) for command in commands]:
        document = json.loads(done.communicate()[0])
        assert done.returncode == 3
        found = document["claims"] if "claims" in document else document["results"]
        assert [row["verdict"] for row in found][-2:] == ["proved", "open"]
        last = found[-1].get("reason") or found[-1]["detail"]
        assert "it was at impl:kernel.py:hangs" in last
        assert "--timeout" in last


def test_a_claim_shows_its_assumptions():
    assumed = Assumption(name="deterministic", statement="s", tested="t", held=True)
    claim = Claim(id="a", statement="b", arithmetic="c", evidence=Closure(states=1),
                  assumptions=(assumed,))  # fmt: skip
    assert claim.to_json()["assumptions"] == [assumed.to_json()]
    assert "assumptions" not in replace(claim, assumptions=()).to_json()


def test_the_answer_says_how_long_the_calls_were_that_were_tested(capsys, tmp_path):
    net = tmp_path / "net.json"
    negeig(capsys, "compile", "(11)*", "-o", str(net))
    for names, far in (
        ("bf16", ""),
        ("bf16,impl:negeig.cpu", ", with calls of up to 1,025 tokens tested"),
    ):
        _, out, _ = negeig(capsys, "precision", str(net), "(11)*", "--arithmetic", names)
        words = " ".join(out.split())  # the path may take the width of a line
        assert f"YES, proved for every length{far}" in words
        assert ("tokens tested" in words) == bool(far)
    _, out, _ = negeig(
        capsys, "precision", str(net), "(11)*", "--arithmetic", "impl:negeig.cpu", "--json"
    )
    (row,) = valid(out)["results"]
    assert [assumed["tokens"] for assumed in row["assumptions"]] == [None, None, 1025]
