"""Products along paths to a place, and idempotents among them: compiled, imported on first use.

A row of ``paths`` is a place, and marks which elements are products along paths from there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import njit

Bools = NDArray[np.bool_]
Longs = NDArray[np.int64]


@njit
def begun_with(before: Bools, tail: int, head: int, left: Longs, paths: Bools) -> None:
    """Mark in ``paths`` the products along an edge and a path of ``before`` from its head.

    ``left`` has the product of the edge's element with each one after it.
    """
    for x in range(len(left)):
        if before[head, x]:
            paths[tail, left[x]] = True


@njit
def close(
    paths: Bools,
    entering: Longs,
    first: Longs,
    tails: Longs,
    labels: Longs,
    used: Bools,
    left: Longs,
    queue: Longs,
) -> None:
    """Mark in ``paths`` what edges in use, put in front of paths, make of those that are marked.

    ``entering`` lists edges by their heads: those of p from ``first[p]`` to ``first[p + 1]``. A row
    of ``left`` has the products of a label with each element after it.
    """
    size = left.shape[1]
    count = 0
    for place in range(len(paths)):
        for x in range(size):
            if paths[place, x]:
                queue[count] = place * size + x
                count += 1
    done = 0
    while done < count:
        place, x = queue[done] // size, queue[done] % size
        done += 1
        for i in range(first[place], first[place + 1]):
            edge = entering[i]
            source, y = tails[edge], left[labels[edge], x]
            if used[edge] and not paths[source, y]:
                paths[source, y] = True
                queue[count] = source * size + y
                count += 1


@njit
def lead_to(paths: Bools, maps: Longs, states: Bools) -> None:
    """Mark in ``states`` all those to which products along paths lead."""
    for place in range(len(paths)):
        for x in range(len(maps)):
            if paths[place, x]:
                for q in range(maps.shape[1]):
                    states[maps[x, q]] = True


@njit
def violating(
    one: Bools, other: Bools, idempotents: Longs, maps: Longs, states: Bools, found: Longs
) -> bool:
    """Whether idempotents e, f have efe different from fe on some of the states.

    One of the two is marked in ``one``, the other one in ``other``; ``found`` receives them.
    """
    for i in idempotents:
        if not one[i]:
            continue
        for j in idempotents:
            if not other[j]:
                continue
            for q in range(maps.shape[1]):
                if not states[q]:
                    continue
                if maps[i, maps[j, maps[i, q]]] != maps[i, maps[j, q]]:
                    found[0], found[1] = i, j
                    return True
                if maps[j, maps[i, maps[j, q]]] != maps[j, maps[i, q]]:
                    found[0], found[1] = j, i
                    return True
    return False
