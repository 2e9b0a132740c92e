"""What ``negeig explain`` shows a person."""

from __future__ import annotations

from collections.abc import Iterator

from negeig.pipeline.explain import Explanation
from negeig.pipeline.parts.term import Term
from negeig.report.terminal.layout import Heading, Item, Paragraph, Row, report
from negeig.report.terminal.styled import Text
from negeig.report.terminal.table import Table
from negeig.report.terminal.theorem_cases import case_rows
from negeig.theory.architectures import Architecture, Outside, Released, find
from negeig.theory.architectures.models import MODELS
from negeig.theory.theorems.entry import Entry

TOLD = 5
"""Up to this many instances of a theorem are told, and up to this many twins of a hypothesis."""


def explain_text(result: Explanation, width: int = 100) -> Text:
    """Return one theorem, architecture, model or word for a reader, wrapped."""
    if isinstance(result.about, Term):
        return report([_nearest(result, result.about), *_term(result.about)], width)
    entry: dict[str, object] = dict(result.about.to_json())
    title = "name" if isinstance(result.about, Architecture | Outside | Released) else "title"
    if isinstance(result.about, Architecture):
        entry |= _architecture(result.about)
    if isinstance(result.about, Outside):
        entry["verdict"] = "none: no statement here is about it"
    if isinstance(result.about, Released):
        entry |= _released(result.about)
    if result.check is not None:
        del entry["hypotheses"]  # which are shown with their twins
    table = [
        [name.replace("_", " "), _in_words(value)]
        for name, value in entry.items()
        if name not in ("id", title) and value is not None and value not in ("", [])
    ]
    term = [] if result.term is None else [Paragraph(result.term.text)]
    heading = Heading(f"{entry['id']}: {entry[title]}", "")
    return report([[heading], term, [Table(None, ["", ""], table)], _examples(result)], width)


def _examples(result: Explanation) -> Iterator[Item]:
    """Yield instances of a theorem, its hypotheses with their twins, and how all are run."""
    check = result.check
    if check is not None and isinstance(result.about, Entry):
        yield from case_rows(result.about.hypotheses, check.cases, check.no_twin, TOLD)
        yield Row("run them", f"negeig theorems --run --only {check.id}")


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _nearest(result: Explanation, term: Term) -> list[Item]:
    """Return a line that says which word was taken, where what was asked for is none."""
    if result.nearest_to is None:
        return []
    return [Paragraph(f"no word {result.nearest_to!r}; nearest: {term.id}")]


def _term(term: Term) -> list[list[Item]]:
    """Return what a word means, its other names and the page that says more."""
    also = [Row("also", ", ".join(term.also))] if term.also else []
    return [[Heading(term.id, "")], [Paragraph(term.text)], [*also, Row("more", term.page)]]


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
