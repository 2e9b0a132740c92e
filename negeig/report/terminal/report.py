"""What ``negeig report`` shows a person: a row for each language of the page."""

from __future__ import annotations

from negeig.pipeline.report import ReportResult
from negeig.report.terminal.check import cost_text
from negeig.report.terminal.text_rows import line, source_text


def report_text(result: ReportResult, width: int = 100) -> str:
    """Return the answer about each language that the page is about."""
    rows = []
    for one in result.languages:
        network = "no network found"
        if one.construction is not None:
            network = cost_text(one.construction.network)
        rows.append(line(one.verdict, source_text(one.source), network, width))
    return "\n".join(rows)
