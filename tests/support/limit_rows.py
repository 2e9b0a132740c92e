"""Rows of limits for machines."""

from negeig.automata.monoids.monoid import transition_monoid
from negeig.theory.bounds.limits import limits
from support.machines import small_languages


def rows_of(machine, network=None, **options):
    machine = machine.minimal()
    found = limits(
        machine, transition_monoid(machine), networks=[network] if network else [], **options
    )
    return {row.class_: row for row in found}


SMALL = small_languages()
