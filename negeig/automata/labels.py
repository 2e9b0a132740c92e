r"""Names and letters as text that a person can see: escapes for what cannot be seen, cut when long.

What is returned is printable, so it is also valid in XML and DOT.
"""

from __future__ import annotations

import unicodedata


def visible(text: str) -> str:
    r"""Return text with every character that is not printable as an escape.

    A combining character at the start gets the dotted circle that stands for a base.

    Examples
    --------
    >>> visible("a\tb"), visible("\x07\u202e"), visible("a<b")
    ('a\\tb', '\\x07\\u202e', 'a<b')
    """
    shown = "".join(c if c.isprintable() else _escape(c) for c in text)
    return "◌" + shown if text and unicodedata.category(text[0]).startswith("M") else shown


def _escape(character: str) -> str:
    return repr(character)[1:-1]


def shortened(text: str, longest: int) -> str:
    """Return text of at most ``longest`` characters, the middle replaced by an ellipsis.

    Examples
    --------
    >>> shortened("abcdefghij", 10), shortened("abcdefghijk", 10)
    ('abcdefghij', 'abcdef…ijk')
    """
    if len(text) <= longest:
        return text
    tail = longest // 3
    return text[: longest - tail - 1] + "…" + text[-tail:]
