"""A compiled network shows itself as on the terminal, and in a notebook as its layers."""

from __future__ import annotations

from negeig.pipeline.compile import Compilation
from negeig.report.html.fragments import network_html
from negeig.report.terminal.compile import compilation_text
from negeig.shown import View


def _html(made: Compilation) -> str:
    return network_html(made.network)


VIEW = View(text=compilation_text, html=_html)
