"""What a page says about one language, as the plain values that the templates lay out."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from negeig.automata.labels import visible
from negeig.automata.monoids.green import GreenRelations
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import Claim, InputError, LimitReached, NegeigError
from negeig.pipeline.parts.front import command
from negeig.report.html.stepper import shown, stepper_data
from negeig.report.pictures import eggbox_svg, state_diagram_svg
from negeig.report.pictures.closure import closure_svg
from negeig.report.pictures.eigenvalues import eigenvalues_svg
from negeig.report.terminal.check import CLASSES, cost_text, monoid_phrase
from negeig.report.terminal.limit_rows import QUANTITIES
from negeig.report.terminal.text_rows import source_text, word_text
from negeig.theory.exact.number_text import value_text
from negeig.theory.networks.network import DeltaStep, Layer, Step
from negeig.theory.networks.network_json import to_json

if TYPE_CHECKING:
    from negeig.automata.machines.machine import Machine
    from negeig.pipeline.check import CheckResult

MOST_DIMENSIONS = 8
"""Dimensions of a layer whose matrices are shown."""

MOST_LETTERS = 24
"""Letters of a layer that are shown."""

MOST_STATES = 60
"""States of a machine or closure that is drawn."""

MODELS = {"cast": "cast", "exact-orbit": "exact orbit", "hardware": "rounding at every step"}
ORDER = {"impossible": 0, "open": 1, "possible": 2}
SENTENCES = {
    "holds": "Yes: a linear RNN does this task, proved for words of every length.",
    "refuted": "No: what was asked about cannot do it, or a claim is refused.",
    "undecided": "Undecided: no network is proved within the limits.",
}


def language_context(result: CheckResult, name: str) -> dict[str, Any]:
    """Return the values for one language; ``name`` is its anchor in the page."""
    machine, point = result.machine, result.shown
    network = None if point is None else point.construction.network
    separated = any(len(letter) != 1 for letter in machine.alphabet)
    stepper = None
    if network is not None:
        try:
            stepper = stepper_data(network, machine, [c.arithmetic for c in _rounded(result)])
        except (NegeigError, ValueError):  # a network that is wrong has states of no code
            stepper = None
    return {
        "id": name,
        "name": source_text(result.source),
        "verdict": result.verdict,
        "sentence": SENTENCES[result.verdict],
        "task": _task(machine),
        "states": machine.size,
        "notices": [visible(notice) for notice in result.notices],
        "letters": [shown(letter) for letter in machine.alphabet],
        "separated": separated,
        "example": _example(machine, " " if separated else ""),
        "machine_picture": _picture(lambda: state_diagram_svg(machine, max_nodes=MOST_STATES)),
        "stepper": stepper,
        "stepper_runs": [] if stepper is None else stepper["runs"],
        "network": None if point is None else _network(result),
        "no_network": result.construction_reason,
        "eigenvalues": None if network is None else _picture(lambda: eigenvalues_svg(network)),
        "claims": [claim_context(claim) for claim in result.claims],
        "closure": None if network is None else _picture(lambda: closure_svg(network, MOST_STATES)),
        "closure_text": "The states that words reach in exact arithmetic, each with its numbers.",
        "front": [
            {
                **one.to_json(),
                "command": command(one, result.front, result.choice.terms, result.arguments),
                "eigenvalues": _range(one.eigenvalues),
                "shown": point is not None and one.construction is point.construction,
            }
            for one in result.front
        ],
        "limits": [
            {
                **limit.to_json(),
                "name": CLASSES[limit.class_],
                "depth": "one layer" if limit.depth == "one" else "any depth",
                "model": MODELS[limit.model],
            }
            for limit in sorted(result.limits, key=lambda row: ORDER[row.verdict])
            if limit.model != "hardware"
        ],
        "bounds": [
            f"{QUANTITIES[bound.quantity]} at least {bound.value}"
            f"{_depth(bound.layers)}: "
            f"{bound.reason}, assuming {bound.assumption}"
            for bound in result.lower_bounds
            if not bound.on_eigenvalues and bound.value > 1
        ],
        "architectures": sorted(
            (row.to_json() for row in result.architectures),
            key=lambda row: (ORDER[str(row["verdict"])], str(row["name"])),
        ),
        "architecture_counts": _counts([row.verdict for row in result.architectures]),
        **_monoid(result),
    }


def _rounded(result: CheckResult) -> list[Claim]:
    """Return the claims about arithmetics whose states can be listed."""
    from negeig.precision.numbers.arithmetic import known_names

    known = set(known_names()) - {"exact"}
    return [claim for claim in result.claims if claim.arithmetic in known]


def _task(machine: Machine) -> str:
    kind = "accepts or refuses a word" if machine.is_acceptor else "outputs a value after each word"
    states = f"{machine.size:,} state{'s' * (machine.size != 1)}"
    return f"The minimal machine has {states} and {kind}."


def _example(machine: Machine, separator: str) -> str:
    """Return a word to begin with: letters that can be seen in turn, each twice."""
    seen = [letter for letter in machine.alphabet[:4] if shown(letter) == letter]
    letters = [letter for letter in seen for _ in range(2)]
    return separator.join((letters * 4)[:8])


def _picture(draw: Callable[[], str]) -> dict[str, str]:
    try:
        return {"svg": draw(), "instead": ""}
    except (LimitReached, InputError) as problem:
        return {"svg": "", "instead": f"Not drawn. {problem}"}


def _network(result: CheckResult) -> dict[str, Any]:
    assert result.shown is not None
    point, construction = result.shown, result.shown.construction
    network = construction.network
    data = json.dumps(to_json(network), ensure_ascii=False).encode()
    return {
        "summary": cost_text(network).capitalize(),
        "idea": f"{construction.idea[:1].upper()}{construction.idea[1:]}.",
        "cost": construction.cost,
        "eigenvalues": _range(point.eigenvalues),
        "command": command(point, result.front, result.choice.terms, result.arguments),
        "file": "network.json",
        "data": base64.b64encode(data).decode(),
        "layers": [layer_context(layer) for layer in network.layers],
    }


def _depth(layers: int | None) -> str:
    if layers is None:
        return " at any depth"
    return " with one layer" if layers == 1 else f" with at most {layers} layers"


def _range(ends: tuple[Fraction, Fraction]) -> str:
    least, most = map(str, ends)
    return least if least == most else f"{least} to {most}"


def layer_context(layer: Layer) -> dict[str, Any]:
    """Return what is shown of a layer: small ones with the steps and the matrix of each letter."""
    steps = layer.steps_per_token
    summary = (
        f"dimension {layer.dim}, at most {steps} step{'s' * (steps != 1)} a letter, "
        f"{len(layer.codes):,} code{'s' * (len(layer.codes) != 1)}"
    )
    small = layer.dim <= MOST_DIMENSIONS
    letters = layer.alphabet[:MOST_LETTERS] if small else ()
    note = ""
    if not small:
        note = f"Its weights are not shown: more than {MOST_DIMENSIONS} dimensions."
    elif len(layer.alphabet) > MOST_LETTERS:
        note = f"The first {MOST_LETTERS} of {len(layer.alphabet):,} letters."
    return {
        "summary": summary,
        "note": note,
        "initial": f"({', '.join(map(value_text, layer.initial))})",
        "letters": [
            {
                "letter": shown(letter),
                "steps": [_step(step) for step in layer.steps[letter]],
                "matrix": [list(map(value_text, row)) for row in layer.letter_matrix(letter)],
            }
            for letter in letters
        ],
    }


def _step(step: Step) -> str:
    if not isinstance(step, DeltaStep):
        return "h ← A h + b, A and b beside"
    key = ", ".join(map(value_text, step.key))
    write = "" if step.write == Fraction(0) else f", w = {value_text(step.write)}"
    return f"β = {value_text(step.beta)}, k = ({key}){write}"


def claim_context(claim: Claim) -> dict[str, Any]:
    """Return the row of a claim."""
    return {
        "id": claim.id,
        "verdict": claim.verdict.value,
        "arithmetic": claim.arithmetic,
        "states": "" if claim.states is None else f"{claim.states:,}",
        "detail": visible(claim.detail),
        "word": None if claim.word is None else word_text(claim.word),
        "assumptions": [assumed.statement for assumed in claim.assumptions],
    }


def _counts(verdicts: list[str]) -> str:
    counted = {verdict: verdicts.count(verdict) for verdict in ("possible", "impossible", "open")}
    return ", ".join(f"{count} {verdict}" for verdict, count in counted.items() if count)


def _monoid(result: CheckResult) -> dict[str, Any]:
    """Return the name of the monoid, a sentence about it and its egg-box picture."""
    found, eggbox = result.monoid, None
    text = monoid_phrase(found)
    if found is not None and found.get("size", MOST_STATES + 1) <= 4 * MOST_STATES:
        eggbox = _picture(
            lambda: eggbox_svg(GreenRelations(transition_monoid(result.machine)), max_nodes=200)
        )
    return {"monoid_name": text, "monoid_text": f"{text[0].upper()}{text[1:]}.", "eggbox": eggbox}
