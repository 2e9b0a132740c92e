"""What ``monoid`` found shows itself as on the terminal, in notebooks with its pictures."""

from __future__ import annotations

from negeig.report.html.fragments import monoid_html
from negeig.report.terminal.monoid import monoid_text
from negeig.shown import View

VIEW = View(text=monoid_text, html=monoid_html)
