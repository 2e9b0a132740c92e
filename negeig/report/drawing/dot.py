r"""Quoting text for the DOT language of Graphviz.

In a quoted string Graphviz reads ``\"`` in the grammar, and ``\\``, ``\n`` and others and entities
such as ``&lt;`` in labels; in an HTML-like label only entities.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from negeig.report.drawing.svg import escaped as html


def escaped(text: str) -> str:
    r"""Return text to stand between double quotes in a label.

    Examples
    --------
    >>> print(escaped('a"b\\n &lt;'))
    a\"b\\n &amp;lt;
    """
    text = re.sub(r"&(?=#?\w+;)", "&amp;", text)
    return text.replace("\\", "\\\\").replace('"', '\\"')


def quoted(text: str) -> str:
    """Return text as a quoted string."""
    return f'"{escaped(text)}"'


def label(lines: Iterable[str]) -> str:
    r"""Return lines as a quoted label, centred.

    Examples
    --------
    >>> print(label(["0", '"e"']))
    "0\n\"e\""
    """
    return '"' + "\\n".join(map(escaped, lines)) + '"'


__all__ = ["escaped", "html", "label", "quoted"]
