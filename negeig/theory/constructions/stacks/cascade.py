"""The cascade route: every regular language, one layer for each block of a decomposition.

Krohn and Rhodes decompose every machine into permutation-reset levels, and each such level is one
layer (Grazzi et al., arXiv 2411.12537, Theorem 4). Two things differ from the published proof.

*The state before the letter.* A level is driven by the levels above it *before* the letter, but a
layer emits its state *after* it, and a reset has destroyed what was there. A layer that is not the
last therefore moves what it overwrites into extra coordinates (:mod:`~.pieces.remembering`), from
which the decoder undoes the letter. That costs 2 steps for each overwrite, eigenvalues 0 and -1,
and nothing ever rounds.

For an aperiodic machine all levels reset, and projections alone can remember: a step more for each
overwrite, all eigenvalues 0.

*Contexts.* What a level is told of the levels above is the set of states that they leave possible,
before the letter and after it (:mod:`negeig.automata.decomposition.set_stages`). There are few such
sets where there are astronomically many coordinates. Where coordinates are few the holonomy
decomposition is tried as well.

*Fewer layers.* First every level is a layer. Then consecutive levels share a layer wherever one of
the one-layer routes realises the machine they form together; the fewest blocks are found by dynamic
programming.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import cached_property
from operator import le
from typing import TypeAlias, get_args

from negeig.automata.decomposition.blocks import Join
from negeig.automata.decomposition.holonomy import holonomy
from negeig.automata.decomposition.set_stages import set_stages
from negeig.automata.decomposition.stages import Stages, stages_of
from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached
from negeig.theory.constructions.pieces.stage_blocks import Block, joined_block, single_block, stack
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.exact.numbers import Number
from negeig.theory.factors.factorisation import ZERO
from negeig.theory.theorems import ids
from negeig.work import Work

MAX_STATES = 500
"""Largest machine that is decomposed, at effort 1."""

MAX_SETS, MAX_TUPLES = 300, 2_000
"""Most image sets, and coordinate tuples, of a holonomy decomposition that is tried as well."""

WORK = 3_000_000
"""Moves of all levels, and points that they carry, at effort 1."""

JOIN_WORK = 1_000_000
"""Moves, and the points that they carry, of blocks that may join levels of one decomposition."""


def construct(machine: Machine, *, work: Work | None = None) -> Iterator[Construction]:
    """Yield the plain cascade of a minimal machine, then those that join levels.

    After the first, every network that none yielded before equals or beats in layers, steps a
    token, dimension and least eigenvalue together. Nothing where all letters permute the states:
    one layer does it.

    Raises
    ------
    LimitReached
        By ``work``, for machines of more than ``MAX_STATES`` states, or where a layer or its
        decoder table is too large; after what was found in spite of it.

    Notes
    -----
    O(moves x points) for each level and each block that is tried.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> [found.cost for found in construct(get("starts-with:a").minimal())]
    [(2, 2, 2), (2, 3, 2)]
    """
    if machine.size < 2 or _permutes(machine):
        return
    work = work or Work(ROUTE.counts, WORK)
    largest = work.scaled(MAX_STATES)
    if machine.size > largest:
        raise LimitReached("states of a cascade", largest, reached=machine.size, option="--effort")
    search = _Search(machine, work)
    merits: list[Merit] = []
    for ask in (search.plain, search.joined):
        made = [(_merit(construction), construction) for construction in ask()]
        for merit, construction in sorted(made, key=lambda pair: pair[0]):
            if not any(all(map(le, other, merit)) for other in merits):
                merits.append(merit)
                yield construction
    if search.limits:
        raise search.limits[0]


def _permutes(machine: Machine) -> bool:
    columns = machine.transitions.T.tolist()
    return all(len(set(column)) == machine.size for column in columns)


def _has_cycle(machine: Machine) -> bool:
    """Whether some letter moves states in a circle: then no decomposition only resets."""
    for column in machine.transitions.T:
        power = column
        for _ in range(machine.size):  # by then every state is on a circle of the letter
            power = column[power]
        if (column[power] != power).any():
            return True
    return False


Merit: TypeAlias = tuple[Number, ...]
"""Layers, steps a token, dimension, and how far the least eigenvalue is below 0: each better the
less it is."""


def _merit(construction: Construction) -> Merit:
    layers = construction.network.layers
    least = min((v for layer in layers for v in layer.eigenvalues), default=ZERO)
    below: Number = max(ZERO, -least)
    return (*map(Fraction, construction.cost), below)


class _Search:
    """The decompositions of one machine, and the limits met on the way."""

    def __init__(self, machine: Machine, work: Work) -> None:
        self.machine, self.work = machine, work
        self.limits: list[LimitReached] = []
        self.first = self._decomposed(join=True)
        self.plans = [_Plans(stages, work) for stages in self.first]

    def _decomposed(self, *, join: bool) -> list[Stages]:
        try:
            return [set_stages(self.machine, self.work, join=join)]
        except LimitReached as reached:
            self.limits.append(reached)
            return []

    def plain(self) -> Iterator[Construction]:
        """Yield the network with one layer for each level."""
        for plans in self.plans:
            yield from self._made(plans, lambda plans: plans.single)

    def joined(self) -> Iterator[Construction]:
        """Yield networks of all decompositions, with levels joined, and without reflections."""
        found = [*self.first, *self._listed()]
        if not any(stages.only_resets for stages in found) and not _has_cycle(self.machine):
            found += [stages for stages in self._decomposed(join=False) if stages.only_resets]
        plans = [*self.plans, *(_Plans(stages, self.work) for stages in found[len(self.first) :])]
        plans += [
            _Plans(stages, self.work, mirrors=False) for stages in found if stages.only_resets
        ]
        for own in plans:
            yield from self._made(own, lambda plans: plans.single)
            yield from self._made(own, lambda plans: plans.fewest)
            yield from self._covered(own)
            self.limits += own.limits

    def _covered(self, plans: _Plans) -> Iterator[Construction]:
        """Yield the networks of plans in which registers cover more and more levels."""
        with suppress(LimitReached):  # noted with the plan that it begins with
            for plan in plans.covered:
                yield from self._stacked(plans, plan)

    def _listed(self) -> Iterator[Stages]:
        """Yield holonomy decompositions whose coordinates can be listed."""
        for join in get_args(Join):
            with suppress(LimitReached):  # they come on top where they are small
                yield stages_of(
                    holonomy(self.machine, join=join, max_sets=MAX_SETS, max_tuples=MAX_TUPLES)
                )

    def _made(
        self, plans: _Plans, choose: Callable[[_Plans], list[Block]]
    ) -> Iterator[Construction]:
        """Yield the network of a plan that is chosen; where that meets a limit, note it."""
        try:
            plan = choose(plans)
        except LimitReached as reached:
            self.limits.append(reached)
            return
        yield from self._stacked(plans, plan)

    def _stacked(self, plans: _Plans, plan: list[Block]) -> Iterator[Construction]:
        """Yield the network of a plan; where that meets a limit, note it."""
        try:
            network = stack(self.machine, plans.stages, plan)
        except LimitReached as reached:
            self.limits.append(reached)
            return
        levels, layers = len(plans.stages.stages), len(plan)
        does = "permute or reset" if plans.mirrors else "reset"
        how = "" if plans.mirrors else " by projections, without a reflection"
        parts = (
            f"{levels} levels that {does}" if levels > 1 else f"one level of letters that {does}"
        )
        idea = (
            f"the machine decomposes into {parts}, realised by {layers} layer{'s' * (layers > 1)}; "
            f"a layer that resets remembers its state before the letter{how}"
        )
        yield Construction(ROUTE.name, network, idea, ids.T4)


class _Plans:
    """Ways to split the levels of one decomposition into blocks of a layer each."""

    def __init__(self, stages: Stages, work: Work, *, mirrors: bool = True) -> None:
        self.stages, self.mirrors = stages, mirrors
        self.limits: list[LimitReached] = []
        self._work = work.part("moves of joined levels (cascade)", JOIN_WORK)

    @cached_property
    def single(self) -> list[Block]:
        """Every level by itself. Raises LimitReached where a layer has too many states."""
        return [
            single_block(self.stages, level, mirrors=self.mirrors)
            for level in range(len(self.stages.stages))
        ]

    @cached_property
    def fewest(self) -> list[Block]:
        """The fewest blocks that one layer each can realise."""
        depth = len(self.stages.stages)
        best: list[list[Block]] = [[] for _ in range(depth + 1)]
        for first in range(depth - 1, -1, -1):
            best[first] = [self.single[first], *best[first + 1]]
            for last in range(depth - 1, first, -1):
                if len(best[first]) > len(best[last + 1]) + 1:
                    block = self._joined(first, last)
                    if block is not None:
                        best[first] = [block, *best[last + 1]]
        return best[0]

    @property
    def covered(self) -> Iterator[list[Block]]:
        """The fewest blocks, neighbours joined from the last where registers cover them.

        After each time that some are joined, the plan as it is then.
        """
        *others, last = self.fewest
        merged = [last]
        while others:
            block = others.pop()
            joined = self._joined(block.first, merged[0].last, covers=True)
            merged[:1] = [block, merged[0]] if joined is None else [joined]
            if joined is not None:
                yield [*others, *merged]

    def _joined(self, first: int, last: int, *, covers: bool = False) -> Block | None:
        """Join levels, as long as there is work left for it."""
        if self.limits:
            return None
        try:
            return joined_block(
                self.stages, first, last, self._work, covers=covers, mirrors=self.mirrors
            )
        except LimitReached as reached:
            self.limits.append(reached)
            return None


ROUTE = Route(
    name="cascade",
    kind="layers",
    rank=90,
    least_layers=1,
    summary="every machine: a Krohn-Rhodes decomposition",
    construct=construct,
    work=WORK,
    counts="moves of levels",
)
