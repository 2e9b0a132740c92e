"""Exact decoding: the code nearest to a state of floating-point numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from negeig.arrays import Float64s
from negeig.theory.exact.numbers import Number, Vector, enclose
from negeig.theory.networks.network import Layer

KEPT = 1 << 14
"""Decoded states that are kept."""

FEW = 40
"""Entries of all codes up to which they are gone through one by one: arrays begin slowly."""


class Decoder:
    """Finds the code nearest to a state in Euclidean distance, exactly; the first of equals.

    Distances are compared in float64 where a bound of their error decides, and exactly elsewhere:
    rounded distances alone would decide ties wrongly, all the more for tiny states.

    Parameters
    ----------
    codes : sequence of Vector
        Exact points: rational, or in a number field.

    Attributes
    ----------
    first : list of int
        The codes without repetition, by their numbers: the first of equals each.

    Examples
    --------
    >>> decoder = Decoder([(Fraction(-1),), (Fraction(1),), (Fraction(1),)])
    >>> decoder.nearest([5e-324]), decoder.nearest([-0.0]), decoder.nearest([float("inf")])
    (1, 0, None)
    """

    def __init__(self, codes: Sequence[Vector]) -> None:
        self.codes = tuple(codes)
        numbers: dict[Vector, int] = {}
        for index, code in enumerate(self.codes):
            numbers.setdefault(code, index)
        self.first = list(numbers.values())
        # Several letters often lead to one state.
        self._found: dict[tuple[float, ...], int] = {}

    def nearest(self, state: Sequence[float]) -> int | None:
        """Return the index of the nearest code; None when a coordinate is infinite or NaN.

        O(codes x dimension); None, too, when there are no codes.
        """
        if not self.first or not all(map(math.isfinite, state)):
            return None
        point = tuple(state)
        found = self.held.get(point)
        if found is None:
            found = self._found.get(point)
        if found is None:
            found = self.first[self._by_floats(state)]
            if len(self._found) >= KEPT:
                self._found.clear()
            self._found[point] = found
        return found

    @cached_property
    def held(self) -> dict[tuple[float, ...], int]:
        """The codes that float64 holds, which states can equal, and their numbers."""
        found = {}
        for index in self.first:
            exact = [_ratio(x) for x in self.codes[index]]
            point = tuple(map(to_float, self.codes[index])) if all(exact) else (math.inf,)
            if all(map(math.isfinite, point)) and exact == [h.as_integer_ratio() for h in point]:
                found[point] = index
        return found

    @cached_property
    def points(self) -> Float64s:
        """The distinct codes rounded to float64, shape (codes, dim)."""
        kept = [self.codes[index] for index in self.first]
        # Many entries are equal, and one of a number field takes long.
        known: dict[Number, float] = {}

        def near(x: Number) -> float:
            if isinstance(x, Fraction):
                return to_float(x)
            if x not in known:
                known[x] = to_float(x)
            return known[x]

        rows = [[near(x) for x in code] for code in kept]
        return np.array(rows, np.float64).reshape(len(kept), len(kept[0]) if kept else 0)

    @cached_property
    def inexact(self) -> float:
        """A bound of the Euclidean distance of every one of ``points`` from its exact code."""
        worst = Fraction(0)
        errors: dict[Number, Fraction] = {}
        for index, point in zip(self.first, self.points.tolist(), strict=True):
            if not all(map(math.isfinite, point)):
                return math.inf
            if tuple(point) in self.held:
                continue
            off = Fraction(0)
            for exact, near in zip(self.codes[index], point, strict=True):
                if exact not in errors:
                    low, high = enclose(exact, 64)
                    errors[exact] = max(abs(low - Fraction(near)), abs(high - Fraction(near)))
                off += errors[exact]
            worst = max(worst, off)
        # The sum of the coordinates' errors bounds the Euclidean one; the factor, this rounding.
        return float(worst) * (1 + 2.0**-50)

    def _by_floats(self, state: Sequence[float]) -> int:
        """Return the number among the distinct codes of the nearest, exactly where it is close."""
        if len(self.first) == 1:
            return 0
        dim = len(state)
        with np.errstate(over="ignore", invalid="ignore"):
            squares: Any
            if len(self.first) * dim <= FEW:
                squares = [sum(map(_square, point, state)) for point in self._listed]
                least, second = sorted(squares)[:2]
                best = squares.index(least)
            else:
                squares = ((self.points - np.array(state, np.float64)) ** 2).sum(axis=1)
                best = int(squares.argmin())
                least, second = np.partition(squares, 1)[:2]
            gap = slack(least, dim, self.inexact) + slack(second, dim, self.inexact)
            return best if second - least > gap else self._by_directions(state)

    @cached_property
    def _listed(self) -> list[list[float]]:
        rows: list[list[float]] = self.points.tolist()
        return rows

    def _by_directions(self, state: Sequence[float]) -> int:
        """Return the nearest of codes that are equally long: the one of largest inner product.

        Inner products can be scaled with the state, so they tell codes apart that are as good as
        equally far from a tiny one.
        """
        if not self._equally_long:
            return self._exactly(state)
        largest = max(map(abs, state), default=0.0)
        if largest == 0.0:
            return 0
        scaled = np.ldexp(np.array(state, np.float64), -math.frexp(largest)[1])
        terms = self.points * scaled
        products = terms.sum(axis=1)
        best = int(products.argmax())
        # Every product and sum rounds once, and the codes are off by ``inexact``; with a margin.
        error = (len(state) + 4) * 2.0**-52 * np.abs(terms).sum(axis=1)
        error += 2 * self.inexact * math.sqrt(len(state)) + 1e-300
        others = np.delete(products + error, best)
        is_clear = products[best] - error[best] > others.max(initial=-math.inf)
        return best if is_clear else self._exactly(state)

    @cached_property
    def _equally_long(self) -> bool:
        return all(square == self._squares[0] for square in self._squares)

    def _exactly(self, state: Sequence[float]) -> int:
        twice = [2 * Fraction(h) for h in state]
        best, least = 0, self._squares[0] - _dot(self.codes[self.first[0]], twice)
        for c, square in enumerate(self._squares):
            # |c - h|^2 without |h|^2, which is the same for all codes.
            distance = square - _dot(self.codes[self.first[c]], twice)
            if distance < least:
                best, least = c, distance
        return best

    @cached_property
    def _squares(self) -> list[Number]:
        return [_dot(self.codes[index], self.codes[index]) for index in self.first]


@lru_cache(maxsize=8)
def decoder_of(layer: Layer) -> Decoder:
    """Return the decoder of a layer's codes, the same one for every arithmetic."""
    return Decoder(layer.codes)


def slack(square: Any, dim: int, inexact: float) -> Any:
    """Bound the error of a squared distance computed in float64, its terms added in any order.

    Every difference, square and sum rounds once, so the relative error is at most
    (dim + 3) 2^-53 up to second order, plus dim underflows. Codes off by ``inexact`` (a bound
    for their distance from the exact ones) move the root of it by at most that much.
    """
    return square * (dim + 4) * 2.0**-52 + inexact * (3 * np.sqrt(square) + 3 * inexact) + 1e-300


def to_float(number: Number) -> float:
    """Round a number to float64; infinite beyond its range.

    Examples
    --------
    >>> to_float(Fraction(1, 10)), to_float(Fraction(-(10**400)))
    (0.1, -inf)
    """
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _square(x: float, h: float) -> float:
    return (x - h) * (x - h)


def _ratio(number: Number) -> tuple[int, int] | None:
    """Return numerator and denominator of a rational number, None of another."""
    rational = number if isinstance(number, Fraction) else number.rational()
    return None if rational is None else rational.as_integer_ratio()


def _dot(x: Sequence[Number], y: Sequence[Number]) -> Number:
    total: Number = Fraction(0)
    for a, b in zip(x, y, strict=True):
        if a and b:
            total = total + a * b
    return total
