"""The states that words reach of a network in exact arithmetic, as SVG."""

from __future__ import annotations

from negeig.automata.labels import shortened
from negeig.automata.monoids.labels import letter_labels, wrapped
from negeig.claims import LimitReached
from negeig.kernels.exact_states import ExactWalk
from negeig.report.drawing.graph import TOO_LARGE_FOR_SVG, Edge, Vertex, graph_svg
from negeig.report.drawing.layout import breadth_first_ranks
from negeig.report.pictures.state_diagram import parallel_edges
from negeig.theory.closure.state_graph import state_graph
from negeig.theory.exact.number_text import value_text
from negeig.theory.networks.network import LinearRNN

LONGEST = 24
"""Characters of the numbers of one layer that are shown; a pointer shows more."""


def closure_svg(network: LinearRNN, max_nodes: int = 60) -> str:
    """Draw the states of a network as a graph: numbers in the boxes, a line for each layer.

    Exact. Letters that lead from one state to the same other share an edge.

    Raises
    ------
    LimitReached
        More than ``max_nodes`` states.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.constructions.direct.scalar import construct
    >>> network = construct(get("parity").minimal())[0].network
    >>> closure_svg(network).count('<g class="edge">')
    4
    """
    walk = ExactWalk(network)
    graph = state_graph(walk, network.alphabet, max_nodes + 1)
    if len(graph.states) > max_nodes or not graph.is_complete:
        raise LimitReached(
            "states in the picture", max_nodes, reached=len(graph.states), detail=TOO_LARGE_FOR_SVG
        )
    letters = letter_labels(network.alphabet)
    edges = []
    for source, target, columns in parallel_edges(graph.after):
        names = [letters[a] for a in columns]
        title = f"{source} to {target}: {', '.join(names)}"
        edges.append(Edge(source=source, target=target, title=title, lines=wrapped(names)))
    vertices = []
    for number, state in enumerate(graph.states):
        texts = [
            f"({', '.join(map(value_text, layer.vectors[which]))})"
            for layer, which in zip(walk.layers, state, strict=True)
        ]
        vertices.append(
            Vertex(
                lines=tuple(shortened(text, LONGEST) for text in texts),
                title=f"state {number}: {'; '.join(texts)}",
                double=False,
                initial=number == 0,
            )
        )
    ranks = breadth_first_ranks([list(row) for row in graph.after], 0)
    return graph_svg(vertices, edges, ranks, f"States of the network: {len(graph.states)}")
