"""A layer shows itself as a table of its letters."""

from __future__ import annotations

from negeig.report.html.fragments import layer_html
from negeig.shown import View

VIEW = View(html=layer_html)
