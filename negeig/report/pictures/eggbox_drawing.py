"""The egg-box picture as SVG and as DOT: tables, joined by the covering relation of J-classes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from negeig.automata.monoids.eggbox import EggBox, egg_boxes
from negeig.automata.monoids.green import GreenRelations
from negeig.automata.monoids.labels import WordLabels, wrapped
from negeig.report.drawing import dot
from negeig.report.drawing.graph import NOTE_SIZE, check_nodes
from negeig.report.drawing.layers import Box, Link
from negeig.report.drawing.layout import layered
from negeig.report.drawing.summary import not_drawn, summary_svg
from negeig.report.drawing.svg import (
    FAINT,
    GROUP_FILL,
    INK,
    PAPER,
    RULE,
    Point,
    Svg,
    text_box,
)

_CELL_SIZE = 12.0
_CAPTION = 18.0  # height of the line above a table
# Up to this size of the monoid cells list their elements.
_MOST_LISTED = 64
_MOST_BOXES = 6  # named where there are too many cells to draw


def eggbox_svg(green: GreenRelations, *, max_nodes: int = 1_000) -> str:
    """Draw the egg-box picture, J-classes from top to bottom of the J-order.

    Cells that are groups are blue and named. In monoids of at most 64 elements every cell lists its
    elements, in larger ones the shortest word of its idempotent or else its shortest word. Lines
    join the J-classes of which one covers the other. Of more than ``max_nodes`` cells the numbers
    of the classes are drawn.

    Examples
    --------
    >>> from negeig.automata.machines.machine import Machine
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> flipflop = Machine(alphabet="sr", transitions=[[1, 0], [1, 0]], initial=0, outputs=[0, 1])
    >>> drawn = eggbox_svg(GreenRelations(transition_monoid(flipflop)))
    >>> [drawn.count(f'<g class="{kind}">') for kind in ("j-class", "cell", "cover")]
    [2, 3, 1]
    """
    if green.n_h > max_nodes:
        return _numbers(green, max_nodes)
    tables = [_Table(green, box) for box in egg_boxes(green)]
    ranks = _depths([table.box for table in tables])
    boxes = [Box(width=table.width, height=table.height) for table in tables]
    links = [
        Link(source=table.box.number - 1, target=lower - 1)
        for table in tables
        for lower in table.box.covers
    ]
    layout = layered(boxes, links, ranks, downwards=True)
    key = (
        f"{WordLabels(green.monoid).star} idempotent; blue: H-class that is a group",
        "rows: R-classes; columns: L-classes",
    )
    key_width, key_height = text_box(key, NOTE_SIZE)
    width = max(layout.width, key_width + 28)
    shift = (width - layout.width) / 2
    title = f"Egg-box picture: {green.monoid.size:,} elements, {green.n_j:,} J-classes"
    svg = Svg(width, layout.height + key_height + 10, title)
    for link, route in zip(links, layout.routes, strict=True):
        svg.begin("cover", f"J{link.source + 1} covers J{link.target + 1}")
        svg.curve([(x + shift, y) for x, y in route], RULE, arrow=False)
        svg.end()
    for table, (x, y) in zip(tables, layout.places, strict=True):
        table.draw(svg, (x + shift, y))
    svg.text(key, (14.0, layout.height + key_height / 2), NOTE_SIZE, FAINT, "start")
    return svg.document()


def _numbers(green: GreenRelations, max_nodes: int) -> str:
    """Draw how many elements and classes there are, and the size of each of the largest boxes."""
    monoid = green.monoid
    rows = [("elements", f"{monoid.size:,}, {len(monoid.idempotents):,} idempotent")]
    rows += [
        (f"{name}-classes", f"{number:,}")
        for name, number in zip("JRLH", (green.n_j, green.n_r, green.n_l, green.n_h), strict=True)
    ]
    largest = sorted(green.j_classes, key=lambda box: -box.size)[:_MOST_BOXES]
    for i, box in enumerate(largest):
        kind = "" if box.idempotent is not None else ", not regular"
        text = f"{box.n_r:,} x {box.n_l:,} cells of {box.h_size:,}{kind}"
        rows.append(("largest J-classes" if i == 0 else "", text))
    return summary_svg("Egg-box picture", rows, not_drawn(green.n_h, max_nodes, "H-classes"))


def eggbox_dot(green: GreenRelations, *, max_nodes: int = 20_000) -> str:
    """Write the egg-box picture as a DOT graph of HTML-like tables for Graphviz.

    Contents are those of :func:`eggbox_svg`.

    Raises
    ------
    LimitReached
        More than ``max_nodes`` cells.

    Examples
    --------
    >>> from negeig.automata.machines.machine import Machine
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> parity = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> print(eggbox_dot(GreenRelations(transition_monoid(parity))))
    digraph {
      bgcolor="#ffffff";
      node [shape=plain, fontname="monospace"];
      edge [arrowhead=none];
      1 [label=<<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="5">
        <TR><TD BORDER="0">J1: 2 elements</TD></TR>
        <TR><TD BGCOLOR="#d7e8f7">*C2<BR/>*ε, a</TD></TR>
      </TABLE>>];
    }
    <BLANKLINE>
    """
    check_nodes(green.n_h, max_nodes, "H-classes in the picture", "nothing was written")
    return "\n".join(["digraph {", *_dot_lines(green), "}", ""])


def _dot_lines(green: GreenRelations) -> Iterator[str]:
    yield f'  bgcolor="{PAPER}";'
    yield '  node [shape=plain, fontname="monospace"];'
    yield "  edge [arrowhead=none];"
    covers = []
    for table in (_Table(green, box) for box in egg_boxes(green)):
        box = table.box
        span = f' COLSPAN="{box.n_l}"' if box.n_l > 1 else ""
        style = 'BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="5"'
        yield f"  {box.number} [label=<<TABLE {style}>"
        yield f'    <TR><TD BORDER="0"{span}>{dot.html(table.caption)}</TD></TR>'
        for row, idempotents in zip(table.lines, box.idempotent.tolist(), strict=True):
            cells = "".join(
                f"<TD{f' BGCOLOR={chr(34)}{GROUP_FILL}{chr(34)}' if e >= 0 else ''}>"
                f"{'<BR/>'.join(map(dot.html, lines))}</TD>"
                for lines, e in zip(row, idempotents, strict=True)
            )
            yield f"    <TR>{cells}</TR>"
        yield "  </TABLE>>];"
        covers += [f"  {box.number} -> {lower};" for lower in box.covers]
    yield from covers


def _depths(boxes: list[EggBox]) -> list[int]:
    """Rank of every class, given from top to bottom: the longest chain above it."""
    ranks = [0] * len(boxes)
    for box in boxes:
        for lower in box.covers:
            ranks[lower - 1] = max(ranks[lower - 1], ranks[box.number - 1] + 1)
    return ranks


class _Table:
    """An egg-box with the text of its cells, measured and drawn."""

    def __init__(self, green: GreenRelations, box: EggBox) -> None:
        self.box = box
        self.words = WordLabels(green.monoid)
        listed = green.monoid.size <= _MOST_LISTED
        self.lines = [
            [self._cell(green, i, j, listed) for j in range(box.n_l)] for i in range(box.n_r)
        ]
        sizes = [text_box(lines, _CELL_SIZE) for row in self.lines for lines in row]
        self.cell_width = max(28.0, max(width for width, _ in sizes) + 14)
        self.cell_height = max(height for _, height in sizes) + 10
        self.caption = f"J{box.number}: {box.size:,} element{'s' * (box.size != 1)}"
        caption, _ = text_box([self.caption], NOTE_SIZE)
        self.width = max(caption, box.n_l * self.cell_width)
        self.height = box.n_r * self.cell_height + _CAPTION

    def _cell(self, green: GreenRelations, i: int, j: int, listed: bool) -> tuple[str, ...]:
        first, idempotent = int(self.box.first[i, j]), int(self.box.idempotent[i, j])
        star = self.words.star
        if listed:
            elements = np.flatnonzero(green.h == green.h[first]).tolist()
            texts = [star * (e == idempotent) + self.words.short(e) for e in elements]
            shown = wrapped(texts, width=22, most_lines=12)
            named = idempotent >= 0 and self.box.h_size > 1
            return (self.box.cell(i, j, star), *shown) if named else shown
        word = self.words.short(idempotent if idempotent >= 0 else first)
        if self.box.h_size == 1:
            return (star * (idempotent >= 0) + word,)
        return (self.box.cell(i, j, star), word)

    def draw(self, svg: Svg, centre: Point) -> None:
        """Draw the caption and the table below it."""
        box = self.box
        left = centre[0] - box.n_l * self.cell_width / 2 + self.cell_width / 2
        top = centre[1] - self.height / 2
        svg.begin("j-class", box.title)
        _, height = text_box([self.caption], NOTE_SIZE)
        caption = (centre[0], top + height / 2)
        svg.rectangle(caption, *text_box([self.caption], NOTE_SIZE), 0, PAPER, "none")
        svg.text([self.caption], caption, NOTE_SIZE, FAINT)
        for i in range(box.n_r):
            for j in range(box.n_l):
                x = left + j * self.cell_width
                y = top + _CAPTION + (i + 0.5) * self.cell_height
                fill = GROUP_FILL if box.idempotent[i, j] >= 0 else PAPER
                svg.begin("cell", self._title(i, j))
                svg.rectangle((x, y), self.cell_width, self.cell_height, 0, fill, INK)
                svg.text(self.lines[i][j], (x, y), _CELL_SIZE)
                svg.end()
        svg.end()

    def _title(self, i: int, j: int) -> str:
        box = self.box
        size = f"{box.h_size:,} element{'s' * (box.h_size != 1)}"
        group = f", group {box.group}" if box.idempotent[i, j] >= 0 else ""
        word = self.words.full(int(box.first[i, j]))
        return f"H-class of {word}: {size}{group}"
