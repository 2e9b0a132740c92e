"""``negeig zoo``: the named tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from negeig.automata.zoo import entries
from negeig.automata.zoo.entry import Entry

FIELDS = ("pattern", "sentence", "alphabet", "outputs", "source", "examples")


@dataclass(frozen=True)
class ZooResult:
    """The named tasks, in the order in which they are listed."""

    entries: tuple[Entry, ...]
    exit_code: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.zoo/1``."""
        rows = [{name: getattr(entry, name) for name in FIELDS} for entry in self.entries]
        return {"schema": "negeig.zoo/1", "entries": rows}


def zoo() -> ZooResult:
    """Return the named tasks."""
    return ZooResult(tuple(entries()))
