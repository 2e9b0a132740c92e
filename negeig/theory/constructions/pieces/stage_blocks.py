"""Consecutive stages of a cascade in one layer, and the stack of these layers.

See :mod:`negeig.automata.decomposition.stages`. A block is told the context of its first stage
before the letter and after it, and carries out one map of its points: chains of points of its
stages. What it emits is the move of the next block, which the point before the letter and the
point after it select. Moves with the same steps and the same emissions are one symbol.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from negeig.automata.decomposition.cascade import Coordinates
from negeig.automata.decomposition.stages import Context, Move, Stages
from negeig.automata.machines.machine import Machine
from negeig.claims import Letter, LimitReached
from negeig.theory.constructions.pieces import realisation
from negeig.theory.constructions.pieces.realisation import (
    PartialMap,
    Realisation,
    merges,
    realise,
)
from negeig.theory.constructions.route import MAX_ENTRIES
from negeig.theory.networks.network import Layer, LinearRNN
from negeig.theory.networks.one_layer import symbols
from negeig.work import Work

MAX_POINTS = 64
"""Most points of a block that joins stages."""


@dataclass(frozen=True, eq=False)
class Block:
    """Consecutive stages in one layer.

    ``choice`` is the number of each move's map among those that ``realisation`` carries out,
    ``images`` is that map, on the points that occur in the move's first context; ``below`` is the
    context under the block for each context and point.
    """

    first: int
    last: int
    choice: Mapping[Move, int]
    images: Mapping[Move, Mapping[int, int]]
    below: Mapping[Context, Mapping[int, Context]]
    realisation: Realisation


def single_block(stages: Stages, level: int, *, mirrors: bool = True) -> Block:
    """Return one stage as a block. Raises LimitReached where its layer has too many states."""
    stage = stages.stages[level]
    found = _block(stages, level, level, mirrors=mirrors)
    maps = list(dict.fromkeys(stage.maps.values()))
    is_last = level == len(stages.stages) - 1
    # Points that do not occur leave freedom, and it is not always used well: both are tried.
    whole = realise(maps, stages.initial[level], is_last, False, mirrors)
    if whole is None or (found is not None and found.realisation.cost <= whole.cost):
        if found is None:
            raise RuntimeError("a level that permutes or resets is no layer")
        return found
    number = {images: i for i, images in enumerate(maps)}
    return Block(
        first=level,
        last=level,
        choice={move: number[images] for move, images in stage.maps.items()},
        images={
            move: {point: images[point] for point in stage.splits[move[0]]}
            for move, images in stage.maps.items()
        },
        below=stage.splits,
        realisation=whole,
    )


def joined_block(
    stages: Stages, first: int, last: int, work: Work, *, covers: bool = False, mirrors: bool = True
) -> Block | None:
    """Return stages ``first`` to ``last`` as one block, or None where no route realises it.

    Raises LimitReached by ``work``, which spends a unit for each move and each chain of points.
    """
    return _block(stages, first, last, covers=covers, mirrors=mirrors, work=work)


def _block(
    stages: Stages,
    first: int,
    last: int,
    *,
    covers: bool = False,
    mirrors: bool = True,
    work: Work | None = None,
) -> Block | None:
    part = stages.stages[first : last + 1]
    most = realisation.MAX_COVERED if covers else MAX_POINTS
    chains: dict[Context, dict[Coordinates, tuple[Context, ...]]] = {}
    for context in part[0].splits:
        found: dict[Coordinates, tuple[Context, ...]] = {(): (context,)}
        for stage in part:
            found = {
                (*points, point): (*above, below)
                for points, above in found.items()
                for point, below in stage.splits[above[-1]].items()
            }
            if len(found) > most:
                return None
        chains[context] = found
        if work is not None:
            work.spend(len(found) * len(part))
    number: dict[Coordinates, int] = {}
    for found in chains.values():
        for points in found:
            number.setdefault(points, len(number))
        if len(number) > most:
            return None
    maps: dict[PartialMap, int] = {}
    choice: dict[Move, int] = {}
    images: dict[Move, dict[int, int]] = {}
    for move in part[0].maps:
        before, column, after = move
        if work is not None:
            work.spend(len(chains[before]) * len(part))
        image: dict[int, int] = {}
        for points, contexts in chains[before].items():
            moved: list[int] = []
            here = after
            for stage, point, context in zip(part, points, contexts[:-1], strict=True):
                moved.append(stage.maps[context, column, here][point])
                here = stage.splits[here][moved[-1]]
            image[number[points]] = number[tuple(moved)]
        whole = tuple(image.get(point) for point in range(len(number)))
        known = maps.setdefault(whole, len(maps))
        if known == len(maps) - 1 and not covers and merges(whole):
            return None
        choice[move] = known
        images[move] = image
    start = number[stages.initial[first : last + 1]]
    is_last = last == len(stages.stages) - 1
    made = realise(list(maps), start, is_last, covers, mirrors, work)
    if made is None:
        return None
    below = {
        context: {number[points]: above[-1] for points, above in found.items()}
        for context, found in chains.items()
    }
    return Block(first, last, choice, images, below, made)


Row: TypeAlias = tuple[tuple[int, Letter], ...]
"""What a layer emits on a symbol, for every point that occurs: before the letter, or after it in
the last layer."""

Symbol: TypeAlias = tuple[int, Row, Letter]
"""The number of a map, what is emitted, and in the first layer the letter."""


def stack(machine: Machine, stages: Stages, plan: Sequence[Block]) -> LinearRNN:
    """Return the network whose layers are the blocks of a plan.

    Raises LimitReached where a decoder table has more than ``MAX_ENTRIES`` entries.
    """
    outputs = symbols(machine.outputs)
    after: dict[Context, Letter] = {c: outputs[q] for c, q in stages.states.items()}
    below: dict[Move, Letter] | None = None
    layers: list[Layer] = []
    for block in reversed(plan):
        steps = {own: i for i, own in reversed(list(enumerate(block.realisation.steps)))}
        actions = [steps[own] for own in block.realisation.steps]
        names: dict[Symbol, Letter] = {}
        read: dict[Move, Letter] = {}
        for move, image in block.images.items():
            before, column, context = move
            if below is None:
                row = {to: after[block.below[context][to]] for to in image.values()}
            else:
                row = {
                    point: below[block.below[before][point], column, block.below[context][to]]
                    for point, to in image.items()
                }
            letter = stages.alphabet[column]
            action, emits = actions[block.choice[move]], tuple(sorted(row.items()))
            if block.first == 0:  # it reads the machine's letters, all of them
                read[move] = names[action, emits, letter] = letter
            else:
                read[move] = names.setdefault((action, emits, ""), f"{letter}|{len(names)}")
        layers.insert(0, _layer(block, names, is_last=below is None))
        below = read
    return LinearRNN(
        alphabet=machine.alphabet,
        layers=tuple(layers),
        outputs=dict(zip(outputs, machine.outputs, strict=True)),
        empty=machine.outputs[machine.initial],
    )


def _layer(block: Block, names: Mapping[Symbol, Letter], *, is_last: bool) -> Layer:
    """Build one layer: steps for each symbol, and what it emits for each code."""
    made = block.realisation
    entries = len(made.states) * len(names)
    if entries > MAX_ENTRIES:
        raise LimitReached("entries of a decoder table", MAX_ENTRIES, reached=entries)
    points: dict[int, Sequence[int | None]] = {
        action: made.points_of_states if is_last else made.points_before(action)
        for action in dict.fromkeys(action for action, _, _ in names)
    }
    columns = []
    for action, row, _ in names:
        emitted: dict[int | None, Letter] = dict(row)
        anything = row[0][1]  # where no word leads, any symbol will do
        columns.append([emitted.get(point, anything) for point in points[action]])
    return Layer(
        alphabet=tuple(names.values()),
        initial=made.start,
        steps={name: made.steps[action] for (action, _, _), name in names.items()},
        codes=tuple(made.states),
        emit=tuple(zip(*columns, strict=True)),
        names=made.names,
    )
