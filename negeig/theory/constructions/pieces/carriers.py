"""Layers that carry out the maps of a level: its points as codes, in every way worth having.

Where every letter permutes the points, and where nobody needs what a letter destroyed, any route
for one layer will do. Otherwise the layer remembers the point before the letter
(:mod:`~.pieces.realisation`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached
from negeig.theory.constructions.direct import (
    partial_injection,
    permutation,
    permutation_reset,
    scalar,
)
from negeig.theory.constructions.groups import cyclic_sums, rotations, symmetric
from negeig.theory.constructions.pieces.realisation import PartialMap, realise
from negeig.theory.constructions.pieces.representation import exactness, pareto, permutes
from negeig.theory.exact.numbers import NumberField, Vector
from negeig.theory.networks.network import DeltaStep, LinearRNN, Step

ROUTES = (
    *(scalar.construct, permutation.construct, partial_injection.construct),
    *(permutation_reset.construct, cyclic_sums.construct, rotations.construct),
)
"""Routes for one layer that are asked about the machine of a level's points."""

MAX_CORNERS = 16
"""Most points that become the corners of a simplex."""


MAX_DEGREE = 8
"""Largest degree of the number field of a level's entries: of a polygon with 32 corners."""


@dataclass(frozen=True, eq=False)
class Carrier:
    """One layer that carries out some maps of some points.

    Attributes
    ----------
    steps : tuple of tuple of steps
        For each map.
    states, points : tuple of Vector, tuple of int
        All states of the layer, the start first, and the point that each stands for.
    before : tuple of tuple of (int or None), or None
        For each map and state after it, the point before it; None where nothing is remembered.
    names : tuple of str
        What the coordinates are.
    exactness : int
        0 for dyadic entries, 1 for other rationals, or the degree of ``field``.
    """

    steps: tuple[tuple[Step, ...], ...]
    states: tuple[Vector, ...]
    points: tuple[int, ...]
    before: tuple[tuple[int | None, ...], ...] | None
    names: tuple[str, ...]
    exactness: int
    field: NumberField | None

    @property
    def price(self) -> tuple[int, int, int, int]:
        """Steps a token, dimension, exactness, and 1 where an eigenvalue is negative."""
        steps = max(map(len, self.steps), default=0)
        reflects = any(
            isinstance(step, DeltaStep) and step.eigenvalue < 0
            for letter in self.steps
            for step in letter
        )
        return steps, len(self.states[0]), self.exactness, int(reflects)


@lru_cache(maxsize=1024)
def carriers(maps: tuple[PartialMap, ...], start: int, *, remembers: bool) -> tuple[Carrier, ...]:
    """Return layers for some maps of some points, those that none of the others beats.

    ``remembers`` where the point before the letter is asked for and a map merges points.

    Examples
    --------
    >>> [made.price for made in carriers(((0, 1), (1, 0)), 0, remembers=False)]
    [(1, 1, 0, 1)]
    >>> [made.price for made in carriers(((1, 2, 0),), 0, remembers=False)]
    [(2, 2, 2, 1), (2, 3, 0, 1)]
    """
    if remembers or any(None in images for images in maps):
        return tuple(_realised(maps, start, remembers=remembers))
    machine = Machine(
        alphabet=[str(m) for m in range(len(maps))],
        transitions=list(zip(*maps, strict=True)),
        initial=start,
        outputs=list(range(len(maps[0]))),
    ).minimal()
    made = [found for route in ROUTES for found in route(machine)]
    if machine.size <= MAX_CORNERS and permutes(machine):
        simplex = symmetric.on_points(machine, tuple(map(tuple, machine.transitions.T.tolist())))
        made += [simplex] if simplex is not None else []
    fields = ((found, found.network.field) for found in made)
    kept = pareto(found for found, field in fields if field is None or field.degree <= MAX_DEGREE)
    return tuple(_read(found.network) for found in kept)


def _read(network: LinearRNN) -> Carrier:
    """Read a layer off a network whose outputs are points."""
    (layer,) = network.layers
    # The start is a code; it comes first.
    order = sorted(range(len(layer.codes)), key=lambda i: layer.codes[i] != layer.initial)
    return Carrier(
        steps=tuple(layer.steps[letter] for letter in layer.alphabet),
        states=tuple(layer.codes[i] for i in order),
        points=tuple(network.outputs[layer.emit[i][0]] for i in order),
        before=None,
        names=layer.names,
        exactness=exactness(network),
        field=network.field,
    )


def _realised(maps: Sequence[PartialMap], start: int, *, remembers: bool) -> Iterator[Carrier]:
    """Yield the layers of :func:`~.pieces.realisation.realise`, whose entries are dyadic.

    With reflections, and without any where that is possible and differs.
    """
    for mirrors in (True, False):
        try:
            made = realise(maps, start, not remembers, False, mirrors, None)
            states = () if made is None else tuple(made.states)
        except LimitReached:
            return
        if made is None:
            return
        first = states.index(made.start)
        states = (made.start, *states[:first], *states[first + 1 :])
        before = None
        if remembers:
            before = tuple(tuple(made.before(m, s) for s in states) for m in range(len(maps)))
        points = tuple(made.current(s) for s in states)
        carrier = Carrier(made.steps, states, points, before, made.names, 0, None)
        yield carrier
        if not carrier.price[-1]:
            return
