"""The templates of pages: everything put into them is escaped unless it is marked as safe."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup


@cache
def template(name: str) -> Template:
    """Return a template by the name of its file; a value that it lacks is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("negeig.report", "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template(name)


def safe(text: str) -> Markup:
    """Mark as safe what is our own, or escaped already.

    Examples
    --------
    >>> template("macros.html").module.mark("<b>")
    Markup('<span class="mark &lt;b&gt;">&lt;b&gt;</span>')
    """
    from markupsafe import Markup

    return Markup(text)
