"""Networks that are rebuilt with one thing changed, and all small tables of states."""

from __future__ import annotations

import itertools

from negeig.automata.machines.machine import Machine
from negeig.theory.networks.network import DeltaStep, LinearRNN


def small_machines(states):
    """Every complete machine over two letters with this many states, initial state 0."""
    rows = list(itertools.product(range(states), repeat=2))
    for table in itertools.product(rows, repeat=states):
        for outputs in itertools.product((0, 1), repeat=states):
            yield Machine(alphabet="ab", transitions=table, initial=0, outputs=outputs)


def altered(network, change):
    """Every network that differs from this one by ``change`` at one step of its first layer."""
    (layer,) = network.layers
    for letter, steps in layer.steps.items():
        for i, step in enumerate(steps):
            new = change(step)
            if new is not None:
                changed = {**layer.steps, letter: (*steps[:i], new, *steps[i + 1 :])}
                yield rebuilt(network, steps=changed)


def rebuilt(network, **fields):
    (layer,) = network.layers
    new = type(layer)(**{**vars_of(layer), **fields})
    return LinearRNN(
        alphabet=network.alphabet,
        layers=(new,),
        outputs=network.outputs,
        empty=network.empty,
        field=network.field,
    )


def vars_of(layer):
    return {name: getattr(layer, name) for name in layer.__dataclass_fields__}


def flip_last_entry(step):
    """Turn a reflection along e_i - e_j into one along e_i + e_j."""
    support = [j for j, k in enumerate(step.key) if k != 0]
    if len(support) < 2:
        return None
    key = tuple(-k if j == support[-1] else k for j, k in enumerate(step.key))
    return DeltaStep(step.beta, key, step.write)
