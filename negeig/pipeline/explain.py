"""``negeig explain``: one theorem, or one architecture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from negeig.theory.architectures import Architecture, entries, find
from negeig.theory.theorems import get
from negeig.theory.theorems.entry import Entry


@dataclass(frozen=True)
class Explanation:
    """What was asked about."""

    about: Entry | Architecture
    exit_code: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.theorems/1`` or ``negeig.architecture/1``."""
        entry = self.about.to_json()
        if isinstance(self.about, Architecture):
            return {"schema": "negeig.architecture/1", "architecture": entry}
        return {"schema": "negeig.theorems/1", "theorems": [entry]}


def explain(identifier: str) -> Explanation:
    """Return one theorem of the registry, or one architecture.

    Raises InputError for a name that is neither, with the nearest ones of both.

    Examples
    --------
    >>> explain("T1").about.id, explain("mamba").about.id
    ('T1', 'mamba')
    """
    if identifier.lower() in {name.lower() for a in entries() for name in (a.id, a.name)}:
        return Explanation(find(identifier))
    return Explanation(get(identifier))
