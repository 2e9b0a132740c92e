"""Resets beside a representation: some letters permute the states, the others send all to one.

A reset overwrites every coordinate by the code of its target, whatever the other letters do. So a
route that represents the group of the permuting letters serves here too, in the same dimension.

Those letters by themselves need not lead from every state to every other one. Then one orbit of
states, or the group acting on itself, drives the others: its codes, scaled by a further factor
for each orbit, stand for the states of that orbit. All codes of an orbit have one length, so
different factors keep the orbits apart; a state that no permuting letter moves may be the origin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from itertools import count

import numpy as np

from negeig.automata.groups.small_action import Points, listed, orbits_of
from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.pieces.representation import orbit, pareto
from negeig.theory.constructions.route import Construction
from negeig.theory.exact.numbers import Vector, simplified
from negeig.theory.factors.factorisation import ZERO, reset_steps
from negeig.theory.networks.network import Layer, LinearRNN
from negeig.theory.networks.one_layer import symbols

MAX_ORDER = 1_000
"""Largest group of the permuting letters that drives its orbits where none of them drives all."""

Construct = Callable[[Machine], list[Construction]]


def beside_resets(construct: Construct) -> Construct:
    """Let a route for machines whose letters permute take machines with resets as well.

    Exact; the route is asked once, about a machine without the resets. Complexity: that of the
    route, and O(states^2 x letters) where there are several orbits.

    Examples
    --------
    >>> from negeig.theory.constructions.groups import rotations
    >>> table = [[(q + 1) % 5, 0] for q in range(5)]
    >>> clock = Machine(alphabet="ar", transitions=table, initial=0, outputs=range(5))
    >>> [made.cost for made in rotations.construct(clock)]
    [(1, 2, 2)]
    """

    @wraps(construct)
    def extended(machine: Machine) -> list[Construction]:
        resets = (machine.transitions == machine.transitions[0]).all(axis=0)
        if machine.size < 2 or not resets.any():
            return construct(machine)
        columns = machine.transitions[:, ~resets]
        numbers = np.arange(machine.size)[:, None]
        if (np.sort(columns, axis=0) != numbers).any() or (columns == numbers).all():
            return []
        driver = _driver(tuple(map(tuple, columns.T.tolist())))
        if driver is None:
            return []
        letters, orbits = driver
        size = len(letters[0])
        group = Machine(
            alphabet=[a for a, r in zip(machine.alphabet, resets, strict=True) if not r],
            transitions=np.array(letters).T,
            initial=0,
            outputs=list(range(size)),
        )
        made = [_with_resets(machine, orbits, found) for found in construct(group)]
        return pareto(made)

    return extended


def _driver(points: Points) -> tuple[Points, list[list[int]]] | None:
    """Choose what drives all orbits of the states.

    Return how the letters move its points, and for each orbit the state of every point: the
    largest orbit itself if that maps to all others, or else the elements of the group. None where
    there are more than ``MAX_ORDER``.
    """
    orbits = sorted(orbits_of(points), key=lambda members: (-len(members), members))
    place = {q: i for i, q in enumerate(orbits[0])}
    letters = tuple(tuple(place[images[q]] for q in orbits[0]) for images in points)
    maps = [_image(letters, points, members) for members in orbits[1:]]
    found = [states for states in maps if states is not None]
    if len(found) == len(maps):
        return letters, [orbits[0], *found]
    rows = listed([np.array(images, dtype=np.int32) for images in points], MAX_ORDER)
    if rows is None:
        return None
    number = {row.tobytes(): x for x, row in enumerate(rows)}
    moved = (np.array(images, dtype=np.int32)[rows] for images in points)
    letters = tuple(tuple(number[row.tobytes()] for row in after) for after in moved)
    return letters, [rows[:, members[0]].tolist() for members in orbits]


def _image(letters: Points, points: Points, members: Sequence[int]) -> list[int] | None:
    """Return a map from the points of the driver to an orbit that all letters respect, if any."""
    moves = [images.__getitem__ for images in letters]
    table = np.array(points).T
    for first in members:
        states = Machine(
            alphabet=[str(a) for a in range(len(points))],
            transitions=table,
            initial=first,
            outputs=list(range(len(table))),
        )
        found = orbit(states, moves, 0)
        if found is not None:
            return [found[point] for point in range(len(letters[0]))]
    return None


def _with_resets(
    machine: Machine, orbits: Sequence[Sequence[int]], found: Construction
) -> Construction:
    """Add the other orbits and the resets to a network whose outputs are points of the driver."""
    (layer,) = found.network.layers
    outputs = found.network.outputs
    driven = [(code, outputs[row[0]]) for code, row in zip(layer.codes, layer.emit, strict=True)]
    state_of: dict[Vector, int] = {}
    for states in orbits:
        codes = next(c for c in _scaled(driven, states) if state_of.keys().isdisjoint(c))
        state_of |= codes
    code_of = {state: code for code, state in reversed(state_of.items())}
    emitted = symbols(machine.outputs)
    resets = {
        letter: reset_steps(code_of[column[0]])
        for letter, column in zip(machine.alphabet, machine.transitions.T.tolist(), strict=True)
        if letter not in layer.steps
    }
    network = LinearRNN(
        alphabet=machine.alphabet,
        layers=(
            Layer(
                alphabet=machine.alphabet,
                initial=code_of[machine.initial],
                steps={a: resets[a] if a in resets else layer.steps[a] for a in machine.alphabet},
                codes=tuple(state_of),
                emit=tuple((emitted[q],) * len(machine.alphabet) for q in state_of.values()),
                names=layer.names,
            ),
        ),
        outputs=dict(zip(emitted, machine.outputs, strict=True)),
        empty=machine.outputs[machine.initial],
        field=found.network.field,
    )
    idea = f"{found.idea}; a reset overwrites the state"
    return Construction(found.route, network, idea, found.source)


def _scaled(
    driven: Sequence[tuple[Vector, int]], states: Sequence[int]
) -> Iterator[dict[Vector, int]]:
    """Yield codes for the states of one orbit: the origin for a state alone, then multiples."""
    if len(set(states)) == 1:
        yield {tuple(ZERO for _ in driven[0][0]): states[0]}
    for factor in count(1):
        yield {tuple(simplified(factor * x) for x in code): states[point] for code, point in driven}
