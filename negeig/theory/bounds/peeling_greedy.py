"""Some chains of peelings of a monoid that is too large to be listed, from the letters' maps alone.

Of the monoid no more is looked at than short words and their idempotent powers. An idempotent e is
followed through the maps that keep as many points apart as it does; what remains at e is generated
by the ways that lead back to it. Each link looks at a bounded number of words and of maps; the
first chain is followed to its end, others while the work that is allowed for all lasts.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import numpy as np

from negeig.automata.decomposition.complexity import complexity_lower_bound
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid, transition_monoid
from negeig.automata.monoids.submonoids import MAX_MULTIPLIED, Multiplication
from negeig.claims import LimitReached, Word
from negeig.theory.bounds.peeling import Link, Peeling
from negeig.theory.bounds.peeling_exact import peel_listed
from negeig.theory.bounds.peeling_loops import Loops, Maps

MAX_STATES = 64
"""Machines with more states are not tried."""

WORDS = 3_000
"""Short words whose idempotent powers are looked at for a link."""

IDEMPOTENTS = 60
"""Idempotents, those of the largest images, that words are made of and that are compared."""

CHAINS = 8
"""Idempotents at which something remains, after which no others are tried for a link."""

MAX_WORK = 100_000_000
"""Products looked up, and maps followed, after which no second chain is begun: about a second."""


def peel(
    machine: Machine,
    monoid: TransitionMonoid | None = None,
    *,
    reflections: bool = True,
    table: Multiplication | None = None,
) -> Peeling:
    """Return the peeling bound of a minimal machine, or one from some chains.

    Parameters
    ----------
    machine : Machine
    monoid : TransitionMonoid, optional
        Where it is listed. Up to 20,000 elements all chains are compared.
    reflections : bool
        Whether steps may have the eigenvalue -1. Without it the task has to be aperiodic.
    table : Multiplication, optional
        The multiplication of the monoid, where it was prepared already.

    Raises
    ------
    LimitReached
        A machine of more than 64 states with a larger monoid.

    Notes
    -----
    Large monoids: at most 3,000 words, and 6,000 maps times 60 idempotents, for each link. Words
    are as short as they are found, unless the monoid is listed.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> found = peel(get("transformations:6").minimal())
    >>> found.value, found.exhaustive
    (5, False)
    """
    if monoid is None:
        with suppress(LimitReached):
            monoid = transition_monoid(machine, max_elements=MAX_MULTIPLIED)
    if monoid is not None and monoid.size <= MAX_MULTIPLIED:
        return peel_listed(monoid, reflections=reflections, table=table)
    if machine.size > MAX_STATES:
        raise LimitReached(
            "states of a machine whose monoid is not listed", MAX_STATES, reached=machine.size
        )
    found = _Chains(reflections).best(letters_of(machine))
    if monoid is None:
        return found
    return _written(found, lambda word: monoid.word(monoid.element(word)))


def letters_of(machine: Machine) -> Maps:
    """Return the maps of the letters.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> letters_of(get("parity").minimal()).rows.tolist()
    [[0, 1], [1, 0]]
    """
    columns = np.ascontiguousarray(machine.transitions.T, dtype=np.int64)
    return Maps(columns, tuple((a,) for a in machine.alphabet))


class _Chains:
    """The best of the chains that are followed, and how much was done for them."""

    def __init__(self, reflections: bool) -> None:
        self.reflections = reflections
        self.work = 0
        self.known: dict[bytes, Peeling] = {}

    def best(self, of: Maps) -> Peeling:
        """Return the best chain of a monoid that is not listed."""
        idempotents = of.idempotents(WORDS, IDEMPOTENTS)
        best = _without_peeling(idempotents, self.reflections)
        followed = 0
        for i, rank in enumerate(idempotents.ranks.tolist()):
            if rank <= best.value:
                break  # chains go on through ever smaller images: as many more as points but one
            if followed == CHAINS or (followed and self.work > MAX_WORK):
                break
            e = idempotents.of([i])
            loops = Loops(idempotents if self.reflections else of, e)
            self.work += loops.targets.size
            moving = None if self.reflections else _moving(loops)
            if moving is not None and best.value < 2:
                best = replace(best, value=2, ending="letters", witness=(e.words[0], moving))
            rest = loops.remaining()
            if rest is None:
                continue
            followed += rest.rows.tobytes() not in self.known
            found = self._remaining(rest)
            if 1 + found.value > best.value:
                links = (Link(idempotent=e.words[0], generators=rest.words), *found.links)
                best = replace(found, value=1 + found.value, links=links)
        with suppress(LimitReached):
            complexity = complexity_lower_bound(of.machine)
            if complexity > best.value:
                best = Peeling(
                    value=complexity,
                    reflections=self.reflections,
                    ending="complexity",
                    exhaustive=False,
                )
        return replace(best, exhaustive=False)

    def _remaining(self, of: Maps) -> Peeling:
        """Return the best chain of what remains: an exact one as soon as that can be listed."""
        key = of.rows.tobytes()
        if key not in self.known:
            self.known[key] = self._followed(of)
        found = self.known[key]
        return _written(found, lambda word: sum((of.words[int(i)] for i in word), ()))

    def _followed(self, of: Maps) -> Peeling:
        """Return the best chain, its words in the numbers of the maps."""
        numbered = Maps(of.rows, tuple((str(i),) for i in range(len(of.words))))
        self.work += MAX_MULTIPLIED * len(of.rows)
        try:
            monoid = transition_monoid(of.machine, max_elements=MAX_MULTIPLIED)
        except LimitReached:
            return self.best(numbered)
        table = Multiplication(monoid)
        found = peel_listed(monoid, reflections=self.reflections, table=table)
        self.work += table.work
        return found


def _without_peeling(idempotents: Maps, reflections: bool) -> Peeling:
    """Return two layers where idempotents e, f have efe different from fe, or else one."""
    for e, word in zip(idempotents.rows, idempotents.words, strict=True):
        then = e[idempotents.rows]
        differ = np.flatnonzero((then[:, e] != then).any(axis=1))
        if len(differ):
            return Peeling(
                value=2,
                reflections=reflections,
                ending="idempotents",
                witness=(word, idempotents.words[differ[0]]),
                exhaustive=False,
            )
    return Peeling(value=1, reflections=reflections, ending="one layer", exhaustive=False)


def _moving(loops: Loops) -> Word | None:
    """Return an element s that divides e with se different from e, or None where none is seen."""
    elements, (e,) = loops.elements, loops.e.rows
    return next(
        (elements.words[s] for s in loops.dividing if (e[elements.rows[s]] != e).any()), None
    )


def _written(found: Peeling, change: Callable[[Word], Word]) -> Peeling:
    """Return a chain with other words for the same elements."""
    links = tuple(
        Link(
            idempotent=change(link.idempotent),
            generators=tuple(map(change, link.generators)),
            parts=tuple(map(change, link.parts)),
        )
        for link in found.links
    )
    edges = tuple(
        replace(
            edge,
            word=change(edge.word),
            inverts=None if edge.inverts is None else change(edge.inverts),
        )
        for edge in found.edges
    )
    return replace(found, links=links, witness=tuple(map(change, found.witness)), edges=edges)
