"""State diagrams of machines, as SVG and as DOT."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from negeig.automata.labels import shortened
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.labels import (
    LONGEST_OUTPUT,
    letter_labels,
    output_labels,
    wrapped,
)
from negeig.claims import output_text
from negeig.report.drawing import dot
from negeig.report.drawing.graph import Edge, Vertex, check_nodes, graph_svg
from negeig.report.drawing.layout import breadth_first_ranks
from negeig.report.drawing.summary import not_drawn, summary_svg
from negeig.report.drawing.svg import PAPER


def state_diagram_svg(machine: Machine, *, max_nodes: int = 300) -> str:
    """Draw a machine: states numbered, letters beside the edges, outputs below the numbers.

    The states of an acceptor show no output: those that accept have a double rim. All letters that
    lead from one state to another share an edge. Of more than ``max_nodes`` states the numbers are
    drawn. Raises InputError where an output is no JSON value.

    Examples
    --------
    >>> parity = Machine(alphabet="ab", transitions=[[1, 0], [0, 1]], initial=0, outputs=[1, 0])
    >>> state_diagram_svg(parity).count('<g class="edge">')
    4
    """
    if machine.size > max_nodes:
        return _numbers(machine, max_nodes)
    letters = letter_labels(machine.alphabet)
    edges = [
        Edge(
            source=source,
            target=target,
            title=f"{source} to {target}: {', '.join(letters[a] for a in columns)}",
            lines=wrapped([letters[a] for a in columns]),
        )
        for source, target, columns in parallel_edges(machine.transitions.tolist())
    ]
    outputs = output_labels(machine)
    vertices = [
        Vertex(
            lines=(str(q),) if machine.is_acceptor else (str(q), shortened(output, LONGEST_OUTPUT)),
            title=f"state {q}, output {output}",
            double=machine.is_acceptor and machine.outputs[q] == 1,
            initial=q == machine.initial,
        )
        for q, output in enumerate(outputs)
    ]
    ranks = breadth_first_ranks(machine.transitions.tolist(), machine.initial)
    number = f"{machine.size} state{'s' * (machine.size != 1)}"
    return graph_svg(vertices, edges, ranks, f"State diagram: {number}")


def _numbers(machine: Machine, max_nodes: int) -> str:
    """Draw how large a machine is."""
    rows = [("states", f"{machine.size:,}"), ("letters", f"{len(machine.alphabet):,}")]
    if machine.is_acceptor:
        rows.append(("accepting", f"{sum(map(int, machine.outputs)):,}"))
    else:
        rows.append(("outputs", f"{len(set(map(output_text, machine.outputs))):,}"))
    ranks = breadth_first_ranks(machine.transitions.tolist(), machine.initial)
    rows.append(("farthest state", f"{max(ranks):,} letters from the start"))
    return summary_svg("State diagram", rows, not_drawn(machine.size, max_nodes, "states"))


def state_diagram_dot(machine: Machine, *, max_nodes: int = 100_000) -> str:
    r"""Write the state diagram of a machine as a DOT graph for Graphviz.

    :func:`.formats.dot_file.parse` reads the machine back where every letter is drawn as it
    is and none is ε. It always reads back what :func:`.formats.dot_file.dumps` writes, but
    that does not show outputs.

    Raises
    ------
    LimitReached
        More than ``max_nodes`` states.
    InputError
        An output is no JSON value.

    Examples
    --------
    >>> print(state_diagram_dot(Machine(alphabet="ab", transitions=[[1, 0], [1, 1]], initial=0,
    ...                                 outputs=["(1 2)", "e"])))
    digraph {
      rankdir=LR;
      bgcolor="#ffffff";
      alphabet="a,b";
      node [shape=circle, fontname="monospace"];
      edge [fontname="monospace"];
      __start [shape=point];
      0 [shape=box, style=rounded, label="0\n(1 2)", output="\"(1 2)\""];
      1 [shape=box, style=rounded, label="1\ne", output="\"e\""];
      __start -> 0;
      0 -> 1 [label="a"];
      0 -> 0 [label="b"];
      1 -> 1 [label="a,b"];
    }
    <BLANKLINE>
    """
    check_nodes(machine.size, max_nodes, "states in the picture", "nothing was written")
    return "\n".join(["digraph {", *_dot_lines(machine), "}", ""])


def _dot_lines(machine: Machine) -> Iterator[str]:
    from negeig.automata.formats.json_file import written_output

    letters = [
        label.replace(",", "\\,") for label in map(dot.escaped, letter_labels(machine.alphabet))
    ]
    yield "  rankdir=LR;"
    yield f'  bgcolor="{PAPER}";'
    yield f'  alphabet="{",".join(letters)}";'
    yield '  node [shape=circle, fontname="monospace"];'
    yield '  edge [fontname="monospace"];'
    yield "  __start [shape=point];"
    # Where no state accepts, each says so, so that the graph is read back.
    refusing = "" if any(machine.outputs) else ' [output="0"]'
    for q, label in enumerate(output_labels(machine)):
        if machine.is_acceptor:
            yield f"  {q} [shape=doublecircle];" if machine.outputs[q] else f"  {q}{refusing};"
        else:
            lines = dot.label([str(q), shortened(label, LONGEST_OUTPUT)])
            output = dot.quoted(written_output(machine.outputs[q]))
            yield f"  {q} [shape=box, style=rounded, label={lines}, output={output}];"
    yield f"  __start -> {machine.initial};"
    for source, target, columns in parallel_edges(machine.transitions.tolist()):
        yield f'  {source} -> {target} [label="{",".join(letters[a] for a in columns)}"];'


def parallel_edges(rows: Iterable[Sequence[int]]) -> Iterator[tuple[int, int, Sequence[int]]]:
    """Yield source, target and the columns of all letters that lead from the one to the other.

    ``rows[q][a]`` is the target of letter a from q.
    """
    for source, row in enumerate(rows):
        columns: dict[int, list[int]] = {}
        for a, target in enumerate(row):
            columns.setdefault(target, []).append(a)
        for target, own in columns.items():
            yield source, target, own
