"""What ``negeig theorems`` shows a person."""

from __future__ import annotations

from negeig.pipeline.theorems import TheoremsResult
from negeig.report.terminal.layout import Paragraph, report
from negeig.report.terminal.styled import Text
from negeig.report.terminal.table import Table
from negeig.theory.architectures.models import MODELS
from negeig.theory.architectures.outside import OUTSIDE


def theorems_text(result: TheoremsResult, width: int = 100) -> Text:
    """Return the list of theorems, a line each, and the names that can be asked about."""
    listed = [[entry.id, entry.title] for entry in result.theorems]
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
