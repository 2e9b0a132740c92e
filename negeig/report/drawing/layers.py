"""The layers of a drawing: every box in its rank, every edge with places in the ranks it passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

LANE = 5.0
"""Half of the room that an edge takes where it passes a rank."""

# Weights of straightness: edges of a spanning tree, and the inner parts of long edges.
_TREE, _INNER = 6, 3


@dataclass(frozen=True, kw_only=True)
class Box:
    """The shape of a node, and the room to keep free around it for loops and the like."""

    width: float
    height: float
    radius: float = 0.0
    left: float = 0.0
    right: float = 0.0
    above: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Link:
    """An edge between two boxes, with the size of its label."""

    source: int
    target: int
    width: float = 0.0
    height: float = 0.0


@dataclass(eq=False)
class Item:
    """A box, or the place of an edge in a rank: extents around an anchor, and its neighbours.

    ``index`` is its place in the order of its rank, ``y`` the height of its anchor; ``is_flat``
    tells the label of a flat link. Neighbours come with weights: how much it matters that the edge
    between both is straight.
    """

    rank: int
    before: float
    after: float
    up: float
    down: float
    index: int = 0
    y: float = 0.0
    is_flat: bool = False

    def __post_init__(self) -> None:
        self.lower: list[tuple[Item, int]] = []  # in the rank before
        self.higher: list[tuple[Item, int]] = []  # in the rank after


class Layers:
    """Boxes and the places of edges, rank by rank.

    ``chains[i]`` are the places of link i from its source to its target. Where links have labels,
    these stand in ranks of their own between those of the boxes. A link is flat when it joins boxes
    of one rank; it runs to the right of them.
    """

    def __init__(self, boxes: Sequence[Box], links: Sequence[Link], ranks: Sequence[int]) -> None:
        self.boxes, self.links = boxes, links
        self.has_labels = any(link.width for link in links)
        step = 2 if self.has_labels else 1
        self.rows: list[list[Item]] = [[] for _ in range(step * (max(ranks) + 1))]
        self.nodes = [
            self._add(
                step * rank,
                before=box.width / 2 + box.left,
                after=box.width / 2 + box.right,
                up=box.height / 2 + box.above,
                down=box.height / 2,
            )
            for box, rank in zip(boxes, ranks, strict=True)
        ]
        self._reached: set[int] = set()
        self.chains = [self._chain(link) for link in links]
        for row in self.rows:
            for i, item in enumerate(row):
                item.index = i

    def is_flat(self, link: Link) -> bool:
        """Whether a link joins boxes of one rank."""
        return self.nodes[link.source].rank == self.nodes[link.target].rank

    def _add(self, rank: int, *, before: float, after: float, up: float, down: float) -> Item:
        item = Item(rank, before, after, up, down)
        self.rows[rank].append(item)
        return item

    def _chain(self, link: Link) -> list[Item]:
        ends = [self.nodes[link.source], self.nodes[link.target]]
        if self.is_flat(link):
            return [self._flat(ends, link)] if link.width else []
        forward = ends[0].rank < ends[1].rank
        lower, higher = ends if forward else ends[::-1]
        middle = (lower.rank + higher.rank) // 2
        label = middle if middle % 2 else middle - 1  # labels stand in odd ranks
        places = []
        for rank in range(lower.rank + 1, higher.rank):
            wide = link.width if rank == label else 0.0
            tall = link.height if rank == label else 0.0
            places.append(
                self._add(
                    rank,
                    before=wide / 2 + LANE,
                    after=wide / 2 + LANE,
                    up=tall + LANE,
                    down=LANE,
                )
            )
        # The first edge into a box belongs to a spanning tree: that one should be straight.
        weight = _TREE if forward and link.target not in self._reached else 1
        if forward:
            self._reached.add(link.target)
        path = [lower, *places, higher]
        for i, (first, second) in enumerate(pairwise(path)):
            inner = weight * (_INNER if 0 < i < len(places) else 1)
            first.higher.append((second, inner))
            second.lower.append((first, inner))
        return places if forward else places[::-1]

    def _flat(self, ends: list[Item], link: Link) -> Item:
        """Place of the label of a flat link, in the rank that follows."""
        half = link.height / 2
        item = self._add(ends[0].rank + 1, before=0.0, after=0.0, up=half, down=half)
        item.is_flat = True
        for end in ends:
            end.higher.append((item, 1))
            item.lower.append((end, 1))
        return item
