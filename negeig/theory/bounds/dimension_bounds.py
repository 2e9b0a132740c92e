"""Lower bounds on the dimension of a layer: by what maps of a line, a plane and space can do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from negeig.automata.groups.identify import Subgroup
from negeig.automata.groups.isometries import may_be_isometries
from negeig.automata.groups.permgroup import ListedGroup
from negeig.automata.machines.machine import Machine, Transitions
from negeig.automata.monoids.green import GreenRelations, green
from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.theory.bounds.lower_bound import MAX_GROUPED, LowerBound
from negeig.theory.bounds.periods import has_odd_factor, with_period
from negeig.theory.theorems import ids


def dimensions(
    machine: Machine, monoid: TransitionMonoid | None, seen: Transitions
) -> Iterator[LowerBound]:
    """Yield the bounds on the largest dimension of a layer; ``seen`` is the merged table."""
    yield LowerBound(
        quantity="dim", value=1, reason="the last letter alone does not tell the output"
    )
    groups: tuple[Subgroup, ...] = ()
    relations = None
    if monoid is not None and monoid.size <= MAX_GROUPED and not monoid.is_aperiodic:
        relations = green(monoid)
        groups = relations.subgroups
    yield from _dimensions_of_any_depth(machine, monoid, groups)
    if not _on_a_line(machine.transitions, seen):
        yield LowerBound(
            quantity="dim",
            value=2,
            layers=1,
            theorem=ids.SCALAR,
            reason="an affine map that keeps a finite set of numbers is the identity, a constant "
            "or their mirror, and the letters do more than that",
        )
    if relations is not None:
        yield from _dimensions_of_groups(relations)


def _dimensions_of_groups(relations: GreenRelations) -> Iterator[LowerBound]:
    """Bounds on one layer, by groups that are none of isometries of the plane, or of space."""
    spaces: tuple[tuple[Literal[2, 3], str], ...] = (
        (2, "the plane"),
        (3, "three-dimensional space"),
    )
    for dimension, where in spaces:
        for group, idempotent in zip(relations.subgroups, relations.regular, strict=True):
            rows = partial(relations.subgroup_permutations, idempotent)
            if not may_act(group, rows, dimension):
                named = f"the group {group.name}" if group.decided else f"a {group.name}"
                yield LowerBound(
                    quantity="dim",
                    value=dimension + 1,
                    layers=1,
                    theorem=ids.GROUP_DIMENSION,
                    reason=f"{named} is no quotient of a finite group of isometries of {where}",
                )
                break


def may_act(group: Subgroup, rows: Callable[[], NDArray[Any]], dimension: Literal[2, 3]) -> bool:
    """Whether a group is a quotient of a finite group of isometries, as far as is known.

    By its name, where it has one, else by the orders of its elements, which ``rows`` gives as
    permutations: :func:`negeig.automata.groups.isometries.may_be_isometries`.
    """
    if group.decided:
        return re.fullmatch(_NAMES[dimension], group.name) is not None
    return may_be_isometries(ListedGroup(rows()), dimension)


def _dimensions_of_any_depth(
    machine: Machine, monoid: TransitionMonoid | None, groups: Sequence[Subgroup]
) -> Iterator[LowerBound]:
    """Bounds by the simple groups that divide the monoid, each of which divides some layer's."""
    for value, excluded in ((5, _other_than_a5), (3, _not_solvable)):
        factor = next((name for g in groups for name in excluded(g)), None)
        if factor is not None:
            yield LowerBound(
                quantity="dim",
                value=value,
                theorem=ids.SIMPLE_DIMENSION,
                reason=f"the simple group {factor} divides the transition monoid, and no finite "
                f"group of {value - 1} x {value - 1} matrices",
            )
    why = with_period(machine, monoid, has_odd_factor)
    if why is not None:
        yield LowerBound(
            quantity="dim",
            value=2,
            theorem=ids.SIMPLE_DIMENSION,
            reason=f"{why}, which an odd prime divides, and a finite group of maps of a line has "
            "order 1 or 2",
        )


def _on_a_line(table: Transitions, seen: Transitions) -> bool:
    """Whether every letter is constant, the identity, or one and the same involution.

    A letter is constant if it leads to one state: of two, the outputs may differ at that moment,
    and the last letter is the same. A state that the involution fixes needs no point in the middle:
    it may be two mirrored points.
    """
    states = np.arange(len(seen))
    others = [
        column
        for column, all_of_it in zip(seen.T, table.T, strict=True)
        if (all_of_it != all_of_it[0]).any() and (column != states).any()
    ]
    if not others:
        return True
    mirror = others[0]
    return all((column == mirror).all() for column in others) and bool(
        (mirror[mirror] == states).all()
    )


# Names up to isomorphism, as :mod:`negeig.automata.groups.identify` writes them.
_PLANE = r"C\d+|D\d+|S3|C2 x C2"
_NAMES = {2: _PLANE, 3: rf"(C2 x )?({_PLANE}|A4|S4|A5|C2 x S3|C2 x D\d*[13579])"}


def _not_solvable(group: Subgroup) -> list[str]:
    """Composition factors of a group that are not abelian."""
    return [f for f in group.composition_factors or () if not re.fullmatch(r"C\d+", f)]


def _other_than_a5(group: Subgroup) -> list[str]:
    return [f for f in _not_solvable(group) if f != "A5"]
