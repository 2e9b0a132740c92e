"""The permutation-reset route: letters that permute the states, or send all of them to one.

States are unit vectors: reflections move the 1, and a reset overwrites every coordinate.
"""

from __future__ import annotations

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.route import Construction, Route, fits_one_hot
from negeig.theory.factors.factorisation import ONE, ZERO, permutation_steps, reset_steps
from negeig.theory.networks.one_layer import one_layer
from negeig.theory.theorems import ids


def construct(machine: Machine) -> list[Construction]:
    """Return the network where some letter resets and every other one permutes the states."""
    if machine.size < 2 or not fits_one_hot(machine):
        return []
    columns = machine.transitions.T
    resets = [bool(np.all(c == c[0])) for c in columns]
    identity = np.arange(machine.size)
    others = (c for c, reset in zip(columns, resets, strict=True) if not reset)
    if not any(resets) or not all(np.array_equal(np.sort(c), identity) for c in others):
        return []
    size = machine.size
    codes = [tuple(ONE if i == q else ZERO for i in range(size)) for q in range(size)]
    steps = [
        reset_steps(codes[int(column[0])]) if reset else permutation_steps([int(q) for q in column])
        for column, reset in zip(columns, resets, strict=True)
    ]
    network = one_layer(
        machine,
        initial=codes[machine.initial],
        steps=steps,
        codes=codes,
        names=[f"state {q}" for q in range(size)],
    )
    idea = f"one coordinate for each of the {size} states; reflections move the 1, writes reset it"
    return [Construction(ROUTE.name, network, idea, ids.T3)]


ROUTE = Route(
    name="permutation-reset",
    kind="direct",
    rank=40,
    least_layers=1,
    summary="letters permute or reset",
    construct=construct,
)
