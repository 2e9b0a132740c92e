"""A cascade shows itself as its levels, printed and drawn."""

from __future__ import annotations

from negeig.report.pictures import decomposition_svg
from negeig.shown import View

VIEW = View(svg=decomposition_svg)
