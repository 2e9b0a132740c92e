"""The solvable route: every machine whose groups are solvable, one step a token.

As in the diagonal route a level that keeps or overwrites is one number. A level that permutes its
points by a solvable group, and resets them, is split (:mod:`~.pieces.solvable_levels`): polygons
that nothing resets say the product of all permutations, and one number below them holds what the
last reset says. There are two kinds of network:

* polygons that are reflected in a mirror: one step a token, eigenvalues in [-1, 1]. Every layer
  that has single delta steps with beta up to 2 contains it.
* polygons that are turned: two steps a token, whose product in each head is a rotation. All
  matrices of a head commute, so layers of complex diagonal matrices contain it.

The exact orbit of numbers is infinite: proved by regions, layer by layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from negeig.automata.decomposition.stages import Stages
from negeig.automata.groups.small_action import letter_group
from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached
from negeig.theory.constructions.pieces.level_blocks import (
    decompositions,
    digit_block,
    listed_block,
)
from negeig.theory.constructions.pieces.polygon_level import mirrors_for, polygon_level
from negeig.theory.constructions.pieces.refined_levels import refined
from negeig.theory.constructions.pieces.representation import permutes
from negeig.theory.constructions.pieces.solvable_levels import MAX_ORDER, split
from negeig.theory.constructions.pieces.stage_blocks import stack
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.exact.fields import field_of, polygon_degree
from negeig.theory.exact.numbers import Number
from negeig.theory.networks.network import DeltaStep, LinearRNN
from negeig.theory.theorems import ids
from negeig.work import Work

MAX_STATES = 200
"""Largest machine that is decomposed, at effort 1."""

MAX_DEGREE = 32
"""Largest degree of the number field of the entries."""

WORK = 1_000_000
"""Moves of all levels at effort 1."""


def construct(machine: Machine, *, work: Work | None = None) -> Iterator[Construction]:
    """Yield the stack of fewest layers whose polygons are reflected, and that of turned ones.

    Exact. Nothing where a group is not solvable, where all levels are numbers, or where one layer
    is enough: the diagonal and the rotations route have these.

    Raises
    ------
    LimitReached
        By ``work``, where a decomposition that was cut short might have fewer levels; for machines
        of more than ``MAX_STATES`` states, groups of more than ``MAX_ORDER`` elements and fields
        above ``MAX_DEGREE``; or where a decoder table is too large.

    Notes
    -----
    O(moves x points x order of the group) for each level of each decomposition.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> [found.cost for found in construct(get("permutation-reset:3").minimal())]
    [(3, 1, 3), (3, 2, 3)]
    >>> list(construct(get("sym:5").minimal()))
    []
    """
    if machine.size < 2:
        return
    work = work or Work(ROUTE.counts, WORK)
    largest = work.scaled(MAX_STATES)
    if machine.size > largest:
        raise LimitReached("states of levels", largest, reached=machine.size, option="--effort")
    if permutes(machine):
        letters = letter_group(machine, work.scaled(MAX_ORDER))
        if letters is None or not letters.group.is_solvable:
            return
    found, limit = decompositions(machine, work)
    levels = [refined(stages) for stages in found]
    if any(_are_numbers(stages) for stages in levels):
        return
    for turns in (False, True):
        made: list[LinearRNN] = []
        for stages in levels:
            try:
                network = _network(machine, stages, work, turns)
            except LimitReached as reached:
                limit = reached
            else:
                made += [] if network is None else [network]
        network = min(made, key=lambda network: len(network.layers), default=None)
        if network is not None and len(network.layers) >= ROUTE.least_layers:
            yield Construction(ROUTE.name, network, _idea(network, turns), ids.SOLVABLE_LEVELS)
    if limit is not None:
        raise limit


def _are_numbers(stages: Stages) -> bool:
    """Whether every level is one number."""
    levels = range(len(stages.stages))
    return all(digit_block(stages, level, mirrors=True) is not None for level in levels)


def _network(machine: Machine, stages: Stages, work: Work, turns: bool) -> LinearRNN | None:
    """Return the stack of a layer for each number and polygon, None without a solvable group."""
    parts = split(stages, work, turns=turns)
    if parts is None:
        return None
    levels, polygons = parts
    mirrors = mirrors_for([polygon for polygon in polygons if polygon is not None])
    for polygon in polygons:
        degree = 1 if polygon is None else polygon_degree(mirrors[polygon.corners].order)
        if degree > MAX_DEGREE:
            raise LimitReached("degree of a number field", MAX_DEGREE, reached=degree)
    blocks = []
    for level, polygon in enumerate(polygons):
        if polygon is None:
            block = digit_block(levels, level, mirrors=True)
        else:
            own, start = mirrors[polygon.corners], levels.initial[level]
            make = partial(polygon_level, polygon, start=start, mirrors=own)
            block = listed_block(levels, level, make)
        if block is None:
            raise RuntimeError("a level that was split is neither a number nor a polygon")
        blocks.append(block)
    network = stack(machine, levels, blocks)
    return replace(network, field=field_of(_numbers(network)))


def _numbers(network: LinearRNN) -> list[Number]:
    """Return the numbers of a network's codes and steps."""
    found: dict[Number, None] = {}
    for layer in network.layers:
        found |= dict.fromkeys(x for code in layer.codes for x in code)
        for steps in layer.steps.values():
            for step in steps:
                if isinstance(step, DeltaStep):
                    found |= dict.fromkeys((step.beta, *step.key))
    return list(found)


def _idea(network: LinearRNN, turns: bool) -> str:
    how = "turned" if turns else "reflected, one mirror a token"
    polygons = sum(layer.dim > 1 for layer in network.layers)
    are = "one is a polygon that is" if polygons == 1 else f"{polygons} are polygons that are"
    return (
        f"{len(network.layers)} levels: {are} {how}, and never reset; the others are numbers that "
        "letters keep, turn the sign of or overwrite, what the last reset says among them"
    )


ROUTE = Route(
    name="solvable",
    kind="layers",
    rank=25,
    least_layers=2,
    summary="machines whose groups are solvable: polygons and numbers, one step a token",
    construct=construct,
    work=WORK,
    counts="moves of levels",
)
