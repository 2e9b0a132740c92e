"""The routes there are, and who proposes what for a machine.

A route is a file of one of four rooms. They are asked room by room: what reads one layer off the
machine, dearer layers for the same machines, searches for one layer, and several layers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import get_args

from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached, Progress
from negeig.folder import Folder
from negeig.theory.constructions.route import Construction, Kind, Route

ROOMS: dict[str, tuple[Kind, ...]] = {
    "direct": ("direct",),
    "groups": ("direct", "more"),
    "covers": ("search",),
    "stacks": ("layers", "last"),
}
"""The rooms in the order in which they are asked, with the kinds of route of each: a room is
imported only where a route of one of its kinds is wanted."""


FILES = {room: Folder[Route]("ROUTE", f"negeig.theory.constructions.{room}") for room in ROOMS}


def routes() -> tuple[Route, ...]:
    """Return all routes in the order in which they are asked.

    Examples
    --------
    >>> [route.name for route in routes()][:4]
    ['constant', 'scalar', 'permutation', 'partial-injection']
    """
    return tuple(route for room in ROOMS for route in routes_of(room))


def routes_of(room: str) -> tuple[Route, ...]:
    """Return the routes of one room in the order in which they are asked."""
    kinds = get_args(Kind)
    found = FILES[room].values()
    return tuple(sorted(found, key=lambda route: (kinds.index(route.kind), route.rank)))


def names_of(room: str) -> frozenset[str]:
    """Return the names of the routes of one room, importing none of them.

    Examples
    --------
    >>> sorted(names_of("covers"))
    ['contraction', 'cover']
    """
    return frozenset(name.replace("_", "-") for name in FILES[room])


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
    start = time.perf_counter()

    def ask(route: Route) -> bool:
        """Note what a route proposes, and return whether any of it fits."""
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

        made: list[Construction] = []
        try:
            if route.kind not in ("direct", "last"):
                report()
            made = list(route.propose(machine, progress=report))
        except LimitReached as limit:
            cut_short = cut_short or [limit]
        limits.extend(cut_short[:1])
        found.extend(made)
        return any(map(fits, made))

    def is_wanted(kind: Kind) -> bool:
        return kind == "direct" or is_lacking or (every and kind in ("more", "layers"))

    is_lacking = True
    for room, kinds in ROOMS.items():
        if names_of(room).intersection(names) if names else any(map(is_wanted, kinds)):
            for route in routes_of(room):
                if route.name in names if names else is_wanted(route.kind):
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
