"""The words that reports use, each explained once: for ``negeig explain`` and the glossary page."""

from __future__ import annotations

import re
import unicodedata

from negeig.pipeline.parts.certificate_terms import CERTIFICATE_TERMS
from negeig.pipeline.parts.class_terms import CLASS_TERMS
from negeig.pipeline.parts.network_terms import NETWORK_TERMS
from negeig.pipeline.parts.task_terms import TASK_TERMS
from negeig.pipeline.parts.term import Term

TERMS = tuple(
    sorted(
        (*CERTIFICATE_TERMS, *CLASS_TERMS, *NETWORK_TERMS, *TASK_TERMS), key=lambda term: term.id
    )
)
"""In the order of their names."""


def find_term(name: str) -> Term | None:
    """Return a term by one of its names, in any case and number, with hyphens or spaces; or None.

    Examples
    --------
    >>> find_term("Cast-States").id, find_term("beta").id, find_term("nonsense")
    ('cast model', 'delta step', None)
    """
    wanted = _plain(name)
    return next((t for t in TERMS if wanted in map(_plain, (t.id, *t.also))), None)


def term_within(phrase: str) -> Term | None:
    """Return the term whose name is the longest run of words of a phrase; None where none is.

    Examples
    --------
    >>> term_within("complex eigenvalues").id, term_within("the finite transition monoid").id
    ('eigenvalue', 'monoid')
    >>> term_within("nonsense")
    """
    words = _plain(phrase).split()
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            found = find_term(" ".join(words[start : start + length]))
            if found is not None:
                return found
    return None


def term_with(word: str) -> Term | None:
    """Return the only term that has a word in one of its names; None for none, and for several.

    Examples
    --------
    >>> term_with("wreath").id, term_with("state")
    ('cascade', None)
    """
    wanted = _plain(word)
    found = [t for t in TERMS if any(wanted in _plain(name).split() for name in (t.id, *t.also))]
    return found[0] if len(found) == 1 else None


def term_names() -> tuple[str, ...]:
    """Return every name of every term."""
    return tuple(name for term in TERMS for name in (term.id, *term.also))


def folded(text: str) -> str:
    """Return text in small letters without accents.

    Examples
    --------
    >>> folded("Schützenberger"), folded("Szegő")
    ('schutzenberger', 'szego')
    """
    parts = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in parts if not unicodedata.combining(c))


def _plain(name: str) -> str:
    """Return a name folded, its words in the singular with single spaces between."""
    words = re.sub(r"[-=_]", " ", folded(name)).replace("'", "").split()
    return " ".join(re.sub(r"(?<=x)es$|(?<=\w\w)(?<![isu])s$", "", word) for word in words)
