"""Symbols that tools give a meaning: the empty word, any letter, white space by name.

A symbol with a meaning in the dialect of some tool is read with that meaning or refused by name; it
is never taken for a letter. Sources: the text formats of OpenFst, HFST, foma and lttoolbox, and the
drawings of FAdo, pyformlang, automata-lib and JFLAP.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from negeig.automata.formats.text import unescape
from negeig.automata.problems import Problems, shown
from negeig.claims import Letter

BY_CODE = r"write one of its characters as \uXXXX if it is a letter"

EMPTY_WORD = frozenset(("<eps>", "<epsilon>", "@epsilon", "@0@", "@_EPSILON_SYMBOL_@"))
"""The empty word in OpenFst, FAdo, HFST, foma and lttoolbox."""

DRAWN_EMPTY_WORD = EMPTY_WORD | {
    *("ε", "ϵ", "ɛ", "&epsilon;", "&#949;", "&#x3b5;", "eps", "Eps", "EPS"),
    *("epsilon", "Epsilon", "EPSILON", "<EPS>", "<Eps>", "<EPSILON>", "<Epsilon>", "<>"),
}
"""The empty word in drawings: also of automata-lib, pyformlang, Graphviz, SFST and textbooks."""

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
    "<sigma>": "any letter in OpenFst",
    "<rho>": "any other letter in OpenFst",
    "<phi>": "a failure transition of OpenFst",
    "<other>": "any other letter in OpenFst",
    "<any>": "any letter in OpenFst",
    "<ANY_CHAR>": "any character in lttoolbox",
    "<ANY_TAG>": "any tag in lttoolbox",
    "@?@": "any letter in foma",
    "@_IDENTITY_SYMBOL_@": "any other letter in HFST and foma",
    "@_UNKNOWN_SYMBOL_@": "any other letter in HFST and foma",
    "@_DEFAULT_SYMBOL_@": "any other letter in HFST",
}
"""Symbols with a meaning that a finite machine over its own letters does not have."""

DRAWN_REFUSED = {
    **REFUSED,
    "λ": "the empty word in JFLAP and in textbooks, which ε is here",
    "Λ": "the empty word in textbooks, which ε is here",
    "lambda": "the empty word in textbooks, which ε is here",
    "τ": "the silent action of a labelled transition system, which ε is here",
    "tau": "the silent action of a labelled transition system, which ε is here",
    "Σ": "any letter in textbooks",
    "sigma": "any letter in textbooks",
    "*": "any letter in some drawings",
    ".": "any letter in some drawings",
    "?": "any other letter in foma and XFST",
    "any": "any letter in some drawings",
    "else": "any other letter in some drawings",
    "other": "any other letter in some drawings",
    "otherwise": "any other letter in some drawings",
    "default": "any other letter in some drawings",
    "DEF": "any other letter in Ragel",
    "(1)": "any letter in automata with guards",
    "(0)": "no letter in automata with guards",
    "true": "any letter in automata with guards",
    "false": "no letter in automata with guards",
    "⊤": "any letter in automata with guards",
    "⊥": "no letter in automata with guards",
    "∅": "no letter in textbooks",
}
"""The same in drawings, whose conventions are those of whoever drew them."""

FLAG = re.compile(r"@[A-Z](?:\.[^@]*)?@")
SPECIAL = re.compile(r"@[^@\s]+@")


def refused(symbol: str, *, drawn: bool = False) -> str | None:
    """Return what a symbol means in a dialect that is not read, or None for a letter.

    The empty word and characters by name, :data:`EMPTY_WORD` and :data:`NAMED`, are not asked for.
    ``drawn`` is for a symbol of a drawing.

    Examples
    --------
    >>> refused("@_IDENTITY_SYMBOL_@"), refused("@P.CASE.UP@"), refused("*")
    ('any other letter in HFST and foma', 'a flag diacritic of HFST and foma', None)
    >>> refused("*", drawn=True)
    'any letter in some drawings'
    """
    known = (DRAWN_REFUSED if drawn else REFUSED).get(symbol)
    if known is None and FLAG.fullmatch(symbol):
        return "a flag diacritic of HFST and foma"
    if known is None and SPECIAL.fullmatch(symbol):
        return "a special symbol of HFST and foma"
    return known


def means_something(symbol: str) -> bool:
    """Whether a text format must write a letter by escapes because it looks like a symbol.

    Examples
    --------
    >>> means_something("<eps>"), means_something("@x@"), means_something("a")
    (True, True, False)
    """
    return symbol in DRAWN_EMPTY_WORD or symbol in NAMED or refused(symbol) is not None


def letters_of(
    labels: Iterable[str], places: Iterable[str], silent: Container[str], problems: Problems
) -> list[Letter | None]:
    """Return the letter that each label of a text format stands for, None for the empty word.

    ``silent`` are the labels that are the empty word; other symbols that mean something are
    problems, as are labels that are the empty word elsewhere.

    Examples
    --------
    >>> letters_of(["a", "<eps>", "@_SPACE_@"], ["", "", ""], EMPTY_WORD, Problems("m.fsm"))
    ['a', None, ' ']
    """
    letters: list[Letter | None] = []
    for label, place in zip(labels, places, strict=True):
        if label in silent:
            letters.append(None)
        elif label in NAMED:
            letters.append(NAMED[label])
        elif what := refused(label):
            problems.add(f"{place}{shown(label)} is {what}; {BY_CODE}")
        elif label in DRAWN_EMPTY_WORD:
            problems.add(f"{place}{shown(label)} is the empty word elsewhere; {BY_CODE}")
        else:
            try:
                letters.append(unescape(label))
            except ValueError as error:
                problems.add(f"{place}{error}")
    return letters
