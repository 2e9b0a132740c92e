"""What ``negeig compile`` shows a person: the network, why it won, what else there is, the gap."""

from __future__ import annotations

from fractions import Fraction

from negeig.proofs_checks.layout import LABEL, line
from negeig.proofs_checks.optimiser import Compilation
from negeig.proofs_checks.result import number_text
from negeig.theory.bounds.lower_bounds import LowerBound
from negeig.theory.network_text import network_text

QUANTITIES = {
    "layers": "layers",
    "steps": "steps a token",
    "dim": "dimension",
}


def compilation_text(made: Compilation, width: int = 100) -> str:
    """Return the report of ``negeig compile``: verdict, weights, front and lower bounds."""
    layers, steps, dim = made.construction.cost
    head = [
        f"{made.route}: layers {layers}, steps a token {steps}, dimension {dim}",
        line("how", made.idea),
    ]
    for claim in made.claims:
        head.append(line("proved", f"{claim.id}: {claim.detail}", "for every length", width))
    blocks = [head, [network_text(made.network, width=width)], _front(made), _gap(made)]
    if made.limits:
        blocks.append([line("stopped", limit) for limit in made.limits])
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _front(made: Compilation) -> list[str]:
    """List the networks that no other one beats, the chosen one marked."""
    if len(made.front) < 2:
        return []
    rows = [line("front", f"layers  steps  dim  held by {made.format}  route")]
    for point in made.front:
        layers, steps, dim = point.cost
        held = "yes" if point.representable else "no"
        chosen = "  <- this one" if point.construction is made.construction else ""
        space = " " * (len(made.format) - 3)
        rows.append(
            " " * LABEL + f"{layers:>6}  {steps:>5}  {dim:>3}  {held:>11}{space}  "
            f"{point.construction.route}{chosen}"
        )
    return rows


def _gap(made: Compilation) -> list[str]:
    """Show the strongest lower bound on each quantity beside what the network takes."""
    layers, steps, dim = made.construction.cost
    eigenvalues = [v for layer in made.network.layers for v in layer.eigenvalues]
    taken = {"layers": layers, "steps": steps, "dim": dim}
    strongest: dict[str, LowerBound] = {}
    for bound in made.bounds:
        if (bound.layers or layers) < layers or (bound.steps or steps) < steps:
            continue  # it speaks of smaller networks only
        if bound.quantity == "eigenvalue-below":
            continue  # where it holds the eigenvalue -1 is needed, in exact arithmetic
        size, known = abs(bound.value), strongest.get(bound.quantity)
        if known is None or size > abs(known.value):
            strongest[bound.quantity] = bound
    rows: list[str] = []
    for quantity, bound in strongest.items():
        if quantity == "eigenvalue":
            least = number_text(min(eigenvalues, default=Fraction(1)))
            text = f"least eigenvalue {least}: {bound.value} is needed"
        else:
            text = f"{QUANTITIES[quantity]} {taken[quantity]}: at least {bound.value}"
        rows.append(line("" if rows else "bounds", f"{text}: {bound.reason}; {bound.assumption}"))
    return rows
