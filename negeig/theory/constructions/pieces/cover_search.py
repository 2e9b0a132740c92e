"""Which systems of registers, together, determine a machine's state: search by counterexamples.

Systems are chosen that tell apart the pairs of words collected so far. Exploring what they hold in
product with the machine either closes, and then the state is a function of the registers, or finds
pairs of words that leave the same in all registers and lead to different states. These join the
collection, and the choice is made anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import le
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.claims import Progress
from negeig.theory.constructions.pieces.registers import Family, Row, System, explorer

MAX_VECTORS = 20_000
"""Most contents of the registers of one cover."""

MAX_EXPLORED = 100_000
"""Most contents of registers explored in one search, over all attempts."""

MAX_REGISTERS = 12
"""Most registers of a cover."""

MAX_ROUNDS = 25
"""Most attempts with one family of systems."""

MAX_COLUMNS = 400
"""Most systems, the cheapest ones, of which all choices of two are compared."""

CONFLICTS = 10
"""Pairs of words taken from one exploration."""

SWEEPS = 2
"""Times the number of every code is chosen."""

Letters: TypeAlias = tuple[int, ...]

Vectors: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class Cover:
    """Systems of registers whose contents determine the state of a machine.

    ``vectors`` are the reachable codes of all registers, the first those at the start, and
    ``states`` the machine's state at each. ``cost`` is (steps a token, registers).
    """

    systems: tuple[System, ...]
    cost: tuple[int, int]
    vectors: tuple[Row, ...]
    states: tuple[int, ...]

    @property
    def dim(self) -> int:
        """Number of registers."""
        return self.cost[1]


class Search:
    """The pairs of words met so far for one machine, and what is left of the limits.

    Parameters
    ----------
    table : rows of the transition table
    initial : int
        The machine's initial state.
    max_explored : int
        Most contents of registers explored, over all attempts.
    max_rounds : int
        Most attempts with one family of systems.
    progress : callable, optional
        Called with the number of pairs before each attempt; what it raises ends the search.
    """

    def __init__(
        self,
        table: Sequence[Sequence[int]],
        initial: int,
        max_explored: int = MAX_EXPLORED,
        max_rounds: int = MAX_ROUNDS,
        progress: Progress | None = None,
    ) -> None:
        self._table = table
        self._initial = initial
        self._rounds, self._progress = max_rounds, progress
        self._pairs: list[tuple[Letters, Letters]] = []
        self._budget = max_explored

    def report(self) -> None:
        """Say how many pairs there are; raises LimitReached when the time is over."""
        if self._progress is not None:
            self._progress(len(self._pairs))

    def cheapest(self, family: Family, better_than: Cover | None = None) -> Cover | None:
        """Return the cheapest cover from a family that is found, or None.

        Least steps a token, then fewest registers. The order of the choices and the limits make
        this a heuristic; that what is returned is a cover was checked on every word.
        """
        bound = (1 << 30, 0) if better_than is None else better_than.cost
        told_apart = [family.separates(u, v) for u, v in self._pairs]
        for _ in range(self._rounds):
            self.report()
            chosen = _cheapest_choice(family, told_apart, bound)
            if chosen is None:
                return None
            systems = tuple(family.systems[s] for s in chosen)
            found = self._explore(systems)
            if isinstance(found, tuple):
                vectors, states = found
                return Cover(systems, _cost(family, chosen), vectors, states)
            if not found:
                return None
            self._pairs += found
            told_apart += [family.separates(u, v) for u, v in found]
            if not all(row.any() for row in told_apart):
                return None
        return None

    def _explore(
        self, systems: Sequence[System]
    ) -> tuple[tuple[Row, ...], tuple[int, ...]] | list[tuple[Letters, Letters]]:
        """Return all vectors of codes with their states, or else pairs that are not told apart.

        An empty list where a limit was reached before any pair was found.
        """
        start, readers = explorer(systems)
        if not systems:
            readers = [lambda codes: codes] * len(self._table[0])
        states: dict[Row, int] = {start: self._initial}
        words: dict[Row, Letters] = {start: ()}
        queue = [start]
        pairs: list[tuple[Letters, Letters]] = []
        for vector in queue:
            for a, read in enumerate(readers):
                after, state = read(vector), self._table[states[vector]][a]
                word = (*words[vector], a)
                if after not in states:
                    states[after], words[after] = state, word
                    queue.append(after)
                elif states[after] != state:
                    pairs.append((words[after], word))
            if len(pairs) >= CONFLICTS or len(queue) > min(MAX_VECTORS, self._budget):
                self._budget -= len(queue)
                return pairs
        self._budget -= len(queue)
        return pairs or (tuple(states), tuple(states.values()))


def _cost(family: Family, chosen: Sequence[int]) -> tuple[int, int]:
    steps = family.costs[list(chosen)].sum(axis=0).max(initial=0)
    return int(steps), int(family.dims[list(chosen)].sum())


def _cheapest_choice(
    family: Family, told_apart: Sequence[NDArray[np.bool_]], bound: tuple[int, int]
) -> list[int] | None:
    """Choose systems that tell all pairs apart, cheaper than the bound; None when none is found.

    The first single system that does; else the best of all two and of greedy choices of more.
    """
    if not told_apart:
        return []
    rows = np.array(told_apart)
    columns = _undominated(family, rows)
    missed = ~rows[:, columns]
    choices = _one(missed) or [*_two(family, columns, missed), *_more(family, columns, missed)]
    priced = [(_cost(family, c), c) for c in (columns[choice].tolist() for choice in choices)]
    allowed = [c for c in priced if c[0] < bound and c[0][1] <= MAX_REGISTERS]
    return min(allowed)[1] if allowed else None


def _one(missed: NDArray[np.bool_]) -> list[list[int]]:
    """Return the first single system that misses no pair."""
    return [[int(s)] for s in np.flatnonzero(~missed.any(axis=0))[:1]]


def _two(family: Family, columns: NDArray[np.int64], missed: NDArray[np.bool_]) -> list[list[int]]:
    """Return the cheapest two systems that miss no pair together."""
    counts = missed[:, :MAX_COLUMNS].astype(np.float32)
    one, two = np.nonzero(np.triu(counts.T @ counts == 0, 1))
    if not len(one):
        return []
    both = family.costs[columns[one]] + family.costs[columns[two]]
    dims = family.dims[columns[one]] + family.dims[columns[two]]
    best = np.lexsort((dims, both.max(axis=1)))[0]
    return [[int(one[best]), int(two[best])]]


def _more(family: Family, columns: NDArray[np.int64], missed: NDArray[np.bool_]) -> list[list[int]]:
    """Return greedy choices: most pairs for each step, for each register, or for both."""
    steps, dims = family.costs[columns].max(axis=1), family.dims[columns]
    found = []
    for price in (steps, dims, steps + dims):
        chosen: list[int] = []
        left = missed
        while len(left) and not left.all(axis=0).all():
            gain = (~left).sum(axis=0) / np.maximum(price, 1)
            chosen.append(int(np.argmax(gain)))
            left = left[left[:, chosen[-1]]]
        if not len(left):
            for s in list(chosen):
                others = [o for o in chosen if o != s]
                if not np.any(missed[:, others].all(axis=1)):
                    chosen = others
            found.append(chosen)
    return found


def _undominated(family: Family, rows: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Keep, of systems that tell the same pairs apart, those that are not dearer in everything.

    Cheapest first.
    """
    order = np.lexsort((family.costs.sum(axis=1), family.dims, family.costs.max(axis=1)))
    kept: dict[bytes, list[tuple[int, list[int]]]] = {}
    useful = np.asarray(rows.any(axis=0))
    prices = np.column_stack([family.dims, family.costs]).tolist()
    told = np.packbits(rows, axis=0).T.copy()
    for s in order[useful[order]].tolist():
        rivals = kept.setdefault(told[s].tobytes(), [])
        price = prices[s]
        if not any(all(map(le, other, price)) for _, other in rivals):
            rivals.append((s, price))
    found = {s for rivals in kept.values() for s, _ in rivals}
    return np.array([s for s in order.tolist() if s in found], dtype=np.int64)


@dataclass(frozen=True)
class Values:
    """Numbers in place of codes: at the start, written by each letter, and all reachable ones."""

    start: tuple[int, ...]
    writes: tuple[tuple[int, ...], ...]
    vectors: tuple[Row, ...]


def with_few_values(cover: Cover) -> Values:
    """Put small integers in place of the codes, equal ones wherever nothing is lost.

    Replacing codes of one system by numbers, c by v and -c by -v, commutes with what letters do,
    so it is enough that vectors of different states stay different. Greedy, code by code: the
    number that leaves the fewest vectors. O(codes x numbers) passes over the vectors.
    """
    codes = np.array(cover.vectors, dtype=np.int64)
    states = np.array(cover.states)
    letters = len(cover.systems[0]) if cover.systems else 0
    parts, values = [], []
    offset = 0
    for system in cover.systems:
        n = len(system[0])
        parts.append(np.s_[:, offset : offset + n])
        count = n * (letters + 1)
        values.append([code + count for code in range(count + 1)])  # beyond all small numbers
        offset += n
    numbers = codes.copy()
    for part, value in zip(parts, values, strict=True):
        numbers[part] = np.sign(codes[part]) * np.array(value)[np.abs(codes[part])]
    for _ in range(SWEEPS):
        for part, value in zip(parts, values, strict=True):
            _sweep(codes[part], numbers, part, value, states)
    start: list[int] = []
    writes: list[list[int]] = [[] for _ in range(letters)]
    for system, value in zip(cover.systems, values, strict=True):
        n = len(system[0])
        start += value[1 : n + 1]
        for a in range(letters):
            writes[a] += value[n * (a + 1) + 1 : n * (a + 2) + 1]
    vectors = tuple(tuple(row) for row in numbers.tolist())
    return Values(tuple(start), tuple(map(tuple, writes)), vectors)


def _sweep(
    codes: Vectors, numbers: Vectors, part: tuple[slice, slice], value: list[int], states: Vectors
) -> None:
    """Choose the number of every code of one system anew, with all other numbers as they are."""
    sizes, signs = np.abs(codes), np.sign(codes)
    done: set[int] = set()
    for code in np.unique(sizes).tolist():
        where = sizes == code
        small = max(map(abs, done), default=0) + 1
        fewest = len(codes) + 1
        for candidate in [*(s * i for i in range(1, small + 1) for s in (1, -1)), 0, value[code]]:
            numbers[part][where] = candidate * signs[where]
            left = _distinct(numbers, states)
            if left is not None and left < fewest:
                fewest, value[code] = left, candidate
        numbers[part][where] = value[code] * signs[where]
        done.add(value[code])


def _distinct(vectors: Vectors, states: Vectors) -> int | None:
    """Count the distinct vectors; None where equal ones come with different states."""
    state: dict[bytes, int] = {}
    for vector, q in zip(vectors, states.tolist(), strict=True):
        if state.setdefault(vector.tobytes(), q) != q:
            return None
    return len(state)
