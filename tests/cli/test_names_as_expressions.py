"""An expression that is also a name: read as it is, and the command that was meant is shown."""

import shlex

import pytest

from support.command_line import copied, negeig, valid


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("check mod:3 --no-run", "check --zoo mod:3 --no-run"),
        ("words dyck1:2 --list 2", "words --zoo dyck1:2 --list 2"),
        ("words --list 2 -- zoo:parity", "words --list 2 --zoo parity"),
        ("words --alphabet xyz parity", "words --zoo parity"),
        ("compare parity '(11)*'", "compare --zoo parity '(11)*'"),
    ],
)
def test_the_command_that_was_meant_is_said_first_of_all(capsys, typed, meant):
    code, out, err = negeig(capsys, *shlex.split(typed))
    first, again = err.splitlines()
    assert "is read as a regular expression" in first
    assert again == f"  negeig {meant}"
    assert code in (0, 1)
    assert out
    assert negeig(capsys, *shlex.split(meant))[0] in (0, 1)
    assert negeig(capsys, *shlex.split(meant))[2] == ""


@pytest.mark.parametrize(
    "command",
    ["monoid {}", "convert {} -o out.jff", "check --json --no-run {}", "words {}", "compare a {}"],
)
@pytest.mark.parametrize("name", ["my.dot", "./folder/machine", "/none/m.json"])
def test_the_name_of_a_file_is_no_expression(capsys, tmp_path, monkeypatch, command, name):
    monkeypatch.chdir(tmp_path)
    typed = command.format(name)
    code, out, err = negeig(capsys, *shlex.split(typed))
    said = copied(out + err)
    assert (code, f"--file {name}" in said, f"({name})" in said) == (2, True, True), said
    assert not (tmp_path / "out.jff").exists()
    # Twin: in parentheses it is one. A check takes seconds, so one is enough.
    if command.startswith("check") and name != "my.dot":
        return
    code, out, err = negeig(capsys, *shlex.split(command.format(f"'({name})'")))
    assert code in (0, 1), err


def test_a_file_that_is_there_is_said_to_be_one(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.dot").write_text("digraph {}")
    assert "my.dot is a file" in negeig(capsys, "monoid", "my.dot")[2]


def test_json_has_it_among_its_notices_only(capsys):
    _, out, err = negeig(capsys, "words", "mod:3", "--json")
    assert err == ""
    (notice,) = valid(out)["notices"]
    assert "--zoo mod:3 is the task" in notice


def test_it_is_said_once_where_notices_go_to_standard_error(capsys, tmp_path):
    path = str(tmp_path / "m.json")
    _, _, err = negeig(capsys, "convert", "parity", "-o", path)
    assert err.count("read as a regular expression") == 1
    # Twin: other notices are still said.
    _, _, err = negeig(capsys, "convert", "{pop}*", "--alphabet", "pop", "-o", path)
    assert "note: --alphabet adds the letters p, o" in err
