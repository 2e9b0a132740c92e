r"""Braces in a regular expression: a count such as ``{2,3}``, or one letter of several characters.

``{up}`` is a letter. ``{{10}}`` is one too: in double braces a name may look like a count and have
commas and ``|``, which single braces refuse unless ``\`` stands before them.
"""

from __future__ import annotations

import re

from negeig.automata.expressions.regex_error import RegexError

COUNT = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")

_INSIDE = r"((?:[^\\{}]|\\.)*)"
_SINGLE = re.compile(rf"\{{{_INSIDE}\}}", re.DOTALL)
_DOUBLE = re.compile(rf"\{{\{{{_INSIDE}\}}\}}", re.DOTALL)
_LIKE_A_COUNT = re.compile(r"[0-9\s,;:.+-]*")
_SPACED_COUNT = re.compile(r"\s*([0-9]*)\s*(,?)\s*([0-9]*)\s*")
_SPACED = re.compile(r"\s.*|.*(?<!\\)\s", re.DOTALL)
_SPACE_AT_AN_END = (
    r"the letter in braces begins or ends with a space: leave it out, or write '\ ' for it"
)
_SEPARATOR = re.compile(r"(?:[^\\]|\\.)*?([,|])", re.DOTALL)
_KINDS = (
    r"write {2}, {2,} or {2,3} to repeat, {up} for a letter of several characters, \{ for the "
    "letter itself"
)


def braced(text: str, at: int) -> tuple[int, int, int]:
    r"""Return where the letter starts and ends in braces that are no count, and where these end.

    Parameters
    ----------
    text : str
        The expression.
    at : int
        Index of the first brace.

    Raises
    ------
    RegexError
        The braces hold no letter, with what to write for what may be meant.

    Examples
    --------
    >>> braced("a{up}", 1), braced("{{10}}", 0)
    ((2, 4, 5), (2, 4, 6))
    >>> braced("a{,3}", 1)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    negeig.automata.expressions.regex_error.RegexError: regex: column 2: '{,3}' is a count ...
    """
    if (double := _DOUBLE.match(text, at)) and double[1]:
        if _SPACED.fullmatch(double[1]):
            raise RegexError(text, at + 1, _SPACE_AT_AN_END)
        return double.start(1), double.end(1), double.end()
    single = _SINGLE.match(text, at)
    if single is None:
        nested = re.compile(r"\{(?:[^\\{}]|\\.)*\{", re.DOTALL).match(text, at)
        what = "braces do not nest" if nested else "this '{' is never closed: expected '}'"
        raise RegexError(text, at + 1, f"{what}; {_KINDS}")
    if problem := _problem(single[1]):
        raise RegexError(text, at + 1, problem)
    if separator := _SEPARATOR.match(single[1]):
        sign = separator[1]
        raise RegexError(
            text,
            single.start(1) + separator.end(),
            rf"braces hold one letter: write {{up}}|{{down}}, or \{sign} for a {sign!r} in it",
        )
    return single.start(1), single.end(1), single.end()


def _problem(inside: str) -> str | None:
    """Return what is said of single braces as a whole, None for a letter."""
    if not inside.strip():
        return f"nothing between the braces: {_KINDS}"
    if count := _SPACED_COUNT.fullmatch(inside):
        least, comma, most = count.groups()
        meant = f"{{{least or 0}{comma}{most}}}" if comma or least else ""
        if (least, comma, most) == ("", ",", ""):
            meant = "*"
        if meant:
            return f"'{{{inside}}}' is a count elsewhere: write {meant}"
    if _LIKE_A_COUNT.fullmatch(inside):
        return (
            f"'{{{inside}}}' looks like a count, which is {{2}}, {{2,}} or {{2,3}}: write "
            f"{{{{{inside.strip()}}}}} for a letter of several characters"
        )
    if _SPACED.fullmatch(inside):
        return _SPACE_AT_AN_END
    return None
