"""The permutation route: every letter permutes coordinates.

One layer recognises any task whose letters permute its states (Grazzi et al., arXiv 2411.12537,
Theorem 3). A letter costs rank(I - P) reflections, that is moved points minus cycles, and no fewer
are possible; the published count, moved points - 1, is larger whenever there is more than one
cycle. Two choices of coordinates: the task's natural points, starting from (1, 2, ..., n), whose
orbit is the group; or the machine's states, starting from a unit vector, whose orbit is the states.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.route import Construction, Route, fits_one_hot
from negeig.theory.exact.numbers import Vector
from negeig.theory.factors.factorisation import permutation_steps, unit
from negeig.theory.networks.one_layer import one_layer
from negeig.theory.theorems import ids


def construct(machine: Machine) -> list[Construction]:
    """Return the networks on the natural points and on the states, where letters permute."""
    identity = np.arange(machine.size)
    columns = machine.transitions.T
    if machine.size < 2 or not all(np.array_equal(np.sort(c), identity) for c in columns):
        return []
    found = []
    if machine.points is not None and len(machine.points[0]) < machine.size:
        natural = _on_points(machine, machine.points)
        if natural is not None:
            found.append(natural)
    if fits_one_hot(machine):
        found.append(_on_states(machine, [[int(q) for q in c] for c in columns]))
    return found


def _on_points(machine: Machine, points: tuple[tuple[int, ...], ...]) -> Construction | None:
    """Put distinct numbers on the natural points; None when they do not determine the state."""
    degree = len(points[0])
    start = tuple(range(1, degree + 1))
    inverse = [np.argsort(p) for p in points]
    codes: dict[int, tuple[int, ...]] = {machine.initial: start}
    queue = [machine.initial]
    for q in queue:
        for a, moved_from in enumerate(inverse):
            target = int(machine.transitions[q, a])
            code = tuple(codes[q][i] for i in moved_from)
            if codes.setdefault(target, code) != code:
                return None
            if len(codes) > len(queue):
                queue.append(target)
    if len(set(codes.values())) < machine.size:
        return None
    network = one_layer(
        machine,
        initial=_rational(start),
        steps=[permutation_steps(p) for p in points],
        codes=[_rational(codes[q]) for q in range(machine.size)],
        names=[f"point {i + 1}" for i in range(degree)],
    )
    idea = f"the numbers 1 to {degree} move about {degree} coordinates as the letters say"
    return Construction(ROUTE.name, network, idea, ids.T3)


def _on_states(machine: Machine, actions: list[list[int]]) -> Construction:
    """Use one coordinate a state, with a single 1 that moves."""
    size = machine.size
    units = [unit(size, q) for q in range(size)]
    network = one_layer(
        machine,
        initial=units[machine.initial],
        steps=[permutation_steps(action) for action in actions],
        codes=units,
        names=[f"state {q}" for q in range(size)],
    )
    idea = f"one coordinate for each of the {size} states; reflections move the 1"
    return Construction(ROUTE.name, network, idea, ids.T3)


def _rational(values: tuple[int, ...]) -> Vector:
    return tuple(Fraction(v) for v in values)


ROUTE = Route(
    name="permutation",
    kind="direct",
    rank=20,
    least_layers=1,
    summary="letters permute coordinates",
    construct=construct,
)
