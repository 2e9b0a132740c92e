"""What a person sees: results as text for a terminal, verdict first, then evidence, then cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from negeig.automata.machines.machine import Machine
from negeig.claims import Claim, Closure, Exactness, Verdict
from negeig.pipeline.check import CheckResult
from negeig.pipeline.parts.asking import Answer
from negeig.pipeline.parts.layer_answers import LayerAnswer
from negeig.pipeline.parts.proving import ThroughClaim
from negeig.pipeline.parts.through import PREFIX
from negeig.report.terminal.front_rows import asked_lines, front_lines
from negeig.report.terminal.layer_rows import layer_lines
from negeig.report.terminal.limit_rows import bound_lines, escape_lines
from negeig.report.terminal.text_rows import (
    LABEL,
    alphabet_text,
    assumption_lines,
    count,
    line,
    notice_lines,
    source_text,
    word_text,
)
from negeig.report.terminal.uses_rows import uses_lines
from negeig.theory.bounds.limit import Limit
from negeig.theory.constructions import Construction, published_bound
from negeig.theory.exact.number_text import value_text
from negeig.theory.networks.network import Layer, LinearRNN
from negeig.theory.theorems import ids

if TYPE_CHECKING:
    from negeig.kernels.layers.kind import LayerKind

CLASSES = {
    "nonnegative-spectrum": "layers whose eigenvalues are all real and >= 0",
    "real-spectrum": "layers with real eigenvalues, in layer i also of products of 2^(i-1) letters",
    "nonnegative-symmetric": "layers of symmetric matrices with eigenvalues >= 0",
    "nonnegative-diagonal": "diagonal layers with entries >= 0",
    "real-diagonal": "real diagonal layers",
    "complex-diagonal": "complex diagonal layers",
    "one-contractive-layer": "one layer that never expands distances",
}

INSIDE = {
    "nonnegative-spectrum": ("real-spectrum",),
    "nonnegative-symmetric": ("nonnegative-spectrum", "real-spectrum"),
    "nonnegative-diagonal": (
        "nonnegative-symmetric",
        "nonnegative-spectrum",
        "real-spectrum",
        "real-diagonal",
        "complex-diagonal",
    ),
    "real-diagonal": ("real-spectrum", "complex-diagonal"),
}
"""For each class, the larger ones that it lies in."""


def check_text(
    result: CheckResult, width: int = 100, verbose: bool = False, everything: bool = False
) -> str:
    """Return the whole report of ``negeig check``."""
    blocks = [
        [check_heading(result), *notice_lines(result.notices)],
        _answer_block(result, width),
        _construction_block(result, width),
        _front_block(result),
        _limits_block(result, width),
        _architectures_block(result),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _answer_block(result: CheckResult, width: int) -> list[str]:
    """Answer about each layer and architecture that was asked about; several begin with a table."""
    rows: list[str] = []
    everything: list[Answer | LayerAnswer] = [*result.layers, *result.answers]
    if len(everything) > 1:
        wide = max(len(asked.name) for asked in everything)
        for asked in everything:
            text = f"{asked.name:<{wide}}  {asked.verdict:<10}  {asked.theorem or ''}".rstrip()
            rows.append(f"{'' if rows else 'asked':<{LABEL}}{text}")
    for layer in result.layers:
        rows += layer_lines(layer, width)
    for asked in result.answers:
        rows.append(line(asked.verdict, f"{asked.name}: {asked.reason}"))
        if asked.theorem not in (None, ids.CLOSURE):
            rows.append(line("", f"negeig explain {asked.theorem}"))
        rows += _released(asked.id, result.arguments)
    return rows


def _released(subject: str, arguments: Sequence[str]) -> list[str]:
    """Name the commands about the released layers of an architecture or model."""
    from negeig.kernels.layers.other_commands import kinds_of

    kinds = kinds_of(subject=subject)
    return [row for kind in kinds for row in _other_rows(kind, "check", "", arguments)]


def _architectures_block(result: CheckResult) -> list[str]:
    """Say what follows for the architectures of the catalogue, a line for each verdict."""
    rows: list[str] = []
    for verdict in ("impossible", "possible", "open"):
        names = [row.name for row in result.architectures if row.verdict == verdict]
        if names:
            rows.append(line("" if rows else "catalogue", f"{verdict}: {', '.join(names)}"))
    return rows


def check_heading(result: CheckResult) -> str:
    """Return the task in one line: its name, letters, states and monoid."""
    states = f"{result.machine.size:,} state{'' if result.machine.size == 1 else 's'}"
    title, letters = source_text(result.source), alphabet_text(result.machine.alphabet)
    return f"{title}   over {letters}: {states}; {monoid_phrase(result.monoid)}"


def monoid_phrase(monoid: Any) -> str:
    """Return in words what a monoid of ``negeig.check/1`` is; None is one past a limit."""
    if monoid is None:
        return "its monoid exceeds a limit"
    groups = [g["name"] for g in monoid["subgroups"] if g["order"] > 1]
    if monoid["is_group"]:
        return f"monoid {groups[0] if groups else 'C1'}, a group"
    size = f"monoid of {monoid['size']:,} elements"
    if monoid["is_aperiodic"]:
        return f"{size}, aperiodic (no groups inside)"
    return f"{size} with subgroups {', '.join(dict.fromkeys(groups))}"


def _construction_block(result: CheckResult, width: int) -> list[str]:
    """Lay out the network's verdict, the network, its evidence and its cost.

    What an implementation makes of the network is said in the implementation's own rows.
    """
    through = [claim for claim in result.claims if isinstance(claim, ThroughClaim)]
    own = replace(result, claims=tuple(c for c in result.claims if not isinstance(c, ThroughClaim)))
    label = {"holds": "recognised", "refuted": "refuted", "undecided": "undecided"}[
        own.claims_verdict
    ]
    if result.choice.stopped is not None and result.shown is not None and result.shown.wins:
        label = "recognised"  # only the search for other networks was stopped
    construction = result.construction
    if construction is None:
        rows = [line(label, "no network found by the routes at hand")]
        return rows + [line("", reason) for reason in result.undecided_because]
    network = construction.network
    rows = [
        line(label, cost_text(network), _weights(network), width),
        line("how", construction.idea),
        *_proved_lines(result.claims, width),
        *(_claim_line(c, width) for c in result.claims if c.verdict is not Verdict.PROVED),
        *(uses_lines(through[0].uses, arguments=result.arguments, width=width) if through else ()),
        *(
            row
            for kind in _layers_around(through)
            for row in _other_rows(kind, "conform", "layer", result.arguments)
        ),
        *(row for c in result.claims for row in assumption_lines(c, width)),
        *(
            line("any order", f"{c.id}: {c.detail}", width=width)
            for c in result.claims
            if isinstance(c.evidence, Exactness)
        ),
        line("cost", _cost_compared(result.machine, construction)),
    ]
    for other, reason in result.alternatives:
        tried = "cheaper" if other.cost < construction.cost else "also tried"
        rows.append(line(tried, f"{other.route}, {cost_text(other.network)}", reason, width))
    shown = {f"{claim.id}: {claim.detail}" for claim in result.claims}
    rows += [line("undecided", r) for r in result.undecided_because if r not in shown]
    return rows


def _layers_around(through: Sequence[ThroughClaim]) -> list[LayerKind]:
    """Return the released layers that call one of the implementations, each once."""
    if not through:
        return []
    from negeig.kernels.layers.other_commands import kinds_of

    names = [claim.id.removeprefix(PREFIX).partition("@")[0] for claim in through]
    found = {kind.name: kind for name in names for kind in kinds_of(function=name)}
    return list(found.values())


def _other_rows(kind: LayerKind, own: str, label: str, arguments: Sequence[str]) -> list[str]:
    """Return a released layer and the other commands about it, not broken: they are copied."""
    from negeig.kernels.layers.other_commands import other_commands

    others = other_commands(kind, own, arguments)
    return [line(label, kind.name), *(f"{'':<{LABEL}}  {text}" for text in others)]


def _front_block(result: CheckResult) -> list[str]:
    if result.shown is None:
        return []
    return [
        *front_lines(result.front, result.shown, result.choice.terms, result.arguments),
        *asked_lines(result.choice.asked),
        *(line("limit", text) for text in result.limits_reached),
    ]


def _proved_lines(claims: Sequence[Claim], width: int) -> list[str]:
    proved = [claim for claim in claims if claim.verdict is Verdict.PROVED]
    if not proved:
        return []
    names = ", ".join(claim.id for claim in proved)
    states = {claim.states for claim in proved}
    if len(states) == 1 and None not in states:
        same = states.pop() or 0
        evidence = f"{same:,} reachable state{'' if same == 1 else 's'} each"
    else:
        each = ", ".join(
            # A proof layer by layer does not list the states of the whole stack.
            f"{claim.id} {'over ' * (isinstance(e := claim.evidence, Closure) and e.layerwise)}"
            f"{'by regions' if claim.states is None else f'{claim.states:,}'}"
            for claim in proved
        )
        evidence = f"reachable states: {each}"
    return [line("proved", f"for every length: {names}", evidence, width)]


def cost_text(network: LinearRNN) -> str:
    """Return layers, dimension and steps a token in words."""
    if not network.layers:
        return "no layer at all"
    dims = max(layer.dim for layer in network.layers)
    steps = max(layer.steps_per_token for layer in network.layers)
    return (
        f"{count(len(network.layers), 'layer')}, dimension {dims}, {count(steps, 'step')} a token"
    )


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
    return "  ".join(f"A({a}) = {_matrix(layer, a)}" for a in layer.alphabet)


def _matrix(layer: Layer, letter: str) -> str:
    rows = [", ".join(value_text(x) for x in row) for row in layer.letter_matrix(letter)]
    return f"[{'; '.join(rows)}]"


def _claim_line(claim: Claim, width: int) -> str:
    if claim.verdict is Verdict.PASSED:
        rate = (claim.tokens or 0) / claim.seconds if claim.seconds > 0 else 0.0
        speed = f"{rate / 1e6:.0f} M" if rate >= 1e6 else f"{rate / 1e3:.1f} k"
        left = f"{claim.id.removeprefix('kernel:')}, {claim.tokens:,} tokens at {speed} tokens/s"
        return line("ran", left, f"{claim.mismatches} wrong", width)
    if claim.verdict is Verdict.REFUTED:
        wrong = "" if claim.word is None else f"wrong on {word_text(claim.word)}"
        which = f"{claim.id} ({claim.arithmetic})"
        if isinstance(claim, ThroughClaim):
            which = f"the implementation, not the network: {which}"
        return line("refuted", f"{which}: {claim.detail}", wrong, width)
    return line("open", f"{claim.id} ({claim.arithmetic}): {claim.detail}", "", width)


def _limits_block(result: CheckResult, width: int) -> list[str]:
    """Lay out the largest classes that fail and the smallest that do."""
    by_verdict: dict[str, list[Limit]] = {"impossible": [], "possible": [], "open": []}
    for limit in result.limits:
        if limit.model != "hardware":  # excludes no more than the same class does with a cast
            by_verdict[limit.verdict].append(limit)
    rows = []
    failing = {limit.class_ for limit in by_verdict["impossible"]}
    for limit in by_verdict["impossible"]:
        if failing.isdisjoint(INSIDE.get(limit.class_, ())):
            rows += _impossible_lines(limit, width)
        if limit.class_ == "one-contractive-layer":
            rows += escape_lines(result.escapes)
    enough = {limit.class_ for limit in by_verdict["possible"]}
    smallest = [c for c in enough if not any(c in INSIDE.get(other, ()) for other in enough)]
    texts = [_enough(class_, failing) for class_ in CLASSES if class_ in smallest]
    rows += [line("enough" if i == 0 else "", text) for i, text in enumerate(texts)]
    undecided = [CLASSES[limit.class_] for limit in by_verdict["open"]]
    if undecided:
        rows.append(line("not decided", "; ".join(undecided)))
    return rows + bound_lines(result.lower_bounds, result.front, width)


def _enough(class_: str, failing: set[str]) -> str:
    """Name a class that suffices, with the eigenvalues that the failing ones lack."""
    if class_.startswith("real-") and "nonnegative-spectrum" in failing:
        return f"{CLASSES[class_]}, with a negative eigenvalue"
    return CLASSES[class_]


def _impossible_lines(limit: Limit, width: int) -> list[str]:
    model = {"cast": "states cast to a format", "exact-orbit": "finitely many exact states"}
    rows = [line("impossible", CLASSES[limit.class_], f"negeig explain {limit.theorem}", width)]
    depth = "one layer" if limit.depth == "one" else "any depth"
    rows.append(line("", f"{depth}, {model[limit.model]}: {limit.reason}"))
    detail = limit.bound_detail
    if detail is not None:
        rows.append(
            line(
                "",
                f"one layer of dimension {detail.dimension} in {detail.format} is wrong on some "
                f"word of at most {detail.letters:,} letters",
            )
        )
    return rows
