"""An expression that cannot be read: the column, and a caret under it."""

from __future__ import annotations

import unicodedata

from negeig.claims import InputError


class RegexError(InputError):
    """A regular expression that cannot be read; ``column`` counts characters from 1.

    Examples
    --------
    >>> print(RegexError("ab|", 4, "nothing after '|'"))
    regex: column 4: nothing after '|'
      ab|
         ^
    """

    def __init__(self, text: str, column: int, problem: str) -> None:
        self.text, self.column = text, column
        super().__init__(
            "regex", f"column {column}: {problem}\n{_excerpt(text, column)}", code="bad-regex"
        )


def _excerpt(text: str, column: int) -> str:
    """Return two lines: the text around a column (from 1), and a caret under that column."""
    start, stop = max(0, column - 41), column + 30
    before = "".join(map(shown, text[start : column - 1]))
    after = "".join(map(shown, text[column - 1 : stop]))
    left, right = "..." if start else "", "..." if stop < len(text) else ""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in before)
    indent = " " * (2 + len(left) + len(before) + wide)
    return f"  {left}{before}{after}{right}\n{indent}^"


def shown(char: str) -> str:
    """Return a character as a terminal can show it in columns: escaped unless plainly visible."""
    if char.isprintable() and not unicodedata.category(char).startswith("M"):
        return char
    return char.encode("unicode_escape").decode("ascii")
