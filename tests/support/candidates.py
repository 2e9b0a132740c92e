"""The rational networks of a machine, cheapest first: those of one layer, or else the cascade."""

from dataclasses import dataclass

from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.route import Construction, why_not
from negeig.theory.constructions.routes import routes_of
from negeig.theory.constructions.stacks import cascade


@dataclass(frozen=True)
class NoRoute:
    """Why no route applies to a machine."""

    reason: str


def candidates(machine: Machine) -> list[Construction] | NoRoute:
    direct = [made for route in routes_of("direct") for made in route.construct(machine)]
    found = sorted(direct, key=lambda made: made.cost) or cascade.construct(machine)
    return found or NoRoute(why_not(machine))
