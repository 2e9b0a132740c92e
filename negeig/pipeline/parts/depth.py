"""How many layers a task takes: decided, or the interval, for three ranges of eigenvalues."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from negeig.pipeline.parts.front import Point
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.theorems import ids

Eigenvalues = Literal["[-1, 1]", "(-1, 1]", "[0, 1]"]


@dataclass(frozen=True, kw_only=True)
class Depth:
    """The least number of layers of networks with finitely many exact states.

    Attributes
    ----------
    eigenvalues : str
        The range in which those of all steps are.
    at_least : int or None
        No network has fewer layers; None where no number of layers is enough.
    known : int or None
        The fewest layers of a proved network; None where none is known.
    exists : bool
        Whether a network of one layer exists by a theorem, at hand or not.
    """

    eigenvalues: Eigenvalues
    at_least: int | None
    known: int | None
    exists: bool = False

    @property
    def decided(self) -> bool:
        """Whether the least number of layers is known, or that there is none."""
        return self.at_least is None or self.at_least == self.known or self.exists

    def to_json(self) -> dict[str, Any]:
        """Return the row of ``depth``."""
        return {
            "eigenvalues": self.eigenvalues,
            "at_least": self.at_least,
            "known": self.known,
            "exists": self.exists,
            "decided": self.decided,
        }


def depths(
    bounds: Sequence[LowerBound], networks: Iterable[Point], *, one_layer: bool = False
) -> tuple[Depth, ...]:
    """Return the least number of layers as far as it is known, the widest range first.

    Parameters
    ----------
    bounds : sequence of LowerBound
    networks : iterable of Point
        Those that are proved in exact arithmetic.
    one_layer : bool
        Whether one layer with eigenvalues in [-1, 1] does the task by a theorem.

    Examples
    --------
    >>> from negeig.automata.language import language
    >>> from negeig.pipeline.choosing import choose
    >>> found = choose(language("(ab)*").machine.minimal())
    >>> [(d.eigenvalues, d.at_least, d.known) for d in depths(found.bounds, found.front)]
    [('[-1, 1]', 1, 1), ('(-1, 1]', 2, 2), ('[0, 1]', 2, 2)]
    """
    finite = [point for point in networks if point.is_exact and not point.demands.endless]
    least = {point: point.eigenvalues[0] for point in finite}
    reflects = any(bound.theorem == ids.ISOMETRY for bound in bounds)
    every = _at_least(bounds, reflections=True)
    turned = None if reflects else _at_least(bounds, reflections=False)
    return (
        Depth(eigenvalues="[-1, 1]", at_least=every, known=_fewest(finite), exists=one_layer),
        Depth(
            eigenvalues="(-1, 1]",
            at_least=turned,
            known=_fewest(p for p in finite if least[p] > -1),
        ),
        Depth(
            eigenvalues="[0, 1]", at_least=turned, known=_fewest(p for p in finite if least[p] >= 0)
        ),
    )


def _at_least(bounds: Iterable[LowerBound], *, reflections: bool) -> int:
    return max(
        (
            bound.value
            for bound in bounds
            if bound.quantity == "layers" and not (reflections and bound.no_reflections)
        ),
        default=0,
    )


def _fewest(networks: Iterable[Point]) -> int | None:
    return min((point.cost[0] for point in networks), default=None)
