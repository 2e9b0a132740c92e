"""Writing SVG: shapes and text with explicit colours and coordinates, the same bytes every time.

Everything is a presentation attribute and there are no ids, so that a page may hold many pictures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

from negeig.automata.labels import visible
from negeig.automata.monoids.labels import text_columns

Point: TypeAlias = tuple[float, float]

PAPER = "#ffffff"
INK = "#1a1a1a"
FAINT = "#5f6b76"
RULE = "#8a949e"
GROUP_FILL = "#d7e8f7"
NODE_FILL = "#f4f6f8"

LETTER_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#e69f00", "#56b4e9")
"""The palette of Okabe and Ito, which people with any colour vision tell apart, less its yellow."""

DASHES = ("", "7 3", "2 3", "9 3 2 3")

FONT = "DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, monospace"
FONT_SIZE = 13.0
LINE_HEIGHT = 1.25
_ADVANCE = 0.602  # width of a column of that font, in units of its size

_ARROW_LENGTH, _ARROW_HALF_WIDTH = 9.0, 3.6


def text_width(text: str, size: float = FONT_SIZE) -> float:
    """Width of one line of text in pixels, what cannot be seen as the escape that is written."""
    return text_columns(visible(text)) * size * _ADVANCE


def text_box(lines: Sequence[str], size: float = FONT_SIZE) -> tuple[float, float]:
    """Width and height of lines of text in pixels; zero for none."""
    width = max((text_width(line, size) for line in lines), default=0.0)
    return width, len(lines) * size * LINE_HEIGHT


def number(value: float) -> str:
    """Return a coordinate with at most one decimal.

    Examples
    --------
    >>> number(2.0), number(-0.01), number(1 / 3)
    ('2', '0', '0.3')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def escaped(text: str) -> str:
    r"""Return text for XML content and quoted attributes; what cannot be seen as an escape.

    Characters that XML does not have, and those that turn the direction of writing, are among them.

    Examples
    --------
    >>> escaped('a<b & "c"'), escaped("\u202e\x00")
    ('a&lt;b &amp; &quot;c&quot;', '\\u202e\\x00')
    """
    text = visible(text)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(character, entity)
    return text


class Svg:
    """An SVG document that is written from front to back.

    Examples
    --------
    >>> svg = Svg(40, 20, "empty")
    >>> print(svg.document().splitlines()[0][:62])
    <svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"
    """

    def __init__(self, width: float, height: float, title: str) -> None:
        w, h = number(math.ceil(width)), number(math.ceil(height))
        self.lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" '
            f'viewBox="0 0 {w} {h}" role="img" font-family="{FONT}" '
            f'font-size="{number(FONT_SIZE)}">',
            f"<title>{escaped(title)}</title>",
            f'<rect width="{w}" height="{h}" fill="{PAPER}"/>',
        ]

    def begin(self, kind: str, title: str = "") -> None:
        """Open a group; the title shows when a pointer rests on it."""
        self.lines.append(f'<g class="{kind}">')
        if title:
            self.lines.append(f"<title>{escaped(title)}</title>")

    def end(self) -> None:
        """Close the group opened last."""
        self.lines.append("</g>")

    def rectangle(
        self,
        centre: Point,
        width: float,
        height: float,
        radius: float,
        fill: str,
        stroke: str = INK,
    ) -> None:
        """Draw a rectangle with rounded corners around a centre."""
        x, y = centre[0] - width / 2, centre[1] - height / 2
        self.lines.append(
            f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" '
            f'height="{number(height)}" rx="{number(radius)}" fill="{fill}" stroke="{stroke}"/>'
        )

    def line(self, start: Point, end: Point, colour: str = INK) -> None:
        """Draw a straight line."""
        (a, b), (c, d) = start, end
        self.lines.append(
            f'<line x1="{number(a)}" y1="{number(b)}" x2="{number(c)}" y2="{number(d)}" '
            f'stroke="{colour}"/>'
        )

    def text(
        self,
        lines: Sequence[str],
        centre: Point,
        size: float = FONT_SIZE,
        colour: str = INK,
        anchor: str = "middle",
        bold: bool = False,
    ) -> None:
        """Write lines around a centre; with anchor ``start`` its x is their left end."""
        x, y = centre
        first = y - (len(lines) - 1) / 2 * size * LINE_HEIGHT + 0.36 * size
        weight = ' font-weight="bold"' if bold else ""
        for i, line in enumerate(lines):
            baseline = number(first + i * size * LINE_HEIGHT)
            self.lines.append(
                f'<text x="{number(x)}" y="{baseline}" font-size="{number(size)}" '
                f'text-anchor="{anchor}" fill="{colour}"{weight}>{escaped(line)}</text>'
            )

    def curve(
        self, points: Sequence[Point], colour: str = INK, dash: str = "", arrow: bool = True
    ) -> None:
        """Draw cubic curves through a start and then (control, control, point) triples."""
        points = list(points)
        if arrow:
            head, points[-1] = _arrow_head(points)
        x, y = points[0]
        path = [f"M{number(x)} {number(y)}"]
        for i in range(1, len(points), 3):
            inner = " ".join(f"{number(x)} {number(y)}" for x, y in points[i : i + 3])
            path.append(f"C{inner}")
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.lines.append(
            f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="1.4"{dashed}/>'
        )
        if arrow:
            corners = " ".join(f"{number(x)},{number(y)}" for x, y in head)
            self.lines.append(f'<polygon points="{corners}" fill="{colour}"/>')

    def document(self) -> str:
        """Return the document, ending in a line break."""
        return "\n".join([*self.lines, "</svg>", ""])


def straight(start: Point, end: Point) -> list[Point]:
    """Control points and end of a straight piece of a curve."""
    (a, b), (c, d) = start, end
    return [((2 * a + c) / 3, (2 * b + d) / 3), ((a + 2 * c) / 3, (b + 2 * d) / 3), end]


def _arrow_head(points: Sequence[Point]) -> tuple[list[Point], Point]:
    """Corners of the head at the end of a curve, and where the line inside it ends."""
    x, y = points[-1]
    # Control points nearer than this to the end say nothing of its direction.
    before = next(p for p in reversed(points) if math.dist(p, (x, y)) > 1)
    u, v = x - before[0], y - before[1]
    length = math.hypot(u, v)
    u, v = u / length, v / length
    a, b = x - _ARROW_LENGTH * u, y - _ARROW_LENGTH * v
    w = _ARROW_HALF_WIDTH
    return [(x, y), (a - w * v, b + w * u), (a + w * v, b - w * u)], (a + 2 * u, b + 2 * v)
