"""The pictures of the README for dark pages: those that the commands draw, in other colours."""

from __future__ import annotations

import re

from negeig.report.drawing.dark import DARK as COLOURS

DARK = {**COLOURS, "#ffffff": "#0d1117"}
"""For each colour of a picture on white, the one that takes its place; the paper is GitHub's."""


def dark(svg: str) -> str:
    """Return a picture in the colours of a dark page. Raises KeyError for a colour without one."""
    return re.sub("#[0-9a-f]{6}", lambda found: DARK[found[0]], svg)


def contrast(one: str, other: str) -> float:
    """Return the ratio of the luminances of two colours, as WCAG 2 defines it."""
    dim, bright = sorted(map(_luminance, (one, other)))
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
