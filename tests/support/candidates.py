"""The rational networks of a machine, cheapest first: those of one layer, or else the cascade."""

from dataclasses import dataclass

from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.route import Construction, one_layer_routes, why_not
from negeig.theory.constructions.stacks import cascade


@dataclass(frozen=True)
class NoRoute:
    """Why no route applies to a machine."""

    reason: str


def candidates(machine: Machine) -> list[Construction] | NoRoute:
    found = one_layer_routes(machine) or cascade.construct(machine)
    return found or NoRoute(why_not(machine))
