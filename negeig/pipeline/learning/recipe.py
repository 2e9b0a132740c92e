"""How a network is trained: numbers only, so that the command line can show them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from negeig.claims import InputError


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """AdamW on random words, warmed up, then annealed by a cosine.

    Attributes
    ----------
    updates, batch : int
        Updates, and words in each.
    rate, decay : float
        Largest learning rate, and weight decay.
    shortest, longest : int
        Letters of the words; those of a batch have one length, each as likely as another.

    Raises
    ------
    InputError
        Naming every number that is out of range.

    Examples
    --------
    >>> recipe = Recipe()
    >>> [round(recipe.rate_at(update), 4) for update in (0, 99, 350, 599)]
    [0.0001, 0.01, 0.005, 0.0]
    """

    updates: int = 600
    batch: int = 128
    rate: float = 1e-2
    decay: float = 1e-2
    shortest: int = 3
    longest: int = 40

    def __post_init__(self) -> None:
        least = {"updates": 1, "batch": 1, "shortest": 1, "longest": self.shortest}
        problems = [
            f"{name} is at least {value}, found {getattr(self, name)}"
            for name, value in least.items()
            if getattr(self, name) < value
        ]
        if not 0 < self.rate < math.inf:
            problems.append(f"rate is a positive number, found {self.rate}")
        if problems:
            raise InputError("training", problems)

    @property
    def warmup(self) -> int:
        """Updates until the rate is reached: 100, or a sixth of all if that is less."""
        return min(100, max(self.updates // 6, 1))

    def rate_at(self, update: int) -> float:
        """Return the learning rate of one update, counted from 0."""
        grown = min(1.0, (update + 1) / self.warmup)
        over = max(0, update - self.warmup) / max(self.updates - self.warmup, 1)
        return self.rate * grown * (1 + math.cos(math.pi * over)) / 2
