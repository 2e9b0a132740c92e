"""What is no JSON is described in our own words, wherever it is read."""

from __future__ import annotations

import io
import json
import sys

import pytest

from negeig.automata.formats.json_words import AROUND, in_words
from support.command_line import copied, negeig

TOLD = {
    "": "nothing is there",
    "[1, 2,]": "a comma stands before the closing bracket: leave it out",
    '{"a": 1,\n}': "line 2, column 1: a comma stands before the closing bracket",
    "{'a': 1}": "double quotes in JSON, not single ones",
    '{"a": True}': "True is Python's: JSON has true",
    "[None]": "None is Python's: JSON has null",
    '{"a" 1}': "a colon is expected after the key",
    '{"a": 1 "b": 2}': "a comma or the closing bracket is expected",
    '{"a": [1, 2}': "a comma or the closing bracket is expected",
    '{a: 1}': "a key in double quotes is expected",
    "[1] [2]": "the document has ended, and more text follows",
    '["a]': "a text begins and never ends",
    '["a\nb"]': "a line break, or another control character",
    '["\\q"]': "a backslash within a text is written twice",
    '["\\u12"]': "four hexadecimal digits",
    '{"a": [1, 2]': "it ends too early, before its last bracket",
    "[x]": "a value is expected",
}  # fmt: skip


def error_of(text: str) -> json.JSONDecodeError | None:
    """What Python raises, None where the text is JSON."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error
    return None


@pytest.mark.parametrize("text", TOLD, ids=range(len(TOLD)))
def test_the_usual_slips_are_named(text):
    error = error_of(text)
    assert error is not None
    told = in_words(error)
    assert TOLD[text] in told
    assert error.msg not in told


def test_whatever_is_cut_or_changed_has_words_of_its_own():
    """Every prefix of a document, and every character of it replaced by each of some."""
    whole = '{"a": [1, -2.5e3, "x\\n\\u0041"], "b": {"c": true, "d": null}}'
    texts = [whole[:end] for end in range(len(whole))]
    texts += [whole[:k] + c + whole[k + 1 :] for k in range(len(whole)) for c in "'\",:]}[{x\\\n"]
    told = [(in_words(error), error.msg) for error in map(error_of, texts) if error is not None]
    assert len(told) > 300
    for ours, python in told:
        assert python not in ours
        assert "no JSON" not in ours  # each has words of its own
        assert "\n" not in ours
        assert len(ours) < 120 + 2 * AROUND


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"[\xff]", "not UTF-8: byte 0xff at offset 1"), (b"9" * 5000, "more digits than are read"),
     (b"[" * 200_000, "nested too deeply")],
    ids=["bytes", "digits", "depth"],
)  # fmt: skip
def test_what_is_no_slip_of_json_has_words_too(data, expected):
    with pytest.raises((ValueError, RecursionError)) as found:
        json.loads(data)
    assert expected in in_words(found.value)


def test_commands_say_it_in_the_same_words(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.json").write_text('{"alphabet": ["a"],\n "initial": 0,\n}')
    for line, expected in {
        'check (11)* --layer {"family":"delta","beta":[0,2]': "it ends too early, before its last",
        "check --file m.json": "line 3, column 1: a comma stands before the closing bracket",
        "precision m.json (11)*": "a comma stands before the closing bracket",
    }.items():
        code, out, err = negeig(capsys, *line.split(" "))
        assert (code, out) == (2, "")
        assert expected in copied(err)
        assert "Expecting" not in err


def test_empty_standard_input_is_named(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    code, _, err = negeig(capsys, "precision", "-", "(11)*")
    assert code == 2
    assert "standard input: nothing is there; here a network is read" in copied(err)
