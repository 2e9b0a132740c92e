"""Two layers by the order in which the edges of a group's Cayley graph come last, both ways.

What one layer keeps of a word is its value in some finite group and the order in which the edges
of that group's Cayley graph are passed last (docs/theory/one-layer.md). After such an order some
loops leave it as it is: those that pass an initial segment of it, in that order. Two layers are
enough exactly if, over some group, idempotents among these loops satisfy efe = fe after each order
(docs/theory/layers.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.theory.bounds.edge_orders import EdgeGraph, violating_order, wide_sets
from negeig.work import Work


@dataclass(frozen=True, kw_only=True)
class LastEdges:
    """An order of edges after which idempotents that leave it as it is violate efe = fe.

    Attributes
    ----------
    edges : tuple of (int, int)
        A group element and a letter each, the edge that is passed last first.
    one, other : int
        Idempotents e and f: elements of loops that pass an initial segment of the edges, in that
        order. Some path that passes all of them in that order leads to a state where efe and fe
        differ.
    """

    edges: tuple[tuple[int, int], ...]
    one: int
    other: int


def last_edges(
    monoid: TransitionMonoid, group: Sequence[Sequence[int]], work: Work
) -> LastEdges | None:
    """Return an order of edges that two layers over a group do not master, or None if all are.

    None says that two layers with eigenvalues in [-1, 1] and finitely many exact states exist. An
    order says that the first of two layers needs another group.

    Parameters
    ----------
    monoid : TransitionMonoid
        Of the minimal machine.
    group : sequence of sequences of int
        For every letter a, to which element it leads from each element; the identity is 0.
    work : Work
        Marks looked at.

    Raises
    ------
    LimitReached
        More work than that.

    Notes
    -----
    Exact. Only orders that end at the identity: the group moves the others there. What each of them
    takes says :func:`.edge_orders.violating_order`.

    Examples
    --------
    >>> from negeig.automata.language import language
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> from negeig.automata.zoo import get
    >>> first = transition_monoid(language("a(a|b)*").machine.minimal())
    >>> print(last_edges(first, [(0,), (0,)], Work("orders of edges", 10_000)))
    None
    >>> every = transition_monoid(get("transformations:4").minimal())
    >>> found = last_edges(every, [(0,)] * 3, Work("orders of edges", 1_000_000))
    >>> found.edges, every.word(found.one), every.word(found.other)
    (((0, 0), (0, 2)), ('m',), ('c', 'c', 'c', 'm', 'c'))
    """
    graph = _cayley_graph(monoid, group)
    found = violating_order(graph, monoid, work)
    if found is None:
        return None
    edges = tuple((edge % graph.places, edge // graph.places) for edge in found.edges)
    return LastEdges(edges=edges, one=found.one, other=found.other)


def layers_exist(
    monoid: TransitionMonoid, group: Sequence[Sequence[int]], layers: int, work: Work
) -> bool:
    """Say whether so many layers, two or more, are shown to do a task, the first one over a group.

    After each set of edges that loops pass last, in any order, at most ``layers`` states are
    possible, or there is no order of them that violates efe = fe. For two layers nothing is missed
    over this group; for more, ``False`` proves nothing.

    Raises
    ------
    LimitReached
        More work than that.

    Examples
    --------
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> from negeig.automata.zoo import get
    >>> every = transition_monoid(get("transformations:4").minimal())
    >>> [layers_exist(every, [(0,)] * 3, n, Work("orders of edges", 10**6)) for n in (3, 4)]
    [False, True]
    """
    if layers == 2:
        return last_edges(monoid, group, work) is None
    graph = _cayley_graph(monoid, group)
    for edges in wide_sets(graph, monoid, layers, work):
        inside = graph.within(sorted(edges))
        for end in np.unique(inside.heads).tolist():
            if violating_order(inside, monoid, work, end=end) is not None:
                return False
    return True


def _cayley_graph(monoid: TransitionMonoid, group: Sequence[Sequence[int]]) -> EdgeGraph:
    targets = np.array(group, dtype=np.int64)
    letters, places = targets.shape
    return EdgeGraph(
        places=places,
        tails=np.tile(np.arange(places), letters),
        heads=targets.ravel(),
        labels=np.repeat(np.arange(letters), places),
        left=np.ascontiguousarray(monoid.left.T, dtype=np.int64),
    )
