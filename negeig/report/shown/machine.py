"""A machine shows itself as its state diagram."""

from __future__ import annotations

from negeig.report.pictures import state_diagram_svg
from negeig.shown import View

VIEW = View(svg=state_diagram_svg)
