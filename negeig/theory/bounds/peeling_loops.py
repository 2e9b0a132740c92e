"""Monoids of maps known by generators alone: some of their idempotents, and what remains at one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import lcm

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Longs
from negeig.automata.groups.schreier_sims import PermutationGroup
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.periods import map_index_period
from negeig.claims import Word

NODES = 6_000
"""Maps that are followed around an idempotent."""

PERMUTATIONS = 300
"""Permutations of the image that are looked at."""

MOST_DROPS, BACKS = 1_500, 4
"""Ways that take points together, and ways back from there, that are looked at."""

LOWER = 24
"""Elements that take points together among the generators of what remains."""


@dataclass(frozen=True, eq=False)
class Maps:
    """Maps of points, each with a word that acts as it: ``rows[i, q]`` is the image of q."""

    rows: Longs
    words: tuple[Word, ...]

    @property
    def points(self) -> int:
        """Number of points."""
        return len(self.rows[0])

    @cached_property
    def ranks(self) -> Longs:
        """Number of points in the image of each map."""
        ordered = np.sort(self.rows, axis=1)
        found: Longs = 1 + (ordered[:, 1:] != ordered[:, :-1]).sum(axis=1)
        return found

    @property
    def machine(self) -> Machine:
        """The maps as the letters 0, 1, ... of a machine whose states are the points."""
        return Machine(
            alphabet=[str(i) for i in range(len(self.rows))],
            transitions=self.rows.T,
            initial=0,
            outputs=range(self.points),
        )

    def of(self, numbers: Sequence[int]) -> Maps:
        """Return some of the maps."""
        return Maps(self.rows[list(numbers)], tuple(self.words[i] for i in numbers))

    def idempotents(self, most_words: int, most: int) -> Maps:
        """Return idempotent powers of products, those with the largest images and shortest words.

        The first ``most_words`` products are looked at, breadth first; the identity is left out.
        """
        rows: list[Longs] = [np.arange(self.points)]
        words: list[Word] = [()]
        seen = {rows[0].tobytes()}
        for x, word in zip(rows, words, strict=False):  # both grow while they are read
            for g, more in zip(self.rows, self.words, strict=True):
                y = g[x]
                if y.tobytes() not in seen and len(rows) < most_words:
                    seen.add(y.tobytes())
                    rows.append(y)
                    words.append(word + more)
        found: dict[bytes, int] = {}
        powers = _powers(np.array(rows), lcm(*range(1, self.points + 1)))
        for i in sorted(range(1, len(rows)), key=lambda i: len(words[i])):
            found.setdefault(powers[i].tobytes(), i)
        repeated = [_least_idempotent(rows[i]) for i in found.values()]
        every = Maps(
            powers[list(found.values())],
            tuple(words[i] * k for i, k in zip(found.values(), repeated, strict=True)),
        )
        best = sorted(
            (i for i, rank in enumerate(every.ranks.tolist()) if rank < self.points),
            key=lambda i: (-every.ranks[i], len(every.words[i])),
        )
        return every.of(best[:most])


def _powers(rows: Longs, exponent: int) -> Longs:
    """Return a power of each map: by squaring, one array operation for each binary digit.

    With the least common multiple of 1 to n, a multiple of every period of n points and at least
    n - 1, it is idempotent.
    """
    result = np.broadcast_to(np.arange(rows.shape[1]), rows.shape)
    square = rows
    while exponent:
        if exponent & 1:
            result = np.take_along_axis(square, result, axis=1)
        square = np.take_along_axis(square, square, axis=1)
        exponent >>= 1
    return result


def _least_idempotent(row: Longs) -> int:
    """Return the least k for which the k-th power of a map is idempotent."""
    index, period = map_index_period(row)
    return period * max(1, -(-index // period))


class Loops:
    """The products eh, ehh', ... that keep the points of the image of an idempotent e apart.

    An element divides e if it leads from one of them, on a way back to e, to another such.

    Parameters
    ----------
    elements : Maps
    e : Maps
        One map, an idempotent in the monoid that the elements generate.

    Notes
    -----
    At most 6,000 products are followed, times the number of elements.
    """

    def __init__(self, elements: Maps, e: Maps) -> None:
        self.elements, self.e = elements, e
        self.image = np.unique(e.rows[0])
        self.nodes = [self.image]
        self.ways: list[tuple[int, int]] = [(-1, -1)]  # the node before, and the element
        self._follow()
        self._lead_back()

    def _follow(self) -> None:
        """List the products, and where each element leads; -1 where it takes points together."""
        number = {self.image.tobytes(): 0}
        targets = []
        for i, node in enumerate(self.nodes):  # grows while it is read
            after = self.elements.rows[:, node]
            ordered = np.sort(after, axis=1)
            apart = (ordered[:, 1:] != ordered[:, :-1]).all(axis=1)
            row = np.full(len(after), -1)
            for h in np.flatnonzero(apart).tolist():
                key = after[h].tobytes()
                if key not in number and len(self.nodes) < NODES:
                    number[key] = len(self.nodes)
                    self.nodes.append(after[h])
                    self.ways.append((i, h))
                row[h] = number.get(key, -1)
            targets.append(row)
        self.targets = np.array(targets)

    def _lead_back(self) -> None:
        """Find for each product from which a way leads back to e the first element on it."""
        sources: dict[int, list[tuple[int, int]]] = {}
        for i, h in zip(*np.nonzero(self.targets >= 0), strict=True):
            sources.setdefault(int(self.targets[i, h]), []).append((int(i), int(h)))
        self.back: dict[int, tuple[int, int]] = {0: (-1, -1)}
        queue = [0]
        for j in queue:  # grows while it is read
            for i, h in sources.get(j, ()):
                if i not in self.back:
                    self.back[i] = (h, j)
                    queue.append(i)

    def _word_to(self, i: int) -> Word:
        parts = []
        while i:
            i, h = self.ways[i]
            parts.append(self.elements.words[h])
        return sum(reversed(parts), ())

    def _way_back(self, i: int) -> list[int]:
        found = []
        while i:
            h, i = self.back[i]
            found.append(h)
        return found

    @cached_property
    def _within(self) -> NDArray[np.bool_]:
        """For each product and element, whether both ends are on a way back to e."""
        inside = np.zeros(len(self.nodes) + 1, np.bool_)  # the last one is for -1
        inside[list(self.back)] = True
        found: NDArray[np.bool_] = inside[self.targets] & inside[:-1, None]
        return found

    @property
    def dividing(self) -> list[int]:
        """Numbers of elements that divide e."""
        return [int(h) for h in np.flatnonzero(self._within.any(axis=0))]

    def remaining(self) -> Maps | None:
        """Return generators of a part of what remains at e; None where nothing is found.

        They are maps of the image of e, its points renumbered in increasing order.
        """
        drops = [(i, h) for i in self.back for h in self.dividing if not self._within[i, h]]
        kept = [*self._permuting(), *self._lower(drops[:MOST_DROPS])]
        if not kept:
            return None
        return Maps(np.array([row for row, _ in kept]), tuple(word for _, word in kept))

    def _element(self, i: int, h: int, back: int) -> tuple[Longs, Word]:
        """Return what the way to a product, an element, a way back and e do to the image of e."""
        row = self.elements.rows[h][self.nodes[i]]
        word = self.e.words[0] + self._word_to(i) + self.elements.words[h]
        for g in self._way_back(back):
            row, word = self.elements.rows[g][row], word + self.elements.words[g]
        row, word = self.e.rows[0][row], word + self.e.words[0]
        return np.searchsorted(self.image, row), word

    def _permuting(self) -> list[tuple[Longs, Word]]:
        """Return permutations of the image, each outside the group of those before it."""
        found = [i for i in sorted(self.back) if (np.sort(self.nodes[i]) == self.image).all()]
        made = [
            (np.searchsorted(self.image, self.nodes[i]), self.e.words[0] + self._word_to(i))
            for i in found[:PERMUTATIONS]
        ]
        kept: list[tuple[Longs, Word]] = []
        group = PermutationGroup([np.arange(len(self.image))])
        for row, word in sorted(made, key=lambda one: len(one[1])):
            if row.tolist() not in group:
                kept.append((row, word))
                group = PermutationGroup([row for row, _ in kept])
        return kept

    def _lower(self, drops: Sequence[tuple[int, int]]) -> list[tuple[Longs, Word]]:
        """Return elements that take points together: those of the largest images, short ones."""
        found: dict[bytes, tuple[Longs, Word]] = {}
        for (i, h), back in product(drops, list(self.back)[:BACKS]):
            row, word = self._element(i, h, back)
            known = found.get(row.tobytes())
            if known is None or len(word) < len(known[1]):
                found[row.tobytes()] = row, word
        every = sorted(found.values(), key=lambda one: (-len(set(one[0].tolist())), len(one[1])))
        return every[:LOWER]
