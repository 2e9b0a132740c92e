r"""Regular expressions in the syntax of Python's :mod:`re`, read by Python's own parser.

The language is the set of words over the alphabet that :func:`re.fullmatch` accepts. The alphabet
consists of the letters that occur, ranges and negated classes included, and of those given; with
``(?i)`` their other case occurs too. ``.``, ``\d``, ``\w``, ``\s`` and negated classes range over
it, and are an error where they leave nothing.

``^``, ``$``, ``\A`` and ``\Z`` are dropped at the ends, where they always hold. Lazy quantifiers
match the same whole words as others. What an automaton cannot do (backreferences), and look-around,
boundaries, conditionals, atomic groups and possessive quantifiers, are refused by name.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from negeig.automata.expressions.python_scan import combined, scan
from negeig.automata.expressions.regex import (
    Regex,
    check_characters,
    nonempty,
    sorted_letters,
)
from negeig.automata.expressions.regex_error import RegexError
from negeig.automata.expressions.regex_tree import (
    Class,
    Concatenation,
    Epsilon,
    Node,
    merged,
    repeated,
    united,
)
from negeig.claims import InputError, Letter

# They have no public name; what a later version adds to its trees is refused by name below.
_parser: Any = import_module("re._parser")
_compiler: Any = import_module("re._compiler")

_ONE_LETTER = ("LITERAL", "NOT_LITERAL", "ANY", "IN")


def parse_python(text: str, alphabet: Sequence[Letter] = ()) -> Regex:
    r"""Parse a regular expression of Python's :mod:`re`, as :func:`re.fullmatch` understands it.

    Parameters
    ----------
    text : str
        The expression.
    alphabet : sequence of str
        Letters to add to those that occur, single characters.

    Raises
    ------
    RegexError
        Python cannot read it; it has what is refused, with the column; or a class has no letter.
    InputError
        A given letter is not one character.

    Examples
    --------
    >>> parse_python(r"^(?:ab)+?$").alphabet
    ('a', 'b')
    >>> parse_python(r"\d", "01x").root
    Class(ranges=((48, 49),), negated=False)
    >>> parse_python(r"(a)\1")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    negeig.automata.expressions.regex_error.RegexError: regex: column 4: '\1' is a backreference...
    """
    check_characters(text, alphabet)
    long = [letter for letter in alphabet if len(letter) > 1]
    if long:
        raise InputError(
            "alphabet", [f"{a!r} is not one character, as in --syntax python" for a in long]
        )
    tree = _tree(text)
    written = scan(text, tree.state.flags)
    try:
        letters = nonempty(text, _letters(text, tree, alphabet))
        for one in written:
            # Python's own parser has accepted the whole, so it accepts the part.
            class_ = re.compile(one.text, one.flags)
            if not any(map(class_.fullmatch, letters)) and (example := _example(class_)):
                raise RegexError(
                    text, one.column,
                    f"'{one.text}' leaves no letter of the alphabet: give letters (--alphabet), "
                    f"such as {example!r}",
                )  # fmt: skip
        return Regex(text, letters, _Translation(text, letters).node(tree, tree.state.flags))
    except RecursionError:
        raise _too_deep(text) from None


def _example(class_: re.Pattern[str]) -> str | None:
    """Return a character that a class matches, a visible one if any; None for an empty class."""
    found = class_.search(_characters())
    return found[0] if found else None


@cache
def _characters() -> str:
    """All characters, the visible ones of ASCII first."""
    points = (*range(0x21, 0x7F), *range(0x21), *range(0x7F, 0xD800), *range(0xE000, 0x110000))
    return "".join(map(chr, points))


def occurring_in_python(text: str) -> tuple[Letter, ...]:
    r"""Return the letters that occur in an expression of Python, sorted; perhaps none.

    Raises RegexError where Python cannot read it, or it has what is refused.

    Examples
    --------
    >>> occurring_in_python("(?i)a"), occurring_in_python(r"\d")
    (('A', 'a'), ())
    """
    check_characters(text, ())
    tree = _tree(text)
    scan(text, tree.state.flags)
    try:
        return _letters(text, tree, ())
    except RecursionError:
        raise _too_deep(text) from None


def _letters(text: str, tree: Any, alphabet: Sequence[Letter]) -> tuple[Letter, ...]:
    ranges = [bounds for item in _items(text, tree, tree.state.flags) for bounds in item]
    return sorted_letters(text, ranges, set(alphabet))


def _tree(text: str) -> Any:
    """Return Python's tree of an expression."""
    try:
        with warnings.catch_warnings():
            # What a later version of Python is going to read differently is no letter today.
            warnings.simplefilter("error")
            return _parser.parse(text)
    except re.error as error:
        raise RegexError(text, (error.pos or 0) + 1, f"Python says: {error.msg}") from None
    except RecursionError:
        raise _too_deep(text) from None
    except Warning as warning:
        found = re.fullmatch(r"(.*) at position (\d+).*", str(warning), re.DOTALL)
        at, problem = (int(found[2]), found[1]) if found else (0, str(warning))
        raise RegexError(
            text, at + 1, f"Python warns: {problem}; write a backslash before it for the letter"
        ) from None
    except (ValueError, OverflowError) as error:
        raise RegexError(text, 1, f"Python says: {error}") from None


def _too_deep(text: str) -> RegexError:
    return RegexError(text, 1, "nested too deeply for Python's parser")


def _refused(text: str, item: str) -> RegexError:
    return RegexError(text, 1, f"{item} is not supported")


def _items(text: str, tree: Any, flags: int) -> Iterator[list[tuple[int, int]]]:
    """Yield the ranges of code points that occur in each item of a tree that reads one letter."""
    for op, value in tree:
        match str(op):
            case "LITERAL" | "NOT_LITERAL":
                yield _both_cases(text, [(value, value)], flags)
            case "IN":
                points = [(v, v) for o, v in value if str(o) == "LITERAL"]
                points += [v for o, v in value if str(o) == "RANGE"]
                if any(low < 0xD800 and high > 0xDFFF for low, high in points):
                    raise RegexError(text, 1, "a range cannot contain U+D800 to U+DFFF")
                yield _both_cases(text, points, flags)
            case _:
                for part, inside in _parts(op, value, flags):
                    yield from _items(text, part, inside)


def _both_cases(text: str, ranges: list[tuple[int, int]], flags: int) -> list[tuple[int, int]]:
    if not ranges or not flags & re.IGNORECASE:
        return ranges
    sorted_letters(text, ranges, set())  # refuses more than can be listed
    letters = [chr(point) for low, high in ranges for point in range(low, high + 1)]
    others = {other for a in letters for other in (a.lower(), a.upper()) if len(other) == 1}
    return ranges + [(ord(other), ord(other)) for other in others]


def _parts(op: Any, value: Any, flags: int) -> list[tuple[Any, int]]:
    """Return the trees inside an item, with the flags of each."""
    match str(op):
        case "BRANCH":
            return [(part, flags) for part in value[1]]
        case "SUBPATTERN":
            _, on, off, part = value
            return [(part, combined(flags, on, off))]
        case "MAX_REPEAT" | "MIN_REPEAT":
            return [(value[2], flags)]
        case _:
            return []


class _Translation:
    """From Python's tree to ours; which letters an item reads, Python's own matcher says."""

    def __init__(self, text: str, letters: Sequence[Letter]) -> None:
        self.text, self.letters = text, letters
        self.known: dict[tuple[str, int], Node] = {}

    def node(self, tree: Any, flags: int) -> Node:
        parts = [self._item(op, value, flags) for op, value in tree if str(op) != "AT"]
        if not parts:
            return Epsilon()
        return parts[0] if len(parts) == 1 else Concatenation(tuple(parts))

    def _item(self, op: Any, value: Any, flags: int) -> Node:
        if str(op) in _ONE_LETTER:
            key = (repr((op, value)), flags)
            if key not in self.known:
                self.known[key] = self._class(_matcher(op, value, flags))
            return self.known[key]
        parts = [self.node(part, inside) for part, inside in _parts(op, value, flags)]
        match str(op):
            case "BRANCH":
                return united(parts)
            case "SUBPATTERN":
                return parts[0]
            case "MAX_REPEAT" | "MIN_REPEAT":
                least, most = int(value[0]), value[1]
                return repeated(parts[0], least, None if most == _parser.MAXREPEAT else int(most))
        raise _refused(self.text, str(op))

    def _class(self, matches: Callable[[str], object]) -> Class:
        points = [ord(letter) for letter in self.letters if matches(letter)]
        return Class(merged([(point, point) for point in points]))


def _matcher(op: Any, value: Any, flags: int) -> Callable[[str], object]:
    """Return the function that says whether a letter matches one item."""
    state = _parser.State()
    state.flags = flags
    matcher: Callable[[str], object] = _compiler.compile(
        _parser.SubPattern(state, [(op, value)])
    ).fullmatch
    return matcher
