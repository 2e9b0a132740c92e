"""The routes there are, and who proposes what for a machine.

Four kinds, in the order in which they are asked: routes that read one layer off the machine, dearer
ones that give other layers for the same machines, searches for one layer, and several layers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from negeig.automata.machine import Machine
from negeig.claims import LimitReached
from negeig.theory.constructions.route import Construction

Kind = Literal["direct", "more", "search", "layers"]


@dataclass(frozen=True)
class Route:
    """One route: its name, the module with its ``construct``, and what it takes.

    ``least_layers`` is the fewest layers of any of its networks; ``summary`` says what it does.
    """

    name: str
    module: str
    kind: Kind
    least_layers: int
    summary: str


ROUTES = (
    Route("constant", "constant", "direct", 0, "one state: no layer at all"),
    Route("scalar", "scalar", "direct", 1, "the states are points of a line"),
    Route("permutation", "permutation", "direct", 1, "letters permute coordinates"),
    Route("partial-injection", "one_hot", "direct", 1, "injective letters with a sink"),
    Route("permutation-reset", "one_hot", "direct", 1, "letters permute or reset"),
    Route("rotations", "groups.rotations", "direct", 1, "cyclic and dihedral groups in the plane"),
    Route(
        "symmetric", "groups.symmetric", "direct", 1, "permutations of n points in n - 1 dimensions"
    ),
    Route(
        "polyhedral", "groups.polyhedral", "direct", 1, "A4, S4, A5 in space, Q8 in four dimensions"
    ),
    Route(
        "constituents", "groups.constituents", "more", 1, "constituents of the permutation action"
    ),
    Route(
        "dyadic-roots",
        "groups.dyadic",
        "more",
        1,
        "reflections in unit keys with entries 0, 1/2, 1",
    ),
    Route("contraction", "covers.contraction", "search", 1, "a semidefinite program for one layer"),
    Route(
        "cover",
        "covers.cover",
        "search",
        1,
        "registers that letters overwrite and a group permutes",
    ),
    Route(
        "two-reflections",
        "stacks.two_reflections",
        "layers",
        2,
        "one reflection a token, two layers",
    ),
    Route(
        "blocks", "stacks.blocks", "layers", 3, "the product of the last block, a factor a token"
    ),
    Route("cascade", "stacks.cascade", "layers", 1, "every machine: a Krohn-Rhodes decomposition"),
)


@dataclass(frozen=True)
class Proposals:
    """Constructions, cheapest first, and the limits that cut a route's search short."""

    constructions: tuple[Construction, ...]
    limits: tuple[LimitReached, ...] = ()


def proposals(
    machine: Machine,
    *,
    names: Collection[str] = (),
    fits: Callable[[Construction], bool] = lambda construction: True,
    every: bool = False,
) -> Proposals:
    """Return what the routes propose for a minimal machine.

    Parameters
    ----------
    machine : Machine
        Minimal.
    names : collection of str
        Routes to ask; empty for all.
    fits : callable
        Whether a construction is what the caller needs. Where a direct route gave one, no search
        is made; the cascade is asked when nothing else fits.
    every : bool
        Whether dearer routes and those with several layers are asked even where something fits.

    Examples
    --------
    >>> parity = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> [c.route for c in proposals(parity, names=["scalar", "permutation"]).constructions]
    ['scalar', 'permutation']
    """
    found: list[Construction] = []
    limits: list[LimitReached] = []
    asked: set[str] = set()

    def ask(route: Route) -> bool:
        """Note what a route proposes, and return whether any of it fits."""
        if (names and route.name not in names) or route.module in asked:
            return False
        asked.add(route.module)
        module = import_module(f"negeig.theory.constructions.{route.module}")
        try:
            made: list[Construction] = module.construct(machine)
        except LimitReached as limit:
            limits.append(limit)
            return False
        made = [c for c in made if not names or c.route in names]
        found.extend(made)
        return any(map(fits, made))

    is_lacking = True
    for route in ROUTES:
        wanted = every and route.kind in ("more", "layers") and route.name != "cascade"
        if wanted or route.kind == "direct" or route.name in names or is_lacking:
            is_lacking = not ask(route) and is_lacking
    return Proposals(tuple(sorted(found, key=lambda c: c.cost)), tuple(limits))
