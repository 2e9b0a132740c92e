"""What ``negeig theorems`` shows a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from negeig.pipeline.theorems import TheoremsResult
from negeig.report.terminal.layout import Heading, Item, Paragraph, Row, report
from negeig.report.terminal.styled import Text, styled
from negeig.report.terminal.table import Table
from negeig.report.terminal.theorem_cases import case_rows
from negeig.theory.architectures.models import MODELS
from negeig.theory.architectures.outside import OUTSIDE
from negeig.theory.theorems import entries

if TYPE_CHECKING:
    from negeig.proofs_checks.theorem_checks.check import Outcome

TOLD = 5
"""Up to this many theorems, the cases are told one by one."""

MEANING = (
    "An instance is a task, a network or a matrix that has all hypotheses, and the conclusion "
    "holds; a twin lacks just one, and it fails. Instances prove nothing: the proofs are on the "
    "pages that negeig explain names."
)


def theorems_text(result: TheoremsResult, width: int = 100) -> Text:
    """Return the list of theorems, a line each, with what running them gave.

    Where all are listed, with the names that can be asked about.
    """
    if result.runs is not None:
        return _runs_text(result.runs, width)
    listed = [[entry.id, entry.title] for entry in result.theorems]
    if len(listed) < len(entries()):
        return report([[Table(None, ["", ""], listed)]], width)
    names = ", ".join(architecture.id for architecture in result.architectures)
    models = ", ".join(model.id for model in MODELS)
    outside = ", ".join(layer.id for layer in OUTSIDE)
    return report(
        [
            [Table(None, ["", ""], listed)],
            [Paragraph(f"negeig explain also takes an architecture: {names}")],
            [Paragraph(f"and a released model: {models}")],
            [Paragraph(f"out of scope, with the reason: {outside}")],
        ],
        width,
    )


def _runs_text(runs: Sequence[Outcome], width: int) -> Text:
    """Return a line for each theorem that was run, and what failed."""
    failed = [one for one in runs if not one.ok]
    verdict = f"{len(failed)} of {len(runs)} failed" if failed else f"all {len(runs)} ok"
    instances, twins = sum(one.instances for one in runs), sum(one.twins for one in runs)
    heading = Heading(
        "theorems, run",
        f"{instances} instances, {twins} twins",
        styled(verdict, "no" if failed else "yes"),
    )
    rows = [
        [
            one.entry.id,
            str(one.instances),
            str(one.twins),
            "ok" if one.ok else "failed",
            one.entry.title,
        ]
        for one in runs
    ]
    blocks: list[Iterable[Item]] = [
        [heading],
        [Row(one.entry.id, why) for one in failed for why in one.failed],
        [Table(None, ["theorem", "instances", "twins", "found", "title"], rows)],
    ]
    if len(runs) <= TOLD:
        for one in runs:
            told = case_rows(one.entry.hypotheses, one.cases, one.no_twin, len(one.cases))
            blocks.append([Heading(one.entry.id, ""), *told])
    return report([*blocks, [Paragraph(MEANING)]], width)
