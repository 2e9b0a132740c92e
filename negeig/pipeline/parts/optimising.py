"""The cheapest network within a budget: proposals, proofs, the Pareto front and the lower bounds.

Routes propose, proofs decide. Networks are preferred by layers, then steps a token, then
dimension; the front keeps every proved network that no other one beats in all of these and in
being exactly representable in the format at hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import DEFAULT_RESOURCES, Claim, LimitReached, Progress, Resources, Verdict
from negeig.pipeline.parts.budget_not_met import BudgetNotMet, demand
from negeig.pipeline.parts.front import Point
from negeig.pipeline.parts.proving import (
    exact_claim,
    failure_text,
    hardware_claim,
    is_held,
    rounded,
)
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.bounds.lower_bounds import lower_bounds
from negeig.theory.constructions.budget import Budget, has_unit_keys
from negeig.theory.constructions.route import Construction, published_bound
from negeig.theory.constructions.routes import proposals
from negeig.theory.networks.network import LinearRNN
from negeig.theory.networks.network_json import to_json

FORMAT = "bf16"
"""Format that the front asks about where the budget names none."""

BOUND_ELEMENTS = 20_000
"""Monoids with more elements are not listed for the sake of lower bounds."""


@dataclass(frozen=True, kw_only=True)
class Compilation:
    """A network within a budget, proved for all lengths, and what surrounds it.

    Attributes
    ----------
    construction : Construction
        The cheapest proposal within the budget that was proved.
    claims : tuple of Claim
        Its proofs: exact, and the budget's format where one is named.
    budget : Budget
    front : tuple of Point
        All proved networks that no other one beats, within the budget or not.
    bounds : tuple of LowerBound
        What no network can go below, each with its assumption.
    rejected : tuple of (Construction, str)
        Cheaper proposals, and why they were not taken.
    limits : tuple of str
        Search limits that cut a route short, and proofs that did not end.
    """

    machine: Machine
    construction: Construction
    claims: tuple[Claim, ...]
    budget: Budget
    front: tuple[Point, ...]
    bounds: tuple[LowerBound, ...]
    rejected: tuple[tuple[Construction, str], ...] = ()
    limits: tuple[str, ...] = ()

    @property
    def network(self) -> LinearRNN:
        """The exact weights."""
        return self.construction.network

    @property
    def format(self) -> str:
        """The format that the front asks about."""
        return self.budget.format or FORMAT

    @property
    def rounded(self) -> int:
        """How many parameters are rounded to the budget's format; 0 where it names none."""
        return 0 if self.budget.format is None else rounded(self.network, self.budget.format)

    @property
    def route(self) -> str:
        """Name of the route."""
        return self.construction.route

    @property
    def idea(self) -> str:
        """How the network tracks the state."""
        return self.construction.idea

    @property
    def exit_code(self) -> int:
        """0: there is a network."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """Return the network as ``negeig.network/1``, with how it was made."""
        return to_json(self.network, about=self.about())

    def about(self) -> dict[str, Any]:
        """Return how the network was made, for the key ``about`` of its JSON."""
        layers, steps, dim = self.construction.cost
        return {
            "route": self.route,
            "idea": self.idea,
            "source": self.construction.source,
            "cost": {"layers": layers, "steps": steps, "dim": dim},
            "budget": self.budget.to_json(),
            "claims": [claim.to_json() for claim in self.claims],
            "front": [point.to_json() for point in self.front],
            "lower_bounds": [bound.to_json() for bound in self.bounds],
            "published_bound": published_bound(self.machine),
            "rejected": [
                {"route": other.route, "cost": list(other.cost), "reason": reason}
                for other, reason in self.rejected
            ],
            "limits": list(self.limits),
        }


def optimise(
    minimal: Machine,
    budget: Budget,
    *,
    source: str = "the machine",
    held_by: str | None = None,
    resources: Resources = DEFAULT_RESOURCES,
    progress: Progress | None = None,
) -> Compilation:
    """Return the cheapest proved network within a budget, with the front and the lower bounds.

    With ``held_by``, a number format, only networks whose parameters are all values of it count.

    Raises
    ------
    BudgetNotMet
        Where there is none; with exit code 1 when a lower bound shows that there cannot be.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> made = optimise(get("parity").minimal(), Budget())
    >>> made.route, made.construction.cost
    ('scalar', (1, 1, 1))
    """
    limits: list[str] = []
    prover = _Prover(minimal, budget, resources, progress, limits)

    def fits_budget(construction: Construction) -> bool:
        return any(
            all(is_held(variant.network, name) for name in (budget.format, held_by) if name)
            and not budget.problems(variant)
            for variant in _variants(construction, budget)
        )

    found = proposals(
        minimal,
        names=budget.routes,
        fits=fits_budget,
        every=True,
        seconds=resources.construction_seconds,
        progress=progress,
    )
    limits += [str(limit) for limit in found.limits]
    bounds = _bounds(minimal, resources)
    winner: Point | None = None
    front: list[Point] = []
    rejected: list[tuple[Construction, str]] = []
    variants = [v for construction in found.constructions for v in _variants(construction, budget)]
    for proposal in sorted(variants, key=lambda construction: construction.cost):
        problems = budget.problems(proposal)
        if held_by is not None and not is_held(proposal.network, held_by):
            problems = (*problems, f"storage: {held_by} does not hold every parameter")
        fits = not problems
        point = Point(proposal, (), is_held(proposal.network, budget.format or FORMAT))
        if not (winner is None and fits) and any(other.is_no_worse(point) for other in front):
            continue
        proved = prover.prove(point, with_format=fits and winner is None)
        failure = failure_text(proved.claims)
        if proved.claims[0].verdict is Verdict.PROVED:
            front = [p for p in front if not proved.beats(p)]
            front.append(proved)
        if winner is None:
            if fits and not failure:
                winner = proved
            else:
                rejected.append((proposal, failure or "; ".join(problems)))
    front.sort(key=lambda point: point.cost)
    if winner is None:
        violated, hints = _violated(bounds, budget)
        tightest, missing = _tightest(front, budget, prover)
        missing = [*(f"hint: {demand(bound)}" for bound in hints), *missing]
        if held_by is not None:
            missing.append(
                f"{held_by} has to hold every parameter of the tensors; --round-parameters rounds"
            )
        raise BudgetNotMet(source, budget.format or FORMAT, violated, tightest, missing, limits)
    return Compilation(
        machine=minimal,
        construction=winner.construction,
        claims=winner.claims,
        budget=budget,
        front=tuple(front),
        bounds=bounds,
        rejected=tuple(rejected),
        limits=tuple(limits),
    )


class _Prover:
    """Proves points of the front; what stops a proof is noted, and the next one is tried."""

    def __init__(
        self,
        machine: Machine,
        budget: Budget,
        resources: Resources,
        progress: Progress | None,
        limits: list[str],
    ) -> None:
        self._machine, self._resources, self._progress = machine, resources, progress
        self._format = budget.format
        self._limits = limits

    def holds_in_format(self, point: Point) -> bool:
        """Whether a proved point is proved in the budget's format too, where it names one."""
        if self._format is not None and len(point.claims) == 1:
            point = self.prove(point, with_format=True)
        return not failure_text(point.claims)

    def prove(self, point: Point, *, with_format: bool) -> Point:
        """Return the point with its claims: exact, and in the budget's format where wanted."""
        network = point.construction.network
        claims = [exact_claim(network, self._machine, self._resources, self._progress)]
        if claims[0].verdict is Verdict.PROVED and with_format and self._format is not None:
            claims.append(
                hardware_claim(
                    network, self._machine, self._format, self._resources, self._progress
                )
            )
        self._limits += [
            f"{point.construction.route}, {claim.id}: {claim.detail}"
            for claim in claims
            if claim.verdict is Verdict.OPEN
        ]
        return replace(point, claims=tuple(claims))


def _variants(construction: Construction, budget: Budget) -> list[Construction]:
    """Rewrite a network with unit keys where the budget asks for them, in every way there is.

    With a format only dyadic keys will do: others lose their length when they are stored.
    """
    if not budget.unit_keys or has_unit_keys(construction.network):
        return [construction]
    from negeig.theory.factors.unit_keys import has_dyadic_unit_keys, unit_key_networks

    idea = f"{construction.idea}; rewritten with keys of length 1"
    rewritten = [
        replace(construction, network=network, idea=idea)
        for network in unit_key_networks(construction.network)
        if budget.format is None or has_dyadic_unit_keys(network)
    ]
    return rewritten or [construction]


def _bounds(minimal: Machine, resources: Resources) -> tuple[LowerBound, ...]:
    """Return the lower bounds, from the letters alone where the monoid is too large to list."""
    try:
        monoid = transition_monoid(
            minimal,
            max_elements=min(BOUND_ELEMENTS, resources.max_elements),
            max_memory=resources.max_memory,
        )
    except LimitReached:
        monoid = None
    return lower_bounds(minimal, monoid)


def _violated(
    bounds: Sequence[LowerBound], budget: Budget
) -> tuple[list[LowerBound], list[LowerBound]]:
    """Return the bounds that no network within the budget meets, and hints at what makes it hard.

    A bound that assumes that letters act as their own group is a hint and no proof: a larger group
    may be cheaper.
    """
    impossible: list[LowerBound] = []
    hints: list[LowerBound] = []
    for bound in bounds:
        if not _applies(bound, budget):
            continue
        if bound.on_eigenvalues:
            violated = not bound.is_met_within(*budget.eigenvalues)
        else:
            limit = budget.quantities[bound.quantity]
            violated = limit is not None and limit < bound.value
        if violated:
            (hints if bound.own_group else impossible).append(bound)
    return impossible, hints


def _applies(bound: LowerBound, budget: Budget) -> bool:
    """Whether every network within the budget is one that the bound speaks of."""
    return all(
        most is None or (allowed is not None and allowed <= most)
        for most, allowed in ((bound.layers, budget.layers), (bound.steps, budget.steps))
    )


def _tightest(
    front: Sequence[Point], budget: Budget, prover: _Prover
) -> tuple[list[Point], list[str]]:
    """Return the points that only exceed quantities, or else all, and what the others lack."""
    others = [(point, budget.other_problems(point.construction)) for point in front]
    able = [p for p, problems in others if not problems and prover.holds_in_format(p)]
    if able:
        return able, []
    lacking = {f"a network found {p}" for _, problems in others for p in problems}
    if not all(problems for _, problems in others):
        lacking.add(f"a network found is not proved in {budget.format}")
    return list(front), sorted(lacking)
