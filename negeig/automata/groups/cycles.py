"""The cycles of a permutation."""

from __future__ import annotations

from collections.abc import Sequence


def cycles(images: Sequence[int]) -> list[list[int]]:
    """Return the cycles of a permutation of 0, ..., n-1 but for fixed points, least points first.

    Examples
    --------
    >>> cycles([1, 2, 0, 3, 5, 4])
    [[0, 1, 2], [4, 5]]
    """
    seen: set[int] = set()
    found = []
    for start in range(len(images)):
        cycle = []
        point = start
        while point not in seen:
            seen.add(point)
            cycle.append(point)
            point = images[point]
        if len(cycle) > 1:
            found.append(cycle)
    return found
