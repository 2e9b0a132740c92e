"""The scalar route: the states are points of a line.

An affine map of the line that takes a finite set of points into itself is constant, the identity
or the mirror about the middle of the set (a contraction that is not constant would make an
injective map of the set into itself shrink its width). The decoder sees the last letter, so states
that every letter takes to the same state share a point. This route is for letters each of which is
a reset, or does to these points what the identity does, or one and the same involution: all tasks
that one number can do. Parity is the smallest case: the mirror, ``A = [-1]``.
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
    The states 0 and 2 share a point: the last letter is b in the state 2 and never in the state 0.

    >>> machine = Machine(alphabet="ab", transitions=[[1, 2], [0, 1], [1, 2]], initial=0,
    ...                   outputs=[0, 1, 1])
    >>> [made.cost for made in construct(machine)]
    [(1, 1, 1)]
    """
    places: dict[tuple[int, ...], int] = {}
    return _placed(machine, [places.setdefault(tuple(row), len(places)) for row in _rows(machine)])


def of_states(machine: Machine) -> list[Construction]:
    """Return the network where each state has points of its own, which tell it by themselves.

    For a layer whose states others read, whatever the last letter was.

    Examples
    --------
    >>> machine = Machine(alphabet="ab", transitions=[[1, 2], [0, 1], [1, 2]], initial=0,
    ...                   outputs=[0, 1, 1])
    >>> of_states(machine)
    []
    """
    return _placed(machine, list(range(machine.size)))


def _rows(machine: Machine) -> list[list[int]]:
    rows: list[list[int]] = machine.transitions.tolist()
    return rows


def _placed(machine: Machine, place: list[int]) -> list[Construction]:
    """Return the network, where there is one, whose points stand for these places of the states."""
    if machine.size < 2:
        return []
    rows = _rows(machine)
    resets = [column[0] if len(set(column)) == 1 else None for column in zip(*rows, strict=True)]
    holding = dict(zip(reversed(place), reversed(range(machine.size)), strict=True))
    identity = list(range(len(holding)))
    moves = [rows[holding[held]] for held in identity]
    columns = [[place[q] for q in column] for column in zip(*moves, strict=True)]
    moving = [
        column
        for column, reset in zip(columns, resets, strict=True)
        if reset is None and column != identity
    ]
    mirror = moving[0] if moving else None
    if mirror and (any(c != mirror for c in moving) or [mirror[x] for x in mirror] != identity):
        return []
    points = _points(place[machine.initial], len(identity), mirror)
    first = {held: point for point, held in reversed(points)}
    steps = [
        (overwrite(1, 0, first[place[reset]]),)
        if reset is not None and column != identity
        else (MIRROR,) * (column != identity)
        for column, reset in zip(columns, resets, strict=True)
    ]
    # Which of the states that share a place, after each letter; any where it leads to none.
    after = [[holding[held]] * len(columns) for held in identity]
    for row in rows:
        for a, q in enumerate(row):
            after[place[q]][a] = q
    network = one_layer(
        machine,
        initial=(first[place[machine.initial]],),
        steps=steps,
        codes=[(point,) for point, _ in points],
        names=("position",),
        after=[after[held] for _, held in points],
    )
    ways = ["a letter that swaps states mirrors the line (eigenvalue -1)"] if mirror else []
    if any(s and s[0] != MIRROR for s in steps):
        ways.append("a reset overwrites the number (eigenvalue 0)")
    idea = "one number holds the state; " + ", ".join(ways)
    return [Construction(ROUTE.name, network, idea, ids.SCALAR)]


def _points(start: int, size: int, mirror: list[int] | None) -> list[tuple[Fraction, int]]:
    """Return small integers, symmetric about 0, with the place that each stands for.

    One place that the mirror keeps is 0, and each other one two mirrored points.
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
