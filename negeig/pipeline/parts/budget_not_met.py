"""No network within a budget: what is impossible, what was missing, and what could be met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from negeig.automata.machines.machine import Machine
from negeig.claims import MAX_EFFORT, NegeigError
from negeig.pipeline.choosing import Choice
from negeig.pipeline.parts.depth import Depth, depth_within
from negeig.pipeline.parts.front import Point, Terms, front_json, options
from negeig.pipeline.parts.reach import violated
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.constructions.budget import Budget
from negeig.theory.constructions.routes import ROOMS, names_of, routes_of
from negeig.theory.theorems import ids

if TYPE_CHECKING:
    from negeig.theory.contractions.refusal import InfeasibilityCertificate


CONTRACTION = "contraction"
"""The route whose program, where it has no solution, has a proof of that."""


class BudgetNotMet(NegeigError):
    """No network within the budget: impossible (exit code 1), or none found (exit code 3).

    ``violated`` are the lower bounds that the budget violates, empty where nothing is proved, and
    ``impossible`` says what they demand; ``tightest`` are the cheapest proved networks as budgets,
    each with the command that builds it, and ``missing`` is what else is in the way: what all of
    these lack, and bounds under an assumption that not every network meets. ``depth`` are the
    least numbers of layers, as far as they are known, as they are listed by ``check``. ``limits``
    are what cut a search or a proof short, ``routes`` what became of every route. ``machine`` is
    the minimal machine that the network was wanted for, ``budget`` what it had to keep within.
    """

    code = "budget"

    def __init__(
        self,
        source: str,
        budget: Budget,
        found: Choice,
        depth: Sequence[Depth],
        arguments: Sequence[str] = (),
        *,
        machine: Machine,
    ) -> None:
        self.machine, self.budget = machine, budget
        self.violated, hints = violated(found.bounds, budget)
        self.impossible = [demand(bound) for bound in self.violated]
        self.exit_code = 1 if self.violated else 3
        tightest, self.missing = _tightest(found, budget)
        hints = [bound for bound in hints if not is_beaten(bound, found.front)]
        self.missing = [*(f"hint: {demand(bound)}" for bound in hints), *self.missing]
        self.missing += [f"{name} has to hold every parameter" for name in budget.held_by]
        self.tightest = front_json(tightest, found.terms, arguments)
        self.depth = [row.to_json() for row in depth]
        self.limits = [*found.limits, *([] if found.stopped is None else [str(found.stopped)])]
        self.routes = [asked.to_json() for asked in found.asked]
        rows = [f"no network for {source} within the budget"]
        rows += [f"  impossible: {reason}" for reason in self.impossible]
        if not self.violated:
            rows.append(f"  {_not_at_hand(budget, depth[0])}; no route at hand gives one")
            rows.append(f"  {routes_text(found)}")
            rows += [f"  {reason}" for reason in _why_not(self, depth[0])]
        if budget.layers is not None:
            rows.append(f"  {_least_layers(depth_within(depth, budget.eigenvalues[0]))}")
        rows += [f"  {reason}" for reason in self.missing]
        if not self.violated:
            rows += [f"  stopped: {limit}" for limit in self.limits]
        if tightest:
            rows.append("  tightest budgets that can be met:")
            rows += [f"    {as_options(point, tightest, found.terms)}" for point in tightest]
        super().__init__("\n".join(rows))

    @cached_property
    def refused_points(self) -> InfeasibilityCertificate | None:
        """Return the proof that the route ``contraction`` has nothing, where the budget names it.

        Exact; other routes, and layers in which a state has several points, are none of its.
        """
        if CONTRACTION not in self.budget.routes:
            return None
        from negeig.theory.constructions.covers.contraction import MAX_STATES
        from negeig.theory.contractions.refusal import infeasibility

        return infeasibility(self.machine) if 1 < self.machine.size <= MAX_STATES else None


def _not_at_hand(budget: Budget, depth: Depth) -> str:
    """Say whether a network within the budget exists although none was found."""
    only_layers = Budget(layers=budget.layers, prefer=budget.prefer)
    least = max(1, depth.at_least or 0)
    if depth.exists and budget == only_layers and (budget.layers is None or budget.layers >= least):
        if least == 1:
            return f"one of one layer exists: negeig explain {ids.ONE_LAYER}"
        return f"one of {least} layers exists: negeig explain {ids.LAST_EDGES}"
    return "not proved impossible"


def _why_not(error: BudgetNotMet, depth: Depth) -> Iterator[str]:
    """Say of routes that the budget names why they have no network, where that is known."""
    named, least = error.budget.routes, depth.at_least or 0
    rooms = [room for room in ROOMS if names_of(room) & {*named}]
    routes = [route for room in rooms for route in routes_of(room) if route.name in named]
    few = [route.name for route in routes if route.most_layers and route.most_layers < least]
    if few:
        takes = "it takes as many with finitely many exact states"
        yield f"{', '.join(few)}: no network of {least} layers, and {takes}"
    if (refused := error.refused_points) is not None:
        points = "no affinely independent points for the states"
        yield f"{CONTRACTION}: {points}, since {refused.reason}"


def _least_layers(depth: Depth) -> str:
    """Say how many layers networks with the budget's eigenvalues take, whatever else they cost.

    Examples
    --------
    >>> print(_least_layers(Depth(eigenvalues="(-1, 1]", at_least=2, known=3)))
    least layers with eigenvalues in (-1, 1] and finitely many exact states: 2 to 3
    """
    about = f"eigenvalues in {depth.eigenvalues} and finitely many exact states"
    return f"least layers with {about}: {depth.text}"


TRIED = {
    "direct": "one layer read off the machine",
    "groups": "its group in one layer",
    "stacks": "several layers",
    "covers": "a search for one layer",
    "fewest": "a search for fewer layers",
}
"""What the routes of a room are, for people."""


def routes_text(found: Choice) -> str:
    """Say in words what was tried, how much of it was cut short, and what looks further.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.pipeline.choosing import choose
    >>> routes_text(choose(get("parity").minimal(), Budget(routes=("scalar", "rotations"))))
    'tried at effort 1: one layer read off the machine (1 route)'
    """
    tried = {asked.route: asked for asked in found.asked if asked.outcome != "not needed"}
    rooms = [words for room, words in TRIED.items() if not tried.keys().isdisjoint(names_of(room))]
    if not rooms:
        return "no route was tried" if found.stopped is None else "no route came to its end"
    short = [asked for asked in tried.values() if asked.outcome == "cut short"]
    counted = [f"{len(tried)} route{'s' * (len(tried) != 1)}"]
    if short:
        counted.append(f"{len(short)} of them cut short")
    effort = found.terms.effort
    if effort < MAX_EFFORT and any(asked.option == "--effort" for asked in short):
        counted.append(f"--effort {effort + 1} looks further")
    return f"tried at effort {effort}: {', '.join(rooms)} ({', '.join(counted)})"


def _tightest(found: Choice, budget: Budget) -> tuple[list[Point], list[str]]:
    """Return the points that only exceed quantities, or else all, and what the others lack."""
    others = [(point, point.lacks) for point in found.front]
    able = [point for point, problems in others if not problems and point.is_proved]
    if able:
        return able, []
    lacking = {f"a network found {p}" for _, problems in others for p in problems}
    if not all(problems for _, problems in others):
        lacking.add(f"a network found is not proved in {budget.format}")
    return list(found.front), sorted(lacking)


def scope(bound: LowerBound) -> str:
    """Say of which networks a lower bound speaks, to be put behind it; nothing for all."""
    layers = {None: "", 1: " in one layer"}.get(bound.layers, f" in {bound.layers} layers")
    steps = "" if bound.steps is None else f" with at most {_count(bound.steps, 'step')} a token"
    return layers + steps


def demand(bound: LowerBound) -> str:
    """Say what a lower bound demands, of which networks, why, and under which assumption."""
    demanded = {
        "layers": f"at least {_count(bound.value, 'layer')}",
        "steps": f"at least {_count(bound.value, 'step')} a token",
        "dim": f"dimension {bound.value} or more",
        "eigenvalue": f"the eigenvalue {bound.value}",
        "eigenvalue-below": f"an eigenvalue below {bound.value}",
    }[bound.quantity]
    assumption = f" (assuming {bound.assumption})" if bound.assumption else ""
    return f"it takes {demanded}{scope(bound)}: {bound.reason}{assumption}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def is_beaten(bound: LowerBound, front: Sequence[Point]) -> bool:
    """Whether a network of the front is below a bound, as it does not meet its assumption.

    It represents a larger group than the letters' own, or has infinitely many exact states.
    """
    return not bound.on_eigenvalues and any(
        (bound.layers is None or point.cost[0] <= bound.layers)
        and bound.is_about(point.eigenvalues[0])
        and point.construction.quantities[bound.quantity] < bound.value
        for point in front
    )


def as_options(point: Point, others: Sequence[Point], terms: Terms) -> str:
    """Return a point as the budget in which it comes first among some, with its route."""
    stored = "" if point.representable else f", with entries that {terms.format} does not hold"
    return f"{' '.join(options(point, others, terms))}  ({point.construction.route}{stored})"
