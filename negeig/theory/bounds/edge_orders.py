"""Orders in which the edges of a graph are passed last, after which loops violate efe = fe.

The edges carry elements of a monoid. What a layer keeps of a path is the order in which its edges
are passed last, where the graph is one that every group respects (docs/theory/layers.md).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Longs
from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.claims import LimitReached
from negeig.theory.bounds._last_edges_compiled import begun_with, close, lead_to, violating
from negeig.work import Work

Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, kw_only=True)
class EdgeGraph:
    """A graph whose edges carry elements of a monoid.

    Attributes
    ----------
    places : int
    tails, heads, labels : int64 arrays (edges,)
        Where each edge leads from and to, and the row of ``left`` of what it carries.
    left : int64 array (labels, elements)
        The product of what a label stands for with each element after it.
    """

    places: int
    tails: Longs
    heads: Longs
    labels: Longs
    left: Longs

    def within(self, edges: list[int]) -> EdgeGraph:
        """Return the graph with some of the edges only."""
        tails, heads, labels = self.tails[edges], self.heads[edges], self.labels[edges]
        return replace(self, tails=tails, heads=heads, labels=labels)


@dataclass(frozen=True)
class EdgeOrder:
    """Edges, the one that is passed last first, and idempotents e, f that violate efe = fe."""

    edges: tuple[int, ...]
    one: int
    other: int


def violating_order(
    graph: EdgeGraph, monoid: TransitionMonoid, work: Work, *, identity: int = 0, end: int = 0
) -> EdgeOrder | None:
    """Return an order of edges after which loops violate efe = fe, or None if there is none.

    The edges lead to the place ``end``. The idempotents e and f are products along loops there that
    pass an initial segment of them in this order; some path that passes them all in this order
    leads to a state where efe and fe differ.

    Parameters
    ----------
    graph : EdgeGraph
    monoid : TransitionMonoid
    work : Work
        Marks looked at.
    identity : int
        That of the submonoid to which the elements belong that edges carry.
    end : int

    Raises
    ------
    LimitReached
        More work than that.

    Notes
    -----
    Exact. O(edges x elements) for each order, and pairs of idempotents. An order is not continued
    where no idempotents that may still come violate the identity, nor where the same edges were
    passed in another order with the same products.
    """
    return _Orders(graph, monoid, work, identity, end).violating()


def wide_sets(
    graph: EdgeGraph, monoid: TransitionMonoid, most: int, work: Work
) -> list[frozenset[int]]:
    """Return the largest sets of edges after which more than some number of states are possible.

    Those of loops at the place 0: some path to it passes these edges and no others, in an order in
    which a loop passes them too, and all such paths from one place lead to more than ``most``
    states. A set within another one is left out. Raises LimitReached beyond the work.
    """
    return _Orders(graph, monoid, work, 0, 0).wide_sets(most)


@dataclass(frozen=True)
class _Order:
    """Edges, the products along paths to the end that pass them in this order, and along loops.

    ``loops`` are those that leave the order as it is; ``ahead`` are edges left to try.
    """

    edges: tuple[int, ...]
    paths: Bools
    loops: Bools
    ahead: list[int] = field(default_factory=list)


class _Orders:
    def __init__(
        self, graph: EdgeGraph, monoid: TransitionMonoid, work: Work, identity: int, end: int
    ) -> None:
        self.graph, self.work, self.identity, self.end = graph, work, identity, end
        self.maps = np.ascontiguousarray(monoid.maps, dtype=np.int64)
        self.idempotents = np.asarray(monoid.idempotents, dtype=np.int64)
        self.entering = np.argsort(graph.heads, kind="stable").astype(np.int64)
        ends = np.arange(graph.places + 1)
        self.first = np.searchsorted(graph.heads[self.entering], ends).astype(np.int64)
        self.all_edges = np.ones(len(graph.tails), np.bool_)
        self.queue = np.empty(graph.places * monoid.size, np.int64)
        self.pair = np.empty(2, np.int64)
        self.known: set[bytes] = set()

    def violating(self) -> EdgeOrder | None:
        nothing = self._nothing()
        stack = [self._with_edges_ahead(nothing)]
        while stack:
            if not stack[-1].ahead:
                stack.pop()
                continue
            edge = stack[-1].ahead.pop()
            order = self._longer(stack[-1], edge)
            states = self._states(order)
            if self._violate(order.paths[self.end], order.loops, states):
                one, other = self.pair.tolist()
                return self._shortened(EdgeOrder(order.edges, one, other), nothing)
            if self._may_violate(order, states) and self._is_new(order):
                stack.append(self._with_edges_ahead(order))
        return None

    def wide_sets(self, most: int) -> list[frozenset[int]]:
        stack = [self._with_edges_ahead(self._nothing())]
        found = set()
        while stack:
            if not stack[-1].ahead:
                stack.pop()
                continue
            order = self._longer(stack[-1], stack[-1].ahead.pop())
            self.work.spend(self.queue.size)
            if self._leaves_more(order, most) and self._is_new(order):
                stack.append(self._with_edges_ahead(order))
                if order.paths[self.end].any():
                    found.add(frozenset(order.edges))
        return [edges for edges in found if not any(edges < others for others in found)]

    def _leaves_more(self, order: _Order, most: int) -> bool:
        for place in range(self.graph.places):
            states = np.zeros(self.maps.shape[1], np.bool_)
            lead_to(order.paths[place : place + 1], self.maps, states)
            if states.sum() > most:
                return True
        return False

    def _nothing(self) -> _Order:
        size = self.graph.left.shape[1]
        paths = np.zeros((self.graph.places, size), np.bool_)
        paths[self.end, self.identity] = True
        return _Order((), paths, np.zeros(size, np.bool_))

    def _states(self, order: _Order) -> Bools:
        states = np.zeros(self.maps.shape[1], np.bool_)
        lead_to(order.paths, self.maps, states)
        return states

    def _shortened(self, found: EdgeOrder, nothing: _Order) -> EdgeOrder:
        """Leave out edges that are not needed, as far as the work allows."""
        with suppress(LimitReached):
            for left_out in found.edges:
                order = nothing
                for edge in found.edges:
                    if edge != left_out and order.paths[self.graph.heads[edge]].any():
                        order = self._longer(order, edge)
                if self._violate(order.paths[self.end], order.loops, self._states(order)):
                    one, other = self.pair.tolist()
                    found = EdgeOrder(order.edges, one, other)
        return found

    def _with_edges_ahead(self, order: _Order) -> _Order:
        """Add the edges that lead to where a path begins, and are not passed yet."""
        begins: Bools = np.any(order.paths, axis=1)
        ahead = begins[self.graph.heads]
        ahead[list(order.edges)] = False
        order.ahead.extend(np.flatnonzero(ahead)[::-1].tolist())  # taken from the end
        return order

    def _longer(self, order: _Order, edge: int) -> _Order:
        graph = self.graph
        edges = (*order.edges, edge)
        used = np.zeros(len(graph.tails), np.bool_)
        used[list(edges)] = True
        paths = np.zeros_like(order.paths)
        tail, head = int(graph.tails[edge]), int(graph.heads[edge])
        begun_with(order.paths, tail, head, graph.left[graph.labels[edge]], paths)
        self._close(paths, used)
        return _Order(edges, paths, order.loops | paths[self.end])

    def _close(self, paths: Bools, used: Bools) -> None:
        graph = self.graph
        close(
            paths,
            self.entering,
            self.first,
            graph.tails,
            graph.labels,
            used,
            graph.left,
            self.queue,
        )

    def _may_violate(self, order: _Order, states: Bools) -> bool:
        """Whether some may among the loops that begin with any edges, or all that may come."""
        longer = order.paths.copy()
        self._close(longer, self.all_edges)
        return self._violate(longer[self.end], order.loops | longer[self.end], states)

    def _violate(self, one: Bools, other: Bools, states: Bools) -> bool:
        self.work.spend(self.queue.size)
        return violating(one, other, self.idempotents, self.maps, states, self.pair)

    def _is_new(self, order: _Order) -> bool:
        """Whether these edges, paths and loops were not met in another order."""
        digest = blake2b(np.packbits(order.paths).tobytes())
        digest.update(np.packbits(order.loops).tobytes())
        digest.update(repr(sorted(order.edges)).encode())
        key = digest.digest()
        new = key not in self.known
        self.known.add(key)
        return new
