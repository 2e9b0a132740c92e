r"""Operators of other dialects (Python, PCRE, POSIX, textbooks) that mean nothing here, by name.

An expression that was pasted from elsewhere must not be read as something else: what is an
operator there, and would be a letter here, is refused with what to write instead.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias, get_args

Syntax: TypeAlias = Literal["negeig", "python"]
"""Whose syntax an expression is in: ours, or that of Python's :mod:`re`."""

SYNTAXES: tuple[Syntax, ...] = get_args(Syntax)

WHOLE = "an expression always stands for whole words: leave it out"
_PYTHON = ", or use --syntax python"
_NEVER = "no finite machine compares with what a group has read"

SYMBOLS = {
    "^": rf"'^' is an anchor elsewhere, and {WHOLE}; write \^ for the letter{_PYTHON}",
    "$": rf"'$' is an anchor elsewhere, and {WHOLE}; write \$ for the letter{_PYTHON}",
    **{
        sign: rf"{sign!r} is {what} elsewhere: {instead}, and \{sign} for the letter"
        for signs, what, instead in (
            ("εϵɛλΛ", "the empty word", "write () for it"),
            ("∅", "the empty set", "write [] for it"),
            ("Σ", "the alphabet", "write ."),
            ("∪∨", "a union", "write |"),
            ("∩∧", "an intersection", "write &"),
            ("∗⋆", "a repetition", "write *"),
            ("·⋅∘", "a product", "write nothing between the factors"),
            ("¬∁", "a complement", "write ~"),
            ("∖", "a difference", "write r&~s"),
        )
        for sign in signs
    },
}
"""Single characters, and what is said of them where they are not escaped."""

GREEK = frozenset("εϵɛλΛΣ")
"""Letters of the alphabet in Unicode's sense that a backslash makes letters here."""

_ESCAPES = {
    "d": f"is a digit elsewhere: write [0-9]{_PYTHON}",
    "D": f"is no digit elsewhere: write [^0-9]{_PYTHON}",
    "w": f"is a letter, a digit or _ elsewhere: write [A-Za-z0-9_]{_PYTHON}",
    "W": f"is neither letter, digit nor _ elsewhere: write [^A-Za-z0-9_]{_PYTHON}",
    "s": rf"is white space elsewhere: write [ \t\n\r\f\v]{_PYTHON}",
    "S": rf"is no white space elsewhere: write [^ \t\n\r\f\v]{_PYTHON}",
    "A": f"is an anchor elsewhere, and {WHOLE}{_PYTHON}",
    "Z": f"is an anchor elsewhere, and {WHOLE}{_PYTHON}",
    "z": f"is an anchor elsewhere, and {WHOLE}",
    "G": f"is an anchor elsewhere, and {WHOLE}",
    "b": "is a boundary of words elsewhere: write out which letters come before and after",
    "B": "is no boundary of words elsewhere: write out which letters come before and after",
    "K": "forgets what was matched elsewhere, which does not change whole words: leave it out",
    "R": r"is an end of a line elsewhere: write (\r\n|\n|\r)",
    "X": "is a grapheme elsewhere: write its letters",
    "h": r"is a blank elsewhere: write [ \t]",
    "H": r"is no blank elsewhere: write [^ \t]",
    "p": "is a class of Unicode elsewhere: write its letters, such as [a-z]",
    "P": "is a class of Unicode elsewhere: write its letters, such as [^a-z]",
    "N": r"is a character by its name, or no end of a line, elsewhere: write \uHHHH or [^\n]",
    "Q": "begins a quotation elsewhere: write \\ before each special character",
    "E": "ends a quotation elsewhere: write \\ before each special character",
    "k": f"is a backreference elsewhere: {_NEVER}",
    "g": f"is a backreference elsewhere: {_NEVER}",
    "q": "is a text in a class elsewhere: write (ab|c)",
    "o": r"is an octal escape elsewhere: write \xHH",
    "a": r"is the bell elsewhere: write \x07",
    "e": r"is the escape character elsewhere: write \x1b",
    "c": r"is a control character elsewhere: write \xHH",
    "C": "is one byte elsewhere: a letter here is a character",
    **dict.fromkeys("123456789", f"is a backreference elsewhere: {_NEVER}"),
}

_GROUPS = (
    ("(?#", "a comment", "leave it out"),
    ("(?:", "a group that captures nothing", "every group is one: write ("),
    ("(?=", "a look-ahead", "write r&s for what both r and s match"),
    ("(?!", "a negative look-ahead", "write r&~s for what r matches and s does not"),
    ("(?<=", "a look-behind", "write r&s for what both r and s match"),
    ("(?<!", "a negative look-behind", "write r&~s for what r matches and s does not"),
    ("(?>", "an atomic group", "write ( and check that nothing after it needs what it takes"),
    ("(?(", "a conditional", "write both cases as r|s"),
    ("(?|", "a branch reset", "write ("),
    ("(?P=", "a backreference", _NEVER),
    ("(?P>", "a call of a group", "write the group again"),
    ("(?&", "a call of a group", "write the group again"),
    ("(?R", "a recursion", "no regular expression calls itself; write it out to some depth"),
    ("(?P<", "a named group", "names mean nothing here: write ("),
    ("(?<", "a named group", "names mean nothing here: write ("),
    ("(?'", "a named group", "names mean nothing here: write ("),
)
# With these --syntax python does what is meant.
_READ_BY_PYTHON = ("(?#", "(?:", "(?P<")

_POSIX = {
    "alnum": "A-Za-z0-9",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "digit": "0-9",
    "lower": "a-z",
    "space": r" \t\n\r\f\v",
    "upper": "A-Z",
    "word": "A-Za-z0-9_",
    "xdigit": "0-9A-Fa-f",
}


def escape_problem(kind: str) -> str | None:
    r"""Return what is said of ``\`` before this character, None where no dialect knows it.

    Examples
    --------
    >>> print(escape_problem("d"))
    '\d' is a digit elsewhere: write [0-9], or use --syntax python
    """
    known = _ESCAPES.get(kind)
    return None if known is None else rf"'\{kind}' {known}"


def group_problem(text: str, at: int) -> str | None:
    """Return what is said of the parenthesis at an index where it opens no group of ours.

    Examples
    --------
    >>> print(group_problem("a(?:b)", 1))
    '(?:' is a group that captures nothing elsewhere: every group is one: write (, or use --syntax \
python
    >>> group_problem("a(b)", 1)
    """
    for sign, what, instead in _GROUPS:
        if text.startswith(sign, at):
            python = _PYTHON if sign in _READ_BY_PYTHON else ""
            return f"{sign!r} is {what} elsewhere: {instead}{python}"
    if re.compile(r"\(\?[\^a-zA-Z-]+[:)]").match(text, at):
        return f"'(?' sets flags elsewhere: write both cases, such as [aA]{_PYTHON}"
    if re.compile(r"\(\?[+-]?[0-9]+\)").match(text, at):
        return "'(?' calls a group elsewhere: write the group again"
    if re.compile(r"\(\*([A-Z][A-Z_0-9]*[):=]|[a-z_]+:)").match(text, at):
        return "'(*' is a verb of PCRE: leave it out"
    return None


def quantifier_problem(quantifier: str, follows: str) -> str | None:
    """Return what is said of a quantifier when this character follows, None where it may.

    Examples
    --------
    >>> print(quantifier_problem("+", "?"))
    '+?' is lazy elsewhere, which does not change whole words: write '+', or (...+)? for an \
optional one, or use --syntax python
    """
    both = quantifier + follows
    if follows == "?":
        return (
            f"'{both}' is lazy elsewhere, which does not change whole words: write "
            f"'{quantifier}', or (...{quantifier})? for an optional one{_PYTHON}"
        )
    if follows == "+":
        return (
            f"'{both}' is possessive elsewhere: write '{quantifier}' and check that nothing after "
            f"it needs what it takes, or (...{quantifier})+ for a repeated one"
        )
    return None


def class_problem(text: str, at: int) -> str | None:
    """Return what is said of the characters at an index inside a class, None for letters.

    Examples
    --------
    >>> print(class_problem("[[:digit:]]", 1))
    '[:digit:]' is a class of POSIX: write 0-9
    """
    if posix := re.compile(r"\[([:.=])(\^?)([^\]]*?)\1\]").match(text, at):
        instead = _POSIX.get(posix[3], "its letters")
        negated = f" with ^ after the '[', as in [^{instead}]" if posix[2] else ""
        return f"{posix[0]!r} is a class of POSIX: write {instead}{negated}"
    if name := re.compile(r"\{\w[\w -]*\w\}").match(text, at):
        letter = f"{{{name[0]}}}" if name[0][1:-1].isdigit() else name[0]
        return (
            f"a class has single characters, not {name[0]}: write ({letter}|...), or \\{{ for "
            "the letter"
        )
    pair = text[at : at + 2]
    if pair in ("&&", "--", "~~", "||"):
        return (
            f"{pair!r} combines two classes elsewhere: write r&s, r&~s or r|s outside, or "
            f"\\{pair[0]} for the letter"
        )
    return None
