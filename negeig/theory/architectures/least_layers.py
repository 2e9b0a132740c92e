"""How many layers of an architecture a task takes, as far as bounds and networks tell.

All is about networks that reach finitely many exact states, ranges closed as in the catalogue. Of
layers whose norm may exceed 1 only those bounds hold that ask for no norm.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from negeig.theory.architectures.architecture import Architecture
from negeig.theory.architectures.layer_limits import CONTRACTIONS
from negeig.theory.bounds.least_layers import LeastLayers
from negeig.theory.bounds.limit import Limit
from negeig.theory.bounds.lower_bound import FINITE, LowerBound
from negeig.theory.theorems import ids

POSITIVE = ("nonnegative-diagonal", "nonnegative-symmetric")
"""Classes of matrices that keep the length of no vector that they move, where they contract."""

DIAGONAL = ("real-diagonal", "complex-diagonal")
"""Classes for which groups say by their derived length how many layers they take."""


@dataclass(frozen=True, kw_only=True)
class ArchitectureDepth(LeastLayers):
    """The least number of layers of one architecture for a task.

    Attributes
    ----------
    theorem : str or None
        What shows that fewer do not, or that no number does; None where it is plain.
    assumption : str
        Of which networks of the architecture that is said.
    """

    theorem: str | None
    assumption: str = FINITE

    def to_json(self) -> dict[str, Any]:
        """Return the key ``layers`` of a row of architectures."""
        return {**super().to_json(), "theorem": self.theorem, "assumption": self.assumption}


def lower_bound(
    architecture: Architecture, bounds: Sequence[LowerBound], limits: Sequence[Limit]
) -> tuple[int | None, str | None]:
    """Return how many layers an architecture takes at least, None for no number, and the theorem.

    Parameters
    ----------
    architecture : Architecture
    bounds : sequence of LowerBound
    limits : sequence of Limit
        All rows for the task.

    Examples
    --------
    >>> from negeig.automata.language import language
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> from negeig.theory.architectures import find
    >>> from negeig.theory.bounds.lower_bounds import lower_bounds
    >>> machine = language("(a(ab)*b)*").machine.minimal()
    >>> bounds = lower_bounds(machine, transition_monoid(machine))
    >>> names = "gla", "deltanet", "deltanet-negative", "rwkv-7"
    >>> [lower_bound(find(name), bounds, ()) for name in names]
    [(3, 'peeling'), (3, 'peeling'), (1, None), (1, None)]
    """
    row = next((row for row in limits if row.class_ == architecture.inside), None)
    if row is not None and row.verdict == "impossible":
        return None, row.theorem
    if never_turns(architecture) and any(bound.theorem == ids.ISOMETRY for bound in bounds):
        return None, ids.ISOMETRY
    found: list[tuple[int, str | None]] = [(0, None), *_demanded(architecture, bounds)]
    if row is not None and architecture.inside in DIAGONAL and row.least_layers is not None:
        found.append((row.least_layers, ids.SUBNORMAL))
    return max(found, key=lambda one: one[0])


def contracts(architecture: Architecture) -> bool:
    """Whether every matrix has Euclidean norm at most 1."""
    return architecture.norm_squared is not None and architecture.norm_squared <= 1


def never_turns(architecture: Architecture) -> bool:
    """Whether its matrices are contractions that keep the length of no vector that they move.

    Products of symmetric contractions with eigenvalues in (-1, 1] are such.

    Examples
    --------
    >>> from negeig.theory.architectures import find
    >>> [never_turns(find(name)) for name in ("deltaproduct", "gla", "gateloop", "rwkv-7")]
    [True, True, False, False]
    """
    positive = architecture.low == 0 or architecture.inside in POSITIVE
    return contracts(architecture) and positive


def _demanded(
    architecture: Architecture, bounds: Sequence[LowerBound]
) -> Iterator[tuple[int, str | None]]:
    """Yield what each bound demands that speaks of the architecture's matrices."""
    # Steps of several heads commute, so together they too have order 1 or 2.
    one_step = (
        architecture.low is not None and architecture.gate == "none" and architecture.steps == 1
    )
    for bound in bounds:
        if bound.own_group or (bound.theorem in CONTRACTIONS and not contracts(architecture)):
            continue
        if bound.no_reflections and not never_turns(architecture):
            continue
        if bound.quantity == "layers":
            yield bound.value, bound.theorem
        elif bound.theorem == ids.PERIOD_STEPS and one_step:
            yield 2, bound.theorem
