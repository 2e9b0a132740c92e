"""Layered drawings of directed graphs: boxes in ranks from left to right, curves between them.

Sugiyama, Tagawa and Toda, Methods for visual understanding of hierarchical system structures
(1981), with ranks given by the caller. A long edge, and the label of an edge, take a place of their
own in every rank they pass, so no edge runs through a box and no two texts overlap. An edge within
a rank turns back beside it; in crowded drawings its label can lie on another one's curve.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from negeig.report.drawing.layers import LANE, Box, Item, Layers, Link
from negeig.report.drawing.ordering import order
from negeig.report.drawing.placement import frame, place
from negeig.report.drawing.svg import Point, straight

_MARGIN = 14.0
_PORTS = 10.0  # between the ends of edges on one side of a box


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where everything goes.

    ``places`` are the centres of the boxes. ``routes[i]`` is the curve of link i: its start, then
    triples of two control points and a point. ``labels[i]`` is the centre of its label.
    """

    width: float
    height: float
    places: list[Point]
    routes: list[list[Point]]
    labels: list[Point]


def layered(
    boxes: Sequence[Box], links: Sequence[Link], ranks: Sequence[int], *, downwards: bool = False
) -> Layout:
    """Lay out a graph without loops.

    Parameters
    ----------
    boxes : sequence of Box
    links : sequence of Link
        Source and target are numbers of boxes and differ. Several may join the same two boxes.
    ranks : sequence of int
        Rank of every box, from 0.
    downwards : bool
        Ranks go from top to bottom instead; for links without labels and boxes without extra room.

    Examples
    --------
    >>> small = Box(width=20, height=20)
    >>> drawn = layered([small, small], [Link(source=0, target=1)], [0, 1])
    >>> drawn.places, drawn.width
    ([(24.0, 24.0), (80.0, 24.0)], 104.0)
    """
    if downwards:
        turned = [replace(box, width=box.height, height=box.width) for box in boxes]
        found = layered(turned, links, ranks)
        return Layout(
            width=found.height,
            height=found.width,
            places=_turned(found.places),
            routes=[_turned(route) for route in found.routes],
            labels=_turned(found.labels),
        )
    layers = Layers(boxes, links, ranks)
    order(layers)
    place(layers)
    return _Drawing(layers).layout()


def breadth_first_ranks(successors: Sequence[Sequence[int]], start: int) -> list[int]:
    """Distance of every vertex from the start; vertices not reached start again from rank 0.

    Examples
    --------
    >>> breadth_first_ranks([[1], [0, 2], [2], [0]], 0)
    [0, 1, 2, 0]
    """
    ranks = [-1] * len(successors)
    for root in (start, *range(len(successors))):
        if ranks[root] >= 0:
            continue
        ranks[root] = 0
        queue = [root]
        for v in queue:  # grows while it is read
            for w in successors[v]:
                if ranks[w] < 0:
                    ranks[w] = ranks[v] + 1
                    queue.append(w)
    return ranks


class _Drawing:
    """Curves for layers whose items have an order and heights."""

    def __init__(self, layers: Layers) -> None:
        self.layers = layers
        found = frame(layers)
        self.columns, self.bends = found.columns, found.bends
        self.ports = self._ports()

    def layout(self) -> Layout:
        layers = self.layers
        routes = [self._route(i) for i in range(len(layers.links))]
        items = [item for row in layers.rows for item in row]
        across = [y for route in routes for _, y in route]
        along = [x for route in routes for x, _ in route]
        top = min([item.y - item.up for item in items] + across) - _MARGIN
        left = min([self._centre(item) - item.before for item in items] + along) - _MARGIN
        right = max([self._centre(item) + item.after for item in items] + along) + _MARGIN
        bottom = max([item.y + item.down for item in items] + across) + _MARGIN

        def moved(points: list[Point]) -> list[Point]:
            return [(x - left, y - top) for x, y in points]

        return Layout(
            width=right - left,
            height=bottom - top,
            places=moved([(self._centre(item), item.y) for item in layers.nodes]),
            routes=[moved(route) for route in routes],
            labels=moved([self._label(i) for i in range(len(layers.links))]),
        )

    def _centre(self, item: Item) -> float:
        return self.columns[item.rank].centre

    def _ports(self) -> dict[tuple[int, int], tuple[Point, int]]:
        """Where each end (0 source, 1 target) of each link meets its box, and on which side."""
        layers = self.layers
        sides: dict[tuple[int, int], list[tuple[int, float, int, int]]] = {}
        for i, (link, chain) in enumerate(zip(layers.links, layers.chains, strict=True)):
            for end, (node, other) in enumerate(
                [(link.source, link.target), (link.target, link.source)]
            ):
                item, far = layers.nodes[node], layers.nodes[other]
                if far.rank == item.rank:
                    # Those upwards leave above all others, those downwards below, so that curves
                    # with nearer bends stay inside those with further ones.
                    above = -1 if far.index < item.index else 1
                    place, side = (above, -above * self.bends[i]), 1
                else:
                    towards = chain[0 if end == 0 else -1] if chain else far
                    place, side = (0, towards.y), -1 if far.rank < item.rank else 1
                sides.setdefault((node, side), []).append((*place, i, end))
        ports = {}
        for (node, side), ends in sides.items():
            box, item = layers.boxes[node], layers.nodes[node]
            apart = min(_PORTS, 0.75 * box.height / max(1, len(ends) - 1))
            for k, (_, _, i, end) in enumerate(sorted(ends)):
                offset = (k - (len(ends) - 1) / 2) * apart
                x = self._centre(item) + side * _half_width(box, offset)
                ports[i, end] = (x, item.y + offset), side
        return ports

    def _route(self, i: int) -> list[Point]:
        link, chain = self.layers.links[i], self.layers.chains[i]
        source, target = self.layers.nodes[link.source], self.layers.nodes[link.target]
        (start, side), (end, _) = self.ports[i, 0], self.ports[i, 1]
        column = self.columns[source.rank]
        if source.rank == target.rank:
            middle = self.bends[i], self._turn(i)
            out, back = (column.right, start[1]), (column.right, end[1])
            return [
                start,
                *straight(start, out),
                *_quarter(out, middle),
                *_quarter(middle, back, to_vertical=False),
                *straight(back, end),
            ]
        route = [start]
        stations = [(self.columns[source.rank], start[1])]
        stations += [(self.columns[item.rank], item.y) for item in chain]
        stations.append((self.columns[target.rank], end[1]))
        for k, (column, y) in enumerate(stations):
            near, far = (column.left, column.right)[::side]
            if k > 0 and route[-1] != (near, y):
                before, height = route[-1]
                halfway = (before + near) / 2
                route += [(halfway, height), (halfway, y), (near, y)]
            last = end if k == len(stations) - 1 else (far, y)
            if route[-1] != last:
                route += straight(route[-1], last)
        return route

    def _turn(self, i: int) -> float:
        """Height at which a flat link turns back and is interrupted by its label.

        There edges of other boxes that lead out of the rank should not pass.
        """
        layers, (low, high) = self.layers, sorted(self.ports[i, end][0][1] for end in (0, 1))
        if not layers.chains[i]:
            return (low + high) / 2
        (own,) = layers.chains[i]
        rank = own.rank - 1
        passing = [item.y for item in layers.rows[own.rank] if not item.is_flat]
        for k, link in enumerate(layers.links):
            if k != i and layers.is_flat(link) and layers.nodes[link.source].rank == rank:
                passing += [self.ports[k, end][0][1] for end in (0, 1)]
        clear = layers.links[i].height / 2 + 2
        if low < own.y < high and all(abs(own.y - y) > clear for y in passing):
            return own.y
        stops = [low, *sorted(y for y in passing if low < y < high), high]
        widest = max(pairwise(stops), key=lambda gap: gap[1] - gap[0])
        return sum(widest) / 2

    def _label(self, i: int) -> Point:
        link, chain = self.layers.links[i], self.layers.chains[i]
        if not link.width:
            return (0.0, 0.0)
        if self.layers.is_flat(link):
            return self.bends[i], self._turn(i)
        item = max(chain, key=lambda item: item.up)
        return self._centre(item), item.y - LANE - link.height / 2


def _half_width(box: Box, offset: float) -> float:
    """Distance from the axis of a rounded box to its rim, at a height above the centre."""
    inside = max(0.0, abs(offset) - (box.height / 2 - box.radius))
    return box.width / 2 - box.radius + math.sqrt(max(0.0, box.radius**2 - inside**2))


def _quarter(start: Point, end: Point, *, to_vertical: bool = True) -> list[Point]:
    """Return a bend from horizontal to vertical, or the other way."""
    (a, b), (c, d) = start, end
    if to_vertical:
        return [((a + 2 * c) / 3, b), (c, (2 * b + d) / 3), end]
    return [(a, (b + 2 * d) / 3), ((2 * a + c) / 3, d), end]


def _turned(points: Sequence[Point]) -> list[Point]:
    return [(y, x) for x, y in points]
