"""Where letters take regions of states: images, and the codes that they are decoded to."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from negeig.arrays import Float64s
from negeig.theory.closure.boxes import Affine, Box, Row, dot, linear, moved, rational
from negeig.theory.closure.explore import Task
from negeig.theory.closure.templates import Template
from negeig.theory.networks.network import Layer

MAX_WALLS = 20_000
"""Most walls between two cells that are kept."""

LARGEST = 2**500
"""Largest magnitude of numbers whose squares float64 adds up."""

Place: TypeAlias = tuple[int, int]
"""A state of the machine and a code of the layer."""


class Places:
    """Images of regions under the letters of a task, and where they lie.

    Parameters
    ----------
    layer : Layer
        Rational.
    task : Task
    letters : sequence of Affine
        What the letters of the task do, in their order.
    template : Template
    number : callable
        From Fraction to the numbers that are computed with: Fraction itself, or flint's, which are
        ten times as fast. All of a region's ends are of that type.
    """

    def __init__(
        self,
        layer: Layer,
        task: Task,
        letters: Sequence[Affine],
        template: Template,
        number: Callable[[Fraction], Any],
    ) -> None:
        self.layer, self.task, self.template, self.number = layer, task, template, number
        self.letters = [
            Affine(tuple(map(self.row, own.matrix)), self.row(own.shift))
            for own in map(template.moved, letters)
        ]
        self.columns = [layer.alphabet.index(letter) for letter in task.alphabet]
        self.codes = [rational(code) for code in layer.codes]
        self.start: Box = tuple(
            (x, x) for x in self.row(template.coordinates(rational(layer.initial)))
        )
        self.floats: Float64s | None = None
        if all(abs(x) < LARGEST for code in self.codes for x in code):
            rows = [[float(x) for x in code] for code in self.codes]
            self.floats = np.array(rows).reshape(len(rows), layer.dim)
        unit = [] if template.is_boxes else [template.combined(axis) for axis in _axes(layer.dim)]
        self._hull = list(map(self.row, unit))
        self._walls: dict[Place, tuple[Row, Fraction]] = {}
        on_a_line = layer.dim == 1 and template.is_boxes and self.codes
        self._line = _Line([x for (x,) in self.codes], number) if on_a_line else None

    def row(self, numbers: Sequence[Fraction]) -> Row:
        """Return numbers as they are computed with."""
        return tuple(map(self.number, numbers))

    def image(self, letter: int, region: Box, off: Row) -> Box:
        """Return where a letter takes a region, moved by up to ``off``."""
        return moved(self.letters[letter].image(region), off)

    def place(self, state: int, letter: int, image: Box) -> Place | None:
        """Return where a letter leads, None unless all of the image decodes to the right output."""
        code = self.cell(image)
        if code is None:
            return None
        symbol = self.layer.emit[code][self.columns[letter]]
        goal = self.task.delta[state][letter]
        return (goal, code) if self.task.is_right(symbol, goal) else None

    def cell(self, region: Box) -> int | None:
        """Return the code that every point of a region is decoded to, or None without one."""
        if not self.codes:
            return None
        if self._line is not None:
            ((low, high),) = region
            code = self._line.nearest(low)
            return code if code == self._line.nearest(high) else None
        around = region
        if self._hull:
            around = tuple(linear(row, self.number(Fraction(0)), region) for row in self._hull)
        floats = self.floats
        if any(low < -LARGEST or high > LARGEST for low, high in around):
            floats = None
        best = self._nearest([(low + high) / 2 for low, high in around], floats)
        for c in self._unclear(best, around, floats):
            if c != best:
                row, constant = self._wall(best, c)
                worst = linear(row, constant, region)[1]
                if worst > 0 or (worst == 0 and c < best):
                    return None
        return best

    def _nearest(self, point: Sequence[Fraction], floats: Float64s | None) -> int:
        """Return the code nearest to a point, the first of equals."""
        near = list(range(len(self.codes)))
        if floats is not None:
            at = np.array([float(x) for x in point])
            squares = ((floats - at) ** 2).sum(axis=1)
            sizes = ((np.abs(floats) + np.abs(at)) ** 2).sum(axis=1)
            near = np.flatnonzero(squares <= squares.min() + 2.0**-40 * sizes.max()).tolist()
        if len(near) == 1:
            return near[0]
        distances = [
            sum((self.number(x) - m) ** 2 for x, m in zip(self.codes[c], point, strict=True))
            for c in near
        ]
        return near[distances.index(min(distances))]

    def _wall(self, best: int, c: int) -> tuple[Row, Fraction]:
        """Return ``|h - best|^2 - |h - c|^2``, affine in h, by the template's rows."""
        known = self._walls.get((best, c))
        if known is None:
            chosen, code = self.codes[best], self.codes[c]
            slope = tuple(2 * (y - x) for x, y in zip(chosen, code, strict=True))
            constant = self.number(dot(chosen, chosen) - dot(code, code))
            known = self.row(self.template.combined(slope)), constant
            if len(self._walls) < MAX_WALLS:
                self._walls[best, c] = known
        return known

    def _unclear(self, best: int, box: Box, floats: Float64s | None) -> list[int]:
        """Return the codes of which float64 does not tell that they are farther than the best one.

        Codes and ends of the box are rounded once, and each term a few times, so the sum is off by
        far less than 2^-40 of the sum of the products of their absolute values, and 2^-500 where
        something underflows, for any dimension in sight.
        """
        if floats is None:
            return list(range(len(self.codes)))
        slopes = 2 * (floats - floats[best])
        low, high = np.array([[float(x), float(y)] for x, y in box]).T
        squares = floats[best] ** 2 - floats**2
        farthest = np.where(slopes > 0, slopes * high, slopes * low)
        worst = (squares + farthest).sum(axis=1)
        sizes = np.abs(floats) + np.abs(floats[best])
        scale = (sizes**2 + 2 * sizes * np.maximum(np.abs(low), np.abs(high))).sum(axis=1)
        unclear: list[int] = np.flatnonzero(~(worst < -scale * 2.0**-40 - 2.0**-500)).tolist()
        return unclear


class _Line:
    """Codes of one coordinate: the nearest, the first of equals, by the walls between them.

    What one code is nearest to is an interval, so the ends of an interval decide for all of it.
    """

    def __init__(self, codes: Sequence[Fraction], number: Callable[[Fraction], Any]) -> None:
        first: dict[Fraction, int] = {}
        for c, x in enumerate(codes):
            first.setdefault(x, c)
        places = sorted(first)
        self.codes = [first[x] for x in places]
        self.walls = [number((x + y) / 2) for x, y in pairwise(places)]

    def nearest(self, x: Any) -> int:
        """Return the number of the nearest code. O(log codes)."""
        i = bisect_left(self.walls, x)
        if i < len(self.walls) and self.walls[i] == x:
            return min(self.codes[i], self.codes[i + 1])
        return self.codes[i]


def _axes(dim: int) -> list[Row]:
    return [tuple(Fraction(i == j) for j in range(dim)) for i in range(dim)]
