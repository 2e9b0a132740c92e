"""Numbers over time, as SVG in the colours of the other pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from negeig.report.drawing.svg import FAINT, INK, LETTER_COLOURS, RULE, Svg, text_width

ACROSS, DOWN, SMALL = 440.0, 190.0, 11.0
LEFT, TOP, FOOT, LINE = 64.0, 16.0, 40.0, 20.0


def sequences_svg(values: Mapping[str, Sequence[Fraction]], ylabel: str = "state h") -> str:
    """Draw each sequence as dots joined by a line, against its index; a legend is on the right."""
    lows, highs = [min(v) for v in values.values()], [max(v) for v in values.values()]
    low, high = float(min(0, *lows)), float(max(0, *highs))
    high += low == high
    last = max(1, max(map(len, values.values())) - 1)
    right = LEFT + ACROSS
    wide = right + 40 + max(text_width(name) for name in values)
    svg = Svg(wide, TOP + DOWN + FOOT, f"{ylabel} over letters: {', '.join(values)}")

    def at(i: float, value: float) -> tuple[float, float]:
        return LEFT + ACROSS * i / last, TOP + DOWN * (high - value) / (high - low)

    svg.begin("axes")
    for value in dict.fromkeys((low, 0.0, high)):
        svg.line(at(0, value), at(last, value), RULE if value else INK)
        svg.text([f"{value:g}"], (LEFT - 14 - text_width(f"{value:g}", SMALL), at(0, value)[1]),
                 SMALL, FAINT, "start")  # fmt: skip
    for i in range(0, last + 1, max(1, last // 8)):
        svg.text([str(i)], (at(i, 0)[0], TOP + DOWN + 14), SMALL, FAINT)
    svg.text(["letters read"], (LEFT + ACROSS / 2, TOP + DOWN + 31), SMALL, FAINT)
    svg.end()
    for k, (name, numbers) in enumerate(values.items()):
        colour, row = LETTER_COLOURS[k % len(LETTER_COLOURS)], TOP + LINE * (k + 1)
        points = [at(i, float(number)) for i, number in enumerate(numbers)]
        svg.begin("sequence", name)
        for start, end in pairwise(points):
            svg.line(start, end, colour)
        for point in points:
            svg.rectangle(point, 6, 6, 3, colour, colour)
        svg.rectangle((right + 20, row), 8, 8, 4, colour, colour)
        svg.text([name], (right + 32, row), anchor="start")
        svg.end()
    svg.text([ylabel], (right + 12, TOP), SMALL, FAINT, "start")
    return svg.document()
