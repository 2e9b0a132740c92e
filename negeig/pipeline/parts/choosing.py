"""The network that ``negeig check`` shows: proposals, cheapest first, chosen by proving them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from negeig.automata.machines.machine import Machine
from negeig.claims import DEFAULT_RESOURCES, Claim, Progress, Resources, Verdict
from negeig.pipeline.parts.proving import exact_claim, failure_text, hardware_claim, is_held
from negeig.precision.numbers.arithmetic import parse
from negeig.theory.constructions.route import Construction, why_not
from negeig.theory.constructions.routes import proposals

Choice: TypeAlias = tuple[Construction | None, str, list[tuple[Construction, str]], list[Claim]]

TRIAL_STATES = 20_000
"""Most network states of the closure of a network while a dearer proposal is left to try."""


def choose(
    minimal: Machine,
    arithmetic: Sequence[str],
    *,
    resources: Resources = DEFAULT_RESOURCES,
    progress: Progress | None = None,
) -> Choice:
    """Return the cheapest network whose claims are all proved, why, the cheaper ones, the claims.

    Constructions are proposals; they are chosen by proving them. Where none has all its claims
    proved, the cheapest one that is exactly right is returned with what was found. Searches and the
    cascade are asked until some network needs no rounding to be stored. While a dearer proposal is
    left, a closure may take no more than ``TRIAL_STATES`` states.
    """
    found = proposals(
        minimal,
        fits=lambda c: all(is_held(c.network, name) for name in arithmetic),
        seconds=resources.construction_seconds,
        progress=progress,
    )
    if not found.constructions:
        reasons = [str(limit) for limit in found.limits] or [why_not(minimal)]
        return None, "; ".join(reasons), [], []

    def prove(proposal: Construction, limits: Resources) -> list[Claim]:
        claims = [exact_claim(proposal.network, minimal, limits, progress)]
        if claims[0].verdict is Verdict.PROVED:
            claims += [
                hardware_claim(proposal.network, minimal, name, limits, progress)
                for name in arithmetic
                if not parse(name).is_exact
            ]
        return claims

    trial = replace(resources, max_closure=min(TRIAL_STATES, resources.max_closure))
    tried: list[tuple[Construction, list[Claim]]] = []
    for proposal in found.constructions:
        is_last = proposal is found.constructions[-1]
        claims = prove(proposal, resources if is_last else trial)
        if all(claim.verdict is Verdict.PROVED for claim in claims):
            others = [(other, failure_text(made)) for other, made in tried]
            return proposal, "the cheapest at hand with every claim proved", others, claims
        tried.append((proposal, claims))
    tried.sort(key=lambda pair: pair[1][0].verdict is not Verdict.PROVED)
    (best, claims), *rest = tried
    if best is not found.constructions[-1]:
        claims = prove(best, resources)
    others = [(other, failure_text(made)) for other, made in rest]
    return best, "the cheapest at hand; not every claim is proved", others, claims
