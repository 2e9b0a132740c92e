"""Stages: the levels of a cascade, each told no more of those above it than a *context*.

What a level needs to know of the levels above is where they stood before the letter and after it.
There may be astronomically many coordinates above, and few contexts: the sets of states that they
leave possible, for instance. So a stage lists *moves*, triples (context before the letter, letter,
context after it), and nothing that grows with the number of coordinate tuples. Moves may be listed
that no word makes; one that a word makes is never left out.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from negeig.automata.decomposition.cascade import Cascade, Coordinates, PointMap
from negeig.claims import Letter

Context: TypeAlias = Hashable
"""A set of states as a bit mask, or the coordinates of all levels above."""

Move: TypeAlias = tuple[Context, int, Context]
"""The context before a letter, the column of that letter, and the context after it."""


@dataclass(frozen=True, eq=False)
class Stage:
    """One level.

    Attributes
    ----------
    points : int
        Its points are 0, ..., ``points - 1``.
    maps : mapping from Move to point map
        What the level does on each move: a permutation or a constant.
    splits : mapping from Context to mapping from int to Context
        For each context the points that occur there, and the context of the next stage each leads
        to. Where a stage tells nothing apart there is one point, and the context stays.
    """

    points: int
    maps: Mapping[Move, PointMap]
    splits: Mapping[Context, Mapping[int, Context]]


@dataclass(frozen=True, eq=False)
class Stages:
    """All levels of a cascade from the top, and the states that they lead to.

    Attributes
    ----------
    alphabet : tuple of str
    stages : tuple of Stage
        The first has one context.
    initial : coordinates
        Before the first letter.
    states : mapping from Context to int
        The machine state of each context below the last stage.
    """

    alphabet: tuple[Letter, ...]
    stages: tuple[Stage, ...]
    initial: Coordinates
    states: Mapping[Context, int]

    @property
    def only_resets(self) -> bool:
        """Whether every map of every stage is constant or the identity."""
        return all(
            len(set(images)) == 1 or images == tuple(range(stage.points))
            for stage in self.stages
            for images in set(stage.maps.values())
        )


def stages_of(cascade: Cascade) -> Stages:
    """Return a cascade of listed coordinates as stages: the contexts are the coordinates above.

    O(tuples x letters x depth).

    Examples
    --------
    >>> from negeig.automata.decomposition.holonomy import holonomy
    >>> from negeig.automata.machines.machine import Machine
    >>> machine = Machine(alphabet="ab", transitions=[[1, 0], [2, 0], [2, 2]], initial=0,
    ...                   outputs=[0, 0, 1])
    >>> [len(stage.maps) for stage in stages_of(holonomy(machine)).stages]
    [2, 4]
    """
    columns = range(len(cascade.alphabet))
    stages = []
    for i, level in enumerate(cascade.levels):
        maps: dict[Move, PointMap] = {}
        for above in level.contexts:
            for column in columns:
                after = tuple(
                    cascade.levels[j].map(above[:j], column)[point] for j, point in enumerate(above)
                )
                maps[above, column, after] = level.map(above, column)
        splits: dict[Context, dict[int, Context]] = {above: {} for above in level.contexts}
        for coordinates in cascade.states:
            splits[coordinates[:i]][coordinates[i]] = coordinates[: i + 1]
        stages.append(Stage(level.points, maps, splits))
    states: dict[Context, int] = dict(cascade.states.items())
    return Stages(cascade.alphabet, tuple(stages), cascade.initial, states)
