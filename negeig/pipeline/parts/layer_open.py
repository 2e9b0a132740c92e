"""Why a question about a layer is open: bounds in another model, what is nearest, the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from negeig.claims import Verdict
from negeig.pipeline.choosing import Choice
from negeig.pipeline.parts.budget_not_met import demand, routes_text
from negeig.pipeline.parts.layer_search import Inside
from negeig.pipeline.parts.proving import failure_text
from negeig.theory.architectures.layer import LayerSpec
from negeig.theory.architectures.layer_inside import outside
from negeig.theory.architectures.ranges import Range
from negeig.theory.bounds.limit import Limit
from negeig.theory.bounds.lower_bound import CONTRACTIVE, DELTA, FINITE, LowerBound
from negeig.theory.theorems import ids

OF_MATRICES = {DELTA: FINITE, CONTRACTIVE: f"matrices of norm at most 1, {FINITE}"}
"""What is assumed of a layer without delta steps, where a bound assumes something of steps."""


def why_open(
    spec: LayerSpec,
    demands: Sequence[LowerBound],
    found: Choice,
    networks: Sequence[Inside],
    limit: Limit | None,
) -> str:
    """Say what is known: bounds in another model, what is nearest, what was tried.

    Parameters
    ----------
    spec : LayerSpec
    demands : sequence of LowerBound
        Bounds that it breaks, with finitely many exact states.
    found : Choice
    networks : sequence of Inside
        Networks inside it at any depth and steps, whatever is proved of them.
    limit : Limit or None
        The row of its class.
    """
    reasons: list[str] = []
    if demands:
        known = "; ".join(demand_on(spec, bound) for bound in demands)
        reasons.append(f"with finitely many exact states it is impossible: {known}")
    if limit is not None and limit.verdict == "possible" and limit.theorem != ids.CLOSURE:
        reasons.append(
            f"theorem {limit.theorem} gives networks of the class in some depth, whose sizes and "
            "ends of ranges it does not hold to these"
        )
    proved = [n for n in networks if n.is_proved(spec)]
    fitting = [n for n in networks if not outside(spec, n.network)]
    if fitting:
        known = ", ".join(fitting[0].proved_in)
        inside = f"and proved in {known}" if known else f"once rounded to {spec.format}"
        reasons.append(
            f"the {fitting[0].route} network is inside {inside}, but not proved in {spec.state}: "
            f"{fitting[0].claims[-1].detail}"
        )
    elif proved:
        lacks = "; ".join(outside(spec, proved[0].network))
        reasons.append(f"the nearest network, {proved[0].route}: {lacks}")
    else:
        reasons += _nearest_outside(spec, found)
    reasons += _with_ends_closed(spec, found)
    reasons.append(f"effort {found.terms.effort}, {routes_text(found)}")
    reasons += found.limits
    return "; ".join(reasons)


def demand_on(spec: LayerSpec, bound: LowerBound) -> str:
    """Say what a lower bound demands of a layer that meets its assumptions.

    What a bound assumes of delta steps holds of the matrices of the other families.
    """
    if spec.family == "delta":
        return demand(bound)
    return demand(replace(bound, assumption=OF_MATRICES.get(bound.assumption, bound.assumption)))


def _nearest_outside(spec: LayerSpec, found: Choice) -> list[str]:
    """Say what keeps the first network found out of the specification, or what is not proved."""
    ordered = [p for p in found.front if not p.lacks] or list(found.front)
    if not ordered:
        return ["no network was found"]
    point = ordered[0]
    name = f"the {point.construction.route} network"
    lacks = point.lacks or (
        failure_text([c for c in point.claims if c.verdict is not Verdict.PROVED]),
    )
    return [f"{name} is outside: {'; '.join(filter(None, lacks)) or 'not proved in ' + spec.state}"]


def _with_ends_closed(spec: LayerSpec, found: Choice) -> list[str]:
    """Say where a network would be inside if the open ends of the ranges were reached."""
    closed = replace(spec, beta=_closed(spec.beta), gate=_closed(spec.gate))
    if closed == spec:
        return []
    able = (p.construction for p in found.front if not outside(closed, p.construction.network))
    first = next(able, None)
    if first is None:
        return []
    return [
        f"with its open ends reached the {first.route} network is inside: say so where the format "
        "rounds what is near an end to the end"
    ]


def _closed(found: Range | None) -> Range | None:
    return None if found is None else Range.of(found.least.value, found.most.value)
