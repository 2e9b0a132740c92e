"""The scalar route: the states are points of a line.

An affine map of the line that takes a finite set of points into itself is constant, the identity
or the mirror about the middle of the set (a contraction that is not constant would make an
injective map of the set into itself shrink its width). This route is for letters each of which is
the identity, a reset, or one and the same involution with at most one fixed point: one point for
each state. Parity is the smallest case: the mirror, ``A = [-1]``.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.factors.factorisation import ONE, TWO, ZERO, overwrite
from negeig.theory.networks.network import DeltaStep
from negeig.theory.networks.one_layer import one_layer
from negeig.theory.theorems import ids

MIRROR = DeltaStep(TWO, (ONE,), ZERO)


def construct(machine: Machine) -> list[Construction]:
    """Return the one-dimensional network, one step a token, where the route applies."""
    if machine.size < 2:
        return []
    columns = [machine.transitions[:, a] for a in range(len(machine.alphabet))]
    identity = np.arange(machine.size)
    mirror: np.ndarray | None = None
    for column in columns:
        if np.array_equal(column, identity) or np.all(column == column[0]):
            continue
        if mirror is None:
            mirror = column
        elif not np.array_equal(column, mirror):
            return []
    points = _positions(machine, mirror)
    if points is None:
        return []
    steps = [
        ()
        if np.array_equal(column, identity)
        else (overwrite(1, 0, points[int(column[0])]),)
        if np.all(column == column[0])
        else (MIRROR,)
        for column in columns
    ]
    network = one_layer(
        machine,
        initial=(points[machine.initial],),
        steps=steps,
        codes=[(p,) for p in points],
        names=("position",),
    )
    moves = (
        ["a letter that swaps states mirrors the line (eigenvalue -1)"]
        if mirror is not None
        else []
    )
    if any(s and s[0] != MIRROR for s in steps):
        moves.append("a reset overwrites the number (eigenvalue 0)")
    idea = "one number holds the state; " + ", ".join(moves)
    return [Construction(ROUTE.name, network, idea, ids.SCALAR)]


def _positions(machine: Machine, mirror: np.ndarray | None) -> list[Fraction] | None:
    """Choose integer positions of the states, small and symmetric about 0, or None."""
    positions = [Fraction(0)] * machine.size
    if mirror is None:
        order = sorted(range(machine.size), key=lambda q: (q != machine.initial, q))
        values = [(-1) ** i * (i // 2 + 1) for i in range(machine.size)]
        for q, value in zip(order, values, strict=True):
            positions[q] = Fraction(value)
        return positions
    if not np.array_equal(mirror[mirror], np.arange(machine.size)):
        return None
    if int(np.sum(mirror == np.arange(machine.size))) > 1:
        return None
    rank = 0
    for q in sorted(range(machine.size), key=lambda q: (q != machine.initial, q)):
        partner = int(mirror[q])
        if partner != q and positions[q] == 0:
            rank += 1
            positions[q], positions[partner] = Fraction(rank), Fraction(-rank)
    return positions


ROUTE = Route(
    name="scalar",
    kind="direct",
    rank=10,
    least_layers=1,
    summary="the states are points of a line",
    construct=construct,
)
