"""The few-left route: as few layers as the bound allows, under a first one that leaves little.

The layers below a first one have to tell which of the states is meant that its content leaves
possible. Where these are at most as many as layers are allowed, a layer for each state but one
does that, and sometimes fewer do: a first layer is looked for that leaves no more
(:mod:`~.pieces.first_layer`). It is the only layer that need not permute or reset; the others are
those of a cascade, told what the first one holds. The number of layers is that of the bound by
peeling: with fewer it would be in vain, with more the cascade does without this search.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.submonoids import Multiplication
from negeig.claims import LimitReached
from negeig.theory.bounds.peeling_exact import peel_listed
from negeig.theory.constructions.pieces.covering import Cover
from negeig.theory.constructions.pieces.first_layer import FirstLayers, Left, groups, listed
from negeig.theory.constructions.pieces.registers import row_steps
from negeig.theory.constructions.pieces.representation import permutes
from negeig.theory.constructions.pieces.told_below import told_below
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.networks.network import DeltaStep, LinearRNN
from negeig.theory.theorems import ids
from negeig.work import Work

UNITS = 6_000_000
"""Work at effort 1: about a second where all of it is used."""


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
    search = FirstLayers(machine, layers - 1, work)
    tried = 0
    for actions in groups(monoid, Multiplication(monoid).whole().kernel(), work):
        tried += 1
        left = search.for_group(actions)
        if left is not None:
            network = told_below(left, _steps, work)
            yield Construction(ROUTE.name, network, _idea(left, network), ids.T4)
            return
    raise LimitReached("groups of a first layer", tried, reached=tried, option="--effort")


def _idea(left: Left, network: LinearRNN) -> str:
    """Say what the layers do."""
    further = len(network.layers) - 1
    others = "one further layer that permutes or resets tells"
    if further > 1:
        others = f"{further} further layers that permute or reset tell"
    return (
        f"{left.rows.shape[1]} registers, which letters move by reflections and overwrite with "
        f"constants, leave at most {left.most} of {left.machine.size} states possible; "
        f"{others} which"
    )


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
