"""What ``negeig theorems`` shows a person."""

from __future__ import annotations

from textwrap import fill

from negeig.pipeline.theorems import TheoremsResult


def theorems_text(result: TheoremsResult, width: int = 100) -> str:
    """Return the list of theorems, a line each, and the names of the architectures."""
    rows = [f"{entry.id:<20}{entry.title}" for entry in result.theorems]
    names = ", ".join(architecture.id for architecture in result.architectures)
    rows += ["", fill(f"negeig explain also takes an architecture: {names}", 96)]
    return "\n".join(rows)
