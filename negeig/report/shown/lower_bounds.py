"""Lower bounds show themselves as sentences."""

from __future__ import annotations

from negeig.report.html.fragments import bounds_html
from negeig.shown import View

VIEW = View(html=bounds_html)
