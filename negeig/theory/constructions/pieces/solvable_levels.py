"""Levels whose permutations make a solvable group, split into levels of polygons and of resets.

A level permutes its points by a group, and resets them. Let g be the product of the permutations
read so far, resets left out; nothing resets g. After a reset to the point c at which the group was
at g' the point is ``c g'^-1 g``. So levels that hold g, and below them one level that overwrites
the point ``s = c g'^-1`` at every reset and keeps it otherwise, say the point: ``s g``.

The levels that hold g are those of a series with factors that are symmetries of polygons
(:mod:`~.group_series`), as in :mod:`~.clocks`: with T(g) the chosen element of a coset, a letter a
takes h in ``g = h T(g)`` to ``h x``, where ``x = T(g) a T(ga)^-1`` depends on the coset and the
letter. Where maps may not turn, the number p of turns modulo 2 is a level of its own, and the
polygon is seen in a fixed mirror while p is odd: then x is one reflection (Grazzi et al., arXiv
2411.12537, Theorem 6; :mod:`~.stacks.two_reflections`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np

from negeig.automata.decomposition.cascade import PointMap
from negeig.automata.decomposition.stages import Context, Move, Stage, Stages
from negeig.automata.groups.permgroup import ListedGroup
from negeig.claims import LimitReached
from negeig.theory.constructions.pieces.group_series import Factor, Symmetry, series
from negeig.theory.constructions.pieces.level_blocks import digit_block
from negeig.theory.constructions.pieces.polygon_level import Polygon
from negeig.theory.constructions.pieces.refined_levels import permutations
from negeig.work import Work

MAX_ORDER = 200
"""Largest group of a level that is taken apart, at effort 1."""

SWAP, KEEP = (1, 0), (0, 1)


class Told(NamedTuple):
    """What a level is told: the context above all levels of the group, and the coset above it."""

    above: Context
    coset: int


Part = tuple[Stage, int, Polygon | None]
"""A level with its initial point; None where it is one number."""


def split(stages: Stages, work: Work, *, turns: bool) -> tuple[Stages, list[Polygon | None]] | None:
    """Split the levels that are not one number each; None where a group is not solvable.

    Parameters
    ----------
    turns : bool
        Whether polygons are turned, by two reflections at once, and never seen in a mirror.

    Returns
    -------
    stages, polygons
        The levels, and for each the polygon of its points, None where it is one number.

    Raises
    ------
    LimitReached
        By ``work``, a unit a move and point, or for groups above ``MAX_ORDER``.

    Examples
    --------
    >>> from negeig.automata.decomposition.set_stages import set_stages
    >>> from negeig.automata.zoo import get
    >>> work = Work("moves", 10_000)
    >>> stages = set_stages(get("permutation-reset:3").minimal(), work)
    >>> for turns in (False, True):
    ...     found, polygons = split(stages, work, turns=turns)
    ...     print([stage.points for stage in found.stages], [p and p.corners for p in polygons])
    [2, 6, 6] [None, 3, None]
    [2, 3, 6] [None, 3, None]
    """
    made: list[Part] = []
    for level, (stage, start) in enumerate(zip(stages.stages, stages.initial, strict=True)):
        if digit_block(stages, level, mirrors=True) is not None:
            made.append((stage, start, None))
            continue
        parts = _parts(stage, start, work, turns)
        if parts is None:
            return None
        made += parts
    found = Stages(
        stages.alphabet,
        tuple(stage for stage, _, _ in made),
        tuple(start for _, start, _ in made),
        stages.states,
    )
    return _reached(found, work), [polygon for _, _, polygon in made]


def _parts(stage: Stage, start: int, work: Work, turns: bool) -> list[Part] | None:
    unit: PointMap = tuple(range(stage.points))
    group = _generated([unit, *permutations(stage)], work)
    factors = series(group, mirrored=not turns)
    if factors is None:
        return None
    number = {tuple(row): g for g, row in enumerate(group.rows.tolist())}
    letters = {move: number.get(images, group.identity) for move, images in stage.maps.items()}
    work.spend(len(stage.maps) * group.order * (len(factors) + 1))
    resets = any(len(set(images)) == 1 < stage.points for images in stage.maps.values())
    parts: list[Part] = []
    above = (0,) * group.order
    for i, factor in enumerate(factors):
        ends = i == len(factors) - 1 and not resets
        below = [int(row[start]) for row in group.rows] if ends else None
        made = _Turned(group, stage, letters, factor, above, turns, i == 0, below)
        parts += made.parts()
        above = factor.cosets
    return [*parts, (_stored(group, stage, letters), start, None)] if resets else parts


def _generated(generators: Sequence[PointMap], work: Work) -> ListedGroup:
    """List the group of some permutations, the identity first."""
    largest = work.scaled(MAX_ORDER)
    found = dict.fromkeys(generators[:1])
    waiting = deque(found)
    while waiting:
        element = waiting.popleft()
        for g in generators[1:]:
            image = tuple(g[p] for p in element)
            if image not in found:
                if len(found) == largest:
                    raise LimitReached(
                        "order of a level's group", largest, reached=largest + 1, option="--effort"
                    )
                found[image] = None
                waiting.append(image)
    work.spend(len(found) * len(generators))
    return ListedGroup(np.array(list(found)))


@dataclass(frozen=True, eq=False)
class _Turned:
    """The levels of one factor of the group, told the coset of the factors above it.

    The ``first`` ones are told the context alone, as there is one coset. ``ends`` has the point
    that each element of the group takes the start to, where no level comes below.
    """

    group: ListedGroup
    stage: Stage
    letters: dict[Move, int]
    factor: Factor
    above: Sequence[int]
    turns: bool
    first: bool
    ends: Sequence[int] | None

    def parts(self) -> list[Part]:
        factor = self.factor
        if factor.corners == 2:
            return [(self._level(2, seen=False), 0, None)]
        polygon = Polygon(factor.corners, factor.mirrored, self.turns)
        turned = self._level(polygon.points, seen=not self.turns)
        return [*([] if self.turns else [(self._parity(), 0, None)]), (turned, 0, polygon)]

    def _moves(self) -> Iterator[tuple[Told, Told, int, Symmetry]]:
        """Yield the contexts of every move, with the coset, and what the letter does there."""
        group = self.group
        for move, letter in self.letters.items():
            before, column, after = move
            for u in dict.fromkeys(self.above):
                v = self.above[group.product(u, letter)]
                x = group.product(u, letter, group.inverse(v))
                yield Told(before, u), Told(after, v), column, self.factor.symmetry[x]

    def _context(self, told: Told) -> Context:
        return told.above if self.first else told

    def _parity(self) -> Stage:
        maps: dict[Move, PointMap] = {}
        splits: dict[Context, dict[int, Context]] = {}
        for before, after, column, symmetry in self._moves():
            here, there = self._context(before), self._context(after)
            maps[here, column, there] = SWAP if _is_turn(symmetry) else KEEP
            splits[here] = {p: (before, p) for p in (0, 1)}
        return Stage(2, maps, splits)

    def _level(self, points: int, *, seen: bool) -> Stage:
        maps: dict[Move, PointMap] = {}
        splits: dict[Context, dict[int, Context]] = {}
        parities = (0, 1) if seen else (0,)
        for before, after, column, symmetry in self._moves():
            for p in parities:
                q = p ^ (seen and _is_turn(symmetry))
                here: Context = (before, p) if seen else self._context(before)
                there: Context = (after, q) if seen else self._context(after)
                images = [self._moved(point, p, q, symmetry) for point in range(points)]
                maps[here, column, there] = tuple(images)
                if here not in splits:
                    splits[here] = self._split(before, p, points)
        return Stage(points, maps, splits)

    def _split(self, told: Told, parity: int, points: int) -> dict[int, Context]:
        """Return the context below each point that occurs."""
        found: dict[int, Context] = {}
        inside = self.stage.splits[told.above]
        for point in range(points):
            symmetry = self._shown(self._symmetry(point), parity)
            element = self.group.product(self._element[symmetry], told.coset)
            if self.ends is None:
                found[point] = Told(told.above, self.factor.cosets[element])
            elif self.ends[element] in inside:
                found[point] = inside[self.ends[element]]
        return found

    def _moved(self, point: int, p: int, q: int, symmetry: Symmetry) -> int:
        j, mirrored = self._shown(self._symmetry(point), p)
        k, mirrors = symmetry
        moved = ((k - j if mirrors else k + j) % self.factor.corners, mirrored ^ mirrors)
        j, mirrored = self._shown(moved, q)
        return j + self.factor.corners * mirrored

    def _symmetry(self, point: int) -> Symmetry:
        return point % self.factor.corners, point >= self.factor.corners

    def _shown(self, symmetry: Symmetry, parity: int) -> Symmetry:
        """Return a symmetry as it is seen, or what is seen as a symmetry: in a mirror or not.

        Without mirror images a corner in a mirror is a corner.
        """
        j, mirrored = symmetry
        if not parity:
            return symmetry
        return -j % self.factor.corners, mirrored ^ self.factor.mirrored

    @cached_property
    def _element(self) -> dict[Symmetry, int]:
        return {s: x for x, s in self.factor.symmetry.items()}


def _is_turn(symmetry: Symmetry) -> bool:
    return symmetry[0] != 0 and not symmetry[1]


def _stored(group: ListedGroup, stage: Stage, letters: dict[Move, int]) -> Stage:
    """Return the level that holds what the resets say, told the element of the group."""
    maps: dict[Move, PointMap] = {}
    splits: dict[Context, dict[int, Context]] = {}
    unit = tuple(range(stage.points))
    elements = range(group.order)
    inverse = [group.inverse(g) for g in elements]
    for (move, letter), g in product(letters.items(), elements):
        before, column, after = move
        images = stage.maps[move]
        here, there = Told(before, g), Told(after, group.product(g, letter))
        if len(set(images)) == 1:
            maps[here, column, there] = (int(group.rows[inverse[g]][images[0]]),) * stage.points
        else:
            maps[here, column, there] = unit
        splits[here] = {
            point: stage.splits[before][moved]
            for point in unit
            if (moved := int(group.rows[g][point])) in stage.splits[before]
        }
    return Stage(stage.points, maps, splits)


def _reached(stages: Stages, work: Work) -> Stages:
    """Return the levels with the contexts, points and moves only that words reach."""
    context = next(iter(stages.stages[0].splits))
    moves: dict[Move, None] = dict.fromkeys(stages.stages[0].maps)
    found: list[Stage] = []
    for stage, start in zip(stages.stages, stages.initial, strict=True):
        leaving: dict[Context, list[Move]] = {}
        for move in moves:
            leaving.setdefault(move[0], []).append(move)
        pairs = {(context, start): None}
        waiting = deque(pairs)
        below: dict[Move, None] = {}
        while waiting:
            here, point = waiting.popleft()
            work.spend(len(leaving.get(here, ())))
            for move in leaving.get(here, ()):
                _, column, there = move
                to = stage.maps[move][point]
                below[stage.splits[here][point], column, stage.splits[there][to]] = None
                if (there, to) not in pairs:
                    pairs[there, to] = None
                    waiting.append((there, to))
        splits: dict[Context, dict[int, Context]] = {}
        for here, point in pairs:
            splits.setdefault(here, {})[point] = stage.splits[here][point]
        maps = {move: stage.maps[move] for move in moves if move[0] in splits}
        found.append(Stage(stage.points, maps, splits))
        context, moves = stage.splits[context][start], below
    return Stages(stages.alphabet, tuple(found), stages.initial, stages.states)
