"""One architecture, one task: impossible by a theorem, possible by a proved network, or open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction

from negeig.pipeline.choosing import Choice
from negeig.pipeline.parts.reach import violated
from negeig.theory.architectures import Architecture
from negeig.theory.architectures.verdicts import ArchitectureRow, contains, verdicts
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


def ask(architecture: Architecture, limits: Sequence[Limit], found: Choice) -> Answer:
    """Return what is known about an architecture, from what was found for the task.

    A delta rule is a budget of steps a token and eigenvalues, and a network within it is beaten by
    none but networks within it: so where the front has none, the routes at hand have none.

    Parameters
    ----------
    architecture : Architecture
    limits : sequence of Limit
        All rows for the task.
    found : Choice
        The front of networks for the task, and its lower bounds.
    """
    networks = [point.construction.network for point in found.front]
    row = next(r for r in verdicts(limits, networks) if r.name == architecture.name)
    if row.verdict == "impossible":
        by_class = {limit.class_: limit for limit in limits}
        inside = by_class.get(architecture.inside or "")
        return _answer(architecture, row, "" if inside is None else inside.reason)
    made = next(
        (p.construction for p in found.front if contains(architecture, p.construction.network)),
        None,
    )
    if row.theorem == ids.CLOSURE and made is not None:
        layers, steps, dim = made.cost
        size = f"layers {layers}, steps a token {steps}, dimension {dim}"
        reason = f"the {made.route} network, proved on every word in exact arithmetic: {size}"
        return _answer(architecture, row, reason if layers else "a network without layers does it")
    return _answer(architecture, row, _why_open(architecture, found) * (row.verdict == "open"))


def _why_open(architecture: Architecture, found: Choice) -> str:
    """Say what is known where no theorem decides: bounds in another model, limits, what is near."""
    reasons = []
    if architecture.low is not None:
        low = Fraction(architecture.low)
        budget = Budget(steps=architecture.steps, eigenvalues=(low, Fraction(1)))
        impossible, _ = violated(found.bounds, budget)
        finite = [bound.reason for bound in impossible if bound.model == "exact-orbit"]
        if finite:
            reasons.append(
                "open in the cast model; with finitely many exact states it is impossible: "
                + "; ".join(finite)
            )
        reasons += found.limits
    elif found.front:
        reasons.append(_out_of_reach(architecture, found.front[0].construction.network))
    return "; ".join(filter(None, reasons))


def _out_of_reach(architecture: Architecture, network: LinearRNN) -> str:
    """Say which eigenvalue keeps the network at hand out of an open architecture, if one does."""
    end = architecture.negative_end
    if end is None:
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
