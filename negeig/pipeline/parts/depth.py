"""How many layers a task takes: decided, or the interval, for three ranges of eigenvalues."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import LimitReached, Resources
from negeig.pipeline.parts.existing_layers import exist
from negeig.pipeline.parts.front import Point
from negeig.pipeline.parts.reach import BOUND_ELEMENTS
from negeig.theory.bounds.least_layers import LeastLayers
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.bounds.witnesses import Contexts, idempotent_witness
from negeig.theory.theorems import ids

Eigenvalues = Literal["[-1, 1]", "(-1, 1]", "[0, 1]"]


@dataclass(frozen=True, kw_only=True)
class Depth(LeastLayers):
    """The least number of layers of networks with finitely many exact states.

    Attributes
    ----------
    eigenvalues : str
        The range in which those of all steps are.
    """

    eigenvalues: Eigenvalues

    def to_json(self) -> dict[str, Any]:
        """Return the row of ``depth``."""
        return {"eigenvalues": self.eigenvalues, **super().to_json()}


def depths(
    bounds: Sequence[LowerBound], networks: Iterable[Point], *, existing: int | None = None
) -> tuple[Depth, ...]:
    """Return the least number of layers as far as it is known, the widest range first.

    Parameters
    ----------
    bounds : sequence of LowerBound
    networks : iterable of Point
        Those that are proved in exact arithmetic.
    existing : int, optional
        So many layers with eigenvalues in [-1, 1] do the task by a theorem, and fewer do not.

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
    turned = None if reflects else _at_least(bounds, reflections=False)
    every = _fewest(finite)
    return (
        Depth(
            eigenvalues="[-1, 1]",
            at_least=_at_least(bounds, reflections=True),
            known=every,
            exists=existing is not None and (every is None or every > existing),
        ),
        Depth(
            eigenvalues="(-1, 1]",
            at_least=turned,
            known=_fewest(p for p in finite if least[p] > -1),
        ),
        Depth(
            eigenvalues="[0, 1]", at_least=turned, known=_fewest(p for p in finite if least[p] >= 0)
        ),
    )


def depths_of(
    machine: Machine,
    bounds: Sequence[LowerBound],
    networks: Sequence[Point],
    resources: Resources,
) -> tuple[Depth, ...]:
    """Return the least number of layers of a minimal machine's task.

    Where no network has as few layers as the bounds leave possible, the monoid is listed: its
    idempotents say whether one exists, and orders of last edges whether two or more do, and whether
    one more than the bounds say do where that is not at hand either.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.claims import DEFAULT_RESOURCES
    >>> from negeig.theory.bounds.lower_bounds import lower_bounds
    >>> machine = get("parity").minimal()
    >>> found = depths_of(machine, lower_bounds(machine, None), (), DEFAULT_RESOURCES)
    >>> [depth.text for depth in found]
    ['1, not at hand', 'no depth', 'no depth']
    """
    found = depths(bounds, networks)
    least = found[0].at_least
    if found[0].decided or not least:
        return found
    if _one_layer_exists(machine, resources) if least == 1 else exist(machine, least, resources):
        return depths(bounds, networks, existing=least)
    every, *others = found
    is_wide = every.known is None or every.known > least + 1
    if is_wide and exist(machine, least + 1, resources):
        return (replace(every, known=least + 1), *others)
    return found


def _one_layer_exists(machine: Machine, resources: Resources) -> bool:
    """Whether any two idempotents satisfy efe = fe, and all of them could be compared."""
    with suppress(LimitReached):
        monoid = transition_monoid(
            machine,
            max_elements=min(BOUND_ELEMENTS, resources.max_elements),
            max_memory=resources.max_memory,
        )
        witness, complete = idempotent_witness(Contexts(machine), monoid)
        return witness is None and complete
    return False


def depth_within(depth: Sequence[Depth], low: Fraction) -> Depth:
    """Return the row of the smallest range that holds all eigenvalues from ``low`` to 1.

    Examples
    --------
    >>> rows = depths((), ())
    >>> [depth_within(rows, Fraction(low)).eigenvalues for low in ("-1", "-1/2", "0", "1/2")]
    ['[-1, 1]', '(-1, 1]', '[0, 1]', '[0, 1]']
    """
    every, turned, positive = depth
    if low >= 0:
        return positive
    return turned if low > -1 else every


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
