"""What ``negeig explain`` shows a person."""

from __future__ import annotations

from textwrap import fill

from negeig.pipeline.explain import Explanation
from negeig.theory.architectures import Architecture

WIDE = 17
"""Columns of the label of a row."""


def explain_text(result: Explanation, width: int = 100) -> str:
    """Return one theorem, or one architecture, for a reader, wrapped."""
    entry: dict[str, object] = dict(result.about.to_json())
    title = "title"
    if isinstance(result.about, Architecture):
        title = "name"
        entry["inside"] = entry["inside"] or "no class that a limit speaks of"
        entry["input_dependent"] = "yes" if entry["input_dependent"] else "no, one for all letters"
    rows = [f"{entry['id']}: {entry[title]}", ""]
    for name, value in entry.items():
        if name in ("id", title) or value is None or value in ("", []):
            continue
        text = "; ".join(value) if isinstance(value, list) else str(value)
        label = name.replace("_", " ")
        rows.append(fill(text, 96, initial_indent=f"{label:<{WIDE}}", subsequent_indent=" " * WIDE))
    return "\n".join(rows)
