"""A choice of rows of a table, as cheap as possible, that leaves no column empty.

Here the rows are lifts, the columns pairs of words, and an entry says whether the lift tells the
pair apart. Every letter may take so many steps, which add up, and the dimensions add up too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from operator import mul

import numpy as np
from numpy.typing import NDArray

from negeig.claims import LimitReached
from negeig.work import Work

PER_OPTION = 5
"""Units of work that an option takes at the start, where a step of the branch and bound is 1."""


@dataclass(frozen=True, eq=False)
class Options:
    """What can be chosen.

    Attributes
    ----------
    tells : array of bool, shape (options, pairs)
        Which pairs each of them tells apart.
    costs : array of int, shape (options, letters)
        Steps of each letter.
    dims : array of int, shape (options,)
        Dimensions, ascending.
    """

    tells: NDArray[np.bool_]
    costs: NDArray[np.int64]
    dims: NDArray[np.int64]


class Undominated:
    """The options that no other one replaces, kept up to date while pairs are added.

    Parameters
    ----------
    costs, dims : arrays
        As in :class:`Options`, for all options; dimensions in any order.
    rows : array of int
        The options to look at.

    Examples
    --------
    >>> best = Undominated(np.array([[1], [1], [2]]), np.array([1, 1, 1]), np.arange(3))
    >>> best.rows(np.array([[True], [True], [True]])).tolist()
    [0]
    >>> best.rows(np.array([[True, False], [True, True], [True, False]])).tolist()
    [0, 1]
    """

    def __init__(
        self, costs: NDArray[np.int64], dims: NDArray[np.int64], rows: NDArray[np.int64]
    ) -> None:
        self.price = np.concatenate([dims[:, None], costs], axis=1)
        order = np.lexsort((costs[rows].sum(axis=1), dims[rows]))
        self.left = rows[order]
        self.by = np.full(len(dims), -1)
        self.kept: list[int] = []
        self.pairs = 0

    def rows(self, tells: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the options for all pairs so far, least dimension first.

        ``tells`` has a row for every option; columns are only added. O(options^2 x pairs) the
        first time, and then for those options that have to be looked at again.
        """
        new = tells[:, self.pairs :]
        self.pairs = tells.shape[1]
        again = self.left
        if self.kept:
            again = again[(new[again] & ~new[self.by[again]]).any(axis=1)]
        packed = np.packbits(tells, axis=1)
        for i in again.tolist():
            cheaper = np.array(self.kept, np.int64)[
                (self.price[self.kept] <= self.price[i]).all(axis=1)
            ]
            replaces = cheaper[((packed[i] & ~packed[cheaper]) == 0).all(axis=1)]
            self.by[i] = replaces[0] if len(replaces) else i
            if not len(replaces):
                self.kept.append(i)
        kept = np.array(self.kept, dtype=np.int64)
        return kept[np.argsort(self.price[kept, 0], kind="stable")]


def choose(
    options: Options, steps: int, below: int, excluded: Collection[frozenset[int]], work: Work
) -> tuple[list[int], LimitReached | None]:
    """Return a choice of least dimension, and the limit that ended the search, if one did.

    Parameters
    ----------
    options : Options
        What can be chosen.
    steps : int
        Most steps of any letter, less than 128.
    below : int
        The dimension must be less.
    excluded : collection of sets
        Choices that will not do.
    work : Work
        Counts options looked at.

    Returns
    -------
    (chosen, limit)
        Nothing is chosen where nothing is found. With a limit there may be better choices.

    Examples
    --------
    Two options of dimension 1, or one of dimension 3:

    >>> tells = np.array([[True, False], [False, True], [True, True]])
    >>> options = Options(tells, np.array([[1], [1], [1]]), np.array([1, 1, 3]))
    >>> choose(options, 2, 9, [], Work("options", 100))
    ([0, 1], None)
    >>> choose(options, 1, 9, [], Work("options", 100))
    ([2], None)
    """
    if not options.tells.any(axis=0).all():
        return [], None
    search = _BranchAndBound(options, steps, below, excluded, work)
    reached = search.run()
    return search.best, reached


class _BranchAndBound:
    """Choices extended by what tells apart the pair that is hardest to tell apart."""

    def __init__(
        self,
        options: Options,
        steps: int,
        below: int,
        excluded: Collection[frozenset[int]],
        work: Work,
    ) -> None:
        self.options, self.steps, self.below = options, steps, below
        self.excluded, self.work = excluded, work
        self.best: list[int] = []
        columns = _different(options.tells)
        columns = columns[:, np.argsort(columns.sum(axis=0), kind="stable")]
        self.by_pair = [np.flatnonzero(column).tolist() for column in columns.T]
        packed = np.packbits(columns, axis=1, bitorder="little")
        self.told = [int.from_bytes(row.tobytes(), "little") for row in packed]
        self.dims: list[int] = options.dims.tolist()
        # Steps that are left, a byte for each letter. Its top bit is lost when they are not enough.
        byte = [1 << (8 * a) for a in range(options.costs.shape[1])]
        self.price = [sum(map(mul, row, byte)) for row in options.costs.tolist()]
        self.room, self.guard = steps * sum(byte), 128 * sum(byte)
        self.known: dict[tuple[int, int], int] = {}

    def run(self) -> LimitReached | None:
        """Search; return the limit that ended it, if one did."""
        try:
            self.work.spend(PER_OPTION * len(self.dims))
            self._one_or_two()
            self._extend([], (1 << len(self.by_pair)) - 1, self.room, 0)
        except LimitReached as limit:
            return limit
        return None

    def _take(self, chosen: list[int]) -> None:
        """Note a choice that tells apart all pairs, where it is the best so far."""
        dim = sum(self.dims[i] for i in chosen)
        if dim < self.below and frozenset(chosen) not in self.excluded:
            self.best, self.below = chosen, dim

    def _one_or_two(self) -> None:
        """Look at single options and pairs of them first: what they find cuts the rest short."""
        missing = np.packbits(~self.options.tells, axis=1)
        costs = self.options.costs
        for i in range(len(self.dims)):
            if not missing[i].any():
                self._take([i])
            elif self.dims[i] < self.below:
                fits = ~(missing[:i] & missing[i]).any(axis=1)
                fits &= (costs[:i] + costs[i] <= self.steps).all(axis=1)
                for j in np.flatnonzero(fits).tolist():
                    self._take([j, i])

    def _extend(self, chosen: list[int], left: int, room: int, dim: int) -> None:
        """Extend a choice; ``left`` are the pairs that it does not tell apart, a bit each."""
        if not left:
            self._take(chosen)
            return
        if self.known.get((left, room), self.below) <= dim:
            return
        self.known[left, room] = dim
        for i in self.by_pair[(left & -left).bit_length() - 1]:
            self.work.spend()
            if dim + self.dims[i] >= self.below:
                break  # those of least dimension come first
            after = (room | self.guard) - self.price[i]
            if after & self.guard == self.guard:
                self._extend(
                    [*chosen, i], left & ~self.told[i], after ^ self.guard, dim + self.dims[i]
                )


def _different(tells: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the columns, each once, in lexicographic order: packed, for they are sorted sooner."""
    packed = np.ascontiguousarray(np.packbits(tells, axis=0).T)
    _, first = np.unique(packed.view(f"V{packed.shape[1]}").ravel(), return_index=True)
    return tells[:, first]
