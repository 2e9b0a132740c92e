"""What is given twice, or to no purpose, is refused: over the tree of commands, none left out."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import click
import pytest

from negeig.cli.program import COMMANDS
from support.command_line import negeig, valid

OPTIONS = [
    (name, parameter)
    for name in COMMANDS
    for parameter in COMMANDS[name].params
    if isinstance(parameter, click.Option) and not parameter.is_flag
]
SINGLE = [(name, option) for name, option in OPTIONS if not option.multiple]
REPEATED = {
    ("check", "--backend"), ("check", "--arch"), ("compile", "--held-by"), ("compile", "--route"),
    ("compile", "-o"), ("compare", "--zoo"), ("compare", "--file"), ("compare", "--accepting"),
    ("words", "--output"), ("conform", "--task"), ("learn", "--range"), ("vectors", "--route"),
    ("report", "--zoo"), ("report", "--file"), ("report", "--arch"), ("report", "--layer"),
    ("check", "--layer"),
}  # fmt: skip


def test_the_options_that_may_be_repeated_are_these():
    assert {(name, option.opts[0]) for name, option in OPTIONS if option.multiple} == REPEATED
    assert len(SINGLE) > 90


@pytest.mark.parametrize(
    ("command", "option"), SINGLE, ids=[f"{name}{option.opts[-1]}" for name, option in SINGLE]
)
def test_an_option_of_one_value_is_given_once(capsys, command, option):
    """Whatever its values are, valid or not, and by whichever of its names."""
    first, last = option.opts[0], option.opts[-1]
    for values in (("7", "7"), ("7", "\x1b[31m8", "9")):
        given = [part for value, name in zip(values, (first, last, first), strict=False)
                 for part in (name, value)]  # fmt: skip
        code, out, err = negeig(capsys, command, *given)
        assert (code, out) == (2, "")
        shown = [f"'{value}'".replace("\x1b", "\\x1b") for value in values]
        assert f"{max(option.opts, key=len)} is given {len(values)} times" in err
        assert f"{', '.join(shown[:-1])} and {shown[-1]}; give it once" in err
    # Twin: once, it is not said to be given twice. No number of seconds, so that nothing forks.
    assert " times, as " not in negeig(capsys, command, first, "nan")[2]


def test_flags_may_be_repeated_and_values_after_an_equals_sign_count(capsys):
    assert negeig(capsys, "zoo", "--json", "--json")[0] == 0
    code, out, _ = negeig(capsys, "words", "a", "--list=1", "--list=2", "--json")
    assert (code, valid(out)["code"]) == (2, "usage")
    assert "'1' and '2'" in valid(out)["message"]
    assert negeig(capsys, "words", "a", "--list=2")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["words", "a", "--seed", "0"], "--seed is of the words that are drawn"),
        (["check", "a", "--no-run", "--seed", "0"], "--no-run and --seed exclude each other"),
        (["check", "a", "--no-run", "--backend", "cpu"], "--no-run and --backend exclude"),
        (["monoid", "a", "--text", "--max-nodes", "9"], "--max-nodes is about --dot and --svg"),
        (["convert", "a", "-o", "m.dot", "--to", "json"], "ends in .dot, as DOT does, not json"),
        (["compare", "--file", "-", "--file", "-"], "both files are standard input"),
        (["compare", "a", "a", "--accepting", "q"], "there are 0"),
        (["compare", "--file", "x", "--file", "y", "--accepting", "q"], "there are 2"),
    ],
)
def test_an_option_that_would_not_count_is_refused(
    capsys, tmp_path, monkeypatch, arguments, message
):
    monkeypatch.chdir(tmp_path)
    code, out, err = negeig(capsys, *arguments)
    assert (code, out, message in err) == (2, "", True), err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "option",
    ["--layer delta", "--keys k", "--normalise none", "--max-tokens 5", "--max-bytes 5"],
)
def test_options_about_tensors_are_refused_of_a_config(capsys, tmp_path, option):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"model_type": "mamba", "num_hidden_layers": 2}))
    assert negeig(capsys, "audit", str(path))[0] == 0
    code, _, err = negeig(capsys, "audit", str(path), *option.split())
    assert (code, f"{option.split()[0]} is about tensors" in err) == (2, True)


def test_two_words_on_the_same_kernel_are_run_once(capsys):
    once = valid(negeig(capsys, "check", "(11)*", "--backend", "cpu", "--json")[1])
    twice = valid(
        negeig(capsys, "check", "(11)*", "--backend", "cpu", "--backend", "cpu", "--json")[1]
    )
    assert len(once["claims"]) == len(twice["claims"])


def test_a_name_and_a_format_that_agree(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, key in (("m.gv", "dot"), ("m.txt", "json"), ("m", "mata"), ("m.JSON", "json")):
        assert negeig(capsys, "convert", "a", "-o", name, "--to", key)[0] == 0


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("negeig ver", "plain,verify"),
        ("negeig verify --sm", "plain,--smt"),
        ("negeig verify cert", "file,cert"),
        ("negeig verify c.json --smt out", "file,out"),
        ("negeig precision net", "file,net"),
        ("negeig check --certificate cert", "file,cert"),
        ("negeig check --syntax py", "plain,python"),
        ("negeig precision a.json --certificate a.json --ari", "plain,--arithmetic"),
    ],
)
def test_shells_complete_names_of_files_too(typed, completed):
    words = typed.split()
    told = {"_NEGEIG_COMPLETE": "bash_complete", "COMP_WORDS": typed}
    done = subprocess.run(
        [sys.executable, "-c", "from negeig.cli import main; main()"],
        env={**os.environ, **told, "COMP_CWORD": str(len(words) - 1)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines() == [completed]
