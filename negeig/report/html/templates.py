"""The templates of pages: everything put into them is escaped unless it is marked as safe.

Characters that cannot be seen, or that turn the direction of writing, are shown as escapes.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from negeig.automata.labels import visible

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
        finalize=_seen,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template(name)


def _seen(value: object) -> object:
    """Return text that is not marked as safe with escapes for what cannot be seen."""
    return visible(value) if type(value) is str and not value.isprintable() else value


def safe(text: str) -> Markup:
    r"""Mark as safe what is our own, or escaped already.

    Examples
    --------
    >>> template("macros.html").module.mark("<b>"), template("macros.html").module.summary("\u202e")
    (Markup('<span class="mark &lt;b&gt;">&lt;b&gt;</span>'), Markup('<p>\\u202e</p>'))
    """
    from markupsafe import Markup

    return Markup(text)
