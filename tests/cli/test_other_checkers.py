"""``negeig verify --coq --smt --btor2``: from a file of certificates to other people's checkers."""

from pathlib import Path

import pytest

from negeig.claims import InputError
from negeig.precision.numbers.arithmetic import parse
from negeig.proofs_checks.other_checkers import arithmetic_of
from negeig.proofs_checks.runs.subject import arithmetic_json
from support.command_line import negeig, valid
from support.coq_once import regions_file


@pytest.fixture
def parity(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> str:
    path = str(tmp_path / "parity.json")
    assert negeig(capsys, "check", "(11)*", "--certificate", path)[0] == 0
    return path


def verdicts(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code, out, _ = negeig(capsys, "verify", *arguments, "--json")
    return code, [row["verdict"] for row in valid(out).get("others", [])]


def test_files_are_written_for_solvers_and_model_checkers(capsys, tmp_path, parity):
    smt, btor2 = tmp_path / "p.smt2", tmp_path / "p.btor2"
    code, found = verdicts(capsys, parity, "--smt", str(smt))
    assert (code, found) == (0, ["NO FORM", "WRITTEN", "WRITTEN", "NO FORM", "NO FORM"])
    assert not smt.exists()
    assert "FloatingPoint 8 8" in (tmp_path / "p-2.smt2").read_text()
    assert "FloatingPoint 8 24" in (tmp_path / "p-3.smt2").read_text()
    code, found = verdicts(capsys, parity, "--btor2", str(btor2))
    assert (code, found) == (0, ["WRITTEN", "NO FORM", "NO FORM", "NO FORM", "NO FORM"])
    assert " bad " in btor2.read_text()


def test_where_nothing_has_a_form_it_is_undecided(capsys, tmp_path, parity):
    lines = Path(parity).read_text().splitlines(keepends=True)
    period = tmp_path / "period.json"
    period.write_text(next(line for line in lines if '"kind":"period"' in line))
    assert verdicts(capsys, str(period), "--smt", str(tmp_path / "p.smt2")) == (3, ["NO FORM"])


def test_the_first_line_says_of_how_many_there_is_a_form(capsys, tmp_path, parity):
    """Of each checker; one that could be given nothing is told apart from one that was."""
    lines = Path(parity).read_text().splitlines(keepends=True)
    period = tmp_path / "period.json"
    period.write_text(next(line for line in lines if '"kind":"period"' in line))
    asked = ("--smt", str(tmp_path / "p.smt2"), "--btor2", str(tmp_path / "p.btor2"))
    _, out, _ = negeig(capsys, "verify", parity, *asked)
    assert "VERIFIED; WRITTEN for smt, 2 of 5; WRITTEN for btor2, 1 of 5" in out
    assert "NO FORM for" not in out
    _, out, _ = negeig(capsys, "verify", str(period), *asked)
    assert "VERIFIED; NO FORM for smt; NO FORM for btor2" in out
    assert "WRITTEN" not in out


def test_what_the_checker_refuses_goes_no_further(capsys, tmp_path, parity):
    text = Path(parity).read_text()
    spoilt = tmp_path / "spoilt.json"
    spoilt.write_text(text.replace('[["-1"]]', '[["-2"]]'))
    code, found = verdicts(capsys, str(spoilt), "--btor2", str(tmp_path / "p.btor2"))
    assert (code, found) == (1, [])
    assert not (tmp_path / "p.btor2").exists()


def test_a_place_that_cannot_be_written_is_refused_before_the_work(capsys, tmp_path):
    place = str(tmp_path / "none" / "p.smt2")
    code, _, err = negeig(capsys, "verify", str(tmp_path / "no file"), "--smt", place)
    assert code == 2
    assert "p.smt2' cannot be written" in err


def test_without_coq_how_to_install_it_is_said(capsys, parity, monkeypatch):
    monkeypatch.setenv("PATH", "")
    code, _, err = negeig(capsys, "verify", parity, "--coq")
    assert code == 3
    assert "install Coq" in err


@pytest.mark.provers
def test_coq_agrees(capsys, parity):
    code, found = verdicts(capsys, parity, "--coq")
    assert (code, found) == (0, ["VERIFIED", "VERIFIED", "VERIFIED", "NO FORM", "NO FORM"])
    assert "VERIFIED; VERIFIED by coq, 3 of 5" in negeig(capsys, "verify", parity, "--coq")[1]


def test_regions_have_no_form_but_in_coq(capsys, tmp_path):
    regions = regions_file(capsys, tmp_path)
    smt = tmp_path / "p.smt2"
    code, out, _ = negeig(capsys, "verify", regions, "--smt", str(smt), "--json")
    found = valid(out)["others"]
    assert (code, [row["verdict"] for row in found]) == (0, ["NO FORM", "WRITTEN"])
    assert found[0]["text"] == "regions have a form for Coq only"


def test_kinds_without_a_table_are_named(capsys, tmp_path, parity):
    """Each of the three options says which kind it is that it has no form for."""
    period = next(x for x in Path(parity).read_text().splitlines() if '"kind":"period"' in x)
    path = tmp_path / "period.json"
    path.write_text(period + "\n")
    for option in ("--smt", "--btor2"):
        code, out, _ = negeig(capsys, "verify", str(path), option, str(tmp_path / "p"), "--json")
        (row,) = valid(out)["others"]
        assert (code, row["verdict"]) == (3, "NO FORM")
        assert "kind period" in row["text"]


@pytest.mark.parametrize(
    "name", ["exact", "bf16", "fp16:acc32-step", "fp32:fma", "grid:2^-6", "e4m3fn:acc32", "fp64"]
)
def test_an_arithmetic_is_read_from_its_fields(name):
    assert arithmetic_of(arithmetic_json(parse(name))) == parse(name)


def test_fields_that_have_no_form_are_refused():
    fields = arithmetic_json(parse("bf16:rtz"))
    with pytest.raises(InputError, match="none that has a form"):
        arithmetic_of(fields)
