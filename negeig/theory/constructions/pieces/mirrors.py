"""Mirrors of a regular polygon as single delta steps, in the plane or with rational entries.

The symmetries of a regular k-gon are the rotations by multiples of 2 pi/k and the k reflections
``angle -> 2 pi c/k - angle``, called mirror c here: c = 0, ..., k - 1. The plane needs the cosines
and sines of 2 pi/k. For the triangle and the hexagon three rational coordinates do as well: the
plane x + y + z = constant, where mirrors swap coordinates (root systems A_2 and G_2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from negeig.theory.exact.fields import polygon
from negeig.theory.exact.numbers import Vector, simplified
from negeig.theory.factors.factorisation import ONE, TWO, ZERO
from negeig.theory.networks.network import DeltaStep


@dataclass(frozen=True)
class Mirrors:
    """The mirrors of a regular polygon. Exact.

    Attributes
    ----------
    order : int
        Number k of corners.
    step : callable
        Mirror c as a delta step, an orthogonal reflection.
    axis : callable
        A point on mirror c.
    generic : Vector
        A point on no mirror.
    names : tuple of str
        What the coordinates are.
    """

    order: int
    step: Callable[[int], DeltaStep]
    axis: Callable[[int], Vector]
    generic: Vector
    names: tuple[str, ...]


def plane_mirrors(order: int) -> Mirrors:
    """Return the mirrors of the k-gon in the plane, mirror c at the angle pi c/k.

    Entries lie in the field of cos(2 pi/k) and sin(2 pi/k), see
    :mod:`negeig.theory.exact.fields`.
    Keys have length 1 where that field holds the half angle, otherwise the key joins two corners.

    Examples
    --------
    >>> square = plane_mirrors(4)
    >>> [str(x) for x in square.step(1).apply((Fraction(5), Fraction(7)))]  # swaps the coordinates
    ['7', '5']
    >>> rotated = plane_mirrors(5).step(2).apply(plane_mirrors(5).step(0).apply((ONE, ZERO)))
    >>> rotated == polygon(5)[2]
    True
    """
    corners = polygon(order)

    def direction(c: int) -> Vector | None:
        """Return a unit vector along mirror c where the field has one."""
        if 2 * c == order:
            return ZERO, ONE
        halves = [d // 2 for d in (c, c + order) if d % 2 == 0]
        return corners[halves[0] % order] if halves else None

    def step(c: int) -> DeltaStep:
        c %= order
        along = direction(c)
        if along is not None:
            return DeltaStep(TWO, (-along[1], along[0]), ZERO)
        cosine, sine = corners[c]
        return DeltaStep(simplified(1 / (1 - cosine)), (cosine - 1, sine), ZERO)

    def axis(c: int) -> Vector:
        c %= order
        cosine, sine = corners[c]
        return direction(c) or (1 + cosine, sine)

    # 2 + i and 2 - i are different primes, so no power of (2 + i)/(2 - i) is 1: the angle of (2, 1)
    # is no rational multiple of pi.
    return Mirrors(order, step, axis, (TWO, ONE), ("x", "y"))


def rational_mirrors(order: int) -> Mirrors | None:
    """Return the mirrors of the triangle or the hexagon in three rational coordinates, else None.

    Those of the triangle swap two coordinates: entries 0, 1, -1 and beta 1. The hexagon has three
    more, with keys such as (2, -1, -1) and beta 1/3.

    Examples
    --------
    >>> step = rational_mirrors(3).step(0)
    >>> [str(k) for k in step.key], str(step.beta)
    (['0', '1', '-1'], '1')
    """
    if order not in (3, 6):
        return None
    # Corner i of the triangle is along e_i; the hexagon's corners are +-(3 e_i - (1, 1, 1)).
    units = [tuple(Fraction(int(i == j)) for j in range(3)) for i in range(3)]
    long = [tuple(3 * x - 1 for x in unit) for unit in units]
    hexagon = [tuple((-1) ** c * x for x in long[2 * c % 3]) for c in range(6)]

    def swap(c: int) -> DeltaStep:
        fixed = 2 * c % 3
        i, j = (x for x in range(3) if x != fixed)
        key = tuple(a - b for a, b in zip(units[i], units[j], strict=True))
        return DeltaStep(ONE, key, ZERO)

    if order == 3:
        generic = tuple(Fraction(x) for x in (1, 2, 3))
        names = tuple(f"corner {i + 1}" for i in range(3))
        return Mirrors(3, swap, lambda c: units[2 * c % 3], generic, names)

    def step(c: int) -> DeltaStep:
        if c % 2 == 0:
            return swap(c // 2)
        return DeltaStep(Fraction(1, 3), hexagon[(c + 3) // 2 % 6], ZERO)

    def axis(c: int) -> Vector:
        return hexagon[c // 2 % 6] if c % 2 == 0 else step(c + 3).key

    generic = tuple(Fraction(x) for x in (1, 2, -3))
    return Mirrors(6, step, axis, generic, tuple("xyz"))


def realisations(order: int) -> list[Mirrors]:
    """Return the mirrors in the plane, and with rational entries where that differs."""
    rational = rational_mirrors(order)
    return [plane_mirrors(order)] + ([rational] if rational is not None else [])
