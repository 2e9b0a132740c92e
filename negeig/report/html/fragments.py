"""Parts of a page on their own, for notebooks: a layer, a network, and what ``check`` found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from negeig.report.html.language import claim_context, layer_context
from negeig.report.html.templates import template
from negeig.report.terminal.check import check_heading, cost_text
from negeig.theory.networks.network import Layer, LinearRNN

if TYPE_CHECKING:
    from negeig.pipeline.check import CheckResult

MOST_LAYERS = 8
"""Layers of a network that are shown."""


def layer_html(layer: Layer) -> str:
    """Return a layer as a table: for each letter its steps and their product.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.constructions.direct.scalar import construct
    >>> layer_html(construct(get("parity").minimal())[0].network.layers[0]).count("<kbd>")
    2
    """
    context = layer_context(layer)
    return _of("summary", context["summary"]) + _of("weights", context, 1)


def network_html(network: LinearRNN) -> str:
    """Return a network as its layers, one table each for the first of them."""
    parts = [_of("summary", cost_text(network).capitalize())]
    for number, layer in enumerate(network.layers[:MOST_LAYERS], 1):
        context = layer_context(layer)
        parts += [
            _of("summary", f"Layer {number}: {context['summary']}"),
            _of("weights", context, number),
        ]
    more = len(network.layers) - MOST_LAYERS
    if more > 0:
        parts.append(_of("summary", f"{more} more layers"))
    return "".join(parts)


def check_html(result: CheckResult) -> str:
    """Return the answer, the claims and the network."""
    parts = [
        _of("answer", result.verdict, check_heading(result)),
        _of("claims", [claim_context(claim) for claim in result.claims]),
    ]
    if result.construction is not None:
        parts.append(network_html(result.construction.network))
    return "".join(parts)


def _of(name: str, *values: Any) -> str:
    """Return what a macro of the page makes of values."""
    return str(getattr(template("macros.html").module, name)(*values))
