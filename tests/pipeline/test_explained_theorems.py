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
    check = found.check
    assert told["instances"] == [case.says for case in check.instances]
    assert told["twins"] == [case.says for case in check.twins]
    assert told["without"] == [case.without for case in check.twins]
    assert told["no_twin"] == {str(place): why for place, why in check.no_twin.items()}
    for label, cases in (("instance", check.instances), ("without it", check.twins)):
        for place in {case.without for case in cases}:
            mine = [case for case in cases if case.without == place]
            for case in mine[:TOLD]:
                assert f"{label} {' '.join(case.says.split())}" in said
    for place, hypothesis in enumerate(entry.hypotheses):
        assert f"{place + 1}. {' '.join(hypothesis.split())}" in said
    assert ("no twin is known" in said) == bool(check.no_twin)
    assert f"negeig theorems --run --only {entry.id}" in said


def test_the_command_says_so_and_what_is_no_theorem_has_none(capsys):
    """The gap of a published proof is told: the state after the letter."""
    code, out, _ = negeig(capsys, "explain", "T4")
    assert code == 0
    assert "without it the state after the letter, as published" in " ".join(out.split())
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
    monkeypatch.setitem(CHECKS, "P1", Check("P1", (), bool, ()))
    assert "instance" not in explain_text(explain("P1"))
