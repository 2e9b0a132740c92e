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

import numpy as np

from negeig.automata.decomposition.set_stages import stages_below
from negeig.automata.decomposition.stages import Context, Move, Stage, Stages
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid, transition_monoid
from negeig.automata.monoids.submonoids import Multiplication
from negeig.claims import LimitReached
from negeig.theory.bounds.peeling_exact import peel_listed
from negeig.theory.constructions.pieces.covering import register_network, with_few_values
from negeig.theory.constructions.pieces.exploring import Explorer
from negeig.theory.constructions.pieces.first_layer import FirstLayers, Left, groups
from negeig.theory.constructions.pieces.realisation import realisation
from negeig.theory.constructions.pieces.registers import row_steps
from negeig.theory.constructions.pieces.representation import permutes
from negeig.theory.constructions.pieces.stage_blocks import Block, single_block, stack
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.theorems import ids
from negeig.work import Work

MAX_MONOID = 2_000
"""Largest transition monoid whose groups are looked at, at effort 1."""

UNITS = 3_000_000
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
    monoid = _monoid(machine, work)
    layers = peel_listed(monoid).value
    if layers < 2:
        return
    search = FirstLayers(machine, layers - 1, work)
    tried = 0
    for actions in groups(monoid, Multiplication(monoid).whole().kernel(), work):
        tried += 1
        left = search.for_group(actions)
        if left is not None:
            yield _construction(machine, left, work)
            return
    raise LimitReached("groups of a first layer", tried, reached=tried, option="--effort")


def _monoid(machine: Machine, work: Work) -> TransitionMonoid:
    most = work.scaled(MAX_MONOID)
    try:
        return transition_monoid(machine, max_elements=most)
    except LimitReached as limit:
        name = "monoid elements for a first layer"
        raise LimitReached(name, most, reached=limit.reached, option="--effort") from None


def _construction(machine: Machine, left: Left, work: Work) -> Construction:
    """Return the stack of the registers and of the layers that tell what they leave."""
    # Contents that leave the same states after every word are one.
    top = Machine(
        alphabet=machine.alphabet, transitions=left.targets, initial=0, outputs=left.sets
    ).minimal()
    context = [states for states in top.outputs if isinstance(states, int)]
    own = work.part("moves of levels below", UNITS)
    rest = stages_below(machine, left.moves, context[top.initial], own, join=True)
    everything: Context = (1 << machine.size) - 1
    columns = [tuple(column) for column in top.transitions.T.tolist()]
    maps: dict[Move, tuple[int, ...]] = {
        (everything, a, everything): column for a, column in enumerate(columns)
    }
    split: dict[int, Context] = dict(enumerate(context))
    stages = Stages(
        machine.alphabet,
        (Stage(top.size, maps, {everything: split}), *rest.stages),
        (top.initial, *rest.initial),
        rest.states,
    )
    first = _first(stages, top, left, Explorer(len(left.targets)))
    plan = [first, *(single_block(stages, level) for level in range(1, len(stages.stages)))]
    count = first.realisation.dim
    most = max(map(len, left.states))
    others = "one further layer that permutes or resets tells"
    if len(plan) > 2:
        others = f"{len(plan) - 1} further layers that permute or reset tell"
    idea = (
        f"{count} registers, which letters move by reflections and overwrite with constants, leave "
        f"at most {most} of {machine.size} states possible; {others} which"
    )
    return Construction(ROUTE.name, stack(machine, stages, plan), idea, ids.T4)


def _first(stages: Stages, top: Machine, left: Left, explorer: Explorer) -> Block:
    """Return the registers as the first block; its points are the states of ``top``."""
    table = np.ascontiguousarray(top.transitions, dtype=np.int32)
    cover = with_few_values(explorer, left.rows, table, top.initial)
    steps = [
        row_steps(row, [Fraction(w) for w in writes])
        for row, writes in zip(cover.rows, cover.writes, strict=True)
    ]
    points = Machine(
        alphabet=top.alphabet,
        transitions=top.transitions,
        initial=top.initial,
        outputs=range(top.size),
    )
    made = realisation(register_network(points, cover, steps), is_last=False, mirrors=True)
    (stage, *_) = stages.stages
    return Block(
        first=0,
        last=0,
        choice={move: move[1] for move in stage.maps},
        images={move: dict(enumerate(images)) for move, images in stage.maps.items()},
        below=stage.splits,
        realisation=made,
    )


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
