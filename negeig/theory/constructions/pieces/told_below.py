"""A stack from a first layer of registers and the layers that tell what their contents leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from negeig.automata.decomposition.set_stages import stages_below
from negeig.automata.decomposition.stages import Context, Move, Stage, Stages
from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.pieces.covering import Cover, register_network, with_few_values
from negeig.theory.constructions.pieces.exploring import Explorer
from negeig.theory.constructions.pieces.first_layer import Left
from negeig.theory.constructions.pieces.function_block import function_block
from negeig.theory.constructions.pieces.left_functions import Functions, contents_with
from negeig.theory.constructions.pieces.realisation import realisation
from negeig.theory.constructions.pieces.stage_blocks import Block, single_block, stack
from negeig.theory.networks.network import DeltaStep, LinearRNN
from negeig.work import Work

Steps: TypeAlias = Sequence[Sequence[DeltaStep]]

CarriedOut: TypeAlias = Callable[[Cover], tuple[Steps, Sequence[Fraction] | None]]
"""Gives the delta steps of each letter that carry out a cover, and by what each register's contents
are multiplied, None for nothing."""

LEVEL_WORK = 3_000_000
"""Moves of the levels below, and the points that they carry, at effort 1."""


def told_below(left: Left, steps: CarriedOut, work: Work, *, mirrors: bool = True) -> LinearRNN:
    """Return the network of the registers and of levels that tell what they leave.

    Parameters
    ----------
    left : Left
        What the registers leave.
    steps : CarriedOut
    work : Work
        Gives the effort.
    mirrors : bool
        Whether layers may have the eigenvalue -1.

    Raises
    ------
    LimitReached
        By work.
    """
    machine, top = left.machine, _contents(left)
    context = _sets(top)
    own = work.part("moves of levels below", LEVEL_WORK)
    rest = stages_below(machine, left.moves, context[top.initial], own, join=True, number=mirrors)
    first = _stage(top, dict(enumerate(context)))
    stages = Stages(
        machine.alphabet, (first, *rest.stages), (top.initial, *rest.initial), rest.states
    )
    others = [single_block(stages, i, mirrors=mirrors) for i in range(1, len(stages.stages))]
    return stack(machine, stages, [_registers(left, top, first, steps, mirrors), *others])


def told_by_functions(left: Left, steps: CarriedOut, work: Work) -> LinearRNN:
    """Return the network of the registers and of one layer that holds functions of what they leave.

    Parameters are those of :func:`told_below`; the functions of the contents have no conflict.
    Raises LimitReached by work, or where a layer has too many registers.
    """
    machine, top = left.machine, _contents(left)
    own = work.part("functions of the states that are left", LEVEL_WORK)
    targets = np.ascontiguousarray(top.transitions, dtype=np.int32)
    contents = contents_with(targets, np.array(_sets(top), dtype=np.int64))
    block = function_block(machine, top.initial, Functions(machine, contents, own))
    first = _stage(top, {x: x for x in range(top.size)})
    singles: dict[Context, int] = {1 << q: q for q in range(machine.size)}
    stages = Stages(machine.alphabet, (first,), (top.initial,), singles)
    return stack(machine, stages, [_registers(left, top, first, steps, True), block])


def _contents(left: Left) -> Machine:
    """Return the contents of the registers; those that leave the same after every word are one."""
    return Machine(
        alphabet=left.machine.alphabet, transitions=left.targets, initial=0, outputs=left.sets
    ).minimal()


def _sets(top: Machine) -> list[int]:
    return [states for states in top.outputs if isinstance(states, int)]


def _stage(top: Machine, contexts: Mapping[int, Context]) -> Stage:
    """Return the contents as the first stage, each with the context of the next one."""
    everything: Context = "any"
    columns = [tuple(column) for column in top.transitions.T.tolist()]
    maps: dict[Move, tuple[int, ...]] = {
        (everything, a, everything): column for a, column in enumerate(columns)
    }
    return Stage(top.size, maps, {everything: contexts})


def _registers(left: Left, top: Machine, stage: Stage, steps: CarriedOut, mirrors: bool) -> Block:
    """Return the registers as the first block."""
    table = np.ascontiguousarray(top.transitions, dtype=np.int32)
    cover = with_few_values(Explorer(len(left.targets)), left.rows, table, top.initial)
    points = Machine(
        alphabet=top.alphabet,
        transitions=top.transitions,
        initial=top.initial,
        outputs=range(top.size),
    )
    network = register_network(points, cover, *steps(cover))
    return Block(
        first=0,
        last=0,
        choice={move: move[1] for move in stage.maps},
        images={move: dict(enumerate(images)) for move, images in stage.maps.items()},
        below=stage.splits,
        realisation=realisation(network, is_last=False, mirrors=mirrors),
    )
