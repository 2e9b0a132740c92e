"""What ``check`` found shows itself as on the terminal, in notebooks as the head of its page."""

from __future__ import annotations

from negeig.pipeline.check import CheckResult
from negeig.pipeline.report import ReportResult
from negeig.report.html.fragments import check_html
from negeig.report.html.page import page
from negeig.report.terminal.check import check_text
from negeig.shown import View


def _page(result: CheckResult) -> str:
    return page(ReportResult.of([result]))


VIEW = View(text=check_text, html=check_html, page=_page)
