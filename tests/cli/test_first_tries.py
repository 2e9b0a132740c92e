"""What people try first: names where an expression belongs, other encodings, ends of lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from support.command_line import negeig, valid


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("parity", "--zoo parity is the task"), ("mod:3", "--zoo mod:3 is the task"),
        ("zoo:parity", "--zoo parity is the task"), ("sym:5:all", "--zoo sym:5:all is the task"),
        ("-", "--file - is standard input"),
        ("ab", None), ("(11)*", None), ("a.b", None), ("harpsichord", None), (".json*", None),
        ("mod", "--zoo mod is the task"), ("--", None),
    ],
)  # fmt: skip
def test_an_expression_that_is_a_name_is_read_and_noted(capsys, text, instead):
    code, out, err = negeig(capsys, "words", "--list", "1", "--json", "--", text)
    notices = valid(out)["notices"]
    assert (code, err, len(notices)) == (0, "", 0 if instead is None else 1)
    for notice in notices:
        assert notice.startswith("read as a regular expression")
        assert instead in notice


def test_notices_reach_people_of_every_command(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command in (
        ["compile", "parity", "-o", "net.json"], ["convert", "parity", "-o", "m.json"],
        ["precision", "net.json", "parity"],
        ["collide", "net.json", "parity", "--max-steps", "5"], ["monoid", "parity", "--text"],
        ["monoid", "parity"], ["words", "parity"], ["compare", "parity", "parity"],
        ["check", "parity", "--no-run"],
    ):  # fmt: skip
        code, out, err = negeig(capsys, *command)
        assert code in (0, 3)
        assert "--zoo parity is the task" in " ".join((out + err).split()), command


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_an_end_of_a_line_is_no_part_of_an_expression(capsys, end):
    code, _, err = negeig(capsys, "words", "(ab)*" + end)
    assert (code, "an end of a line ends the expression" in err) == (2, True)
    assert negeig(capsys, "words", r"(ab)*\r\n")[0] == 0
    assert negeig(capsys, "words", f"a{end}b")[0] == 0


def test_a_network_gives_its_letters_to_an_expression(capsys, tmp_path):
    path = str(tmp_path / "net.json")
    assert negeig(capsys, "compile", "(0|10*1)*", "-o", path)[0] == 0
    assert negeig(capsys, "precision", path, ".*")[0] == 1
    assert negeig(capsys, "precision", path, r"(?:0|10*1)*", "--syntax", "python")[0] == 0
    assert negeig(capsys, "precision", path, "(~(.*1.*)|~(.*1.*)1~(.*1.*)1~(.*1.*))*")[0] == 0
    code, _, err = negeig(capsys, "precision", path, "(0|12*1)*")
    assert (code, "the network does not read '2'" in err) == (2, True)


def test_an_expression_that_begins_with_a_minus_comes_after_two(capsys):
    code, _, err = negeig(capsys, "words", "-a")
    assert code == 2
    assert "No such option '-a'; a language that begins with - comes last, after --" in err
    assert negeig(capsys, "words", "--", "-a")[0] == 0
    assert "after --" not in negeig(capsys, "words", "--zo", "parity")[2]


def test_standard_output_needs_a_format(capsys):
    for path in ("-", "m.png", "m"):
        code, out, err = negeig(capsys, "convert", "a", "-o", path)
        assert (code, out) == (2, "")
        assert "name one with --to (json, jff, mata, dot, aut, csv, fsm, ba)" in err


def test_letters_that_look_like_punctuation_are_quoted(capsys):
    assert "over {' ', ',', a, '{'}: 1 word" in negeig(capsys, "words", r"a ,\{")[1]


def test_numbers_of_many_digits_are_not_all_shown(capsys):
    shown = " ".join(negeig(capsys, "words", "[a-z]{500}")[1].split())
    assert "a number of words with 708 digits" in shown
    out = negeig(capsys, "words", "[a-z]{500}", "--length", "0", "--json")[1]
    assert json.loads(out)["total"] == 26**500
    assert f"{2**99:,} words" in negeig(capsys, "words", "(a|b){99}", "--length", "0")[1]


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1", "cp1252"])
def test_every_encoding_of_standard_output_is_written(encoding):
    done = _run(["words", "é日*", "--list", "2"], {"PYTHONIOENCODING": encoding})
    # click takes ASCII for a system that was not set up, and writes UTF-8.
    taken = "utf-8" if encoding == "ascii" else encoding
    shown = "é日".encode(taken, "backslashreplace")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.splitlines()[3] == shown


def test_arguments_are_utf_8_where_the_system_says_that_there_is_only_ascii():
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = _run(["words", "é(a|b)", "--list", "1", "--json"], plain)
    assert (done.returncode, json.loads(done.stdout)["alphabet"]) == (0, ["a", "b", "é"])
    done = _run(["words", b"\xe9"], plain)
    assert (done.returncode, b"is not valid UTF-8" in done.stderr) == (2, True)


def _run(arguments, settings):
    command = [sys.executable, "-m", "negeig", *arguments]
    return subprocess.run(command, env={**os.environ, **settings}, capture_output=True, check=False)


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["compile", "--held-by", "bfloat16"], "it is called bf16 here"),
        (["compile", "--format", "Float32"], "it is called fp32 here"),
        (["check", "--arithmetic", "float16"], "did you mean fp16?"),
        (["check", "--arithmetic", "bf17"], "did you mean bf16"),
    ],
)
def test_formats_by_the_names_of_other_libraries_are_pointed_out(capsys, options, hint):
    code, _, err = negeig(capsys, *options, "(11)*")
    assert (code, hint in err) == (2, True), err


def test_formats_are_listed_with_commas_too(capsys):
    code, out, _ = negeig(capsys, "compile", "(11)*", "--held-by", "bf16, fp16", "--json")
    assert code == 0
    assert valid(out)["about"]["budget"]["held_by"] == ["bf16", "fp16"]


def test_an_alphabet_that_spells_a_letter_is_pointed_out(capsys):
    def notices(alphabet):
        return valid(negeig(capsys, "words", "{pop}*", "--alphabet", alphabet, "--json")[1])[
            "notices"
        ]

    assert ["the one letter pop would be written pop," in n for n in notices("pop")] == [True]
    assert notices("pop,") == notices("push,pop") == notices("po") == []
