"""The rotations route: cyclic and dihedral groups as symmetries of a regular polygon in the plane.

A reflection of the polygon is one reflection, a rotation is two, whatever the number of corners
(Grazzi et al., arXiv 2411.12537, Theorems 2 and 3). The entries are cosines and sines of the
m-gon: rational for m = 1, 2, 4, in a real cyclotomic field otherwise
(:func:`negeig.theory.exact.fields.polygon`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from negeig.automata.groups.permgroup import ListedGroup
from negeig.automata.groups.small_action import letter_group
from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.pieces.representation import represent
from negeig.theory.constructions.pieces.resets import beside_resets
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.exact.fields import polygon, polygon_degree
from negeig.theory.exact.numbers import Matrix
from negeig.theory.theorems import ids

MAX_CORNERS = 256
"""Largest polygon."""

MAX_DEGREE = 128
"""Largest degree of the number field of a network's entries."""


@beside_resets
def construct(machine: Machine) -> list[Construction]:
    """Return the network in the plane where the transition group is cyclic or dihedral.

    Exact. Complexity: O(order x states) to recognise the group, O(order x letters) operations in
    the number field for the codes. Cyclic groups of order 2 are left to the scalar route.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> [(c.cost, c.network.field.degree) for c in construct(get("cyclic:5").minimal())]
    [((1, 2, 2), 4)]
    """
    if not 2 < machine.size <= MAX_CORNERS * 2 or not _may_be_dihedral(machine):
        return []
    letters = letter_group(machine, 2 * MAX_CORNERS)
    if letters is None:
        return []
    group = letters.group
    recognised = corner_turns(group, letters.letters)
    if recognised is None:
        return []
    m, symmetry = recognised
    if polygon_degree(m) > MAX_DEGREE:
        return []
    matrices = [_matrix(m, *symmetry[g]) for g in letters.letters]
    fixing = [_matrix(m, *symmetry[g]) for g in np.flatnonzero(letters.stabiliser).tolist()]
    network = represent(machine, matrices, fixing)
    if network is None:
        return []
    name = "cyclic" if group.order == m else "dihedral"
    idea = f"the letters turn or mirror a regular {m}-gon ({name} group of order {group.order})"
    return [Construction(ROUTE.name, network, idea, ids.T3)]


def _may_be_dihedral(machine: Machine) -> bool:
    """Whether letters permute, and all turn one of them, or a product, that turns, or mirror it.

    Where two letters are no mirrors, or do not commute, one of them or their product turns, and
    every symmetry of the polygon commutes with a turn or inverts it. O(letters x states).
    """
    one = np.arange(machine.size)
    columns = machine.transitions.T
    if (np.sort(columns, axis=1) != one).any():
        return False
    letters = [g for g in columns if (g != one).any()]
    first = letters[0] if letters else one
    turn = next((g for g in letters if (g[g] != one).any()), None)
    if turn is None:
        turn = next((g[first] for g in letters if (g[first] != first[g]).any()), None)
    if turn is None:
        return True
    back = np.argsort(turn)
    return all(
        bool((turn[g] == g[turn]).all()) or bool((back[g] == g[turn]).all()) for g in letters
    )


def corner_turns(
    group: ListedGroup, letters: Sequence[int] = ()
) -> tuple[int, dict[int, tuple[int, bool]]] | None:
    """Recognise a cyclic or dihedral group and number its elements as symmetries of an m-gon.

    Parameters
    ----------
    group : ListedGroup
        Any group.
    letters : sequence of int
        Elements that had better not be the half turn, where there is a choice: in C2 x C2.

    Returns
    -------
    (m, symmetries) or None
        ``symmetries[x] = (k, mirrored)`` when x is the mirror image about the first axis, if
        ``mirrored``, and then k turns by 2 pi/m. None for any other group.

    Examples
    --------
    >>> corner_turns(ListedGroup(np.array([[0, 1, 2], [1, 2, 0], [2, 0, 1]])))
    (3, {0: (0, False), 1: (1, False), 2: (2, False)})
    """
    order = group.order
    for m in (order, order // 2):
        turns = np.flatnonzero(group.orders == m).tolist() if m * 2 >= order else []
        if turns:
            turn = min(turns, key=lambda x: (x in letters, x))
            break
    else:
        return None
    step = group.times(turn)
    symmetries = {}
    outside = np.flatnonzero(~group.closure([turn])).tolist()
    mirror = outside[0] if outside else group.identity
    if outside and (
        group.orders[mirror] != 2 or group.product(mirror, turn, mirror) != group.inverse(turn)
    ):
        return None
    for mirrored, x in ((False, group.identity), (True, mirror))[: order // m]:
        for k in range(m):
            symmetries[x] = (k, mirrored)
            x = int(step[x])
    return m, symmetries


def _matrix(m: int, turns: int, mirrored: bool) -> Matrix:
    """Matrix of the mirror about the first axis, if asked for, and then some turns by 2 pi/m."""
    cosine, sine = polygon(m)[turns]
    if mirrored:
        return (cosine, sine), (sine, -cosine)
    return (cosine, -sine), (sine, cosine)


ROUTE = Route(
    name="rotations",
    kind="direct",
    rank=50,
    least_layers=1,
    summary="cyclic and dihedral groups in the plane",
    construct=construct,
)
