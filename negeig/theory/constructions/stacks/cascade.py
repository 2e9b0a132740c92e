"""The cascade route: every regular language, one layer for each block of a decomposition.

Krohn and Rhodes decompose every machine into permutation-reset levels, and each such level is one
layer (Grazzi et al., arXiv 2411.12537, Theorem 4). Two things differ from the published proof.

*The state before the letter.* A level is driven by the levels above it *before* the letter, but a
layer emits its state *after* it, and a reset has destroyed what was there. A layer that is not the
last therefore moves what it overwrites into extra coordinates (:mod:`~.pieces.remembering`), from
which the decoder undoes the letter. That costs 2 steps for each overwrite, eigenvalues 0 and -1,
and nothing ever rounds.

For an aperiodic machine all levels reset, and projections alone can remember: a step more for each
overwrite, all eigenvalues 0.

*Fewer layers.* Consecutive levels share a layer wherever one of the one-layer routes realises the
machine they form together; the fewest blocks are found by dynamic programming.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias, get_args

from negeig.automata.decomposition.blocks import Join
from negeig.automata.decomposition.cascade import Cascade, Coordinates
from negeig.automata.decomposition.holonomy import holonomy
from negeig.automata.machines.machine import Machine
from negeig.claims import Letter, LimitReached
from negeig.theory.constructions.pieces.realisation import (
    PartialMap,
    Patience,
    Realisation,
    merges,
    realise,
)
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from negeig.theory.networks.one_layer import symbols
from negeig.theory.theorems import ids
from negeig.work import Work


def construct(machine: Machine, *, work: Work | None = None) -> list[Construction]:
    """Return the network of the shortest cascade found, or nothing past its limits.

    For an aperiodic machine also one without reflections, where the first has any: all
    eigenvalues 0, a step more for each overwrite that is remembered.

    Once ``work`` raises LimitReached levels are no longer joined: the network then has the
    layers found so far. Complexity: that of the decomposition, then O(contexts x letters x points)
    for each block.
    """
    if not 2 <= machine.size <= MAX_STATES:
        return []
    patience = Patience(None if work is None else lambda _: work.spend(0))
    cascades: list[Cascade] = []
    for join in get_args(Join):
        try:
            found = holonomy(machine, join=join, max_sets=MAX_SETS, max_tuples=MAX_TUPLES)
        except LimitReached:
            continue
        if found not in cascades:
            cascades.append(found)
    cascades.sort(key=lambda cascade: len(cascade.levels))
    plans: list[tuple[Cascade, list[_Block]]] = []
    for cascade in cascades:
        if not plans or patience.lasts():
            plans.append((cascade, _plan(cascade, patience)))
    if not plans:
        return []
    cascade, plan = min(plans, key=lambda pair: (len(pair[1]), _weight(pair[1])))
    made = [_construction(machine, cascade, _merged(cascade, plan, patience))]
    resets = [cascade for cascade in cascades if _only_resets(cascade)]
    if resets and _reflects(made[0].network):
        plan = _plan(resets[0], patience, mirrors=False)
        with suppress(LimitReached):  # more states than MAX_REMEMBERED: the first network stands
            made.append(_construction(machine, resets[0], plan, mirrors=False))
    return sorted(made, key=lambda construction: construction.cost)


def _reflects(network: LinearRNN) -> bool:
    return any(
        isinstance(step, DeltaStep) and step.eigenvalue < 0
        for layer in network.layers
        for steps in layer.steps.values()
        for step in steps
    )


def _construction(
    machine: Machine, cascade: Cascade, plan: Sequence[_Block], *, mirrors: bool = True
) -> Construction:
    does = "permute or reset" if mirrors else "reset"
    how = (
        "remembers its state before the letter"
        if mirrors
        else ("remembers its state before the letter by projections, without a reflection")
    )
    idea = (
        f"the machine decomposes into {len(cascade.levels)} levels that {does}, "
        f"realised by {len(plan)} layers; a layer that resets {how}"
    )
    return Construction(ROUTE.name, _network(machine, cascade, plan), idea, ids.T4)


MAX_STATES, MAX_SETS = 500, 10_000
"""Largest machine, and largest number of its image sets, that is decomposed."""

MAX_TUPLES = 20_000
"""Largest number of coordinate tuples of a cascade that is turned into a network."""


@dataclass(frozen=True)
class _Block:
    """Consecutive levels of a cascade in one layer."""

    first: int
    last: int
    contexts: tuple[Coordinates, ...]
    points: tuple[Coordinates, ...]
    choice: dict[tuple[Coordinates, int], int]
    realisation: Realisation


def _plan(cascade: Cascade, patience: Patience, *, mirrors: bool = True) -> list[_Block]:
    """Split the levels into the fewest blocks that one layer each can realise.

    A level by itself is one layer; levels are joined while the time lasts.
    """
    depth = len(cascade.levels)
    moves = _moves(cascade)
    best: list[list[_Block]] = [[] for _ in range(depth + 1)]
    for first in range(depth - 1, -1, -1):
        alone = _block(cascade, moves, first, first, mirrors=mirrors)
        if alone is None:
            raise RuntimeError("a level that permutes or resets is no layer")
        best[first] = [alone, *best[first + 1]]
        for last in range(depth - 1, first, -1):
            if len(best[first]) <= len(best[last + 1]) + 1 or not patience.lasts():
                continue
            block = _block(cascade, moves, first, last, mirrors=mirrors)
            if block is not None:
                best[first] = [block, *best[last + 1]]
    return best[0]


def _only_resets(cascade: Cascade) -> bool:
    """Whether every map of every level is constant or the identity."""
    return all(
        len(set(images)) == 1 or images == tuple(range(level.points))
        for level in cascade.levels
        for images in level.maps
    )


def _merged(cascade: Cascade, plan: Sequence[_Block], patience: Patience) -> list[_Block]:
    """Join neighbouring blocks, from the last, where registers cover what they do together."""
    moves = _moves(cascade)
    merged = [plan[-1]]
    for block in reversed(plan[:-1]):
        joined = None
        if patience.lasts():
            last = merged[0].last
            joined = _block(cascade, moves, block.first, last, covers=True, patience=patience)
        merged[:1] = [block, merged[0]] if joined is None else [joined]
    return merged


def _weight(plan: Sequence[_Block]) -> int:
    """Add up the steps a token of all layers, to choose between plans of one length."""
    return sum(max(map(len, block.realisation.steps), default=0) for block in plan)


Moves: TypeAlias = dict[Coordinates, tuple[Coordinates, ...]]
"""Where each letter leads from the coordinates of all levels."""


def _moves(cascade: Cascade) -> Moves:
    columns = range(len(cascade.alphabet))
    return {t: tuple(_after(cascade, t, column) for column in columns) for t in cascade.states}


def _block(
    cascade: Cascade,
    moves: Moves,
    first: int,
    last: int,
    *,
    covers: bool = False,
    mirrors: bool = True,
    patience: Patience | None = None,
) -> _Block | None:
    """Return levels ``first`` to ``last`` as one block, or None where no route realises it."""
    end = last + 1
    # Coordinates below the block do not matter: one tuple for each choice of those down to it.
    tuples = list({t[:end]: t for t in moves}.values())
    number: dict[Coordinates, int] = {}
    for t in tuples:
        number.setdefault(t[first:end], len(number))
    images: dict[tuple[Coordinates, int], list[int | None]] = {}
    for t in tuples:
        point = number[t[first:end]]
        for column, after in enumerate(moves[t]):
            image = images.setdefault((t[:first], column), [None] * len(number))
            image[point] = number[after[first:end]]
    maps: dict[PartialMap, int] = {}
    choice = {}
    for key, image in images.items():
        known = maps.setdefault(tuple(image), len(maps))
        if known == len(maps) - 1 and not covers and merges(image):
            return None
        choice[key] = known
    start = number[cascade.initial[first:end]]
    is_last = end == len(cascade.levels)
    realisation = realise(list(maps), start, is_last, covers, mirrors, patience)
    if realisation is None:
        return None
    contexts = tuple(dict.fromkeys(context for context, _ in choice))
    return _Block(first, last, contexts, tuple(number), choice, realisation)


def _after(cascade: Cascade, before: Coordinates, column: int) -> Coordinates:
    """Return the first coordinates after a letter, from as many before it."""
    return tuple(cascade.levels[i].map(before[:i], column)[point] for i, point in enumerate(before))


def _network(machine: Machine, cascade: Cascade, plan: Sequence[_Block]) -> LinearRNN:
    """Stack the layers; symbols that no later layer can tell apart are one symbol."""
    outputs = symbols(machine.outputs)
    alphabets, emitted = _emissions(cascade, plan, outputs)
    layers = []
    for block, alphabet, emits in zip(plan, alphabets, emitted, strict=True):
        layers.append(_layer(cascade, block, alphabet, emits))
    return LinearRNN(
        alphabet=machine.alphabet,
        layers=tuple(layers),
        outputs=dict(zip(outputs, machine.outputs, strict=True)),
        empty=machine.outputs[machine.initial],
    )


Symbol: TypeAlias = tuple[Coordinates, int]
"""The coordinates above a block before a letter, and the column of that letter."""


def _emissions(
    cascade: Cascade, plan: Sequence[_Block], outputs: Sequence[Letter]
) -> tuple[list[dict[Symbol, Letter]], list[dict[Symbol, tuple[Letter | None, ...]]]]:
    """Name the letters of every layer, from the last to the first.

    The second list says what a layer emits on each of its symbols, for every point before the
    letter; in the last layer, after it. Symbols with one map and one row of emissions are one.
    """
    alphabets: list[dict[Symbol, Letter]] = []
    emitted: list[dict[Symbol, tuple[Letter | None, ...]]] = []
    below: dict[Symbol, Letter] | None = None
    for block in reversed(plan):
        rows: dict[Symbol, tuple[Letter | None, ...]] = {}
        names: dict[Symbol, Letter] = {}
        known: dict[tuple[int, tuple[Letter | None, ...]], Letter] = {}
        for symbol, chosen in block.choice.items():
            context, column = symbol
            if below is None:
                after = _after(cascade, context, column)
                states = (cascade.states.get(after + point) for point in block.points)
                row = tuple(None if q is None else outputs[q] for q in states)
            else:
                row = tuple(below.get((context + point, column)) for point in block.points)
            rows[symbol] = row
            letter = cascade.alphabet[column]
            if block.first > 0:
                letter = known.setdefault((chosen, row), f"{letter}|{','.join(map(str, context))}")
            names[symbol] = letter
        alphabets.insert(0, names)
        emitted.insert(0, rows)
        below = names
    return alphabets, emitted


def _layer(
    cascade: Cascade,
    block: _Block,
    names: dict[Symbol, Letter],
    emitted: dict[Symbol, tuple[Letter | None, ...]],
) -> Layer:
    """Build one layer: steps for each symbol, and what it emits for each code."""
    made = block.realisation
    is_last = block.last == len(cascade.levels) - 1
    chosen = {name: symbol for symbol, name in reversed(names.items())}
    alphabet = tuple(dict.fromkeys(names.values()))
    emit = []
    for state in made.states:
        row = []
        for name in alphabet:
            symbol = chosen[name]
            emits = emitted[symbol]
            point = made.current(state) if is_last else made.before(block.choice[symbol], state)
            # Where no word leads, any symbol will do.
            found = None if point is None else emits[point]
            row.append(found or next(s for s in emits if s is not None))
        emit.append(tuple(row))
    return Layer(
        alphabet=alphabet,
        initial=made.start,
        steps={name: made.steps[block.choice[chosen[name]]] for name in alphabet},
        codes=tuple(made.states),
        emit=tuple(emit),
        names=made.names,
    )


ROUTE = Route(
    name="cascade",
    kind="last",
    rank=10,
    least_layers=1,
    summary="every machine: a Krohn-Rhodes decomposition",
    construct=construct,
    work=1_000,
)
