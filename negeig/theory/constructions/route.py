"""What a route is and what it returns; the routes there are: :mod:`~.routes`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached, Progress
from negeig.theory.constructions.shared_codes import shared_codes
from negeig.theory.networks.network import LinearRNN
from negeig.work import Work

MAX_ENTRIES = 20_000_000
"""Largest number of exact entries (codes and keys) a one-hot network may have."""

SHARED = "states that the last letter tells apart share a code"


@dataclass(frozen=True)
class Construction:
    """A network proposed for a machine by one route.

    Attributes
    ----------
    route : str
        Name of the route.
    network : LinearRNN
        Exact weights.
    idea : str
        How the network tracks the state, in a sentence or two.
    source : str
        Theorem identifier of the registry that the route rests on.
    """

    route: str
    network: LinearRNN
    idea: str
    source: str

    @property
    def cost(self) -> tuple[int, int, int]:
        """Layers, steps a token and dimension: the order in which networks are preferred."""
        layers = self.network.layers
        return (
            len(layers),
            max((layer.steps_per_token for layer in layers), default=0),
            max((layer.dim for layer in layers), default=0),
        )

    @property
    def quantities(self) -> dict[str, int]:
        """The cost by name."""
        return dict(zip(("layers", "steps", "dim"), self.cost, strict=True))


Kind = Literal["direct", "more", "layers", "search", "fewest"]
"""What a route is, in the order in which routes are asked: one layer read off the machine; dearer
layers for the same machines; several layers; a search for one layer; a search for as few layers as
the bounds allow, where none of the others found so few."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """One way from a minimal machine to networks. A route's file ends with its ``ROUTE``.

    Attributes
    ----------
    name : str
        The name of its file, with hyphens.
    kind : str
        One of :data:`Kind`; kinds are asked in that order.
    rank : int
        Its place among the routes of a kind and room: the higher, the more work and the dearer
        networks are expected of it.
    least_layers : int
        The fewest layers of any of its networks.
    summary : str
        What it does.
    construct : callable
        From a minimal machine to constructions, or none. A search takes a keyword ``work`` too, may
        yield what it finds as it finds it, and raises LimitReached where it was not complete: more
        work might find more. What it finds depends on the machine and the work, nothing else.
    work : int
        Units that a search may spend at effort 1, see :class:`negeig.work.Work`; 0 for a route
        that reads its networks off the machine.
    counts : str
        What the units are.
    """

    name: str
    kind: Kind
    rank: int
    least_layers: int
    summary: str
    construct: Callable[..., Iterable[Construction]]
    work: int = 0
    counts: str = "steps of the search"

    @property
    def most_layers(self) -> int | None:
        """The most layers of any of its networks; None for no limit."""
        return None if self.kind in ("layers", "fewest") else self.least_layers

    def propose(
        self, machine: Machine, level: int = 1, progress: Progress | None = None
    ) -> Iterator[Construction]:
        """Yield what the route proposes for a minimal machine at one level of effort.

        One of one layer is asked first for the machine whose states are classes of states that the
        last letter tells apart, where there are any, and then for the machine itself.

        Raises LimitReached at the end where either search was not complete.
        """
        shared = shared_codes(machine) if self.most_layers == 1 else None
        limits: list[LimitReached] = []
        if shared is not None:
            try:
                for made in self._asked(shared.classes, level, progress):
                    network = shared.decoded(made.network)
                    yield replace(made, network=network, idea=f"{made.idea}; {SHARED}")
            except LimitReached as limit:
                limits.append(limit)
        yield from self._asked(machine, level, progress)
        if limits:
            raise limits[0]

    def _asked(
        self, machine: Machine, level: int, progress: Progress | None
    ) -> Iterator[Construction]:
        if self.work:
            work = Work(f"{self.counts} ({self.name})", self.work, level=level, progress=progress)
            yield from self.construct(machine, work=work)
        else:
            yield from self.construct(machine)


def fits_one_hot(machine: Machine) -> bool:
    """Whether the codes and keys of a network with one coordinate a state stay within memory."""
    return machine.size**2 * (len(machine.alphabet) + 1) <= MAX_ENTRIES


def published_bound(machine: Machine) -> dict[str, int | None]:
    """Return the layers, dimension and steps a token that the published theorems promise.

    When every letter permutes n points: one layer of dimension n with (moved points) - 1 factors
    (Grazzi et al., arXiv 2411.12537, Theorem 3). Otherwise 2^|Q| layers of dimension |Q| with |Q|
    factors (Theorem 4); ``layers`` is None above 2^62.
    """
    actions = machine.points or tuple(tuple(c) for c in machine.transitions.T.tolist())
    if all(len(set(action)) == len(action) for action in actions):
        moved = max(sum(i != image for i, image in enumerate(action)) for action in actions)
        return {"layers": 1, "dim": len(actions[0]), "steps": max(moved - 1, 0)}
    size = machine.size
    return {"layers": 2**size if size <= 62 else None, "dim": size, "steps": size}


def why_not(machine: Machine) -> str:
    """Name a letter that keeps the one-layer routes from applying."""
    if not fits_one_hot(machine):
        return (
            f"{machine.size:,} states need more than {MAX_ENTRIES:,} exact entries with one "
            "coordinate a state, and no smaller action is known"
        )
    for a, letter in enumerate(machine.alphabet):
        column = machine.transitions[:, a]
        images, counts = np.unique(column, return_counts=True)
        if 1 < len(images) < machine.size:
            merged = np.flatnonzero(column == images[int(np.argmax(counts))])
            shown = ", ".join(map(str, merged[:5])) + (", ..." if len(merged) > 5 else "")
            return (
                f"letter {letter!r} merges states {shown} and keeps others apart, and no single "
                "base state makes every letter injective away from it or constant; this needs "
                "more than one layer, or points that the routes at hand do not find"
            )
    return "no route at hand applies"
