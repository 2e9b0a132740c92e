"""Ctrl-C and a time limit leave the arithmetics that are done, and say which are missing."""

from __future__ import annotations

import signal

import pytest

from negeig.claims import Stopped
from negeig.pipeline import precision as pipeline
from support.command_line import begun, negeig, valid

NAMES = "exact,bf16,fp32,fp16,bf16:acc32"


@pytest.fixture
def network(capsys, tmp_path):
    path = str(tmp_path / "net.json")
    assert negeig(capsys, "compile", "(11)*", "-o", path)[0] == 0
    return path


def stopping(monkeypatch, error, at="fp16:all-ops"):
    """Have the search in one arithmetic be stopped."""
    explore = pipeline.explore_rounded

    def stopped(network, machine, model, **options):
        if model.name == at:
            raise error
        return explore(network, machine, model, **options)

    monkeypatch.setattr(pipeline, "explore_rounded", stopped)


OVER = Stopped("seconds in all", 1, reached=1, option="--timeout")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [(KeyboardInterrupt(), 130, "interrupted"), (OVER, 3, "raise it with --timeout")],
)
def test_what_is_done_is_shown_and_what_is_not_is_named(
    capsys, monkeypatch, network, error, code, said
):
    stopping(monkeypatch, error)
    asked = ("precision", network, "(11)*", "--arithmetic", NAMES)
    found, out, err = negeig(capsys, *asked)
    assert found == code
    rows = [line.split()[:2] for line in out.splitlines() if line.startswith(("proved", "missing"))]
    done = [["proved", name] for name in ("exact", "bf16", "fp32")]
    assert rows == [*done, ["missing", "fp16"], ["missing", "bf16:acc32"]]
    assert "YES in exact, bf16, fp32" in " ".join(out.split())
    assert "YES, proved" not in out
    assert said in err
    assert "not done: fp16, bf16:acc32" in err
    found, out, _ = negeig(capsys, *asked, "--json")
    document = valid(out)
    assert found == code
    assert [row["arithmetic"] for row in document["results"]] == ["exact", "bf16", "fp32"]
    assert document["missing"] == ["fp16", "bf16:acc32"]
    assert said in document["stopped"]


def test_where_all_is_done_nothing_is_missing(capsys, network):
    code, out, _ = negeig(capsys, "precision", network, "(11)*", "--json")
    document = valid(out)
    assert (code, document["missing"], document["stopped"]) == (0, [], None)


def test_where_nothing_is_done_it_is_interrupted_as_ever(capsys, monkeypatch, network):
    stopping(monkeypatch, KeyboardInterrupt(), "exact")
    code, out, err = negeig(capsys, "precision", network, "(11)*")
    assert (code, out, err.strip()) == (130, "", "negeig: interrupted")


def test_a_format_that_does_not_hold_a_number_is_refused_before_any_search(
    capsys, monkeypatch, tmp_path
):
    path = str(tmp_path / "thirds.json")
    assert negeig(capsys, "compile", "--zoo", "cyclic:3", "-o", path)[0] == 0
    monkeypatch.setattr(pipeline, "explore_rounded", None)
    asked = ("precision", path, "--zoo", "cyclic:3", "--arithmetic", "exact,bf16")
    code, out, err = negeig(capsys, *asked)
    assert (code, out) == (2, "")
    assert "bf16 cannot hold" in err


ENDLESS = """
import sys

def endless(q, k, v, beta):
    print("endless begins", file=sys.stderr, flush=True)
    while True:
        pass
"""


@pytest.mark.parametrize(
    ("number", "more"),
    [(signal.SIGINT, ()), (signal.SIGTERM, ()), (signal.SIGTERM, ("--timeout", "600"))],
    ids=["ctrl-c", "term", "term-of-a-parent"],
)
def test_a_real_ctrl_c_leaves_rows_and_so_does_sigterm(network, tmp_path, number, more):
    """The third search is endless; the two before it are printed."""
    path = tmp_path / "own.py"
    path.write_text(ENDLESS)
    own = f"impl:{path}:endless"
    process = begun("precision", network, "(11)*", "--arithmetic", f"bf16,fp32,{own}", *more)
    assert process.stderr is not None
    assert process.stderr.readline() == "endless begins\n"
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "bf16" in out
    assert "fp32" in out
    assert f"interrupted; not done: {own}" in err


def test_every_bad_name_is_said_at_once(capsys, network):
    asked = ("precision", network, "(11)*", "--arithmetic", "bf16:acc32:srr,kernel,bf16,negeig.cpu")
    code, out, err = negeig(capsys, *asked)
    assert (code, out) == (2, "")
    assert "3 problems" not in err
    assert "'bf16:acc32:srr' is unknown; did you mean bf16:acc32:sr?" in err
    assert "'kernel' is unknown" in err
    assert "'negeig.cpu' is unknown; did you mean impl:negeig.cpu?" in err
    assert err.count("known are exact") == 1
    assert "impl:NAME, see negeig conform --list" in err


def test_rows_have_canonical_names_and_json_what_was_typed(capsys, network):
    asked = ("precision", network, "(11)*", "--arithmetic", "BF16,bf16:sr:acc32,reference")
    code, out, _ = negeig(capsys, *asked)
    assert code == 0
    rows = [line.split()[1:3] for line in out.splitlines() if line.startswith("proved")]
    assert [row[0] for row in rows] == ["bf16", "bf16:acc32:sr", "fp32"]
    assert rows[2][1] == "(reference)"
    document = valid(negeig(capsys, *asked, "--json")[1])
    typed = [row["arithmetic"] for row in document["results"]]
    assert typed == ["BF16", "bf16:sr:acc32", "reference"]
