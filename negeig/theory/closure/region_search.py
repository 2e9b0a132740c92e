"""The search for regions, and their verification: letters carry each into one, with a margin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any, TypeAlias

from negeig.claims import Letter, Progress
from negeig.theory.closure.boxes import Affine, Box, Row, computed, hull, inside
from negeig.theory.closure.explore import Task
from negeig.theory.closure.region_places import Place, Places
from negeig.theory.closure.templates import Template
from negeig.theory.exact.numbers import to_fmpq, to_fraction
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

Found: TypeAlias = dict[Place, Box]
"""The region of each place, as intervals of a template's rows."""

Moves: TypeAlias = Mapping[Letter, Sequence[bool]]
"""Whether a letter's image may be off, in each coordinate of the state."""


class RegionSearch:
    """Regions for one layer, one machine and one template, found and then verified.

    They are looked for with flint's rationals and verified with Python's.

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
        self.plain = Places(layer, task, letters, template, Fraction)
        self.fast = Places(layer, task, letters, template, to_fmpq)
        sizes = [abs(x) for code in self.plain.codes for x in code]
        self.size = max(sizes, default=Fraction(1)) or Fraction(1)
        self.unit = self.size * Fraction(1, 2**GRID)

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
        fast = self.fast
        first = fast.cell(fast.start)
        if first is None:
            return None
        found: dict[Place, Any] = {(self.task.initial, first): fast.start}
        grid, offs = to_fmpq(unit or self.unit), list(map(fast.row, off))
        growths: dict[Place, int] = {}
        queue = [(self.task.initial, first)]
        while queue:
            place = queue.pop(0)
            if progress is not None:
                progress(len(found))
            for a in range(len(fast.letters)):
                image = fast.image(a, found[place], offs[a])
                after = fast.place(place[0], a, image)
                if after is None:
                    return None
                known = found.get(after)
                if known is not None and inside(image, known):
                    continue
                growths[after] = growths.get(after, -1) + 1
                if growths[after] > MAX_GROWTHS or len(found) > MAX_BOXES:
                    return None
                found[after] = _widened(known, image, grid * 2 ** (growths[after] // 2))
                if after not in queue:
                    queue.append(after)
        return {
            place: tuple((to_fraction(low), to_fraction(high)) for low, high in region)
            for place, region in found.items()
        }

    def verify(self, found: Found, off: Sequence[Row]) -> bool:
        """Whether the start lies in a region, and letters carry regions into regions.

        Each image, off by up to ``off``, has to lie in one region and to be decoded rightly.
        """
        plain = self.plain
        first = plain.cell(plain.start)
        if first is None or not inside(plain.start, found.get((self.task.initial, first))):
            return False
        for (state, _), region in found.items():
            for a in range(len(plain.letters)):
                image = plain.image(a, region, off[a])
                after = plain.place(state, a, image)
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


def _widened(known: Box | None, image: Box, unit: Any) -> Box:
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
