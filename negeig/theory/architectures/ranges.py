"""Ranges of real numbers whose ends belong to them or not, and how they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from negeig.theory.architectures.architecture import End
from negeig.theory.exact.numbers import Number

NUMBER = r"[+-]?(?:\d{1,9}(?:\.\d{1,18})?|\.\d{1,18})(?:[eE][+-]?\d{1,2})?(?:/\d{1,9})?"
"""A decimal or a fraction; no ``inf`` and no ``nan``."""

WORDS = re.compile(rf"(above|below)?({NUMBER})(?:\.\.(above|below)?({NUMBER}))?", re.ASCII)
BRACKETS = re.compile(rf"([(\[])({NUMBER})\.\.({NUMBER})([)\]])", re.ASCII)

FORMS = "0..2, above0..below1 for open ends (in quotes also '(0..1)'), or one number"


@dataclass(frozen=True)
class Range:
    """The numbers between two ends, each of which belongs to the range or not.

    Examples
    --------
    >>> gate = Range.read("above0..1")
    >>> str(gate), gate.holds(Fraction(0)), gate.holds(Fraction(1)), gate == Range.read("(0..1]")
    ('above0..1', False, True, True)
    """

    least: End
    most: End

    @staticmethod
    def of(least: int | str | Fraction, most: int | str | Fraction) -> Range:
        """Return the range of two ends that belong to it."""
        return Range(End(Fraction(least), True), End(Fraction(most), True))

    @staticmethod
    def read(text: str) -> Range:
        """Read ``0..2``, ``above0..below1``, ``(0..1]`` or ``1``.

        The range may be empty: see :attr:`is_empty`.

        Raises
        ------
        ValueError
            For another text.
        """
        compact = text.replace(" ", "")
        if "..." in compact:  # 0 to .2, or 0 to 2
            raise ValueError(f"{text!r} has three dots; write 0..2, or 0..0.2")
        if found := BRACKETS.fullmatch(compact):
            left, low, high, right = found.groups()
            return Range(End(read_number(low), left == "["), End(read_number(high), right == "]"))
        found = WORDS.fullmatch(compact)
        if found is None:
            raise ValueError(f"{text!r} is no range; write {FORMS}")
        left, low, right, high = found.groups()
        if high is None:
            if left is not None:
                raise ValueError(f"{text!r} has one end only; write {FORMS}")
            return Range.of(read_number(low), read_number(low))
        if left == "below" or right == "above":
            raise ValueError(f"{text!r}: above goes before the lower end, below before the upper")
        return Range(End(read_number(low), left is None), End(read_number(high), right is None))

    @property
    def is_empty(self) -> bool:
        """Whether no number is in the range."""
        low, high = self.least, self.most
        closed = low.is_reached and high.is_reached
        return low.value > high.value or (low.value == high.value and not closed)

    def holds(self, number: Number) -> bool:
        """Whether a number is in the range; exact, for algebraic numbers too."""
        low, high = self.least, self.most
        above = number > low.value or (low.is_reached and number == low.value)
        below = number < high.value or (high.is_reached and number == high.value)
        return above and below

    def within(self, other: Range) -> bool:
        """Whether all numbers of this range are in the other.

        Examples
        --------
        >>> Range.read("above0..1").within(Range.of(0, 1))
        True
        >>> Range.of(0, 1).within(Range.read("above0..1"))
        False
        """
        return self.is_empty or (
            (self.least.value, not self.least.is_reached)
            >= (other.least.value, not other.least.is_reached)
            and (self.most.value, self.most.is_reached) <= (other.most.value, other.most.is_reached)
        )

    @property
    def interval(self) -> str:
        """The range as an interval of mathematics, which says of each end whether it is reached.

        Examples
        --------
        >>> Range.read("above0..below1").interval, Range.of(0, 2).interval
        ('(0, 1)', '[0, 2]')
        """
        low, high = self.least, self.most
        left, right = "[" if low.is_reached else "(", "]" if high.is_reached else ")"
        return f"{left}{low.value}, {high.value}{right}"

    def __str__(self) -> str:
        """Return the range as it is read."""
        low, high = self.least, self.most
        if low.is_reached and high.is_reached and low.value == high.value:
            return str(low.value)
        return f"{'above' * (not low.is_reached)}{low.value}..{'below' * (not high.is_reached)}\
{high.value}"


def read_number(text: str) -> Fraction:
    """Read a decimal or a fraction.

    Raises
    ------
    ValueError
        For another text, and for a division by zero.

    Examples
    --------
    >>> read_number("1e-6"), read_number("1/3")
    (Fraction(1, 1000000), Fraction(1, 3))
    """
    if not re.fullmatch(NUMBER, text, re.ASCII):
        raise ValueError(f"{text!r} is no number")
    number, _, divisor = text.partition("/")
    if divisor and int(divisor) == 0:
        raise ValueError(f"{text!r} divides by zero")
    return Fraction(number) / int(divisor or 1)
