"""Limits show themselves as a table of classes, each with its verdict and why."""

from __future__ import annotations

from negeig.report.html.fragments import limits_html
from negeig.shown import View

VIEW = View(html=limits_html)
