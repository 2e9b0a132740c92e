"""Cascades for people: a text, and the decomposition as a graph in DOT."""

from __future__ import annotations

from collections.abc import Iterable

from negeig.automata.decomposition.cascade import Cascade, Component, Level

# Sets of states are shown up to this many elements, and lists of sets up to as many sets.
_SHOWN = 8


def describe(cascade: Cascade) -> str:
    """Return the levels of a cascade as text, one block for each level.

    Examples
    --------
    >>> from negeig.automata.decomposition.holonomy import holonomy
    >>> from negeig.automata.machines.machine import Machine
    >>> machine = Machine(alphabet="ab", transitions=[[1, 0], [2, 0], [2, 2]], initial=0,
    ...                   outputs=[0, 0, 1])
    >>> print(describe(holonomy(machine)))
    2 levels of permutations and resets (height 2): 4 coordinate tuples for 3 states
    level 1   2              2 points, resets only
        {0, 1, 2} -> {0, 2} {1, 2}
    level 2   2              2 points, resets only
        {1, 2} -> {1} {2}   the same in 1 more set
    """
    tuples, states = len(cascade.states), len(set(cascade.states.values()))
    lines = [
        f"{_count(cascade.depth, 'level')} of permutations and resets (height {cascade.height}): "
        f"{_count(tuples, 'coordinate tuple')} for {_count(states, 'state')}"
    ]
    for i, level in enumerate(cascade.levels, start=1):
        lines.append(
            f"level {i:<3} {level.notation:<14} {_count(level.points, 'point')}, {_kind(level)}"
        )
        for component in level.components:
            more = component.sets - 1
            also = f"   the same in {_count(more, 'more set')}" if more else ""
            lines.append(f"    {_set(component.states)} -> {_sets(component.tiles)}{also}")
    return "\n".join(lines)


def to_dot(cascade: Cascade) -> str:
    r"""Return the decomposition as a directed graph in DOT: components, and what refines them.

    A node for each component, levels from top to bottom; an edge leads to each component that
    further distinguishes among the states that a point of the first one leaves possible. The
    text is the same on every run.

    Examples
    --------
    >>> from negeig.automata.decomposition.holonomy import holonomy
    >>> from negeig.automata.machines.machine import Machine
    >>> parity = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> print(to_dot(holonomy(parity)))
    digraph cascade {
      node [shape=box];
      { rank=same; "level 1" [shape=plaintext]; "1.1" [label="(2,C2)\n{0, 1} -> {0} {1}"]; }
    }
    """
    lines = ["digraph cascade {", "  node [shape=box];"]
    for i, level in enumerate(cascade.levels, start=1):
        nodes = [f"{_quoted(f'level {i}')} [shape=plaintext];"]
        for j, component in enumerate(level.components, start=1):
            label = f"{component.notation}\n{_set(component.states)} -> {_sets(component.tiles)}"
            nodes.append(f"{_node(i, j)} [label={_quoted(label)}];")
        lines.append(f"  {{ rank=same; {' '.join(nodes)} }}")
    for i in range(1, cascade.depth):
        above, below = _quoted(f"level {i}"), _quoted(f"level {i + 1}")
        lines.append(f"  {above} -> {below} [style=invis];")
    for i, level in enumerate(cascade.levels, start=1):
        for j, component in enumerate(level.components, start=1):
            lines += [f"  {_node(i, j)} -> {node};" for node in _below(component)]
    return "\n".join([*lines, "}"])


def _below(component: Component) -> list[str]:
    return [_node(level + 1, number + 1) for level, number in component.below]


def _node(level: int, component: int) -> str:
    return _quoted(f"{level}.{component}")


def _quoted(text: str) -> str:
    r"""Quote text for DOT: quotes and backslashes escaped, a line break written as \n."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _kind(level: Level) -> str:
    groups = [c.group.name for c in level.components if c.group.order > 1]
    if not groups:
        return "resets only"
    resets = any(len(set(image)) < level.points for image in level.maps)
    return f"permuted by {', '.join(sorted(groups))}{', with resets' if resets else ''}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _set(states: Iterable[int]) -> str:
    return "{" + _listed([str(q) for q in states], ", ") + "}"


def _sets(sets: Iterable[tuple[int, ...]]) -> str:
    return _listed([_set(states) for states in sets], " ")


def _listed(items: list[str], separator: str) -> str:
    shown = items if len(items) <= _SHOWN else [*items[: _SHOWN - 1], "..."]
    return separator.join(shown)
