"""What ``run`` found shows itself as on the terminal."""

from __future__ import annotations

from negeig.report.terminal.run import run_text
from negeig.shown import View

VIEW = View(text=run_text)
