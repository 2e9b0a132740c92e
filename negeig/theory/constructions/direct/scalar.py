"""The scalar route: the states are points of a line.

An affine map of the line that takes a finite set of points into itself is constant, the identity
or the mirror about the middle of the set (a contraction that is not constant would make an
injective map of the set into itself shrink its width). This route is for letters each of which is
a reset, the identity, or one and the same involution: with states that the last letter tells apart
on one point (:mod:`~..shared_codes`), all tasks that one number can do. Parity is the smallest
case: the mirror, ``A = [-1]``.
"""

from __future__ import annotations

from fractions import Fraction

from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.factors.factorisation import ONE, TWO, ZERO, overwrite
from negeig.theory.networks.network import DeltaStep
from negeig.theory.networks.one_layer import one_layer
from negeig.theory.theorems import ids

MIRROR = DeltaStep(TWO, (ONE,), ZERO)


def construct(machine: Machine) -> list[Construction]:
    """Return the one-dimensional network, one step a token, where the route applies.

    Examples
    --------
    >>> machine = Machine(alphabet="ab", transitions=[[1, 0], [0, 0]], initial=0, outputs=[0, 1])
    >>> [made.cost for made in construct(machine)]
    [(1, 1, 1)]
    """
    if machine.size < 2:
        return []
    columns = machine.transitions.T.tolist()
    identity = list(range(machine.size))
    resets = [column[0] if len(set(column)) == 1 else None for column in columns]
    moving = [
        column
        for column, reset in zip(columns, resets, strict=True)
        if reset is None and column != identity
    ]
    mirror = moving[0] if moving else None
    if mirror and (any(c != mirror for c in moving) or [mirror[q] for q in mirror] != identity):
        return []
    points = _points(machine.initial, machine.size, mirror)
    first = {q: point for point, q in reversed(points)}
    steps = [
        (overwrite(1, 0, first[reset]),) if reset is not None else (MIRROR,) * (column != identity)
        for column, reset in zip(columns, resets, strict=True)
    ]
    network = one_layer(
        machine,
        initial=(first[machine.initial],),
        steps=steps,
        codes=[(point,) for point, _ in points],
        names=("position",),
        states=[q for _, q in points],
    )
    ways = ["a letter that swaps states mirrors the line (eigenvalue -1)"] if mirror else []
    if any(s and s[0] != MIRROR for s in steps):
        ways.append("a reset overwrites the number (eigenvalue 0)")
    idea = "one number holds the state; " + ", ".join(ways)
    return [Construction(ROUTE.name, network, idea, ids.SCALAR)]


def _points(start: int, size: int, mirror: list[int] | None) -> list[tuple[Fraction, int]]:
    """Return small integers, symmetric about 0, with the state that each stands for.

    One state that the mirror keeps is 0, and each other one two mirrored points.
    """
    order = sorted(range(size), key=lambda x: (x != start, x))
    if mirror is None:
        return sorted(
            ((Fraction((-1) ** i * (i // 2 + 1)), x) for i, x in enumerate(order)),
            key=lambda pair: pair[1],
        )
    middle = next((x for x in order if mirror[x] == x), None)
    points = [] if middle is None else [(Fraction(0), middle)]
    rank = {x: i for i, x in enumerate(order)}
    pairs = [x for x in order if x != middle and rank[x] <= rank[mirror[x]]]
    for i, x in enumerate(pairs, 1):
        points += [(Fraction(i), x), (Fraction(-i), mirror[x])]
    return sorted(points, key=lambda pair: (pair[1], -pair[0]))


ROUTE = Route(
    name="scalar",
    kind="direct",
    rank=10,
    least_layers=1,
    summary="the states are points of a line",
    construct=construct,
)
