"""A level whose layer lists its codes, and the point before each map."""

from __future__ import annotations

from dataclasses import dataclass

from negeig.theory.constructions.pieces.realisation import Realisation
from negeig.theory.exact.numbers import Vector


@dataclass(frozen=True)
class ListedLevel(Realisation):
    """A layer of which every code is known; ``befores[m][c]`` is the point before map m, by code.

    A code stands for a region of states where steps contract.
    """

    befores: tuple[tuple[int | None, ...], ...] = ()

    @property
    def states(self) -> list[Vector]:
        """The codes."""
        return list(self.points)

    def points_before(self, number: int) -> list[int | None]:
        """Return the point before a map that led to each code."""
        return list(self.befores[number])
