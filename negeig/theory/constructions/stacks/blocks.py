"""The blocks route: permutation groups with few steps a token, in three or four layers.

A letter that permutes n points may be a product of as many as n - 1 reflections. A product of
*many* letters is no longer, so the work can be spread (Siems et al., DeltaProduct, arXiv
2502.10297, Theorem 1): while a block of letters is read, the product of the block before is
applied, a few reflections a token. Blocks of length L suffice at n_h steps a token when every
product of L letters is a product of L n_h reflections, so always when L is (n - 1)/n_h or more.
The published length, ceil((k - 1)/n_h) for letters that move k points, is too short when a product
moves more points than a letter does.

* *Counter*: one layer of n_h > 1 steps, or two layers of single reflections.
* *Memory*: registers for the letters of this block and the one before, one written at each token.
  From the position and the registers follow the *chunk*, the reflections that are due, and what
  is *pending*: the rest of the previous block's product, then this block's letters up to now.
* *Permutation*: applies the chunk; its decoder applies the pending permutation.

All registers begin with the same letter a, so the permutation layer begins before a^L.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from typing import TypeAlias

from negeig.automata.groups.cycles import cycles
from negeig.automata.machines.machine import Machine
from negeig.claims import Letter, LimitReached
from negeig.theory.constructions.pieces.block_memory import BlockMemory, Contents
from negeig.theory.constructions.pieces.counters import (
    is_rational,
    reflecting_counter,
    turning_counter,
)
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.constructions.stacks.two_reflections import field_of_layer
from negeig.theory.factors.factorisation import transposition
from negeig.theory.networks.network import Layer, LinearRNN
from negeig.theory.networks.one_layer import symbols
from negeig.theory.theorems import ids

Permutation: TypeAlias = tuple[int, ...]
Arrangement: TypeAlias = tuple[int, ...]
"""The label that lies on each point."""

Swaps: TypeAlias = tuple[tuple[int, int], ...]
"""Pairs of points whose labels are swapped, in order."""

MAX_MEMORY = 20_000
"""Most contents of the registers: (letters that act differently)^(2 x block length)."""

MAX_POINTS = 100
"""Most points that the letters permute."""

MAX_ARRANGEMENTS = 10_000
"""Most arrangements of labels on points."""

MAX_TABLE = 2_000_000
"""Most entries of the last decoder table, arrangements x symbols."""


def construct(machine: Machine, steps: int | None = None) -> list[Construction]:
    """Return networks of three or four layers where the letters permute the states.

    Parameters
    ----------
    machine : Machine
        Minimal.
    steps : int, optional
        Steps a token n_h; without it 1, and the least larger number that works. Never as many as
        one layer needs.

    Returns
    -------
    list of Construction
        Four layers for one step a token, three for more. Nothing where a letter does not permute,
        all letters act alike, or one layer needs no more steps.

    Raises
    ------
    LimitReached
        When a memory or a table above ``MAX_MEMORY`` or ``MAX_TABLE`` left nothing to propose.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> found = construct(get("sym:4").minimal())
    >>> [[layer.steps_per_token for layer in c.network.layers] for c in found]
    [[1, 1, 1, 1], [1, 2, 2]]
    """
    columns = [tuple(column) for column in machine.transitions.T.tolist()]
    if len(set(columns)) < 2 or any(len(set(column)) < machine.size for column in columns):
        return []
    choices = known_points(machine)
    cost = min((max(map(rank, points.actions)) for points in choices), default=0)
    found: list[Construction] = []
    limits: list[LimitReached] = []
    for count in range(1, cost):
        if steps not in (None, count) or any(c.cost[1] > 1 for c in found):
            continue
        for points in choices:
            try:
                length = block_length(points.actions, count)
                network = block_network(machine, points, steps=count, length=length)
            except LimitReached as limit:
                limits.append(limit)
                continue
            idea = (
                f"while a block of {length} letters is read, the product of the block before is "
                f"applied, {count} reflection{'s' if count > 1 else ''} a token; a counter and "
                "registers say what is due, and the last decoder adds what is pending"
            )
            found.append(Construction(ROUTE.name, network, idea, ids.BLOCKS))
            break
    if limits and not found:
        raise limits[0]
    return found


@dataclass(frozen=True)
class Points:
    """A task's letters as permutations of a few points.

    ``state_of`` gives the machine's state for every arrangement of labels that is reached from
    ``start``.
    """

    actions: tuple[Permutation, ...]
    start: Arrangement
    state_of: dict[Arrangement, int]


def known_points(machine: Machine) -> list[Points]:
    """Return the permutations of few points that the letters are known to be."""
    from negeig.automata.groups.small_action import letter_group, small_actions

    few = [] if machine.points is None else [machine.points]
    if not few and (letters := letter_group(machine)) is not None:
        few = small_actions(letters)
    found = []
    for actions in few:
        degree = len(actions[0])
        if degree < min(machine.size, MAX_POINTS + 1):
            found.append(_points(machine, actions, tuple(range(1, degree + 1))))
    if machine.size <= MAX_POINTS:
        states = tuple(tuple(column) for column in machine.transitions.T.tolist())
        unit = tuple(int(q == machine.initial) for q in range(machine.size))
        found.append(_points(machine, states, unit))
    return [points for points in found if points is not None]


def block_length(actions: Sequence[Permutation], steps: int) -> int:
    """Return the least length, above 1, of blocks whose products are all short enough.

    Every product of that many letters is a product of ``length * steps`` transpositions. A somewhat
    larger length is preferred when its counter has rational entries. Raises LimitReached when the
    registers would have too many contents.

    Examples
    --------
    >>> block_length([(1, 0, 2, 3, 4), (1, 2, 3, 4, 0)], 1)
    4
    >>> block_length([(1, 0, 2, 3, 4), (1, 2, 3, 4, 0)], 2)
    2
    """
    letters = list(dict.fromkeys(actions))
    shortest = None
    length = 2
    while len(letters) ** (2 * length) <= MAX_MEMORY:
        if max(map(rank, _products(letters, length))) <= length * steps:
            shortest = shortest or length
            if is_rational(length):
                return length
        length += 1
    if shortest is None:
        contents = len(letters) ** (2 * length)
        raise LimitReached("contents of the registers", MAX_MEMORY, reached=contents)
    return shortest


def block_network(machine: Machine, points: Points, *, steps: int, length: int) -> LinearRNN:
    """Return the network for one block length; it is right if that is long enough.

    Raises LimitReached when the last decoder table would be too large.
    """
    letters = list(dict.fromkeys(points.actions))
    names = [machine.alphabet[points.actions.index(g)] for g in letters]
    shown = {
        a: names[letters.index(g)] for a, g in zip(machine.alphabet, points.actions, strict=True)
    }
    last = _Last(machine, points, _arrangements(points, letters, steps, length))

    @cache
    def product(contents: Contents) -> Permutation:
        return _product([letters[a] for a in contents])

    @cache  # many contents of the registers hold the same letters of interest
    def emit(previous: Contents, current: Contents) -> Letter:
        chunk, rest = _split(product(previous), len(current) - 1, steps)
        return last.symbol(chunk, _product([rest, product(current)]))

    remembered = BlockMemory(length, swaps=steps > 1)
    counter: tuple[Layer, ...]
    if steps > 1:
        counter = (turning_counter(shown, remembered.positions),)
    else:
        counter = reflecting_counter(shown, remembered.positions)
    memory = remembered.layer(names, emit)
    emitted = symbols(machine.outputs)
    return LinearRNN(
        alphabet=machine.alphabet,
        layers=(*counter, memory, last.layer()),
        outputs=dict(zip(emitted, machine.outputs, strict=True)),
        empty=machine.outputs[machine.initial],
        field=field_of_layer(counter[-1]),
    )


class _Last:
    """The permutation layer, and the names of its letters as they come up."""

    def __init__(
        self, machine: Machine, points: Points, arrangements: Sequence[Arrangement]
    ) -> None:
        self._arrangements = arrangements
        self._state_of = points.state_of
        self._emitted = symbols(machine.outputs)
        self._unreached = self._emitted[machine.initial]
        self._names: dict[tuple[Swaps, tuple[Letter, ...]], Letter] = {}
        self._columns: dict[Permutation, tuple[Letter, ...]] = {}

    def symbol(self, chunk: Swaps, pending: Permutation) -> Letter:
        """Name the letter that applies a chunk and decodes with a pending permutation.

        Those that apply the same chunk and decode alike have one name.
        """
        column = self._columns.get(pending)
        if column is None:
            column = self._columns[pending] = tuple(
                self._unreached if state is None else self._emitted[state]
                for state in (self._state_of.get(_move(x, pending)) for x in self._arrangements)
            )
        name = self._names.get((chunk, column))
        if name is None:
            name = f"{_cycle_text([list(s) for s in chunk])} then {_cycle_text(cycles(pending))}"
            self._names[chunk, column] = name
            entries = len(self._names) * len(self._arrangements)
            if entries > MAX_TABLE:
                raise LimitReached("entries of the decoder table", MAX_TABLE, reached=entries)
        return name

    def layer(self) -> Layer:
        """Return the layer for all letters named so far."""
        codes = [tuple(Fraction(label) for label in x) for x in self._arrangements]
        degree = len(codes[0])
        return Layer(
            alphabet=tuple(self._names.values()),
            initial=codes[0],
            steps={
                name: tuple(transposition(degree, i, j) for i, j in chunk)
                for (chunk, _), name in self._names.items()
            },
            codes=tuple(codes),
            emit=tuple(zip(*(column for _, column in self._names), strict=True)),
            names=tuple(f"point {i + 1}" for i in range(degree)),
        )


def _points(machine: Machine, actions: Sequence[Permutation], start: Arrangement) -> Points | None:
    """List the arrangements that letters lead to, or None if too many or not telling the state."""
    state_of = {start: machine.initial}
    queue = [start]
    for x in queue:
        for a, g in enumerate(actions):
            target, y = int(machine.transitions[state_of[x], a]), _move(x, g)
            if state_of.setdefault(y, target) != target:
                return None
            if len(state_of) > len(queue):
                queue.append(y)
        if len(queue) > MAX_ARRANGEMENTS:
            return None
    return Points(tuple(actions), start, state_of)


def _arrangements(
    points: Points, letters: Sequence[Permutation], steps: int, length: int
) -> list[Arrangement]:
    """List the arrangements that the permutation layer goes through, the first one first.

    It begins before a block of the first letter, as that is what all registers hold.
    """
    before = _inverse(_product([letters[0]] * length))
    blocks = [
        [_split(block, place, steps)[0] for place in range(length)]
        for block in _products(letters, length)
    ]
    first = _move(points.start, before)
    found = {first: None}
    bounds = {first: None}
    queue = [first]
    for bound in queue:
        for chunks in blocks:
            x = bound
            for chunk in chunks:
                x = _swapped(x, chunk)
                found[x] = None
            if x not in bounds:
                bounds[x] = None
                queue.append(x)
        if len(found) > MAX_ARRANGEMENTS:
            raise LimitReached("arrangements", MAX_ARRANGEMENTS, reached=len(found))
    return list(found)


@lru_cache(maxsize=100_000)
def _split(block: Permutation, place: int, steps: int) -> tuple[Swaps, Permutation]:
    """Return the swaps of a block's product due at a place, and the product of those after it."""
    swaps = tuple((cycle[0], point) for cycle in cycles(block) for point in cycle[1:])
    later = (place + 1) * steps
    rest = _inverse(_swapped(tuple(range(len(block))), swaps[later:]))
    return swaps[place * steps : later], rest


def rank(permutation: Permutation) -> int:
    """Return the fewest transpositions that a permutation is a product of.

    Examples
    --------
    >>> rank((1, 2, 0, 4, 3))
    3
    """
    return sum(len(cycle) - 1 for cycle in cycles(permutation))


def _products(letters: Sequence[Permutation], length: int) -> list[Permutation]:
    """Return the distinct products of a number of letters."""
    found = [tuple(range(len(letters[0])))]
    for _ in range(length):
        found = list(dict.fromkeys(_product([x, g]) for x in found for g in letters))
    return found


def _product(factors: Sequence[Permutation]) -> Permutation:
    """Return the permutation that applies the factors in order."""
    images: Sequence[int] = range(len(factors[0]))
    for g in factors:
        images = [g[i] for i in images]
    return tuple(images)


def _inverse(permutation: Permutation) -> Permutation:
    found = [0] * len(permutation)
    for i, image in enumerate(permutation):
        found[image] = i
    return tuple(found)


def _move(arrangement: Arrangement, permutation: Permutation) -> Arrangement:
    """Carry the label on each point i to ``permutation[i]``."""
    after = [0] * len(arrangement)
    for label, image in zip(arrangement, permutation, strict=True):
        after[image] = label
    return tuple(after)


def _swapped(arrangement: Arrangement, swaps: Swaps) -> Arrangement:
    """Swap the labels on pairs of points, in order."""
    after = list(arrangement)
    for i, j in swaps:
        after[i], after[j] = after[j], after[i]
    return tuple(after)


def _cycle_text(found: Sequence[Sequence[int]]) -> str:
    return "".join(f"({' '.join(str(point + 1) for point in cycle)})" for cycle in found) or "()"


ROUTE = Route(
    name="blocks",
    kind="layers",
    rank=40,
    least_layers=3,
    summary="the product of the last block, a factor a token",
    construct=construct,
)
