"""The few-left route: as few layers as the bound allows, under a first one that leaves little.

The layers below a first one have to tell which of the states is meant that its content leaves
possible. Where these are at most as many as layers are allowed, a layer for each state but one
does that, and sometimes fewer do: a first layer is looked for that leaves no more
(:mod:`~.pieces.first_layer`). The others permute or reset as those of a cascade do, told what the
first one holds; a single one may instead hold functions of the states that are left, in registers
(:mod:`~.pieces.left_functions`): then more may be left, so that is looked for before.
The number of layers is that of the bound by peeling: with fewer it would be in vain, with more the
cascade does without this search.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction

from negeig.automata.decomposition.numbered_stage import can_number
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.submonoids import Multiplication
from negeig.claims import LimitReached
from negeig.theory.bounds.peeling_exact import peel_listed
from negeig.theory.constructions.pieces.covering import Cover
from negeig.theory.constructions.pieces.first_layer import FirstLayers, Left, groups, listed
from negeig.theory.constructions.pieces.left_functions import MAX_STATES
from negeig.theory.constructions.pieces.registers import row_steps
from negeig.theory.constructions.pieces.representation import permutes
from negeig.theory.constructions.pieces.told_below import told_below, told_by_functions
from negeig.theory.constructions.pieces.transitive_actions import Action
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.networks.network import DeltaStep
from negeig.theory.theorems import ids
from negeig.work import Work

UNITS, FUNCTIONS_UNITS = 40_000_000, 20_000_000
"""Work at effort 1, some six seconds where all of it is used, and the part of it for a layer that
holds functions."""


def construct(machine: Machine, *, work: Work | None = None) -> Iterator[Construction]:
    """Yield a stack with as many layers as the bound by peeling, where a first layer is found.

    Nothing where one layer does the task.

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
    >>> machine = Machine(alphabet="abc", transitions=[[1, 2, 0], [2, 1, 2], [1, 3, 3], [3, 2, 2]],
    ...                   initial=0, outputs=[0, 1, 0, 1])
    >>> [len(found.network.layers) for found in construct(machine)]
    [2]
    """
    if machine.size < 4 or permutes(machine):
        return
    work = work or Work(ROUTE.counts, UNITS)
    monoid = listed(machine, work)
    layers = peel_listed(monoid).value
    if layers < 2:
        return
    kernel = Multiplication(monoid).whole().kernel()
    moved, again = itertools.tee(groups(monoid, kernel, work))  # each group is found once
    tried = 0
    if layers == 2 and machine.size <= MAX_STATES:
        own = work.part(ROUTE.counts, FUNCTIONS_UNITS)
        left = None
        with suppress(LimitReached):
            tried, left = _first_layer(moved, FirstLayers(machine, 1, own, functions=True))
        work.spend(own.done)
        if left is not None:
            yield _stack(left, not can_number(machine, left.moves), work)
            return
    more, left = _first_layer(again, FirstLayers(machine, layers - 1, work))
    if left is None:
        tried += more
        raise LimitReached("groups of a first layer", tried, reached=tried, option="--effort")
    yield _stack(left, False, work)


def _first_layer(moved: Iterable[Sequence[Action]], search: FirstLayers) -> tuple[int, Left | None]:
    """Return how many groups were tried, and what registers moved by the last one leave."""
    tried = 0
    for actions in moved:
        tried += 1
        left = search.for_group(actions)
        if left is not None:
            return tried, left
    return tried, None


def _stack(left: Left, functions: bool, work: Work) -> Construction:
    """Return the stack in which one layer holds functions of what is left, or levels tell it."""
    network = (told_by_functions if functions else told_below)(left, _steps, work)
    further = len(network.layers) - 1
    others = "one further layer that permutes or resets tells"
    if functions:
        others = "one further layer holds functions of them that tell"
    elif further > 1:
        others = f"{further} further layers that permute or reset tell"
    count = left.rows.shape[1]
    registers = "one register, which letters overwrite with constants, leaves"
    if count > 1:
        registers = (
            f"{count} registers, which letters move by reflections and overwrite with constants, "
            "leave"
        )
    idea = f"{registers} at most {left.most} of {left.machine.size} states possible; {others} which"
    return Construction(ROUTE.name, network, idea, ids.T4)


def _steps(cover: Cover) -> tuple[list[tuple[DeltaStep, ...]], None]:
    """Return the steps that a letter takes to move registers and to overwrite them."""
    return [
        row_steps(row, [Fraction(w) for w in writes])
        for row, writes in zip(cover.rows, cover.writes, strict=True)
    ], None


ROUTE = Route(
    name="few-left",
    kind="fewest",
    rank=10,
    least_layers=2,
    summary="a first layer of registers that leaves few states possible",
    construct=construct,
    work=UNITS,
    counts="contents of registers, states with them, places tried on words",
)
