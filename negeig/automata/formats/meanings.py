r"""What a symbol means in the dialect of some tool, whatever way it is spelled.

One meaning has many spellings: ``ε``, ``<eps>``, ``\varepsilon``, ``$\epsilon$``, ``&epsilon;``,
``(ε)``, ``_EPSILON_`` and the mathematical italic letter are one symbol. A symbol is looked up by
its plain spelling: compatible characters of Unicode, entities of HTML and commands of LaTeX become
the character itself, decorations such as brackets are taken off, and letter case does not count.

Sources: Unicode Standard Annex 15 (NFKC); the text formats of OpenFst, HFST, foma and lttoolbox;
Mata's ``EPSILON`` and ``DONT_CARE``; the drawings of Spot, FAdo, pyformlang, automata-lib, JFLAP.
"""

from __future__ import annotations

import html
import re
import unicodedata

COMMANDS = {
    **dict.fromkeys(("epsilon", "varepsilon", "epsilonup", "eps"), "ε"),
    **{"lambda": "λ", "Lambda": "Λ", "tau": "τ", "Sigma": "Σ", "forall": "∀", "top": "⊤"},
    **{"bot": "⊥", "emptyset": "∅", "varnothing": "∅", "ast": "*", "star": "*", "neg": "¬"},
    **{"lnot": "¬", "land": "∧", "wedge": "∧", "lor": "∨", "vee": "∨", "in": "∈", "ldots": "..."},
    **dict.fromkeys(
        ("text", "textit", "textrm", "texttt", "textbf", "textsf", "textup", "mathrm", "mathit"), ""
    ),
    **dict.fromkeys(("mathbf", "mathtt", "mathsf", "mbox", "ensuremath", "rm", "it", "tt"), ""),
}
"""The characters of LaTeX commands; those that only choose a font are nothing."""

COMMAND = re.compile(r"\\([A-Za-z]+)[ ]?|\\[()]")

DECORATED = re.compile(
    r"<(?P<a>[^<>]*)>|\((?P<b>[^()]*)\)|\{(?P<c>[^{}]*)\}|\[(?P<d>[^\[\]]*)\]|\$(?P<e>[^$]*)\$"
    r"|@_?(?P<f>[^@]+?)_?@|_+(?P<g>[^_].*?)_+|\"(?P<h>[^\"]*)\"|'(?P<i>[^']*)'|`(?P<j>[^`]*)`"
    r"|⟨(?P<k>[^⟨⟩]*)⟩|«(?P<l>[^«»]*)»|#(?P<m>[^#]+)#|%(?P<n>[^%]+)%|\|(?P<o>[^|]+)\|",
    re.DOTALL,
)

EMPTY_WORD = frozenset(("ε", "ɛ", "Ɛ", "eps", "epsilon", "varepsilon", "@epsilon"))
EMPTY_WORD_DECORATED = frozenset(("e", ""))
"""In angle brackets: ``<e>``, and ``<>`` of SFST."""

LARGEST = {2**32 - 1: "the empty word", 2**32 - 2: "any letter", 2**64 - 1: "the empty word"}
"""Numbers that stand for symbols in Mata: EPSILON, DONT_CARE, and EPSILON of 64 bits."""

ANY = "any letter, or any other letter, in some dialects"
LABELLED = "the silent action of a labelled transition system, which ε is here"
IN_TEXTBOOKS = "the empty word in JFLAP and in textbooks, which ε is here"
NOTHING = "the empty word, or no letter, in some dialects"

WORDS = {
    **{"lambda": IN_TEXTBOOKS, "tau": LABELLED, "sigma": "any letter in textbooks"},
    **dict.fromkeys(("true", "tt", "verum"), "any letter in automata with guards"),
    **dict.fromkeys(("false", "ff", "falsum"), "no letter in automata with guards"),
    **dict.fromkeys(("null", "nil", "none", "nothing", "empty"), NOTHING),
    **dict.fromkeys(("emptyword", "empty word", "empty_word", "empty-word"), NOTHING),
    **dict.fromkeys(("emptystring", "empty string", "empty_string", "empty-string"), NOTHING),
    **dict.fromkeys(("emptyset", "empty set", "empty_set", "empty-set"), "the empty set"),
    **dict.fromkeys(("**", ".*", "?*", "*.*", ".+"), "any letters in some dialects"),
}
"""Words with a meaning that a finite machine over its own letters does not have."""

WORDS_DECORATED = {
    **{"phi": "a failure transition of OpenFst", "rho": "any other letter in OpenFst"},
    **{"sigma": "any letter in OpenFst", "other": "any other letter in OpenFst"},
    **{"?": "any letter in foma", "*": ANY, "τ": LABELLED, "dcare": "any letter in Mata"},
    **{"λ": IN_TEXTBOOKS, "Λ": IN_TEXTBOOKS, "i": LABELLED, "l": IN_TEXTBOOKS},
}
"""The same with decorations, as in ``<phi>``."""

SIGNS = {
    **dict.fromkeys("λΛ", IN_TEXTBOOKS),
    **{"τ": LABELLED, "Σ": "any letter in textbooks", "∑": "any letter in textbooks"},
    **dict.fromkeys("∊∈", "the empty word to some, an element sign of mathematics"),
    **{"∀": "any letter in some drawings", "⊤": "any letter in automata with guards"},
    **{"⊥": "no letter in automata with guards", "∅": "no letter in textbooks"},
}
"""Signs that are no letters, except that some are Greek letters."""

CORE = r"any(?:thing|one)?|all|every(?:thing)?|else|others?|otherwise|default|wildcard|alphabet"
PHRASE = re.compile(
    rf"(?:(?:{CORE}|sigma|each|rest|remaining|the|of|in|letters?|symbols?|char(?:acter)?s?|inputs?"
    r"|events?|actions?|tags?)[ _-]*+)+"
)
IS_ANY = re.compile(rf"{CORE}|sigma|the[ _-]*rest")
LONGEST_PHRASE = 60

CLOSURE = re.compile(r"(.+?)(?:[*+]|[ _-]*(?:closure|moves?|transitions?))")

A_RANGE = r"(?:[^\\\[\]]|0x[0-9A-Fa-f]+|'.'|\".\")"
GUARDS = (
    (re.compile(r"\\(?:[dDwWsSbB]|[pP](?:\{.*\}|[LNPSZ])|x[0-9A-Fa-f]{2}|x\{.*\})[*+?]?"),
     "a class of characters or a code, as in regular expressions"),
    (re.compile(rf"{A_RANGE}(?:-|\.\.\.?|…|–)(?!>){A_RANGE}|\[\^.+\]"
                r"|\[.-.[^\]]*\][*+?]?", re.S),
     "a range of characters"),
    (re.compile(r"\[?\[:\^?\w+:\]\]?[*+?]?"), "a class of characters of POSIX"),
    (re.compile(r"[!~¬][\w(!¬~].*|(?:not|neg)(?:\s+\S|\s*\().*", re.S | re.I),
     "all letters but some, as in a guard"),
    (re.compile(r".*[\w)'\"]\s*(?:&&?|∧|/\\|∨|\\/|\|\||⊕)\s*[\w(!¬~'\"].*", re.S),
     "a guard of an automaton with formulas"),
    (re.compile(r"\S.*\s(?:and|or|xor|implies|except|but|minus|without|other than|if|when|unless)"
                r"\s.*\S|(?:except|other than|without|if|when|unless)\s.*\S", re.S | re.I),
     "a guard, or a choice of letters"),
    (re.compile(r"(?:.*[\s=])?(?:any|all|else|others?|otherwise)[\s=-].*"
                r"|.*[\s=](?:any|else|others?|otherwise)", re.S | re.I),
     "any letter, or all but some"),
    (re.compile(r"(?:.*[,\s])?(?:\.\.\.|…|⋯)[,\s].*|.*[,\s](?:\.\.\.|…|⋯)", re.S),
     "an elision; write the letters out"),
    (re.compile(r"(?:Σ|sigma)\s*(?:\\+|∖|-|−|–|/)\s*\S.*", re.S | re.I),
     "all letters but some, as in textbooks"),
)  # fmt: skip
"""What whole symbols of several characters mean, in drawings and in text formats alike."""


def plain(symbol: str) -> tuple[str, str]:
    r"""Return the plain spelling of a symbol, and the decoration taken off, its first character.

    Examples
    --------
    >>> plain("<EPS>"), plain(r"$\varepsilon$"), plain("&epsilon;"), plain("\U0001d700")
    (('eps', '<'), ('ε', '$'), ('ε', ''), ('ε', ''))
    """
    text = html.unescape(symbol) if "&" in symbol else symbol
    text = unicodedata.normalize("NFKC", text)
    if "\\" in text:
        text = COMMAND.sub(lambda m: COMMANDS.get(m[1], m[0]) if m[1] else "", text)
    text = text.strip()
    decoration = ""
    while len(text) > 1 and (match := DECORATED.fullmatch(text)):
        decoration = decoration or text[0]
        text = next(inner for inner in match.groups() if inner is not None).strip()
    return (text.lower() if text.isascii() else text), decoration


def is_empty_word(symbol: str) -> bool:
    r"""Whether a symbol is a spelling of ε.

    Examples
    --------
    >>> [is_empty_word(x) for x in ("ɛ", "(ε)", "_EPSILON_", r"\epsilon", "<e>", "e", "λ")]
    [True, True, True, True, True, False, False]
    """
    text, decoration = plain(symbol)
    return text in EMPTY_WORD or (decoration == "<" and text in EMPTY_WORD_DECORATED)


def guard(symbol: str) -> str | None:
    """Return what a symbol of several characters is, where it is a guard, a class or a range.

    Examples
    --------
    >>> guard("a and b"), guard("not a"), guard("a")
    ('a guard, or a choice of letters', 'all letters but some, as in a guard', None)
    """
    if len(symbol) == 1:
        return None
    # Without outer white space each pattern decides in linear time.
    text = symbol.strip()
    return next((what for pattern, what in GUARDS if pattern.fullmatch(text)), None)


def word(symbol: str) -> str | None:
    """Return what a word or sign other than the empty word means in a dialect that is not read.

    A single character of ASCII means itself.

    Examples
    --------
    >>> word("<PHI>"), word("ANY other"), word("a")
    ('a failure transition of OpenFst', 'any letter, or any other letter, in some dialects', None)
    """
    if len(symbol) == 1 and symbol.isascii():
        return None
    if symbol.isdecimal() and symbol.isascii() and len(symbol) < 30:
        number = LARGEST.get(int(symbol))
        return number and f"{number} of Mata, as a number"
    text, decoration = plain(symbol)
    found = WORDS_DECORATED.get(text) if decoration else None
    if text == "" and decoration and decoration in "\"'<":
        found = NOTHING
    found = found or WORDS.get(text) or SIGNS.get(text)
    if found is None and len(text) <= LONGEST_PHRASE:
        words = text.lower()
        if PHRASE.fullmatch(words) and IS_ANY.search(words):
            return ANY
        closed = CLOSURE.fullmatch(text)
        if closed and (is_empty_word(closed[1]) or closed[1] in ("λ", "lambda")):
            return "the closure under the empty word"
    if found is None and re.fullmatch(r"0[xX][fF]{7}[eEfF]", symbol):
        found = f"{LARGEST[int(symbol, 16)]} of Mata, as a number"
    return found
