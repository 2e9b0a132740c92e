r"""The tokens of Mata's format, line by line: names, quoted or not, and operators.

A ``#`` begins a comment, and a backslash at the end of a line continues it. Within quotes ``\"`` is
a quote, ``\\`` a backslash and ``\u{XX}`` a character by its code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from negeig.automata.formats.mata_bits import Token
from negeig.automata.formats.text import character, lines
from negeig.automata.problems import Problems

TOKEN = re.compile(
    r"""\s*+(?:(?P<sign>[&|!()])
    |"(?P<quoted>(?:[^"\\]|\\.)*+)"(?=[\s&|!()\#\\]|\Z)
    |(?P<name>\\(?:true|false)(?=[\s\#]|\Z)|[^\s"&|!()\#\\]++)
    |(?P<end>\#.*+|\Z)
    |(?P<continued>\\\s*+\Z))""",
    re.VERBOSE | re.ASCII,
)
ESCAPE = re.compile(r'\\(?:u\{([0-9A-Fa-f]{1,8})\}|(["\\]))')


def statements(text: str, problems: Problems) -> Iterator[list[Token]]:
    """Yield the tokens of each line that has any, continued lines as one."""
    tokens: list[Token] = []
    for number, line in lines(text):
        try:
            tokens += _tokens(line, f"line {number}, column ")
        except ValueError as error:
            problems.add(str(error))
            tokens = []
        if tokens and tokens[-1].kind == "continued":
            tokens.pop()
        elif tokens:
            yield tokens
            tokens = []
    if tokens:
        yield tokens


def _tokens(line: str, where: str) -> list[Token]:
    """Return the tokens of one line; ValueError at the first that cannot be read."""
    tokens: list[Token] = []
    end = 0
    while match := TOKEN.match(line, end):
        kind = match.lastgroup or "end"
        if kind == "end":
            return tokens
        end = match.end()
        value = match[kind]
        place = f"{where}{match.start(kind) + 1 - (kind == 'quoted')}: "
        if kind == "quoted":
            try:
                value = ESCAPE.sub(lambda found: found[2] or character(found[1]), value)
            except ValueError as error:
                raise ValueError(f"{place}{error}") from None
            if not value:
                raise ValueError(f"{place}an empty name")
        tokens.append(Token(value, kind, place))
    rest = line[end:].lstrip()
    what = f"unexpected {rest[0]!r}"
    if rest[0] == '"':
        what = "this quote is not closed, or no white space follows it"
    raise ValueError(f"{where}{len(line) - len(rest) + 1}: {what}")
