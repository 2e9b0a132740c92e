"""Coordinates for the ordered ranks of a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from negeig.report.drawing.layers import LANE, Item, Layers

_APART = 12.0  # between neighbours in a rank; passing edges need none
_GAP, _LABEL_GAP = 36.0, 24.0  # between ranks, at least
_WIDEST_GAP = 120.0
_BEND = 10.0  # from a rank to the first flat link
_SWEEPS = 17


@dataclass(frozen=True)
class Column:
    """Where a rank is drawn: its edges, and the anchor of its items."""

    left: float
    centre: float
    right: float


@dataclass(frozen=True)
class Frame:
    """Columns of the ranks, and where each flat link, by its number, turns back."""

    columns: list[Column]
    bends: dict[int, float]


def place(layers: Layers) -> None:
    """Set the heights of all items: near the average of their neighbours', without overlaps.

    Each rank in turn is moved as near as possible, in the sense of least squares, to the heights
    its neighbours ask for. O(sweeps x edges).
    """
    rows = [row for row in layers.rows if row]
    for row in rows:
        _settle(row, [0.0] * len(row))
    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            if sweep >= _SWEEPS // 2:
                _settle(row, [_wish(item, item.lower + item.higher) for item in row])
            else:
                _settle(row, [_wish(i, i.lower if sweep % 2 == 0 else i.higher) for i in row])


def _wish(item: Item, neighbours: list[tuple[Item, int]]) -> float:
    """Weighted average of the heights of neighbours."""
    if not neighbours:
        return item.y
    total = sum(weight for _, weight in neighbours)
    return sum(weight * other.y for other, weight in neighbours) / total


def _settle(row: list[Item], wishes: Sequence[float]) -> None:
    """Move the items of a row to the heights nearest to their wishes, in order and apart."""
    offsets = [0.0]
    for above, below in pairwise(row):
        lanes = above.up == LANE == below.up
        offsets.append(offsets[-1] + above.down + (0 if lanes else _APART) + below.up)
    heights = nondecreasing([w - o for w, o in zip(wishes, offsets, strict=True)])
    for item, height, offset in zip(row, heights, offsets, strict=True):
        item.y = height + offset


def nondecreasing(values: Sequence[float]) -> list[float]:
    """Return the nondecreasing sequence nearest to the values in the sense of least squares.

    Pool adjacent violators: O(length).

    Examples
    --------
    >>> nondecreasing([1.0, 3.0, 2.0, 4.0])
    [1.0, 2.5, 2.5, 4.0]
    """
    pools: list[tuple[float, int]] = []  # mean and length
    for value in values:
        mean, length = value, 1
        while pools and pools[-1][0] > mean:
            before, times = pools.pop()
            mean = (mean * length + before * times) / (length + times)
            length += times
        pools.append((mean, length))
    return [mean for mean, length in pools for _ in range(length)]


def frame(layers: Layers) -> Frame:
    """Place the ranks side by side, further apart where edges between them are steep."""
    tracks = _tracks(layers)
    columns = []
    bends: dict[int, float] = {}
    x = 0.0
    for rank, row in enumerate(layers.rows):
        # The tracks of flat links come before what else stands in a rank of labels; without labels
        # they are in the gap between two ranks of boxes.
        own = tracks.get(rank - layers.has_labels, {})
        pitch = max((layers.links[i].width for i in own), default=0.0) + 2 * LANE
        taken = pitch * (1 + max(own.values())) if own else 0.0
        before = max((item.before for item in row), default=0.0)
        after = max((item.after for item in row), default=0.0)
        steepest = max((abs(item.y - o.y) for item in row for o, _ in item.higher), default=0.0)
        least = _LABEL_GAP if layers.has_labels else _GAP
        gap = min(max(least, 0.3 * steepest), _WIDEST_GAP)
        if layers.has_labels:
            column = Column(x, x + taken + before, x + taken + before + after)
            start = x
        else:
            column = Column(x, x + before, x + before + after)
            start = column.right + _BEND
            gap += taken
        bends.update((i, start + pitch * (track + 0.5)) for i, track in own.items())
        columns.append(column)
        x = column.right + gap
    return Frame(columns, bends)


def _tracks(layers: Layers) -> dict[int, dict[int, int]]:
    """Tracks 0, 1, ... of the flat links of every rank: shorter ones inside longer ones."""
    spans: dict[int, list[tuple[float, float, float, int]]] = {}
    for i, (link, chain) in enumerate(zip(layers.links, layers.chains, strict=True)):
        if layers.is_flat(link):
            ends = [layers.nodes[link.source], layers.nodes[link.target]]
            heights = [item.y for item in (*ends, *chain)]
            low, high = min(heights), max(heights)
            spans.setdefault(ends[0].rank, []).append((high - low, low, high, i))
    tracks: dict[int, dict[int, int]] = {}
    for rank, found in spans.items():
        placed: list[tuple[float, float, int]] = []
        for _, low, high, i in sorted(found):
            inside = [track for a, b, track in placed if a <= high and low <= b]
            track = 1 + max(inside, default=-1)
            placed.append((low, high, track))
            tracks.setdefault(rank, {})[i] = track
    return tracks
