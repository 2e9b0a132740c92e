"""Rows of limits for machines."""

from itertools import product

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.theory.bounds.limits import limits


def rows_of(machine, network=None, **options):
    machine = machine.minimal()
    found = limits(
        machine, transition_monoid(machine), networks=[network] if network else [], **options
    )
    return {row.class_: row for row in found}


def small_machines():
    """Every minimal machine with at most 3 states over 2 letters and outputs 0 and 1."""
    seen = {}
    for states in (1, 2, 3):
        targets = list(product(range(states), repeat=2))
        for rows in product(targets, repeat=states):
            for outputs in product((0, 1), repeat=states):
                machine = Machine(alphabet="ab", transitions=rows, initial=0, outputs=outputs)
                minimal = machine.minimal()
                seen[minimal.transitions.tobytes(), minimal.outputs] = minimal
    return list(seen.values())


SMALL = small_machines()
