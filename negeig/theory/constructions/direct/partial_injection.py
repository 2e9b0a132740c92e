"""The partial-injection route: one coordinate a state, one *base* state being the zero vector.

A letter then is a contraction that delta steps realise when it is constant (a reset: overwrite
every coordinate), or when it fixes the base and is injective on the states it does not send there.
With an absorbing base this is the reversible automaton with failure: bounded Dyck languages, (ab)*.
"""

from __future__ import annotations

import numpy as np

from negeig.automata.machines.machine import Machine, Transitions
from negeig.theory.constructions.route import Construction, Route, fits_one_hot
from negeig.theory.factors.factorisation import ONE, ZERO, partial_injection_steps, reset_steps
from negeig.theory.networks.network import DeltaStep
from negeig.theory.networks.one_layer import one_layer
from negeig.theory.theorems import ids


def construct(machine: Machine) -> list[Construction]:
    """Return the cheapest network with a base state, where there can be one."""
    if machine.size < 2 or not fits_one_hot(machine):
        return []
    resets = [bool(np.all(c == c[0])) for c in machine.transitions.T]
    found = [_with_base(machine, base, resets) for base in _bases(machine.transitions, resets)]
    return sorted(found, key=lambda construction: construction.cost)[:1]


def _bases(transitions: Transitions, resets: list[bool]) -> list[int]:
    """States that can be the zero vector.

    Every letter that is no reset must fix the base and be injective off its preimage. A letter
    that merges states leaves one choice, the state it merges them into; where none merges, all
    states that every letter fixes are alike and the first will do.
    """
    columns = [c for c, reset in zip(transitions.T, resets, strict=True) if not reset]
    fixed = np.ones(len(transitions), dtype=bool)
    merging: set[int] = set()
    for column in columns:
        fixed &= column == np.arange(len(column))
        merging |= set(np.flatnonzero(np.bincount(column) > 1).tolist())
    if len(merging) > 1:
        return []
    choices = sorted(merging) or np.flatnonzero(fixed).tolist()[:1]
    return [base for base in choices if fixed[base]]


def _with_base(machine: Machine, base: int, resets: list[bool]) -> Construction:
    """Use unit vectors for all states but the base, which is the zero vector."""
    others = [q for q in range(machine.size) if q != base]
    place = {q: i for i, q in enumerate(others)}
    codes = [tuple(ONE if q == other else ZERO for other in others) for q in range(machine.size)]
    steps: list[tuple[DeltaStep, ...]] = []
    for column, reset in zip(machine.transitions.T, resets, strict=True):
        if reset and int(column[0]) != base:
            steps.append(reset_steps(codes[int(column[0])]))
        else:
            steps.append(partial_injection_steps([place.get(int(column[q])) for q in others]))
    network = one_layer(
        machine,
        initial=codes[machine.initial],
        steps=steps,
        codes=codes,
        names=[f"state {q}" for q in others],
    )
    idea = (
        f"one coordinate for each state but state {base}, which is the zero vector; "
        "reflections move the 1, projections drop it"
    )
    return Construction(ROUTE.name, network, idea, ids.SINK)


ROUTE = Route(
    name="partial-injection",
    kind="direct",
    rank=30,
    least_layers=1,
    summary="injective letters with a sink",
    construct=construct,
)
