"""Tests come in tiers, and what counts them finds a test that neither ran."""

import os
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

import pytest

from support.paths import ROOT

CI = (ROOT / ".ci" / "run").read_text()
TIERS = runpy.run_path(str(ROOT / ".ci" / "tiers.py"))
wrong, collected = TIERS["wrong"], TIERS["collected"]


def case(name: str, *, skipped: bool = False) -> Element:
    found = Element("testcase", classname="tests.test_a", name=name)
    if skipped:
        SubElement(found, "skipped")
    return found


@pytest.mark.parametrize(
    ("second", "there_are", "problem"),
    [
        ([case("c")], 3, None),
        ([case("c")], 4, "the tiers ran 3 tests, and there are 4"),
        ([case("c"), case("c")], 3, "the tiers ran 4 tests, and there are 3"),
        ([case("c", skipped=True)], 3, "tests.test_a::c was skipped"),
        ([], 2, "tier 2 ran no test"),
    ],
)
def test_a_test_that_no_tier_ran_is_found(
    second: list[Element], there_are: int, problem: str | None
) -> None:
    problems = wrong([[case("a"), case("b")], second], there_are)
    assert problems == ([] if problem is None else [problem])


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("13997 tests collected in 9.91s", 13997),
        ("13942/13997 tests collected (55 deselected) in 14.37s", 13942),
    ],
)
def test_deselected_tests_are_not_counted(line: str, kept: int) -> None:
    assert collected(f"tests/test_a.py::test_b\n\n{line}\n") == kept
    with pytest.raises(SystemExit, match="did not say how many"):
        collected("no tests collected in 0.01s")


def test_the_tiers_exclude_each_other_and_ci_runs_all() -> None:
    """What one expression selects the other one does not, so together they are everything."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    place = options["addopts"].index("-m")
    assert (
        options["addopts"][place + 1]
        == "not exhaustive and not peers and not browser and not provers and not gpu"
    )
    assert "pytest -q -n auto -m exhaustive" in CI
    assert "pytest -q -n auto -m peers" in CI
    assert "pytest -q -n auto -m browser" in CI
    assert "pytest -q -n auto -m provers" in CI
    tiers = ("README command 2", "second tier", "third tier", "fourth tier", "fifth tier")
    assert re.findall(r"'\$work/([^']+)\.xml'", CI[CI.index("tiers.py '") :]) == list(tiers)


def test_a_test_has_one_tier(tmp_path: Path) -> None:
    """Whoever marks a test as both would have it run twice, and counted twice: all are refused."""
    both = "@pytest.mark.peers\n@pytest.mark.exhaustive\ndef test_both():\n    pass\n"
    one = "@pytest.mark.peers\ndef test_one():\n    pass\n"
    for text, told in ((both + one, "marked for two tiers: "), (one, "1 deselected")):
        (tmp_path / "test_marks.py").write_text("import pytest\n\n" + text)
        command = [sys.executable, "-m", "pytest", "-p", "conftest", "-q", "test_marks.py"]
        command += ["-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")]
        paths = {"PYTHONPATH": str(ROOT / "tests"), "PYTEST_ADDOPTS": ""}
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=tmp_path, env=os.environ | paths
        )
        assert told in done.stdout + done.stderr
        assert "test_one" not in done.stderr
