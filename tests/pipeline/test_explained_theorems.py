"""``negeig explain`` teaches a theorem: the idea of its proof, where it holds, where it fails."""

import pytest

from negeig.pipeline.explain import explain
from negeig.proofs_checks.theorem_checks.check import Check
from negeig.proofs_checks.theorem_checks.registry import CHECKS
from negeig.report.terminal.explain import TOLD, explain_text
from negeig.theory.theorems import entries
from support.command_line import negeig, valid


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.id)
def test_a_theorem_is_shown_with_what_is_run_of_it(entry):
    found = explain(entry.id)
    if found.term is None:
        assert found.about is entry
    said = " ".join(explain_text(found).split())
    (told,) = found.to_json()["theorems"]
    assert " ".join(entry.proof_sketch.split()) in said
    for key, cases in (("instances", found.check.instances), ("twins", found.check.twins)):
        assert told[key] == [case.says for case in cases]
        for case in cases[:TOLD]:
            assert f"{key.removesuffix('s')} {' '.join(case.says.split())}" in said
        left = len(cases) - TOLD
        assert (f"more {key.removesuffix('s')}" in said) == (left > 0)
    assert f"negeig theorems --run --only {entry.id}" in said


def test_the_command_says_so_and_what_is_no_theorem_has_none(capsys):
    """The gap of a published proof is told: the state after the letter."""
    code, out, _ = negeig(capsys, "explain", "T4")
    assert code == 0
    assert "twin the state after the letter, as published" in " ".join(out.split())
    assert valid(negeig(capsys, "explain", "T4", "--json")[1])["theorems"][0]["twins"]
    for other in ("mamba", "decoder"):
        assert explain(other).check is None
        assert "run them" not in negeig(capsys, "explain", other)[1]


def test_nothing_is_said_of_a_theorem_without_a_check(monkeypatch):
    monkeypatch.delitem(CHECKS, "P1")
    found = explain("P1")
    assert found.check is None
    assert "run them" not in explain_text(found)
    assert "twins" not in found.to_json()["theorems"][0]
    monkeypatch.setitem(CHECKS, "P1", Check("P1", (), ()))
    assert "instance" not in explain_text(explain("P1"))
