"""The routes there are, in the order in which they are asked.

A route is a file of one of five rooms. They are asked room by room: what reads one layer off the
machine, layers that represent its group, several layers, searches for one layer, and searches for
as few layers as the bounds allow.
"""

from __future__ import annotations

from typing import get_args

from negeig.folder import Folder
from negeig.theory.constructions.route import Kind, Route

ROOMS: dict[str, tuple[Kind, ...]] = {
    "direct": ("direct",),
    "groups": ("direct", "more"),
    "stacks": ("layers",),
    "covers": ("search",),
    "fewest": ("fewest",),
}
"""The rooms in the order in which they are asked, with the kinds of route of each: a room is
imported only where a route of one of its kinds is wanted."""


FILES = {room: Folder[Route]("ROUTE", f"negeig.theory.constructions.{room}") for room in ROOMS}


def routes() -> tuple[Route, ...]:
    """Return all routes in the order in which they are asked.

    Examples
    --------
    >>> [route.name for route in routes()][:4]
    ['last-letter', 'scalar', 'digits', 'permutation']
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
    ['chain', 'contraction', 'cover', 'extension']
    """
    return frozenset(name.replace("_", "-") for name in FILES[room])
