"""Decompositions of a machine, and their levels as blocks of a layer each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeAlias, get_args

from negeig.automata.decomposition.blocks import Join
from negeig.automata.decomposition.holonomy import holonomy
from negeig.automata.decomposition.set_stages import set_stages
from negeig.automata.decomposition.stages import Move, Stages, stages_of
from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached
from negeig.theory.constructions.pieces.digit_level import digit_level
from negeig.theory.constructions.pieces.listed_level import ListedLevel
from negeig.theory.constructions.pieces.realisation import PartialMap
from negeig.theory.constructions.pieces.stage_blocks import Block
from negeig.work import Work

MAX_SETS, MAX_TUPLES = 300, 2_000
"""Most image sets, and coordinate tuples, of a holonomy decomposition that is tried as well."""

Make: TypeAlias = Callable[[Sequence[PartialMap]], ListedLevel | None]
"""Makes a level that carries out some maps, or none."""


def decompositions(machine: Machine, work: Work) -> tuple[list[Stages], LimitReached | None]:
    """Return the decompositions at hand, and the limit that cut one short, if any.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> found, _ = decompositions(get("contains:a").minimal(), Work("moves", 1_000))
    >>> [[stage.points for stage in stages.stages] for stages in found]
    [[2], [2], [2], [2], [2]]
    """
    found: list[Stages] = []
    limit: LimitReached | None = None
    for join in (True, False):
        try:
            found.append(set_stages(machine, work, join=join))
        except LimitReached as reached:
            limit = reached
    for joined in get_args(Join):
        with suppress(LimitReached):  # they come on top where they are small
            found.append(
                stages_of(holonomy(machine, join=joined, max_sets=MAX_SETS, max_tuples=MAX_TUPLES))
            )
    return found, limit


def digit_block(stages: Stages, level: int, *, mirrors: bool) -> Block | None:
    """Return a level as one number, None where it is none; see :func:`.digit_level.digit_level`."""
    stage, start = stages.stages[level], stages.initial[level]
    is_last = level == len(stages.stages) - 1
    return listed_block(
        stages,
        level,
        lambda maps: digit_level(stage, maps, start, is_last=is_last, mirrors=mirrors),
    )


def listed_block(stages: Stages, level: int, make: Make) -> Block | None:
    """Return a level as ``make`` makes it, told the distinct maps of the points that occur."""
    images = level_images(stages, level)
    number: dict[PartialMap, int] = {}
    choice: dict[Move, int] = {}
    for move, moved in images.items():
        whole = tuple(moved.get(point) for point in range(stages.stages[level].points))
        choice[move] = number.setdefault(whole, len(number))
    made = make(list(number))
    if made is None:
        return None
    return Block(level, level, choice, images, stages.stages[level].splits, made)


def level_images(stages: Stages, level: int) -> dict[Move, dict[int, int]]:
    """Return what each move of a level does to the points that occur before it."""
    stage = stages.stages[level]
    return {
        move: {point: maps[point] for point in stage.splits[move[0]]}
        for move, maps in stage.maps.items()
    }
