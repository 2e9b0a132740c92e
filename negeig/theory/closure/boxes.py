"""Boxes of states, and what a letter does to them: exact rational intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from negeig.theory.exact.numbers import Number
from negeig.theory.networks.network import DeltaStep, Step

Interval: TypeAlias = tuple[Fraction, Fraction]
"""Lower and upper end, both inside."""

Box: TypeAlias = tuple[Interval, ...]
"""An interval for each coordinate."""

Row: TypeAlias = tuple[Fraction, ...]


@dataclass(frozen=True)
class Affine:
    """The map ``h <- matrix h + shift``, exact.

    Examples
    --------
    >>> step = DeltaStep(Fraction(3, 4), (Fraction(1),), Fraction(1))
    >>> quarter = Affine.of([step], 1)
    >>> [(str(low), str(high)) for low, high in quarter.image(((Fraction(-1), Fraction(1)),))]
    [('1/2', '1')]
    """

    matrix: tuple[Row, ...]
    shift: Row

    @classmethod
    def of(cls, steps: Iterable[Step], dim: int) -> Affine:
        """Return what some rational steps do, one after the other. Raises TypeError for others."""
        zero, one = Fraction(0), Fraction(1)
        found = cls(
            tuple(tuple(one if i == j else zero for j in range(dim)) for i in range(dim)),
            (zero,) * dim,
        )
        for step in steps:
            found = found.then(step)
        return found

    def then(self, step: Step) -> Affine:
        """Return this map followed by a step. O(dimension^2) for a delta step."""
        if not isinstance(step, DeltaStep):
            rows = [rational(row) for row in step.matrix]
            columns = list(zip(*self.matrix, strict=True))
            return Affine(
                tuple(tuple(dot(row, column) for column in columns) for row in rows),
                tuple(
                    dot(row, self.shift) + b
                    for row, b in zip(rows, rational(step.bias), strict=True)
                ),
            )
        (beta, write), key = rational((step.beta, step.write)), rational(step.key)
        row = [dot(key, column) for column in zip(*self.matrix, strict=True)]
        off = write - dot(key, self.shift)
        return Affine(
            tuple(
                tuple(x - beta * k * y for x, y in zip(own, row, strict=True)) if k else own
                for k, own in zip(key, self.matrix, strict=True)
            ),
            tuple(b + beta * k * off for k, b in zip(key, self.shift, strict=True)),
        )

    def image(self, box: Box) -> Box:
        """Return the least box around the image of a box. Exact."""
        return tuple(linear(row, b, box) for row, b in zip(self.matrix, self.shift, strict=True))


def linear(row: Sequence[Fraction], shift: Fraction, box: Box) -> Interval:
    """Return the range of ``row . h + shift`` over a box. Exact."""
    low = high = shift
    for a, (least, most) in zip(row, box, strict=True):
        if a:
            low += a * (least if a > 0 else most)
            high += a * (most if a > 0 else least)
    return low, high


def computed(step: Step) -> tuple[bool, ...]:
    """Return which coordinates a step computes anew: the others stay as they are.

    A coordinate whose entry of the key is 0 has a zero added, which changes at most its sign.
    """
    if isinstance(step, DeltaStep):
        return tuple(k != 0 for k in step.key)
    return tuple(
        b != 0 or any(a != (i == j) for j, a in enumerate(row))
        for i, (row, b) in enumerate(zip(step.matrix, step.bias, strict=True))
    )


def dot(row: Sequence[Fraction], column: Sequence[Fraction]) -> Fraction:
    """Return an inner product. Exact."""
    return sum((a * b for a, b in zip(row, column, strict=True) if a and b), Fraction(0))


def rational(numbers: Iterable[Number]) -> Row:
    """Return numbers as they are. Raises TypeError where one is not rational."""
    found = []
    for number in numbers:
        if not isinstance(number, Fraction):
            raise TypeError("boxes are for rational layers")
        found.append(number)
    return tuple(found)


def moved(box: Box, by: Sequence[Fraction]) -> Box:
    """Return the box of all points that are off a box by at most so much in each coordinate."""
    return tuple((low - e, high + e) for (low, high), e in zip(box, by, strict=True))


def inside(box: Box, other: Box | None) -> bool:
    """Whether a box lies in another; in None none does."""
    return other is not None and all(
        low <= least and most <= high for (least, most), (low, high) in zip(box, other, strict=True)
    )


def hull(one: Box, other: Box) -> Box:
    """Return the least box around two."""
    return tuple((min(a, b), max(c, d)) for (a, c), (b, d) in zip(one, other, strict=True))


def largest(interval: Interval) -> Fraction:
    """Return the largest absolute value in an interval."""
    return max(abs(interval[0]), abs(interval[1]))
