"""Rounding as data: to which numbers, in which direction, and what lies beyond or beneath them.

A :class:`Rounding` takes exact rationals; it is the specification that arrays
(:mod:`~.array_rounding`) and compiled code are tested against.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from negeig.precision.numbers.formats import Direction, Format, to_units


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Fixed-point numbers: the multiples of 2^-q.

    Parameters
    ----------
    q : int
    bits : int or None
        None: no largest number, and a zero keeps its sign, as infinities and NaN stay what they
        are. Otherwise two's complement of so many bits: from -2^(bits-1) to 2^(bits-1) - 1
        units, one zero, and overflow gives the nearest of these; a NaN stays one.

    Examples
    --------
    >>> Grid(q=6, bits=8).max_finite, Grid(q=6, bits=8).lowest
    (Fraction(127, 64), Fraction(-2, 1))
    """

    q: int
    bits: int | None = None

    @property
    def has_inf(self) -> bool:
        """Whether infinities stay what they are."""
        return self.bits is None

    @property
    def has_nan(self) -> bool:
        """Whether overflow could give NaN: it never does."""
        return False

    @property
    def has_negative_zero(self) -> bool:
        """Whether -0 and +0 are two states."""
        return self.bits is None

    @property
    def max_finite(self) -> Fraction | None:
        """The largest number; None where there is none."""
        return None if self.bits is None else Fraction(2 ** (self.bits - 1) - 1, 2**self.q)

    @property
    def lowest(self) -> Fraction | None:
        """The lowest number; None where there is none."""
        return None if self.bits is None else Fraction(-(2 ** (self.bits - 1)), 2**self.q)

    def unit(self, _x: Fraction) -> int:
        """Return the exponent of the distance of neighbouring numbers."""
        return -self.q


@dataclass(frozen=True, kw_only=True)
class Rounding:
    """How an exact number becomes one of a format or a grid.

    Parameters
    ----------
    target : Format or Grid
    direction : str
        ``rne`` to nearest, ties to even; ``rtz`` toward zero; ``rna`` to nearest, ties away from
        zero.
    saturates : bool
        Overflow gives the largest number, and so does an infinity. Otherwise overflow gives
        infinity, or NaN in a format without infinities, or the largest number in one without
        either; toward zero a finite number never leaves the range (IEEE 754-2019, 7.4).
    flushes : bool
        A result that is subnormal, once rounded, becomes a zero of its sign.

    Examples
    --------
    >>> from negeig.precision.numbers.formats import BF16, E4M3FN
    >>> third = Fraction(1, 3)
    >>> [Rounding(target=BF16, direction=way).round(-third) for way in ("rne", "rtz")]
    [-0.333984375, -0.33203125]
    >>> Rounding(target=E4M3FN, saturates=True).round(Fraction(1000))
    448.0
    """

    target: Format | Grid
    direction: Direction = "rne"
    saturates: bool = False
    flushes: bool = False

    def round(self, x: Fraction) -> float:
        """Round a number other than 0, once; what underflows is a zero of its sign. Exact."""
        return self.held(to_units(x, self.target.unit(x), self.direction), negative=x < 0)

    def around(self, x: Fraction) -> tuple[float, ...]:
        """Return both neighbours of a number other than 0, nearer to zero first; itself if held.

        These are the outcomes of stochastic rounding. Above the largest number the outer one is
        what overflow gives.

        Examples
        --------
        >>> from negeig.precision.numbers.formats import BF16
        >>> Rounding(target=BF16).around(Fraction(-1, 3)), Rounding(target=BF16).around(Fraction(2))
        ((-0.33203125, -0.333984375), (2.0,))
        """
        unit = self.target.unit(x)
        inner = to_units(x, unit, "rtz")
        if inner == x:
            return (self.held(x, negative=x < 0),)
        outer = inner + (Fraction(2) ** unit if x > 0 else -(Fraction(2) ** unit))
        # Both may be flushed, or overflow, to the same number.
        both = self.held(inner, negative=x < 0), self.held(outer, negative=x < 0)
        return both[:1] if repr(both[0]) == repr(both[1]) else both

    def special(self, x: float) -> float:
        """Return what becomes of a zero, an infinity or a NaN."""
        if math.isinf(x) and (self.saturates or not self.target.has_inf):
            return self._beyond(x < 0)
        if x == 0 and not self.target.has_negative_zero:
            return 0.0
        return math.nan if math.isnan(x) else x

    def held(self, value: Fraction | float, *, negative: bool) -> float:
        """Return a rounded number as a float, unless it is beyond or beneath what is held.

        ``value`` is finite and ``negative`` its sign, which it has lost where it is 0.
        """
        size = -value if negative else value
        if size > self._bounds[negative]:
            return self._largest(negative) if self.direction == "rtz" else self._beyond(negative)
        if self.flushes and isinstance(self.target, Format):
            size = 0.0 if size < float(self.target.normal) else size
        zero = -0.0 if negative else 0.0
        return math.copysign(float(size), zero) if size else self.special(zero)

    def _beyond(self, negative: bool) -> float:
        """Return what overflow gives."""
        has_inf = self.target.has_inf
        if self.saturates or not (has_inf or self.target.has_nan):
            return self._largest(negative)
        if not has_inf:
            return math.nan
        return -math.inf if negative else math.inf

    def _largest(self, negative: bool) -> float:
        return -self._bounds[True] if negative else self._bounds[False]

    @cached_property
    def _bounds(self) -> tuple[float, float]:
        """The largest magnitudes of positive and of negative numbers; infinite without bound."""
        largest, lowest = self.target.max_finite, self.target.lowest
        return (
            math.inf if largest is None else float(largest),
            math.inf if lowest is None else -float(lowest),
        )
