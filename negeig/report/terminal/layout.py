"""The layout of reports: rows, tables and commands as data, laid out for a width at the very end.

Lines break at spaces only. A no-break space, which no name from a file contains as it is shown,
holds together what reads as one, as far as that fits.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from negeig.automata.labels import visible
from negeig.report.terminal.styled import Text, columns, joined, styled

LABEL = 13
"""Columns of the labels at the left."""

NARROW = 60
"""Below so many columns a label has a line of its own."""

BESIDE = 50
"""Columns of a statement that its evidence stands beside, one below the other, where that fits."""

SHORTEST = 20
"""Columns that the name in a heading is cut to at least, so that the answer stands beside it."""

READABLE = 100
"""Columns of the longest lines of prose."""

GLUE = "\N{NO-BREAK SPACE}"
GAP = "  "


class Item(Protocol):
    """Something that can be laid out as lines of a width."""

    def lines(self, width: int) -> list[Text]:
        """Return the lines."""


def report(blocks: Iterable[Iterable[Item]], width: int) -> Text:
    """Lay out blocks of items with an empty line between any two; empty ones are left out.

    Examples
    --------
    >>> print(report([[Row("proved", "for every length")], [], [Row("ran", "0 wrong")]], 80))
    proved       for every length
    <BLANKLINE>
    ran          0 wrong
    """
    made = ([line for item in block for line in item.lines(width)] for block in blocks)
    whole = joined("\n\n", [joined("\n", lines) for lines in made if lines])
    return Text(whole.replace(GLUE, " "), whole.spans)


def glued(text: str) -> str:
    """Return a text that is not broken where it fits on a line.

    Examples
    --------
    >>> wrapped("letters " + glued("A(1) = [-1]"), 14)
    ['letters', 'A(1) = [-1]']
    """
    return Text(text.replace(" ", GLUE), text.spans if isinstance(text, Text) else ())


def wrapped(text: str, width: int) -> list[Text]:
    """Break a text into lines at spaces; a line is longer than the width only if one word is.

    Examples
    --------
    >>> wrapped("a state for every length", 9)
    ['a state', 'for every', 'length']
    """
    lines: list[Text] = []
    for word in words(text):
        if lines and columns(lines[-1]) + 1 + columns(word) <= width:
            lines[-1] += " " + word
        elif columns(word) <= width:
            lines.append(word)
        elif GLUE in word:
            apart = Text(word.replace(GLUE, " "), word.spans)
            lines += wrapped(apart, width)
        else:
            lines.append(word)
    return [Text(line.replace(GLUE, " "), line.spans) for line in lines]


def words(text: str, space: str = " ") -> list[Text]:
    """Return the parts between spaces, each printable and with its styles."""
    whole = text if isinstance(text, Text) else Text(text)
    return [printable(whole[m.start() : m.end()]) for m in re.finditer(f"[^{space}]+", text)]


def printable(text: str) -> Text:
    r"""Return a text with escapes for what no terminal should be sent, whoever wrote it.

    Examples
    --------
    >>> printable("a\x1b[2J"), printable(styled("two words", "no")).spans
    ('a\\x1b[2J', ((0, 9, 'no'),))
    """
    if text.replace(GLUE, " ").isprintable():
        return text if isinstance(text, Text) else Text(text)
    style = text.spans[0][2] if isinstance(text, Text) and text.spans else None
    return styled(GLUE.join(map(visible, text.split(GLUE))), style)


def command_lines(command: str, width: int) -> list[Text]:
    r"""Break a command between arguments, so that it can be copied: a backslash ends a line.

    None for no command.

    Examples
    --------
    >>> print(*command_lines("negeig compile --layers 1 '(a b)*'", 24), sep="\n")
    negeig compile \
      --layers 1 '(a b)*'
    """
    lines: list[Text] = []
    for argument in _with_values(shlex.split(command), width - 2 * len(GAP)):
        word = styled(argument, "command")
        if not lines:
            lines.append(word)
        elif columns(lines[-1]) + 1 + columns(word) <= width - 2:
            lines[-1] += styled(" ", "command") + word
        else:
            lines[-1] += styled(" \\", "command")
            lines.append(joined("", (GAP, word)))
    return lines


def _with_values(arguments: Sequence[str], most: int) -> list[str]:
    """Return arguments as a shell reads them, an option with what may be its value where short."""
    found: list[str] = []
    for before, argument in zip(("", *arguments), arguments, strict=False):
        may_be_value = before.startswith("--") and not argument.startswith("-")
        if may_be_value and columns(both := f"{found[-1]} {quoted(argument)}") <= most:
            found[-1] = both
        else:
            found.append(quoted(argument))
    return found


def quoted(argument: str) -> str:
    r"""Return an argument as a shell reads it, with escapes for what cannot be seen.

    Examples
    --------
    >>> quoted("(a b)*"), quoted("a\x1b\u202e'")
    ("'(a b)*'", "$'a\\u001b\\u202e\\''")
    """
    if argument.isprintable():
        return shlex.quote(argument)
    escaped = (
        c if c.isprintable() and c not in "'\\" else f"\\{c}" if c in "'\\" else _escape(c)
        for c in argument
    )
    return f"$'{''.join(escaped)}'"


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 1 << 16 else f"\\U{number:08x}"


def labelled(label: str | None, lines: Sequence[str], width: int) -> list[Text]:
    """Put a label before lines that were made for ``inner(width)`` columns.

    On a line of its own where it is long, and where a word does not fit beside it.
    """
    if label is None:
        return [joined("", (line,)) for line in lines]
    name = printable(label)
    if not name.spans:  # an answer keeps its colour
        name = styled(name, "dim")
    is_narrow = width < NARROW or any(columns(line) > width - LABEL for line in lines[:1])
    if is_narrow or columns(name) >= LABEL:
        indent = GAP if is_narrow else " " * LABEL
        return [*([name] if label else []), *indented(lines, indent)]
    padding = " " * (LABEL - columns(name))
    return [joined("", (name, padding, *lines[:1])), *indented(lines[1:], " " * LABEL)]


def indented(lines: Iterable[str], indent: str) -> Iterator[Text]:
    """Return lines set in."""
    return (joined("", (indent, line)) for line in lines)


def inner(width: int) -> int:
    """Return the columns that are left beside the labels."""
    return width - (len(GAP) if width < NARROW else LABEL)


@dataclass(frozen=True)
class Row:
    """A label, a statement, and its evidence beside it where that fits, otherwise below.

    ``indent``: how far it is set in below the row before, which it is about. ``mark``: a dash or
    the like before the statement, whose further lines begin under its first word.
    """

    label: str
    text: str
    beside: str = ""
    indent: int = 0
    mark: str = ""

    def lines(self, width: int) -> list[Text]:
        """Return the lines.

        Examples
        --------
        >>> for width in (90, 60, 40):
        ...     print(*Row("proved", "for every length", "two states").lines(width), sep=chr(10))
        proved       for every length                                  two states
        proved       for every length                     two states
        proved
          for every length            two states
        """
        room = inner(width) - self.indent * len(GAP) - len(self.mark)
        lines = wrapped(self.text, min(room, READABLE))
        if self.mark:
            lines = [
                styled(self.mark, "dim") + lines[0],
                *indented(lines[1:], " " * len(self.mark)),
            ]
        if self.beside:
            beside = printable(self.beside)
            if not isinstance(self.beside, Text):
                beside = styled(beside, "dim")
            column = min(BESIDE, room - columns(beside))
            if len(lines) == 1 and columns(lines[0]) + len(GAP) <= column:
                lines = [lines[0] + " " * (column - columns(lines[0])) + beside]
            else:
                lines += wrapped(beside, min(room, READABLE))
        return labelled(self.label, list(indented(lines, GAP * self.indent)), width)


@dataclass(frozen=True)
class Paragraph:
    """Prose over the whole width, as far as lines are easily read."""

    text: str

    def lines(self, width: int) -> list[Text]:
        """Return the lines."""
        return wrapped(self.text, min(width, READABLE))


@dataclass(frozen=True)
class Command:
    """A command to copy, broken between arguments only."""

    label: str
    command: str

    def lines(self, width: int) -> list[Text]:
        """Return the lines."""
        return labelled(self.label, command_lines(self.command, inner(width)), width)


@dataclass(frozen=True)
class Heading:
    """The first line: what it is about, in short, and the answer."""

    name: str
    about: str
    answer: str = ""

    def lines(self, width: int) -> list[Text]:
        """Return one line; where that is too long what it is about stands below.

        Examples
        --------
        >>> answer = Heading("parity", "2 letters, 2 states", "YES")
        >>> print(*answer.lines(80), *answer.lines(24), sep=chr(10))
        parity   2 letters, 2 states   YES
        parity   YES
          2 letters, 2 states
        """
        name, about, answer = map(printable, (self.name, self.about, self.answer))
        one = joined("   ", filter(None, (styled(name, "heading"), about, answer)))
        if columns(one) <= width:
            return [one]
        beside = width - columns(answer) - 3
        if columns(name) <= beside or beside >= SHORTEST:
            first = joined("   ", filter(None, (styled(cut(name, beside), "heading"), answer)))
            return [first, *indented(wrapped(about, width - len(GAP)), GAP)]
        below = [line for part in (answer, about) for line in wrapped(part, width - len(GAP))]
        return [styled(cut(name, width), "heading"), *indented(below, GAP)]


def cut(name: str, most: int) -> str:
    """Return a name of at most so many columns, an ellipsis in its middle.

    Examples
    --------
    >>> cut("abcdefghij", 7), cut("状態機械", 5), cut("short", 9)
    ('abc…hij', '状…械', 'short')
    """
    if columns(name) <= most:
        return name
    first, last = 0, len(name)
    room = most - 1
    while True:  # from both ends towards the middle
        if columns(name[first]) <= room:
            room -= columns(name[first])
            first += 1
        else:
            break
        if columns(name[last - 1]) <= room:
            room -= columns(name[last - 1])
            last -= 1
        else:
            break
    return f"{name[:first]}…{name[last:]}"
