"""What ``negeig compile`` shows a person: the network, why it won, what else there is, the gap."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from negeig.kernels.layers.export import Export
from negeig.kernels.layers.layer_file import about
from negeig.kernels.layers.other_commands import other_commands
from negeig.pipeline.compile import Compilation
from negeig.pipeline.parts.budget_not_met import scope
from negeig.report.terminal.front_rows import asked_lines, front_lines
from negeig.report.terminal.network_text import network_text
from negeig.report.terminal.text_rows import LABEL, line
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.exact.number_text import value_text

QUANTITIES = {
    "layers": "layers",
    "steps": "steps a token",
    "dim": "dimension",
}


def compilation_text(made: Compilation, width: int = 100, verbose: bool = False) -> str:
    """Return the report of ``negeig compile``: verdict, weights, front and lower bounds."""
    layers, steps, dim = made.construction.cost
    head = [
        f"{made.route}: layers {layers}, steps a token {steps}, dimension {dim}",
        line("how", made.idea),
    ]
    for claim in made.claims:
        head.append(line("proved", f"{claim.id}: {claim.detail}", "for every length", width))
    if made.rounded:
        head.append(line("rounded", _rounded(made)))
    front = [
        *front_lines(made.front, made.winner, made.choice.terms, made.arguments),
        *asked_lines(made.choice.asked),
    ]
    layer = [] if made.layer is None else _layer(made.layer, made.arguments, width)
    blocks = [head, layer, [network_text(made.network, width=width)], front, _gap(made)]
    if made.stopped is not None:
        blocks.append([line("stopped", f"{made.stopped}; there may be something cheaper")])
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _layer(made: Export, language: Sequence[str], width: int) -> list[str]:
    """Say what the released layer is made with, how it is fed, what it computes, what else to ask.

    ``language`` are the arguments that name it on the command line.
    """
    said = about(made)
    rows = []
    for number, arguments in enumerate(said["arguments"], 1):
        label = made.kind.name if number == 1 else ""
        values = ", ".join(f"{name} {value}" for name, value in arguments.items())
        rows.append(f"{label} ({made.dtype}): {values}" if label else f"layer {number}: {values}")
    counts = zip(said["positions"], said["start_positions"], strict=True)
    fed = "; ".join(f"{p} a token, after {s} that write the initial state" for p, s in counts)
    lines = [line("layer" if i == 0 else "", row, width=width) for i, row in enumerate(rows)]
    lines.append(line("positions", fed, width=width))
    lines.append(line("arithmetic", said["arithmetic"], width=width))
    others = other_commands(made.kind, "compile", language)
    return [*lines, *(f"{'' if i else 'also':<{LABEL}}{text}" for i, text in enumerate(others))]


def _rounded(made: Compilation) -> str:
    """Say that the network that was proved in the format is not the one that is printed."""
    one = made.rounded == 1
    return (
        f"{made.rounded:,} parameter{'' if one else 's'} {'is' if one else 'are'} rounded to "
        f"{made.format}; the proof in {made.claims[-1].id} is about the rounded network"
    )


def _gap(made: Compilation) -> list[str]:
    """Show the strongest lower bound on each quantity beside what the network takes."""
    layers, steps, _ = made.construction.cost
    taken = made.construction.quantities
    strongest: dict[str, LowerBound] = {}
    for bound in made.bounds:
        if (bound.layers or layers) < layers or (bound.steps or steps) < steps:
            continue  # it speaks of smaller networks only
        if made.winner.demands.endless and bound.model == "exact-orbit":
            continue  # it speaks of finitely many exact states
        negative = bound.quantity == "eigenvalue-below" or bound.value < 0
        key = "negative" if negative else bound.quantity
        known = strongest.get(key)
        if known is None or (not bound.on_eigenvalues and bound.value > known.value):
            strongest[key] = bound
    rows: list[str] = []
    for bound in strongest.values():
        if bound.on_eigenvalues:
            below = "below " * (bound.quantity == "eigenvalue-below")
            text = f"{below}{bound.value} among the eigenvalues, here {_eigenvalues(made)}"
        else:
            name, here = QUANTITIES[bound.quantity], taken[bound.quantity]
            text = f"{name} at least {bound.value}{scope(bound)}, here {here}"
        text = f"{text}: {bound.reason}; assuming {bound.assumption}"
        rows.append(line("" if rows else "bounds", text))
    return rows


def _eigenvalues(made: Compilation) -> str:
    """Write the range of the steps' eigenvalues."""
    values = [v for layer in made.network.layers for v in layer.eigenvalues] or [Fraction(1)]
    low, high = value_text(min(values)), value_text(max(values))
    return low if low == high else f"{low} to {high}"
