"""Why a question about a layer is open: bounds in another model, what is nearest, the search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from negeig.claims import InputError, Verdict
from negeig.pipeline.choosing import Choice
from negeig.pipeline.parts.budget_not_met import demand, routes_text
from negeig.pipeline.parts.front import Point
from negeig.pipeline.parts.layer_search import Inside
from negeig.pipeline.parts.proving import failure_text
from negeig.theory.architectures.layer import LayerSpec
from negeig.theory.architectures.layer_inside import outside
from negeig.theory.architectures.ranges import Range
from negeig.theory.bounds.limit import Limit
from negeig.theory.bounds.lower_bound import CONTRACTIVE, DELTA, FINITE, LowerBound

OF_MATRICES = {DELTA: FINITE, CONTRACTIVE: f"matrices of norm at most 1, {FINITE}"}
"""What is assumed of a layer without delta steps, where a bound assumes something of steps."""

ENDS = "with its open ends reached"
COUNTED = "formats may round what is near an end to it, and --arch without --depth counts them so"

MORE = 16
"""How many times as many heads, or dimensions, are tried where those of a layer are too few."""


def why_open(
    spec: LayerSpec,
    demands: Sequence[LowerBound],
    found: Choice,
    networks: Sequence[Inside],
    limit: Limit | None,
) -> tuple[str, ...]:
    """Return what is known, each in a sentence: bounds elsewhere, what is nearest, what was tried.

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
    reasons = [f"with {FINITE} it is impossible: {demand_on(spec, bound)}" for bound in demands]
    # Said once is enough.
    reasons = [
        text.replace(f" (assuming {FINITE})", "").replace(f", {FINITE})", ")") for text in reasons
    ]
    if limit is not None and limit.verdict == "possible" and not limit.in_hand:
        reasons.append(
            f"theorem {limit.theorem} gives networks of this class in some number of layers; it "
            "says nothing of their sizes, nor of the ends of their ranges"
        )
    proved = [n for n in networks if n.is_proved(spec)]
    fitting = [n for n in networks if not outside(spec, n.network)]
    if fitting:
        known = ", ".join(fitting[0].proved_in)
        inside = f"and proved in {known}" if known else f"once rounded to {spec.format}"
        last = fitting[0].claims[-1]
        why = last.detail
        if last.verdict is Verdict.PROVED:  # in exact arithmetic, and there is no other claim
            why = f"its weights, rounded to {spec.format}, are outside"
        reasons.append(
            f"the {fitting[0].route} network is inside {inside}, but not proved in {spec.state}: "
            f"{why}"
        )
    elif proved:
        nearest = min(proved, key=lambda n: len(outside(spec, n.network)))
        lacks = "; ".join(outside(spec, nearest.network))
        reasons.append(f"the nearest network, {nearest.route}: {lacks}")
    else:
        reasons += _nearest_outside(spec, found)
    reasons.append(routes_text(found))
    if found.stopped is not None:
        reasons.append(str(found.stopped))
    return tuple(reasons)


def demand_on(spec: LayerSpec, bound: LowerBound) -> str:
    """Say what a lower bound demands of a layer that meets its assumptions.

    What a bound assumes of delta steps holds of the matrices of the other families.
    """
    if spec.family == "delta":
        return demand(bound)
    return demand(replace(bound, assumption=OF_MATRICES.get(bound.assumption, bound.assumption)))


def _nearest_outside(spec: LayerSpec, found: Choice) -> list[str]:
    """Say what keeps out the network that the least is missing of, and what change lets one in."""
    if not found.front:
        return ["no network was found"]
    changes = [
        (change, point)
        for change, other in one_change_away(spec)
        for point in _first_inside(other, found)
    ]
    near = [point for _, point in changes] or found.front
    point = min(near, key=lambda point: len(outside(spec, point.construction.network)))
    lacks = outside(spec, point.construction.network) or (
        failure_text([c for c in point.claims if c.verdict is not Verdict.PROVED]),
    )
    why = "; ".join(filter(None, lacks)) or f"not proved in {spec.state}"
    return [
        f"the {point.construction.route} network is outside: {why}",
        *(
            f"{change} the {point.construction.route} network is inside"
            + f": {COUNTED}" * (change == ENDS)
            for change, point in changes
        ),
    ]


def _first_inside(spec: LayerSpec, found: Choice) -> list[Point]:
    """Return the first network of a front that is made of such layers, if there is one."""
    return [p for p in found.front if not outside(spec, p.construction.network)][:1]


def one_change_away(spec: LayerSpec) -> Iterator[tuple[str, LayerSpec]]:
    """Yield layers that differ in one thing that may be what is missing, and say in what.

    None for a change that changes nothing, or that the rest of the specification contradicts.
    """
    ends = {"beta": _closed(spec.beta), "gate": _closed(spec.gate)}
    changes: list[tuple[str, dict[str, Any]]] = [(ENDS, ends)]
    if spec.family == "delta":
        changes += [
            ("with eps=0", {"eps": Fraction(0)}),
            ("with keys=free", {"keys": "free", "eps": Fraction(0)}),
            ("with steps=any", {"steps": None}),
        ]
    changes += [
        ("with depth=any", {"depth": None}),
        (f"with heads={spec.heads * MORE}", {"heads": spec.heads * MORE}),
        (f"with dim={spec.dim * MORE}", {"dim": spec.dim * MORE}),
    ]
    for said, fields in changes:
        try:
            other = replace(spec, **fields)
        except InputError:
            continue
        if other != spec:
            yield said, other


def _closed(found: Range | None) -> Range | None:
    return None if found is None else Range.of(found.least.value, found.most.value)
