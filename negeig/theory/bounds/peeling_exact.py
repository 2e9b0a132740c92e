"""The longest chain of peelings of a monoid that is listed, over all of its idempotents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from negeig.automata.decomposition.complexity import complexity_lower_bound
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.automata.monoids.submonoids import Multiplication, Submonoid
from negeig.claims import LimitReached
from negeig.theory.bounds.last_idempotents import MAX_WORK as MAX_ORDER_WORK
from negeig.theory.bounds.last_idempotents import LastIdempotents, last_idempotents
from negeig.theory.bounds.last_letters import last_letters
from negeig.theory.bounds.last_parts import last_parts
from negeig.theory.bounds.peeling import Ending, Link, Peeling, TreeEdge
from negeig.theory.bounds.tree_edges import Edge, tree_edges

MAX_WORK = 200_000_000
"""Products looked up before the chains found so far have to do: some two seconds."""


MAX_PAIRS = 4_000_000
"""Pairs of idempotents compared before it is taken that none violates the identity."""


def peel_listed(
    monoid: TransitionMonoid,
    *,
    reflections: bool = True,
    max_work: int = MAX_WORK,
    table: Multiplication | None = None,
) -> Peeling:
    """Return the peeling bound of a listed monoid, with a chain that shows it.

    Parameters
    ----------
    monoid : TransitionMonoid
        Of the minimal machine; at most 20,000 elements.
    reflections : bool
        Whether steps may have the eigenvalue -1. Without it the monoid has to be aperiodic:
        others are done at no depth.
    max_work : int
        Products looked up before the chains found so far have to do; the result says so.
    table : Multiplication, optional
        The multiplication of the monoid, where it was prepared already.

    Raises
    ------
    LimitReached
        A larger monoid.

    Notes
    -----
    One idempotent of each regular J-class; what remains is peeled once, however it was reached.
    O(size x generators) products for each of what remains, and as many pairs of idempotents as it
    takes to find a violation of efe = fe. An idempotent with k points in its image is passed over
    where k further layers would not be more than is known. Where a chain shows two layers, three
    are tried by :func:`.last_parts.last_parts` and :func:`.tree_edges.tree_edges`,
    without reflections by :func:`.last_letters.last_letters`. Then one more is tried, as long as it
    is found, by links of :func:`.last_idempotents.last_idempotents`.

    Examples
    --------
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> from negeig.automata.zoo import get
    >>> found = peel_listed(transition_monoid(get("transformations:4").minimal()))
    >>> found.value, found.exhaustive, len(found.links), found.ending
    (3, True, 1, 'idempotents')
    """
    if monoid.is_group and reflections:
        ending: Ending = "trivial" if monoid.size == 1 else "one layer"
        value = int(monoid.size > 1)
        return Peeling(value=value, reflections=reflections, ending=ending, exhaustive=True)
    search = _Search(table or Multiplication(monoid), reflections, max_work)
    return search.peeling(search.table.whole())


@dataclass(frozen=True)
class _Taken:
    """A link: an idempotent, generators of what remains, and parts if it is an order of them."""

    idempotent: int
    generators: tuple[int, ...]
    parts: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Found:
    """A chain, its idempotents, generators and parts as elements."""

    value: int
    ending: Ending
    witness: tuple[int, ...] = ()
    edges: tuple[Edge, ...] = ()
    links: tuple[_Taken, ...] = ()


class _Search:
    def __init__(self, table: Multiplication, reflections: bool, max_work: int) -> None:
        self.table, self.reflections, self.max_work = table, reflections, max_work
        self.known: dict[bytes, _Found] = {}
        self.exhaustive = True
        self.order_work = MAX_ORDER_WORK

    def peeling(self, whole: Submonoid) -> Peeling:
        self.table.most_work = self.table.work + self.max_work
        found = self.best(whole)
        self.table.most_work = None
        word = self.table.monoid.word
        return Peeling(
            value=found.value,
            reflections=self.reflections,
            links=tuple(
                Link(
                    idempotent=word(link.idempotent),
                    generators=tuple(map(word, link.generators)),
                    parts=tuple(map(word, link.parts)),
                )
                for link in found.links
            ),
            ending=found.ending,
            witness=tuple(map(word, found.witness)),
            edges=tuple(
                TreeEdge(tail=tail, head=head, word=word(x), inverts=None if a is None else word(a))
                for tail, head, x, a in found.edges
            ),
            exhaustive=self.exhaustive,
        )

    def best(self, of: Submonoid) -> _Found:
        key = of.elements.tobytes()
        if key not in self.known:
            self.known[key] = self._best(of)
        return self.known[key]

    def _best(self, of: Submonoid) -> _Found:
        best = self._without_peeling(of)
        if best.value < 2:
            return best
        try:
            for better in self._peeled(of, best):
                best = better
            if best.value == 2:
                best = (_three(of) if self.reflections else _three_without(of)) or best
            while self.reflections and (longer := self._in_order(of, best)) is not None:
                best = longer
        except LimitReached:
            self.exhaustive = False
        return self._complexity(of, more_than=best.value) or best

    def _peeled(self, of: Submonoid, best: _Found) -> Iterator[_Found]:
        """Yield chains of a link and the best of what remains, each better than those before."""
        base = of.kernel() if self.reflections else of
        lowest = int(self.table.ranks[of.elements].min())
        for e in base.representatives:
            # A chain goes on through idempotents of ever smaller images, and ends with a layer.
            if 1 + int(self.table.ranks[e]) - lowest + 1 <= best.value:
                break
            rest = base.local(e, base.dividing(e))
            found = self.best(rest)
            if 1 + found.value > best.value:
                best = _after(found, _Taken(e, _needed(rest, found)))
                yield best

    def _in_order(self, of: Submonoid, best: _Found) -> _Found | None:
        """Return a chain of one more whose first link is an order of idempotents, if any."""
        if int(self.table.ranks[of.identity]) - 1 <= best.value:
            return None
        orders = last_idempotents(of, best.value, self.order_work)
        while (order := self._next(orders)) is not None:
            found = self.best(order.rest)
            if found.value >= best.value:
                generators = _needed(order.rest, found)
                parts = order.parts[: max(order.passed[x] for x in generators)]
                return _after(found, _Taken(parts[0], generators, parts))
        return None

    def _next(self, orders: Iterator[LastIdempotents]) -> LastIdempotents | None:
        """Return the next order, if any. Its work is not taken from that for chains."""
        before, most = self.table.work, self.table.most_work
        self.table.most_work = None
        found = next(orders, None)
        spent = self.table.work - before
        self.order_work -= spent
        self.table.most_work = None if most is None else most + spent
        return found

    def _without_peeling(self, of: Submonoid) -> _Found:
        """Return what holds at once: no layer, one, or two where a theorem says so."""
        if of.size == 1:
            return _Found(0, "trivial")
        pair, complete = violation(of)
        if pair is not None:
            return _Found(2, "idempotents", pair)
        self.exhaustive &= complete
        letters = None if self.reflections else moving(of)
        return _Found(1, "one layer") if letters is None else _Found(2, "letters", letters)

    def _complexity(self, of: Submonoid, *, more_than: int) -> _Found | None:
        """Return what the group complexity shows, if it may be and is more than a number."""
        if int(self.table.ranks[of.identity]) - 1 <= more_than or of.is_aperiodic:
            return None
        with suppress(LimitReached):
            found = complexity_lower_bound(_machine(of))
            if found > more_than:
                return _Found(found, "complexity")
        return None


def _after(found: _Found, link: _Taken) -> _Found:
    """Return a chain with one more link in front."""
    return replace(found, value=1 + found.value, links=(link, *found.links))


def _three(of: Submonoid) -> _Found | None:
    """Return what shows three layers where chains of idempotents show two, if it is found."""
    parts = last_parts(of)
    if parts is not None:
        return _Found(3, "last parts", parts)
    tree = tree_edges(of)
    if tree is None:
        return None
    edges, *pair = tree
    return _Found(3, "last edges", tuple(pair), edges)


def _three_without(of: Submonoid) -> _Found | None:
    """Return what shows three layers without -1 where chains of idempotents show two."""
    letters = last_letters(of)
    return None if letters is None else _Found(3, "last letters", letters)


def _needed(rest: Submonoid, found: _Found) -> tuple[int, ...]:
    """Return generators of what remains, or the two idempotents if the chain ends with them."""
    if found.ending == "idempotents" and not found.links:
        return found.witness
    return tuple(rest.generators.tolist())


def _machine(of: Submonoid) -> Machine:
    """Return the generators' maps of the image of the identity as a machine."""
    maps = of.table.monoid.maps
    points = np.unique(maps[of.identity])
    transitions = np.searchsorted(points, maps[of.generators][:, points]).T
    return Machine(
        alphabet=[str(g) for g in of.generators.tolist()],
        transitions=transitions,
        initial=0,
        outputs=range(len(points)),
    )


def violation(of: Submonoid) -> tuple[tuple[int, int] | None, bool]:
    """Return idempotents e, f with efe different from fe, or None, and whether that is for sure.

    The shortest words e are tried first, with all f, up to four million pairs.
    """
    idempotents = of.idempotents
    most = MAX_PAIRS // max(1, len(idempotents))
    for e in idempotents[:most].tolist():
        then = of.table.times(idempotents, e)
        differ = np.flatnonzero(of.table.before(e, then) != then)
        if len(differ):
            return (e, int(idempotents[differ[0]])), True
    return None, len(idempotents) <= most


def moving(of: Submonoid) -> tuple[int, int] | None:
    """Return an idempotent e and a generator s that divides it, with se different from e.

    There is none exactly if the L-classes are single elements.
    """
    for e in of.idempotents.tolist():
        dividing = of.dividing(e)
        moved = dividing[of.table.times(dividing, e) != e]
        if len(moved):
            return e, int(moved[0])
    return None
