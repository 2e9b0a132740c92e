r"""Text formats: lines, edges between names, and letters as symbols without white space.

A symbol may hold ``\uXXXX`` or ``\UXXXXXXXX``, a character by its code, and ``\\``, a backslash.
Any other backslash stands for itself, as in files of tools that do not know these escapes.
"""

from __future__ import annotations

import csv
import io
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from negeig.claims import InputError, Letter

NUMBER = re.compile(r"[0-9]{1,18}")
"""A whole number; what has more digits is a name."""

INVISIBLE = "\0\u200b\u2060\ufeff"
"""Characters that no file has but by mistake: of UTF-16, of word processors, of joined files."""

ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|\\)")


def lines(text: str) -> Iterator[tuple[int, str]]:
    r"""Yield the lines of a text with their numbers from 1, one at a time: files may be large.

    Examples
    --------
    >>> list(lines("a\n\nb"))
    [(1, 'a'), (2, ''), (3, 'b')]
    """
    number, start = 1, 0
    while (end := text.find("\n", start)) >= 0:
        yield number, text[start:end]
        number, start = number + 1, end + 1
    yield number, text[start:]


@dataclass
class Edges:
    """Edges between states by name, in little memory: a file may have millions.

    Names have indices in order of appearance; ``state_places`` and ``label_places`` tell where each
    first was.

    Examples
    --------
    >>> edges = Edges()
    >>> edges.add(("p", "line 1: "), ("a", "line 1: "), ("q", "line 1: "))
    >>> list(edges.states), list(edges.labels), list(edges.triples())
    (['p', 'q'], ['a'], [(0, 0, 1)])
    """

    states: dict[str, int] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    state_places: list[str] = field(default_factory=list)
    label_places: list[str] = field(default_factory=list)
    flat: array[int] = field(default_factory=lambda: array("i"))

    def add(self, source: tuple[str, str], label: tuple[str, str], target: tuple[str, str]) -> None:
        """Note an edge, of names and their places."""
        self.flat.append(self.state(*source))
        self.flat.append(_index(self.labels, self.label_places, *label))
        self.flat.append(self.state(*target))

    def state(self, name: str, place: str) -> int:
        """Return the index of a state, noting it if it is new."""
        return _index(self.states, self.state_places, name, place)

    def triples(self) -> Iterator[tuple[int, int, int]]:
        """Yield the indices of source, label and target of every edge."""
        ends = iter(self.flat)
        return zip(ends, ends, ends, strict=True)


def _index(known: dict[str, int], places: list[str], name: str, place: str) -> int:
    index = known.setdefault(name, len(known))
    if index == len(places):
        places.append(place)
    return index


def numbers_by_value(states: Sequence[str]) -> list[int]:
    """Return the numbers of states: by value when all are numbers, and otherwise as they are.

    Examples
    --------
    >>> numbers_by_value(["10", "2"]), numbers_by_value(["b", "a"])
    ([1, 0], [0, 1])
    """
    order = list(range(len(states)))
    if all(map(NUMBER.fullmatch, states)):
        order.sort(key=lambda i: int(states[i]))
    numbers = [0] * len(states)
    for number, i in enumerate(order):
        numbers[i] = number
    return numbers


def same_number(names: Iterable[str]) -> tuple[str, str] | None:
    """Return two names that are one number, where all are numbers; None where there are none.

    Examples
    --------
    >>> same_number(["10", "7", "010"]), same_number(["10", "a", "010"])
    (('10', '010'), None)
    """
    known: dict[str, str] = {}
    twice = None
    for name in names:
        if not (name.isascii() and name.isdecimal()):
            return None
        other = known.setdefault(name.lstrip("0"), name)
        if other != name and twice is None:
            twice = (other, name)
    return twice


def escape(letter: Letter, special: str = "") -> str:
    r"""Return a letter as a symbol without white space, control or ``special`` characters.

    Examples
    --------
    >>> print(escape("a b"), escape("\\"), escape("0", special="0"), escape("\U000e0001"))
    a\u0020b \\ \u0030 \U000e0001
    """
    return "".join(
        "\\\\"
        if c == "\\"
        else coded(c)
        if c in special or c.isspace() or not c.isprintable()
        else c
        for c in letter
    )


def coded(character: str) -> str:
    r"""Return a character as the escape of its code.

    Examples
    --------
    >>> print(coded("é"), coded("\uffff"), coded("\U00010000"))
    \u00e9 \uffff \U00010000
    """
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def unescape(symbol: str) -> Letter:
    r"""Return the letter that a symbol stands for.

    Raises ValueError on a code that is no Unicode character.

    Examples
    --------
    >>> unescape(r"a\u0020b"), unescape(r"\\"), unescape(r"\n")
    ('a b', '\\', '\\n')
    """
    return ESCAPE.sub(_character, symbol) if "\\" in symbol else symbol


def character(code: str) -> str:
    """Return the character of a code in hexadecimal; ValueError when there is none.

    Examples
    --------
    >>> character("e9")
    'é'
    >>> character("D800")
    Traceback (most recent call last):
    ValueError: U+D800 is no Unicode character
    """
    value = int(code, 16)
    if value > 0x10FFFF or 0xD800 <= value < 0xE000:
        raise ValueError(f"U+{value:04X} is no Unicode character")
    return chr(value)


def _character(match: re.Match[str]) -> str:
    return character(match[1] or match[2]) if match[0] != "\\\\" else "\\"


def read_names(text: str) -> tuple[str, ...]:
    """Return names separated by commas, those with commas in double quotes.

    Raises InputError where quotes are not closed.

    Examples
    --------
    >>> read_names('q0, q1'), read_names('"(p,q)"'), read_names("")
    (('q0', 'q1'), ('(p,q)',), ())
    """
    try:
        rows = list(csv.reader([text], skipinitialspace=True, strict=True))
    except csv.Error as error:
        raise InputError("names", f"{text!r} is no list of names: {error}", code="usage") from None
    return tuple(name.strip() for row in rows for name in row)


def write_names(names: Sequence[str]) -> str:
    """Return names as :func:`read_names` reads them.

    Examples
    --------
    >>> write_names(["q0", "(p,q)"])
    'q0,"(p,q)"'
    """
    stream = io.StringIO()
    csv.writer(stream, lineterminator="").writerow(names)
    return stream.getvalue()
