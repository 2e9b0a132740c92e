"""The routes there are, and who proposes what for a machine.

Four kinds, in the order in which they are asked: routes that read one layer off the machine, dearer
ones that give other layers for the same machines, searches for one layer, and several layers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached, Progress
from negeig.theory.constructions.route import Construction

Kind = Literal["direct", "more", "search", "layers"]


@dataclass(frozen=True)
class Route:
    """One route: its name, the module with its ``construct``, and what it takes.

    ``least_layers`` is the fewest layers of any of its networks; ``summary`` says what it does.
    Where the route ``searches``, its ``construct`` takes a keyword ``progress``, a callback that
    raises LimitReached when the time for searches is over.
    """

    name: str
    module: str
    kind: Kind
    least_layers: int
    summary: str
    searches: bool = False


ROUTES = (
    Route("constant", "direct.constant", "direct", 0, "one state: no layer at all"),
    Route("scalar", "direct.scalar", "direct", 1, "the states are points of a line"),
    Route("permutation", "direct.permutation", "direct", 1, "letters permute coordinates"),
    Route("partial-injection", "direct.one_hot", "direct", 1, "injective letters with a sink"),
    Route("permutation-reset", "direct.one_hot", "direct", 1, "letters permute or reset"),
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
    Route(
        "contraction",
        "covers.contraction",
        "search",
        1,
        "a semidefinite program for one layer",
        searches=True,
    ),
    Route(
        "cover",
        "covers.cover",
        "search",
        1,
        "registers that letters overwrite and a group permutes",
        searches=True,
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
    Route(
        "cascade",
        "stacks.cascade",
        "layers",
        1,
        "every machine: a Krohn-Rhodes decomposition",
        searches=True,
    ),
)

SEARCH_SHARE = 0.5
"""Share of the time for a construction that searches may take; the rest is for proofs."""


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
    seconds: float | None = None,
    progress: Progress | None = None,
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
    seconds : float, optional
        Wall time for constructing and proving, of which searches may take ``SEARCH_SHARE``. Then
        no further search is begun, and those under way end: with the best that they have, or
        with nothing. The cascade without its searches is built all the same.
    progress : callable, optional
        Called with the number of proposals between routes and during searches. It may raise
        LimitReached, which ends the route that is asked.

    Examples
    --------
    >>> parity = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> [c.route for c in proposals(parity, names=["scalar", "permutation"]).constructions]
    ['scalar', 'permutation']
    """
    found: list[Construction] = []
    limits: list[LimitReached] = []
    asked: set[str] = set()
    start = time.perf_counter()

    def ask(route: Route) -> bool:
        """Note what a route proposes, and return whether any of it fits."""
        if (names and route.name not in names) or route.module in asked:
            return False
        asked.add(route.module)
        cut_short: list[LimitReached] = []

        def report(_: int = 0) -> None:
            """Raise once the time for searches is over, and note that the route was cut short."""
            try:
                if progress is not None:
                    progress(len(found))
                _check_time(start, seconds, route)
            except LimitReached as limit:
                cut_short.append(limit)
                raise

        module = import_module(f"negeig.theory.constructions.{route.module}")
        made: list[Construction] = []
        try:
            if route.kind != "direct" and route.name != "cascade":
                report()
            made = (
                module.construct(machine, progress=report)
                if route.searches
                else (module.construct(machine))
            )
        except LimitReached as limit:
            cut_short = cut_short or [limit]
        limits.extend(cut_short[:1])
        made = [c for c in made if not names or c.route in names]
        found.extend(made)
        return any(map(fits, made))

    is_lacking = True
    for route in ROUTES:
        wanted = every and route.kind in ("more", "layers") and route.name != "cascade"
        if wanted or route.kind == "direct" or route.name in names or is_lacking:
            is_lacking = not ask(route) and is_lacking
    return Proposals(tuple(sorted(found, key=lambda c: c.cost)), tuple(limits))


def _check_time(start: float, seconds: float | None, route: Route) -> None:
    """Raise LimitReached when the searches' share of the time has passed."""
    passed = time.perf_counter() - start
    if seconds is not None and passed > SEARCH_SHARE * seconds:
        raise LimitReached(
            "seconds for searches",
            SEARCH_SHARE * seconds,
            reached=round(passed, 1),
            option="--construction-seconds",
            detail=f"The route {route.name} was cut short; the rest of the time is for proofs",
        )
