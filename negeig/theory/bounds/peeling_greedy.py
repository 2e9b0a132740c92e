"""One chain of peelings of a monoid that is too large to list, from the letters' maps alone.

Of the monoid no more is looked at than short words and their idempotent powers. An idempotent e is
followed through the maps that keep as many points apart as it does; what remains at e is generated
by the ways that lead back to it. Each link looks at a bounded number of words and of maps.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import numpy as np

from negeig.automata.decomposition.complexity import complexity_lower_bound
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid, transition_monoid
from negeig.automata.monoids.submonoids import MAX_TABLE
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

CANDIDATES = 3
"""Idempotents at which it is tried whether anything remains; the first such is a link."""


def peel(
    machine: Machine, monoid: TransitionMonoid | None = None, *, reflections: bool = True
) -> Peeling:
    """Return the peeling bound of a minimal machine, or one from a single chain.

    Parameters
    ----------
    machine : Machine
    monoid : TransitionMonoid, optional
        Where it is listed. Up to 8,192 elements all chains are compared.
    reflections : bool
        Whether steps may have the eigenvalue -1. Without it the task has to be aperiodic.

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
            monoid = transition_monoid(machine, max_elements=MAX_TABLE)
    if monoid is not None and monoid.size <= MAX_TABLE:
        return peel_listed(monoid, reflections=reflections)
    if machine.size > MAX_STATES:
        raise LimitReached(
            "states of a machine whose monoid is not listed", MAX_STATES, reached=machine.size
        )
    columns = np.ascontiguousarray(machine.transitions.T, dtype=np.int64)
    letters = Maps(columns, tuple((a,) for a in machine.alphabet))
    found = _large(letters, reflections)
    if monoid is None:
        return found
    return _written(found, lambda word: monoid.word(monoid.element(word)))


def _chain(of: Maps, reflections: bool) -> Peeling:
    """Return the first chain that goes on; an exact one as soon as what remains can be listed."""
    with suppress(LimitReached):
        monoid = transition_monoid(of.machine, max_elements=MAX_TABLE)
        found = peel_listed(monoid, reflections=reflections)
        return _written(found, lambda word: sum((of.words[int(i)] for i in word), ()))
    return _large(of, reflections)


def _large(of: Maps, reflections: bool) -> Peeling:
    """Return the first chain that goes on, of a monoid that is not listed."""
    idempotents = of.idempotents(WORDS, IDEMPOTENTS)
    best = _without_peeling(idempotents, reflections)
    for i in range(len(idempotents.words))[:CANDIDATES]:
        e = idempotents.of([i])
        loops = Loops(idempotents if reflections else of, e)
        moving = None if reflections else _moving(loops)
        if moving is not None and best.value < 2:
            best = replace(best, value=2, ending="letters", witness=(e.words[0], moving))
        rest = loops.remaining()
        if rest is None:
            continue
        found = _chain(rest, reflections)
        if 1 + found.value > best.value:
            links = (Link(idempotent=e.words[0], generators=rest.words), *found.links)
            best = replace(found, value=1 + found.value, links=links)
        break
    with suppress(LimitReached):
        complexity = complexity_lower_bound(of.machine)
        if complexity > best.value:
            best = Peeling(
                value=complexity, reflections=reflections, ending="complexity", exhaustive=False
            )
    return replace(best, exhaustive=False)


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
        Link(idempotent=change(link.idempotent), generators=tuple(map(change, link.generators)))
        for link in found.links
    )
    return replace(found, links=links, witness=tuple(map(change, found.witness)))
