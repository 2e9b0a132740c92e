"""What routes propose for a machine, cheapest first, proved or not."""

from contextlib import suppress
from dataclasses import dataclass

from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached
from negeig.theory.constructions.route import Construction, why_not
from negeig.theory.constructions.routes import routes, routes_of


@dataclass(frozen=True)
class NoRoute:
    """Why no route applies to a machine."""

    reason: str


def proposals(machine: Machine, *names: str) -> list[Construction]:
    """Return what the named routes propose with the work of effort 1; without names, all of them.

    A search that is cut short has proposed what it has until then.
    """
    found = []
    for route in routes():
        if not names or route.name in names:
            with suppress(LimitReached):
                for made in route.propose(machine):
                    found.append(made)
    return sorted(found, key=lambda made: made.cost)


def candidates(machine: Machine) -> list[Construction] | NoRoute:
    """Return the rational networks of one layer, or else those of the cascade."""
    direct = [made for route in routes_of("direct") for made in route.propose(machine)]
    found = sorted(direct, key=lambda made: made.cost) or proposals(machine, "cascade")
    return found or NoRoute(why_not(machine))
