r"""Symbols of text formats: letters, the empty word, characters by name.

A symbol with a meaning in the dialect of some tool, whatever way it is spelled, is read with that
meaning or refused by name; it is never taken for a letter. A letter that looks like such a symbol
is written with ``\uXXXX``, and a character written so means nothing but itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable

from negeig.automata.formats import meanings
from negeig.automata.formats.text import ESCAPE, escape, unescape
from negeig.automata.problems import Problems, shown
from negeig.claims import Letter

BY_CODE = r"write one of its characters as \uXXXX if it is a letter"

EMPTY_WORD = frozenset(("<eps>", "<epsilon>", "@epsilon", "@0@", "@_EPSILON_SYMBOL_@"))
"""The empty word as the text formats of OpenFst, FAdo, HFST, foma and lttoolbox spell it."""

NAMED = {
    "@_SPACE_@": " ",
    "@_TAB_@": "\t",
    "@_COLON_@": ":",
    "@_NEWLINE_@": "\n",
    "@_CARRIAGE_RETURN_@": "\r",
}
"""Symbols of HFST that are a character."""

REFUSED = {
    "@empty_set": "the empty set of FAdo",
    "<ANY_TAG>": "any tag in lttoolbox",
    "@?@": "any letter in foma",
    "@_IDENTITY_SYMBOL_@": "any other letter in HFST and foma",
    "@_UNKNOWN_SYMBOL_@": "any other letter in HFST and foma",
    "@_DEFAULT_SYMBOL_@": "any other letter in HFST",
}
"""Symbols of one spelling, with a meaning that a finite machine over its own letters lacks."""

DRAWN = {
    **dict.fromkeys("*.∗⋆★＊．", "any letter in some drawings"),
    "？": "any other letter in some drawings",
    "?": "any other letter in foma and XFST",
    "…": "an elision",
    "⋯": "an elision",
    "DEF": "any other letter in Ragel",
    "(1)": "any letter in automata with guards",
    "(0)": "no letter in automata with guards",
}
"""The same in drawings only, whose conventions are those of whoever drew them."""

FLAG = re.compile(r"@[A-Z](?:\.[^@]*)?@")
SPECIAL = re.compile(r"@[^@\s]+@")
GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")

ITSELF = "\ufffc"
"""Stands, where meanings are looked for, for a character that was written by an escape."""

TRUTHS = ("T", "F")
CLASSES = {
    "digit": str.isdecimal,
    "number": str.isdecimal,
    "letter": str.isalpha,
    "alpha": str.isalpha,
    "alnum": str.isalnum,
    "char": str.isprintable,
    "character": str.isprintable,
    "symbol": str.isprintable,
    "space": str.isspace,
    "whitespace": str.isspace,
}


def is_empty_word(symbol: str) -> bool:
    """Whether a symbol is the empty word, in any spelling.

    Examples
    --------
    >>> is_empty_word("@0@"), is_empty_word("EPSILON"), is_empty_word("e")
    (True, True, False)
    """
    return symbol in EMPTY_WORD or meanings.is_empty_word(symbol)


def by_code(symbol: str) -> str:
    r"""Say how a symbol is written that is a letter all the same.

    Examples
    --------
    >>> print(by_code("ε"))
    write its first character as \u03b5 if it is a letter
    """
    code = ord(symbol[0])
    spelt = f"\\u{code:04x}" if code < 1 << 16 else f"\\U{code:08x}"
    return f"write its first character as {spelt} if it is a letter"


def refused(symbol: str, *, drawn: bool = False) -> str | None:
    """Return what a symbol means in a dialect that is not read, or None for a letter.

    The empty word and characters by name, :func:`is_empty_word` and :data:`NAMED`, are not asked
    for. ``drawn`` is for a symbol of a drawing.

    Examples
    --------
    >>> refused("a-z"), refused("<rho>"), refused("a")
    ('a range of characters', 'any other letter in OpenFst', None)
    """
    return word(symbol, drawn=drawn) or meanings.guard(symbol)


def word(symbol: str, *, drawn: bool = False) -> str | None:
    """Return the same of a symbol that has a meaning as a whole; no guards, classes or ranges.

    Examples
    --------
    >>> word("@_IDENTITY_SYMBOL_@"), word("@P.CASE.UP@"), word("*")
    ('any other letter in HFST and foma', 'a flag diacritic of HFST and foma', None)
    >>> word("*", drawn=True)
    'any letter in some drawings'
    """
    known = REFUSED.get(symbol) or (DRAWN.get(symbol) if drawn else None)
    if known is None and FLAG.fullmatch(symbol):
        return "a flag diacritic of HFST and foma"
    if known is None and SPECIAL.fullmatch(symbol):
        return "a special symbol of HFST and foma"
    return known or meanings.word(symbol)


def means_something(symbol: str, *, drawn: bool = False) -> bool:
    """Whether a letter must be written by escapes because it looks like a symbol.

    Examples
    --------
    >>> means_something("<eps>"), means_something("@x@"), means_something("a")
    (True, True, False)
    """
    return symbol in NAMED or is_empty_word(symbol) or refused(symbol, drawn=drawn) is not None


def shape(symbol: str) -> str:
    r"""Return a symbol with each escape as ITSELF: what is looked up for meanings.

    Examples
    --------
    >>> shape(r"\u0061ny") == ITSELF + "ny"
    True
    """
    return ESCAPE.sub(ITSELF, symbol) if "\\" in symbol else symbol


def written(letter: Letter, special: str = "", *, drawn: bool = False) -> str:
    r"""Return a letter as a symbol of a text format, that means nothing but this letter.

    It has no white space and no ``special`` characters; ``drawn`` is as for :func:`refused`.

    Examples
    --------
    >>> print(written("a"), written("<eps>"), written("a-z"))
    a \u003ceps> \u0061\u002d\u007a
    """
    if not means_something(letter, drawn=drawn):
        return escape(letter, special)
    first = escape(letter, special + letter[0])
    return escape(letter, letter) if means_something(shape(first), drawn=drawn) else first


def letters_of(
    labels: Collection[str],
    places: Iterable[str],
    silent: Container[str],
    problems: Problems,
    *,
    drawn: bool = False,
) -> list[Letter | None]:
    """Return the letter that each label of a text format stands for, None for the empty word.

    ``silent`` are the labels that are the empty word; other symbols that mean something are
    problems, as are labels that are the empty word elsewhere; ``drawn`` is as for :func:`refused`.
    Signs such as ``λ`` are letters only
    among other Greek letters.

    Examples
    --------
    >>> letters_of(["a", "<eps>", "@_SPACE_@"], ["", "", ""], EMPTY_WORD, Problems("m.fsm"))
    ['a', None, ' ']
    """
    letters: list[Letter | None] = []
    is_greek = any(GREEK.search(x) and x not in meanings.SIGNS and x != "ε" for x in labels)
    for label, place in zip(labels, places, strict=True):
        looks = shape(label)
        if label in silent:
            letters.append(None)
        elif label in NAMED:
            letters.append(NAMED[label])
        elif is_empty_word(looks):
            problems.add(f"{place}{shown(label)} is the empty word elsewhere; {by_code(label)}")
        elif (what := refused(looks, drawn=drawn)) and not (is_greek and GREEK.fullmatch(label)):
            problems.add(f"{place}{shown(label)} is {what}; {by_code(label)}")
        else:
            try:
                letters.append(unescape(label))
            except ValueError as error:
                problems.add(f"{place}{error}")
    return letters


def said_of_letters(letters: Iterable[Letter]) -> tuple[str, ...]:
    """Return a notice of letters that look like symbols, for a format that has no escapes.

    Examples
    --------
    >>> said_of_letters(["a", "b"]), said_of_letters(["a", "eps", "any"])
    ((), ('read as letters, although they mean something else in some dialects: "eps", "any"',))
    """
    doubtful = [shown(letter) for letter in letters if means_something(letter)]
    if not doubtful:
        return ()
    few = ", ".join(doubtful[:5]) + (", ..." if len(doubtful) > 5 else "")
    return (f"read as letters, although they mean something else in some dialects: {few}",)


def ambiguous(letters: Collection[Letter]) -> dict[Letter, str]:
    """Return the letters of a drawing that may be others of its letters, and what they may be.

    ``T`` and ``F`` are truth values among letters of which none is a capital; ``digit`` and the
    like are classes beside a character of the class.

    Examples
    --------
    >>> ambiguous(["a", "b", "T"])
    {'T': 'any letter where edges have guards, as none of the others is a capital'}
    >>> ambiguous(["A", "C", "G", "T"]), list(ambiguous(["7", "digit"])), ambiguous(["T"])
    ({}, ['digit'], {})
    """
    found: dict[Letter, str] = {}
    others = [x for x in letters if x not in TRUTHS]
    if others and not any(len(x) == 1 and x.isupper() for x in others):
        for truth, which in zip(TRUTHS, ("any", "no"), strict=True):
            if truth in letters:
                found[truth] = (
                    f"{which} letter where edges have guards, as none of the others is a capital"
                )
    for letter in letters:
        holds = CLASSES.get(letter.lower()) or CLASSES.get(letter.lower().removesuffix("s"))
        if holds and (member := next((x for x in others if len(x) == 1 and holds(x)), None)):
            found[letter] = f"a class of characters, of which {shown(member)} is one"
    return found
