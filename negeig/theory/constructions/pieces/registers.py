"""Registers that letters move, negate and overwrite: the pieces of which covers are made.

A *system* of n registers says for every letter where the new content of each register comes from:
another register, possibly negated, no two from the same one, or a constant that the letter writes.
So a letter is a signed partial permutation plus writes, which delta steps with the eigenvalues -1
and 0 carry out.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.theory.exact.numbers import Number
from negeig.theory.factors.factorisation import ONE, TWO, ZERO, overwrite, unit
from negeig.theory.networks.network import DeltaStep

Row: TypeAlias = tuple[int, ...]
"""One letter: for every register 0 where it is written, else plus or minus (source + 1)."""

System: TypeAlias = tuple[Row, ...]
"""One row for every letter."""

Codes: TypeAlias = NDArray[np.int16]
"""Names of contents: 1, ..., n for what register 0, ..., n - 1 holds at the start, then one for
every letter and register that it writes, in that order; negative where the content is negated."""

SEED = 1
"""Seed of the samples of systems."""


@cache
def signed_injections(n: int) -> tuple[Row, ...]:
    """Return all rows for n registers.

    Examples
    --------
    >>> signed_injections(1)
    ((0,), (1,), (-1,))
    >>> [len(signed_injections(n)) for n in (1, 2, 3)]
    [3, 17, 139]
    """
    values = [0, *(sign * i for i in range(1, n + 1) for sign in (1, -1))]
    return tuple(row for row in itertools.product(values, repeat=n) if _is_injective(row))


def _is_injective(row: Row) -> bool:
    sources = [abs(s) for s in row if s]
    return len(set(sources)) == len(sources)


@cache
def free_systems(n: int, letters: int) -> tuple[System, ...]:
    """Return the connected systems of n registers, one for each up to renumbering and signs.

    Examples
    --------
    >>> free_systems(1, 1), len(free_systems(2, 2))
    ((((0,),), ((1,),), ((-1,),)), 60)
    """
    return _representatives(
        itertools.product(signed_injections(n), repeat=letters),
        [
            (order, signs)
            for order in itertools.permutations(range(n))
            for signs in itertools.product((1, -1), repeat=n)
        ],
    )


@cache
def sampled_systems(n: int, letters: int, count: int) -> tuple[System, ...]:
    """Return the connected ones among so many random systems; the seed is fixed.

    Examples
    --------
    >>> len(sampled_systems(2, 5, 100))
    90
    """
    rng = random.Random(SEED)
    rows = signed_injections(n)
    systems = (tuple(rng.choices(rows, k=letters)) for _ in range(count))
    return tuple(system for system in systems if system and _is_connected(system))


@cache
def actions(n: int, letters: int) -> tuple[System, ...]:
    """Return the transitive actions on n points, without writes, up to renumbering.

    Examples
    --------
    >>> actions(2, 1), len(actions(3, 2)), len(actions(4, 2))
    ((((2, 1),),), 7, 26)
    """
    permutations = list(itertools.permutations(range(1, n + 1)))
    plain = (1,) * n
    return _representatives(
        itertools.product(permutations, repeat=letters),
        [(order, plain) for order in itertools.permutations(range(n))],
    )


def _representatives(
    systems: Iterable[System], renumberings: Sequence[tuple[Row, Row]]
) -> tuple[System, ...]:
    """Keep the first of every class of connected systems."""
    seen: set[System] = set()
    found = []
    for system in systems:
        if system in seen or not _is_connected(system):
            continue
        found.append(system)
        for order, signs in renumberings:
            seen.add(tuple(_renumbered(row, order, signs) for row in system))
    return tuple(found)


def _renumbered(row: Row, order: Row, signs: Row) -> Row:
    """Call register i register ``order[i]`` and hold ``signs[i]`` times its content there."""
    after = [0] * len(row)
    for i, s in enumerate(row):
        if s:
            j = abs(s) - 1
            sign = signs[i] * signs[j] * (1 if s > 0 else -1)
            after[order[i]] = sign * (order[j] + 1)
    return tuple(after)


def _is_connected(system: System) -> bool:
    reached = {0}
    queue = [0]
    for i in queue:
        for row in system:
            near = [j for j, s in enumerate(row) if s and abs(s) - 1 == i]
            near += [abs(row[i]) - 1] if row[i] else []
            new = set(near) - reached
            reached |= new
            queue += new
    return len(reached) == len(system[0])


def regular(action: System) -> System:
    """Return the action of a permutation group on its own elements, for the same letters.

    Examples
    --------
    >>> regular(((2, 3, 1), (2, 1, 3)))[1]
    (3, 5, 1, 6, 2, 4)
    """
    elements: dict[Row, int] = {tuple(range(1, len(action[0]) + 1)): 0}
    queue = list(elements)
    for x in queue:
        for letter in action:
            y = tuple(letter[i - 1] for i in x)
            if y not in elements:
                elements[y] = len(queue)
                queue.append(y)
    return tuple(
        tuple(elements[tuple(letter[i - 1] for i in x)] + 1 for x in queue) for letter in action
    )


def with_writes(action: System, most: int) -> list[System]:
    """Return the systems in which letters overwrite any registers instead of moving to them.

    A sample, with a fixed seed, where there are more than ``most``.

    Examples
    --------
    >>> with_writes(((1,), (1,)), 10)
    [((0,), (0,)), ((1,), (0,)), ((0,), (1,)), ((1,), (1,))]
    """
    n, letters = len(action[0]), len(action)
    count = 1 << (n * letters)
    chosen = range(count) if count <= most else random.Random(SEED).sample(range(count), most)
    return [
        tuple(
            tuple(source if mask >> (n * a + i) & 1 else 0 for i, source in enumerate(row))
            for a, row in enumerate(action)
        )
        for mask in chosen
    ]


@cache
def steps_needed(row: Row) -> int:
    """Return rank(I - M) for the row's matrix M: registers minus cycles that keep their sign."""
    return len(row) - sum(closed and sign > 0 for _, closed, sign in _paths(row))


def _paths(row: Row) -> list[tuple[list[int], bool, int]]:
    """Split a row into paths of registers along which contents move.

    Each comes with whether it is a cycle, and the product of its signs. A path that is no cycle
    begins with a written register and ends with one whose content is dropped.
    """
    target = {abs(s) - 1: i for i, s in enumerate(row) if s}
    starts = [i for i, s in enumerate(row) if not s]
    seen: set[int] = set()
    paths = []
    for start in [*starts, *range(len(row))]:
        if start in seen:
            continue
        path = [start]
        while target.get(path[-1], start) != start:
            path.append(target[path[-1]])
        seen.update(path)
        closed = path[-1] in target
        members = path if closed else path[1:]
        sign = 1
        for i in members:
            sign *= 1 if row[i] > 0 else -1
        paths.append((path, closed, sign))
    return paths


def row_steps(row: Row, writes: Sequence[Number]) -> tuple[DeltaStep, ...]:
    """Return the fewest delta steps that carry out a row; register i is written ``writes[i]``.

    A path overwrites the register that it drops and then rotates, by one reflection for each
    further register; a cycle that changes its sign needs one more. Integers only.

    Examples
    --------
    >>> steps = row_steps((0, -1), (5, 0))  # register 1 takes minus register 0, which becomes 5
    >>> [str(step.eigenvalue) for step in steps]
    ['0', '-1']
    """
    dim = len(row)
    steps: list[DeltaStep] = []
    for path, closed, _ in _paths(row):
        first, sign = path[0], 1
        swaps = []
        for i in path[1:]:
            sign *= 1 if row[i] > 0 else -1
            swaps.append(_signed_swap(dim, first, i, sign))
        if not closed:
            steps.append(overwrite(dim, path[-1], sign * writes[first]))
        steps += swaps
        if closed and sign * row[first] < 0:
            steps.append(DeltaStep(TWO, unit(dim, first), ZERO))
    return tuple(steps)


def _signed_swap(dim: int, i: int, j: int, sign: int) -> DeltaStep:
    """Swap two registers, both times this sign: the reflection along e_i - sign e_j."""
    key = tuple(ONE if k == i else -sign * ONE if k == j else ZERO for k in range(dim))
    return DeltaStep(ONE, key, ZERO)


class Family:
    """Many systems, to be tried on words at once.

    ``costs[s]`` holds the steps of each letter and ``dims[s]`` the registers of ``systems[s]``.
    """

    def __init__(self, systems: Iterable[System]) -> None:
        by_size = sorted(dict.fromkeys(systems), key=lambda system: len(system[0]))
        self.systems: list[System] = by_size
        self.costs = np.array([[steps_needed(row) for row in s] for s in by_size], dtype=np.int64)
        self.dims = np.array([len(s[0]) for s in by_size], dtype=np.int64)
        groups = itertools.groupby(by_size, key=lambda system: len(system[0]))
        self._tables = [np.array(list(group), dtype=np.int16) for _, group in groups]
        self._contents: dict[tuple[int, ...], list[Codes]] = {
            (): [
                np.tile(np.arange(1, t.shape[2] + 1, dtype=np.int16), (len(t), 1))
                for t in self._tables
            ]
        }

    def separates(self, u: tuple[int, ...], v: tuple[int, ...]) -> NDArray[np.bool_]:
        """Return for every system whether two words (letter numbers) leave different contents."""
        pairs = zip(self._after(u), self._after(v), strict=True)
        return np.concatenate([(one != two).any(axis=1) for one, two in pairs])

    def _after(self, word: tuple[int, ...]) -> list[Codes]:
        """Return the contents after a word; those after its prefixes are kept."""
        known = len(word)
        while word[:known] not in self._contents:
            known -= 1
        for length in range(known, len(word)):
            before, a = self._contents[word[:length]], word[length]
            pairs = zip(self._tables, before, strict=True)
            self._contents[word[: length + 1]] = [after_letter(t, codes, a) for t, codes in pairs]
        return self._contents[word]


def after_letter(table: NDArray[np.int16], codes: Codes, letter: int) -> Codes:
    """Return the contents of many systems after one more letter.

    ``table`` has shape (systems, letters, n) and ``codes`` (systems, n). O(systems x n).

    Examples
    --------
    >>> swap_then_write = np.array([[[2, 1], [0, 2]]], dtype=np.int16)
    >>> codes = after_letter(swap_then_write, np.array([[1, 2]], dtype=np.int16), 0)
    >>> codes.tolist(), after_letter(swap_then_write, codes, 1).tolist()
    ([[2, 1]], [[5, 1]])
    """
    source = table[:, letter, :]
    n = table.shape[2]
    written = (n * (letter + 1) + np.arange(1, n + 1)).astype(np.int16)
    moved = np.sign(source) * np.take_along_axis(codes, np.maximum(np.abs(source) - 1, 0), axis=1)
    return np.where(source == 0, written, moved)


def explorer(systems: Sequence[System]) -> tuple[Row, list[Callable[[Row], Row]]]:
    """Return the codes at the start, and for every letter what it does to the codes."""
    start: list[int] = []
    plans: list[list[tuple[int, int]]] = [[] for _ in systems[0]] if systems else []
    for system in systems:
        n, offset = len(system[0]), len(start)
        start += range(1, n + 1)
        for a, row in enumerate(system):
            # (place, sign), or (-1, code) for a write
            plans[a] += [
                (offset + abs(s) - 1, 1 if s > 0 else -1) if s else (-1, n * (a + 1) + i + 1)
                for i, s in enumerate(row)
            ]

    def reader(plan: list[tuple[int, int]]) -> Callable[[Row], Row]:
        return lambda codes: tuple([c if p < 0 else c * codes[p] for p, c in plan])

    return tuple(start), [reader(plan) for plan in plans]


def joined(systems: Sequence[System]) -> list[Row]:
    """Return the rows of several systems side by side, one for each letter."""
    rows: list[list[Any]] = [[] for _ in systems[0]]
    for system in systems:
        offset = len(rows[0])
        for a, row in enumerate(system):
            rows[a] += [s + offset if s > 0 else s - offset if s else 0 for s in row]
    return [tuple(row) for row in rows]
