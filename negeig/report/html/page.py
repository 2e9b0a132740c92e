"""The page itself: what is found about languages, laid out by templates, with nothing left outside.

Everything that comes from a file is escaped by the template engine; pictures are our own SVG, which
escapes what it is given, and data is JSON without ``<``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from negeig.pipeline.parts.documents import versions
from negeig.report.drawing.dark import dark_rules
from negeig.report.html.certificates import checker_file
from negeig.report.html.language import language_context
from negeig.report.html.rows import command_text, comparison_table
from negeig.report.html.templates import safe, template

if TYPE_CHECKING:
    from negeig.pipeline.report import ReportResult


def page(result: ReportResult) -> str:
    """Return a report as one HTML document, the same every time but for versions.

    Complexity: what is listed is bounded (states, letters, boxes), so a page has a few megabytes
    at most for each language.
    """
    parts = zip(result.languages, result.horizons, strict=True)
    contexts = [
        _ready(language_context(one, horizons, f"l{i}"))
        for i, (one, horizons) in enumerate(parts, 1)
    ]
    certified = [context for context in contexts if context["certificates"]]
    for context in certified[:1]:  # once in a page
        context["checker"] = checker_file()
    names = [context["name"] for context in contexts]
    found = versions()
    return template("page.html").render(
        title=names[0] if len(names) == 1 else f"{len(names)} languages",
        version=found["negeig"],
        versions=found,
        style=safe(_text("style.css") + DARK_PICTURES),
        script=safe(_text("stepper.js")),
        macros=template("macros.html").module,
        command=command_text(result.command),
        pages=contexts,
        comparison=comparison_table(contexts),
    )


def _ready(context: dict[str, Any]) -> dict[str, Any]:
    """Mark pictures and data as what the templates must not escape again."""
    network, horizons = context["network"] or {}, context["horizons"] or {}
    pictures = [network[name] for name in ("picture", "eigenvalues", "closure") if network]
    pictures += [context["machine_picture"], *context["monoid_pictures"]]
    for picture in [*pictures, *([horizons["picture"]] if horizons else [])]:
        picture["width"] = svg_width(picture["svg"])
        picture["svg"] = safe(picture["svg"])
    if context["stepper"] is not None:
        context["stepper"] = safe(script_json(context["stepper"]))
    return context


DARK_PICTURES = f"@media screen and (prefers-color-scheme: dark) {{\n{dark_rules('.picture')}\n}}\n"


def svg_width(svg: str) -> int:
    """Return the width of one of our pictures in pixels.

    Examples
    --------
    >>> from negeig.report.drawing.svg import Svg
    >>> svg_width(Svg(40, 20, "empty").document())
    40
    """
    return int(svg.split(' width="', 1)[1].split('"', 1)[0])


def script_json(data: Mapping[str, Any] | Sequence[Any]) -> str:
    r"""Return JSON that may stand in a ``script`` element: it has no ``<`` that could end it.

    Examples
    --------
    >>> script_json({"a": "</script>"})
    '{"a":"\\u003c/script>"}'
    """
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _text(name: str) -> str:
    return (files("negeig.report") / "html" / name).read_text("utf-8")
