"""``negeig compile --certificate`` where there is no network: what is impossible is certified."""

import json
from pathlib import Path

import pytest

from support.command_line import copied, negeig

FIRST = ("--zoo", "starts-with:a")
POINTS = "no contractive layer has affinely independent points for the machine's states"


def refused(capsys, path, *arguments):
    """Exit code and standard error of a compilation that finds nothing."""
    code, out, err = negeig(capsys, "compile", *arguments, "--certificate", str(path))
    assert out == ""
    return code, copied(err)


@pytest.mark.parametrize(
    ("arguments", "code", "kinds"),
    [
        ((*FIRST, "--layers", "1"), 1, ["idempotents"]),
        ((*FIRST, "--dim", "0"), 1, ["peeling"]),
        (("--zoo", "mod:3", "--layers", "1", "--steps", "1"), 1, ["period"]),
        (("--zoo", "parity", "--eigenvalues", "0,1"), 1, ["period"]),
        ((*FIRST, "--route", "contraction"), 3, ["infeasibility"]),
        ((*FIRST, "--route", "contraction", "--layers", "1"), 1, ["idempotents", "infeasibility"]),
    ],
)
def test_what_is_impossible_is_verified(capsys, tmp_path, arguments, code, kinds):
    path = tmp_path / "refused.json"
    found, err = refused(capsys, path, *arguments)
    assert found == code
    assert f"wrote {len(kinds)} certificate" in err
    assert [json.loads(line)["kind"] for line in path.read_text().splitlines()] == kinds
    assert negeig(capsys, "verify", str(path))[0] == 0
    task = arguments[:2]
    assert negeig(capsys, "compare", *task, "--file", str(path))[0] == 0


def test_a_refusal_of_another_machine_is_not_verified(capsys, tmp_path):
    path = tmp_path / "refused.json"
    refused(capsys, path, *FIRST, "--route", "contraction")
    value = json.loads(path.read_text())
    assert value["claim"] == POINTS
    rows = value["about"]["transitions"]
    rows[1][1] = 2  # after another letter a word is read anew: this has points
    path.write_text(json.dumps(value, sort_keys=True, separators=(",", ":")) + "\n")
    code, out, _ = negeig(capsys, "verify", str(path))
    assert (code, "NOT VERIFIED" in out) == (1, True)


def test_nothing_is_written_where_nothing_is_proved(capsys, tmp_path):
    path = tmp_path / "refused.json"
    path.write_text("kept")
    code, err = refused(capsys, path, *FIRST, "--route", "scalar")
    assert code == 3
    assert "was not written: no certificate" in err
    assert path.read_text() == "kept"


def test_a_route_that_is_named_says_why_it_has_nothing(capsys, tmp_path):
    code, err = refused(capsys, Path(tmp_path, "x"), *FIRST, "--route", "scalar,contraction")
    assert code == 3
    assert "scalar, contraction: no network of 2 layers, and it takes as many" in err
    assert "contraction: no affinely independent points for the states, since words e = a" in err
    code, err = refused(capsys, Path(tmp_path, "x"), "--zoo", "sym:4", "--route", "scalar")
    assert (code, "takes as many" in err, "points" in err) == (3, False, False)
