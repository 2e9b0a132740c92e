"""The diagonal route: a layer of one number for each level of a cascade, one step a token.

Krohn and Rhodes decompose every machine without groups into levels that letters keep or overwrite.
Each is one number here (:mod:`~.pieces.digit_level`), multiplied by 1, 1/B or 0: so the network is
diagonal with entries in [0, 1], and every layer whose gates depend on the letter contains it. A
level that tells those below what it overwrote holds it as its second digit, so no level takes more
than a layer.

Where the groups of the machine are 2-groups the levels that permute are split into pairs of points
(:mod:`~.pieces.refined_levels`), and letters may turn the sign of a number too: real diagonal
layers with entries in [-1, 1].

The exact orbit is infinite: proved by regions, layer by layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from negeig.automata.decomposition.stages import Stages
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.periods import letter_orbits
from negeig.claims import LimitReached
from negeig.theory.bounds.periods import has_odd_factor
from negeig.theory.constructions.pieces.level_blocks import (
    decompositions,
    digit_block,
    level_images,
)
from negeig.theory.constructions.pieces.listed_level import ListedLevel
from negeig.theory.constructions.pieces.refined_levels import refined
from negeig.theory.constructions.pieces.stage_blocks import Block, stack
from negeig.theory.constructions.pieces.window_level import window_level, window_stages
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.networks.network import LinearRNN
from negeig.theory.theorems import ids
from negeig.work import Work

MAX_STATES = 200
"""Largest machine that is decomposed, at effort 1."""

MAX_WINDOW = 4
"""Most last letters that the first level holds."""

WORK = 1_000_000
"""Moves of all levels at effort 1."""


def construct(machine: Machine, *, work: Work | None = None) -> Iterator[Construction]:
    """Yield the stack of fewest layers with entries >= 0, or else that with signs.

    Exact. Nothing where a group of the machine is no 2-group, or where no decomposition at hand
    has levels of that kind.

    Raises
    ------
    LimitReached
        By ``work``, where a decomposition that was cut short might have fewer levels; for machines
        of more than ``MAX_STATES`` states; or where a decoder table is too large.

    Notes
    -----
    O(moves x points) for each level of each decomposition.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> [found.cost for found in construct(get("starts-with:a").minimal())]
    [(2, 1, 1)]
    >>> list(construct(get("mod:3").minimal()))
    []
    """
    if machine.size < 2 or _counts_oddly(machine):
        return  # levels that keep, turn or overwrite make 2-groups only
    work = work or Work(ROUTE.counts, WORK)
    largest = work.scaled(MAX_STATES)
    if machine.size > largest:
        raise LimitReached("states of levels", largest, reached=machine.size, option="--effort")
    found, limit = decompositions(machine, work)
    for mirrors in (False, True):
        split = [refined(stages) for stages in found] if mirrors else found
        plain = [_network(machine, stages, mirrors) for stages in split]
        made = [network for network in plain if network is not None]
        if made:
            network = min([*made, *_windowed(machine, work, mirrors)], key=_layers)
            does = "keep, turn or overwrite" if mirrors else "keep or overwrite"
            first = "" if network in made else ", the first of them the last letters, as digits"
            idea = (
                f"{len(network.layers)} levels, each one number that letters {does}{first}; what "
                "is overwritten stays as its second digit, for the levels below"
            )
            yield Construction(ROUTE.name, network, idea, ids.DIAGONAL_LEVELS)
            break
    if limit is not None:
        raise limit


def _counts_oddly(machine: Machine) -> bool:
    """Whether a letter, or two letters in turn, have a period with an odd factor."""
    columns = machine.transitions.T
    words = [*columns, *(second[first] for first in columns for second in columns)]
    turned = Machine(
        alphabet=[str(i) for i in range(len(words))],
        transitions=np.stack(words, axis=1),
        initial=machine.initial,
        outputs=machine.outputs,
    )
    return any(has_odd_factor(period) for _, period in letter_orbits(turned))


def _layers(network: LinearRNN) -> int:
    return len(network.layers)


def _windowed(machine: Machine, work: Work, mirrors: bool) -> Iterator[LinearRNN]:
    """Yield the networks whose first level holds the last letters, as far as the work goes."""
    for length in range(1, MAX_WINDOW + 1):
        for join in (True, False):
            with suppress(LimitReached):
                stages = window_stages(machine, length, work, join=join)
                if stages is None:
                    return
                first, levels = window_level(machine, length), stages
                if mirrors:
                    levels = refined(stages, first=1)
                network = _network(machine, levels, mirrors, first)
                if network is not None:
                    yield network


def _network(
    machine: Machine, stages: Stages, mirrors: bool, first: ListedLevel | None = None
) -> LinearRNN | None:
    """Return the stack of one number for each level, None where a level is none.

    ``first`` is the first level, where it is known.
    """
    blocks = []
    for level in range(len(stages.stages)):
        if first is not None and level == 0:
            choice = {move: move[1] for move in stages.stages[0].maps}
            block = Block(0, 0, choice, level_images(stages, 0), stages.stages[0].splits, first)
        else:
            made = digit_block(stages, level, mirrors=mirrors)
            if made is None:
                return None
            block = made
        blocks.append(block)
    return stack(machine, stages, blocks)


ROUTE = Route(
    name="diagonal",
    kind="layers",
    rank=20,
    least_layers=1,
    summary="machines whose groups are 2-groups: a number for each level",
    construct=construct,
    work=WORK,
    counts="moves of levels",
)
