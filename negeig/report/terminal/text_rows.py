"""The layout of reports: rows of a label, a statement and its evidence; words and names, cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import fill

from negeig.automata.labels import visible
from negeig.claims import Claim, Word

LABEL = 13
LEFT = 50
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


def line(label: str, left: str, right: str = "", width: int = 100) -> str:
    """Lay out one row: a label, the statement, and the evidence beside or below it."""
    indent = " " * LABEL
    if right and len(left) < LEFT and LABEL + LEFT + len(right) <= width:
        return f"{label:<{LABEL}}{left:<{LEFT}}{right}"
    first = fill(left, max(width, 60), initial_indent=f"{label:<{LABEL}}",
                 subsequent_indent=indent, break_on_hyphens=False)  # fmt: skip
    if not right:
        return first
    below = fill(right, max(width, 60), initial_indent=indent, subsequent_indent=indent)
    return f"{first}\n{below}"


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


def notice_lines(notices: Iterable[str]) -> list[str]:
    """Return what was completed or determinised on reading, a row each."""
    return [line("note", notice) for notice in notices]


def assumption_lines(claim: Claim, width: int = 100) -> list[str]:
    """Return what a claim about an implementation rests on, and each that failed its test."""
    held = "; ".join(assumed.statement for assumed in claim.assumptions if assumed.held)
    failed = [assumed for assumed in claim.assumptions if not assumed.held]
    about = claim.arithmetic
    return [
        *([line("tested", f"of {about}, not proved: {held}", width=width)] if held else []),
        *(line("failed", f"{about}: not so that {a.statement}", a.tested, width) for a in failed),
    ]
