"""The words that reports use, each explained once: for ``negeig explain`` and the glossary page."""

from __future__ import annotations

from negeig.pipeline.parts.network_terms import NETWORK_TERMS
from negeig.pipeline.parts.task_terms import TASK_TERMS
from negeig.pipeline.parts.term import Term

TERMS = tuple(sorted((*TASK_TERMS, *NETWORK_TERMS), key=lambda term: term.id))
"""In the order of their names."""


def find_term(name: str) -> Term | None:
    """Return a term by one of its names, in any case, with hyphens or spaces; None for others.

    Examples
    --------
    >>> find_term("Cast-State").id, find_term("beta").id, find_term("nonsense")
    ('cast model', 'delta step', None)
    """
    wanted = _plain(name)
    return next((t for t in TERMS if wanted in map(_plain, (t.id, *t.also))), None)


def term_names() -> tuple[str, ...]:
    """Return every name of every term."""
    return tuple(name for term in TERMS for name in (term.id, *term.also))


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("-", " ").replace("_", " ").split())
