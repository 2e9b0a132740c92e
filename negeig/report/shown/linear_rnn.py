"""A network shows itself as its layers: what each letter does, as steps and as a matrix."""

from __future__ import annotations

from negeig.report.html.fragments import network_html
from negeig.report.terminal.network_text import network_text
from negeig.shown import View

VIEW = View(text=network_text, html=network_html)
