"""Messages say what was expected: the alphabet, the letters of a network, the nearest name."""

from __future__ import annotations

import shlex

import pytest

from negeig.theory.closure.explore import alphabet_problems
from support.command_line import copied, negeig

SAID = {
    "check (11)* --depth 2": "negeig: depth: sizes of layers; ask about a layer (--layer) or",
    "check (11)* --heads 2": "negeig: heads: sizes of layers; ask",
    "check (11)* --heads 2 --depth 2": "negeig: depth and heads: sizes of layers; ask",
    "run (11)* --word 12": "letter '2' is not in the alphabet '1'",
    "collide net.json (aa|c)*": "net.json: the network does not read 'a', 'c'; its letters are '1'",
    "precision net.json (aa|c)*": "the network does not read 'a', 'c'; its letters are '1'",
    "zoo parityy": "did you mean negeig explain parity?",
    "zoo parity": "negeig explain says more about one: negeig explain parity",
    "theorems T1": "negeig explain says more about one: negeig explain T1",
    "theorems T999": "no theorem 'T999'",
    "verify -": "from a regular file, not from standard input: save it first",
}


@pytest.fixture
def here(tmp_path, monkeypatch, capsys):
    """A folder with a network that reads 1."""
    monkeypatch.chdir(tmp_path)
    assert negeig(capsys, "compile", "(11)*", "-o", "net.json")[0] == 0


@pytest.mark.parametrize("line", SAID)
def test_it_says_what_was_expected(here, capsys, line):
    code, out, err = negeig(capsys, *line.split(" "))
    assert (code, out) == (2, "")
    assert SAID[line] in copied(err)
    assert "cast model" not in err


def test_what_a_format_cannot_hold_is_said_beside_other_letters(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    made = "compile --zoo sym:3 --eigenvalues -1,1 -o net.json"
    assert negeig(capsys, *shlex.split(made))[0] == 0
    asked = ["precision", "net.json", "--arithmetic", "e2m1fn"]
    held = negeig(capsys, *asked, "--zoo", "sym:3")[2]
    both = copied(negeig(capsys, *asked, "(ab|cx)*")[2])
    assert "cannot hold" in held
    assert "cannot hold" in both
    assert "the network does not read" in both
    assert "does not read" not in held


def test_alphabets_that_agree_have_no_problem():
    """All pairs of alphabets of up to three letters."""
    alphabets = ["".join(x) for x in ("", "a", "b", "c", "ab", "ba", "ac", "bc", "abc", "cab")]
    for network in alphabets:
        for machine in alphabets:
            agree = set(network) == set(machine)
            assert (alphabet_problems(network, machine) == []) == agree
