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
from negeig.report.html.language import language_context

if TYPE_CHECKING:
    from negeig.pipeline.report import ReportResult


def page(result: ReportResult) -> str:
    """Return a report as one HTML document, the same every time but for versions.

    Complexity: what is listed is bounded (states, letters, boxes), so a page has a few megabytes
    at most for each language.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("negeig.report", "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    contexts = [_ready(language_context(one, f"l{i}")) for i, one in enumerate(result.languages, 1)]
    names = [context["name"] for context in contexts]
    found = versions()
    return environment.get_template("page.html").render(
        title=names[0] if len(names) == 1 else f"{len(names)} languages",
        version=found["negeig"],
        versions=found,
        style=_safe(_text("style.css")),
        script=_safe(_text("stepper.js")),
        macros=environment.get_template("macros.html").module,
        command=result.command,
        pages=contexts,
    )


def _ready(context: dict[str, Any]) -> dict[str, Any]:
    """Mark pictures and data as what the templates must not escape again."""
    for name in ("machine_picture", "eggbox", "eigenvalues", "closure"):
        picture = context[name]
        if picture is not None and picture.get("svg"):
            context[name] = {"svg": _safe(picture["svg"]), "instead": ""}
    if context["stepper"] is not None:
        context["stepper"] = _safe(script_json(context["stepper"]))
    return context


def script_json(data: Mapping[str, Any] | Sequence[Any]) -> str:
    r"""Return JSON that may stand in a ``script`` element: it has no ``<`` that could end it.

    Examples
    --------
    >>> script_json({"a": "</script>"})
    '{"a":"\\u003c/script>"}'
    """
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _safe(text: str) -> str:
    from markupsafe import Markup

    return Markup(text)


def _text(name: str) -> str:
    return (files("negeig.report") / "html" / name).read_text("utf-8")
