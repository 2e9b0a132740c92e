"""No network within a budget: what is impossible, what was missing, and what could be met."""

from __future__ import annotations

from collections.abc import Sequence

from negeig.claims import NegeigError
from negeig.pipeline.parts.front import Point
from negeig.theory.bounds.lower_bound import LowerBound


class BudgetNotMet(NegeigError):
    """No network within the budget: impossible (exit code 1), or none found (exit code 3).

    ``violated`` are the lower bounds that the budget violates, empty where nothing is proved, and
    ``impossible`` says what they demand; ``tightest`` are the cheapest proved networks as budgets,
    and ``missing`` is what else is in the way: what all of these lack, and bounds under an
    assumption that not every network meets.
    """

    code = "budget"

    def __init__(
        self,
        source: str,
        format: str,
        violated: Sequence[LowerBound],
        tightest: Sequence[Point],
        missing: Sequence[str],
        limits: Sequence[str],
    ) -> None:
        self.violated, self.missing, self.limits = list(violated), list(missing), list(limits)
        self.impossible = [demand(bound) for bound in violated]
        self.tightest = [point.to_json() for point in tightest]
        self.exit_code = 1 if violated else 3
        rows = [f"no network for {source} within the budget"]
        rows += [f"  impossible: {reason}" for reason in self.impossible]
        if not violated:
            rows.append("  not proved impossible; no route at hand gives one")
        rows += [f"  {reason}" for reason in missing]
        rows += [f"  stopped: {limit}" for limit in limits]
        if tightest:
            rows.append("  tightest budgets that can be met:")
            rows += [f"    {_as_options(point, format)}" for point in tightest]
        super().__init__("\n".join(rows))


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


def _as_options(point: Point, format: str) -> str:
    layers, steps, dim = point.cost
    low, high = point.eigenvalues
    range_ = f"--eigenvalues {low},{high}"
    stored = "" if point.representable else f", with entries that {format} does not hold"
    return (
        f"--layers {layers} --steps {steps} --dim {dim} {range_}  "
        f"({point.construction.route}{stored})"
    )
