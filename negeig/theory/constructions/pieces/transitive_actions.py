"""Ways in which letters permute few points: all transitive ones, up to renumbering the points.

They are the subgroups of small index in a free group, up to conjugation, and are listed as tables:
a row for each letter, with the point to which it takes every point. Numbering the points in the
order in which they are met from the first gives each action one table for each choice of the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TypeAlias

Action: TypeAlias = tuple[tuple[int, ...], ...]
"""For each letter the point to which it takes each point."""

MAX_POINTS = 12
"""Most points."""


@cache
def transitive_actions(letters: int, most: int) -> tuple[Action, ...]:
    """Return the actions on few points, all for one number of points or none, fewer points first.

    The number of points goes as far as there are at most so many tables in all: one for each action
    and each point that may be the first.

    Examples
    --------
    >>> from collections import Counter
    >>> Counter(len(action[0]) for action in transitive_actions(2, 4000))
    Counter({6: 624, 5: 97, 4: 26, 3: 7, 2: 3, 1: 1})
    """
    found: list[Action] = []
    left = most
    for points in range(1, MAX_POINTS + 1):
        listed: set[Action] = set()
        for table in _tables(letters, points):
            left -= 1
            if left < 0:
                return tuple(found)
            listed.add(_canonical(table))
        found += sorted(listed)
    return tuple(found)


def renumbered(action: Action, first: int) -> Action:
    """Return the action with its points numbered as they are met from one of them.

    Examples
    --------
    >>> renumbered(((0, 2, 1), (1, 2, 0)), 2)
    ((1, 0, 2), (2, 0, 1))
    """
    order = orbit(action, first)
    number = {point: i for i, point in enumerate(order)}
    return tuple(tuple(number[images[point]] for point in order) for images in action)


def orbit(action: Sequence[Sequence[int]], first: int) -> list[int]:
    """Return the points that can be reached from one of them, in the order of being met."""
    order, seen = [first], {first}
    for point in order:
        for images in action:
            if images[point] not in seen:
                seen.add(images[point])
                order.append(images[point])
    return order


def _tables(letters: int, points: int) -> Iterator[Action]:
    """Yield the tables in which the points are numbered as they are met from point 0."""
    table = [[-1] * points for _ in range(letters)]
    taken = [[False] * points for _ in range(letters)]
    places = [(point, a) for point in range(points) for a in range(letters)]

    def fill(i: int, met: int) -> Iterator[Action]:
        if i == len(places):
            yield tuple(map(tuple, table))
            return
        point, a = places[i]
        if point >= met:
            return
        for image in range(min(met + 1, points)):
            if not taken[a][image]:
                table[a][point], taken[a][image] = image, True
                yield from fill(i + 1, max(met, image + 1))
                taken[a][image] = False

    yield from fill(0, 1)


def _canonical(action: Action) -> Action:
    return min(renumbered(action, first) for first in range(len(action[0])))
