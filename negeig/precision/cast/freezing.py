"""From which step on a cast orbit never changes again, with proof.

The increments of each seen coordinate, f(k) = m A^k w, satisfy a linear recurrence of order
r <= n, found exactly from 2n of them (Kronecker: r is the rank of their Hankel matrix). If the
powers of its companion matrix contract, |f(k)| + |f(k+1)| + ... is at most a constant times the
largest of f(k), ..., f(k+r-1): when the coordinate is further than that from the ends of its cell
it stays there. If only the differences f(k+1) - f(k) contract, f ends with a constant sign, which
settles a coordinate that has saturated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Any

from negeig.claims import LimitReached
from negeig.precision.cast.cast import Cast, Cell
from negeig.precision.cast.families import Family, Variant
from negeig.precision.cast.orbits import GUARD_BITS, Affine, PowerBounds, Scaled
from negeig.theory.exact.linear_algebra import rank, solve


@dataclass(frozen=True)
class Freezing:
    """What is known about the last change of a cast state as k grows.

    Attributes
    ----------
    step : int or None
        The cast state is the same for all k >= step, and another one at step - 1; None: open.
    examined : int
        The casts up to this k were computed.
    last_change : int
        Last k <= ``examined`` at which the cast differs from the one before; 0 if none does.
    """

    step: int | None
    examined: int
    last_change: int

    def to_json(self) -> dict[str, Any]:
        """Return the result as a JSON object."""
        return {
            "verdict": "open" if self.step is None else "proved",
            "step": self.step,
            "examined": self.examined,
            "last_change": self.last_change,
        }


def freezing(
    family: Family, cast: Cast, *, variant: Variant = "state", max_steps: int = 20_000
) -> Freezing:
    """Find the step from which the cast state after ``prefix word^k suffix`` stays the same.

    The casts are computed up to k = 16, 32, 64, ... and there the tail is tried. Open when the
    tail does not contract (eigenvalues on or outside the unit circle, other than one drift), when
    the state tends to the edge of a cell, or when ``max_steps`` are not enough or cost too much.

    Examples
    --------
    >>> from negeig.precision.cast.cast import FormatCast
    >>> from negeig.precision.numbers.formats import BF16
    >>> from negeig.theory.networks.network import DenseStep, Layer
    >>> half, one = Fraction(1, 2), Fraction(1)
    >>> layer = Layer(alphabet=("a",), initial=(half * 0,), codes=(), emit=(),
    ...               steps={"a": (DenseStep(((half,),), (one,)),)})
    >>> freezing(Family(layer, (), ("a",), ()), FormatCast(BF16))
    Freezing(step=9, examined=16, last_change=9)
    """
    tails = _tails(family, variant)
    casts = family.casts(cast, variant)
    last, cells = 0, next(casts)
    k, check = 0, min(16, max_steps)
    while True:
        while k < check:
            try:
                after = next(casts)
            except LimitReached:
                return Freezing(None, k, last)
            k += 1
            last = last if after == cells else k
            cells = after
        if _settled(family, tails, cells, k, cast, variant):
            return Freezing(last, k, last)
        if check == max_steps:
            return Freezing(None, k, last)
        check = min(2 * check, max_steps)


class _Tail:
    """One orbit ``view(step^k(start))`` and the recurrences of its coordinates' increments."""

    def __init__(self, step: Affine, view: Affine, start: Scaled) -> None:
        self.step, self.view, self.start = step, view, start
        n = len(step.rows)
        states = [_fractions(view(x)) for x in _walk(step, start, 2 * n + 2)]
        self.dimension = n
        self._increments = [_differences(c) for c in zip(*states, strict=True)]
        self._series = [_series(f) for f in self._increments]
        self._drifts = [_series(_differences(f)) for f in self._increments]

    def settled(self, k: int, cast: Cast) -> tuple[Cell, ...] | None:
        """Return the cells that all coordinates keep from step k on; None if not shown."""
        bits = cast.unit_bits + 4 * GUARD_BITS
        at = self.step.iterate(self.start, k)
        walk = [self.view(x) for x in _walk(self.step, at, self.dimension + 3)]
        cells = []
        for i in range(self.dimension):
            # Floors to ``bits`` after the point: each is less than a unit below the exact value.
            seen = [(values[i] << bits) // q for values, q in walk]
            cell = cast.cell(Fraction(walk[0][0][i], walk[0][1]))
            if not (self._stays(i, seen, cell, bits) or self._saturated(i, seen, cell)):
                return None
            cells.append(cell)
        return tuple(cells)

    def _stays(self, i: int, seen: Sequence[int], cell: Cell, bits: int) -> bool:
        series = self._series[i]
        if series is None:
            return False
        order, constant = series
        radius = _radius(_differences(seen), order, constant)
        # An increment of order 0 vanishes for good: the exact value was cast already.
        one = 1 << bits
        return order == 0 or (
            cell.holds(seen[0] - radius, one) and cell.holds(seen[0] + radius + 1, one)
        )

    def _saturated(self, i: int, seen: Sequence[int], cell: Cell) -> bool:
        drift = self._drifts[i]
        if drift is None or (cell.low is not None and cell.high is not None):
            return False
        order, constant = drift
        increments = _differences(seen)
        radius = _radius(_differences(increments), order, constant) + 2
        return (cell.high is None and increments[0] > radius) or (
            cell.low is None and increments[0] < -radius
        )


def _tails(family: Family, variant: Variant) -> list[_Tail]:
    if variant == "state":
        return [_Tail(family.step, family.view, family.start)]
    step, view = family.step.linear, family.view.linear
    return [_Tail(step, view, vector) for vector in (*family.moving, *family.summed)]


def _settled(
    family: Family,
    tails: Sequence[_Tail],
    cells: tuple[Cell, ...],
    k: int,
    cast: Cast,
    variant: Variant,
) -> bool:
    """Whether the cast state stays the same from step k on, where it is ``cells``."""
    kept = [tail.settled(k, cast) for tail in tails]
    if any(cell is None for cell in kept):
        return False
    if variant == "state":
        return True
    # All terms keep their casts: the sum goes on in equal steps, for ever in one direction.
    terms = kept[len(family.moving) :]
    slopes = [
        sum((term[i].value for term in terms if term), Fraction(0)) for i in range(len(cells))
    ]
    return all(
        slope == 0 or (cell.high if slope > 0 else cell.low) is None
        for slope, cell in zip(slopes, cells, strict=True)
    )


def _series(f: Sequence[Fraction]) -> tuple[int, Fraction] | None:
    """Order r of a sequence's recurrence and c with sum_j |f(k+j)| <= c max(|f(k)|, ...)."""
    n = len(f) // 2
    hankel = tuple(tuple(f[i + j] for j in range(n)) for i in range(n))
    r = rank(hankel)
    if r == 0:
        return 0, Fraction(0)
    block = tuple(row[:r] for row in hankel[:r])
    coefficients = solve(block, tuple(f[r : 2 * r]))
    if coefficients is None:
        return None
    shift = [[Fraction(i + 1 == j) for j in range(r)] for i in range(r - 1)]
    last = [c for c in coefficients if isinstance(c, Fraction)]
    bound = PowerBounds(Affine.of([*shift, last], [Fraction(0)] * r)).series()
    return None if bound is None else (r, bound)


def _radius(sequence: Sequence[int], order: int, constant: Fraction) -> int:
    """Bound for the rest of a series from its first terms, each known to within 2 units."""
    largest = max((abs(x) for x in sequence[:order]), default=-2) + 2
    return ceil(constant * largest)


def _walk(step: Affine, start: Scaled, steps: int) -> list[Scaled]:
    states = [start]
    for _ in range(steps):
        states.append(step(states[-1]))
    return states


def _fractions(state: Scaled) -> list[Fraction]:
    values, q = state
    return [Fraction(v, q) for v in values]


def _differences(sequence: Sequence[Any]) -> list[Any]:
    return [b - a for a, b in pairwise(sequence)]
