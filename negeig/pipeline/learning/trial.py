"""What is trained, and how it is looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from negeig.claims import InputError
from negeig.pipeline.learning.recipe import Recipe
from negeig.precision.numbers.arithmetic import parse

Range = tuple[Fraction, Fraction]

RANGES: tuple[Range, ...] = ((Fraction(0), Fraction(1)), (Fraction(-1), Fraction(1)))
"""The contrast of the paper: eigenvalues from 0 to 1, and from -1 to 1."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What is trained and how it is looked at, beside the task.

    Attributes
    ----------
    ranges : tuple of (Fraction, Fraction)
        Each is trained for every seed. Steps have eigenvalues from LOW to HIGH, in [-1, 1].
    steps, heads, dim : int
        Delta steps a token, heads, and dimension of keys and values.
    recipe : Recipe
    seed, seeds : int
        The first seed, and how many: ``seed``, ``seed + 1``, ...
    length, words : int
        Letters of the fresh words on which accuracy is measured, and how many.
    arithmetic : tuple of str
        In which the reachable states of the trained network are explored; the long run is in the
        first.
    tokens : int
        Of the long run; 0 for none.

    Raises
    ------
    InputError
        Naming everything that is out of range.

    Examples
    --------
    >>> Trial(ranges=((Fraction(0), Fraction(2)),))
    Traceback (most recent call last):
    negeig.claims.InputError: learn: range 0,2: expected -1 <= LOW < HIGH <= 1
    """

    ranges: tuple[Range, ...] = RANGES
    steps: int = 1
    heads: int = 2
    dim: int = 16
    recipe: Recipe = field(default_factory=Recipe)
    seed: int = 0
    seeds: int = 3
    length: int = 256
    words: int = 256
    arithmetic: tuple[str, ...] = ("fp32", "bf16:acc32")
    tokens: int = 1 << 18

    def __post_init__(self) -> None:
        numbers = {"steps": 1, "heads": 1, "dim": 1, "seed": 0, "seeds": 1, "length": 1, "words": 1,
                   "tokens": 0}  # fmt: skip
        problems = [
            f"{name} is at least {least}, found {getattr(self, name)}"
            for name, least in numbers.items()
            if getattr(self, name) < least
        ]
        problems += [
            f"range {low},{high}: expected -1 <= LOW < HIGH <= 1"
            for low, high in self.ranges
            if not -1 <= low < high <= 1
        ]
        if len(set(self.ranges)) < len(self.ranges) or not self.ranges:
            problems.append("name at least one range, and each of them once")
        if any(parse(name).is_exact for name in self.arithmetic):
            problems.append("arithmetic: trained states have no end in exact arithmetic")
        problems += [
            f"arithmetic: {name!r} is explored by negeig precision only, not run on long words"
            for name in self.arithmetic
            if not parse(name).is_exact and not parse(name).is_basic
        ]
        if self.tokens and not self.arithmetic:
            problems.append("a long run needs an arithmetic: name one, or take 0 tokens")
        if problems:
            raise InputError("learn", problems)
