"""Theorems run on instances: every one has some and a twin, all hold, and what is broken shows."""

import json
from dataclasses import replace

import pytest

from negeig.claims import InputError
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


def test_all_hold():
    told = []
    found = theorems(run=True, progress=lambda stage, done: told.append((stage, done)))
    assert [one.failed for one in found.runs if not one.ok] == []
    assert found.exit_code == 0
    cases = sum(one.instances + one.twins for one in found.runs)
    assert cases == len(told) > 200
    assert told[-1] == (f"instances of theorems, of {cases}", cases)


def test_the_command_prints_a_table_and_json(capsys):
    code, out, err = negeig(capsys, "theorems", "--run", "--only", "p1, resets,P1")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].split()[2:] == ["4", "instances,", "6", "twins", "all", "2", "ok"]
    assert lines[3].split()[:4] == ["P1", "2", "2", "ok"]
    assert lines[4].split()[:4] == ["resets", "2", "4", "ok"]
    assert "without it beta |k|^2 = 21/10: some product lengthens a vector" in " ".join(out.split())
    code, out, _ = negeig(capsys, "theorems", "--run", "--only", "P1", "--json")
    (row,) = valid(out)["runs"]
    assert [case["twin"] for case in row["cases"]] == [False, False, True, True]
    assert (code, row["instances"], row["twins"], row["ok"], row["failed"]) == (0, 2, 2, True, [])
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
    said = "instance: all 120 permutations of five points, given as swaps of neighbours: "
    assert said + "the conclusion does not hold" in " ".join(out.split())
    code, out, _ = negeig(capsys, "theorems", "--run", "--only", "reflections,resets", "--json")
    assert code == 1
    assert [row["ok"] for row in valid(out)["runs"]] == [False, True]


def test_a_hypothesis_that_is_not_needed_is_seen(capsys, monkeypatch):
    """Where the conclusion holds of a twin, the theorem is stated with more than it needs."""
    monkeypatch.setattr(factors, "is_contraction", lambda matrix: True)
    code, out, _ = negeig(capsys, "theorems", "--run", "--only", "P1", "--json")
    assert code == 1
    first, second = valid(out)["runs"][0]["failed"]
    assert first == (
        "twin: beta |k|^2 = 21/10: some product lengthens a vector: the conclusion holds"
    )
    assert second.startswith("twin: beta |k|^2 = -1/10")


HALVES = Check(
    "P1",
    hypotheses=(lambda n: n % 2 == 0,),
    conclusion=lambda n: n // 2 * 2 == n,
    cases=(Case("4", lambda: 4), Case("3", lambda: 3, without=0)),
)
"""A theorem about even numbers, which has as many hypotheses as P1: one."""


def told(check: Check | None) -> tuple[str, ...]:
    """Return what its running says, of an entry with one hypothesis."""
    assert len(get("P1").hypotheses) == 1
    return run(get("P1"), check, lambda: None).failed


def test_a_check_that_is_as_it_should_be_says_nothing():
    assert told(HALVES) == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hypotheses": (lambda n: n > 9,)}, "instance: 4: hypothesis 1 does not hold"),
        ({"hypotheses": (lambda n: n > 2,)}, "twin: 3: hypothesis 1 holds"),
        ({"conclusion": lambda n: n < 3}, "instance: 4: the conclusion does not hold"),
        ({"conclusion": lambda n: n > 2}, "twin: 3: the conclusion holds"),
        (
            {"hypotheses": (*HALVES.hypotheses, lambda n: n > 2)},
            "2 predicates for 1 hypotheses",
        ),
        ({"cases": HALVES.twins}, "no instance"),
        ({"cases": HALVES.instances}, "no twin without hypothesis 1"),
        ({"no_twin": {0: "none is known"}}, "a twin without hypothesis 1"),
    ],
)
def test_what_is_not_as_it_should_be_is_said(changes, said):
    assert told(replace(HALVES, **changes)) == (said,)


def test_a_hypothesis_may_have_no_twin_where_the_check_says_why():
    check = replace(HALVES, cases=HALVES.instances, no_twin={0: "none is known"})
    assert told(check) == ()


def test_a_twin_has_all_other_hypotheses():
    """Else the conclusion may fail for another reason than the one that it is a twin for."""
    check = replace(HALVES, hypotheses=(*HALVES.hypotheses, lambda n: n > 3))
    assert "twin: 3: hypothesis 2 does not hold" in told(check)


@pytest.mark.parametrize("raised", [ValueError, ZeroDivisionError, KeyError, InputError])
def test_what_raises_fails(raised):
    """In the case that raises, while the others are run, and progress is told of all."""

    def broken() -> int:
        raise raised("not a number", "") if raised is InputError else raised("not a number")

    cases = (Case("bad", broken), *HALVES.cases)
    calls = []
    found = run(get("P1"), replace(HALVES, cases=cases), lambda: calls.append(1))
    (failed,) = found.failed
    assert failed.startswith(f"instance: bad: {raised.__name__}: ")
    assert [case.failed == "" for case in found.cases] == [False, True, True]
    assert (found.ok, len(calls)) == (False, 3)


def test_an_error_of_the_program_itself_is_not_hidden():
    cases = (Case("bad", lambda: None.missing), *HALVES.cases)
    with pytest.raises(AttributeError):
        told(replace(HALVES, cases=cases))


def test_a_theorem_without_a_check_fails():
    assert told(None) == ("no check",)
    without = {id: check for id, check in CHECKS.items() if id != "P1"}
    (missing,) = run_checks([get("P1")], checks=without)
    assert (missing.ok, missing.failed, missing.cases) == (False, ("no check",), ())


def test_a_case_is_made_of_each_value_when_it_is_needed():
    made = []
    cases = each("{0} and {1}", lambda x, y: made.append(x) or (x, y), [(1, 2), (3, 4)], without=1)
    assert made == []
    assert [(case.says, case.subject(), case.without) for case in cases] == [
        ("1 and 2", (1, 2), 1),
        ("3 and 4", (3, 4), 1),
    ]
    assert [(case.says, case.without) for case in each("{0}", str, ["x"])] == [("x", None)]
