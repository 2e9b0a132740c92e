"""A network as a diagram of its layers: what each reads, how large it is, and what it passes on."""

from __future__ import annotations

from collections.abc import Sequence

from negeig.automata.labels import shortened, visible
from negeig.automata.monoids.labels import letter_labels
from negeig.claims import Output, output_text
from negeig.report.drawing.graph import Edge, Vertex, graph_svg
from negeig.report.drawing.svg import GROUP_FILL
from negeig.theory.networks.network import Layer, LinearRNN

MOST_LAYERS = 6
"""Layers that are drawn; of more, the first ones and the last."""

MOST_NAMES = 4
LONGEST = 10


def network_svg(network: LinearRNN) -> str:
    """Draw the task's letters, a box for each layer, and the outputs, from left to right.

    A layer passes a symbol on for each code and letter; beside an arrow is how many there are.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.constructions.direct.scalar import construct
    >>> network_svg(construct(get("parity").minimal())[0].network).count('<g class="node">')
    3
    """
    letters = _names(letter_labels(network.alphabet))
    boxes = [Vertex(lines=("letters", letters), title=f"letters {letters}", initial=True)]
    labels = []
    layers = list(enumerate(network.layers, 1))
    hidden = len(layers) - MOST_LAYERS
    if hidden > 0:
        layers = [*layers[: MOST_LAYERS - 1], layers[-1]]
    for i, (number, layer) in enumerate(layers):
        if hidden > 0 and i == MOST_LAYERS - 1:
            boxes.append(Vertex(lines=(f"{hidden} more", "layers"), title="layers not drawn"))
            labels.append(("...",))
        several = len(network.layers) > 1
        boxes.append(_layer(layer, f"layer {number}" if several else "layer"))
        count = len(layer.alphabet)
        labels.append((f"{count:,} letter{'s' * (count != 1)}",))
    values = list({output_text(o): o for o in network.outputs.values()}.values())
    outputs = _names([_text(output) for output in values])
    boxes.append(Vertex(lines=("outputs", outputs), title=f"outputs {outputs}"))
    count = len(network.outputs)
    labels.append((f"{count:,} symbol{'s' * (count != 1)}",))
    edges = [
        Edge(source=i, target=i + 1, title=label[0], lines=label) for i, label in enumerate(labels)
    ]
    return graph_svg(boxes, edges, list(range(len(boxes))), f"Layers: {len(network.layers)}")


def _layer(layer: Layer, name: str) -> Vertex:
    steps, codes = layer.steps_per_token, len(layer.codes)
    lines = (
        name,
        f"dimension {layer.dim}",
        f"{steps} step{'s' * (steps != 1)} a letter" if steps < 2 else f"up to {steps} steps",
        f"{codes:,} code{'s' * (codes != 1)}",
    )
    return Vertex(lines=lines, title=", ".join(lines), fill=GROUP_FILL)


def _text(output: Output) -> str:
    return visible(output if isinstance(output, str) else output_text(output))


def _names(labels: Sequence[str]) -> str:
    """Join the first few names, cut where they are long; the others are counted."""
    few = [shortened(label, LONGEST) for label in labels[:MOST_NAMES]]
    more = len(labels) - len(few)
    return ", ".join(few) + (f" and {more:,} more" if more else "")
