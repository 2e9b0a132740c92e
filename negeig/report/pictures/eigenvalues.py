"""Where the eigenvalues of a network's letters lie: a unit disk for each layer, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from negeig.automata.labels import shortened
from negeig.automata.monoids.labels import letter_labels
from negeig.claims import LimitReached
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
    text_box,
)
from negeig.theory.exact.number_text import value_text
from negeig.theory.networks.network import Layer, LinearRNN
from negeig.theory.spectra.eigenvalues import Eigenvalue, letter_eigenvalues

RADIUS, MARGIN, SMALL, DOT, RING = 90.0, 34.0, 11.0, 9.0, 17.0

MOST_LAYERS = 6
"""Layers that are drawn."""

PER_ROW = 3
"""Disks side by side."""

MOST_LETTERS = 60
"""Letters of a layer of which each has its eigenvalues computed."""

MOST_NAMED = 6
"""Letters that a line of the legend names; of more it says how many."""

LONGEST = 24

Spot: TypeAlias = tuple[complex, frozenset[int]]
"""A place, and the letters, by number, that have an eigenvalue there."""

STEP = "a single step, before steps are multiplied"


def eigenvalues_svg(network: LinearRNN) -> str:
    """Draw the eigenvalues of every letter's matrix in the complex plane, with the unit circle.

    The values are exact, their places rounded. Left of the upright line they are negative, above
    and below the level line they are not real. Dots of one colour belong to the same letters, which
    the legend names. Rings are eigenvalues of single steps, where a letter takes several. At most
    ``MOST_LAYERS`` layers are drawn, of at most ``MOST_LETTERS`` letters each; a layer that is too
    large has an empty disk that says so.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.constructions.direct.scalar import construct
    >>> eigenvalues_svg(construct(get("parity").minimal())[0].network).count('class="eigenvalue"')
    2
    """
    layers = network.layers[:MOST_LAYERS]
    found = [_spots(layer) for layer in layers]
    sharing = list(
        dict.fromkeys((i, letters) for i, spots in enumerate(found) for _, letters in spots or ())
    )
    names = [_name(layers[i], letters) for i, letters in sharing]
    legend = list(dict.fromkeys(names))
    coloured = legend if len(legend) <= len(LETTER_COLOURS) else []
    ringed = any(_takes_several(layer) for layer in layers)
    lines = [*coloured, *([STEP] if ringed else [])]
    side, line = 2 * (RADIUS + MARGIN), FONT_SIZE * LINE_HEIGHT
    rows = -(-max(len(layers), 1) // PER_ROW)
    width = max(side * min(max(len(layers), 1), PER_ROW), text_box(lines, SMALL)[0] + 80)
    hidden = len(network.layers) - len(layers)
    title = "Eigenvalues of the letters" + (f" of the first {len(layers)} layers" if hidden else "")
    svg = Svg(width, side * rows + line * (len(lines) + 1), title)
    for i, (layer, spots) in enumerate(zip(layers, found, strict=True)):
        row, column = divmod(i, PER_ROW)
        inside = min(len(layers), PER_ROW)
        left = (width - side * inside) / 2
        centre = (left + side * column + side / 2, side * row + side / 2)
        _draw_disk(svg, centre, f"layer {i + 1}" if len(network.layers) > 1 else "")
        if spots is None:
            svg.text(["too large"], centre, SMALL, FAINT)
            continue
        if _takes_several(layer):
            for of_step in layer.eigenvalues:
                place = _place(centre, complex(to_float(of_step)))
                _draw_ring(svg, place, f"a step has {value_text(of_step)}")
        for value, letters in spots:
            name = _name(layer, letters)
            colour = LETTER_COLOURS[coloured.index(name)] if name in coloured else INK
            svg.begin("eigenvalue", f"{_text(value)}: {name}")
            svg.rectangle(_place(centre, value), DOT, DOT, DOT / 2, colour, colour)
            svg.end()
    for i, name in enumerate(lines):
        middle = (MARGIN, side * rows + line * (i + 0.5))
        svg.begin("legend", name)
        if name is STEP:
            svg.rectangle(middle, RING, RING, RING / 2, "none", FAINT)
        else:
            svg.rectangle(middle, DOT, DOT, DOT / 2, LETTER_COLOURS[i], LETTER_COLOURS[i])
        svg.text([name], (MARGIN + 16, middle[1]), SMALL, FAINT, "start")
        svg.end()
    return svg.document()


def _takes_several(layer: Layer) -> bool:
    return layer.steps_per_token > 1


def _spots(layer: Layer) -> list[Spot] | None:
    """Return each place of an eigenvalue with the letters that have it; None for a large layer."""
    known: dict[int, list[complex]] = {}
    letters: dict[complex, set[int]] = {}
    for a, letter in enumerate(layer.alphabet[:MOST_LETTERS]):
        steps = id(layer.steps[letter])  # many letters share theirs
        if steps not in known:
            try:
                known[steps] = [z for e in letter_eigenvalues(layer, letter) for z in _places(e)]
            except LimitReached:
                return None
        for value in known[steps]:
            letters.setdefault(value, set()).add(a)
    ordered = sorted(letters.items(), key=lambda pair: (pair[0].real, pair[0].imag))
    return [(value, frozenset(own)) for value, own in ordered]


def _places(eigenvalue: Eigenvalue) -> tuple[complex, ...]:
    near = eigenvalue.near
    return (near,) if eigenvalue.is_real else (near, near.conjugate())


def _name(layer: Layer, letters: frozenset[int]) -> str:
    """Return the letters of a dot: all, the few there are, or how many."""
    labels = letter_labels(layer.alphabet)
    if len(letters) == len(labels) > 1:
        return "every letter"
    if len(letters) > MOST_NAMED:
        return f"{len(letters)} letters"
    named: Sequence[str] = [shortened(labels[a], LONGEST) for a in sorted(letters)]
    return ("letter " if len(named) == 1 else "letters ") + ", ".join(named)


def _place(centre: Point, value: complex) -> Point:
    return centre[0] + RADIUS * value.real, centre[1] - RADIUS * value.imag


def _draw_ring(svg: Svg, place: Point, title: str) -> None:
    svg.begin("step", title)
    svg.rectangle(place, RING, RING, RING / 2, "none", FAINT)
    svg.end()


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
        svg.text([name], (x, y + RADIUS + 22), SMALL)
    svg.end()


def _text(value: complex) -> str:
    """Return a number to three decimals, as people write it."""
    real, imaginary = (round(part, 3) + 0.0 for part in (value.real, value.imag))
    if imaginary == 0:
        return f"{real:g}"
    sign = "+" if imaginary > 0 else "-"
    return f"{real:g} {sign} {abs(imaginary):g}i"
