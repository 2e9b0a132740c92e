"""One layer that carries out some maps of some points: a block of a cascade's levels.

The maps are partial: where a point does not occur before a map, anything may happen to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeAlias

from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached
from negeig.theory.constructions.covers import chain, cover
from negeig.theory.constructions.direct import (
    partial_injection,
    permutation,
    permutation_reset,
    scalar,
)
from negeig.theory.constructions.pieces.remembering import (
    Exploration,
    is_overwrite,
    remembering,
)
from negeig.theory.exact.numbers import Vector
from negeig.theory.factors.factorisation import ZERO
from negeig.theory.networks.network import LinearRNN, Step
from negeig.work import Work

PointMap: TypeAlias = tuple[int, ...]
PartialMap: TypeAlias = tuple[int | None, ...]
"""Image of every point of a block; None where the point does not occur in the context."""

BLOCK_ROUTES = (
    *(scalar.construct, permutation.construct),
    *(permutation_reset.construct, partial_injection.construct),
)
"""One-layer routes of blocks, those with fewer states of a layer that remembers first."""


MANY = 2_000
"""States of a layer that remembers, above which letters overwrite what they do not use."""

MAX_COVERED, MAX_EXPLORED, MAX_CHAINED = 16, 3_200_000, 12_000
"""Largest number of points of a block that is searched for covering registers, and the work of
one such search, of registers that are permuted and of chains."""


@dataclass(frozen=True)
class Realisation:
    """One layer that carries out some maps of some points.

    ``steps[m]`` belongs to the m-th map asked for; ``points[c]`` is the point for which code c of
    the first ``dim`` coordinates stands; ``remembers`` when there are further coordinates. Where it
    is ``listed``, no map follows on points for which it has no image: the codes are all states.
    """

    steps: tuple[tuple[Step, ...], ...]
    points: Mapping[Vector, int]
    dim: int
    start: Vector
    names: tuple[str, ...]
    remembers: bool
    listed: bool = False

    @cached_property
    def _explored(self) -> Exploration:
        return Exploration(self.steps, [self.start] if self.remembers else list(self.points))

    @property
    def states(self) -> list[Vector]:
        """All states that a layer with these steps reaches."""
        return list(self.points) if self.listed else self._explored.states

    @property
    def cost(self) -> tuple[int, int, int]:
        """Steps a token, dimension and states: the order in which realisations are preferred."""
        return max(map(len, self.steps), default=0), len(self.start), len(self.states)

    def current(self, state: Vector) -> int:
        """Return the point that a state stands for."""
        return self.points[state[: self.dim]]

    @cached_property
    def points_of_states(self) -> list[int]:
        """The point that each state stands for."""
        return list(map(self.current, self.states))

    def before(self, number: int, state: Vector) -> int | None:
        """Return the point before a map that led to a state, None where none leads there."""
        return self.points_before(number)[self._number[state]]

    def points_before(self, number: int) -> list[int | None]:
        """Return the point before a map that led to each state, None where none leads there."""
        if number not in self._before:
            found: list[int | None] = [None] * len(self.states)
            for point, row in zip(self.points_of_states, self._explored.after, strict=True):
                if found[row[number]] not in (None, point):
                    raise RuntimeError("a layer that remembers has lost a point")
                found[row[number]] = point
            self._before[number] = found
        return self._before[number]

    @cached_property
    def _number(self) -> dict[Vector, int]:
        return {state: i for i, state in enumerate(self.states)}

    @cached_property
    def _before(self) -> dict[int, list[int | None]]:
        return {}


def merges(images: Sequence[int | None]) -> bool:
    """Whether a map merges points in two places: then none of ``BLOCK_ROUTES`` realises it."""
    counts = Counter(image for image in images if image is not None)
    return sum(count > 1 for count in counts.values()) > 1


def realise(
    maps: Sequence[PartialMap],
    start: int,
    is_last: bool,
    covers: bool,
    mirrors: bool,
    work: Work | None = None,
) -> Realisation | None:
    """Find a one-layer route for the machine whose letters are these maps of the points.

    Parameters
    ----------
    maps : sequence of partial maps
    start : int
        The point at the start.
    is_last : bool
        Whether the layer is the last: otherwise it remembers what it overwrites.
    covers : bool
        Whether to search for covering registers where no other route applies: without mirrors
        for chains of them.
    mirrors : bool
        Whether eigenvalue -1 may be used.
    work : Work, optional
        Its effort scales the search for covering registers, whose work is its own.
    """
    units = 0
    if covers and len(maps[0]) <= MAX_COVERED:
        units = MAX_EXPLORED if mirrors else MAX_CHAINED
    level = 1 if work is None else work.level
    return _realised(tuple(maps), start, is_last, mirrors, units, level)


@lru_cache(maxsize=32)  # decompositions of one machine share most of their blocks
def _realised(
    maps: tuple[PartialMap, ...], start: int, is_last: bool, mirrors: bool, units: int, level: int
) -> Realisation | None:
    """Do what :func:`realise` does; ``units`` of work for covering registers, 0: none are sought.

    A function of its arguments alone: the search has work of its own, and nothing looks at a clock.
    """
    total = [_completed(images, mirrors) for images in maps]
    size = len(maps[0])
    machine = Machine(
        alphabet=[str(m) for m in range(len(total))],
        transitions=[[images[p] for images in total] for p in range(size)],
        initial=start,
        outputs=list(range(size)),
    ).minimal()
    if machine.size == 1:  # no map leads away from the start: nothing is to be remembered
        return Realisation(((),) * len(maps), {(): start}, 0, (), (), remembers=False)
    for route in BLOCK_ROUTES:
        found = min(route(machine), key=lambda c: c.cost, default=None)
        if found is not None and (mirrors or _overwrites(found.network)):
            return realisation(found.network, is_last, mirrors)
    if not units:
        return None
    made: list[Realisation] = []
    search = cover if mirrors else chain
    with suppress(LimitReached):  # the search was not complete: what it found will do
        for candidate in search.construct(machine, work=Work(search.COUNTS, units, level=level)):
            if mirrors or is_last or _overwrites(candidate.network):  # else it cannot remember
                made.append(realisation(candidate.network, is_last, mirrors))
    return min(made, key=lambda one: one.cost, default=None)


def _overwrites(network: LinearRNN) -> bool:
    """Whether every step of every letter is an overwrite."""
    return all(
        is_overwrite(step)
        for layer in network.layers
        for steps in layer.steps.values()
        for step in steps
    )


def realisation(network: LinearRNN, is_last: bool, mirrors: bool) -> Realisation:
    """Read a block off the network of its machine, whose outputs are points.

    Letters overwrite what is not to be remembered any more only where there are more than ``MANY``
    states otherwise: it takes steps.
    """
    (layer,) = network.layers
    points = {
        code: network.outputs[row[0]] for code, row in zip(layer.codes, layer.emit, strict=True)
    }
    steps = [layer.steps[letter] for letter in layer.alphabet]
    first, names = layer.initial, layer.names
    replaced = max((sum(map(is_overwrite, letter)) for letter in steps), default=0)
    if is_last or not replaced:
        return Realisation(tuple(steps), points, layer.dim, first, names, remembers=False)
    first += (ZERO,) * replaced
    names = (*names, *(f"replaced {i + 1}" for i in range(replaced)))

    def remembered(*, forgets: bool) -> Realisation:
        wide = remembering(steps, layer.dim, mirrors=mirrors, forgets=forgets)
        return Realisation(tuple(wide), points, layer.dim, first, names, remembers=True)

    found = remembered(forgets=False)
    with suppress(LimitReached):
        if len(found.states) <= MANY:
            return found
    return remembered(forgets=True)


def _completed(images: PartialMap, mirrors: bool = True) -> PointMap:
    """Complete a partial map: to a constant, or else to a permutation where it allows that.

    Without mirrors a map of a single point is completed to a constant too.
    """
    known = [image for image in images if image is not None]
    fixes = all(image is None or image == p for p, image in enumerate(images))
    if len(set(known)) == 1 and (len(known) > 1 or not (mirrors or fixes)):
        return tuple(known[0] for _ in images)
    if len(set(known)) < len(known):
        return tuple(p if image is None else image for p, image in enumerate(images))
    unused = iter(sorted(set(range(len(images))) - set(known)))
    fixed = {p for p, image in enumerate(images) if image is None and p not in known}
    free = iter([q for q in unused if q not in fixed])
    return tuple(
        image if image is not None else p if p in fixed else next(free)
        for p, image in enumerate(images)
    )
