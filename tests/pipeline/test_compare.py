"""Two languages compared: over one alphabet, which is said, and never a file's marks guessed."""

from __future__ import annotations

import pytest

import negeig as package
from negeig.automata.language import Source
from negeig.claims import InputError
from negeig.pipeline.compare import compare
from support.command_line import negeig, valid

NO_MARKS = "digraph { __start -> q; q -> r [label=a]; r -> q [label=a] }"


def python(text):
    return Source("regex", text, "python")


def regex(text):
    return Source("regex", text)


@pytest.mark.parametrize(
    ("first", "second", "given", "alphabet", "word"),
    [
        (python(r"\d+"), python("[01]+"), "", "01", None),
        (python(r"\d+"), python("[01]+"), "2", "012", ("2",)),
        (python("."), python("(?i)a"), "", "Aa", None),
        (regex(".*"), regex("(a|b)*"), "", "ab", None),
        (regex("~[]"), regex("a*"), "", "a", None),
        (regex("()"), regex("a*"), "", "a", ("a",)),
        (regex("a"), regex("b"), "", "ab", ("a",)),
        (regex("[^1]*"), Source("zoo", "parity"), "", "01", ("0", "1", "1")),
        (Source("zoo", "parity"), python(r"(?:0|10*1)*"), "", "01", None),
        (Source("zoo", "parity"), Source("zoo", "mod:2"), "", "01", None),
    ],
)
def test_the_letters_of_both_are_the_alphabet_of_both(first, second, given, alphabet, word):
    for pair in ((first, second), (second, first)):
        found = compare(pair, alphabet=tuple(given))
        assert found.alphabet == tuple(alphabet)
        assert (found.word is None) == (word is None)
        assert word is None or len(found.word) <= len(word)
        assert found.equal == (word is None)


def test_letters_that_the_other_has_not_are_named():
    for pair in ([regex("a*"), Source("zoo", "parity")], [Source("zoo", "parity"), regex("a*")]):
        with pytest.raises(InputError) as caught:
            compare(pair)
        assert "a* has the letter 'a' and zoo:parity has not" in str(caught.value)
        assert str(caught.value).endswith("those of zoo:parity are '0', '1'")
    with pytest.raises(InputError, match=r"are '1', '2', .*'20', \.\.\.$"):
        compare([regex("a*"), Source("zoo", "flipflop:21")])
    with pytest.raises(InputError, match="an alphabet belongs to a regular expression"):
        compare([Source("zoo", "parity")] * 2, alphabet="01")
    with pytest.raises(InputError, match="the alphabet is empty"):
        compare([regex("()"), regex("~()")])


def test_an_expression_that_is_wrong_is_refused_in_either_place():
    for pair in ([python("(a"), python("a")], [python("a"), python("(a")]):
        with pytest.raises(InputError, match="missing \\)"):
            compare(pair)
    # No letter of either is one that \d reads.
    with pytest.raises(InputError, match=r"'\\d' leaves no letter of the alphabet"):
        compare([python(r"\d"), python("a")])


def test_the_alphabet_and_the_notices_are_shown(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.json").write_text(
        '{"alphabet": ["a"], "initial": 0, "transitions": [[null]], "accepting": []}'
    )
    code, out, _ = negeig(capsys, "compare", "--file", "m.json", "a*")
    assert code == 1
    assert "alphabet     {a}\n" in out
    assert "m.json: no state accepts" in " ".join(out.split())
    document = valid(negeig(capsys, "compare", "--file", "m.json", "a*", "--json")[1])
    assert document["alphabet"] == ["a"]
    assert [bool(notices) for notices in document["notices"]] == [False, True]


def test_accepting_states_are_said_once_for_each_file(capsys, tmp_path):
    path = str(tmp_path / "m.dot")
    (tmp_path / "m.dot").write_text(NO_MARKS)
    compared = ["compare", "--file", path]
    assert negeig(capsys, *compared, "(aa)*")[0] == 2
    assert negeig(capsys, *compared, "(aa)*", "--accepting", "q")[0] == 0
    assert negeig(capsys, *compared, "(aa)*", "--accepting", "r")[0] == 1
    both = [*compared, "--file", path, "--accepting", "q", "--accepting"]
    assert [negeig(capsys, *both, state)[0] for state in "qr"] == [0, 1]
    assert negeig(capsys, *both[:-1])[0] == 2


def test_the_functions_of_python_take_accepting_states_too(tmp_path):
    path = tmp_path / "m.dot"
    path.write_text(NO_MARKS)
    assert package.check(file=str(path), accepting=["q"], backends=()).verdict == "holds"
    assert package.compile(file=str(path), accepting=["r"]).network.run("a") == (0, 1)
    with pytest.raises(InputError):
        package.check(file=str(path), backends=())
