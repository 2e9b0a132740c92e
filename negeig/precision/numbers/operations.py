"""The operations of one arithmetic, one number at a time: exact rationals, rounded once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from negeig.precision.numbers.formats import Format
from negeig.precision.numbers.models import Arithmetic, Order
from negeig.precision.numbers.rounding import Rounding


class Operations:
    """What + and * and storing a coordinate give in one arithmetic, on floats that it holds.

    Parameters
    ----------
    arithmetic : Arithmetic
        Not exact: raises ValueError.

    Notes
    -----
    A result that is exactly zero has the sign of the float operation; every NaN is the same.

    Examples
    --------
    >>> from negeig.precision.numbers.arithmetic import parse
    >>> bf16, down = Operations(parse("bf16")), Operations(parse("bf16:rtz"))
    >>> bf16.add(1.0, 0.001), bf16.multiply(-0.0, 3.0), down.add(1.0, -1e-9)
    (1.0, -0.0, 0.99609375)
    """

    def __init__(self, arithmetic: Arithmetic) -> None:
        if arithmetic.operations is None or arithmetic.state is None:
            raise ValueError("exact arithmetic is explored elsewhere")
        self.arithmetic = arithmetic
        self.operations: Format = arithmetic.operations
        self.rounding = arithmetic.operation_rounding
        self.storing = arithmetic.state_rounding
        sums = arithmetic.sums or arithmetic.operations
        self.summing = Rounding(target=sums, flushes=arithmetic.flushes)

    def add(self, a: float, b: float) -> float:
        """Return a + b, rounded once."""
        a, b = self.read_operand(a), self.read_operand(b)
        if not (math.isfinite(a) and math.isfinite(b)):
            return self.rounding.special(a + b)
        exact = Fraction(a) + Fraction(b)
        return self.rounding.round(exact) if exact else self.rounding.special(a + b)

    def add_products(self, a: float, b: float) -> float:
        """Return a + b within a dot product, rounded once."""
        if self.arithmetic.sums is None:
            return self.add(a, b)
        if not (math.isfinite(a) and math.isfinite(b)):
            return self.summing.special(a + b)
        exact = Fraction(a) + Fraction(b)
        return self.summing.round(exact) if exact else self.summing.special(a + b)

    def summed(self, s: float) -> float:
        """Return a dot product as an operation gives it: rounded from the format of sums."""
        if self.arithmetic.sums is None:
            return s
        return self.rounding.round(Fraction(s)) if self._rounds(s) else self.rounding.special(s)

    def multiply(self, a: float, b: float) -> float:
        """Return a b, rounded once."""
        a, b = self.read_operand(a), self.read_operand(b)
        if not (math.isfinite(a) and math.isfinite(b)):
            return self.rounding.special(a * b)
        exact = Fraction(a) * Fraction(b)
        return self.rounding.round(exact) if exact else self.rounding.special(a * b)

    def fused(self, a: float, b: float, c: float) -> float:
        """Return a b + c, rounded once."""
        a, b, c = self.read_operand(a), self.read_operand(b), self.read_operand(c)
        if not (math.isfinite(a) and math.isfinite(b)):
            return self.rounding.special(a * b + c)
        if not math.isfinite(c):  # a float64 product may overflow, the exact one does not
            return self.rounding.special(c)
        exact = Fraction(a) * Fraction(b) + Fraction(c)
        # An exact zero has the sign of a float sum of the two signed terms.
        product = math.copysign(1.0, a) * math.copysign(1.0, b) * (1.0 if a and b else 0.0)
        zero = product + (math.copysign(1.0, c) if c else c)
        return self.rounding.round(exact) if exact else self.rounding.special(zero)

    def accumulate(self, a: float, b: float, c: float) -> float:
        """Return c + a b, the product rounded first unless there is an fma."""
        return self.fused(a, b, c) if self.arithmetic.fma else self.add(c, self.multiply(a, b))

    def store(self, x: float) -> float:
        """Round one coordinate to the state format or the grid; a zero keeps its sign.

        Where that is a choice, the nearest is taken; see :meth:`outcomes`.
        """
        return self.storing.round(Fraction(x)) if self._rounds(x) else self.storing.special(x)

    def outcomes(self, x: float) -> tuple[float, ...]:
        """Return everything that storing one coordinate may give, nearer to zero first."""
        if self.arithmetic.stochastic and self._rounds(x):
            return self.storing.around(Fraction(x))
        return (self.store(x),)

    def read_operand(self, x: float) -> float:
        """Return an operand as an operation reads it: a subnormal one may count as zero."""
        if self.arithmetic.flushes_operands and x and abs(x) < self.operations.normal:
            return math.copysign(0.0, x)
        return x

    def _rounds(self, x: float) -> bool:
        return x != 0 and math.isfinite(x)


def additions(order: Order, terms: int) -> Iterator[tuple[int, int]]:
    """Yield which terms a sum adds: (i, j) stands for term i becoming term i + term j.

    The sum is term 0 in the end. O(terms).

    Examples
    --------
    >>> [list(additions(order, 4)) for order in ("left", "pairwise", "butterfly")]
    [[(0, 1), (0, 2), (0, 3)], [(0, 1), (2, 3), (0, 2)], [(0, 2), (1, 3), (0, 1)]]
    """
    if order == "left":
        yield from ((0, j) for j in range(1, terms))
        return
    strides = [1 << level for level in range((terms - 1).bit_length())] if terms > 1 else []
    if order == "pairwise":
        for stride in strides:
            yield from ((i, i + stride) for i in range(0, terms - stride, 2 * stride))
        return
    for stride in reversed(strides):
        yield from ((i, i + stride) for i in range(stride))


def terms_of(order: Order, terms: int) -> int:
    """Return how many terms a sum has once zeros are added: a power of two for a butterfly.

    Examples
    --------
    >>> terms_of("butterfly", 5), terms_of("pairwise", 5), terms_of("butterfly", 1)
    (8, 5, 1)
    """
    return 1 << (terms - 1).bit_length() if order == "butterfly" and terms else terms
