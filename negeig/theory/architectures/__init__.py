"""Named architectures, as data: the class of their matrices, and where their eigenvalues lie.

What follows for a task: :mod:`~.verdicts`.
"""

from __future__ import annotations

import difflib
from itertools import chain

from negeig.claims import InputError
from negeig.folder import Folder
from negeig.theory.architectures.architecture import Architecture

__all__ = ["Architecture", "entries", "find"]

FAMILIES = Folder[tuple[Architecture, ...]]("ENTRIES", "negeig.theory.architectures.families")
"""The entries by family of matrices: a file more is a family more."""


def entries() -> tuple[Architecture, ...]:
    """Return every entry, in the order in which they are listed.

    Examples
    --------
    >>> [entry.id for entry in entries()][:2]
    ['linear-attention', 'retnet']
    """
    return tuple(chain.from_iterable(FAMILIES.values()))


def find(name: str) -> Architecture:
    """Return an architecture by its identifier or its name, whatever the case.

    Raises
    ------
    InputError
        For an unknown name, with the nearest ones.

    Examples
    --------
    >>> find("mamba").matrix, find("DeltaNet (beta <= 2)").id
    ('diag(exp(-Delta(x) a)), a > 0', 'deltanet-negative')
    """
    known = {key.lower(): a for a in entries() for key in (a.id, a.name)}
    found = known.get(name.strip().lower())
    if found is None:
        near = difflib.get_close_matches(name.lower(), list(known), n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}" if near else "negeig theorems lists them"
        raise InputError("", f"unknown architecture {name!r}; {hint}")
    return found
