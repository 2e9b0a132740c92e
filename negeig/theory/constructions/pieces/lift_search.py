"""Lifts that together know a group: the fewest reflections a letter, then the fewest dimensions.

Some lifts side by side generate a group E. It has the machine's group G as a quotient, the letters
going to the letters, exactly when words that are equal in all the lifts are equal in G. Pairs of
words that are not are collected as they are met: choose lifts, as cheap as possible, that tell
apart all pairs known so far; list E; a new pair comes up, or there is none.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import mul
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.automata.groups.permgroup import ListedGroup
from negeig.claims import LimitReached
from negeig.theory.constructions.pieces.lifts import Images, Lifts
from negeig.theory.exact.numbers import NumberField
from negeig.work import Work

Word: TypeAlias = tuple[int, ...]
"""Letters by number, the first one acting first."""

MAX_WORD = 8
"""Length of the longest words that are collected at the start."""

FIRST_WORDS = 300
"""Most words that are looked at to start with."""

MAX_GROUP = 2_000
"""Largest group of lifts that is listed at effort 1."""

CHOICES = 40_000
"""Choices looked at for one number of steps at effort 1."""

MAX_ABOVE = 64
"""Most elements of a group of lifts that are compared for one letter."""

NEW_PAIRS = 6
"""Pairs of words that are collected from one group of lifts."""


@dataclass(frozen=True, eq=False)
class Joint:
    """Lifts side by side, and the group that they generate.

    Attributes
    ----------
    lifts : tuple of (Lifts, int)
        Each with the number of the lift that is meant.
    images : array, shape (order, points)
        The images of all points, those of the first lift before those of the next, under each
        element of the group; the identity first.
    elements : array of int, shape (order,)
        The element of G below each.
    letters : tuple of int
        The element of the group that each letter is lifted to, by number.
    """

    lifts: tuple[tuple[Lifts, int], ...]
    images: Images
    elements: NDArray[np.int64]
    letters: tuple[int, ...]

    @property
    def dim(self) -> int:
        """Dimension of the sum."""
        return sum(lifts.dim for lifts, _ in self.lifts)

    @property
    def costs(self) -> list[int]:
        """Reflections that each letter takes."""
        costs: list[int] = np.sum([lifts.costs[i] for lifts, i in self.lifts], axis=0).tolist()
        return costs

    def parts(self, row: int) -> Iterator[tuple[Lifts, list[int]]]:
        """Yield the images of each lift's points under an element of the group."""
        before = 0
        for lifts, _ in self.lifts:
            after = before + len(lifts.points)
            yield lifts, (self.images[row, before:after] - before).tolist()
            before = after

    def cost(self, row: int) -> int:
        """Return the reflections that an element of the group takes. Exact."""
        return sum(lifts.cost(tuple(images)) for lifts, images in self.parts(row))

    def cheapest_above(self, element: int) -> int:
        """Return the element of the group above one of G that takes fewest reflections.

        At most ``MAX_ABOVE`` are looked at.
        """
        above: list[int] = np.flatnonzero(self.elements == element)[:MAX_ABOVE].tolist()
        return min(above, key=self.cost)


class LiftSearch:
    """Chooses among many lifts of the same letters.

    Parameters
    ----------
    group : ListedGroup
        The machine's group G.
    letters : sequence of int
        Its elements that are lifted; none is 1 and no two are equal.
    families : sequence of Lifts
        The lifts to choose from.
    work : Work
        Counts choices looked at, and elements listed.
    """

    def __init__(
        self, group: ListedGroup, letters: Sequence[int], families: Sequence[Lifts], work: Work
    ) -> None:
        self.families, self.work = families, work
        self.columns = [group.times(x).tolist() for x in letters]
        self.one = group.identity
        self.costs = np.concatenate([lifts.costs for lifts in families])
        self.dims = np.repeat([f.dim for f in families], [len(f.images) for f in families])
        self.offsets = np.cumsum([0, *(len(f.images) for f in families)])
        self.owner = np.repeat(np.arange(len(families)), np.diff(self.offsets))
        self.pairs: list[tuple[Word, Word]] = []
        self.tells: list[NDArray[np.bool_]] = []
        self.limits: list[LimitReached] = []
        for word in self._first_words():
            self._add(word, ())

    def _first_words(self) -> Iterator[Word]:
        """Yield short words that are not 1 in G, shortest first."""
        letters = range(len(self.columns))
        lengths = range(1, MAX_WORD + 1)
        words = (w for length in lengths for w in itertools.product(letters, repeat=length))
        for word in itertools.islice(words, FIRST_WORDS):
            if reduce(lambda x, a: self.columns[a][x], word, self.one) != self.one:
                yield word

    def _add(self, one: Word, other: Word) -> None:
        """Note which lifts tell two words apart."""
        tells = []
        for family in self.families:
            after = []
            for word in (one, other):
                images = np.zeros_like(family.images[:, 0]) + np.arange(len(family.points))
                for a in word:
                    images = np.take_along_axis(family.images[:, a], images, axis=1)
                after.append(images)
            tells.append((after[0] != after[1]).any(axis=1))
        self.pairs.append((one, other))
        self.tells.append(np.concatenate(tells))

    def cheapest(self, steps: int, below: int, field: NumberField | None) -> Joint | None:
        """Return lifts of least dimension, less than ``below``, that take so many steps a letter.

        Coordinates are rational or in the field. None where none were found; where not all choices
        were looked at, ``limits`` gets one more.
        """
        fields = [family.field in (None, field) for family in self.families]
        allowed = np.array(fields)[self.owner] & (self.costs <= steps).all(axis=1)
        allowed &= self.dims < below
        work = self.work.part(f"choices of lifts of {steps} steps", CHOICES)
        too_large: set[frozenset[int]] = set()
        while chosen := self._choose(np.flatnonzero(allowed), steps, below, too_large, work):
            joint = self._listed(chosen)
            if joint is not None and len(joint.images) <= work.scaled(MAX_GROUP):
                return joint
            if joint is not None:
                too_large.add(frozenset(chosen))
        if too_large:
            most = work.scaled(MAX_GROUP)
            self.limits.append(
                LimitReached("elements of a group of lifts", most, reached=most, option="--effort")
            )
        return None

    def _choose(
        self,
        options: NDArray[np.int64],
        steps: int,
        below: int,
        excluded: Collection[frozenset[int]],
        work: Work,
    ) -> list[int]:
        """Return lifts that tell apart all pairs of words known, by branch and bound."""
        table = np.array([row[options] for row in self.tells])
        if not table.any(axis=1).all():
            return []
        options, table = self._undominated(options, table)
        # The pairs that fewest lifts tell apart come first: their lifts are branched on.
        table = np.unique(table, axis=0)
        table = table[np.argsort(table.sum(axis=1), kind="stable")]
        by_pair = [np.flatnonzero(row).tolist() for row in table]
        told = [int.from_bytes(np.packbits(c, bitorder="little"), "little") for c in table.T]
        dims = self.dims[options].tolist()
        # Steps left for every letter, a byte each; where one becomes negative its top bit is lost.
        byte = [1 << (8 * a) for a in range(len(self.columns))]
        price = [sum(map(mul, row, byte)) for row in self.costs[options].tolist()]
        guard = 128 * sum(byte)
        best: list[int] = []
        known: dict[tuple[int, int], int] = {}

        def extend(chosen: list[int], left: int, room: int, dim: int) -> None:
            nonlocal best, below
            if not left:
                if frozenset(options[chosen].tolist()) not in excluded:
                    best, below = chosen, dim
                return
            if known.get((left, room), below) <= dim:
                return
            known[left, room] = dim
            for i in by_pair[(left & -left).bit_length() - 1]:
                work.spend()
                if dim + dims[i] >= below:
                    break  # those of least dimension come first
                after = (room | guard) - price[i]
                if after & guard == guard:
                    extend([*chosen, i], left & ~told[i], after ^ guard, dim + dims[i])

        try:
            extend([], (1 << len(by_pair)) - 1, steps * sum(byte), 0)
        except LimitReached as limit:
            self.limits.append(limit)
        return [int(options[i]) for i in best]

    def _undominated(
        self, options: NDArray[np.int64], table: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Leave out lifts that another one replaces, as far as the words known can tell."""
        packed = np.packbits(table, axis=0).T
        price = np.concatenate([self.dims[options, None], self.costs[options]], axis=1)
        _, distinct = np.unique(np.concatenate([price, packed], axis=1), axis=0, return_index=True)
        order = distinct[np.lexsort((price[distinct, 1:].sum(axis=1), price[distinct, 0]))]
        kept: list[int] = []
        for i in order.tolist():
            cheaper = np.array(kept, dtype=np.int64)[(price[kept] <= price[i]).all(axis=1)]
            if not ((packed[i] & ~packed[cheaper]) == 0).all(axis=1).any():
                kept.append(i)
        return options[kept], table[:, kept]

    def _listed(self, chosen: Sequence[int]) -> Joint | None:
        """List the group of some lifts, until it is too large.

        None, and new pairs of words, where it is not above G.
        """
        owners = [
            (self.families[f], i - self.offsets[f])
            for i, f in zip(chosen, self.owner[chosen], strict=True)
        ]
        lifts = tuple((family, int(i)) for family, i in owners)
        letters = side_by_side([family.images[i] for family, i in lifts])
        one = np.arange(letters.shape[1], dtype=np.int16)
        rows: list[Images] = [one]
        words: list[Word] = [()]
        elements = [self.one]
        number = {one.tobytes(): 0}
        pairs: list[tuple[Word, Word]] = []
        for row, word, x in zip(rows, words, elements, strict=True):  # they grow while read
            for a, column in enumerate(self.columns):
                image, y = letters[a][row], column[x]
                known = number.setdefault(image.tobytes(), len(rows))
                if known == len(rows):
                    rows.append(image)
                    words.append((*word, a))
                    elements.append(y)
                elif elements[known] != y:
                    pairs.append(((*word, a), words[known]))
            if len(rows) > self.work.scaled(MAX_GROUP) or len(pairs) >= NEW_PAIRS:
                break
        for pair in pairs:
            self._add(*pair)
        lifted = tuple(number.get(move.tobytes(), 0) for move in letters)
        return None if pairs else Joint(lifts, np.array(rows), np.array(elements), lifted)


def side_by_side(parts: Sequence[Images]) -> Images:
    """Join permutations of several sets of points, the points along the last axis.

    Examples
    --------
    >>> side_by_side([np.array([[1, 0]]), np.array([[1, 2, 0]])]).tolist()
    [[1, 0, 3, 4, 2]]
    """
    starts = np.cumsum([0, *(part.shape[-1] for part in parts)])
    moved = [part + start for part, start in zip(parts, starts, strict=False)]
    return np.concatenate(moved, axis=-1).astype(np.int16)
