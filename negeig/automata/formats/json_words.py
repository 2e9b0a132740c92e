"""What is wrong with a text that is no JSON, in words that say what to do."""

from __future__ import annotations

import json

AROUND = 12
"""Characters that are shown before the place, and after it."""

EXPECTED = {
    "Expecting value": "a value is expected",
    "Expecting property name enclosed in double quotes": "a key in double quotes is expected",
    "Expecting ':' delimiter": "a colon is expected after the key",
    "Expecting ',' delimiter": "a comma or the closing bracket is expected",
    "Extra data": "the document has ended, and more text follows",
    "Unterminated string starting at": "a text begins and never ends: a double quote is missing",
    "Invalid control character at": "a line break, or another control character, within a text",
    "Invalid \\escape": "no escape: a backslash within a text is written twice",
    "Invalid \\uXXXX escape": "no escape: four hexadecimal digits are expected",
}
"""What Python's reader says, and what is said instead."""


def in_words(error: ValueError | RecursionError) -> str:
    r"""Say where a text stops being JSON, what stands there and what is expected.

    ``error`` is what :func:`json.loads` raised, with no hooks that raise errors of their own. What
    Python says is not shown: the usual slips (a trailing comma, single quotes, a constant of
    Python, a text that is cut short) are named by what stands at the place.

    Examples
    --------
    >>> def told(text):
    ...     try:
    ...         json.loads(text)
    ...     except json.JSONDecodeError as error:
    ...         print(in_words(error))
    >>> told('[1, 2,]')
    line 1, column 7: a comma stands before the closing bracket: leave it out, at '[1, 2,]'
    >>> told("{'a': 1}")
    line 1, column 2: keys and texts have double quotes in JSON, not single ones, at "{'a': 1}"
    >>> told('{"a": [1, 2}')
    line 1, column 12: a comma or the closing bracket is expected, at '{"a": [1, 2}'
    >>> told('{"a": [1, 2')
    line 1, column 12: it ends too early, before its last bracket, after '{"a": [1, 2'
    >>> told(" ")
    nothing is there
    """
    if isinstance(error, RecursionError):
        return "lists or objects are nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8: byte 0x{error.object[error.start]:02x} at offset {error.start}"
    if not isinstance(error, json.JSONDecodeError):
        return "a whole number has more digits than are read"
    if not error.doc.strip("\ufeff \t\r\n"):
        return "nothing is there"
    is_cut = not error.doc[error.pos :].strip()
    before = error.doc[: error.pos].rstrip() if is_cut else error.doc[: error.pos]
    shown = (before[-AROUND:] + error.doc[error.pos : error.pos + AROUND]).splitlines()
    near = " ".join(" ".join(shown).split())
    place = f"line {error.lineno}, column {error.colno}"
    return f"{place}: {_slip(error, before, is_cut)}, {'after' if is_cut else 'at'} {near!r}"


def _slip(error: json.JSONDecodeError, before: str, is_cut: bool) -> str:
    """Say what is wrong, by what stands at the place and before it."""
    if is_cut:
        return "it ends too early, before its last bracket"
    found = error.doc[error.pos]
    after = error.doc[error.pos + 1 :].lstrip()[:1]
    # The place is the bracket, or, in later versions of Python, the comma.
    is_comma_last = found in "]}" and before.rstrip()[-1:] == ","
    if is_comma_last or (found == "," and after in ("]", "}")):
        return "a comma stands before the closing bracket: leave it out"
    if found == "'":
        return "keys and texts have double quotes in JSON, not single ones"
    for python, written in (("True", "true"), ("False", "false"), ("None", "null")):
        if error.doc.startswith(python, error.pos):
            return f"{python} is Python's: JSON has {written}"
    return EXPECTED.get(error.msg, "no JSON")
