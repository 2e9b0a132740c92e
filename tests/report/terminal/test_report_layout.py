"""Lines that fit, words that stay whole, commands that a shell reads as they were meant."""

import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negeig.report.terminal.layout import (
    GLUE,
    Command,
    Heading,
    Item,
    Row,
    command_lines,
    cut,
    glued,
    report,
    wrapped,
)
from negeig.report.terminal.styled import CODES, Style, Text, columns, joined, rendered, styled
from negeig.report.terminal.table import Table

WIDTHS = st.integers(40, 200)
NAMES = st.text(st.sampled_from("ab \x1b\u202e\n\t状é\u0301|'\\$`\"-"), max_size=30)


def plain(text: str) -> bool:
    return text.replace("\n", "").isprintable()


@given(NAMES, NAMES, NAMES, WIDTHS)
def test_whatever_names_are_the_lines_fit(label: str, text: str, beside: str, width: int) -> None:
    items: list[Item] = [
        Heading(text, label, beside),
        Row("label", text, beside, indent=1),
        Table("table", ["one", "two", ""], [[text, beside, label], ["1", "2", "3"]]),
        Table(None, ["", ""], [[text, beside]]),
    ]
    shown = report([items], width)
    assert plain(shown)
    for line in shown.splitlines():
        assert columns(line) <= width or len(line.split()) <= 1


ARGUMENTS = st.text(st.sampled_from("abc(*| '\\$`\"\n\x1b\u202e状\x85"), min_size=1)


@given(st.lists(ARGUMENTS, max_size=6), WIDTHS)
def test_a_broken_command_is_read_as_it_was_meant(arguments: list[str], width: int) -> None:
    lines = command_lines(shlex.join(["printf", "%s\\0", *arguments]), width)
    assert all(map(plain, lines))
    told = subprocess.run(["bash", "-c", "\n".join(lines)], capture_output=True, check=True)
    assert told.stdout.decode().split("\0")[:-1] == (arguments or [""])


def test_commands_are_broken_where_they_are_wide_only() -> None:
    (line,) = Command("again", "negeig check '(a b)*'").lines(80)
    assert line == "again        negeig check '(a b)*'"
    assert len(Command("again", "negeig check --zoo mod:3 --no-run --verbose").lines(40)) == 3


@given(st.text(st.sampled_from("abc "), max_size=40), st.integers(1, 30))
def test_wrapping_keeps_every_word_in_order(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert " ".join(lines).split() == text.split()
    assert all(columns(line) <= width or " " not in line for line in lines)
    again = wrapped(glued(text), width)
    assert " ".join(again).split() == text.split()
    assert GLUE not in "".join(again)


@given(NAMES, st.integers(1, 12))
def test_names_are_cut_to_columns(name: str, most: int) -> None:
    shown = cut(name, most)
    assert columns(shown) <= most
    assert shown == name or "…" in shown


@given(st.lists(st.tuples(NAMES, st.sampled_from([None, *CODES]))), st.data())
def test_styles_stay_with_their_words(
    parts: list[tuple[str, Style | None]], data: st.DataObject
) -> None:
    whole = joined("", [styled(text, style) for text, style in parts])
    styles = [style for text, style in parts for _ in text]
    first = data.draw(st.integers(0, len(whole)))
    after = data.draw(st.integers(first, len(whole)))
    piece = whole[first:after]
    found: list[Style | None] = [None] * len(piece)
    for a, b, style in piece.spans:
        found[a:b] = [style] * (b - a)
    assert (str(piece), found) == (str(whole)[first:after], styles[first:after])
    assert rendered(whole, False) == str(whole)


def test_a_text_is_plain_where_nobody_asks_for_colours() -> None:
    text = Text("a") + styled("b", "no") + "c"
    assert (str(text), f"{text}", text + "d") == ("abc", "abc", "abcd")
    assert rendered(text, True) == "a\x1b[1;31mb\x1b[0mc"
    assert rendered(styled("two\nlines", "dim"), True).count("\x1b[2m") == 2


@pytest.mark.parametrize(("encoding", "shown"), [("utf-8", "✓ ✗"), ("cp1252", "yes no")])
def test_marks_are_words_where_an_encoding_has_none(encoding: str, shown: str) -> None:
    assert rendered("✓ ✗", False, encoding) == shown
