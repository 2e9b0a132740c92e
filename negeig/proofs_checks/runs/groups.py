"""Certificates of what a group in the monoid of a task takes, of the kind ``group``.

A group that is not among those of isometries of the plane, or of space, is shown by the orders of
its elements; one that is not solvable by elements each of which is a commutator of products of
them; one with a simple factor that is neither cyclic nor A5 by elements that are 30th powers of
such commutators, which are 1 in A5 (docs/theory/lower-bounds.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np

from negeig.automata.groups.isometries import may_be_isometries
from negeig.automata.groups.permgroup import ListedGroup, Mask
from negeig.automata.monoids.green import GreenRelations
from negeig.claims import InputError
from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.runs.acting import Acting, Words
from negeig.theory.bounds.plane_rotations import FourSteps, four_steps_obstruction
from negeig.theory.bounds.reflection_bounds import Units, one_step_obstruction, units

MAX_PAIRS = 1_000
"""Pairs of elements of one group that are tried in search of a small subgroup."""

MAX_MISSES = 100
"""Commutators of random elements that are no more than what the others generate, at the end."""

Commutators = list[tuple[int, int, int]]
"""Elements, each with two others of which it is the commutator, or a power of that."""


def isometries_certificate(relations: GreenRelations, needs: str) -> Certificate:
    """Return that of a group that is none of isometries of the ``plane``, or of ``space``.

    Raises InputError where the orders of the elements tell no group of the monoid from these.
    """
    dimension: Literal[2, 3] = 2 if needs == "plane" else 3
    for acting in groups_of(relations):
        inside = min(
            _misfits(acting.group, dimension), key=lambda mask: int(mask.sum()), default=None
        )
        if inside is not None:
            return acting.certificate(needs, acting.group.generators(inside))
    raise InputError("certificate", "the orders of the elements of a group do not tell it")


def unsolvable_certificate(relations: GreenRelations, needs: str) -> Certificate:
    """Return that of a group that is ``not solvable``, or has a factor that is ``not A5``.

    Raises InputError where no group of the monoid is found to have one.
    """
    for acting in groups_of(relations):
        found = _commutators(acting.group, acting.group.own_generators, _exponent(needs))
        if found:
            generators = [x for x, _, _ in found]
            return acting.certificate(
                needs, generators, **_hints(acting.group, found, Words(acting.group, generators))
            )
    raise InputError("certificate", "no commutators show a group that is not solvable")


def one_step_certificate(relations: GreenRelations) -> Certificate:
    """Return that of letters that one reflection each does not track, whatever group covers them.

    Raises InputError where that is not what they show.
    """
    acting, permuting = _units(relations)
    found = one_step_obstruction(permuting)
    if found is None:
        raise InputError("certificate", "the letters may be reflections")
    column = {x: a for a, x in reversed(permuting.letters)}
    words = [[column[x]] for x in found.elements]
    return acting.certificate("one step", found.elements, words)


def four_steps_certificate(relations: GreenRelations) -> Certificate:
    """Return that of a letter that takes four steps, whatever group covers that of the letters.

    Raises InputError where there is none.
    """
    acting, permuting = _units(relations)
    found = four_steps_obstruction(permuting)
    if found is None:
        raise InputError("certificate", "no letter is seen to take four steps")
    group, columns = acting.group, [a for a, _ in permuting.letters]
    letters = [x for _, x in permuting.letters]
    by = _conjugator(group, letters, found)
    used = sorted({*by, columns.index(found.letter)})
    pair = [found.power, found.other]
    made = _commutators(group, pair, _exponent("four steps"))
    return acting.certificate(
        "four steps",
        [letters[i] for i in used],
        [[columns[i]] for i in used],
        turn=[used.index(columns.index(found.letter))] * found.exponent,
        by=[used.index(i) for i in by],
        **_hints(group, made, Words(group, pair)),
    )


def groups_of(relations: GreenRelations) -> Iterator[Acting]:
    """Yield the group of each regular D-class that is not trivial, the large classes first."""
    for one in relations.j_classes:
        if one.idempotent is not None and one.h_size > 1:
            yield Acting.of(relations, one.idempotent)


def _units(relations: GreenRelations) -> tuple[Acting, Units]:
    """Return the letters that permute the states, in the group that they generate.

    Both number its elements in the order of the monoid.
    """
    return Acting.of(relations, 0), units(relations.monoid)


def _misfits(group: ListedGroup, dimension: Literal[2, 3]) -> Iterator[Mask]:
    """Yield subgroups of two generators, and the whole one, that are no group of isometries."""
    pairs = ((x, y) for x in group.class_representatives.tolist() for y in range(group.order))
    for _, pair in zip(range(MAX_PAIRS), pairs, strict=False):
        inside = group.closure(pair)
        if not may_be_isometries(group.subgroup(inside), dimension):
            yield inside
    if not may_be_isometries(group, dimension):
        yield np.ones(group.order, bool)


def _exponent(needs: str) -> int:
    return 1 if needs == "not solvable" else 30


def _commutators(group: ListedGroup, generators: Sequence[int], exponent: int) -> Commutators:
    """Return elements with which products of them have powers of commutators, or none at all.

    Those of random elements, from a fixed seed, generate a subgroup; where it is smaller than that
    of which they were taken, it is the next of which they are.
    """
    rng = np.random.default_rng(0)
    inside = group.closure(generators)
    while inside.sum() > 1:
        members = np.flatnonzero(inside)
        found: Commutators = []
        made, misses = group.closure([]), 0
        while misses < MAX_MISSES and made.sum() < len(members):
            x, y = (int(i) for i in rng.choice(members, 2))
            power = group.product(*[group.commutator(x, y)] * exponent)
            if made[power]:
                misses += 1
            else:
                found.append((power, x, y))
                made, misses = group.closure([z for z, _, _ in found]), 0
        if made.sum() == len(members):
            return found
        inside = made
    return []


def _hints(group: ListedGroup, found: Commutators, words: Words) -> dict[str, Any]:
    """Return the elements in the words' generators, and in them what they are commutators of."""
    own = Words(group, [x for x, _, _ in found])
    return {
        "elements": [words[x] for x, _, _ in found],
        "commutators": [[own[y], own[z]] for _, y, z in found],
    }


def _conjugator(group: ListedGroup, letters: Sequence[int], found: FourSteps) -> list[int]:
    """Return letters, by their place, that conjugate the power of one into the other element."""
    words: dict[int, list[int]] = {found.power: []}
    queue = [found.power]
    for x in queue:  # grows while it is read
        for i, letter in enumerate(letters):
            y = group.product(group.inverse(letter), x, letter)
            if y not in words:
                words[y] = [*words[x], i]
                queue.append(y)
    return words[found.other]
