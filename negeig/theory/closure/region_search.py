"""The search for regions, and their verification: letters carry each into one, with a margin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.claims import Letter, Progress
from negeig.theory.closure.boxes import (
    Affine,
    Box,
    Row,
    computed,
    dot,
    hull,
    inside,
    linear,
    moved,
    rational,
)
from negeig.theory.closure.explore import Task
from negeig.theory.closure.templates import Template
from negeig.theory.networks.network import Layer, LinearRNN

MAX_BOXES = 20_000
"""Most regions, one for each machine state and code."""

MAX_GROWTHS = 80
"""How often one region may grow before the search is given up."""

GRID = 40
"""Regions have ends that are multiples of 2^-GRID times the size of the codes, or coarser."""

REFINED = 5
"""Bits to which the largest margin is found."""

COARSE = 12
"""Regions of a margin have ends on a grid of 2^-COARSE times the margin."""

Place: TypeAlias = tuple[int, int]
"""A state of the machine and a code of the layer."""

Found: TypeAlias = dict[Place, Box]
"""The region of each place, as intervals of a template's rows."""

Moves: TypeAlias = Mapping[Letter, Sequence[bool]]
"""Whether a letter's image may be off, in each coordinate of the state."""


class RegionSearch:
    """Regions for one layer, one machine and one template, found and then verified.

    Parameters
    ----------
    network : LinearRNN
        Of one rational layer.
    task : Task
    letters : sequence of Affine
        What the letters of the task do, in their order.
    template : Template
    """

    def __init__(
        self, network: LinearRNN, task: Task, letters: Sequence[Affine], template: Template
    ) -> None:
        (layer,) = network.layers
        self.network, self.layer, self.task, self.template = network, layer, task, template
        self.maps = letters
        self.letters = list(map(template.moved, letters))
        self.columns = [layer.alphabet.index(letter) for letter in task.alphabet]
        self.codes = [rational(code) for code in layer.codes]
        sizes = [abs(x) for code in self.codes for x in code]
        self.size = max(sizes, default=Fraction(1)) or Fraction(1)
        self.unit = self.size * Fraction(1, 2**GRID)
        self.floats: NDArray[np.float64] | None = None
        if self.unit.denominator < 2**1000 and self.size < 2**500:
            rows = [[float(x) for x in code] for code in self.codes]
            self.floats = np.array(rows).reshape(len(rows), layer.dim)
        self.start: Box = tuple((x, x) for x in template.coordinates(rational(layer.initial)))
        self._walls: dict[tuple[int, int], tuple[Row, Fraction]] = {}

    def off(self, moves: Moves, margin: Fraction) -> list[Row]:
        """Return how far the images of each letter are off for a margin, in the template's rows."""
        return [
            self.template.spread([margin if x else Fraction(0) for x in moves[letter]])
            for letter in self.task.alphabet
        ]

    def regions(
        self, off: Sequence[Row], progress: Progress | None = None, unit: Fraction | None = None
    ) -> Found | None:
        """Follow letters from the start until no region grows; None where a step is wrong or open.

        The image of a region under letter a is off by up to ``off[a]``. Ends of regions are on a
        grid of ``unit``, a power of two times the size of the codes, at first.
        """
        first = self.cell(self.start)
        if first is None:
            return None
        found = {(self.task.initial, first): self.start}
        growths: dict[Place, int] = {}
        queue = [(self.task.initial, first)]
        while queue:
            place = queue.pop(0)
            if progress is not None:
                progress(len(found))
            for a in range(len(self.letters)):
                image = self.image(a, found[place], off[a])
                after = self.place(place[0], a, image)
                if after is None:
                    return None
                known = found.get(after)
                if known is not None and inside(image, known):
                    continue
                growths[after] = growths.get(after, -1) + 1
                if growths[after] > MAX_GROWTHS or len(found) > MAX_BOXES:
                    return None
                found[after] = _widened(
                    known, image, (unit or self.unit) * 2 ** (growths[after] // 2)
                )
                if after not in queue:
                    queue.append(after)
        return found

    def verify(self, found: Found, off: Sequence[Row]) -> bool:
        """Whether the start lies in a region, and letters carry regions into regions.

        Each image, off by up to ``off``, has to lie in one region and to be decoded rightly.
        """
        first = self.cell(self.start)
        if first is None or not inside(self.start, found.get((self.task.initial, first))):
            return False
        for (state, _), region in found.items():
            for a in range(len(self.letters)):
                image = self.image(a, region, off[a])
                after = self.place(state, a, image)
                if after is None or not inside(image, found.get(after)):
                    return False
        return True

    def widest(
        self, moved: Moves, beyond: Fraction, progress: Progress | None = None
    ) -> tuple[Found, Fraction] | None:
        """Return verified regions of the largest margin that is found, and the margin.

        A dyadic part of the size of the codes: a search for each power of two that fails, and
        REFINED more. None where not even ``beyond`` is a margin.
        """

        def tried(margin: Fraction) -> Found | None:
            off, unit = self.off(moved, margin), self.unit
            while unit * 2**COARSE < margin:
                unit *= 2
            found = self.regions(off, progress, unit)
            return found if found is not None and self.verify(found, off) else None

        best = tried(beyond)
        if best is None:
            return None
        part = self.size
        found = tried(part)
        while found is None and part > 2 * beyond:
            part /= 2
            found = tried(part)
        margin = beyond if found is None else part
        best = best if found is None else found
        for _ in range(REFINED):
            part /= 2
            found = tried(margin + part)
            if found is not None:
                best, margin = found, margin + part
        return best, margin

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
        around = self.template.hull(region)
        middle = [(low + high) / 2 for low, high in around]
        best = self._nearest(middle)
        for c in self._unclear(best, around):
            if c != best:
                row, constant = self._wall(best, c)
                worst = linear(row, constant, region)[1]
                if worst > 0 or (worst == 0 and c < best):
                    return None
        return best

    def _nearest(self, point: Sequence[Fraction]) -> int:
        """Return the code nearest to a point, the first of equals."""
        near = list(range(len(self.codes)))
        if self.floats is not None:
            at = np.array([float(x) for x in point])
            squares = ((self.floats - at) ** 2).sum(axis=1)
            sizes = ((np.abs(self.floats) + np.abs(at)) ** 2).sum(axis=1)
            near = np.flatnonzero(squares <= squares.min() + 2.0**-40 * sizes.max()).tolist()
        if len(near) == 1:
            return near[0]
        distances = [
            sum(((x - m) ** 2 for x, m in zip(self.codes[c], point, strict=True)), Fraction(0))
            for c in near
        ]
        return near[distances.index(min(distances))]

    def _wall(self, best: int, c: int) -> tuple[Row, Fraction]:
        """Return ``|h - best|^2 - |h - c|^2``, affine in h, by the template's rows."""
        known = self._walls.get((best, c))
        if known is None:
            chosen, code = self.codes[best], self.codes[c]
            slope = tuple(2 * (y - x) for x, y in zip(chosen, code, strict=True))
            known = self.template.combined(slope), dot(chosen, chosen) - dot(code, code)
            if len(self._walls) < MAX_BOXES:
                self._walls[best, c] = known
        return known

    def _unclear(self, best: int, box: Box) -> list[int]:
        """Return the codes of which float64 does not tell that they are farther than the best one.

        Codes and ends of the box are rounded once, and each term a few times, so the sum is off by
        far less than 2^-40 of the sum of the products of their absolute values, for any dimension
        in sight.
        """
        if self.floats is None:
            return list(range(len(self.codes)))
        slopes = 2 * (self.floats - self.floats[best])
        low, high = np.array([[float(x), float(y)] for x, y in box]).T
        squares = self.floats[best] ** 2 - self.floats**2
        moved = np.where(slopes > 0, slopes * high, slopes * low)
        worst = (squares + moved).sum(axis=1)
        sizes = np.abs(self.floats) + np.abs(self.floats[best])
        scale = (sizes**2 + 2 * sizes * np.maximum(np.abs(low), np.abs(high))).sum(axis=1)
        unclear: list[int] = np.flatnonzero(~(worst < -scale * 2.0**-40)).tolist()
        return unclear


def _widened(known: Box | None, image: Box, unit: Fraction) -> Box:
    """Return a box around both on a grid, a coarser one the more often it has grown.

    So a region that is drawn together settles soon, and ends that letters copy stay as they are:
    those of a coarse grid are on every finer one.
    """
    both = image if known is None else hull(known, image)
    return tuple((floor(low / unit) * unit, ceil(high / unit) * unit) for low, high in both)


def moves(layer: Layer) -> Moves:
    """Return which coordinates some step of a letter computes anew.

    Those that no step touches, or that are multiplied by 1 alone, stay as they are, bit for bit.
    """
    found = {}
    same: dict[int, tuple[bool, ...]] = {}
    for letter, steps in layer.steps.items():
        if id(steps) not in same:
            touched = [False] * layer.dim
            for step in steps:
                touched = [x or y for x, y in zip(touched, computed(step), strict=True)]
            same[id(steps)] = tuple(touched)
        found[letter] = same[id(steps)]
    return found
