"""Check of the theorem about diagonal layers where every operation rounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from negeig.proofs_checks.theorem_checks.check import Case, Check, each
from negeig.theory.bounds.rounded import rounds_to_rest
from negeig.theory.theorems import ids

Numbers: TypeAlias = NDArray[np.float64]

VALUES = 255
"""Values of e4m3fn: numbers, among them -0, and NaN as one."""


@dataclass(frozen=True)
class Coordinate:
    """A coordinate that becomes ``fl(fl(a h) + w)``, or ``fl(a h + w)``, of one it ``reads``.

    ``gate`` gives a, of the states of all coordinates; ``layer`` counts from 1.
    """

    gate: Callable[[Sequence[Numbers]], Numbers]
    write: float
    reads: int = 0
    layer: int = 1
    fused: bool = False


@dataclass(frozen=True, eq=False)
class Recurrence:
    """One letter again and again: what it does to each coordinate, and how numbers are stored."""

    coordinates: tuple[Coordinate, ...]
    kind: Any = ml_dtypes.float8_e4m3fn

    def store(self, exact: Numbers) -> Numbers:
        """Return numbers as they are stored; products and sums of 8-bit numbers are exact here."""
        if np.issubdtype(self.kind, np.integer):
            return (exact.astype(np.int64) % 256).astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            return exact.astype(self.kind).astype(np.float64)

    def starts(self) -> list[Numbers]:
        """Return all states whose coordinates are numbers of 8 bits, NaN among them."""
        every = np.arange(256, dtype=np.uint8)
        if not np.issubdtype(self.kind, np.integer):
            every = every.view(self.kind)
        values = every.astype(np.float64)
        grids = np.meshgrid(*[values] * len(self.coordinates), indexing="ij")
        return [np.asarray(grid, np.float64) for grid in grids]

    def step(self, state: Sequence[Numbers]) -> list[Numbers]:
        """Return the states after one letter more."""
        after = []
        for one in self.coordinates:
            gated = one.gate(state) * state[one.reads]
            after.append(self.store((gated if one.fused else self.store(gated)) + one.write))
        return after


def constant(a: float) -> Callable[[Sequence[Numbers]], Numbers]:
    """Return a gate that is the same in all states."""
    return lambda state: np.full_like(state[0], a)


def _one(a: float, w: float, fused: bool = False) -> Recurrence:
    return Recurrence((Coordinate(constant(a), w, fused=fused),))


def _stack() -> Recurrence:
    """Return two layers; the second forgets while the first has not come below 1."""
    return Recurrence(
        (
            Coordinate(constant(0.5), 0.0),
            Coordinate(lambda state: np.where(state[0] < 1, 0.9375, 0.0), 1.0, reads=1, layer=2),
        )
    )


def _same(left: Sequence[Numbers], right: Sequence[Numbers]) -> bool:
    """Whether states are the same numbers: +0 is not -0, and NaN is NaN."""
    return all(
        bool(((x == y) & (np.signbit(x) == np.signbit(y)) | np.isnan(x) & np.isnan(y)).all())
        for x, y in zip(left, right, strict=True)
    )


def _moves_by_itself(it: Recurrence) -> bool:
    return all(one.reads == i for i, one in enumerate(it.coordinates))


def _keeps_order(it: Recurrence) -> bool:
    """Whether stored numbers never fall where what is stored rises.

    At all sums half way between two numbers of 8 bits, where rounding changes, and between these.
    """
    sums = np.arange(-448 * 2**11, 448 * 2**11 + 1) / 2**11
    if np.issubdtype(it.kind, np.integer):
        sums = np.arange(0.0, 512.0)
    return bool((np.diff(it.store(sums)) >= 0).all())


def _has_no_sign(it: Recurrence) -> bool:
    gates = [one.gate(it.starts()) for one in it.coordinates]
    return not any(bool(np.signbit(gate).any()) for gate in gates)


def _is_of_the_letter(it: Recurrence) -> bool:
    """Whether a is the same in all states that agree in the layers before."""
    for one in it.coordinates:
        gate = one.gate(it.starts())
        later = [axis for axis, c in enumerate(it.coordinates) if c.layer >= one.layer]
        if (gate.max(axis=tuple(later)) != gate.min(axis=tuple(later))).any():
            return False
    return True


def _rests(it: Recurrence) -> bool:
    """Whether all starts rest in time, at the number of repetitions that the theorem says."""
    state = it.starts()
    layers = max(one.layer for one in it.coordinates)
    for _ in range(rounds_to_rest(layers, VALUES)):
        state = it.step(state)
    return _same(state, it.step(state))


CHECKS: tuple[Check[Any], ...] = (
    Check(
        ids.ROUNDED,
        hypotheses=(_moves_by_itself, _keeps_order, _has_no_sign, _is_of_the_letter),
        conclusion=_rests,
        cases=(
            *each(
                "h <- {0} h + {1} rests from all numbers of 8 bits",
                _one,
                [(1.0, 0.0), *product((0.0, 0.375, 0.9375), (-1.75, 0.0, 0.0625))],
            ),
            *each(
                "h <- {0} h + {1}, rounded once, rests",
                lambda a, w: _one(a, w, fused=True),
                product((0.375, 0.9375), (-1.75, 0.0625)),
            ),
            Case("h <- 2 h + 1 rests, at NaN", lambda: _one(2.0, 1.0)),
            Case("two layers, the second with a gate that reads the first, rest", _stack),
            Case(
                "not by itself: (x, y) <- (y, x) has no negative entry and does not rest",
                lambda: Recurrence(
                    (Coordinate(constant(1.0), 0.0, reads=1), Coordinate(constant(1.0), 0.0))
                ),
                without=0,
            ),
            Case(
                "integers that wrap around, which is no order: h <- h + 1 does not rest",
                lambda: Recurrence((Coordinate(constant(1.0), 1.0),), np.uint8),
                without=1,
            ),
            Case("a negative entry: h <- -h does not rest", lambda: _one(-1.0, 0.0), without=2),
            Case(
                "an entry -0: h <- -0 h - 0 turns the sign of a zero round",
                lambda: _one(-0.0, -0.0),
                without=2,
            ),
            Case(
                "a gate that reads the state: 1 up to 1, 0 above; 1 and 2 in turn",
                lambda: Recurrence(
                    (Coordinate(lambda state: np.where(state[0] <= 1, 1.0, 0.0), 1.0),)
                ),
                without=3,
            ),
        ),
    ),
)
