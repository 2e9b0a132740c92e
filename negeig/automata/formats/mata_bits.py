"""Formulas over bits on the edges of Mata's automata over vectors of bits.

A formula such as ``x & !y | z`` stands for the vectors of bits that satisfy it. With ``k`` bits
there are ``2**k`` letters, each written as its bits in order, such as ``"101"``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

DEEPEST_FORMULA = 50
"""Brackets and negations of a formula may be nested this deep."""

CONSTANTS = ("\\true", "\\false")


class Token(NamedTuple):
    """A name, quoted or not, or an operator; and its place as messages begin with it."""

    text: str
    kind: str
    place: str


def variables(formula: Sequence[Token]) -> list[Token]:
    """Return the names of bits in a formula, in order, repetitions too."""
    return [t for t in formula if t.kind != "sign" and t.text not in CONSTANTS]


def has_open_choice(formula: Sequence[Token]) -> bool:
    """Whether a formula has ``|`` outside of brackets, which binds less than a ``&`` after it."""
    depth = 0
    for token in formula:
        if token.kind == "sign":
            depth += (token.text == "(") - (token.text == ")")
            if token.text == "|" and depth == 0:
                return True
    return False


def satisfying(formula: Sequence[Token], bits: Mapping[str, int]) -> list[int]:
    """Return the letters that satisfy a formula, as numbers whose binary digits are the bits.

    ``bits`` gives the place of each bit from the left. Raises ValueError, with the place, where the
    formula is not well formed. Complexity: O(tokens x 2**bits) bit operations.

    Examples
    --------
    >>> tokens = [Token(t, "sign" if t in "&|!()" else "name", "") for t in "x & ! y".split()]
    >>> satisfying(tokens, {"x": 0, "y": 1})
    [2]
    """
    reader = _Formula(formula, bits)
    value = reader.either(0)
    if reader.at < len(formula):
        raise ValueError(f"{formula[reader.at].place}unexpected {formula[reader.at].text!r}")
    return [letter for letter, digit in enumerate(reversed(f"{value:b}")) if digit == "1"]


class _Formula:
    """Recursive descent; a set of letters is an integer that has a binary digit for each."""

    def __init__(self, formula: Sequence[Token], bits: Mapping[str, int]) -> None:
        self.formula = formula
        self.bits = bits
        self.at = 0
        self.all = (1 << (1 << len(bits))) - 1

    def accept(self, sign: str) -> bool:
        here = self.formula[self.at : self.at + 1]
        found = bool(here) and (here[0].kind, here[0].text) == ("sign", sign)
        self.at += found
        return found

    def either(self, depth: int) -> int:
        value = self.both(depth)
        while self.accept("|"):
            value |= self.both(depth)
        return value

    def both(self, depth: int) -> int:
        value = self.literal(depth)
        while self.accept("&"):
            value &= self.literal(depth)
        return value

    def literal(self, depth: int) -> int:
        if self.at >= len(self.formula):
            raise ValueError(f"{self.formula[-1].place}the formula ends too early")
        token = self.formula[self.at]
        if depth > DEEPEST_FORMULA:
            raise ValueError(f"{token.place}nested more than {DEEPEST_FORMULA} deep")
        if self.accept("!"):
            return self.all ^ self.literal(depth + 1)
        if self.accept("("):
            value = self.either(depth + 1)
            if not self.accept(")"):
                raise ValueError(f"{token.place}this bracket is not closed")
            return value
        if token.kind == "sign":
            raise ValueError(f"{token.place}unexpected {token.text!r}")
        self.at += 1
        if token.text in CONSTANTS:
            return self.all if token.text == CONSTANTS[0] else 0
        half = 1 << (len(self.bits) - 1 - self.bits[token.text])
        ones = ((1 << half) - 1) << half
        return self.all // ((1 << 2 * half) - 1) * ones
