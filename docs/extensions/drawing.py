"""The directive ``drawing``: a picture of a language, made when the pages are built.

Its arguments are what to draw, as in ``negeig monoid --picture``, or ``eigenvalues`` or ``closure``
of the network that ``compile`` returns; then a regular expression or ``--zoo NAME``. Its content is
the caption. The pictures are SVG inside the page, in the colours of a dark page where it is one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import negeig
from negeig.claims import DEFAULT_RESOURCES, InputError
from negeig.report.drawing.dark import site_style
from negeig.report.pictures.closure import closure_svg
from negeig.report.pictures.draw import draw
from negeig.report.pictures.eigenvalues import eigenvalues_svg

PICTURES = (".picture", ".gallery svg")
"""What holds a picture on a page."""

OF_NETWORKS = {"closure": closure_svg, "eigenvalues": eigenvalues_svg}


@cache
def svg(what: str, language: str) -> str:
    """Return a picture of a language as SVG."""
    zoo = language.removeprefix("--zoo ")
    task = negeig.language(language) if zoo == language else negeig.language(zoo=zoo)
    if what in OF_NETWORKS:
        return OF_NETWORKS[what](negeig.compile(machine=task.machine).network)
    return draw(what, "svg", task.machine, DEFAULT_RESOURCES)


class Drawing(SphinxDirective):
    required_arguments = 2
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        try:
            picture = svg(*self.arguments)
        except InputError as problem:
            raise self.error(str(problem)) from problem
        caption = nodes.container(classes=["caption"])
        self.state.nested_parse(self.content, self.content_offset, caption)
        return [
            nodes.raw("", f'<div class="picture">{picture}</div>', format="html"),
            caption,
        ]


def write_dark_style(app: Sphinx) -> None:
    """Write the style into the site, for every page."""
    if app.builder.format == "html":
        folder = Path(app.outdir) / "_static"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "dark.css").write_text(site_style(PICTURES))
        app.add_css_file("dark.css")


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("drawing", Drawing)
    app.connect("builder-inited", write_dark_style)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
