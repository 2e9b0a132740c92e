"""Letters that take four steps whatever group covers the task's, by finite groups of rotations.

A letter that takes fewer than four reflections has a power of odd prime power order that turns one
plane and fixes what is at right angles to it. Two such turns live in four dimensions, and finite
groups of rotations of four dimensions are known: as simple groups go they know A5 alone, and in
that one turns by the same angle are conjugate (docs/theory/lower-bounds.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from negeig.automata.groups.composition import composition_factors
from negeig.automata.groups.permgroup import ListedGroup, primes
from negeig.automata.groups.schreier_sims import PermutationGroup
from negeig.theory.bounds.reflection_bounds import Units

MAX_CONJUGATES = 100
"""Most conjugates of one element that are paired with it."""

A5_ORDER = 60


@dataclass(frozen=True, kw_only=True)
class FourSteps:
    """A letter that takes four steps in one layer, and why.

    Attributes
    ----------
    letter : int
        Its column.
    power, other : int
        Elements of the group: a power of the letter, of odd prime power order, and a conjugate.
    exponent : int
        Which power.
    reason : str
        What they generate.
    """

    letter: int
    power: int
    exponent: int
    other: int
    reason: str


def four_steps_obstruction(found: Units) -> FourSteps | None:
    """Return a letter that takes four steps or more in one layer whatever covers it, and why.

    None where nothing is found. O(letters x conjugates x order) at most.

    Examples
    --------
    A 5-cycle takes four steps as a letter of S5, and two as a letter of A5:

    >>> swap, turn = [1, 0, 2, 3, 4], [1, 2, 3, 4, 0]
    >>> for other in (swap, [1, 2, 0, 3, 4]):
    ...     group = ListedGroup(PermutationGroup([other, turn]).elements())
    ...     rows = group.rows.tolist()
    ...     found = Units(group, ((0, rows.index(other)), (1, rows.index(turn))))
    ...     why = four_steps_obstruction(found)
    ...     print(why and why.reason)
    its power of order 5 and a conjugate of it generate A5 and are not conjugate there
    None
    """
    group = found.group
    if group.is_solvable:
        return None
    for a, x in found.letters:
        for p in primes(int(group.orders[x])):
            if p > 2:
                exponent = _exponent(int(group.orders[x]), p)
                power = group.product(*[x] * exponent)
                why = _why(group, power)
                if why is not None:
                    other, reason = why
                    return FourSteps(
                        letter=a, power=power, exponent=exponent, other=other, reason=reason
                    )
    return None


def _exponent(order: int, p: int) -> int:
    """Return which power of an element of some order has its p-part as order."""
    rest = order
    while rest % p == 0:
        rest //= p
    return rest * pow(rest, -1, order // rest) % order


def _why(group: ListedGroup, c: int) -> tuple[int, str] | None:
    """Return a conjugate with which an element is no turn of one plane, and why not."""
    order = int(group.orders[c])
    for other in _class_of(group, c, group.own_generators)[:MAX_CONJUGATES]:
        inside = group.closure([c, other])
        if group.subgroup(inside).is_solvable:
            continue
        pair = f"its power of order {order} and a conjugate of it generate"
        if int(inside.sum()) == A5_ORDER:
            if other not in _class_of(group, c, [c, other]):
                return other, f"{pair} A5 and are not conjugate there"
            continue
        rows = group.rows[[c, other]]
        for factor in composition_factors(PermutationGroup(rows.tolist())) or ():
            if not re.fullmatch(r"C\d+|A5", factor):
                return other, f"{pair} a group with the simple factor {factor}"
    return None


def _class_of(group: ListedGroup, x: int, generators: Sequence[int]) -> list[int]:
    """Return the conjugates of an element by those of the subgroup that some generate."""
    moves = [group.conjugates(g) for g in generators]
    found = [x]
    for y in found:  # grows while it is read
        found += sorted({int(move[y]) for move in moves} - set(found))
    return found
