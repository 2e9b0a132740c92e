"""The chains-left route: as few layers as the bound allows, without the eigenvalue -1.

The first layer holds chains of registers, along which projections move contents
(:mod:`~.pieces.chains`); what they leave is told by further layers that only reset. All steps have
the eigenvalue 0. Every aperiodic structure of two letters and at most four states has a network of
this kind with as many layers as the bound says.

Chains are tried by cost. Where some leave too much, there are words that lead to different states
and leave equal contents: chains that tell two of these words apart are tried next. Where none are
found so all chains of some length are taken, and then those that tell the most of all such words.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from fractions import Fraction
from typing import TypeAlias

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.green import green
from negeig.claims import LimitReached
from negeig.theory.bounds.peeling_exact import peel_listed
from negeig.theory.constructions.pieces.block_choice import Pair
from negeig.theory.constructions.pieces.chains import (
    HALF,
    Chain,
    Forest,
    all_chains,
    chain_steps,
    cost_of,
    halvings,
    numbered,
    rows_of,
    separating,
    tells_apart,
)
from negeig.theory.constructions.pieces.covering import Cover
from negeig.theory.constructions.pieces.first_layer import FirstLayers, Left, listed
from negeig.theory.constructions.pieces.told_below import told_below
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.networks.network import DeltaStep
from negeig.theory.theorems import ids
from negeig.work import Work

LONGEST = 4
"""Most registers of a chain."""

MAX_REGISTERS = 40
"""Most registers of all chains."""

MAX_LISTED = 120
"""Most registers of which all chains of some length consist."""

Cost: TypeAlias = tuple[int, int, int]
"""Steps times registers, steps a token, registers."""

PAIR = 10
"""What looking at a chain for a pair of words costs, in contents."""

UNITS = 3_000_000
"""Work at effort 1: about a second where all of it is used."""


def construct(machine: Machine, *, work: Work | None = None) -> Iterator[Construction]:
    """Yield the cheapest chains that leave little, with the layers that tell it.

    Nothing where one layer does the task or the machine counts.

    Raises
    ------
    LimitReached
        A larger monoid, or where nothing was found with the work, which is ``UNITS`` where none is
        given.

    Notes
    -----
    Exact; a function of the machine and the work.

    Examples
    --------
    >>> machine = Machine(alphabet="ab", transitions=[[0, 1], [2, 1], [3, 3], [3, 3]], initial=0,
    ...                   outputs=[0, 0, 0, 1])
    >>> (found,) = construct(machine)
    >>> found.cost, {str(x) for layer in found.network.layers for x in layer.eigenvalues}
    ((2, 6, 4), {'0'})
    """
    if machine.size < 3:
        return
    work = work or Work(ROUTE.counts, UNITS)
    monoid = listed(machine, work)
    if not green(monoid).is_aperiodic:
        return
    layers = peel_listed(monoid, reflections=False).value
    if layers < 2:
        return
    first = FirstLayers(machine, layers - 1, work, mirrors=False)
    chains = _Chains(first, len(machine.alphabet), work)
    chosen = (
        chains.cheapest(work.scaled(UNITS) // 3) or chains.all_of_them() or chains.telling_most()
    )
    if chosen is None:
        raise LimitReached("registers of a chain", LONGEST, reached=LONGEST)
    forest, left = chosen

    def steps(cover: Cover) -> tuple[list[tuple[DeltaStep, ...]], list[Fraction]]:
        letters = range(len(cover.writes))
        scale = [HALF**times for times in halvings(forest)]
        return [chain_steps(forest, a, cover.writes[a]) for a in letters], scale

    network = told_below(left, steps, work, mirrors=False)
    further = layers - 1
    others = "one further layer that resets tells"
    if further > 1:
        others = f"{further} further layers that reset tell"
    idea = (
        f"{len(forest)} registers in chains of at most {max(map(len, forest))}, along which "
        f"projections move contents, leave at most {left.most} of {machine.size} "
        f"states possible; {others} which"
    )
    yield Construction(ROUTE.name, network, idea, ids.CHAIN)


class _Chains:
    """Chains that leave little, looked for in three ways, and the words that some leave equal.

    Parameters
    ----------
    first : FirstLayers
        Says what chains leave.
    letters : int
    work : Work
        Spent on chains tried on words.
    """

    def __init__(self, first: FirstLayers, letters: int, work: Work) -> None:
        self._first, self._letters, self._work = first, letters, work
        self._crowds: list[tuple[Pair, ...]] = []

    def cheapest(self, most: int) -> tuple[Forest, Left] | None:
        """Return the chains of least cost, None where they take more work than this."""
        queue: list[tuple[Cost, list[Chain], Forest]] = [((0, 0, 0), [], frozenset())]
        seen = {queue[0][-1]}
        while queue and self._work.done < most:
            forest = heapq.heappop(queue)[-1]
            found = self._tried(forest)
            if isinstance(found, Left):
                return forest, found
            for chain in self._telling(found or ()):
                larger = forest | _links(chain)
                if larger not in seen:
                    seen.add(larger)
                    entry = _cost(larger, self._letters), numbered(larger), larger
                    heapq.heappush(queue, entry)
        return None

    def telling_most(self) -> tuple[Forest, Left] | None:
        """Return chains taken one after the other, those first that tell the most for their cost.

        None where they have too many contents or are too many. Those not needed are left out.
        """
        forest: Forest = frozenset()
        while len(forest) < MAX_REGISTERS:
            found = self._tried(forest)
            if isinstance(found, Left):
                return self._reduced(forest, found)
            if found is None:
                return None
            missing = [crowd for crowd in self._crowds if not self._tells(forest, crowd)]
            best: tuple[Fraction, Cost, list[Chain]] | None = None
            for chain in self._telling(found):
                links = _links(chain) - forest
                told = sum(self._tells(links, crowd) for crowd in missing)
                cost = _cost(forest | links, self._letters)
                entry = Fraction(-told, len(links)), cost, numbered(forest | links)
                if best is None or entry < best:
                    best = entry
            if best is None:
                return None
            forest = frozenset(best[-1])
        return None

    def all_of_them(self) -> tuple[Forest, Left] | None:
        """Return all chains of some length, without those that are not needed; None if too many."""
        for length in range(1, LONGEST + 1):
            forest = all_chains(self._letters, length)
            if len(forest) > MAX_LISTED:
                return None
            found = self._tried(forest)
            if isinstance(found, Left):
                return self._reduced(forest, found)
        return None

    def _tried(self, forest: Forest) -> Left | tuple[Pair, ...] | None:
        """Return what chains leave, or pairs of words one of which is to be told apart.

        None where there are too many contents.
        """
        for crowd in self._crowds:
            if not self._tells(forest, crowd):
                return crowd
        found = self._first.left(rows_of(forest, self._letters))
        if isinstance(found, tuple):
            self._crowds.append(found[0])
            return found[0]
        return found

    def _tells(self, forest: Forest, crowd: tuple[Pair, ...]) -> bool:
        """Whether chains tell one of some pairs of words apart."""
        self._work.spend(PAIR * len(forest))
        return any(tells_apart(forest, *pair) for pair in crowd)

    def _telling(self, crowd: tuple[Pair, ...]) -> Iterator[Chain]:
        """Yield chains that tell a pair of words apart."""
        for pair in crowd:
            for chain in separating(*pair, self._letters, LONGEST):
                self._work.spend(PAIR)
                yield chain

    def _reduced(self, forest: Forest, left: Left) -> tuple[Forest, Left]:
        """Leave out what is not needed, the ends of the longest chains first."""
        for chain in reversed(numbered(forest)):
            if not any(other[:-1] == chain for other in forest):
                found = self._tried(forest - {chain})
                if isinstance(found, Left):
                    forest, left = forest - {chain}, found
        return forest, left


def _links(chain: Chain) -> Forest:
    """Return a chain with all those that it begins with."""
    return frozenset(chain[: i + 1] for i in range(len(chain)))


def _cost(forest: Forest, letters: int) -> Cost:
    steps, registers = cost_of(forest, letters)
    return steps * registers, steps, registers


ROUTE = Route(
    name="chains-left",
    kind="fewest",
    rank=20,
    least_layers=2,
    summary="a first layer of chains of registers that leaves what further layers reset to",
    construct=construct,
    work=UNITS,
    counts="contents of chains, states with them, chains tried on words",
)
