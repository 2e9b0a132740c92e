"""The networks of a front show themselves as a table, each with the command that builds it."""

from __future__ import annotations

from negeig.report.html.fragments import front_html
from negeig.shown import View

VIEW = View(html=front_html)
