r"""Regular expressions: their syntax, as a tree, and errors that point at the column.

From the tightest binding to the loosest: postfix ``* + ? {m} {m,n} {m,}``; prefix ``~``
(complement); concatenation; ``&`` (intersection); ``|`` (union). So ``~ab`` is ``(~a)b`` and
``~a*`` is ``~(a*)``. ``.`` is any letter, ``[abc]``, ``[a-c]``, ``[^a]`` are classes, ``()`` is
the empty word and ``[]`` the empty set. White space is a letter. ``{up}`` is one letter of several
characters. The alphabet is what occurs, classes included, and what is given besides; ``.``, ``~``
and ``[^a]`` range over it.

Escapes: ``\`` before punctuation or a space is that character; ``\n \t \r \f \v \0``; ``\xHH``,
``\uHHHH``, ``\UHHHHHHHH`` by code point. In braces too. ``{{10}}`` is the letter ``10``: what looks
like a count is refused in single braces, as are operators of other dialects everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from negeig.automata.expressions.braces import COUNT, braced
from negeig.automata.expressions.dialects import (
    GREEK,
    SYMBOLS,
    class_problem,
    escape_problem,
    group_problem,
    quantifier_problem,
)
from negeig.automata.expressions.regex_error import RegexError, shown
from negeig.automata.expressions.regex_tree import (
    Class,
    Concatenation,
    Epsilon,
    Intersection,
    Named,
    Node,
    complemented,
    merged,
    postorder,
    repeated,
    united,
)
from negeig.claims import InputError, Letter

MAX_LETTERS = 65_536
"""Largest alphabet of a regular expression."""


@dataclass(frozen=True)
class Regex:
    """A parsed regular expression: its text, its sorted alphabet and its tree."""

    text: str
    alphabet: tuple[Letter, ...]
    root: Node


def parse(text: str, alphabet: Sequence[Letter] = ()) -> Regex:
    """Parse a regular expression.

    The tree is slightly simplified, never in what it means: groups vanish, ``~~x`` is ``x``,
    a union of classes is a class, and ``x**`` is ``x*``. The parser does not recurse, so nesting
    may be as deep as the text is long.

    Parameters
    ----------
    text : str
        The expression, in the syntax above.
    alphabet : sequence of str
        Letters to add to those that occur. They may be longer than a character; ``.``, ``~`` and
        negated classes then range over them too.

    Raises
    ------
    RegexError
        With the column at which something else was expected.
    InputError
        When a given letter is not a non-empty string of characters.

    Examples
    --------
    >>> parse("(ab)*").alphabet
    ('a', 'b')
    >>> parse("~a*", alphabet="cb").alphabet
    ('a', 'b', 'c')
    >>> parse("a{2}").root
    Repeat(operand=Class(ranges=((97, 97),), negated=False), least=2, most=2)
    """
    check_characters(text, alphabet)
    root = _Parser(text, alphabet).parse()
    return Regex(text, nonempty(text, _letters(text, root, alphabet)), root)


def occurring(text: str) -> tuple[Letter, ...]:
    """Return the letters that occur in a regular expression, sorted; perhaps none.

    Raises as :func:`parse` does.

    Examples
    --------
    >>> occurring("[ab]*{up}"), occurring("~()")
    (('a', 'b', 'up'), ())
    """
    check_characters(text, ())
    return _letters(text, _Parser(text, ()).parse(), ())


def _letters(text: str, root: Node, alphabet: Sequence[Letter]) -> tuple[Letter, ...]:
    nodes = list(postorder(root))
    ranges = [bounds for node in nodes if isinstance(node, Class) for bounds in node.ranges]
    named = {node.letter for node in nodes if isinstance(node, Named)}
    return sorted_letters(text, ranges, named.union(alphabet))


def check_characters(text: str, alphabet: Sequence[Letter]) -> None:
    """Raise InputError unless the text and the given letters consist of characters."""
    unusable = [a for a in alphabet if not isinstance(a, str) or a == "" or _SURROGATE.search(a)]
    if unusable:
        raise InputError("alphabet", [f"{a!r} is not a non-empty string" for a in unusable])
    if surrogate := _SURROGATE.search(text):
        raise RegexError(text, surrogate.start() + 1, "not a character (half of a surrogate pair)")


def sorted_letters(
    text: str, ranges: Sequence[tuple[int, int]], given: Set[Letter]
) -> tuple[Letter, ...]:
    """Return the characters that occur, as ranges of code points, and given letters, sorted.

    Raises RegexError for more than ``MAX_LETTERS``, before listing them.
    """
    ranges = merged(ranges)
    letters = sum(high - low + 1 for low, high in ranges) + len(given)
    if letters > MAX_LETTERS:
        raise RegexError(text, 1, f"{letters:,} letters; at most {MAX_LETTERS:,} are supported")
    characters = {chr(point) for low, high in ranges for point in range(low, high + 1)}
    return tuple(sorted(characters | given))


def nonempty(text: str, letters: tuple[Letter, ...]) -> tuple[Letter, ...]:
    """Return an alphabet. Raises RegexError where it has no letter."""
    if not letters:
        raise RegexError(text, 1, "the alphabet is empty: no letter occurs; give some (--alphabet)")
    return letters


_SURROGATE = re.compile("[\ud800-\udfff]")
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}
_OPERAND = "expected a letter, '.', '[', '(' or '~'"
_EMPTY = "write () for the empty word and [] for the empty set"


@dataclass(slots=True)
class _Group:
    """What has been read of one parenthesised group, or of the whole expression."""

    column: int  # of its '('; 0 for the whole expression
    before: str  # what the next operand comes after, for messages
    union: list[Node] = field(default_factory=list)
    intersection: list[Node] = field(default_factory=list)
    factors: list[tuple[Node, bool]] = field(default_factory=list)  # (node, complemented or not)
    tildes: int = 0  # read since the last factor


class _Parser:
    """A shift-reduce parser: one pass, a stack of open groups, no recursion."""

    def __init__(self, text: str, alphabet: Sequence[Letter]) -> None:
        self.text = text
        self.in_braces = frozenset(letter for letter in alphabet if len(letter) > 1)
        self.at = 0  # index of the next character
        self.groups = [_Group(0, "")]

    def parse(self) -> Node:
        while self.at < len(self.text):
            self._step(self.text[self.at])
        if len(self.text) > 1 and self.text.endswith(("\r", "\n")):
            raise self._error(
                r"an end of a line ends the expression: leave it out, or write \r or \n for it",
                len(self.text),
            )
        if len(self.groups) > 1:
            column = self.groups[-1].column
            raise self._error("this '(' is never closed: expected ')'", column)
        return self._close()

    def _step(self, char: str) -> None:
        """Read one token, which starts with ``char``."""
        group = self.groups[-1]
        match char:
            case "(":
                self._refuse(group_problem(self.text, self.at))
                self.at += 1
                if self.text.startswith(")", self.at):
                    self.at += 1
                    self._factor(Epsilon())
                else:
                    self.groups.append(_Group(self.at, "'('"))
            case ")":
                if len(self.groups) == 1:
                    raise self._error("this ')' closes nothing: there is no '(' before it")
                node = self._close()
                self.groups.pop()
                self.at += 1
                self._factor(node)
            case "|" | "&":
                self._end_concatenation()
                if char == "|":
                    self._end_intersection()
                group.before = repr(char)
                self.at += 1
            case "~":
                group.tildes += 1
                self.at += 1
            case "{" if not COUNT.match(self.text, self.at):
                self._factor(Named(self._name()))
            case "*" | "+" | "?" | "{":
                self._postfix(char)
            case "[":
                self._factor(self._class())
            case "]":
                raise self._error(
                    r"this ']' closes nothing: write \] for the letter, also at the start of a "
                    "class; classes are not nested"
                )
            case "}":
                raise self._error(r"this '}' closes nothing: write \} for the letter")
            case ".":
                self.at += 1
                self._factor(Class((), negated=True))
            case _ if char in SYMBOLS:
                raise self._error(SYMBOLS[char])
            case _:
                point = self._character()
                self._factor(Class(((point, point),)))

    def _factor(self, node: Node) -> None:
        group = self.groups[-1]
        group.factors.append((node, group.tildes % 2 == 1))
        group.tildes = 0

    def _end_concatenation(self) -> None:
        group = self.groups[-1]
        if group.tildes or not group.factors:
            found = repr(self.text[self.at]) if self.at < len(self.text) else "the end"
            if not self.text:
                raise self._error(f"the expression is empty: {_EMPTY}")
            before = "'~'" if group.tildes else group.before
            where = f"nothing after {before}" if before else "nothing before it"
            raise self._error(f"found {found}, {where}: {_OPERAND}; {_EMPTY}")
        parts = tuple(complemented(node) if negated else node for node, negated in group.factors)
        group.intersection.append(parts[0] if len(parts) == 1 else Concatenation(parts))
        group.factors = []

    def _end_intersection(self) -> None:
        group = self.groups[-1]
        parts = tuple(group.intersection)
        group.union.append(parts[0] if len(parts) == 1 else Intersection(parts))
        group.intersection = []

    def _close(self) -> Node:
        self._end_concatenation()
        self._end_intersection()
        return united(self.groups[-1].union)

    def _postfix(self, char: str) -> None:
        group = self.groups[-1]
        found = COUNT.match(self.text, self.at)
        letter = ""
        if found and len(inside := found[0][1:-1]) > 1:
            letter = f"; {{{found[0]}}} is a letter of several characters"
        elif found:
            letter = f"; the letter {inside} has no braces"
        if group.tildes or not group.factors:
            before = "'~'" if group.tildes else group.before or "the start"
            raise self._error(f"{char!r} after {before} has nothing to repeat: {_OPERAND}{letter}")
        start = self.at
        if found:
            if found[0][1:-1] in self.in_braces:
                raise self._error(
                    f"'{found[0]}' is a count, and a letter of the alphabet: write {{{found[0]}}} "
                    f"for the letter, or {{0{found[0][1:]} to repeat"
                )
            least, most = self._counts(found)
            self.at = found.end()
        else:
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
            self.at += 1
        follows = self.text[self.at : self.at + 1]
        if problem := quantifier_problem(self.text[start : self.at], follows):
            raise self._error(problem, start + 1)
        node, negated = group.factors[-1]
        group.factors[-1] = (repeated(node, least, most), negated)

    def _counts(self, found: re.Match[str]) -> tuple[int, int | None]:
        low, comma, high = found.groups()
        if max(len(low), len(high or "")) > 18:
            raise self._error("expected a number of at most 18 digits")
        least = int(low)
        most = least if comma is None else int(high) if high else None
        if most is not None and least > most:
            raise self._error(f"expected {{m,n}} with m at most n, found {least} > {most}")
        return least, most

    def _name(self) -> Letter:
        """Read a letter of several characters in braces."""
        column = self.at + 1
        self.at, stop, end = braced(self.text, self.at)
        written = self.text[self.at : stop]
        letter = ""
        while self.at < stop:
            letter += chr(self._character())
        self.at = end
        if len(letter) == 1:
            plain = written if letter.isalnum() or len(written) > 1 else "\\" + written
            alone = f"one character is a letter without braces: write {plain}"
            raise self._error(f"{alone}; a count has digits, as {{2}} or {{2,3}}", column)
        return letter

    def _class(self) -> Class:
        column = self.at + 1
        # [:digit:] alone is a slip for [[:digit:]].
        self._refuse(class_problem(self.text, self.at) if self._here("[:") else None)
        self.at += 1
        negated = self.text.startswith("^", self.at)
        self.at += negated
        first = self.at
        ranges: list[tuple[int, int]] = []
        while not self.text.startswith("]", self.at):
            start = self.at
            self._refuse(class_problem(self.text, self.at))
            if start > first and self._here("-") and not self.text.startswith("]", start + 1):
                raise self._error(r"'-' is not between two letters: write \- for the letter")
            low = high = self._class_character(column)
            self._refuse(class_problem(self.text, self.at) if self._here("--") else None)
            if self._here("-") and not self.text.startswith("]", self.at + 1):
                self.at += 1
                high = self._class_character(column)
            if low > high:
                range_ = f"{shown(chr(low))}-{shown(chr(high))}"
                raise self._error(f"the range {range_} is reversed", start + 1)
            if low < 0xD800 and high > 0xDFFF:
                raise self._error("a range cannot contain U+D800 to U+DFFF", start + 1)
            ranges.append((low, high))
        self.at += 1
        return Class(merged(ranges), negated)

    def _refuse(self, problem: str | None) -> None:
        if problem is not None:
            raise self._error(problem)

    def _here(self, char: str) -> bool:
        return self.text.startswith(char, self.at)

    def _class_character(self, column: int) -> int:
        if self.at >= len(self.text):
            raise self._error("this '[' is never closed: expected ']'", column)
        char = self.text[self.at]
        # Every dialect has ^ and $ as letters here.
        self._refuse(None if char in "^$" else SYMBOLS.get(char))
        return self._character()

    def _character(self) -> int:
        """Read a character, perhaps escaped, and return its code point."""
        char = self.text[self.at]
        column = self.at + 1
        self.at += 1
        if char != "\\":
            return ord(char)
        if self.at == len(self.text):
            raise self._error(r"nothing after '\': write \\ for the letter", column)
        kind = self.text[self.at]
        self.at += 1
        if kind == "0" and self.text[self.at : self.at + 1] in tuple("01234567"):
            octal = r"'\0' before a digit is an octal escape elsewhere: write \xHH"
            raise self._error(octal, column)
        if kind in _SIMPLE_ESCAPES:
            return ord(_SIMPLE_ESCAPES[kind])
        if kind in _HEX_DIGITS:
            digits = self.text[self.at : self.at + _HEX_DIGITS[kind]]
            self.at += len(digits)
            if not re.fullmatch(f"[0-9a-fA-F]{{{_HEX_DIGITS[kind]}}}", digits):
                wanted = f"{_HEX_DIGITS[kind]} hexadecimal digits"
                raise self._error(f"expected {wanted} after '\\{kind}'", column)
            point = int(digits, 16)
            if point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
                raise self._error(f"U+{point:04X} is not a character", column)
            return point
        if problem := escape_problem(kind):
            raise self._error(problem, column)
        if kind.isalnum() and kind not in GREEK:
            known = r"\n \t \r \f \v \0 \xHH \uHHHH \UHHHHHHHH"
            unknown = f"unknown escape '\\{shown(kind)}': expected {known} or \\ and punctuation"
            raise self._error(unknown, column)
        return ord(kind)

    def _error(self, problem: str, column: int | None = None) -> RegexError:
        return RegexError(self.text, self.at + 1 if column is None else column, problem)
