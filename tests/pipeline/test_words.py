"""The words of a language: counts, lists and draws, through the command line and from Python."""

import json
from collections import Counter
from itertools import product

import pytest

from negeig.automata import zoo
from negeig.automata.language import Language, language
from negeig.claims import InputError, LimitReached, Resources
from negeig.pipeline import words as pipeline
from negeig.pipeline.words import words
from negeig.report.terminal.words import words_text
from support.command_line import SCHEMAS, negeig, valid
from support.machines import minimal_machines


def test_counts_and_lists_of_every_small_language_are_those_of_all_words() -> None:
    everything = ["".join(word) for n in range(6) for word in product("ab", repeat=n)]
    for machine in minimal_machines(2):
        found = words(Language("m", machine), length=5)
        accepted = [word for word in everything if machine.accepts(word)]
        lengths = Counter(map(len, accepted))
        assert found.counts == tuple(lengths[n] for n in range(6))
        listed = words(Language("m", machine), length=5, first=100).first
        assert listed is not None
        assert ["".join(word) for word in listed] == accepted[:100]
        assert found.finite == (found.total is not None)
        if found.finite:
            assert found.total == len(accepted)


def test_a_draw_is_of_the_words_with_the_output_and_repeatable() -> None:
    task = language(zoo="sym:3")
    one = words(task, sample=50, length=7, seed=3, outputs=["(1 2)", "()"])
    again = words(task, sample=50, length=7, seed=3, outputs=["(1 2)", "()"])
    other = words(task, sample=50, length=7, seed=4, outputs=["(1 2)", "()"])
    assert one == again
    assert one.sample != other.sample
    assert one.sample is not None
    assert {task.machine.output(word) for word in one.sample} == {"(1 2)", "()"}
    assert {len(word) for word in one.sample} == {7}
    assert (one.length, one.seed, one.counts, one.first) == (7, 3, None, None)


def test_counts_over_all_outputs_are_all_words() -> None:
    machine = zoo.get("modarith:3").minimal()
    values = {json.dumps(output): output for output in machine.outputs}.values()
    by_output = [words(Language("m", machine), length=6, outputs=[v]).counts for v in values]
    together = words(Language("m", machine), length=6, outputs=list(values)).counts
    assert together == tuple(len(machine.alphabet) ** n for n in range(7))
    assert [sum(row) for row in zip(*filter(None, by_output), strict=True)] == list(together)


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["(11)*", "--length", "2"], ["length       words", "0            1", "1            0",
                                      "2            1"]),
        (["(a|b)*", "--length", "0"], ["length       words", "0            1"]),
        (["()|ab|ba", "--list", "9"], ["the empty word", "ab", "ba"]),
        (["(a|b)*", "--list", "9", "--length", "1"], ["the empty word", "a", "b"]),
        (["aab", "--sample", "2", "--length", "3"], ["aab", "aab"]),
        (["()|aa", "--list", "1", "--sample", "2", "--length", "2"],
         ["the empty word", "", "aa", "aa"]),
        (["[]", "--alphabet", "a", "--list", "3"], []),
    ],
)  # fmt: skip
def test_text(capsys: pytest.CaptureFixture[str], arguments: list[str], lines: list[str]) -> None:
    code, out, err = negeig(capsys, "words", *arguments)
    assert (code, err) == (0, "")
    title, *rest = out.splitlines()
    assert title.startswith(arguments[0] + "   over {")
    below = ["", *lines] if lines else []
    assert [line.split() for line in rest] == [line.split() for line in below]


@pytest.mark.parametrize(
    ("arguments", "ending"),
    [
        (["(a|b)*"], "{a, b}: infinitely many words"),
        (["a|b"], "{a, b}: 2 words"),
        (["a"], "{a}: 1 word"),
        (["[]", "--alphabet", "a"], "{a}: no words"),
        (["(a|b){0,20000}", "--list", "1"], "{a, b}: more words than can be written"),
        (["--zoo", "modarith:3", "--output", "null", "--output", "2"],
         "infinitely many words with output null or 2"),
    ],
)  # fmt: skip
def test_titles(capsys: pytest.CaptureFixture[str], arguments: list[str], ending: str) -> None:
    _, out, _ = negeig(capsys, "words", *arguments)
    title = out.partition("\n\n")[0]
    assert " ".join(title.split()).endswith(ending)


@pytest.mark.parametrize(
    "arguments",
    [
        ["(11)*"],
        ["(11)*", "--list", "3"],
        ["(11)*", "--sample", "3", "--length", "4", "--seed", "-1"],
        ["a", "--list", "3", "--sample", "1", "--length", "1"],
        ["--zoo", "sym:3", "--output", '"()"'],
        ["(a|b){0,20000}", "--list", "1"],
    ],
)
def test_json_follows_the_schema(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, out, _ = negeig(capsys, "words", *arguments, "--json")
    document = valid(out)
    assert code == 0
    schema = json.loads((SCHEMAS / "words.json").read_text())
    assert set(document) == set(schema["required"]) == set(schema["properties"])
    asked = [name for name in ("list", "sample") if f"--{name}" in arguments]
    assert (document["first"] is not None) == ("list" in asked)
    assert (document["sample"] is not None) == ("sample" in asked)
    assert (document["counts"] is None) == bool(asked)
    if "sample" in asked:
        words_of = document["sample"]["words"]
        assert {len(word) for word in words_of} == {document["sample"]["length"]}


@pytest.mark.parametrize(
    ("arguments", "problems"),
    [
        (["--zoo", "sym:3"], ["name the outputs that words are to end in with --output"]),
        (["--zoo", "mod:3", "--output", "7", "--output", '"x"'],
         ["--output 7: no word ends in it; the outputs are 1, 0", '--output "x": no word ends']),
        (["--zoo", "mod:3", "--output", "x", "--output", "NaN"],
         ["--output x is no JSON; a text needs its quotes", "--output NaN is no JSON"]),
        (["(11)*", "--sample", "1", "--length", "3"], ["there is no word of length 3"]),
    ],
)  # fmt: skip
def test_bad_input_says_all_that_is_wrong(
    capsys: pytest.CaptureFixture[str], arguments: list[str], problems: list[str]
) -> None:
    code, out, _ = negeig(capsys, "words", *arguments, "--json")
    document = valid(out)
    assert (code, document["exit_code"]) == (2, 2)
    assert len(document["problems"]) == len(problems)
    for found, wanted in zip(document["problems"], problems, strict=True):
        assert wanted in found


def test_numbers_below_zero_are_refused_together() -> None:
    with pytest.raises(InputError) as stop:
        words(language("a"), length=-1, first=-2, sample=-3)
    assert stop.value.problems == [
        "--length is at least 0, found -1",
        "--list is at least 0, found -2",
        "--sample is at least 0, found -3",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["(a|b)*", "--length", "15000"], "digits of a number of words: stopped at 4,301"),
        (
            ["(a|b)*", "--sample", "1", "--length", "999", "--max-memory", "9999"],
            "raise it with --max-memory",
        ),
        (["a{3000}", "--list", "1", "--max-memory", "1000000"], "raise it with --max-memory"),
        (["a{200000}", "--list", "1"], "raise it with --max-states"),
        (["(ab)*", "--length", "99999999999"], "the limit is 1,000,000. lower --length"),
    ],
)
def test_limits(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    code, _, err = negeig(capsys, "words", *arguments)
    assert code == 3
    assert message in err


def test_the_letters_of_all_words_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "MAX_LETTERS", 30)
    everything = language("(a|b)*")
    assert len(words(everything, first=10).first or ()) == 10  # 1 + 2 x 2 + 4 x 3 + 3 x 4 = 29
    with pytest.raises(LimitReached, match="after 10 words"):
        words(everything, first=11)


def test_the_memory_that_is_allowed_is_what_the_tables_are_held_to() -> None:
    everything = language("(a|b)*")
    small = Resources(max_memory=10_000)
    assert words(everything, sample=1, length=100, resources=small).sample
    with pytest.raises(LimitReached, match="words of length 1,000"):
        words(everything, sample=1, length=1_000, resources=small)


def test_letters_that_cannot_be_seen_are_shown() -> None:
    assert words_text(words(language("\x07"), first=1)).splitlines()[-1] == "\\x07"
