"""What ``negeig zoo`` shows a person."""

from __future__ import annotations

from negeig.pipeline.zoo import ZooResult


def zoo_text(result: ZooResult, width: int = 100) -> str:
    """Return the list of named tasks."""
    rows = []
    for entry in result.entries:
        rows.append(f"{entry.pattern:<24}{entry.sentence}")
        rows.append(f"{'':<24}letters {entry.alphabet}; outputs {entry.outputs}")
    return "\n".join(rows)
