"""Directives for what there is, as tables, which a script of the site makes sortable."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

import negeig
from generated import code, generated, plain, table
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import entries as tasks
from negeig.pipeline.conform import conform
from negeig.proofs_checks.theorem_checks.registry import CHECKS
from negeig.theory import architectures
from negeig.theory.theorems import entries as theorems

ASKED = ("parity", "mod:3", "flipflop", "sym:3", "sym:5")
"""Tasks of the table of what architectures can do: the first that tell them apart."""


def zoo() -> str:
    """Return a row for every named task, with the size and the kind of its first example."""
    rows = []
    for entry in tasks():
        machine = negeig.language(zoo=entry.examples[0]).machine
        monoid = transition_monoid(machine)
        kind = "group" if monoid.is_group else "aperiodic" if monoid.is_aperiodic else "mixed"
        asked = (code(entry.pattern), plain(entry.sentence), code(entry.examples[0]))
        found = (str(machine.size), str(monoid.size), kind)
        rows.append((*asked, *found, plain(entry.source)))
    return table(("name", "task", "example", "states", "monoid", "kind", "source"), rows)


def theorem_table() -> str:
    """Return a row for every theorem of the registry, linked to its page."""
    rows = []
    for entry in theorems():
        page = entry.page.removeprefix("docs/")
        name = page.rsplit("/", 1)[-1].removesuffix(".md")
        texts = (plain(entry.title), plain(entry.statement), plain(entry.model))
        rows.append((code(entry.id), *texts, f"[{name}](/{page})"))
    return table(("id", "title", "statement", "model of arithmetic", "page"), rows)


def hypotheses() -> str:
    """Return a row for every hypothesis of every theorem, with what lacks it alone."""
    rows = []
    for entry in theorems():
        check = CHECKS[entry.id]
        for place, hypothesis in enumerate(entry.hypotheses):
            twins = [case.says for case in check.twins if case.without == place]
            lacking = "; ".join(twins) or f"no twin is known: {check.no_twin[place]}"
            rows.append((code(entry.id), plain(hypothesis), plain(lacking)))
    return table(("theorem", "hypothesis", "without it"), rows)


def architecture_table() -> str:
    """Return a row for every architecture of the catalogue."""
    rows = [
        (
            plain(a.name),
            code(a.id),
            plain(a.matrix),
            plain(a.eigenvalues),
            plain(a.inside or ""),
            plain("; ".join(map(str, a.settings))),
            plain(a.source),
        )
        for a in architectures.entries()
    ]
    head = ("architecture", "id", "matrix", "eigenvalues", "class", "option in code", "source")
    return table(head, rows)


def abilities() -> str:
    """Return which architecture can do which task, as ``negeig check`` says it."""
    results = [negeig.check(zoo=name, backends=()) for name in ASKED]
    verdicts = [{row.name: row.verdict for row in found.architectures} for found in results]
    rows = [(plain(a.name), *(own[a.name] for own in verdicts)) for a in architectures.entries()]
    return table(("architecture", *map(code, ASKED)), rows)


def implementations() -> str:
    """Return a row for every implementation of other people that is known."""
    rows = []
    for one in conform((), ["all"]).implementations:
        form = f"chunks of {one.chunk}" if one.chunk else "one position at a time"
        cannot = "; ".join(f"{what}: {why}" for what, why in one.cannot.items())
        row = (one.device, ", ".join(one.dtypes), form, plain(cannot))
        rows.append((code(one.name), *row))
    return table(("implementation", "device", "formats", "form", "cannot"), rows)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("zoo", generated(zoo))
    app.add_directive("theorems", generated(theorem_table))
    app.add_directive("hypotheses", generated(hypotheses))
    app.add_directive("architectures", generated(architecture_table))
    app.add_directive("abilities", generated(abilities))
    app.add_directive("implementations", generated(implementations))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
