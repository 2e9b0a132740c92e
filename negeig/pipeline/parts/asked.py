"""What became of the routes that were asked for networks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Outcome = Literal["complete", "cut short", "not needed"]


@dataclass(frozen=True)
class Asked:
    """What became of one route: at which effort it was asked last, and how many it proposed.

    ``not needed``: a bound shows that it has nothing better, or nothing within the budget.
    ``cut short``: there might be more; ``detail`` says which limit it was, and ``option`` names the
    one that raises it, if any does.
    """

    route: str
    outcome: Outcome
    effort: int = 0
    proposed: int = 0
    detail: str = ""
    option: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the row of ``routes`` in JSON."""
        return dict(vars(self))
