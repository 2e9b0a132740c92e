"""Registers that letters move, negate and overwrite: the pieces of which covers are made.

A *row* says for one letter where the new content of each register comes from: another register,
possibly negated, no two from the same one, or a constant that the letter writes. So a letter is a
signed partial permutation plus writes, which delta steps with the eigenvalues -1 and 0 carry out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

from negeig.theory.exact.numbers import Number
from negeig.theory.factors.factorisation import ONE, TWO, ZERO, overwrite, unit
from negeig.theory.networks.network import DeltaStep

Row: TypeAlias = tuple[int, ...]
"""One letter: for every register 0 where it is written, else plus or minus (source + 1)."""


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
