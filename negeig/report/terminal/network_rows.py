"""The network that was found, with a mark for each arithmetic it is proved in, and its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from negeig.automata.machines.machine import Machine
from negeig.claims import Claim, Closure, Exactness, Run, Verdict
from negeig.pipeline.check import CheckResult
from negeig.pipeline.parts.budget_not_met import routes_text
from negeig.pipeline.parts.proving import ThroughClaim
from negeig.pipeline.parts.through import PREFIX
from negeig.precision.numbers.models import short_name
from negeig.report.terminal.layout import Command, Item, Row, glued
from negeig.report.terminal.styled import Style, Text, joined, styled
from negeig.report.terminal.text_rows import assumption_rows, count, word_text
from negeig.report.terminal.uses_rows import uses_rows
from negeig.theory.constructions import Construction, published_bound
from negeig.theory.exact.number_text import value_text
from negeig.theory.networks.network import Layer, LinearRNN

if TYPE_CHECKING:
    from negeig.kernels.layers.kind import LayerKind

MARKS: dict[Verdict, tuple[str, Style]] = {
    Verdict.PROVED: ("✓", "yes"),
    Verdict.REFUTED: ("✗", "no"),
    Verdict.OPEN: ("?", "open"),
}


def network_rows(result: CheckResult, *, verbose: bool) -> Iterator[Item]:
    """Yield the network with its marks, its idea, what is not proved, and what it was run on.

    What an implementation makes of the network is said in the implementation's own rows.
    """
    construction = result.construction
    if construction is None:
        yield from _none_rows(result, verbose)
        return
    network = construction.network
    through = [claim for claim in result.claims if isinstance(claim, ThroughClaim)]
    yield Row("network", cost_text(network), marks(result.claims))
    if shown := _weights(network):
        yield Row("", shown)
    yield Row("how", construction.idea)
    for claim in result.claims:
        yield from _claim_rows(claim)
    if through:
        yield from uses_rows(through[0].uses, arguments=result.arguments)
    for kind in _layers_around(through):
        yield from other_rows(kind, "conform", "layer", result.arguments)
    for claim in result.claims:
        yield from assumption_rows(claim)
        if isinstance(claim.evidence, Exactness):
            yield Row("any order", f"{claim.id}: {claim.detail}")
    shown_already = {f"{claim.id}: {claim.detail}" for claim in result.claims}
    for reason in result.undecided_because:
        if reason not in shown_already:
            yield Row("undecided", reason)
    if verbose:
        yield from _details(result, construction)


def _none_rows(result: CheckResult, verbose: bool) -> Iterator[Item]:
    """Yield what was tried for a network; verbose: what cut each route short."""
    choice = result.choice
    yield Row("network", f"none found; {routes_text(choice)}")
    if choice.stopped is not None:
        yield Row("", str(choice.stopped))
    if verbose:
        yield from (Row("", reason) for reason in choice.limits)
    elif choice.limits:
        yield Row("", "-v lists the routes, and what cut some of them short")


def marks(claims: Sequence[Claim]) -> Text:
    r"""Return a mark for each arithmetic: proved, refuted or open. Runs prove nothing.

    Examples
    --------
    >>> marks([Claim(id="exact", statement="", arithmetic="exact", evidence=Closure(states=2))])
    'exact\xa0✓'
    """
    return joined(
        "  ",
        (
            glued(f"{claim.id} ") + styled(*MARKS[claim.verdict])
            for claim in claims
            if not isinstance(claim.evidence, Run) and claim.arithmetic != "hardware"
        ),
    )


def cost_text(network: LinearRNN) -> str:
    """Return layers, dimension and steps a token in words."""
    if not network.layers:
        return "no layer at all"
    dims = max(layer.dim for layer in network.layers)
    steps = max(layer.steps_per_token for layer in network.layers)
    return (
        f"{count(len(network.layers), 'layer')}, dimension {dims}, {count(steps, 'step')} a token"
    )


def _details(result: CheckResult, construction: Construction) -> Iterator[Item]:
    """Yield the sizes of the proofs, the cost beside the published one, and what else was tried."""
    proved = [claim for claim in result.claims if claim.verdict is Verdict.PROVED]
    if proved:
        yield Row("states", ", ".join(map(_size, proved)))
    yield Row("cost", _cost_compared(result.machine, construction))
    for other, reason in result.alternatives:
        tried = "cheaper" if other.cost < construction.cost else "also tried"
        yield Row(tried, f"{other.route}, {cost_text(other.network)}", reason)


def _size(claim: Claim) -> str:
    """Say how many states a proof reached; one layer by layer does not list those of the stack."""
    over = "over " if isinstance(claim.evidence, Closure) and claim.evidence.layerwise else ""
    return f"{claim.id} {over}{'by regions' if claim.states is None else f'{claim.states:,}'}"


def _cost_compared(machine: Machine, construction: Construction) -> str:
    bound = published_bound(machine)
    layers = "2^|Q|" if bound["layers"] is None else f"{bound['layers']:,}"
    found = sorted({x for layer in construction.network.layers for x in layer.eigenvalues})
    steps = f"eigenvalues of the steps {', '.join(map(value_text, found))}" if found else "no steps"
    return (
        f"route {construction.route}; {steps}; "
        f"published bound: layers {layers}, dimension {bound['dim']}, steps {bound['steps']}"
    )


def _weights(network: LinearRNN) -> str:
    """Show the letter matrices of a network small enough to print."""
    if len(network.layers) != 1 or network.layers[0].dim > 2 or len(network.alphabet) > 3:
        return ""
    layer = network.layers[0]
    letters = (f"A({word_text((a,), 20)}) = {_matrix(layer, a)}" for a in layer.alphabet)
    return ", ".join(map(glued, letters))


def _matrix(layer: Layer, letter: str) -> str:
    rows = [", ".join(value_text(x) for x in row) for row in layer.letter_matrix(letter)]
    return f"[{'; '.join(rows)}]"


def _claim_rows(claim: Claim) -> Iterator[Item]:
    """Yield what is to be said of a claim that is not proved."""
    if claim.verdict is Verdict.PASSED:
        rate = (claim.tokens or 0) / claim.seconds if claim.seconds > 0 else 0.0
        speed = f"{rate / 1e6:.0f} M" if rate >= 1e6 else f"{rate / 1e3:.1f} k"
        on = claim.id.removeprefix("kernel:")
        yield Row(
            "ran", f"{on}, {claim.tokens:,} tokens at {speed} tokens/s", f"{claim.mismatches} wrong"
        )
    elif claim.verdict is Verdict.REFUTED:
        wrong = "" if claim.word is None else f"wrong on {word_text(claim.word)}"
        which = _which(claim)
        if isinstance(claim, ThroughClaim):  # what it runs on stands beside its inputs
            which = f"the implementation, not the network: {claim.id}"
        yield Row("refuted", f"{which}: {claim.detail}", wrong)
    elif claim.verdict is Verdict.OPEN:
        yield Row("open", f"{_which(claim)}: {claim.detail}")


def _which(claim: Claim) -> str:
    """Name a claim, and the arithmetic that it is about where that has another name."""
    about = short_name(claim.arithmetic)
    return claim.id if about in (claim.id, "hardware") else f"{claim.id} ({about})"


def _layers_around(through: Sequence[ThroughClaim]) -> list[LayerKind]:
    """Return the released layers that call one of the implementations, each once."""
    if not through:
        return []
    from negeig.kernels.layers.other_commands import kinds_of

    names = [claim.id.removeprefix(PREFIX).partition("@")[0] for claim in through]
    found = {kind.name: kind for name in names for kind in kinds_of(function=name)}
    return list(found.values())


def other_rows(kind: LayerKind, own: str, label: str, arguments: Sequence[str]) -> Iterator[Item]:
    """Yield a released layer and the other commands about it."""
    yield Row(label, kind.name)
    yield from other_commands_rows(kind, own, "", arguments)


def other_commands_rows(
    kind: LayerKind, own: str, label: str, arguments: Sequence[str]
) -> Iterator[Item]:
    """Yield the other commands about a released layer, each with what it says."""
    from negeig.kernels.layers.other_commands import other_commands

    for text in other_commands(kind, own, arguments):
        question, command = text.split(": ", 1)
        yield Row(label, f"{question}:")
        yield Command("", command)
        label = ""
