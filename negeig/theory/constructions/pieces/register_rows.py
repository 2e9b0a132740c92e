"""All rows of so many registers that take at most so many steps, in an order that is fixed.

A row says for one letter where each register's content comes from; see :mod:`.registers`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from functools import cache
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.theory.constructions.pieces._cover_compiled import moving_rows
from negeig.theory.constructions.pieces.registers import Row

Rows: TypeAlias = NDArray[np.int8]

Kind: TypeAlias = Literal["all", "moves", "writes"]
"""Which rows: all; those that write nothing, signed permutations; those that move nothing."""


@cache
def count_rows(kind: Kind, n: int, steps: int) -> int:
    """Return how many rows of n registers take at most so many steps, without listing them.

    Examples
    --------
    >>> [count_rows("all", n, n) for n in range(5)], count_rows("all", 4, 2)
    ([1, 3, 17, 139, 1473], 173)
    >>> count_rows("moves", 3, 3), count_rows("writes", 3, 1)
    (48, 4)
    """
    if steps < 0 or n == 0:
        return int(steps >= 0)
    total = count_rows(kind, n - 1, steps)
    # What becomes of register 0: it is in a cycle or on a path of so many registers.
    for size in range(1, n + 1 if kind != "writes" else 2):
        others = math.comb(n - 1, size - 1)
        cycles = 0 if kind == "writes" else others * math.factorial(size - 1) << (size - 1)
        paths = 0 if kind == "moves" else others * math.factorial(size) << (size - 1)
        dearer = count_rows(kind, n - size, steps - size)
        total += (cycles + paths) * dearer
        if size > 1:
            total += cycles * count_rows(kind, n - size, steps - size + 1)
    return total


@cache
def rows_of(kind: Kind, n: int, steps: int) -> Rows:
    """Return the rows of n registers that take at most so many steps, those that move less first.

    Examples
    --------
    >>> rows_of("all", 2, 1).tolist()
    [[1, 2], [-1, 2], [0, 2], [1, -2], [1, 0], [-2, -1], [2, 1]]
    """
    unmoved = np.arange(1, n + 1, dtype=np.int8)
    parts: list[Rows] = [unmoved[None, :]]
    for size in range(1, min(n, 2 * steps) + 1):
        core = _without_fixed(kind, size, steps)
        for places in itertools.combinations(range(n), size):
            part = np.tile(unmoved, (len(core), 1))
            # Register j of the core is register places[j].
            name = np.array([0, *(p + 1 for p in places)], dtype=np.int8)
            part[:, places] = np.sign(core) * name[np.abs(core)]
            parts.append(part)
    return np.concatenate(parts)


@cache
def _without_fixed(kind: Kind, n: int, steps: int) -> Rows:
    """Return the rows in which no register keeps what it holds."""
    if kind == "writes":
        return np.zeros((int(n <= steps), n), dtype=np.int8)
    # Inclusion and exclusion over the registers that keep what they hold.
    count = sum((-1) ** k * math.comb(n, k) * count_rows(kind, n - k, steps) for k in range(n + 1))
    rows = np.zeros((count + 1, n), dtype=np.int8)  # the last one is for the row in the making
    moving_rows(rows, count, steps, kind == "all", np.zeros(n, np.int8))
    return rows[:count]


def representatives(kind: Kind, n: int, steps: int) -> list[Row]:
    """Return one row for each class up to renumbering and changing the signs of registers.

    Examples
    --------
    >>> representatives("all", 2, 1)
    [(1, 2), (1, -2), (1, 0), (2, 1)]
    """
    return list(_classes(kind, n, steps, 1 if kind == "writes" else n))


def _classes(kind: Kind, n: int, steps: int, largest: int) -> Iterator[Row]:
    """Put cycles and paths of at most so many registers side by side, the largest last."""
    if n == 0:
        yield ()
    for size in range(1, min(n, largest) + 1):
        round_ = tuple(range(2, size + 1))
        choices = [(size - 1, (*round_, 1))]
        choices += [(size, (*round_, -1))] if kind != "writes" else []
        choices += [(size, (*round_, 0))] if kind != "moves" else []
        for times in range(1, n // size + 1):
            # Blocks of one size come in a fixed order, so it is how many of each that counts.
            for blocks in itertools.combinations_with_replacement(choices, times):
                left = steps - sum(cost for cost, _ in blocks)
                if left < 0:
                    continue
                for row in _classes(kind, n - size * times, left, size - 1):
                    for _, block in blocks:
                        first = len(row)
                        row += tuple(s + first if s > 0 else s - first if s else 0 for s in block)
                    yield row


Renumberings: TypeAlias = tuple[Rows, Rows, Rows]
"""Many at once: where each register goes, its inverse, and the sign with which it is held."""


@cache
def renumberings(n: int) -> Renumberings:
    """Return all n! 2^n ways to renumber n registers and change their signs.

    Examples
    --------
    >>> [len(part) for part in renumberings(3)]
    [48, 48, 48]
    """
    orders = np.array(list(itertools.permutations(range(n))), dtype=np.int8)
    signs = np.array(list(itertools.product((1, -1), repeat=n)), dtype=np.int8)
    every = np.repeat(orders, len(signs), axis=0)
    return every, np.argsort(every, axis=1).astype(np.int8), np.tile(signs, (len(orders), 1))


def fixing(group: Renumberings, row: Rows) -> Renumberings:
    """Return the renumberings that leave a row as it is. O(renumberings x registers).

    Examples
    --------
    >>> len(fixing(renumberings(2), np.array([1, 0], dtype=np.int8))[0])
    4
    """
    orders, inverses, signs = group
    kept = np.ones(len(orders), dtype=bool)
    for i, source in enumerate(row.tolist()):
        moved = row[orders[:, i]]
        if source == 0:
            kept &= moved == 0
        else:
            j = abs(source) - 1
            sign = signs[:, i] * signs[:, j] * (1 if source > 0 else -1)
            kept &= moved == sign * (orders[:, j] + 1)
    return orders[kept], inverses[kept], signs[kept]
