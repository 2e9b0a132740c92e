"""What ``negeig report`` shows a person: the answer about each language of the page."""

from __future__ import annotations

from negeig.pipeline.report import ReportResult
from negeig.report.terminal.check import about_text, check_answer
from negeig.report.terminal.layout import Heading, report
from negeig.report.terminal.styled import Text, joined
from negeig.report.terminal.text_rows import title_text


def report_text(result: ReportResult, width: int = 100) -> Text:
    """Return the answer about each language that the page is about."""
    return report(
        [[Heading(title_text(one.source, one.arguments), about_text(one),
                  joined("; ", check_answer(one))) for one in result.languages]],
        width,
    )  # fmt: skip
