"""Cayley graphs of transition monoids, as SVG and as DOT."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

from negeig.arrays import Ints
from negeig.automata.monoids.labels import WordLabels, wrapped
from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.claims import InputError
from negeig.report.drawing import dot
from negeig.report.drawing.graph import Edge, Vertex, check_nodes, graph_svg
from negeig.report.drawing.layout import breadth_first_ranks
from negeig.report.drawing.summary import not_drawn, summary_svg
from negeig.report.drawing.svg import GROUP_FILL, LETTER_COLOURS, NODE_FILL, PAPER

Side = Literal["right", "left"]

_DOT_STYLES = ("solid", "dashed", "dotted", "bold")
# More letters than these are hard to tell by their looks, of which there are 28.
_MOST_STYLED = 12


def cayley_svg(monoid: TransitionMonoid, *, side: Side = "right", max_nodes: int = 300) -> str:
    """Draw a Cayley graph: every element under its shortest word, an edge for every letter.

    An edge leads from e to e.a in the right graph and to a.e in the left one. Its colour and dashes
    tell the letter; beyond 12 letters the edges are labelled instead, those between the same two
    elements in common. Idempotents have a double rim and a blue ground. The element at distance k
    from the identity is in rank k. Of more than ``max_nodes`` elements the numbers are drawn.
    Raises InputError where the side is neither right nor left.

    Examples
    --------
    >>> from negeig.automata.machines.machine import Machine
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> parity = Machine(alphabet="ab", transitions=[[1, 0], [0, 1]], initial=0, outputs=[1, 0])
    >>> cayley_svg(transition_monoid(parity)).count('<g class="edge">')
    4
    """
    graph = _graph(monoid, side)
    title = f"{side.capitalize()} Cayley graph"
    if monoid.size > max_nodes:
        rows = [
            ("elements", f"{monoid.size:,}"),
            ("letters", f"{len(monoid.machine.alphabet):,}"),
            ("edges", f"{graph.size:,}"),
            ("idempotents", f"{len(monoid.idempotents):,}"),
            ("longest shortest word", f"{len(monoid.word(monoid.size - 1)):,} letters"),
        ]
        return summary_svg(title, rows, not_drawn(monoid.size, max_nodes, "elements"))
    words = WordLabels(monoid)
    idempotents = set(monoid.idempotents.tolist())
    vertices = [
        Vertex(
            lines=(words.short(e),),
            title=words.full(e) + (", idempotent" if e in idempotents else ""),
            double=e in idempotents,
            fill=GROUP_FILL if e in idempotents else NODE_FILL,
        )
        for e in range(monoid.size)
    ]
    table = graph.tolist()
    styled = len(words.letters) <= _MOST_STYLED
    return graph_svg(
        vertices,
        list(_styled_edges(table, words) if styled else _labelled_edges(table, words)),
        breadth_first_ranks(table, 0),
        f"{title}: {monoid.size} element{'s' * (monoid.size != 1)}",
        words.letters if styled else (),
        note="double rim, blue: idempotent",
    )


def cayley_dot(monoid: TransitionMonoid, *, side: Side = "right", max_nodes: int = 100_000) -> str:
    """Write a Cayley graph as a DOT graph for Graphviz; as :func:`cayley_svg`, edges labelled too.

    Raises
    ------
    LimitReached
        More than ``max_nodes`` elements.
    InputError
        The side is neither right nor left.

    Examples
    --------
    >>> from negeig.automata.machines.machine import Machine
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> parity = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> print(cayley_dot(transition_monoid(parity)))
    digraph {
      rankdir=LR;
      bgcolor="#ffffff";
      node [shape=box, style="rounded,filled", fillcolor="#f4f6f8", fontname="monospace"];
      edge [fontname="monospace"];
      0 [label="ε", peripheries=2, fillcolor="#d7e8f7"];
      1 [label="a"];
      0 -> 1 [label="a", color="#0072b2", style=solid];
      1 -> 0 [label="a", color="#0072b2", style=solid];
    }
    <BLANKLINE>
    """
    graph = _graph(monoid, side)
    check_nodes(monoid.size, max_nodes, "elements in the picture", "nothing was written")
    return "\n".join(["digraph {", *_dot_lines(monoid, graph), "}", ""])


def _graph(monoid: TransitionMonoid, side: Side) -> Ints:
    if side not in get_args(Side):
        raise InputError("side", f"{side!r} is not one of {', '.join(get_args(Side))}")
    return monoid.right if side == "right" else monoid.left


def _styled_edges(table: list[list[int]], words: WordLabels) -> Iterator[Edge]:
    for e, row in enumerate(table):
        for a, target in enumerate(row):
            title = f"{words.short(e)} to {words.short(target)}: {words.letters[a]}"
            yield Edge(source=e, target=target, title=title, style=a)


def _labelled_edges(table: list[list[int]], words: WordLabels) -> Iterator[Edge]:
    for e, row in enumerate(table):
        for target in dict.fromkeys(row):
            letters = [words.letters[a] for a, other in enumerate(row) if other == target]
            title = f"{words.short(e)} to {words.short(target)}: {', '.join(letters)}"
            yield Edge(source=e, target=target, title=title, lines=wrapped(letters))


def _dot_lines(monoid: TransitionMonoid, graph: Ints) -> Iterator[str]:
    words = WordLabels(monoid)
    yield "  rankdir=LR;"
    yield f'  bgcolor="{PAPER}";'
    look = f'style="rounded,filled", fillcolor="{NODE_FILL}"'
    yield f'  node [shape=box, {look}, fontname="monospace"];'
    yield '  edge [fontname="monospace"];'
    idempotents = set(monoid.idempotents.tolist())
    for e in range(monoid.size):
        mark = f', peripheries=2, fillcolor="{GROUP_FILL}"' if e in idempotents else ""
        yield f"  {e} [label={dot.quoted(words.short(e))}{mark}];"
    looks = [
        f"label={dot.quoted(letter)}, "
        f'color="{LETTER_COLOURS[a % len(LETTER_COLOURS)]}", '
        f"style={_DOT_STYLES[a % len(_DOT_STYLES)]}"
        for a, letter in enumerate(words.letters)
    ]
    for e, row in enumerate(graph.tolist()):
        for a, target in enumerate(row):
            yield f"  {e} -> {target} [{looks[a]}];"
