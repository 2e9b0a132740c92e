"""What ``check`` found shows itself as on the terminal, and in a notebook as the head of a page."""

from __future__ import annotations

from negeig.report.html.fragments import check_html
from negeig.report.terminal.check import check_text
from negeig.shown import View

VIEW = View(text=check_text, html=check_html)
