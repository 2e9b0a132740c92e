"""Where the eigenvalues of a network's letters lie: a unit disk for each layer, as SVG."""

from __future__ import annotations

import numpy as np

from negeig.automata.labels import shortened, visible
from negeig.precision.closure.decode import to_float
from negeig.report.drawing.svg import (
    FAINT,
    FONT_SIZE,
    INK,
    LETTER_COLOURS,
    LINE_HEIGHT,
    RULE,
    Point,
    Svg,
    text_width,
)
from negeig.theory.networks.network import Layer, LinearRNN

RADIUS = 90.0
MARGIN = 34.0
SMALL = 11.0
DOT = 9.0

MOST_LAYERS = 6
"""Layers that are drawn."""

MOST_LETTERS = 200
"""Letters of a layer of which each has its eigenvalues computed."""

MOST_DIMENSIONS = 64
LONGEST = 12
SAME = 1e-6
"""Eigenvalues nearer than this are drawn as one dot: they are rounded, for a picture only."""

MANY = "several letters"


def eigenvalues_svg(network: LinearRNN) -> str:
    """Draw the eigenvalues of every letter's matrix in the complex plane, with the unit circle.

    Rounded to float64: a picture, no statement. Left of the upright line they are negative, above
    and below the level line they are not real. At most ``MOST_LAYERS`` layers are drawn, of at most
    ``MOST_DIMENSIONS`` dimensions and ``MOST_LETTERS`` letters each.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.constructions.direct.scalar import construct
    >>> eigenvalues_svg(construct(get("parity").minimal())[0].network).count('class="eigenvalue"')
    2
    """
    layers = network.layers[:MOST_LAYERS]
    found = [_letters_of(layer) for layer in layers]
    letters = list(
        dict.fromkeys(letter for of in found for letters in of.values() for letter in letters)
    )
    names = letters[: len(LETTER_COLOURS)] if len(letters) <= len(LETTER_COLOURS) else []
    side = 2 * (RADIUS + MARGIN)
    line = FONT_SIZE * LINE_HEIGHT
    shared = any(len(sharing) > 1 for of in found for sharing in of.values())
    legend = [*names, *([MANY] if names and shared else [])]
    width = max(side * max(len(layers), 1), text_width(MANY) + 80)
    more = len(network.layers) - len(layers)
    title = "Eigenvalues of the letters" + (f" of the first {len(layers)} layers" if more else "")
    svg = Svg(width, side + line * (len(legend) + 1), title)
    for i, of in enumerate(found):
        centre = (side * i + side / 2, side / 2)
        _draw_disk(svg, centre, f"layer {i + 1}" if len(network.layers) > 1 else "")
        for value, sharing in of.items():
            named = len(sharing) == 1 and sharing[0] in names
            colour = LETTER_COLOURS[names.index(sharing[0])] if named else INK
            x, y = centre[0] + RADIUS * value.real, centre[1] - RADIUS * value.imag
            shown = ", ".join(shortened(visible(letter), LONGEST) for letter in sharing[:8])
            svg.begin("eigenvalue", f"{_text(value)}: {shown}{', …' if len(sharing) > 8 else ''}")
            svg.rectangle((x, y), DOT, DOT, DOT / 2, colour, colour)
            svg.end()
    for i, name in enumerate(legend):
        y = side + line * (i + 1)
        colour = INK if name is MANY else LETTER_COLOURS[i]
        svg.rectangle((MARGIN, y), DOT, DOT, DOT / 2, colour, colour)
        label = MANY if name is MANY else f"letter {shortened(visible(name), LONGEST)}"
        svg.text([label], (MARGIN + 14, y), SMALL, FAINT, "start")
    return svg.document()


def _letters_of(layer: Layer) -> dict[complex, list[str]]:
    """Return each eigenvalue with the letters that have it."""
    found: dict[complex, list[str]] = {}
    if layer.dim > MOST_DIMENSIONS:
        return found
    known: dict[int, list[complex]] = {}
    for letter in layer.alphabet[:MOST_LETTERS]:
        steps = layer.steps[letter]
        if id(steps) not in known:
            rows = [[to_float(x) for x in row] for row in layer.letter_matrix(letter)]
            matrix = np.array(rows, np.float64).reshape(layer.dim, layer.dim)
            known[id(steps)] = [complex(value) for value in np.linalg.eigvals(matrix)]
        for value in known[id(steps)]:
            same = next((other for other in found if abs(other - value) < SAME), value)
            sharing = found.setdefault(same, [])
            if letter not in sharing:
                sharing.append(letter)
    return dict(sorted(found.items(), key=lambda pair: (pair[0].real, pair[0].imag)))


def _draw_disk(svg: Svg, centre: Point, name: str) -> None:
    x, y = centre
    svg.begin("disk", name)
    svg.rectangle(centre, 2 * RADIUS, 2 * RADIUS, RADIUS, "none", RULE)
    svg.line((x - RADIUS - 8, y), (x + RADIUS + 8, y), RULE)
    svg.line((x, y - RADIUS - 8), (x, y + RADIUS + 8), RULE)
    svg.text(["-1"], (x - RADIUS - 18, y), SMALL, FAINT)
    svg.text(["1"], (x + RADIUS + 16, y), SMALL, FAINT)
    svg.text(["i"], (x + 8, y - RADIUS - 12), SMALL, FAINT)
    if name:
        svg.text([name], (x, y + RADIUS + 18), SMALL)
    svg.end()


def _text(value: complex) -> str:
    """Return a number to three decimals, as people write it."""
    real, imaginary = (round(part, 3) + 0.0 for part in (value.real, value.imag))
    if imaginary == 0:
        return f"{real:g}"
    sign = "+" if imaginary > 0 else "-"
    return f"{real:g} {sign} {abs(imaginary):g}i"
