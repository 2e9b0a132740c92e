"""Drawing a labelled directed graph as SVG: the common part of all pictures but the egg-box."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from negeig.claims import LimitReached
from negeig.report.drawing.layers import Box, Link
from negeig.report.drawing.layout import layered
from negeig.report.drawing.svg import (
    DASHES,
    FAINT,
    INK,
    LETTER_COLOURS,
    NODE_FILL,
    PAPER,
    Point,
    Svg,
    straight,
    text_box,
)

LABEL_SIZE, NOTE_SIZE = 12.0, 11.0
_TALLEST = 160.0  # what a vertex grows to for the sake of its edges
_LOOP_HEIGHT = 24.0
_ENTRY = 26.0  # length of the arrow into the initial vertex
_LEGEND_LINE = 34.0


@dataclass(frozen=True, kw_only=True)
class Vertex:
    """A vertex: lines of text, what a pointer resting on it is told, and its looks."""

    lines: tuple[str, ...]
    title: str
    double: bool = False
    initial: bool = False
    fill: str = NODE_FILL


@dataclass(frozen=True, kw_only=True)
class Edge:
    """An edge, drawn in the style of a letter or, without one, in ink."""

    source: int
    target: int
    title: str
    lines: tuple[str, ...] = ()
    style: int | None = None


def check_nodes(count: int, max_nodes: int, what: str, advice: str) -> None:
    """Raise LimitReached when a picture would have more nodes than the limit."""
    if count > max_nodes:
        raise LimitReached(what, max_nodes, reached=count, option="--max-nodes", detail=advice)


def graph_svg(
    vertices: Sequence[Vertex],
    edges: Sequence[Edge],
    ranks: Sequence[int],
    title: str,
    legend: Sequence[str] = (),
    note: str = "",
) -> str:
    """Draw a graph, ranks from left to right.

    The legend names the styles 0, 1, ... in order; the note stands below it.
    """
    loops: list[list[Edge]] = [[] for _ in vertices]
    for edge in edges:
        if edge.source == edge.target:
            loops[edge.source].append(edge)
    joining = [edge for edge in edges if edge.source != edge.target]
    ends = _most_ends(joining, ranks)
    boxes = [_box(*of_vertex) for of_vertex in zip(vertices, loops, ends, strict=True)]
    links = []
    for edge in joining:
        width, height = text_box(edge.lines, LABEL_SIZE)
        links.append(Link(source=edge.source, target=edge.target, width=width, height=height))
    layout = layered(boxes, links, ranks)
    entries, legend_width, legend_height = _legend_places(legend, layout.width)
    note_width, note_height = text_box([note], NOTE_SIZE) if note else (0.0, 0.0)
    width = max(layout.width, legend_width, note_width + 28)
    below = layout.height + legend_height
    svg = Svg(width, below + (note_height + 8 if note else 0), title)
    for edge, route in zip(joining, layout.routes, strict=True):
        svg.begin("edge", edge.title)
        svg.curve(route, *_look(edge.style))
        svg.end()
    for edge, label in zip(joining, layout.labels, strict=True):
        if edge.lines:
            _draw_label(svg, edge, label)
    for vertex, box, own, centre in zip(vertices, boxes, loops, layout.places, strict=True):
        for i, edge in enumerate(own):
            _draw_loop(svg, edge, box, centre, i, len(own))
        _draw_vertex(svg, vertex, box, centre)
    for style, (name, x, y) in enumerate(entries):
        _draw_legend(svg, style, name, x, layout.height + y)
    if note:
        svg.text([note], (14.0, below + note_height / 2), NOTE_SIZE, FAINT, "start")
    return svg.document()


def _most_ends(edges: Sequence[Edge], ranks: Sequence[int]) -> list[int]:
    """How many edges meet the fuller side of every vertex."""
    ends = [[0, 0] for _ in ranks]
    for edge in edges:
        for here, there in ((edge.source, edge.target), (edge.target, edge.source)):
            ends[here][ranks[there] >= ranks[here]] += 1
    return [max(sides) for sides in ends]


def _box(vertex: Vertex, loops: Sequence[Edge], ends: int) -> Box:
    """Size of a vertex, a circle where it can be one, with room for its loops and edges."""
    width, height = text_box(vertex.lines)
    height = max(32.0, height + 16)
    width = max(height, width + 20)
    height = max(height, min(8.0 * ends, _TALLEST))
    label_width, label_height = text_box(
        [line for loop in loops for line in loop.lines], LABEL_SIZE
    )
    beside = max(0.0, label_width / 2 - width / 2)
    above = _loop_height(len(loops) - 1, len(loops)) + label_height if loops else 0.0
    entry = _ENTRY if vertex.initial else 0.0
    return Box(
        width=width,
        height=height,
        radius=min(height / 2, 22.0),
        left=max(beside, entry),
        right=beside,
        above=above,
    )


def _loop_height(i: int, loops: int) -> float:
    """Height of the apex of the i-th of the loops above a box."""
    return _LOOP_HEIGHT + i * min(9.0, 54.0 / max(1, loops - 1))


def _draw_vertex(svg: Svg, vertex: Vertex, box: Box, centre: Point) -> None:
    svg.begin("node", vertex.title)
    svg.rectangle(centre, box.width, box.height, box.radius, vertex.fill)
    if vertex.double:
        svg.rectangle(centre, box.width - 6, box.height - 6, box.radius - 3, "none")
    svg.text(vertex.lines, centre)
    svg.end()
    if vertex.initial:
        end = (centre[0] - box.width / 2, centre[1])
        begin = (end[0] - _ENTRY, end[1])
        svg.begin("initial", "initial state")
        svg.curve([begin, *straight(begin, end)])
        svg.end()


def _draw_label(svg: Svg, edge: Edge, centre: Point) -> None:
    """Write the label of an edge on paper, which interrupts the curves it lies on."""
    svg.begin("label", edge.title)
    svg.rectangle(centre, *text_box(edge.lines, LABEL_SIZE), 0, PAPER, "none")
    svg.text(edge.lines, centre, LABEL_SIZE)
    svg.end()


def _draw_loop(svg: Svg, edge: Edge, box: Box, centre: Point, i: int, loops: int) -> None:
    """Draw the i-th of the loops above a box; it encloses those before it."""
    half = 6.0 + i * min(2.5, (box.width / 2 - 8.0) / max(1, loops - 1))
    x, top = centre[0], centre[1] - box.height / 2
    beyond = max(0.0, half - (box.width / 2 - box.radius))
    foot = top + box.radius - math.sqrt(box.radius**2 - beyond**2)
    peak = top - _loop_height(i, loops)
    control = foot - (foot - peak) / 0.75  # a cubic curve reaches three quarters of its height
    svg.begin("edge", edge.title)
    colour, dash = _look(edge.style)
    spread = half + 8
    svg.curve(
        [(x - half, foot), (x - spread, control), (x + spread, control), (x + half, foot)],
        colour,
        dash,
    )
    if edge.lines:
        _, height = text_box(edge.lines, LABEL_SIZE)
        svg.text(edge.lines, (x, peak - 2 - height / 2), LABEL_SIZE)
    svg.end()


def _look(style: int | None) -> tuple[str, str]:
    """Colour and dashes; the first 28 styles are all different."""
    if style is None:
        return INK, ""
    return LETTER_COLOURS[style % len(LETTER_COLOURS)], DASHES[style % len(DASHES)]


def _legend_places(
    legend: Sequence[str], width: float
) -> tuple[list[tuple[str, float, float]], float, float]:
    """Place the entries of a legend in lines; also return the width and height they take."""
    places = []
    x, y, widest = 14.0, 10.0, 0.0
    for label in legend:
        taken = _LEGEND_LINE + 8 + text_box([label])[0] + 24
        if x + taken > max(width, 320.0) and x > 14.0:
            x, y = 14.0, y + 20
        places.append((label, x, y))
        x += taken
        widest = max(widest, x)
    return places, widest, y + 14 if places else 0.0


def _draw_legend(svg: Svg, style: int, label: str, x: float, y: float) -> None:
    svg.begin("legend", f"letter {label}")
    begin, end = (x, y), (x + _LEGEND_LINE, y)
    svg.curve([begin, *straight(begin, end)], *_look(style))
    svg.text([label], (x + _LEGEND_LINE + 8, y), anchor="start")
    svg.end()
