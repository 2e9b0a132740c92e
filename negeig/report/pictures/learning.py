"""Accuracy against position of trained networks, as SVG: a line each, a colour for each range."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from negeig.report.drawing.svg import (
    FAINT,
    FONT_SIZE,
    INK,
    LETTER_COLOURS,
    LINE_HEIGHT,
    RULE,
    Point,
    Svg,
    straight,
    text_width,
)

if TYPE_CHECKING:
    from negeig.pipeline.learn import LearnResult

WIDTH, HEIGHT = 560.0, 300.0
MARGIN = 100.0
SMALL = 11.0


def learning_svg(result: LearnResult) -> str:
    """Draw how often each network is right, guessing counted as 0, against the position.

    Positions left of the upright line were trained. Below 0 is drawn as 0.
    """
    lines = FONT_SIZE * LINE_HEIGHT
    ranges = list(dict.fromkeys(network.range for network in result.networks))
    tall = MARGIN + HEIGHT + 3 * lines
    svg = Svg(
        WIDTH + 2 * MARGIN, tall + (len(ranges) + 1) * lines,
        f"Accuracy of trained layers on {result.source}",
    )  # fmt: skip
    length, trained = result.trial.length, result.trial.recipe.longest

    def place(position: float, scaled: float) -> Point:
        return MARGIN + WIDTH * position / length, MARGIN + HEIGHT * (1 - max(scaled, 0))

    svg.begin("axes")
    for scaled, label in ((0, "guessing"), (0.5, ""), (1, "always right")):
        svg.line(place(0, scaled), place(length, scaled), RULE)
        if label:
            x, y = place(0, scaled)
            svg.text([label], (x - SMALL, y), SMALL, FAINT, "end")
    for position in sorted({1, min(trained, length), length}):
        x, y = place(position, 0)
        svg.text([str(position)], (x, y + lines), SMALL, FAINT)
    if trained < length:
        svg.line(place(trained, 0), place(trained, 1), RULE)
    svg.text(["position in the word"], (MARGIN + WIDTH / 2, MARGIN + HEIGHT + 2 * lines), SMALL)
    svg.end()
    for network in result.networks:
        colour = LETTER_COLOURS[ranges.index(network.range) % len(LETTER_COLOURS)]
        svg.begin("network", f"{ends(network.range)}, seed {network.seed}")
        points = [
            place((a.first + a.last) / 2, a.scaled) for a in network.curve if a.scaled is not None
        ]
        curve = points[:1]
        for before, after in pairwise(points):
            curve += straight(before, after)
        if len(points) > 1:
            svg.curve(curve, colour, arrow=False)
        svg.end()
    for i, pair in enumerate(ranges):
        y = tall + i * lines
        colour = LETTER_COLOURS[i % len(LETTER_COLOURS)]
        label = f"eigenvalues in {ends(pair)}"
        svg.line((MARGIN, y), (MARGIN + 24, y), colour)
        svg.text([label], (MARGIN + 32, y), FONT_SIZE, INK, "start")
        seeds = sum(network.range == pair for network in result.networks)
        svg.text(
            [f"{seeds} seed{'s' * (seeds != 1)}"],
            (MARGIN + 48 + text_width(label), y), FONT_SIZE, FAINT, "start",
        )  # fmt: skip
    return svg.document()


def ends(pair: tuple[object, object]) -> str:
    """Return a range as people write it.

    Examples
    --------
    >>> ends((-1, 1))
    '[-1, 1]'
    """
    return f"[{pair[0]}, {pair[1]}]"
