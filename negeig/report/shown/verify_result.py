"""What ``verify`` says shows itself as on the terminal."""

from __future__ import annotations

from negeig.report.terminal.verify import verify_text
from negeig.shown import View

VIEW = View(text=verify_text)
