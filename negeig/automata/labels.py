r"""Names and letters as text that a person can see: escapes for what cannot be seen, cut when long.

What is returned is printable, so it is also valid in XML and DOT.
"""

from __future__ import annotations

import json
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


def json_text(value: object) -> str:
    r"""Return a JSON value as text, in which only what cannot be seen is an escape.

    Raises as :func:`json.dumps` does, for what is no JSON value.

    Examples
    --------
    >>> print(json_text({"ä": "\u202e", "𝔸": ["\U000e0001"]}))
    {"ä": "\u202e", "𝔸": ["\udb40\udc01"]}
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


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
