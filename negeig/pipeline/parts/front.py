"""Points of the front: proved networks that no other one beats."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from negeig.claims import Claim
from negeig.theory.constructions.budget import HIGHEST, LOWEST, has_unit_keys
from negeig.theory.constructions.route import Construction


@dataclass(frozen=True)
class Point:
    """A proved network of the front.

    ``representable`` says whether all its parameters are values of the format, so that storing
    them rounds nothing.
    """

    construction: Construction
    claims: tuple[Claim, ...]
    representable: bool

    @property
    def cost(self) -> tuple[int, int, int]:
        """Layers, steps a token and dimension."""
        return self.construction.cost

    @property
    def eigenvalues(self) -> tuple[Fraction, Fraction]:
        """The least and the largest eigenvalue of the steps; as a budget's range they are met.

        A step has one on the line of its key. The eigenvalue 1 of directions that no key touches
        does not count. An end that is irrational is that of [-1, 1].
        """
        layers = self.construction.network.layers
        values = [value for layer in layers for value in layer.eigenvalues]
        least, most = min(values, default=HIGHEST), max(values, default=HIGHEST)
        return (
            least if isinstance(least, Fraction) else LOWEST,
            most if isinstance(most, Fraction) else HIGHEST,
        )

    def beats(self, other: Point) -> bool:
        """Whether this point is at least as good in everything, and not the same in all."""
        return self.is_no_worse(other) and not other.is_no_worse(self)

    def is_no_worse(self, other: Point) -> bool:
        """Whether this point is at least as good in cost, least eigenvalue and being held."""
        pairs = zip(self._demands, other._demands, strict=True)
        return all(mine <= theirs for mine, theirs in pairs)

    @property
    def _demands(self) -> tuple[Fraction, ...]:
        least, _ = self.eigenvalues
        return (*map(Fraction, self.cost), -least, Fraction(not self.representable))

    def to_json(self) -> dict[str, Any]:
        """Return the point as it is listed in the front."""
        layers, steps, dim = self.cost
        return {
            "route": self.construction.route,
            "layers": layers,
            "steps": steps,
            "dim": dim,
            "eigenvalues": [str(value) for value in self.eigenvalues],
            "representable": self.representable,
            "unit_keys": has_unit_keys(self.construction.network),
        }
