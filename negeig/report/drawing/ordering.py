"""The order of the items in every rank of a drawing, with few crossings."""

from __future__ import annotations

from bisect import bisect_right, insort

from negeig.report.drawing.layers import Item, Layers

_ROUNDS = 12
_MOST_EXCHANGED = 4_000  # items up to which neighbours are exchanged one by one


def order(layers: Layers) -> None:
    """Order the rows of the layers.

    Barycentres of the rank before and of the rank after, in turns, then exchanges of neighbours;
    the order with the fewest crossings is kept. O(edges log edges) in each of a few rounds.
    """
    rows = layers.rows
    exchanged = sum(map(len, rows)) <= _MOST_EXCHANGED
    best, fewest = [list(row) for row in rows], crossings(layers)
    for turn in range(_ROUNDS):
        if fewest == 0:
            break
        forward = turn % 2 == 0
        for row in rows if forward else rows[::-1]:
            row.sort(key=lambda item: _barycentre(item.lower if forward else item.higher, item))
            _number(row)
        if exchanged:
            for row in rows:
                exchange(row)
        found = crossings(layers)
        if found < fewest:
            best, fewest = [list(row) for row in rows], found
    layers.rows[:] = best
    for row in best:
        _number(row)


def crossings(layers: Layers) -> int:
    """Count the pairs of edges between neighbouring ranks that cross."""
    total = 0
    for row in layers.rows:
        seen: list[int] = []
        for item in row:
            ends = [other.index for other, _ in item.higher]
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total


def _barycentre(neighbours: list[tuple[Item, int]], item: Item) -> float:
    if not neighbours:
        return float(item.index)
    return sum(other.index for other, _ in neighbours) / len(neighbours)


def _number(row: list[Item]) -> None:
    for i, item in enumerate(row):
        item.index = i


def exchange(row: list[Item]) -> None:
    """Exchange neighbours in a row as long as that removes crossings."""
    improved = True
    while improved:
        improved = False
        for i in range(len(row) - 1):
            first, second = row[i], row[i + 1]
            if _crossed(first, second) > _crossed(second, first):
                row[i], row[i + 1] = second, first
                improved = True
    _number(row)


def _crossed(first: Item, second: Item) -> int:
    """Crossings of the edges of two neighbours in this order."""
    return sum(
        a.index > b.index
        for ours, theirs in ((first.lower, second.lower), (first.higher, second.higher))
        for a, _ in ours
        for b, _ in theirs
    )
