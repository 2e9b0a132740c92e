"""``negeig theorems``: what verdicts rest on, and the architectures they are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from negeig.theory import architectures
from negeig.theory.architectures import Architecture
from negeig.theory.theorems import entries
from negeig.theory.theorems.entry import Entry


@dataclass(frozen=True)
class TheoremsResult:
    """The entries of the registry and the architectures of the catalogue."""

    theorems: tuple[Entry, ...]
    architectures: tuple[Architecture, ...]
    exit_code: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.theorems/1``."""
        return {
            "schema": "negeig.theorems/1",
            "theorems": [entry.to_json() for entry in self.theorems],
            "architectures": [{"id": a.id, "name": a.name} for a in self.architectures],
        }


def theorems() -> TheoremsResult:
    """Return the registry of theorems."""
    return TheoremsResult(tuple(entries()), architectures.entries())
