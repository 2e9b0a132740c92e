"""Three layers by the order in which edges of a tree come last: generators and their inverses.

Let a tree have an edge for a generator a from p to q, and edges from q to p for weak inverses b of
a: bab = b. Any group takes b for the inverse of a, once b is replaced by a power of ba before it.
So whatever the group of the first layer is, paths along the tree with the same ends and the same
order of last edges do the same to that layer. If what they leave to the layers above takes two,
the task takes three (docs/theory/layers.md).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TypeAlias

import numpy as np

from negeig.arrays import Longs
from negeig.automata.monoids.submonoids import Submonoid
from negeig.claims import LimitReached
from negeig.theory.bounds.edge_orders import EdgeGraph, violating_order
from negeig.work import Work

Edge: TypeAlias = tuple[int, int, int, int | None]
"""From and to which place, an element, and of which one it is a weak inverse, if it is."""

FAR = 2
"""How many edges the tree goes from the place where all orders end."""

MAX_GENERATORS, MAX_INVERSES = 4, 8
"""Most generators, and most weak inverses of each, that are edges: those of the highest ranks."""

MAX_MARKS = 100_000
"""Largest product of the numbers of places and elements."""

UNITS = 15_000_000
"""Marks of orders of edges."""


def tree_edges(of: Submonoid) -> tuple[tuple[Edge, ...], int, int] | None:
    """Return edges and idempotents e, f by which a monoid takes three layers, or None.

    The edges are those of a tree with generators and weak inverses, the one that is passed last
    first, and lead to the place 0. Loops there that pass an initial segment of them in this order
    are e and f, and after a path that passes all of them in this order efe differs from fe.

    Notes
    -----
    Edges of rank 3 and more in a tree of radius 2, counted work: None proves nothing.

    Examples
    --------
    >>> from negeig.automata.machines.machine import Machine
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> from negeig.automata.monoids.submonoids import Multiplication
    >>> rows = [[0, 1, 2], [3, 1, 4], [4, 3, 2], [3, 1, 0], [2, 1, 1]]
    >>> machine = Machine(alphabet="abc", transitions=rows, initial=0, outputs=range(5))
    >>> monoid = transition_monoid(machine)
    >>> edges, e, f = tree_edges(Multiplication(monoid).whole())
    >>> for tail, head, x, inverted in edges[:3]:
    ...     print(tail, head, "".join(monoid.word(x)), inverted and "".join(monoid.word(inverted)))
    1 0 a a
    0 1 a None
    1 0 cacac a
    """
    table = of.table
    graph, edges = _tree(of)
    if not edges or graph.places * table.monoid.size > MAX_MARKS:
        return None
    with suppress(LimitReached):
        work = Work("orders of edges", UNITS)
        found = violating_order(graph, table.monoid, work, identity=of.identity)
        if found is not None:
            return tuple(edges[i] for i in found.edges), found.one, found.other
    return None


def _tree(of: Submonoid) -> tuple[EdgeGraph, list[Edge]]:
    """Return the tree around the place 0, and what its edges are."""
    table = of.table
    high = table.highest_first(of.generators[table.ranks[of.generators] > 2])
    inverses = {int(a): _weak_inverses(of, int(a)) for a in high[:MAX_GENERATORS]}
    edges: list[Edge] = []
    places: list[tuple[int, tuple[int, bool] | None]] = [(0, None)]
    for place, (distance, back) in enumerate(places):  # grows while it is read
        if distance == FAR:
            continue
        for a, inverted in inverses.items():
            for forward in (True, False):
                if not len(inverted) or back == (a, not forward):
                    continue
                tail, head = (place, len(places)) if forward else (len(places), place)
                places.append((distance + 1, (a, forward)))
                edges.append((tail, head, a, None))
                edges += [(head, tail, int(b), a) for b in inverted]
    elements = sorted({x for _, _, x, _ in edges})
    everything = np.arange(table.monoid.size)
    left = [table.before(x, everything) for x in elements]
    return EdgeGraph(
        places=len(places),
        tails=np.array([tail for tail, _, _, _ in edges], dtype=np.int64),
        heads=np.array([head for _, head, _, _ in edges], dtype=np.int64),
        labels=np.searchsorted(elements, [x for _, _, x, _ in edges]),
        left=np.array(left, dtype=np.int64).reshape(-1, len(everything)),
    ), edges


def _weak_inverses(of: Submonoid, a: int) -> Longs:
    """Return elements b with bab = b that keep three points apart."""
    table = of.table
    maps = table.monoid.maps
    b = maps[of.elements]
    bab = np.take_along_axis(b, maps[a][b], axis=1)
    found = of.elements[(bab == b).all(axis=1) & (table.ranks[of.elements] > 2)]
    best: Longs = table.highest_first(found)[:MAX_INVERSES]
    return best
