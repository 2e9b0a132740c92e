"""PTX text as tokens with their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Token(NamedTuple):
    """A word, a number, a string or a sign; ``line`` counts from 1."""

    text: str
    line: int


_TOKEN = re.compile(
    r"""(?P<space>\s+ | //[^\n]* | /\*.*?\*/)
      | "[^"]*"
      | 0[fF][0-9a-fA-F]{8} | 0[dD][0-9a-fA-F]{16} | 0[xX][0-9a-fA-F]+U?
      | \d+\.\d+ | \d+U?
      | \.?[A-Za-z_$%][\w$]* (?: (?:\.|::)[\w$]+ )*
      | .""",
    re.VERBOSE | re.DOTALL,
)


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, without comments.

    Examples
    --------
    >>> [token.text for token in tokens("@%p1 ld.global.b32 %r1, [%rd1+-8]; // x")]
    ['@', '%p1', 'ld.global.b32', '%r1', ',', '[', '%rd1', '+', '-', '8', ']', ';']
    """
    line = 1
    for found in _TOKEN.finditer(text):
        if found["space"] is None:
            yield Token(found[0], line)
        line += found[0].count("\n")


def source_files(text: str) -> dict[int, str]:
    """Return the source files that ``.loc`` counts, wherever in the text they are named."""
    found = re.finditer(r'^\s*\.file\s+(\d+)\s+"([^"]*)"', text, re.MULTILINE)
    return {int(one[1]): one[2] for one in found}
