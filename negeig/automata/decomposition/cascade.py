"""Cascades: machines stacked so that each level is told by the letter and the levels above it.

A cascade of permutation-reset levels is what the Krohn-Rhodes theorem decomposes a machine into;
see :func:`negeig.automata.decomposition.holonomy.holonomy`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeAlias

from negeig.automata.groups.identify import Subgroup
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Letter, LimitReached, Output, Word
from negeig.shown import Shown

Coordinates: TypeAlias = tuple[int, ...]
"""One point of every level, or of the first few of them, top level first."""

PointMap: TypeAlias = tuple[int, ...]
"""Image of every point of a level."""


@dataclass(frozen=True, kw_only=True)
class Component:
    """A part of a level: the points among which it moves while the levels above select it.

    Attributes
    ----------
    offset, points : int
        It uses the points ``offset``, ..., ``offset + points - 1`` of its level.
    group : Subgroup
        The group its permutations generate on these points; of order 1 when it only resets.
    states : tuple of int
        The machine states among which these points distinguish, for one of its ``sets`` sets.
    tiles : tuple of tuples of int
        The states that each point leaves possible, for that set.
    sets : int
        How many sets of states this component serves, by bijections between them.
    below : tuple of pairs of int
        Levels and components (both from 0) that further distinguish within a point.
    """

    offset: int
    points: int
    group: Subgroup
    states: tuple[int, ...]
    tiles: tuple[tuple[int, ...], ...]
    sets: int
    below: tuple[tuple[int, int], ...]

    @property
    def notation(self) -> str:
        """``(3,C3)``: C3 permutes 3 points, with resets; ``3``: three points and resets only."""
        return f"({self.points},{self.group.name})" if self.group.order > 1 else str(self.points)


@dataclass(frozen=True, eq=False, kw_only=True)
class Level:
    """One permutation-reset machine of a cascade.

    Attributes
    ----------
    points : int
        Its points are 0, ..., ``points - 1``.
    maps : tuple of point maps
        The distinct maps of its points; each is a permutation or a constant.
    contexts : tuple of coordinates
        The coordinates of the levels above that some word leads to, each of them once.
    choice : tuple of tuples of int, contexts x letters
        ``maps[choice[c][a]]`` is what letter a does in context c.
    active : tuple of int
        The component that uses the coordinate in each context; -1 where nothing does. Whatever
        leads into such a context may do anything to the coordinate; it is reset to 0.
    components : tuple of Component
    """

    points: int
    maps: tuple[PointMap, ...]
    contexts: tuple[Coordinates, ...]
    choice: tuple[tuple[int, ...], ...]
    active: tuple[int, ...]
    components: tuple[Component, ...]

    @property
    def notation(self) -> str:
        """Components, largest group first: ``(3,C3) 2`` as in the SgpDec package for GAP."""
        order = sorted(self.components, key=lambda c: (-c.group.order, -c.points, c.notation))
        return " ".join(c.notation for c in order)

    @cached_property
    def _row(self) -> dict[Coordinates, int]:
        return {context: c for c, context in enumerate(self.contexts)}

    def map(self, above: Coordinates, column: int) -> PointMap:
        """Map of the points for a letter, given the coordinates above *before* that letter.

        Raises InputError where no word leads to these coordinates.
        """
        row = self._row.get(above)
        if row is None:
            raise InputError("cascade", f"no word leads to the coordinates {above}")
        return self.maps[self.choice[row][column]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Cascade(Shown):
    """Levels of permutation-reset machines, and the map from their coordinates onto a machine.

    **Order of events.** On a letter every level moves at once: level i applies the map that the
    letter and the coordinates of levels 0, ..., i-1 *before* the letter choose. (A network whose
    layers emit their state *after* the letter must therefore recover the state before it.)

    **Domain.** The coordinates that words lead to from ``initial`` and, where the machine has
    states that no word reaches, from one more start for such states. ``states`` maps each of them
    to a state of the machine, and commutes with every letter: that is the homomorphism.
    :func:`negeig.automata.decomposition.cascade_check.verify` proves both.

    Attributes
    ----------
    alphabet : tuple of str
    levels : tuple of Level
        The level that depends on nothing but the letter comes first. None for a single state.
    initial : coordinates
        Before the first letter.
    states : mapping of coordinates to int
        The homomorphism, a read-only mapping.
    outputs : tuple
        Output of every state of the machine.
    height : int
        Longest strict chain of image sets under subduction: never less than the depth.

    Examples
    --------
    >>> from negeig.automata.decomposition.holonomy import holonomy
    >>> cascade = holonomy(Machine(alphabet="pr", transitions=[[1, 0], [2, 0], [0, 0]],
    ...                            initial=0, outputs=[1, 0, 0]))
    >>> cascade
    Cascade(1 level: (3,C3))
    >>> cascade.run("pppr"), list(cascade.path("pp"))
    ((1, 0, 0, 1, 1), [(0,), (1,), (2,)])
    >>> cascade.as_machine().difference(cascade.as_machine()) is None
    True
    """

    alphabet: tuple[Letter, ...]
    levels: tuple[Level, ...]
    initial: Coordinates
    states: Mapping[Coordinates, int]
    outputs: tuple[Output, ...]
    height: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "states", MappingProxyType(dict(self.states)))

    @property
    def depth(self) -> int:
        """Number of levels."""
        return len(self.levels)

    @property
    def group_levels(self) -> int:
        """Number of levels with a permutation other than the identity.

        An upper bound of the group complexity of the machine's monoid: each level divides a
        wreath product of resets and one group (Krohn and Rhodes 1965).
        """
        return sum(any(c.group.order > 1 for c in level.components) for level in self.levels)

    def __repr__(self) -> str:
        shown = "; ".join(level.notation for level in self.levels)
        return f"Cascade({self.depth} level{'s' * (self.depth != 1)}{': ' * bool(shown)}{shown})"

    def step(self, coordinates: Coordinates, letter: Letter) -> Coordinates:
        """Return the coordinates after one letter: O(depth)."""
        return self._step(coordinates, self._column(letter))

    def _step(self, before: Coordinates, column: int) -> Coordinates:
        return tuple(
            level.map(before[:i], column)[before[i]] for i, level in enumerate(self.levels)
        )

    def _column(self, letter: Letter) -> int:
        if letter not in self.alphabet:
            shown = ", ".join(map(repr, self.alphabet))
            raise InputError("", f"letter {letter!r} is not in the alphabet {shown}")
        return self.alphabet.index(letter)

    def path(self, word: Iterable[Letter]) -> Iterator[Coordinates]:
        """Yield the coordinates before the first letter and after every letter of a word."""
        coordinates = self.initial
        yield coordinates
        for letter in word:
            coordinates = self.step(coordinates, letter)
            yield coordinates

    def run(self, word: Word | str) -> tuple[Output, ...]:
        """Return the outputs after every prefix of the word, the empty prefix first."""
        return tuple(self.outputs[self.states[coordinates]] for coordinates in self.path(word))

    def as_machine(self, *, max_states: int = 100_000) -> Machine:
        """Return the machine of the coordinates that words lead to from ``initial``.

        Its states are numbered breadth first. Raises LimitReached beyond ``max_states``.
        """
        order = [self.initial]
        number = {self.initial: 0}
        transitions: list[list[int]] = []
        for before in order:  # grows while it is read
            row = []
            for column in range(len(self.alphabet)):
                after = self._step(before, column)
                row.append(number.setdefault(after, len(order)))
                if row[-1] == len(order):
                    order.append(after)
            transitions.append(row)
            if len(order) > max_states:
                raise LimitReached(
                    "machine states", max_states, reached=len(order), option="--max-states"
                )
        return Machine(
            alphabet=self.alphabet,
            transitions=transitions,
            initial=0,
            outputs=[self.outputs[self.states[coordinates]] for coordinates in order],
        )

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values; ``states`` lists pairs of coordinates and state."""
        return {
            "schema": "negeig.cascade/1",
            "alphabet": list(self.alphabet),
            "height": self.height,
            "initial": list(self.initial),
            "levels": [
                {
                    "points": level.points,
                    "notation": level.notation,
                    "components": [_component_json(c) for c in level.components],
                    "maps": [list(m) for m in level.maps],
                    "contexts": [list(context) for context in level.contexts],
                    "choice": [list(row) for row in level.choice],
                    "active": list(level.active),
                }
                for level in self.levels
            ],
            "states": [[list(c), state] for c, state in self.states.items()],
            "outputs": list(self.outputs),
        }


def _component_json(component: Component) -> dict[str, Any]:
    values = asdict(component)
    for name in ("states", "tiles", "below"):
        values[name] = [list(v) if isinstance(v, tuple) else v for v in values[name]]
    return values
