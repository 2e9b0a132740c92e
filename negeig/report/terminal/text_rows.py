"""Words, names and numbers as people read them, cut; rows that several reports have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from negeig.automata.labels import visible
from negeig.claims import Claim, Word
from negeig.precision.numbers.models import short_name
from negeig.report.terminal.layout import Item, Row
from negeig.report.terminal.styled import styled

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def count(number: int, noun: str, plural: str = "") -> str:
    """Return ``one layer``, ``two layers``, ``12 layers``.

    Examples
    --------
    >>> count(1, "layer"), count(3, "step"), count(12, "code")
    ('one layer', 'three steps', '12 codes')
    """
    text = NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"
    return f"{text} {noun if number == 1 else plural or noun + 's'}"


def word_text(word: Word | Sequence[str], longest: int = 60) -> str:
    """Return a word as a person writes it; long ones are cut, with their length.

    Examples
    --------
    >>> word_text(("a", "b")), word_text(("(1 2)", "(2 3)")), word_text(())
    ('ab', '(1 2) · (2 3)', 'the empty word')
    """
    if not word:
        return "the empty word"
    separator = "" if all(len(letter) == 1 for letter in word) else " · "
    text = separator.join(visible(letter) for letter in word[:longest])
    return text if len(word) <= longest else f"{text}... ({len(word):,} letters)"


def source_text(source: str, longest: int = 60) -> str:
    """Return the name of a language with control characters shown, cut when it is long."""
    text = visible(source)
    return text if len(text) <= longest else f"{text[:longest]}... ({len(source):,} characters)"


def alphabet_text(letters: Sequence[str], longest: int = 12) -> str:
    """Return the letters in braces, the first few of many; commas, braces and spaces are quoted.

    Examples
    --------
    >>> alphabet_text("01"), alphabet_text(["up", "down", "left"], longest=2)
    ('{0, 1}', '{up, down, ...}')
    >>> alphabet_text(" ,a")
    "{' ', ',', a}"
    """
    shown = ", ".join(
        f"'{source_text(letter, 20)}'" if set(letter) & set(" ,{}") else source_text(letter, 20)
        for letter in letters[:longest]
    )
    return f"{{{shown}{', ...' if len(letters) > longest else ''}}}"


def notice_rows(notices: Iterable[str]) -> Iterator[Item]:
    """Yield what was completed or determinised on reading, a row each."""
    return (Row("note", notice) for notice in notices)


def assumption_rows(claim: Claim) -> Iterator[Item]:
    """Yield what a claim about an implementation rests on, and each that failed its test."""
    held = "; ".join(assumed.statement for assumed in claim.assumptions if assumed.held)
    about = short_name(claim.arithmetic)
    if held:
        tokens = max(assumed.tokens or 0 for assumed in claim.assumptions)
        far = f", as far as calls of {count(tokens, 'token')} were tested" if tokens else ""
        yield Row("tested", f"of {about}, not proved: {held}{far}")
    for assumed in claim.assumptions:
        if not assumed.held:
            text = styled("failed", "no") + f", of {about}: not so that {assumed.statement}"
            yield Row("tested", text, assumed.tested)


def title_text(source: str, arguments: Sequence[str] = ()) -> str:
    """Return the name of a language as it is asked for: ``mod:3`` for ``--zoo mod:3``.

    Examples
    --------
    >>> title_text("zoo:mod:3", ("--zoo", "mod:3")), title_text("(11)*", ("(11)*",))
    ('mod:3', '(11)*')
    """
    return source_text(arguments[1] if arguments[:1] == ("--zoo",) else source)


def monoid_phrase(monoid: Any) -> str:
    """Return in words what a monoid of ``negeig.check/1`` is; None is one past a limit."""
    if monoid is None:
        return "its monoid exceeds a limit"
    groups = list(dict.fromkeys(g["name"] for g in monoid["subgroups"] if g["order"] > 1))
    if monoid["is_group"]:
        return f"group {groups[0] if groups else 'C1'}"
    size = f"monoid of {monoid['size']:,}"
    if monoid["is_aperiodic"]:
        return f"aperiodic {size}"
    return f"{size} with {'groups' if len(groups) > 1 else 'group'} {few(groups, 4)}"


def few(names: Sequence[str], most: int) -> str:
    """Join the first few names, with the number of the others.

    Examples
    --------
    >>> few(["C2", "C3", "S3"], 3), few(["C2", "C3", "S3"], 1)
    ('C2, C3, S3', 'C2 and 2 more')
    """
    hidden = len(names) - most
    return ", ".join(names[:most]) + (f" and {hidden} more" if hidden > 0 else "")


def machine_text(letters: int, states: int) -> str:
    """Return ``2 letters, 3 states``.

    Examples
    --------
    >>> machine_text(1, 2), machine_text(12, 40_320)
    ('1 letter, 2 states', '12 letters, 40,320 states')
    """
    return (
        f"{letters:,} letter{'' if letters == 1 else 's'}, "
        f"{states:,} state{'' if states == 1 else 's'}"
    )
