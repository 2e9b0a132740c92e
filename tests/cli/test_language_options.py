"""LANGUAGE on the command line: one way for every command, whose syntax, and which letters."""

from __future__ import annotations

import json
import shlex

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

import negeig as package
from negeig.automata.expressions.letters import read_letters, write_letters
from negeig.automata.language import Source
from negeig.claims import InputError
from negeig.cli.program import COMMANDS
from support.command_line import negeig, valid


@pytest.fixture
def network(capsys, tmp_path):
    path = tmp_path / "net.json"
    assert negeig(capsys, "compile", "(11)*", "-o", str(path))[0] == 0
    return str(path)


@pytest.fixture
def machine(capsys, tmp_path):
    path = tmp_path / "machine.json"
    assert negeig(capsys, "convert", "(11)*", "-o", str(path))[0] == 0
    return str(path)


def test_every_command_that_takes_a_language_takes_every_kind():
    """A command with --zoo has --file, --alphabet, --syntax and an argument for an expression."""
    found = []
    for name in COMMANDS:
        parameters = {p.name: p for p in COMMANDS[name].params}
        if "zoo" in parameters or "zoos" in parameters:
            found.append(name)
            options = {o for p in parameters.values() for o in p.opts if not _hidden(p)}
            assert {"--zoo", "--file", "--alphabet", "--syntax"} <= options, name
            assert {"regex", "regexes"} & set(parameters), name
    assert {"check", "compile", "precision", "collide", "monoid", "compare", "words"} <= set(found)


def _hidden(parameter):
    return isinstance(parameter, click.Option) and parameter.hidden


@pytest.mark.parametrize("command", ["precision", "collide"])
def test_a_network_is_compared_with_a_language_however_it_is_named(
    capsys, network, machine, command
):
    ways = [
        ["(11)*"], ["--file", machine], ["--syntax", "python", "^(11)*?$"],
        ["--regex", "(11)*"], ["--machine", machine],
    ]  # fmt: skip
    more = ["--max-steps", "50"] if command == "collide" else []
    answers = [negeig(capsys, command, network, *way, *more, "--json") for way in ways]
    assert {code for code, _, _ in answers} == {3 if command == "collide" else 0}
    for _, out, _ in answers:
        document = valid(out)
        for row in document.get("results", []):
            del row["seconds"]
    for two in (["a", "--zoo", "parity"], ["--machine", machine, "--zoo", "parity"], []):
        code, _, err = negeig(capsys, command, network, *two)
        assert (code, "exactly one of" in err) == (2, True)
    for twice in (["1", "--regex", "1"], ["--file", machine, "--machine", machine]):
        code, _, err = negeig(capsys, command, network, *twice)
        assert (code, "given twice" in err) == (2, True)


def test_another_language_is_refuted_however_it_is_named(capsys, tmp_path, network):
    path = str(tmp_path / "other.json")
    negeig(capsys, "convert", "(111)*", "-o", path)
    for way in (["(111)*"], ["--file", path], ["--regex", "(111)*"], ["--machine", path]):
        assert negeig(capsys, "precision", network, *way)[0] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["compare", "--syntax", "python", "^(11)*$", "(11)*"], 0, "equal"),
        (["compare", "--syntax", "python", "a+?b", "a+b"], 0, "equal"),
        (["compare", "--syntax", "python", r"\d+", "[01]+", "--alphabet", "01"], 0, "equal"),
        (["compare", "--syntax", "python", "a+?b", "a*b"], 1, "different"),
        (["compare", "^(11)*$", "(11)*"], 2, "column 1: '^' is an anchor elsewhere"),
        (["compare", "a+?b", "a+b"], 2, "column 2: '+?' is lazy elsewhere"),
        (
            ["compare", "--syntax", "python", "(a)\\1", "aa"],
            2,
            "column 4: '\\1' is a backreference",
        ),
        (["check", "--syntax", "python", "--zoo", "parity"], 2, "belongs to a regular expression"),
        (["compare", "--syntax", "python", "--zoo", "parity", "--zoo", "mod:2"], 2, "belong to"),
        (["compare", "--alphabet", "1", "--zoo", "parity", "--zoo", "mod:2"], 2, "belong to"),
        (["check", "--syntax", "perl", "a"], 2, "perl"),
        (["words", "--alphabet", "a,,b", "a"], 2, "an empty letter"),
        (["words", "--alphabet", "up, down", "a"], 2, "begins or ends with a space"),
        (["words", "--syntax", "python", "--alphabet", "up,down", "a"], 2, "not one character"),
    ],
)
def test_syntaxes_and_letters(capsys, arguments, code, message):
    found, out, err = negeig(capsys, *arguments)
    assert found == code
    assert message in out + err


def test_letters_of_several_characters(capsys):
    code, out, _ = negeig(capsys, "words", "({up}|{down})*{up}", "--alphabet", "stay,", "--json")
    assert code == 0
    assert valid(out)["alphabet"] == ["down", "stay", "up"]
    code, out, _ = negeig(capsys, "monoid", ".*{up}", "--alphabet", "up,down")
    assert code == 0
    assert "letters      down index 1 period 1, up index 1 period 1" in out
    code, out, _ = negeig(capsys, "compare", "{1\\-2}*", "--zoo", "sym:2:swaps")
    assert code == 1


def test_the_commands_of_the_front_name_the_same_language(capsys):
    """What negeig prints as a command is read as the language that it is about."""
    arguments = ["--alphabet", "up,down", ".*{up}"]
    code, out, _ = negeig(capsys, "check", *arguments, "--no-run", "--json")
    assert code == 0
    rows = valid(out)["front"]
    assert rows
    for row in rows:
        words = shlex.split(row["command"])
        assert words[:2] == ["negeig", "compile"]
        code, out, _ = negeig(capsys, *words[1:], "--json")
        assert code == 0
        assert json.loads(out)["alphabet"] == ["down", "up"]


@given(st.lists(st.text(st.sampled_from("ab-,\\ \t\n"), min_size=1, max_size=3), max_size=4))
def test_letters_come_back_as_they_were_written(letters):
    assert read_letters(write_letters(letters)) == tuple(letters)


@pytest.mark.parametrize("text", ["-ab", "ba-", "z-a", "a-Z", "-", "0-a", "+-*", "a,-,z", "é-z"])
def test_a_minus_that_makes_no_range_is_a_letter(text):
    assert read_letters(text) == tuple(text.replace(",", ""))


@given(st.text(st.sampled_from("ab\\ \t"), max_size=5))
def test_without_a_comma_every_character_is_a_letter(text):
    assert set(read_letters(text)) == set(text)


@pytest.mark.parametrize(
    "text", [",", ",,", ",a", "a,,b", "a,b,", "a, b", "ab ,c", "a-z", "x0-9", "0..9", "a…z"]
)
def test_letters_that_are_refused(text):
    with pytest.raises(InputError, match=r"empty letter|with a space|is no range here"):
        read_letters(text)


def test_the_arguments_of_a_language_name_it_again():
    for text, letters, syntax in [
        ("-a", ("b",), "negeig"), ("{up}", ("a,", " "), "negeig"), ("^a$", (), "python"),
    ]:  # fmt: skip
        language = Source("regex", text, syntax).read(letters)
        given_options = dict(zip(language.arguments[::2], language.arguments[1::2], strict=False))
        again = Source("regex", language.arguments[-1], given_options.get("--syntax", "negeig"))
        read = again.read(read_letters(given_options.get("--alphabet", "")))
        assert read.machine == language.machine


def test_the_interface_of_python_has_the_syntax_too():
    assert package.language(r"^\d+?$", alphabet="01", syntax="python").machine.accepts("10")
    with pytest.raises(InputError, match="known: negeig, python"):
        package.language("a", syntax="perl")
    with pytest.raises(InputError, match="belongs to a regular expression"):
        package.language(zoo="parity", syntax="python")
