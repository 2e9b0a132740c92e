"""The layers of a network as transducers, in exact arithmetic."""

from __future__ import annotations

from negeig.theory.closure.exact_search import ExactSemantics
from negeig.theory.closure.transducers import Transducer, close_with, transducer
from negeig.theory.networks.network import LinearRNN


def closed_layers(network: LinearRNN, max_states: int = 20_000) -> list[Transducer]:
    """Return what each layer does; fails where a layer does not close."""
    close = close_with(ExactSemantics, max_states, None)
    layers = [transducer(layer, network.field, close) for layer in network.layers]
    assert None not in layers
    return layers
