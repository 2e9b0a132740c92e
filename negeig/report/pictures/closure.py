"""The states that words reach of a network in exact arithmetic, as SVG."""

from __future__ import annotations

from negeig.automata.labels import shortened
from negeig.automata.monoids.labels import letter_labels, wrapped
from negeig.kernels.exact_states import ExactWalk
from negeig.report.drawing.graph import Edge, Vertex, graph_svg
from negeig.report.drawing.layout import breadth_first_ranks
from negeig.report.drawing.summary import summary_svg
from negeig.report.pictures.state_diagram import parallel_edges
from negeig.theory.closure.state_graph import state_graph
from negeig.theory.exact.number_text import value_text
from negeig.theory.networks.network import LinearRNN

MOST_COUNTED = 2_000
"""States that are counted where there are too many to draw."""

MOST_ROWS = 9

LONGEST = 24
"""Characters of the numbers of one layer that are shown; a pointer shows more."""


def closure_svg(network: LinearRNN, max_nodes: int = 60) -> str:
    """Draw the states of a network as a graph: numbers in the boxes, a line for each layer.

    Exact. Letters that lead from one state to the same other share an edge. Of more than
    ``max_nodes`` states that words reach it is drawn how many those are, counted up to
    ``MOST_COUNTED``.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.constructions.direct.scalar import construct
    >>> network = construct(get("parity").minimal())[0].network
    >>> closure_svg(network).count('<g class="edge">')
    4
    """
    walk = ExactWalk(network)
    graph = state_graph(walk, network.alphabet, max_nodes)
    if not graph.is_complete:
        return _numbers(network, max_nodes)
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


def _numbers(network: LinearRNN, max_nodes: int) -> str:
    """Draw how many states words reach, of the network and of each of its layers."""
    walk = ExactWalk(network)
    graph = state_graph(walk, network.alphabet, MOST_COUNTED)
    more = "" if graph.is_complete else "at least "
    rows = [("states that words reach", f"{more}{len(graph.states):,}")]
    if len(network.layers) > 1:
        for i, states in enumerate(zip(*graph.states, strict=True)):
            rows.append((f"of layer {i + 1}", f"{more}{len(set(states)):,}"))
    rows = [*rows[:MOST_ROWS], *([("", "...")] if len(rows) > MOST_ROWS else [])]
    note = f"More than {max_nodes:,} states are not drawn one by one."
    if not graph.is_complete:
        note += f" {MOST_COUNTED:,} at most are counted for a picture."
    return summary_svg("Closure", rows, [note])
