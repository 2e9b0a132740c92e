"""The cover route: one layer whose states are finer than the machine's.

Registers that letters move, negate and overwrite with constants remember more than the machine's
state: where in a finite group the word has come to, and what was done last. The route searches for
few registers that determine the state. A monoid in which two idempotents violate ``efe = fe`` is
refused at once: no single layer of the kind exists (docs/theory/one-layer.md). For all others such
registers exist, in some number (docs/theory/cover.md), and the search ends with some if it may go
on for long enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.claims import LimitReached
from negeig.theory.constructions.pieces.acting_letters import ActingLetters, acting_letters
from negeig.theory.constructions.pieces.cover_search import MAX_CONTENTS, Search
from negeig.theory.constructions.pieces.covering import Cover, register_network, with_few_values
from negeig.theory.constructions.pieces.exploring import Explorer
from negeig.theory.constructions.pieces.group_covers import group_cover
from negeig.theory.constructions.pieces.register_rows import Kind
from negeig.theory.constructions.pieces.registers import row_steps
from negeig.theory.constructions.pieces.representation import permutes
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.theorems import ids
from negeig.work import LOG_GROWTH, Work

MAX_PERMUTED = 24
"""Largest machine whose letters all permute for which covers are searched, at effort 1."""

UNITS, COUNTS = 12_000_000, "rows and pairs of words tried, contents of registers explored"
"""Work at effort 1: about a second where all of it is used, which is rare for small machines."""


GROUP_PART = 2
"""Where that finds nothing, this part of the work, one in so many, is spent group by group."""


def construct(machine: Machine, *, work: Work | None = None) -> Iterator[Construction]:
    """Yield covers of a minimal machine, none beaten by another in steps a token and registers.

    Nothing where idempotents violate ``efe = fe``. All registers that a signed partial permutation
    moves and that constants overwrite are searched, smaller numbers of steps and registers first;
    first those that are never moved, whose layers have the eigenvalues 0 and 1 only. Where all
    letters permute the states, registers need not be overwritten. Where that finds nothing within
    the work, groups are tried one by one, with registers in blocks for each: with enough work that
    ends with a cover, though not the cheapest.

    Raises
    ------
    LimitReached
        At the end, where the search was not complete: there may be covers that none found beats.
        Without it there are none, for registers of this kind.

    Notes
    -----
    A function of the machine and the work, which is ``UNITS`` where none is given. Hundredths of
    a second for most machines of up to five states over two letters. Once a cover is found an
    eighth as much work is left for others.

    Examples
    --------
    >>> machine = Machine(alphabet="ab", transitions=[[0, 2], [0, 0], [1, 2]], initial=0,
    ...                   outputs=[0, 1, 2])
    >>> (found,) = construct(machine)
    >>> found.cost  # layers, steps a token, registers
    (1, 2, 2)
    """
    work = Work(COUNTS, UNITS) if work is None else work
    if machine.size > work.scaled(MAX_PERMUTED) and permutes(machine):
        return
    letters = acting_letters(machine, work, "a cover")
    if letters is None:
        return
    search = Search(letters.table, machine.initial, letters.products, work)
    limits = []
    found = False
    for kind in _kinds(letters.monoid, permutes(machine)):
        try:
            for cover in search.covers(kind):
                found = True
                yield _construction(machine, letters, cover)
        except LimitReached as limit:
            limits.append(limit)
    if limits and not found and not permutes(machine):
        try:
            yield _by_group(machine, letters, work)
        except LimitReached as limit:
            limits.append(limit)
    if limits:
        raise limits[0]


def _kinds(monoid: TransitionMonoid, permute: bool) -> tuple[Kind, ...]:
    """Return the kinds of rows with which covers may exist and be of use.

    Words that act alike on registers that are never moved satisfy xx = x and xyx = yx. In a group
    a word's power is 1, and so it writes nothing on the contents that all words leave in place.
    """
    if permute:
        return ("moves",)
    maps = monoid.maps
    still = len(monoid.idempotents) == monoid.size and all(
        (np.take_along_axis(maps, a[maps], axis=1) == maps[:, a]).all() for a in monoid.generators
    )
    return ("writes", "all") if still else ("all",)


def _by_group(machine: Machine, letters: ActingLetters, work: Work) -> Construction:
    """Return a cover for the first group that has one, whatever it costs."""
    explorer = Explorer(work.scaled(MAX_CONTENTS))
    units = (work.limit >> (LOG_GROWTH * (work.level - 1))) // GROUP_PART
    own = work.part("places and contents tried group by group (cover)", units)
    rows = group_cover(letters, explorer, own)
    cover = with_few_values(explorer, rows, letters.table, machine.initial)
    return _construction(machine, letters, cover)


def _construction(machine: Machine, letters: ActingLetters, cover: Cover) -> Construction:
    steps = [
        row_steps(row, [Fraction(w) for w in writes])
        for row, writes in zip(cover.rows, cover.writes, strict=True)
    ]
    idea = (
        f"{len(cover.start)} registers, which letters move by reflections and overwrite with "
        f"constants, determine the state; they take {len(cover.vectors)} values for "
        f"{machine.size} states"
    )
    network = register_network(machine, cover, letters.of_all(steps, ()))
    return Construction(ROUTE.name, network, idea, ids.COVER)


ROUTE = Route(
    name="cover",
    kind="search",
    rank=20,
    least_layers=1,
    summary="registers that letters overwrite and a group permutes",
    construct=construct,
    work=UNITS,
    counts=COUNTS,
)
