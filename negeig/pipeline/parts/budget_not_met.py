"""No network within a budget: what is impossible, what was missing, and what could be met."""

from __future__ import annotations

from collections.abc import Sequence

from negeig.claims import NegeigError
from negeig.pipeline.choosing import Choice
from negeig.pipeline.parts.front import Point, Terms, front_json, options
from negeig.pipeline.parts.reach import violated
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.constructions.budget import Budget


class BudgetNotMet(NegeigError):
    """No network within the budget: impossible (exit code 1), or none found (exit code 3).

    ``violated`` are the lower bounds that the budget violates, empty where nothing is proved, and
    ``impossible`` says what they demand; ``tightest`` are the cheapest proved networks as budgets,
    each with the command that builds it, and ``missing`` is what else is in the way: what all of
    these lack, and bounds under an assumption that not every network meets. ``limits`` are what
    cut a search or a proof short, ``routes`` what became of every route.
    """

    code = "budget"

    def __init__(
        self, source: str, budget: Budget, found: Choice, arguments: Sequence[str] = ()
    ) -> None:
        self.violated, hints = violated(found.bounds, budget)
        self.impossible = [demand(bound) for bound in self.violated]
        self.exit_code = 1 if self.violated else 3
        tightest, self.missing = _tightest(found, budget)
        hints = [bound for bound in hints if not is_beaten(bound, found.front)]
        self.missing = [*(f"hint: {demand(bound)}" for bound in hints), *self.missing]
        self.missing += [f"{name} has to hold every parameter" for name in budget.held_by]
        self.tightest = front_json(tightest, found.terms, arguments)
        self.limits = [*found.limits, *([] if found.stopped is None else [str(found.stopped)])]
        self.routes = [asked.to_json() for asked in found.asked]
        rows = [f"no network for {source} within the budget"]
        rows += [f"  impossible: {reason}" for reason in self.impossible]
        if not self.violated:
            rows.append("  not proved impossible; no route at hand gives one")
            rows.append(f"  {routes_text(found)}")
        rows += [f"  {reason}" for reason in self.missing]
        if not self.violated:
            rows += [f"  stopped: {limit}" for limit in self.limits]
        if tightest:
            rows.append("  tightest budgets that can be met:")
            rows += [f"    {as_options(point, tightest, found.terms)}" for point in tightest]
        super().__init__("\n".join(rows))


def routes_text(found: Choice) -> str:
    """Say which routes were asked, which of them were cut short, and which not needed.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.pipeline.choosing import choose
    >>> routes_text(choose(get("parity").minimal(), Budget(routes=("scalar", "rotations"))))
    'asked: scalar; not needed: rotations'
    """
    by_outcome = {
        outcome: [asked.route for asked in found.asked if asked.outcome == outcome]
        for outcome in ("complete", "cut short", "not needed")
    }
    labels = {"complete": "asked", "cut short": "cut short", "not needed": "not needed"}
    parts = [f"{labels[name]}: {', '.join(names)}" for name, names in by_outcome.items() if names]
    return "; ".join(parts) or "no route was asked"


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
