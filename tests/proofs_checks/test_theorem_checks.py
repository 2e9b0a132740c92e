"""Theorems run on instances: every one has some and a twin, all hold, and what is broken shows."""

import json
import time

import pytest

from negeig.pipeline.theorems import theorems
from negeig.proofs_checks.theorem_checks import factors
from negeig.proofs_checks.theorem_checks.check import Case, Check, each, run
from negeig.proofs_checks.theorem_checks.registry import CHECKS, ROOMS, run_checks
from negeig.theory.theorems import entries, get
from support.command_line import negeig, valid


def test_every_theorem_has_instances_and_twins():
    """Each says something of its own, so that what fails is found by what it says."""
    assert sorted(CHECKS) == sorted(entry.id for entry in entries())
    assert sum(len(room.CHECKS) for room in ROOMS) == len(CHECKS), "two checks of one theorem"
    for id, check in CHECKS.items():
        assert check.instances, id
        assert check.twins, id
        said = [case.says for case in (*check.instances, *check.twins)]
        assert len(set(said)) == len(said), id


def test_all_hold_within_a_minute_of_one_core():
    start = time.process_time()
    told = []
    found = theorems(run=True, progress=lambda stage, done: told.append((stage, done)))
    assert [one.failed for one in found.runs if not one.ok] == []
    assert found.exit_code == 0
    assert time.process_time() - start < 60
    cases = sum(one.instances + one.twins for one in found.runs)
    assert cases == len(told) > 200
    assert told[-1] == (f"instances of theorems, of {cases}", cases)


def test_the_command_prints_a_table_and_json(capsys):
    code, out, err = negeig(capsys, "theorems", "--run", "--only", "p1, T3,P1")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].split()[2:] == ["5", "instances,", "3", "twins", "all", "2", "ok"]
    assert lines[3].split()[:4] == ["P1", "2", "1", "ok"]
    assert lines[4].split()[:4] == ["T3", "3", "2", "ok"]
    assert "twin beta |k|^2 = 21/10: some product lengthens a vector" in " ".join(out.split())
    code, out, _ = negeig(capsys, "theorems", "--run", "--only", "P1", "--json")
    (row,) = valid(out)["runs"]
    assert [case["twin"] for case in row["cases"]] == [False, False, True]
    assert (code, row["instances"], row["twins"], row["ok"], row["failed"]) == (0, 2, 1, True, [])
    assert [theorem["id"] for theorem in json.loads(out)["theorems"]] == ["P1"]


def test_without_run_nothing_is_run(capsys):
    code, out, _ = negeig(capsys, "theorems", "--only", "P1", "--json")
    assert code == 0
    assert "runs" not in valid(out)


@pytest.mark.parametrize(
    ("only", "said"), [("P1,T33", "no theorem 'T33'; nearest: T3"), (" , ", "at least one theorem")]
)
def test_a_name_that_is_none_is_refused(capsys, only, said):
    code, _, err = negeig(capsys, "theorems", "--run", "--only", only)
    assert code == 2
    assert said in err


def test_a_broken_program_is_seen(capsys, monkeypatch):
    """One reflection is forgotten: the counts are not those of the theorem."""
    real = factors.reflections
    monkeypatch.setattr(factors, "reflections", lambda matrix: real(matrix)[1:])
    code, out, _ = negeig(capsys, "theorems", "--run", "--only", "reflections,resets")
    assert code == 1
    assert "1 of 2 failed" in out
    assert "instance: all 120 permutations of five points: does not hold" in " ".join(out.split())
    code, out, _ = negeig(capsys, "theorems", "--run", "--only", "reflections,resets", "--json")
    assert code == 1
    assert [row["ok"] for row in valid(out)["runs"]] == [False, True]


def test_a_hypothesis_that_is_not_needed_is_seen(capsys, monkeypatch):
    """A twin that holds says that the theorem is stated with more than it needs."""
    monkeypatch.setattr(factors, "_products_contract", lambda largest: [True])
    code, out, _ = negeig(capsys, "theorems", "--run", "--only", "P1", "--json")
    assert code == 1
    (failed,) = valid(out)["runs"][0]["failed"]
    assert failed.startswith("twin: beta |k|^2 = 21/10")


def test_what_raises_and_what_is_missing_fails(monkeypatch):
    def broken() -> bool:
        raise ValueError("not a number")

    entry, fine = get("P1"), Case("fine", lambda: True)
    told = []
    raised = run(entry, Check("P1", (fine, Case("bad", broken)), (fine,)), lambda: told.append(1))
    assert raised.failed == ("instance: bad: ValueError: not a number",)
    assert (raised.ok, len(told)) == (False, 3)
    assert run(entry, Check("P1", (fine,), ()), lambda: None).failed == ("no twin",)
    assert run(entry, Check("P1", (), (fine,)), lambda: None).failed == ("no instance",)
    without = {id: check for id, check in CHECKS.items() if id != "P1"}
    (missing,) = run_checks([entry], checks=without)
    assert (missing.ok, missing.failed) == (False, ("no instance", "no twin"))


def test_an_instance_is_made_of_each_value():
    cases = each("{0} and {1}", lambda x, y: x == y, [(1, 1), (1, 2)])
    assert [(case.says, case.holds()) for case in cases] == [("1 and 1", True), ("1 and 2", False)]
    assert [case.says for case in each("{0}", bool, ["x"])] == ["x"]
