"""A word that reports use, with what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Term:
    """A word with what it means; ``also`` are other names for it, ``page`` says more."""

    id: str
    text: str
    page: str
    also: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as the ``term`` of ``negeig.term/1``."""
        return {"id": self.id, "also": list(self.also), "text": self.text, "page": self.page}
