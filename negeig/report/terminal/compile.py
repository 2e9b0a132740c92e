"""What ``negeig compile`` shows a person: the network, why it won, what else there is, the gap."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from negeig.kernels.layers.export import Export
from negeig.kernels.layers.layer_file import about
from negeig.pipeline.compile import Compilation
from negeig.pipeline.parts.budget_not_met import scope
from negeig.report.terminal.depth_rows import depth_rows
from negeig.report.terminal.front_rows import asked_rows, front_rows
from negeig.report.terminal.layout import Heading, Item, Row, report
from negeig.report.terminal.network_rows import cost_text, marks, other_commands_rows
from negeig.report.terminal.network_text import weight_rows
from negeig.report.terminal.styled import YES, Text
from negeig.report.terminal.text_rows import machine_text, title_text
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.exact.number_text import value_text

QUANTITIES = {
    "layers": "layers",
    "steps": "steps a token",
    "dim": "dimension",
}


def compilation_text(made: Compilation, width: int = 100, verbose: bool = False) -> Text:
    """Return the report of ``negeig compile``: verdict, weights, front and lower bounds."""
    sizes = machine_text(len(made.machine.alphabet), made.machine.size)
    named = made.arguments[0] if len(made.arguments) == 1 else shlex.join(made.arguments)
    name = title_text(named or "network", made.arguments)
    proved = ", ".join(claim.id for claim in made.claims)
    answer = YES + f", proved for every length in {proved}"
    blocks: list[Iterable[Item]] = [
        [Heading(name, sizes, answer)],
        _found_rows(made, verbose),
        [] if made.layer is None else _layer_rows(made.layer, made.arguments),
        weight_rows(made.network),
        [
            *front_rows(
                made.front, made.winner, made.choice.terms, made.arguments, verbose=verbose
            ),
            *(asked_rows(made.choice.asked) if verbose else ()),
        ],
        [*depth_rows(made.depth), *_gap_rows(made, verbose)],
    ]
    if made.stopped is not None:
        blocks.append([Row("stopped", f"{made.stopped}; there may be something cheaper")])
    return report(blocks, width)


def _found_rows(made: Compilation, verbose: bool) -> Iterator[Item]:
    yield Row("network", cost_text(made.network), marks(made.claims))
    yield Row("how", made.idea)
    if made.rounded:
        yield Row("rounded", _rounded(made))
    if verbose:
        yield Row("route", made.route)
        for claim in made.claims:
            yield Row("proved", f"{claim.id}: {claim.detail}")


def _layer_rows(made: Export, language: Sequence[str]) -> Iterator[Item]:
    """Say what the released layer is made with, how it is fed, what it computes, what else to ask.

    ``language`` are the arguments that name it on the command line.
    """
    said = about(made)
    for number, arguments in enumerate(said["arguments"], 1):
        which = f"{made.kind.name} ({made.dtype})" if number == 1 else f"layer {number}"
        values = ", ".join(f"{name} {value}" for name, value in arguments.items())
        yield Row("" if number > 1 else "layer", f"{which}: {values}")
    counts = zip(said["positions"], said["start_positions"], strict=True)
    fed = (f"{p} a token, after {s} that write the initial state" for p, s in counts)
    yield Row("positions", "; ".join(fed))
    yield Row("arithmetic", said["arithmetic"])
    yield from other_commands_rows(made.kind, "compile", "also", language)


def _rounded(made: Compilation) -> str:
    """Say that the network that was proved in the format is not the one that is printed."""
    one = made.rounded == 1
    return (
        f"{made.rounded:,} parameter{'' if one else 's'} {'is' if one else 'are'} rounded to "
        f"{made.format}; the proof in {made.claims[-1].id} is about the rounded network"
    )


def _gap_rows(made: Compilation, verbose: bool) -> Iterator[Item]:
    """Yield the strongest lower bound on each quantity beside what the network takes."""
    label = "at least"
    for bound in _strongest(made):
        if not (verbose or bound.on_eigenvalues or bound.value > 1):
            continue
        if bound.on_eigenvalues:
            below = "below " * (bound.quantity == "eigenvalue-below")
            text = f"{below}{bound.value} among the eigenvalues, here {_eigenvalues(made)}"
        else:
            here = made.construction.quantities[bound.quantity]
            text = f"{QUANTITIES[bound.quantity]} {bound.value}{scope(bound)}, here {here}"
        reason = f": {bound.reason}" if verbose else ""
        yield Row(label, f"{text}{reason}; assuming {bound.assumption}")
        label = ""


def _strongest(made: Compilation) -> Iterable[LowerBound]:
    layers, steps, _ = made.construction.cost
    strongest: dict[str, LowerBound] = {}
    for bound in made.bounds:
        if (bound.layers or layers) < layers or (bound.steps or steps) < steps:
            continue  # it speaks of smaller networks only
        if not bound.is_about(made.winner.eigenvalues[0]):
            continue  # it speaks of networks without the eigenvalue -1
        if made.winner.demands.endless and bound.model == "exact-orbit":
            continue  # it speaks of finitely many exact states
        negative = bound.quantity == "eigenvalue-below" or bound.value < 0
        key = "negative" if negative else bound.quantity
        known = strongest.get(key)
        if known is None or (not bound.on_eigenvalues and bound.value > known.value):
            strongest[key] = bound
    return strongest.values()


def _eigenvalues(made: Compilation) -> str:
    """Write the range of the steps' eigenvalues."""
    values = [v for layer in made.network.layers for v in layer.eigenvalues] or [Fraction(1)]
    low, high = value_text(min(values)), value_text(max(values))
    return low if low == high else f"{low} to {high}"
