"""A network shows itself as a diagram of its layers, and what each letter does in them."""

from __future__ import annotations

from negeig.report.html.fragments import network_html
from negeig.report.terminal.network_text import network_text
from negeig.shown import View

VIEW = View(text=network_text, html=network_html)
