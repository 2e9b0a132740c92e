"""The tree of a Krohn-Rhodes decomposition, as SVG and as DOT: what distinguishes which states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from negeig.automata.decomposition.cascade import Cascade, Component
from negeig.automata.labels import shortened
from negeig.report.drawing import dot
from negeig.report.drawing.graph import NOTE_SIZE, check_nodes
from negeig.report.drawing.layers import Box, Link
from negeig.report.drawing.layout import layered
from negeig.report.drawing.summary import not_drawn, summary_svg
from negeig.report.drawing.svg import FAINT, GROUP_FILL, INK, NODE_FILL, PAPER, Svg, text_box

_LONGEST_SET = 30
_MOST_TILES = 4
_MOST_LEVELS = 8  # listed where there are too many components to draw
_SIZE = 12.0


def decomposition_svg(cascade: Cascade, *, max_nodes: int = 300) -> str:
    """Draw the components of a cascade level by level, top level first.

    A component is told its notation, the states among which it distinguishes and into which sets,
    and how many sets of states it serves. Those with a group are blue. Arrows lead to the
    components that distinguish further. A machine of one state has no level: an empty picture. Of
    more than ``max_nodes`` components the levels are drawn as numbers.

    Examples
    --------
    >>> from negeig.automata.decomposition.holonomy import holonomy
    >>> from negeig.automata.machines.machine import Machine
    >>> machine = Machine(alphabet="ab", transitions=[[1, 2], [2, 0], [2, 2]], initial=0,
    ...                   outputs=[1, 0, 0])
    >>> drawn = decomposition_svg(holonomy(machine))
    >>> drawn.count('<g class="component">'), drawn.count('<g class="below">')
    (2, 1)
    """
    components, links = _tree(cascade)
    if len(components) > max_nodes:
        return _numbers(cascade, len(components), max_nodes)
    title = f"Krohn-Rhodes decomposition: {cascade.depth} level{'s' * (cascade.depth != 1)}"
    if not components:
        svg = Svg(220, 40, title)
        svg.text(["one state: no levels"], (110.0, 20.0), _SIZE)
        return svg.document()
    key = legend([component for _, component in components])
    key_width, key_height = text_box(key, NOTE_SIZE)
    texts = [_lines(component) for _, component in components]
    boxes = []
    for lines in texts:
        width, height = text_box(lines, _SIZE)
        boxes.append(Box(width=width + 20, height=height + 12))
    levels = [level for level, _ in components]
    layout = layered(
        boxes,
        [Link(source=source, target=target) for source, target in links],
        levels,
        downwards=True,
    )
    names = [f"level {level + 1}" for level in range(cascade.depth)]
    left = max(text_box([name], NOTE_SIZE)[0] for name in names) + 18
    svg = Svg(max(left + layout.width, key_width + 28), layout.height + key_height + 10, title)
    for (source, target), route in zip(links, layout.routes, strict=True):
        svg.begin("below", f"{texts[source][0]} to {texts[target][0]}")
        svg.curve([(x + left, y) for x, y in route])
        svg.end()
    heights = dict(zip(levels, (y for _, y in layout.places), strict=True))
    for level, name in enumerate(names):
        svg.text([name], (14.0, heights[level]), NOTE_SIZE, FAINT, "start")
    for (_, component), lines, box, (x, y) in zip(
        components, texts, boxes, layout.places, strict=True
    ):
        fill = GROUP_FILL if component.group.order > 1 else NODE_FILL
        svg.begin("component", "; ".join(lines))
        svg.rectangle((x + left, y), box.width, box.height, 6, fill, INK)
        svg.text(lines, (x + left, y), _SIZE)
        svg.end()
    svg.text(key, (14.0, layout.height + key_height / 2), NOTE_SIZE, FAINT, "start")
    return svg.document()


def legend(components: Sequence[Component]) -> tuple[str, ...]:
    """Return what explains a picture: a line for each kind of thing that it shows, by an example.

    Examples
    --------
    >>> from negeig.automata.decomposition.holonomy import holonomy
    >>> from negeig.automata.machines.machine import Machine
    >>> parity = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> print(*legend(holonomy(parity).levels[0].components), sep=chr(10))
    (2,C2), blue: 2 sets of states that the group C2 permutes, and other letters reset
    {0,1}: {0} {1}: it tells in which set behind the colon a state of {0,1} is
    """
    group = next((c for c in components if c.group.order > 1), None)
    resets = next((c for c in components if c.group.order == 1), None)
    several = next((c for c in components if c.sets > 1), None)
    lines = []
    if group is not None:
        lines.append(
            f"{group.notation}, blue: {group.points} sets of states that the group "
            f"{group.group.name} permutes, and other letters reset"
        )
    if resets is not None:
        lines.append(f"{resets.notation}, grey: {resets.points} sets of states, resets only")
    example = min(components, key=lambda c: len(_lines(c)[1]))
    lines.append(
        f"{_lines(example)[1]}: it tells in which set behind the colon a state of "
        f"{set_text(example.states)} is"
    )
    if several is not None:
        lines.append(f"{_lines(several)[2]}: the component does the same in each of them")
    if any(component.below for component in components):
        lines.append("an arrow: the lower component goes on within a set of the upper one")
    return tuple(lines)


def _numbers(cascade: Cascade, components: int, max_nodes: int) -> str:
    """Draw how many components each level has, those with a group apart."""
    rows = [("levels", f"{cascade.depth:,}"), ("components", f"{components:,}")]
    for i, level in enumerate(cascade.levels[:_MOST_LEVELS]):
        groups = sum(component.group.order > 1 for component in level.components)
        rows.append((f"level {i + 1}", f"{len(level.components):,}, {groups:,} with a group"))
    if cascade.depth > _MOST_LEVELS:
        rows.append(("", f"and {cascade.depth - _MOST_LEVELS:,} more levels"))
    notes = not_drawn(components, max_nodes, "components")
    return summary_svg("Krohn-Rhodes decomposition", rows, notes)


def decomposition_dot(cascade: Cascade, *, max_nodes: int = 100_000) -> str:
    r"""Write the components of a cascade as a DOT graph for Graphviz, a rank for every level.

    Raises
    ------
    LimitReached
        More than ``max_nodes`` components.

    Examples
    --------
    >>> from negeig.automata.decomposition.holonomy import holonomy
    >>> from negeig.automata.machines.machine import Machine
    >>> parity = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> print(decomposition_dot(holonomy(parity)))
    digraph {
      bgcolor="#ffffff";
      node [shape=box, style="rounded,filled", fillcolor="#f4f6f8", fontname="monospace"];
      { rank=same; 0 [label="(2,C2)\n{0,1}: {0} {1}", fillcolor="#d7e8f7"]; }
    }
    <BLANKLINE>
    """
    components, links = _tree(cascade)
    check_nodes(len(components), max_nodes, "components in the picture", "nothing was written")
    return "\n".join(["digraph {", *_dot_lines(components, links), "}", ""])


def _dot_lines(
    components: Sequence[tuple[int, Component]], links: Sequence[tuple[int, int]]
) -> Iterator[str]:
    yield f'  bgcolor="{PAPER}";'
    look = f'style="rounded,filled", fillcolor="{NODE_FILL}"'
    yield f'  node [shape=box, {look}, fontname="monospace"];'
    ranks: dict[int, list[str]] = {}
    for i, (level, component) in enumerate(components):
        fill = f', fillcolor="{GROUP_FILL}"' if component.group.order > 1 else ""
        ranks.setdefault(level, []).append(f"{i} [label={dot.label(_lines(component))}{fill}];")
    for nodes in ranks.values():
        yield f"  {{ rank=same; {' '.join(nodes)} }}"
    for source, target in links:
        yield f"  {source} -> {target};"


def _tree(cascade: Cascade) -> tuple[list[tuple[int, Component]], list[tuple[int, int]]]:
    """All components with their levels, and the numbers of those joined."""
    number = {
        (i, k): n
        for n, (i, k) in enumerate(
            (i, k) for i, level in enumerate(cascade.levels) for k in range(len(level.components))
        )
    }
    components = [(i, cascade.levels[i].components[k]) for i, k in number]
    links = [(n, number[lower]) for n, (_, c) in enumerate(components) for lower in c.below]
    return components, links


def _lines(component: Component) -> tuple[str, ...]:
    """Return what is written of a component."""
    tiles = [set_text(tile) for tile in component.tiles[:_MOST_TILES]]
    if len(component.tiles) > _MOST_TILES:
        tiles.append(f"…{len(component.tiles) - _MOST_TILES} more")
    lines = (component.notation, f"{set_text(component.states)}: {' '.join(tiles)}")
    return (*lines, f"for {component.sets:,} sets of states") if component.sets > 1 else lines


def set_text(states: Sequence[int]) -> str:
    """Return a set of states, given in increasing order, with runs as ranges.

    Examples
    --------
    >>> set_text([0, 1, 2, 5, 6]), set_text([])
    ('{0-2,5,6}', '{}')
    """
    runs: list[list[int]] = []
    for state in states:
        if runs and runs[-1][-1] == state - 1:
            runs[-1].append(state)
        else:
            runs.append([state])
    texts = [f"{r[0]}-{r[-1]}" if len(r) > 2 else ",".join(map(str, r)) for r in runs]
    return shortened("{" + ",".join(texts) + "}", _LONGEST_SET)
