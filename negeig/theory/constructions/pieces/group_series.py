"""A solvable group taken apart into symmetries of polygons: factors that are cyclic or dihedral.

A series ``G = K_0 > K_1 > ... > K_k = 1`` has each term normal in the one before. Here each factor
``K_(i-1)/K_i`` is the group of turns of a regular polygon, or of its turns and mirror images. There
is one exactly for solvable groups: an abelian group has a cyclic factor, and the derived series of
another kind ends above 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from negeig.automata.groups.permgroup import ListedGroup, Mask
from negeig.theory.constructions.groups.rotations import corner_turns

Symmetry = tuple[int, bool]
"""(k, mirrored): the angle, turned round first where it is mirrored, and then k corners added."""


@dataclass(frozen=True, eq=False)
class Factor:
    """One factor of a series.

    Attributes
    ----------
    corners : int
        Of the polygon.
    mirrored : bool
        Whether some element is a mirror image.
    symmetry : mapping from int to (int, bool)
        What each element of the larger term does to the polygon.
    cosets : sequence of int
        For every element g of the group the chosen element of the coset of g by the smaller term.
    """

    corners: int
    mirrored: bool
    symmetry: Mapping[int, Symmetry]
    cosets: tuple[int, ...]


def series(group: ListedGroup, *, mirrored: bool) -> list[Factor] | None:
    """Return a series of few factors from the top, None where the group is not solvable.

    Parameters
    ----------
    mirrored : bool
        Whether factors may be dihedral too, with three corners and more.

    Notes
    -----
    O(order^2) products for each factor.

    Examples
    --------
    >>> import itertools
    >>> def symmetric(n):
    ...     return ListedGroup(np.array(list(itertools.permutations(range(n)))))
    >>> [(f.corners, f.mirrored) for f in series(symmetric(4), mirrored=True)]
    [(3, True), (2, False), (2, False)]
    >>> [f.corners for f in series(symmetric(4), mirrored=False)]
    [2, 3, 2, 2]
    >>> series(symmetric(5), mirrored=True) is None
    True
    """
    inside = np.ones(group.order, bool)
    found: list[Factor] = []
    while inside.sum() > 1:
        first = group.derived(group.generators(inside))
        if first.sum() == inside.sum():
            return None
        factor = None
        if mirrored and first.sum() > 1:
            second = group.derived(group.generators(first))
            factor, smaller = _factor(group, inside, second), second
        if factor is None:
            smaller = _complement(group, inside, first)
            factor = _factor(group, inside, smaller)
        if factor is None:
            raise RuntimeError("a factor that was made cyclic is not")
        found.append(factor)
        inside = smaller
    return found


def _complement(group: ListedGroup, inside: Mask, derived: Mask) -> Mask:
    """Return a largest subgroup above the derived one that shortens no power of one element.

    The element has the largest order modulo the derived subgroup, so it generates a direct factor
    of the abelian quotient, and the rest is a complement.
    """
    elements = np.flatnonzero(inside).tolist()
    most = max(_order(group, x, derived) for x in elements)
    longest = next(x for x in elements if _order(group, x, derived) == most)
    found = derived
    for x in elements:
        if not found[x]:
            larger = group.closure([*group.generators(found), x])
            if _order(group, longest, larger) == most:
                found = larger
    return found


def _order(group: ListedGroup, element: int, inside: Mask) -> int:
    """Return the least power of an element that lies in a subgroup."""
    power, order = element, 1
    while not inside[power]:
        power, order = group.product(power, element), order + 1
    return order


def _factor(group: ListedGroup, inside: Mask, smaller: Mask) -> Factor | None:
    """Return a term by a smaller one as a factor, None where it is neither cyclic nor dihedral."""
    cosets = tuple(int(group.times(g)[smaller].min()) for g in range(group.order))
    elements = np.flatnonzero(inside).tolist()
    classes = list(dict.fromkeys(cosets[x] for x in elements))
    number = {c: i for i, c in enumerate(classes)}
    quotient = ListedGroup(
        np.array([[number[cosets[group.product(d, c)]] for d in classes] for c in classes])
    )
    found = corner_turns(quotient)
    if found is None:
        return None
    corners, symmetry = found
    mirrored = len(classes) > corners
    if mirrored and corners < 3:
        return None
    return Factor(corners, mirrored, {x: symmetry[number[cosets[x]]] for x in elements}, cosets)
