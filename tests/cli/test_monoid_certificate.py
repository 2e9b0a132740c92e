"""``negeig monoid --certificate``: the cascade that was found, for a stranger to check."""

import json
from pathlib import Path

import pytest

from support.command_line import copied, negeig


def certified(capsys, tmp_path, *task):
    """The path of the certificate of a task, and what standard error says."""
    path = str(tmp_path / "levels.json")
    code, _, err = negeig(capsys, "monoid", *task, "--certificate", path)
    assert code == 0
    return path, err


@pytest.mark.parametrize(
    ("task", "evidence"),
    [
        (("a(a|b)*",), "2 levels, 3 tuples"),
        (("a*",), "0 levels, 1 tuple"),
        (("--zoo", "transformations:3"), "2 levels, 6 tuples"),
    ],
)
def test_the_levels_are_certified(capsys, tmp_path, task, evidence):
    path, err = certified(capsys, tmp_path, *task)
    assert "wrote 1 certificate" in err
    assert "no certificate: classes, Since depth: the rules" in err
    code, out, _ = negeig(capsys, "verify", path)
    assert code == 0
    assert "every level permutes or resets, and the cascade computes the machine" in copied(out)
    assert evidence in copied(out)
    assert negeig(capsys, "compare", *task, "--file", path)[0] == 0


def test_a_cascade_that_leads_elsewhere_is_refused(capsys, tmp_path):
    path, _ = certified(capsys, tmp_path, "a(a|b)*")
    (line,) = Path(path).read_text().splitlines()
    value = json.loads(line)
    one, two = value["evidence"]["states"][:2]
    one[1], two[1] = two[1], one[1]
    assert one[1] != two[1]
    Path(path).write_text(json.dumps(value, sort_keys=True, separators=(",", ":")) + "\n")
    code, out, _ = negeig(capsys, "verify", path)
    assert (code, "NOT VERIFIED" in out) == (1, True)


def test_where_there_are_no_levels_the_reason_is_said(capsys, tmp_path):
    """The group of forty points is known without its machine."""
    path, err = certified(capsys, tmp_path, "--zoo", "sym:40")
    assert "no certificate: Krohn-Rhodes: " in err
    assert "was not written: no certificate" in err
    assert not Path(path).exists()


def test_a_picture_has_none(capsys, tmp_path):
    path = tmp_path / "levels.json"
    code, _, err = negeig(capsys, "monoid", "a*", "--svg", "--certificate", str(path))
    assert (code, path.exists()) == (2, False)
    assert "--certificate and a picture exclude each other" in err
