"""Architectures show themselves as a table, each with its verdict and why."""

from __future__ import annotations

from negeig.report.html.fragments import architectures_html
from negeig.shown import View

VIEW = View(html=architectures_html)
