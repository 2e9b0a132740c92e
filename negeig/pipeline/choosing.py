"""The one chooser: a budget in, the front of proved networks out, and the winner by one order.

Routes propose, proofs decide. ``check``, ``compile`` and ``--arch`` all ask here, so they never
disagree. What is found depends on the machine, the budget and the effort, never on the clock:

* A route is asked with work of its own, so what it proposes does not depend on what others found.
* It is left out only where a lower bound shows that nothing it could give would be better in
  anything than what is proved, or that all of it is outside the budget.
* Effort e asks with the work of every level from 1 to e: more effort never loses a network.

* Where nothing within the budget is proved in its format as it is, realisations are: networks that
  do the same and are rounded in another way. They come last in the order, whatever they cost.

So a network that a tighter budget would return is always among those that a wider one chooses
from, and the winner is never beaten by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby
from operator import attrgetter
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.claims import (
    DEFAULT_RESOURCES,
    Claim,
    LimitReached,
    Open,
    Resources,
    StageProgress,
    Stopped,
    Verdict,
)
from negeig.pipeline.parts.asked import Asked, Outcome
from negeig.pipeline.parts.budget_format import arithmetics, stored_format
from negeig.pipeline.parts.front import Point, Terms
from negeig.pipeline.parts.proving import exact_claim, failure_text, hardware_claim, is_held
from negeig.pipeline.parts.reach import best_demands, bounds_of, is_escaped
from negeig.pipeline.parts.unit_variants import variants
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.constructions.budget import LOWEST, Budget
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.constructions.routes import ROOMS, names_of, routes_of
from negeig.theory.networks.network import LinearRNN
from negeig.theory.networks.network_json import to_json
from negeig.work import scaled

__all__ = ["LAYERS", "TRIAL_STATES", "Asked", "Choice", "choose", "naming_effort"]

TRIAL_STATES, EXACTLY = 20_000, 5
"""Most network states of the proof of a proposal at effort 1 in an arithmetic that is asked for,
and how many times as many in exact arithmetic: without that proof a proposal is none."""

LAYERS: dict[str, tuple[int, int | None]] = {
    "direct": (0, 1),
    "stacks": (1, None),
    "fewest": (2, None),
}
"""Fewest and most layers of what a room of routes has, where it is not one."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the chooser found.

    Attributes
    ----------
    winner : Point or None
        The first in the order that is within the budget and proved in everything asked for.
    front : tuple of Point
        The networks proved in exact arithmetic that no other one beats, in the order.
    failed : tuple of Point
        Proposals that were not proved in exact arithmetic.
    bounds : tuple of LowerBound
        What no network can go below, each with its assumption.
    asked : tuple of Asked
        What became of every route.
    limits : tuple of str
        Limits that cut a route or a proof short, and that no more effort within this choice lifted.
    terms : Terms
        What the front was made for.
    stopped : Stopped or None
        That the search was told to stop before it had ended.
    """

    winner: Point | None
    front: tuple[Point, ...]
    failed: tuple[Point, ...]
    bounds: tuple[LowerBound, ...]
    asked: tuple[Asked, ...]
    limits: tuple[str, ...]
    terms: Terms
    stopped: Stopped | None = None

    @property
    def finite(self) -> list[LinearRNN]:
        """The networks of the front with finitely many exact states."""
        return [point.network for point in self.front if not point.demands.endless]

    @property
    def endless(self) -> list[LinearRNN]:
        """The networks of the front that are proved by regions."""
        return [point.network for point in self.front if point.demands.endless]

    def before(self, point: Point, budget: Budget) -> tuple[tuple[Construction, str], ...]:
        """Return what comes before a point in the order, each with why it was not taken."""
        others = [other for other in (*self.front, *self.failed) if other is not point]
        cheaper = [other for other in others if other.key(budget) < point.key(budget)]
        return tuple(
            (other.construction, "; ".join(other.problems) or failure_text(other.claims))
            for other in sorted(cheaper, key=lambda other: other.key(budget))
        )


def choose(
    minimal: Machine,
    budget: Budget | None = None,
    *,
    arithmetic: Sequence[str] = (),
    bounds: Sequence[LowerBound] | None = None,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
) -> Choice:
    """Return the front of proved networks for a minimal machine, and the winner within a budget.

    Parameters
    ----------
    minimal : Machine
    budget : Budget, optional
        None for any network.
    arithmetic : sequence of str
        Arithmetics in which the winner must be proved too, beside exact arithmetic and the
        budget's format.
    bounds : sequence of LowerBound, optional
        Those of :func:`negeig.pipeline.parts.reach.bounds_of`, where they are known already.
    resources : Resources
        ``effort`` scales the work of every route and the states of every proof.
    progress : callable, optional
        Where it raises :class:`negeig.claims.Stopped` the search ends with what is proved.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> found = choose(get("parity").minimal())
    >>> found.winner.construction.route, found.winner.cost
    ('scalar', (1, 1, 1))
    >>> [point.cost for point in choose(get("mod:3").minimal()).front]
    [(1, 2, 2), (1, 2, 3), (2, 1, 2), (2, 1, 3)]
    """
    search = _Search(
        minimal,
        Budget() if budget is None else budget,
        arithmetic,
        tuple(bounds_of(minimal, resources) if bounds is None else bounds),
        resources,
        progress,
    )
    return search.choice()


class _Search:
    """The front so far, and what became of the routes."""

    def __init__(
        self,
        machine: Machine,
        budget: Budget,
        arithmetic: Sequence[str],
        bounds: tuple[LowerBound, ...],
        resources: Resources,
        progress: StageProgress | None,
    ) -> None:
        self.machine, self.budget = machine, budget
        self.bounds, self.resources = bounds, resources
        # A budget that a bound excludes may still be met by networks that escape the bound.
        self.binding = [bound for bound in bounds if not is_escaped(bound, budget)]
        wanted = dict.fromkeys((*arithmetic, *([budget.format] if budget.format else [])))
        self.arithmetic = [name for name in wanted if name != "exact"]
        self.format = stored_format(budget.format)
        self.front: list[Point] = []
        self.failed: list[Point] = []
        self.asked: dict[str, Asked] = {}
        self.unrealised: list[str] = []
        self.progress, self.stage = progress, "construction"

    def report(self, done: int) -> None:
        """Say how far the route that is asked has come."""
        if self.progress is not None:
            self.progress(self.stage, done)

    def choice(self) -> Choice:
        stopped = None
        try:
            self._ask_routes(within=True)
            if self._winner() is None:
                self._realise()
            if self._winner() is None:  # what is nearest to the budget, for the message
                self._ask_routes(within=False)
        except Stopped as stop:
            stopped = stop
        return Choice(
            winner=self._winner(),
            front=tuple(sorted(self.front, key=self._key)),
            failed=tuple(sorted(self.failed, key=self._key)),
            bounds=self.bounds,
            asked=tuple(self.asked.values()),
            limits=self._limits(),
            terms=Terms(self.format, self.budget, self.resources.effort),
            stopped=stopped,
        )

    def _key(self, point: Point) -> tuple[Any, ...]:
        return point.key(self.budget)

    def _winner(self) -> Point | None:
        return min((p for p in self.front if p.wins), key=self._key, default=None)

    def _ask_routes(self, *, within: bool) -> None:
        """Ask every route that may matter, the cheap ones first, with more and more work."""
        names = set(self.budget.routes)
        for effort in range(1, self.resources.effort + 1):
            if within and effort > 1:
                self._prove_again(effort)
            for room in ROOMS:
                wanted = names & names_of(room) if names else names_of(room)
                # A room that has nothing to offer is not even imported.
                if not self._may_matter(*LAYERS.get(room, (1, 1)), within):
                    for name in sorted(wanted):
                        self.asked.setdefault(name, Asked(name, "not needed"))
                    continue
                if not wanted:
                    continue
                routes = [route for route in routes_of(room) if route.name in wanted]
                for searches, group in groupby(routes, key=lambda route: route.work > 0):
                    asked = (self._proposals(route, effort, within) for route in group)
                    found: Iterable[Construction] = chain.from_iterable(asked)
                    if not searches:  # what is read off costs little: the cheapest is proved first
                        found = sorted(found, key=attrgetter("cost"))
                    self._consider(found, effort)

    def _may_matter(self, least_layers: int, most_layers: int | None, within: bool) -> bool:
        """Whether networks of so many layers could be better in anything than what is proved."""
        low, _ = self.budget.eigenvalues
        bounds = [b for b in self.binding if b.is_about(low if within else LOWEST)]
        return any(
            not any(point.demands <= best for point in self.front)
            for best in best_demands(bounds, least_layers, most_layers)
            if not within
            or not (
                self.budget.exceeded_by(layers=best.layers, steps=best.steps, dim=best.dim)
                or best.below > -low
            )
        )

    def _proposals(self, route: Route, effort: int, within: bool) -> Iterator[Construction]:
        """Yield what a route proposes at one effort, and note what became of it."""
        known = self.asked.get(route.name)
        if known is not None and (known.outcome == "complete" or known.effort >= effort):
            return
        if not self._may_matter(route.least_layers, route.most_layers, within):
            self.asked.setdefault(route.name, Asked(route.name, "not needed"))
            return
        left = sum(name not in self.asked for room in ROOMS for name in names_of(room)) - 1
        self.stage = f"route {route.name}" + (f", {left} more to try" if left > 0 else "")
        self.report(len(self.front))
        outcome: Outcome = "complete"
        proposed, detail, option = 0, "", ""
        try:
            for construction in route.propose(self.machine, effort, self.report):
                proposed += 1
                yield construction
                if not self._may_matter(route.least_layers, route.most_layers, within):
                    outcome = "not needed"
                    break
        except Stopped:
            raise
        except LimitReached as limit:
            outcome, detail, option = "cut short", str(limit), limit.option
        self.asked[route.name] = Asked(route.name, outcome, effort, proposed, detail, option)
        self.report(len(self.front))  # stops here where the route took no notice

    def _consider(self, constructions: Iterable[Construction], effort: int) -> None:
        """Prove what nothing on the front is at least as good as, and keep what is proved."""
        states = self._states(effort)
        for construction in constructions:
            for variant in variants(construction, self.budget):
                point = self._point(variant)
                if any(other.demands <= point.demands for other in self.front):
                    continue
                if self._is_refuted(variant):
                    continue
                self._keep(self._prove(point, states))

    def _states(self, effort: int) -> int:
        """Return how many network states a proof may take at one effort."""
        return max(scaled(TRIAL_STATES, effort), 2 * self.machine.size)

    def _prove_again(self, effort: int) -> None:
        """Prove what was open at less effort, with more states."""
        for point in [*self.front, *self.failed]:
            if any(isinstance(claim.evidence, Open) for claim in point.claims):
                again = self._prove(replace(point, claims=()), self._states(effort))
                self.front = [other for other in self.front if other is not point]
                self.failed = [other for other in self.failed if other is not point]
                self._keep(again)

    def _point(self, construction: Construction) -> Point:
        network = construction.network
        lacks = [
            *self.budget.other_problems(construction),
            *(
                f"has entries that {name} does not hold"
                for name in self.budget.held_by
                if not is_held(network, name)
            ),
        ]
        exceeds = self.budget.exceeding(construction)
        return Point(construction, is_held(network, self.format), exceeds, tuple(lacks))

    def _is_refuted(self, construction: Construction) -> bool:
        """Whether the same network was refuted before."""
        return any(
            point.claims[0].verdict is Verdict.REFUTED
            and point.cost == construction.cost
            and to_json(point.construction.network) == to_json(construction.network)
            for point in self.failed
        )

    def _prove(self, point: Point, states: int) -> Point:
        """Return the point with its claims, each closure of at most so many states."""
        network, limits = point.construction.network, self._limited(states)
        claim = exact_claim(network, self.machine, self._limited(EXACTLY * states), self.report)
        claims = [self._naming(claim, EXACTLY * states)]
        if claim.verdict is Verdict.PROVED:
            for name in self.arithmetic:
                claims.append(self._naming(self._hardware_claim(network, name, limits), states))
        self.report(len(self.front))  # stops here where a proof was told to
        return replace(point, claims=tuple(claims))

    def _limited(self, states: int) -> Resources:
        return replace(self.resources, max_closure=min(states, self.resources.max_closure))

    def _naming(self, claim: Claim, states: int) -> Claim:
        return naming_effort(claim, states) if states < self.resources.max_closure else claim

    def _hardware_claim(self, network: LinearRNN, name: str, limits: Resources) -> Claim:
        """Return the claim in the first arithmetic of a name that proves it, or else the last."""
        for arithmetic in arithmetics(name):
            claim = hardware_claim(network, self.machine, arithmetic, limits, self.report)
            if claim.verdict is Verdict.PROVED:
                break
        return claim

    def _realise(self) -> None:
        """Look for realisations of what fits the budget but is not proved in its format."""
        if self.budget.format is None:
            return
        from negeig.pipeline.parts.realising import Realising

        effort = self.resources.effort
        realising = Realising(self.machine, self.budget, effort, self.report)
        for point in sorted(self.front, key=self._key):
            for variant in variants(point.construction, self.budget, stored=False):
                if self._point(variant).problems:
                    continue
                for found in realising.of(variant):
                    made = replace(self._point(found), realised=True)
                    made = self._prove(made, self._states(effort))
                    if made.wins:
                        self._keep(made)
                        return
        self.unrealised = realising.limits

    def _limits(self) -> tuple[str, ...]:
        """Return what still holds of the limits that were hit; more effort may have lifted some."""
        routes = [asked.detail for asked in self.asked.values() if asked.outcome == "cut short"]
        proofs = [
            f"{point.construction.route}, {claim.id}: {claim.detail}"
            for point in (*self.front, *self.failed)
            for claim in point.claims
            if isinstance(claim.evidence, Open)
        ]
        return tuple(dict.fromkeys([*routes, *proofs, *self.unrealised]))

    def _keep(self, point: Point) -> None:
        if not point.is_exact:
            self.failed.append(point)
        elif not any(other.demands <= point.demands for other in self.front):
            self.front = [other for other in self.front if not point.beats(other)] + [point]


def naming_effort(claim: Claim, states: int) -> Claim:
    """Return the claim; one that is open at the states of this effort names what raises them."""
    if not isinstance(claim.evidence, Open) or (claim.states or 0) < states:
        return claim
    limit = LimitReached("network states", states, reached=claim.states or 0, option="--effort")
    return replace(claim, evidence=Open(states=claim.states, detail=str(limit)))
