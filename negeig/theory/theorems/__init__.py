"""The theorems that verdicts cite: what they say, about which arithmetic, and where it is checked.

Shown by ``negeig theorems`` and ``negeig explain ID``.
"""

from __future__ import annotations

import difflib

from negeig.claims import InputError
from negeig.theory.theorems.entry import Entry
from negeig.theory.theorems.factors import FACTORS
from negeig.theory.theorems.impossible import IMPOSSIBLE
from negeig.theory.theorems.necessary import NECESSARY
from negeig.theory.theorems.possible import POSSIBLE
from negeig.theory.theorems.proved import PROVED

__all__ = ["Entry", "entries", "get"]


def entries() -> tuple[Entry, ...]:
    """Return every entry.

    Examples
    --------
    >>> [entry.id for entry in entries()][:3]
    ['T1', 'T2', 'two-letters']
    """
    return (*IMPOSSIBLE, *NECESSARY, *POSSIBLE, *FACTORS, *PROVED)


def get(id: str) -> Entry:
    """Return an entry by its identifier, upper or lower case.

    Raises InputError with the nearest identifiers when there is none, or when it is empty.

    Examples
    --------
    >>> get("t1").title
    'Eigenvalues that are real and not negative cannot count'
    """
    if not id.strip():
        raise InputError(
            "", "the name is empty; negeig theorems lists the names", code="unknown-theorem"
        )
    by_id = {entry.id.lower(): entry for entry in entries()}
    found = by_id.get(id.lower())
    if found is None:
        near = difflib.get_close_matches(id.lower(), by_id, n=3)
        known = f"; nearest: {', '.join(by_id[name].id for name in near)}" if near else ""
        every = "; negeig theorems lists all" * (not near)
        raise InputError("", f"no theorem {id!r}{known}{every}", code="unknown-theorem")
    return found
