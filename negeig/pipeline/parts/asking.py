"""One architecture, one task: impossible by a theorem, possible by a proved network, or open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction

from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached, Progress, Resources
from negeig.pipeline.parts.budget_not_met import BudgetNotMet
from negeig.pipeline.parts.optimising import optimise
from negeig.theory.architectures import Architecture
from negeig.theory.architectures.verdicts import ArchitectureRow, verdicts
from negeig.theory.bounds.limit import Limit, LimitVerdict
from negeig.theory.constructions.budget import Budget
from negeig.theory.exact.number_text import value_text
from negeig.theory.networks.network import LinearRNN
from negeig.theory.theorems import ids


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is known about one architecture that was asked about, and why."""

    id: str
    name: str
    verdict: LimitVerdict
    theorem: str | None
    reason: str

    def to_json(self) -> dict[str, str | None]:
        """Return the answer as the key ``requested`` of ``negeig.check/1``."""
        return asdict(self)


def ask(
    architecture: Architecture,
    minimal: Machine,
    limits: Sequence[Limit],
    network: LinearRNN | None,
    resources: Resources,
    progress: Progress | None = None,
) -> Answer:
    """Return what is known about an architecture, with a search for weights where it is open.

    A delta rule whose row is open is searched for with the compiler, within its steps a token and
    its eigenvalues: several layers may do what one does not.

    Parameters
    ----------
    architecture : Architecture
    minimal : Machine
    limits : sequence of Limit
        All rows for the task.
    network : LinearRNN or None
        A network at hand, proved on all words in exact arithmetic.
    """
    row = next(r for r in verdicts(limits, network) if r.name == architecture.name)
    if row.verdict == "open" and architecture.low is not None:
        budget = Budget(
            steps=architecture.steps,
            eigenvalues=(Fraction(architecture.low), Fraction(1)),
        )
        try:
            made = optimise(minimal, budget, resources=resources, progress=progress)
        except BudgetNotMet as failure:
            finite = [bound.reason for bound in failure.violated if bound.model == "exact-orbit"]
            impossible = (
                "open in the cast model; with finitely many exact states it is impossible: "
                + "; ".join(finite)
            )
            reasons = [impossible] * bool(finite) + failure.limits
            return _answer(architecture, row, "; ".join(reasons))
        except LimitReached as limit:
            return _answer(architecture, row, str(limit))
        layers, steps, dim = made.construction.cost
        found = ArchitectureRow(architecture.name, "possible", ids.CLOSURE)
        return _answer(
            architecture,
            found,
            f"the {made.route} network, proved on every word in exact arithmetic: layers "
            f"{layers}, steps a token {steps}, dimension {dim}",
        )
    by_class = {limit.class_: limit for limit in limits}
    inside = by_class.get(architecture.inside or "")
    if row.verdict == "impossible" and inside is not None:
        return _answer(architecture, row, inside.reason)
    if row.theorem == ids.CLOSURE:
        return _answer(architecture, row, "the network at hand, proved on every word, is one")
    why = _out_of_reach(architecture, network) if row.verdict == "open" else ""
    return _answer(architecture, row, why)


def _out_of_reach(architecture: Architecture, network: LinearRNN | None) -> str:
    """Say which eigenvalue keeps the network at hand out of an open architecture, if one does."""
    end = architecture.negative_end
    if network is None or end is None:
        return ""
    least = min((v for layer in network.layers for v in layer.eigenvalues), default=Fraction(1))
    if least > end:
        return ""
    return (
        "no theorem at hand excludes it; the network at hand has a step with the eigenvalue "
        f"{value_text(least)}, which the range of this architecture does not reach: "
        f"{architecture.eigenvalues}"
    )


def _answer(architecture: Architecture, row: ArchitectureRow, reason: str) -> Answer:
    if not reason:
        reason = (
            f"theorem {row.theorem}"
            if row.theorem
            else "no theorem at hand excludes it, and no construction is known"
        )
    return Answer(
        id=architecture.id,
        name=architecture.name,
        verdict=row.verdict,
        theorem=row.theorem,
        reason=reason,
    )
