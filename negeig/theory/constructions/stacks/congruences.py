"""The congruences route: a chain of congruences, a layer for each step of it.

The quotient by a congruence is a smaller machine, and what is left is a coordinate within the
class that letters move as the class says: a series decomposition (Hartmanis and Stearns 1966). A
chain of congruences makes a stack of layers. Counting modulo 2^k is the binary counter: k layers of
dimension 1, one reflection each, driven by the carry. For a group the chains are those of its
subgroups, so every solvable one has layers for factors of prime order.

A layer has to tell the next ones the class *before* the letter. Where letters permute the points
of its level the decoder undoes the letter, and where all points that a letter merges mean the same
to the layers below nobody asks. Only else does the layer remember (:mod:`~.pieces.remembering`).

Levels cost what their two congruences and the stack below make them cost, so the cheapest stacks
are shortest paths in the lattice of congruences, from the finest to the coarsest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from negeig.automata.machines.machine import Machine
from negeig.claims import Letter, LimitReached
from negeig.theory.constructions.pieces.carriers import Carrier, carriers
from negeig.theory.constructions.pieces.levels import Level, level_size, levels
from negeig.theory.constructions.pieces.partitions import (
    Partition,
    chains,
    congruences,
    quotient,
    refines,
)
from negeig.theory.constructions.pieces.realisation import PartialMap
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.exact.numbers import NumberField
from negeig.theory.networks.network import Layer, LinearRNN
from negeig.theory.networks.one_layer import symbols
from negeig.theory.theorems import ids
from negeig.work import Work

MAX_STATES = 5_000
"""Largest machine that is decomposed."""

MAX_POINTS = 64
"""Most points of a level."""

MAX_CHOSEN = 64
"""Most congruences that stacks are built on at effort 1."""

MAX_KEPT = 10
"""Most stacks below one congruence that are kept."""

MEASURES = ((0, 1, 2, 3), (3, 1, 2, 0), (3, 0, 1, 2), (1, 2, 3, 0), (3, 2, 1, 0))
"""Orders of layers, steps, dimension and kind of entries by which stacks are kept."""

LAYER_UNITS = 2_000
"""Units of work that looking for the layers of one level counts."""

UNITS = 2_000_000
"""States merged while congruences are looked for, at effort 1."""

Row: TypeAlias = tuple[int | None, ...]
"""What a layer emits on one of its letters, for each point: a symbol of the layer below."""


def construct(machine: Machine, *, work: Work | None = None) -> Iterator[Construction]:
    """Yield stacks of two layers and more, of those met the ones that no other one beats.

    In layers, steps a token, dimension, exactness and the least eigenvalue. A machine without
    congruences but the trivial ones has none. Exact. Complexity: that of the congruences, then
    O(classes x letters) for each level and stack below it, counted in these.

    Raises
    ------
    LimitReached
        At the end, where not all congruences or stacks were looked at.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> [found.cost for found in construct(get("mod:64").minimal())][-1]
    (6, 1, 1)
    """
    if not 3 < machine.size <= MAX_STATES:
        return
    work = work or Work(ROUTE.counts, ROUTE.work)
    lattice, limit = congruences(machine, work.part("states merged", UNITS))
    if len(lattice) < 3:
        if limit is not None:
            raise limit
        return
    stacks = _Stacks(machine, work)
    try:
        # The chain with the least steps comes first: it ends well within the work.
        first, *others = chains(machine, lattice)
        stacks.build(first)
        chosen, most = set(first), work.scaled(MAX_CHOSEN)
        for chain in others:
            if len(chosen.union(chain)) <= most:
                chosen.update(chain)
        if len(chosen) > len(first):
            stacks.build([partition for partition in lattice if partition in chosen])
        if len(chosen) < len(lattice):
            raise LimitReached(
                "congruences of stacks", most, reached=len(lattice), option="--effort"
            )
    except LimitReached as reached:
        limit = reached
    for stack in stacks.front((0,) * machine.size):
        yield _construction(machine, stack)
    if limit is not None:
        raise limit


@dataclass(frozen=True, eq=False)
class _Stack:
    """Layers for the coordinates below a congruence.

    ``symbols`` are what they read: for each class of the congruence and each letter a number, and
    ``letters`` the map and the row that each number stands for. ``remembered`` says of which rows
    the points are those before the letter.
    """

    carrier: Carrier
    below: _Stack | None
    symbols: tuple[tuple[int, ...], ...]
    letters: tuple[tuple[int, bool, Row], ...]

    @cached_property
    def layers(self) -> tuple[_Stack, ...]:
        """The layer itself and those below it, from the top."""
        return (self, *(self.below.layers if self.below else ()))

    @cached_property
    def field(self) -> NumberField | None:
        return next((s.carrier.field for s in self.layers if s.carrier.field), None)

    @cached_property
    def price(self) -> tuple[int, ...]:
        """Layers, steps a token, dimension, kind of entries, whether a step reflects."""
        prices = [stack.carrier.price for stack in self.layers]
        steps, dim, exactness, reflects = (max(column) for column in zip(*prices, strict=True))
        return len(prices), steps, dim, min(exactness, 2), reflects

    @cached_property
    def weight(self) -> tuple[int, ...]:
        """All steps, dimensions and symbols: to choose between stacks of one price."""
        prices = [stack.carrier.price for stack in self.layers]
        sums = [sum(column) for column in zip(*prices, strict=True)]
        return (*sums, sum(len(stack.letters) for stack in self.layers))


class _Stacks:
    """The stacks below each congruence, from the finest one up."""

    def __init__(self, machine: Machine, work: Work) -> None:
        self.machine, self.work = machine, work
        self.finest = tuple(range(machine.size))
        self.outputs = symbols(machine.outputs)
        names = list(dict.fromkeys(self.outputs))
        self.output_numbers = [names.index(name) for name in self.outputs]
        self.carried: set[tuple[tuple[PartialMap, ...], int, bool]] = set()
        self.kept: dict[Partition, list[_Stack]] = {}

    def front(self, partition: Partition) -> list[_Stack]:
        """Return the stacks below a congruence, cheapest first."""
        return self.kept.get(partition, [])

    def build(self, lattice: Sequence[Partition]) -> None:
        """Build all stacks on some congruences, which come finest first."""
        for i, fine in enumerate(lattice):
            table = quotient(self.machine, fine)
            below: Sequence[_Stack | None] = (
                [None] if fine == self.finest else list(self.front(fine))
            )
            for coarse in lattice[i + 1 :] if below else []:
                is_all = fine == self.finest and not any(coarse)
                if is_all or not refines(fine, coarse) or level_size(fine, coarse) > MAX_POINTS:
                    continue
                for level in levels(fine, coarse, table, self.machine.initial):
                    for stack in below:
                        self.work.spend(len(table) * len(table[0]))
                        for made in self._on_top(level, stack):
                            self._keep(coarse, made)

    def _keep(self, partition: Partition, made: _Stack) -> None:
        """Keep a stack unless another one is as cheap, and drop what it beats."""
        kept = self.kept.setdefault(partition, [])
        if any(_beats(other, made) for other in kept):
            return
        kept[:] = [other for other in kept if not _beats(made, other)]
        kept.append(made)
        if len(kept) > MAX_KEPT:
            kept[:] = _varied(kept, MAX_KEPT)
        kept.sort(key=lambda stack: (stack.price, stack.weight))

    def _on_top(self, level: Level, below: _Stack | None) -> Iterator[_Stack]:
        """Yield the layers of a level on top of a stack."""
        letters: dict[tuple[int, bool, Row], int] = {}
        remembers = False
        read = []
        for points, chosen, targets in zip(level.members, level.choice, level.targets, strict=True):
            numbers = []
            for a, (number, target) in enumerate(zip(chosen, targets, strict=True)):
                images = level.maps[number]
                if below is None:
                    row, is_before = self._final(level.members[target], images), False
                else:
                    row, is_before = _row(points, images, below, a)
                remembers |= is_before
                letter = number, is_before, row
                numbers.append(letters.setdefault(letter, len(letters)))
            read.append(tuple(numbers))
        if (level.maps, level.start, remembers) not in self.carried:
            self.carried.add((level.maps, level.start, remembers))
            self.work.spend(LAYER_UNITS)
        for carrier in carriers(level.maps, level.start, remembers=remembers):
            if carrier.field and below and below.field and below.field != carrier.field:
                continue  # a network has entries of one field
            yield _Stack(carrier, below, tuple(read), tuple(letters))

    def _final(self, states: Sequence[int | None], images: Sequence[int | None]) -> Row:
        """Return the outputs of the points that a map leads to."""
        row: list[int | None] = [None] * len(states)
        for image in images:
            state = None if image is None else states[image]
            if image is not None and state is not None:
                row[image] = self.output_numbers[state]
        return tuple(row)


def _row(
    points: Sequence[int | None], images: Sequence[int | None], below: _Stack, letter: int
) -> tuple[Row, bool]:
    """Return what the layer below is to read, by the point after the letter if that tells it.

    Otherwise by the point before the letter, and True.
    """
    before = tuple(None if c is None else below.symbols[c][letter] for c in points)
    after: list[int | None] = [None] * len(points)
    for image, symbol in zip(images, before, strict=True):
        if image is not None and symbol is not None:
            if after[image] not in (None, symbol):
                return before, True
            after[image] = symbol
    return tuple(after), False


def _varied(stacks: Sequence[_Stack], most: int) -> list[_Stack]:
    """Choose some stacks of different kinds: the best by one measure first, by the next, and on."""
    orders = [
        sorted(stacks, key=lambda stack: (*(stack.price[i] for i in order), stack.weight))
        for order in MEASURES
    ]
    found: list[_Stack] = []
    for rivals in zip(*orders, strict=True):
        found += [stack for stack in dict.fromkeys(rivals) if stack not in found]
    return found[:most]


def _beats(one: _Stack, other: _Stack) -> bool:
    """Whether a stack is at least as good as another one in everything."""
    if one.price == other.price:
        return one.weight <= other.weight
    return all(x <= y for x, y in zip(one.price, other.price, strict=True))


def _construction(machine: Machine, stack: _Stack) -> Construction:
    """Stack the layers as a network."""
    alphabets: list[list[Letter]] = [list(machine.alphabet)]
    for upper, lower in zip(stack.layers, stack.layers[1:], strict=False):
        del upper
        alphabets.append(_names(machine, lower))
    outputs = symbols(machine.outputs)
    emitted = [*alphabets[1:], list(dict.fromkeys(outputs))]
    layers = tuple(
        _layer(layer, alphabet, below, is_top=layer is stack)
        for layer, alphabet, below in zip(stack.layers, alphabets, emitted, strict=True)
    )
    network = LinearRNN(
        alphabet=machine.alphabet,
        layers=layers,
        outputs=dict(zip(outputs, machine.outputs, strict=True)),
        empty=machine.outputs[machine.initial],
        field=stack.field,
    )
    sizes = [len(set(layer.carrier.points)) for layer in stack.layers]
    idea = (
        f"a chain of congruences with {', '.join(map(str, sizes))} classes in a class, a layer for "
        "each: the class before the letter drives the coordinate within it"
    )
    return Construction(ROUTE.name, network, idea, ids.CONGRUENCES)


def _names(machine: Machine, stack: _Stack) -> list[Letter]:
    """Name the letters that a layer reads by a letter and a class before it."""
    names: dict[int, Letter] = {}
    for upper, row in enumerate(stack.symbols):
        for letter, number in zip(machine.alphabet, row, strict=True):
            names.setdefault(number, f"{letter}|{upper}")
    return [names[number] for number in range(len(stack.letters))]


def _layer(
    stack: _Stack, alphabet: Sequence[Letter], below: Sequence[Letter], *, is_top: bool
) -> Layer:
    """Build one layer; where no word leads it emits any symbol."""
    carrier = stack.carrier
    letters = [stack.letters[n] for n in stack.symbols[0]] if is_top else stack.letters
    emit = []
    for i, point in enumerate(carrier.points):
        line = []
        for number, is_before, row in letters:
            where: int | None = point
            if is_before and carrier.before is not None:
                where = carrier.before[number][i]
            symbol = None if where is None else row[where]
            if symbol is None:
                symbol = next(s for s in row if s is not None)
            line.append(below[symbol])
        emit.append(tuple(line))
    return Layer(
        alphabet=tuple(alphabet),
        initial=carrier.states[0],
        steps={a: carrier.steps[n] for a, (n, _, _) in zip(alphabet, letters, strict=True)},
        codes=carrier.states,
        emit=tuple(emit),
        names=carrier.names,
    )


ROUTE = Route(
    name="congruences",
    kind="layers",
    rank=30,
    least_layers=2,
    summary="carry counters: a layer for each step of a chain of congruences",
    construct=construct,
    work=500_000,
    counts="classes and letters of levels",
)
