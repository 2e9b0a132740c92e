"""Two layers by the order in which the edges of a group's Cayley graph come last, both ways.

What one layer keeps of a word is its value in some finite group and the order in which the edges
of that group's Cayley graph are passed last (docs/theory/one-layer.md). After such an order some
loops leave it as it is: those that pass an initial segment of it, in that order. Two layers are
enough exactly if, over some group, idempotents among these loops satisfy efe = fe after each order
(docs/theory/layers.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Longs
from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.theory.bounds._last_edges_compiled import begun_with, close, lead_to, violating
from negeig.work import Work

Bools = NDArray[np.bool_]


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
    Exact. Orders are tried edge by edge from the last one, all that end at the identity: a group
    moves the others there. O(|group| x |monoid| x letters) for each, and pairs of idempotents. One
    is not continued where no idempotents that may still come violate the identity, nor where the
    same edges were passed in another order with the same products.

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
    (((0, 2), (0, 1), (0, 0)), ('c', 'm', 'c', 'c', 'm'), ('c', 'c', 'm', 'c', 'c', 'm'))
    """
    search = _Orders(monoid, np.array(group, dtype=np.int64).T, work)
    return search.violating()


@dataclass(frozen=True)
class _Order:
    """Edges, the products along paths to the identity that pass them in this order, and loops.

    ``loops`` are products along those that leave it as it is; ``ahead`` are edges left to try.
    """

    edges: tuple[tuple[int, int], ...]
    paths: Bools
    loops: Bools
    ahead: list[tuple[int, int]] = field(default_factory=list)


class _Orders:
    def __init__(self, monoid: TransitionMonoid, targets: Longs, work: Work) -> None:
        self.targets, self.work = targets, work
        self.left = np.ascontiguousarray(monoid.left, dtype=np.int64)
        self.maps = np.ascontiguousarray(monoid.maps, dtype=np.int64)
        self.idempotents = np.asarray(monoid.idempotents, dtype=np.int64)
        self.sources = np.empty_like(targets)
        for a, column in enumerate(targets.T):
            self.sources[column, a] = np.arange(len(targets))
        self.all_edges = np.ones(targets.shape, np.bool_)
        self.queue = np.empty(len(targets) * monoid.size, np.int64)
        self.pair = np.empty(2, np.int64)
        self.known: set[bytes] = set()

    def violating(self) -> LastEdges | None:
        paths = np.zeros((len(self.targets), len(self.left)), np.bool_)
        paths[0, 0] = True
        first = _Order((), paths, np.zeros(len(self.left), np.bool_))
        stack = [self._with_edges_ahead(first)]
        while stack:
            if not stack[-1].ahead:
                stack.pop()
                continue
            edge = stack[-1].ahead.pop()
            order = self._longer(stack[-1], edge)
            states = np.zeros(self.maps.shape[1], np.bool_)
            lead_to(order.paths, self.maps, states)
            if self._violate(order.paths[0], order.loops, states):
                one, other = self.pair.tolist()
                return LastEdges(edges=order.edges, one=one, other=other)
            if self._may_violate(order, states) and self._is_new(order):
                stack.append(self._with_edges_ahead(order))
        return None

    def _with_edges_ahead(self, order: _Order) -> _Order:
        """Add the edges that lead to where a path begins, and are not passed yet."""
        begins: Bools = np.any(order.paths, axis=1)
        for place, row in enumerate(begins[self.targets].tolist()):
            for a, leads in enumerate(row):
                if leads and (place, a) not in order.edges:
                    order.ahead.append((place, a))
        return order

    def _longer(self, order: _Order, edge: tuple[int, int]) -> _Order:
        place, a = edge
        edges = (*order.edges, edge)
        used = np.zeros(self.targets.shape, np.bool_)
        for passed in edges:
            used[passed] = True
        paths = np.zeros_like(order.paths)
        begun_with(order.paths, place, int(self.targets[edge]), a, self.left, paths)
        close(paths, self.sources, used, self.left, self.queue)
        return _Order(edges, paths, order.loops | paths[0])

    def _may_violate(self, order: _Order, states: Bools) -> bool:
        """Whether some may among the loops that begin with any edges, or all that may come."""
        longer = order.paths.copy()
        close(longer, self.sources, self.all_edges, self.left, self.queue)
        return self._violate(longer[0], order.loops | longer[0], states)

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
