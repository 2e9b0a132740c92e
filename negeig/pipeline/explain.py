"""``negeig explain``: one theorem, one architecture, or one released model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from negeig.claims import InputError
from negeig.theory.architectures import Architecture, Outside, Released, Subject, find_subject
from negeig.theory.theorems import get
from negeig.theory.theorems.entry import Entry


@dataclass(frozen=True)
class Explanation:
    """What was asked about."""

    about: Entry | Subject
    exit_code: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.theorems/1`` or ``negeig.architecture/1``."""
        entry = self.about.to_json()
        kinds = {Architecture: "architecture", Released: "released", Outside: "outside"}
        for kind, key in kinds.items():
            if isinstance(self.about, kind):
                return {"schema": "negeig.architecture/1", key: entry}
        return {"schema": "negeig.theorems/1", "theorems": [entry]}


def explain(identifier: str) -> Explanation:
    """Return one theorem of the registry, one architecture, or one released model.

    Raises InputError for a name that is none, with the nearest ones of all.

    Examples
    --------
    >>> explain("T1").about.id, explain("mamba2").about.id
    ('T1', 'mamba-2')
    """
    try:
        return Explanation(find_subject(identifier))
    except InputError as unknown:
        try:
            return Explanation(get(identifier))
        except InputError as error:
            if not identifier.strip() or "did you mean" not in str(unknown):
                raise
            problem = f"{error.problems[0]}; {unknown.problems[0]}"
            raise InputError("", problem, code=error.code) from None
