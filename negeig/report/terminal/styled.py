r"""Text that knows which of its parts are styled: printed it is plain, and coloured where asked.

A :class:`Text` is a string, so all that works on strings works on it and gives plain strings.
Styles survive ``+``, slices and :func:`joined`, and become colours in :func:`rendered` only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any, Literal, SupportsIndex

Style = Literal["yes", "no", "open", "dim", "heading", "command"]

CODES: dict[Style, str] = {
    "yes": "1;32",
    "no": "1;31",
    "open": "1;33",
    "dim": "2",
    "heading": "1",
    "command": "36",
}
"""What a terminal is told (ECMA-48, select graphic rendition)."""


class Text(str):
    """A string with styled parts.

    Attributes
    ----------
    spans : tuple of (int, int, Style)
        First character, the one after the last, and the style; in order, none inside another.

    Examples
    --------
    >>> answer = "parity   " + styled("YES", "yes")
    >>> answer, answer.spans, answer[10:].spans
    ('parity   YES', ((9, 12, 'yes'),), ((0, 2, 'yes'),))
    """

    spans: tuple[tuple[int, int, Style], ...]

    def __new__(cls, text: str, spans: Iterable[tuple[int, int, Style]] = ()) -> Text:
        """Make a text of a string, with styles if any are given."""
        made = super().__new__(cls, text)
        made.spans = tuple(spans)
        return made

    def __add__(self, other: str) -> Text:
        return joined("", (self, other))

    def __radd__(self, other: str) -> Text:
        return joined("", (other, self))

    def __getitem__(self, key: SupportsIndex | slice[Any, Any, Any]) -> Text:
        text = super().__getitem__(key)
        if not isinstance(key, slice):
            key = slice(key, int(key) + 1 or None)
        first, end, step = key.indices(len(self))
        if step != 1:
            return Text(text)
        cut = ((max(a, first), min(b, end), style) for a, b, style in self.spans)
        return Text(text, ((a - first, b - first, style) for a, b, style in cut if a < b))


def styled(text: str, style: Style | None) -> Text:
    """Return a text all of one style, in place of those it had.

    Examples
    --------
    >>> styled("open", "open").spans, styled("", "open").spans, styled("as it is", None).spans
    (((0, 4, 'open'),), (), ())
    """
    return Text(str(text), ((0, len(text), style),) if text and style else ())


YES, NO, OPEN = styled("YES", "yes"), styled("NO", "no"), styled("OPEN", "open")
"""The answers that a first line gives."""


def joined(separator: str, parts: Iterable[str]) -> Text:
    """Return the parts with a separator between them, each with its styles: ``str.join``.

    Examples
    --------
    >>> joined(", ", ["a", styled("b", "no")]).spans
    ((3, 4, 'no'),)
    """
    listed = list(parts)
    spans: list[tuple[int, int, Style]] = []
    start = 0
    for part in listed:
        if isinstance(part, Text):
            for a, b, style in part.spans:
                first = start + a
                if spans and spans[-1][1:] == (first, style):  # it goes on
                    first = spans.pop()[0]
                spans.append((first, start + b, style))
        start += len(part) + len(separator)
    return Text(separator.join(listed), spans)


PLAIN = {"✓": "yes", "✗": "no", "·": ".", "…": "...", "◌": "o"}
"""What stands for a character of reports where an encoding does not have it."""


def rendered(text: str, colour: bool, encoding: str = "utf-8") -> str:
    r"""Return what is written to a terminal: the plain text, or with codes for its styles.

    Marks that the encoding of the terminal does not have become words.

    Examples
    --------
    >>> rendered(styled("YES", "yes") + ", proved", True)
    '\x1b[1;32mYES\x1b[0m, proved'
    >>> rendered(styled("YES", "yes"), False), rendered("no styles", True)
    ('YES', 'no styles')
    >>> rendered("bf16 ✓", False, "cp1252")
    'bf16 yes'
    """
    if not colour or not isinstance(text, Text):
        return _encodable(str(text), encoding)
    pieces, end = [], 0
    for first, after, style in text.spans:
        # One line at a time: a pager that is given a line alone shows it right.
        lines = str(text)[first:after].split("\n")
        shown = "\n".join(f"\x1b[{CODES[style]}m{line}\x1b[0m" if line else "" for line in lines)
        pieces += [str(text)[end:first], shown]
        end = after
    return _encodable("".join(pieces) + str(text)[end:], encoding)


def _encodable(text: str, encoding: str) -> str:
    for character, plain in PLAIN.items():
        try:
            character.encode(encoding)
        except UnicodeError:
            text = text.replace(character, plain)
    return text


def columns(text: str) -> int:
    r"""Return the columns that a line takes: two for a wide character, none for a combining one.

    Examples
    --------
    >>> columns("abc"), columns("状態"), columns("e\u0301")
    (3, 4, 1)
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me") else 2 if _is_wide(c) else 1 for c in text
    )


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
