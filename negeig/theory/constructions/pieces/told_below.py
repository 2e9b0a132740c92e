"""A stack from a first layer of registers and the levels that tell what their contents leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from negeig.automata.decomposition.set_stages import stages_below
from negeig.automata.decomposition.stages import Context, Move, Stage, Stages
from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.pieces.covering import Cover, register_network, with_few_values
from negeig.theory.constructions.pieces.exploring import Explorer
from negeig.theory.constructions.pieces.first_layer import Left
from negeig.theory.constructions.pieces.realisation import realisation
from negeig.theory.constructions.pieces.stage_blocks import Block, single_block, stack
from negeig.theory.networks.network import DeltaStep, LinearRNN
from negeig.work import Work

Steps: TypeAlias = Sequence[Sequence[DeltaStep]]

LEVEL_WORK = 3_000_000
"""Moves of the levels below, and the points that they carry, at effort 1."""


def told_below(
    left: Left,
    steps: Callable[[Cover], tuple[Steps, Sequence[Fraction] | None]],
    work: Work,
    *,
    mirrors: bool = True,
) -> LinearRNN:
    """Return the network of the registers and of the layers that tell what they leave.

    Parameters
    ----------
    left : Left
        What the registers leave.
    steps : function
        Gives the delta steps of each letter that carry out a cover, and by what each register's
        contents are multiplied, None for nothing.
    work : Work
        Gives the effort.
    mirrors : bool
        Whether layers may have the eigenvalue -1.

    Raises
    ------
    LimitReached
        By work.
    """
    machine = left.machine
    # Contents that leave the same states after every word are one.
    top = Machine(
        alphabet=machine.alphabet, transitions=left.targets, initial=0, outputs=left.sets
    ).minimal()
    context = [states for states in top.outputs if isinstance(states, int)]
    own = work.part("moves of levels below", LEVEL_WORK)
    rest = stages_below(machine, left.moves, context[top.initial], own, join=True, number=mirrors)
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
    table = np.ascontiguousarray(top.transitions, dtype=np.int32)
    cover = with_few_values(Explorer(len(left.targets)), left.rows, table, top.initial)
    first = _first(stages, register_network(_points(top), cover, *steps(cover)), mirrors)
    others = range(1, len(stages.stages))
    return stack(
        machine, stages, [first, *(single_block(stages, i, mirrors=mirrors) for i in others)]
    )


def _points(top: Machine) -> Machine:
    """Return the machine whose outputs are its states."""
    return Machine(
        alphabet=top.alphabet,
        transitions=top.transitions,
        initial=top.initial,
        outputs=range(top.size),
    )


def _first(stages: Stages, network: LinearRNN, mirrors: bool) -> Block:
    """Return the registers as the first block."""
    (stage, *_) = stages.stages
    return Block(
        first=0,
        last=0,
        choice={move: move[1] for move in stage.maps},
        images={move: dict(enumerate(images)) for move, images in stage.maps.items()},
        below=stage.splits,
        realisation=realisation(network, is_last=False, mirrors=mirrors),
    )
