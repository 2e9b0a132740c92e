"""Formulas become MathML when the pages are built: no script, no font and no request is needed.

A formula that the converter does not know is an error, so that no page shows half of one.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.writers.html5 import HTML5Translator

LEFT_OVER = re.compile(r"<m[a-z]+[^>]*>\\[^<]*<")
"""What is left of a command that the converter does not know: text with its backslash."""


def mathml(formula: str, display: str) -> str:
    """Return a LaTeX formula as a ``<math>`` element; ExtensionError where a command is unknown."""
    try:
        element: str = convert(formula, display=display)
    except Exception as error:
        raise ExtensionError(f"no MathML for {formula!r}: {error!r}") from error
    if LEFT_OVER.search(element):
        raise ExtensionError(f"a command that has no MathML in {formula!r}")
    return element


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def visit_math_block(self: HTML5Translator, node: nodes.math_block) -> None:
    self.body.append(f'<div class="formula">{mathml(node.astext(), "block")}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_html_math_renderer(
        "mathml",
        inline_renderers=(visit_math, None),
        block_renderers=(visit_math_block, None),
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
