"""What ``monoid`` found shows itself as on the terminal."""

from __future__ import annotations

from negeig.report.terminal.monoid import monoid_text
from negeig.shown import View

VIEW = View(text=monoid_text)
