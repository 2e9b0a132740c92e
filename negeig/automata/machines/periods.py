"""Index and period of a map: how its powers start to repeat.

The powers x, x^2, x^3, ... of a map of a finite set into itself are eventually periodic. These
two numbers decide most impossibility theorems, so they come straight from the map, without the
transition monoid, which may be far too large to list.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

if TYPE_CHECKING:
    from negeig.automata.machines.machine import Machine


def map_index_period(row: Sequence[int] | NDArray[Any]) -> tuple[int, int]:
    """Return the least (i, p), i >= 0, p >= 1, with x^(i+p) = x^i for the map ``q -> row[q]``.

    The period is the least common multiple of the cycle lengths, the index the greatest number of
    steps any point needs to reach a cycle. Python integers, so the period never overflows.
    O(len(row)).

    Examples
    --------
    >>> map_index_period([1, 2, 0, 4, 3])  # a 3-cycle and a 2-cycle
    (0, 6)
    >>> map_index_period([1, 2, 2])  # a chain that ends in a fixed point
    (2, 1)
    """
    image = [int(q) for q in row]
    steps = [-1] * len(image)  # to the cycle; -1 not visited, -2 on the current path
    index, period = 0, 1
    for start in range(len(image)):
        path = []
        q = start
        while steps[q] == -1:
            steps[q] = -2
            path.append(q)
            q = image[q]
        if steps[q] == -2:  # the path ran into itself: everything from q on is a new cycle
            entry = path.index(q)
            period = math.lcm(period, len(path) - entry)
            for p in path[entry:]:
                steps[p] = 0
            path = path[:entry]
        for p in reversed(path):
            steps[p] = steps[image[p]] + 1
            index = max(index, steps[p])
    return index, period


def letter_orbits(machine: Machine) -> tuple[tuple[int, int], ...]:
    """Index and period of every letter's map on the machine's states, in alphabet order.

    Examples
    --------
    >>> from negeig.automata.machines.machine import Machine
    >>> letter_orbits(Machine(alphabet="ab", transitions=[[1, 0], [0, 0]], initial=0,
    ...                       outputs=[1, 0]))
    ((0, 2), (1, 1))
    """
    columns = machine.transitions.T.tolist()
    return tuple(map_index_period(column) for column in columns)
