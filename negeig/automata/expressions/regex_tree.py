"""Regular expressions as trees: the nodes, how to build them and how to walk them.

Nothing here recurses, so a tree may be as deep as a text is long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from negeig.claims import Letter


@dataclass(frozen=True, slots=True)
class Class:
    """One letter out of a set: sorted disjoint ranges of code points, or all letters but those."""

    ranges: tuple[tuple[int, int], ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """One letter of several characters."""

    letter: Letter


@dataclass(frozen=True, slots=True)
class Epsilon:
    """The empty word."""


@dataclass(frozen=True, slots=True)
class Concatenation:
    """Two or more expressions one after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Union:
    """Words of at least one part."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Intersection:
    """Words of every part."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Complement:
    """Words over the alphabet that are not the operand's."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Repeat:
    """``least`` to ``most`` copies of the operand; no upper bound when ``most`` is None."""

    operand: Node
    least: int
    most: int | None


Node: TypeAlias = (
    Class | Named | Epsilon | Concatenation | Union | Intersection | Complement | Repeat
)


def postorder(root: Node) -> Iterator[Node]:
    """Yield every node of the tree, children before parents, left before right."""
    stack = [(root, False)]
    while stack:
        node, children_done = stack.pop()
        below = () if children_done else children(node)
        if below:
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(below))
        else:
            yield node


def children(node: Node) -> tuple[Node, ...]:
    """Return the operands of a node, left to right."""
    match node:
        case Concatenation(parts) | Union(parts) | Intersection(parts):
            return parts
        case Complement(operand) | Repeat(operand):
            return (operand,)
        case _:
            return ()


def complemented(node: Node) -> Node:
    """Return the complement of a node; two complements cancel."""
    return node.operand if isinstance(node, Complement) else Complement(node)


def united(parts: Sequence[Node]) -> Node:
    """Return the union of one or more nodes, with classes that are not negated made one."""
    classes = [part for part in parts if isinstance(part, Class) and not part.negated]
    if len(classes) > 1:
        others = [part for part in parts if not isinstance(part, Class) or part.negated]
        union = Class(merged([bounds for part in classes for bounds in part.ranges]))
        parts = [union, *others]
    return parts[0] if len(parts) == 1 else Union(tuple(parts))


def repeated(node: Node, least: int, most: int | None) -> Node:
    """Return a repetition of a node, with nested ones such as ``x**`` and ``x?*`` made one."""
    if isinstance(node, Repeat) and node.least <= 1 and node.most != 0 and most != 0:
        if node.most is None or most is None:
            return Repeat(node.operand, least * node.least, None)
        if (node.least, node.most) == (0, 1):
            return Repeat(node.operand, 0, most)
    return Repeat(node, least, most)


def merged(ranges: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Sort ranges and join those that overlap or touch."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)
