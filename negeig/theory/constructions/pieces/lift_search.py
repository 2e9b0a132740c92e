"""Lifts that together know a group: the fewest reflections a letter, then the fewest dimensions.

Some lifts side by side generate a group E. It has the machine's group G as a quotient, the letters
going to the letters, exactly when words that are equal in all the lifts are equal in G. Pairs of
words that are not are collected as they are met: choose lifts, as cheap as possible, that tell
apart all pairs known so far; list E; a new pair comes up, or there is none.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.automata.groups.permgroup import ListedGroup, primes
from negeig.claims import LimitReached
from negeig.theory.constructions.pieces.lift_choice import Options, Undominated, choose
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

CHOICES = 150_000
"""Choices looked at for one number of steps at effort 1."""

POWERED_WORDS = 12
"""Words whose powers are collected at the start."""

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
        """Return the element of the group above one of G that takes fewest reflections."""
        above: list[int] = np.flatnonzero(self.elements == element).tolist()
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
        self.one, self.group = group.identity, group
        self.costs = np.concatenate([lifts.costs for lifts in families])
        self.dims = np.repeat([f.dim for f in families], [len(f.images) for f in families])
        self.offsets = np.cumsum([0, *(len(f.images) for f in families)])
        # All points of all lifts one after the other: a word is applied to them at once.
        widths = np.repeat([len(f.points) for f in families], [len(f.images) for f in families])
        self.first_points = np.cumsum(widths) - widths
        self.points = np.arange(int(widths.sum()))
        within = [family.images.transpose(1, 0, 2).reshape(len(letters), -1) for family in families]
        self.moves = np.concatenate(within, axis=1) + np.repeat(self.first_points, widths)
        self.owner = np.repeat(np.arange(len(families)), np.diff(self.offsets))
        self.tells: list[NDArray[np.bool_]] = []
        self.limits: list[LimitReached] = []
        self.undominated: dict[NumberField | None, Undominated] = {}
        for word in dict.fromkeys(self._first_words()):
            self._add(word, ())

    def _first_words(self) -> Iterator[Word]:
        """Yield words that are not 1 in G: short ones, and powers of prime order."""
        letters = range(len(self.columns))
        lengths = range(1, MAX_WORD + 1)
        words = (w for length in lengths for w in itertools.product(letters, repeat=length))
        for number, word in enumerate(itertools.islice(words, FIRST_WORDS)):
            x = reduce(lambda x, a: self.columns[a][x], word, self.one)
            if x != self.one:
                yield word
            order = int(self.group.orders[x])
            for p in primes(order) if number < POWERED_WORDS else ():
                yield word * (order // p)

    def _add(self, one: Word, other: Word) -> None:
        """Note which lifts tell two words apart."""
        after = [
            reduce(lambda images, a: self.moves[a][images], word, self.points)
            for word in (one, other)
        ]
        self.tells.append(np.logical_or.reduceat(after[0] != after[1], self.first_points))

    def cheapest(self, steps: int, below: int, field: NumberField | None) -> Joint | None:
        """Return lifts of least dimension, less than ``below``, that take so many steps a letter.

        Coordinates are rational or in the field. None where none were found; where not all choices
        were looked at, ``limits`` gets one more.
        """
        best = self._undominated(field)
        work = self.work.part(self.work.name, CHOICES)
        most = work.scaled(MAX_GROUP)
        too_large: list[NDArray[np.int64]] = []
        while True:
            rows = best.rows(np.array(self.tells).T)
            rows = rows[(self.costs[rows] <= steps).all(axis=1) & (self.dims[rows] < below)]
            tells = np.array([row[rows] for row in self.tells]).T
            options = Options(tells, self.costs[rows], self.dims[rows])
            excluded = [
                frozenset(np.flatnonzero(np.isin(rows, large)).tolist()) for large in too_large
            ]
            chosen, limit = choose(options, steps, below, excluded, work)
            self.limits += [limit] if limit else []
            if not chosen:
                return None
            joint = self._listed(rows[chosen])
            if joint is not None and len(joint.images) <= most:
                return self._smaller(rows[chosen], joint, steps)
            if joint is not None:
                too_large.append(rows[chosen])
                self.limits.append(
                    LimitReached(
                        "elements of a group of lifts", most, reached=most, option="--effort"
                    )
                )

    def _undominated(self, field: NumberField | None) -> Undominated:
        """Return the lifts to choose from, rational or with coordinates in a field."""
        if field not in self.undominated:
            fits = np.array([family.field in (None, field) for family in self.families])
            rows = np.flatnonzero(fits[self.owner])
            self.undominated[field] = Undominated(self.costs, self.dims, rows)
        return self.undominated[field]

    def _smaller(self, chosen: NDArray[np.int64], joint: Joint, steps: int) -> Joint:
        """Replace lifts by others that tell less, as cheap ones, where the group is smaller."""
        tells = np.array(self.tells).T
        fields = np.array(
            [family.field in (None, *(f.field for f, _ in joint.lifts)) for family in self.families]
        )
        fits = fields[self.owner]
        for place in range(len(chosen)):
            others = np.delete(chosen, place)
            needed = ~tells[others].any(axis=0)
            room = steps - self.costs[others].sum(axis=0)
            rivals = np.flatnonzero(
                fits
                & (self.dims == self.dims[chosen[place]])
                & (self.costs <= room).all(axis=1)
                & tells[:, needed].all(axis=1)
            )
            fewest = rivals[np.argmin(tells[rivals].sum(axis=1))]
            changed = np.append(others, fewest)
            smaller = self._listed(changed)
            if smaller is not None and len(smaller.images) < len(joint.images):
                chosen, joint = changed, smaller
                tells = np.array(self.tells).T
        return joint

    def _listed(self, chosen: NDArray[np.int64]) -> Joint | None:
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
