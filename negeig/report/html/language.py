"""What a page says about one language, as the plain values that the templates lay out."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from negeig.automata.labels import visible
from negeig.claims import Claim, InputError, LimitReached, NegeigError
from negeig.pipeline.parts.front import command
from negeig.pipeline.parts.horizons import HorizonRow
from negeig.precision.numbers.models import short_name
from negeig.report.html.certificates import downloads
from negeig.report.html.layers import layer_context
from negeig.report.html.rows import (
    LONGEST_STEPPED,
    architectures_table,
    asked_table,
    bound_texts,
    claims_table,
    command_text,
    counted,
    depth_table,
    front_table,
    horizons_table,
    limits_table,
    range_text,
)
from negeig.report.html.stepper import needs_spaces, shown, stepper_data
from negeig.report.pictures import state_diagram_svg
from negeig.report.pictures.closure import closure_svg
from negeig.report.pictures.eigenvalues import eigenvalues_svg
from negeig.report.pictures.horizon import horizon_svg
from negeig.report.pictures.monoid import monoid_pictures
from negeig.report.pictures.network import network_svg
from negeig.report.terminal.check import ANY_LAYERS, about_text, check_answer
from negeig.report.terminal.network_rows import cost_text
from negeig.report.terminal.text_rows import few, monoid_phrase, title_text
from negeig.theory.networks.network_json import to_json

if TYPE_CHECKING:
    from negeig.automata.machines.machine import Machine
    from negeig.pipeline.check import CheckResult

MOST_STATES = 60
"""States of a machine, a network or a monoid that are drawn one by one."""


def language_context(
    result: CheckResult, horizons: Sequence[HorizonRow], name: str
) -> dict[str, Any]:
    """Return the values for one language; ``name`` is its anchor in the page."""
    machine, point = result.machine, result.shown
    network = None if point is None else point.construction.network
    separator = " " if needs_spaces(machine.alphabet) else ""
    stepper = None
    if network is not None:
        try:
            stepper = stepper_data(network, machine, _stepped(result.claims, horizons))
        except (NegeigError, ValueError):  # a network that is wrong has states of no code
            stepper = None
    certificates, uncertified = downloads(result)
    return {
        "id": name,
        "name": title_text(result.source, result.arguments),
        "verdict": result.verdict,
        "answer": "; ".join(map(str, check_answer(result))),
        "about": about_text(result),
        "asked": asked_table(result.asked) if result.asked else None,
        "any_layers": ANY_LAYERS,
        "task": _task(machine),
        "states": machine.size,
        "notices": [visible(notice) for notice in result.notices],
        "letters": [shown(letter) for letter in machine.alphabet],
        "separated": bool(separator),
        "example": _example(machine, separator),
        "machine_picture": {"svg": state_diagram_svg(machine, max_nodes=MOST_STATES)},
        "machine_text": _machine_text(machine),
        "stepper": stepper,
        "stepper_runs": [] if stepper is None else stepper["runs"],
        "network": None if point is None else _network(result),
        "no_network": result.construction_reason,
        "claims": claims_table(result.claims) if result.claims else None,
        "certificates": certificates,
        "uncertified": uncertified,
        "checker": None,
        "horizons": _horizons(result.source, horizons, separator, stepper is not None),
        "front": front_table(result.front, result.construction) if len(result.front) > 1 else None,
        "limits": limits_table(result.limits),
        "depth": depth_table(result.depth),
        "bounds": bound_texts(result.lower_bounds),
        "architectures": architectures_table(result.architectures),
        "architecture_counts": counted([row.verdict for row in result.architectures]),
        "monoid_name": monoid_phrase(result.monoid),
        "monoid_pictures": _monoid_pictures(result),
    }


def _stepped(claims: Sequence[Claim], horizons: Sequence[HorizonRow]) -> list[str]:
    """Return the arithmetics to step in: of claims that list states, and those that soon err."""
    from negeig.precision.numbers.arithmetic import known_names

    known = set(known_names()) - {"exact"}
    names = [claim.arithmetic for claim in claims if claim.arithmetic in known]
    names += [
        row.arithmetic
        for row in horizons
        if row.word is not None and len(row.word) <= LONGEST_STEPPED
    ]
    return list(dict.fromkeys(names))


def _task(machine: Machine) -> str:
    kind = "accepts or refuses a word" if machine.is_acceptor else "outputs a value after each word"
    states = f"{machine.size:,} state{'s' * (machine.size != 1)}"
    return f"The minimal machine has {states} and {kind}."


def _machine_text(machine: Machine) -> str:
    rim = "a double rim accepts" if machine.is_acceptor else "below each number is the output"
    return f"The minimal machine: {rim}; the arrow from nowhere leads to the start."


def _example(machine: Machine, separator: str) -> str:
    """Return a word to begin with: letters that can be seen in turn, each twice."""
    seen = [letter for letter in machine.alphabet[:4] if shown(letter) == letter]
    letters = [letter for letter in seen for _ in range(2)]
    return separator.join((letters * 4)[:8])


def _network(result: CheckResult) -> dict[str, Any]:
    assert result.shown is not None
    point, construction = result.shown, result.shown.construction
    network = construction.network
    data = json.dumps(to_json(network)).encode()
    layers, steps, dim = map(str, construction.cost)
    return {
        "summary": cost_text(network).capitalize(),
        "idea": f"{construction.idea[:1].upper()}{construction.idea[1:]}.",
        "cost": (layers, steps, dim, range_text(point.eigenvalues)),
        "command": command_text(
            command(point, result.choice.front, result.choice.terms, result.arguments)
        ),
        "file": "network.json",
        "data": base64.b64encode(data).decode(),
        "picture": {"svg": network_svg(network)},
        "layers": [layer_context(layer) for layer in network.layers],
        "eigenvalues": {"svg": eigenvalues_svg(network)},
        "closure": {"svg": closure_svg(network, MOST_STATES)},
    }


def _horizons(
    source: str, rows: Sequence[HorizonRow], separator: str, can_step: bool
) -> dict[str, Any] | None:
    """Return the picture and table of lengths; folded where every length is proved everywhere."""
    if not rows:
        return None
    limited = [short_name(row.arithmetic) for row in rows if row.certified is not None]
    every = [short_name(row.arithmetic) for row in rows if row.certified is None]
    told = f"Right on words of every length in {few(every, 8)}" if every else "Nowhere proved"
    return {
        "folded": not limited,
        "summary": told + (f"; up to some length in {few(limited, 8)}" if limited else ""),
        "picture": {"svg": horizon_svg(rows, title_text(source))},
        "table": horizons_table(rows, separator, can_step),
    }


def _monoid_pictures(result: CheckResult) -> list[dict[str, Any]]:
    """Return the egg-box, and smaller monoids' Cayley graph and decomposition, folded."""
    found = result.monoid
    if found is None or found.get("size", MOST_STATES + 1) > 4 * MOST_STATES:
        return []
    try:
        return monoid_pictures(result.machine, MOST_STATES)
    except (LimitReached, InputError):
        return []
