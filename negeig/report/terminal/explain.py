"""What ``negeig explain`` shows a person."""

from __future__ import annotations

from textwrap import fill

from negeig.pipeline.explain import Explanation
from negeig.pipeline.parts.glossary import Term
from negeig.theory.architectures import Architecture, Outside, Released, find
from negeig.theory.architectures.models import MODELS

WIDE = 17
"""Columns of the label of a row."""


def explain_text(result: Explanation, width: int = 100) -> str:
    """Return one theorem, architecture, model or word for a reader, wrapped."""
    if isinstance(result.about, Term):
        return _term(result.about)
    entry: dict[str, object] = dict(result.about.to_json())
    title = "name" if isinstance(result.about, Architecture | Outside | Released) else "title"
    if isinstance(result.about, Architecture):
        entry |= _architecture(result.about)
    if isinstance(result.about, Outside):
        entry["verdict"] = "none: no statement here is about it"
    if isinstance(result.about, Released):
        entry |= _released(result.about)
    rows = [f"{entry['id']}: {entry[title]}", ""]
    for name, value in entry.items():
        if name in ("id", title) or value is None or value in ("", []):
            continue
        text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
        label = name.replace("_", " ")
        rows.append(fill(text, 96, initial_indent=f"{label:<{WIDE}}", subsequent_indent=" " * WIDE))
    if result.term is not None:
        rows[1:2] = ["", fill(result.term.text, 96), ""]
    return "\n".join(rows)


def _term(term: Term) -> str:
    """Return what a word means, its other names and the page that says more."""
    also = f"also: {', '.join(term.also)}\n" if term.also else ""
    return f"{term.id}\n\n{fill(term.text, 96)}\n\n{also}more: {term.page}"


def _architecture(about: Architecture) -> dict[str, object]:
    """Return the rows of an architecture that read differently from its JSON."""
    return {
        "inside": about.inside or "no class that a limit speaks of",
        "input_dependent": "yes" if about.input_dependent else "no, one for all letters",
        "range": None,  # eigenvalues says the same
        "norm_squared": None if about.norm_squared is None else f"at most {about.norm_squared}",
        "settings": [str(setting) for setting in about.settings],
        "models": [model.name for model in MODELS if model.architecture == about.id],
    }


def _released(about: Released) -> dict[str, object]:
    """Return the rows of a model that read differently from its JSON, and what follows for it."""
    layers = find(about.architecture)
    return {
        "default": None if about.key is None else "on" if about.default else "off",
        "matrix": layers.matrix,
        "eigenvalues": layers.eigenvalues,
        "inside": layers.inside or "no class that a limit speaks of",
        "outside": "attention layers: no statement here is about them",
    }
