"""Parts of a page on their own, for notebooks: layers, networks, claims, what ``check`` found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

from negeig.claims import Claim
from negeig.report.html.layers import layer_context
from negeig.report.html.rows import (
    architectures_table,
    asked_table,
    bound_texts,
    claims_table,
    front_table,
    limits_table,
)
from negeig.report.html.templates import safe, template
from negeig.report.pictures.monoid import monoid_pictures
from negeig.report.pictures.network import network_svg
from negeig.report.terminal.check import ANY_LAYERS, about_text, check_answer
from negeig.report.terminal.monoid import monoid_text
from negeig.report.terminal.network_rows import cost_text
from negeig.report.terminal.text_rows import title_text
from negeig.theory.architectures.verdicts import ArchitectureRow
from negeig.theory.bounds.limit import Limit
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.networks.network import Layer, LinearRNN

if TYPE_CHECKING:
    from negeig.pipeline.check import CheckResult
    from negeig.pipeline.monoid import MonoidResult
    from negeig.pipeline.parts.tables import Front

MOST_ELEMENTS = 100
"""Elements of a monoid whose pictures are drawn."""

MOST_LAYERS = 8
"""Layers of a network that are shown."""

LOOK = (
    "<style>.negeig table { border-collapse: collapse; } "
    ".negeig th, .negeig td { text-align: left; vertical-align: top; padding: .2rem .6rem; } "
    ".negeig caption { text-align: left; } "
    ".negeig .picture { overflow-x: auto; background: #fff; } "
    ".negeig .matrix { display: inline-grid; gap: 0 .8em; padding: 0 .5rem; text-align: right; "
    "border-left: 2px solid; border-right: 2px solid; border-radius: 6px; } "
    ".negeig .mark { border: 1px solid; border-radius: 3px; padding: 0 .4em; }</style>"
)
"""What notebooks, which have their own colours, are told of the look."""


def layer_html(layer: Layer) -> str:
    """Return a layer as a table: for each letter its steps and what they do together.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.constructions.direct.scalar import construct
    >>> layer_html(construct(get("parity").minimal())[0].network.layers[0]).count("<kbd>")
    2
    """
    context = layer_context(layer)
    return _framed(_of("summary", context["summary"].capitalize()), _of("weights", context))


def network_html(network: LinearRNN) -> str:
    """Return a network as a diagram, and its first layers as tables."""
    return _framed(*_network(network))


def claims_html(claims: Sequence[Claim]) -> str:
    """Return claims as a table."""
    return _framed(_of("table", claims_table(claims)))


def front_html(front: Front) -> str:
    """Return the networks of a front as a table, each with its command."""
    return _framed(_of("table", front_table(front)))


def limits_html(limits: Sequence[Limit]) -> str:
    """Return what classes of layers can and cannot do, as a table."""
    return _framed(_of("table", limits_table(limits)))


def architectures_html(rows: Sequence[ArchitectureRow]) -> str:
    """Return what architectures can and cannot do, as a table."""
    return _framed(_of("table", architectures_table(rows)))


def bounds_html(bounds: Sequence[LowerBound]) -> str:
    """Return lower bounds as a list of sentences."""
    items = "".join(f"<li>{escape(text)}</li>" for text in bound_texts(bounds))
    return _framed(safe(f"<ul>{items}</ul>"))


def check_html(result: CheckResult) -> str:
    """Return the answer, what was asked about with its own networks, the claims and the network."""
    answer = "; ".join(map(str, check_answer(result)))
    task = f"{title_text(result.source, result.arguments)}: {about_text(result)}"
    parts = [_of("answer", result.verdict, answer), _of("summary", task)]
    if result.asked:
        parts.append(_of("table", asked_table(result.asked)))
        for layer in result.layers:
            if layer.inside is not None:
                parts += [_of("summary", f"{layer.name}:"), *_network(layer.inside.network)]
        parts.append(_of("summary", ANY_LAYERS))
    parts.append(_of("table", claims_table(result.claims)))
    if result.construction is not None:
        parts += _network(result.construction.network)
    return _framed(*parts)


def monoid_html(result: MonoidResult) -> str:
    """Return the numbers, and the pictures of a small monoid."""
    text = monoid_text(replace(result, eggbox=None))
    parts = [f"<pre>{escape(text)}</pre>"]
    if result.machine is not None and result.listed and result.monoid["size"] <= MOST_ELEMENTS:
        drawn = monoid_pictures(result.machine.minimal(), MOST_ELEMENTS)
        parts += [_of("drawing", safe(one["svg"]), one["caption"]) for one in drawn]
    return _framed(*parts)


def _network(network: LinearRNN) -> list[str]:
    parts = [
        _of("summary", f"{cost_text(network).capitalize()}."),
        _of("drawing", safe(network_svg(network)), ""),
    ]
    for number, layer in enumerate(network.layers[:MOST_LAYERS], 1):
        context = layer_context(layer)
        parts += [
            _of("summary", f"Layer {number}: {context['summary']}"),
            _of("weights", context),
        ]
    more = len(network.layers) - MOST_LAYERS
    return parts + ([_of("summary", f"{more} more layers")] if more > 0 else [])


def _framed(*parts: str) -> str:
    return f'<div class="negeig">{LOOK}{"".join(parts)}</div>'


def _of(name: str, *values: Any) -> str:
    """Return what a macro of the page makes of values."""
    return str(getattr(template("macros.html").module, name)(*values))
