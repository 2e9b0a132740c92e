"""What ``precision`` found shows itself as on the terminal."""

from __future__ import annotations

from negeig.report.terminal.precision import precision_text
from negeig.shown import View

VIEW = View(text=precision_text)
