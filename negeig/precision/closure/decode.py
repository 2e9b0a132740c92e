"""Exact decoding: the code nearest to a state of floating-point numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property

from negeig.theory.exact.numbers import Number, Vector


class Decoder:
    """Finds the code nearest to a state in Euclidean distance, exactly; the first of equals.

    A comparison of rounded distances would decide ties wrongly, all the more for tiny states.

    Parameters
    ----------
    codes : sequence of Vector
        Exact points: rational, or in a number field.

    Examples
    --------
    >>> decoder = Decoder([(Fraction(-1),), (Fraction(1),), (Fraction(1),)])
    >>> decoder.nearest([5e-324]), decoder.nearest([-0.0]), decoder.nearest([float("inf")])
    (1, 0, None)
    """

    def __init__(self, codes: Sequence[Vector]) -> None:
        self.codes = tuple(codes)

    @cached_property
    def _squares(self) -> list[Number]:
        return [_dot(code, code) for code in self.codes]

    @cached_property
    def _index(self) -> dict[Vector, int]:
        return {code: index for index, code in reversed(list(enumerate(self.codes)))}

    def nearest(self, state: Sequence[float]) -> int | None:
        """Return the index of the nearest code; None when a coordinate is infinite or NaN.

        O(codes x dimension) exact operations. None, too, when there are no codes.
        """
        if not all(map(math.isfinite, state)):
            return None
        point = tuple(map(Fraction, state))
        if point in self._index:
            return self._index[point]
        twice = [2 * h for h in point]
        best: int | None = None
        least: Number = Fraction(0)
        for index, (code, square) in enumerate(zip(self.codes, self._squares, strict=True)):
            # |c - h|^2 without |h|^2, which is the same for all codes.
            distance = square - _dot(code, twice)
            if best is None or distance < least:
                best, least = index, distance
        return best


def _dot(x: Sequence[Number], y: Sequence[Number]) -> Number:
    total: Number = Fraction(0)
    for a, b in zip(x, y, strict=True):
        if a and b:
            total = total + a * b
    return total
