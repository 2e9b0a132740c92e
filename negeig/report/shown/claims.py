"""Claims show themselves as a table."""

from __future__ import annotations

from negeig.report.html.fragments import claims_html
from negeig.shown import View

VIEW = View(html=claims_html)
