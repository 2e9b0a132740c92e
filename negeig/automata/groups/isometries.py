"""Finite groups of isometries of the plane and of space, and their quotients, by element orders.

In the plane they are cyclic or dihedral. In space they are one of these, or a group of rotations of
a solid (A4, S4, A5), or such a group beside a group of two elements; so are their quotients.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Literal

from negeig.automata.groups.permgroup import ListedGroup

Orders = Counter[int]

_ROTATIONS = (
    Counter({1: 1, 2: 3, 3: 8}),
    Counter({1: 1, 2: 9, 3: 8, 4: 6}),
    Counter({1: 1, 2: 15, 3: 20, 5: 24}),
)
"""How many rotations of a tetrahedron, a cube and an icosahedron have each order."""


def may_be_isometries(group: ListedGroup, dimension: Literal[2, 3]) -> bool:
    """Whether a group of isometries, or a quotient of one, has as many elements of each order.

    If not, the group is none of these. Exact; O(order) once the orders of the elements are known.

    Examples
    --------
    The quaternions are none of the plane's nor of space's; the rotations of a square are of both.

    >>> from negeig.automata.groups.schreier_sims import PermutationGroup
    >>> i, j = [1, 2, 3, 0, 5, 6, 7, 4], [4, 7, 6, 5, 2, 1, 0, 3]
    >>> for letters in ([i, j], [[1, 2, 3, 0]]):
    ...     group = ListedGroup(PermutationGroup(letters).elements())
    ...     print(group.order, [may_be_isometries(group, d) for d in (2, 3)])
    8 [False, False]
    4 [True, True]
    """
    n, half = group.order, group.order // 2
    known = [_cyclic(n), _dihedral(n)]
    if dimension == 3:
        beside = [_dihedral(half), *_ROTATIONS]
        if group.is_abelian:  # M16, say, has elements of the same orders as C2 x C8
            beside.append(_cyclic(half))
        known += [*_ROTATIONS, *map(_twice, beside)]
    return Counter(group.orders.tolist()) in known


def _cyclic(n: int) -> Orders:
    return Counter(n // math.gcd(n, i) for i in range(n))


def _dihedral(n: int) -> Orders:
    """Orders of a group of n elements, half of which turn, where n is even."""
    return _cyclic(n // 2) + Counter({2: n // 2})


def _twice(orders: Orders) -> Orders:
    """Orders of a group beside a group of two elements."""
    both = orders.copy()
    for order, count in orders.items():
        both[math.lcm(order, 2)] += count
    return both
