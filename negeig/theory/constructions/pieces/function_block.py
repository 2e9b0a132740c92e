"""A last layer whose registers hold functions of the states that the layers above leave possible.

See :mod:`.left_functions`. A function of a content is held by as many registers as are needed along
any one edge: by one, where at most one function after a letter is the same before it. Registers
hold 1 or -1, or 0 where the content asks for fewer functions than there are registers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from negeig.automata.decomposition.stages import Move
from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached
from negeig.theory.constructions.pieces.left_functions import Edge, Functions
from negeig.theory.constructions.pieces.realisation import Realisation
from negeig.theory.constructions.pieces.registers import Row, row_steps
from negeig.theory.constructions.pieces.stage_blocks import Block
from negeig.theory.exact.numbers import Vector

MAX_REGISTERS = 64
"""Most registers of a layer."""

Copy: TypeAlias = tuple[int, int]
"""A function, by its node, and the number of the register among those that hold it."""

Held: TypeAlias = dict[int, tuple[Copy, int]]
"""By register what it holds, and a sign: 1 where the function is held as 1 and -1."""


def function_block(machine: Machine, start: int, functions: Functions) -> Block:
    """Return the layer as the second block of a stack, told by the first the contents.

    Parameters
    ----------
    machine : Machine
        Minimal.
    start : int
        The content at the start; all others are reached from there.
    functions : Functions
        Without a conflict.

    Raises
    ------
    LimitReached
        More than ``MAX_REGISTERS`` registers.

    Notes
    -----
    Exact. O(edges x functions of a content).
    """
    return _Layout(machine, start, functions).block()


@dataclass(frozen=True)
class _Source:
    """Where a register's content comes from: a copy, held as it is or negated."""

    copy: Copy
    sign: int


class _Layout:
    """Which register holds which function at each content."""

    def __init__(self, machine: Machine, start: int, functions: Functions) -> None:
        self._machine, self._start, self._functions = machine, start, functions
        self._edges = functions.edges()
        self._copies = self._needed()
        self._at: dict[int, list[int]] = {}
        for node in range(functions.count):
            self._at.setdefault(int(functions.places[node]), []).append(node)
        wide = max((sum(self._copies[v] for v in own) for own in self._at.values()), default=0)
        if wide > MAX_REGISTERS:
            raise LimitReached("registers of a layer", MAX_REGISTERS, reached=wide)
        self._registers = wide
        self._held = self._placed()

    def _needed(self) -> list[int]:
        """Return how many registers have to hold each function."""
        copies = [1] * self._functions.count
        changed = True
        while changed:
            changed = False
            for edge in self._edges:
                needed: dict[int, int] = {}
                for node, source in edge.sources.items():
                    if source is not None:
                        needed[source[0]] = needed.get(source[0], 0) + copies[node]
                for node, count in needed.items():
                    if count > copies[node]:
                        copies[node], changed = count, True
                        if count > MAX_REGISTERS:
                            raise LimitReached("registers of a layer", MAX_REGISTERS, reached=count)
        return copies

    def _sources(self, edge: Edge) -> dict[Copy, _Source | None]:
        """Return for each register after an edge which one before it has the content, if any."""
        used: dict[int, int] = {}
        found: dict[Copy, _Source | None] = {}
        for node in self._at.get(edge.head, ()):
            source = edge.sources[node]
            for copy in range(self._copies[node]):
                if source is None:
                    found[node, copy] = None
                    continue
                before, sign = source
                taken = used.get(before, 0)
                used[before] = taken + 1
                found[node, copy] = _Source((before, taken), sign)
        return found

    def _placed(self) -> dict[int, Held]:
        """Return the registers at each content: those they were in before, where they can be."""
        leaving: dict[int, list[Edge]] = {}
        for edge in self._edges:
            leaving.setdefault(edge.tail, []).append(edge)
        first = [
            (node, k) for node in self._at.get(self._start, ()) for k in range(self._copies[node])
        ]
        held: dict[int, Held] = {self._start: {i: (copy, 1) for i, copy in enumerate(first)}}
        queue = [self._start]
        for x in queue:  # grows while it is read
            places = {copy: (i, sign) for i, (copy, sign) in held[x].items()}
            for edge in leaving.get(x, ()):
                if edge.head in held:
                    continue
                own: Held = {}
                fresh = []
                for copy, source in self._sources(edge).items():
                    if source is None:
                        fresh.append(copy)
                    else:
                        i, sign = places[source.copy]
                        own[i] = (copy, sign * source.sign)
                free = [i for i in range(self._registers) if i not in own]
                own |= {i: (copy, 1) for i, copy in zip(free, fresh, strict=False)}
                held[edge.head] = own
                queue.append(edge.head)
        return held

    def _row(self, edge: Edge) -> tuple[Row, tuple[Fraction, ...]]:
        """Return what an edge does to the registers."""
        before, after = self._held[edge.tail], self._held[edge.head]
        places = {copy: (i, sign) for i, (copy, sign) in before.items()}
        sources = self._sources(edge)
        row, writes = [], []
        for i in range(self._registers):
            come, written = 0, 0
            if i in after:
                copy, sign = after[i]
                source = sources[copy]
                if source is None:
                    written = sign * self._functions.value(copy[0], edge.image)
                else:
                    j, own = places[source.copy]
                    come = sign * own * source.sign * (j + 1)
            elif i not in before:
                come = i + 1  # it holds 0, and goes on to
            row.append(come)
            writes.append(Fraction(written))
        return tuple(row), tuple(writes)

    def _vector(self, content: int, state: int) -> Vector:
        """Return what the registers hold at a content and a state."""
        held = self._held[content]
        return tuple(
            Fraction(held[i][1] * self._functions.value(held[i][0][0], state) if i in held else 0)
            for i in range(self._registers)
        )

    def block(self) -> Block:
        """Return the layer."""
        left = self._functions.contents.left
        states = {
            x: [q for q in range(self._machine.size) if int(left[x]) >> q & 1] for x in self._held
        }
        vectors = {(x, q): self._vector(x, q) for x, own in states.items() for q in own}
        number: dict[Vector, int] = {}
        point = {pair: number.setdefault(vector, len(number)) for pair, vector in vectors.items()}
        maps: dict[tuple[Row, tuple[Fraction, ...]], int] = {}
        after: Sequence[Sequence[int]] = self._machine.transitions.tolist()
        choice: dict[Move, int] = {}
        images: dict[Move, dict[int, int]] = {}
        for edge in self._edges:
            x, a, y = edge.tail, edge.letter, edge.head
            choice[x, a, y] = maps.setdefault(self._row(edge), len(maps))
            images[x, a, y] = {point[x, q]: point[y, after[q][a]] for q in states[x]}
        return Block(
            first=1,
            last=1,
            choice=choice,
            images=images,
            below={x: {point[x, q]: 1 << q for q in own} for x, own in states.items()},
            realisation=Realisation(
                steps=tuple(row_steps(row, writes) for row, writes in maps),
                points=number,
                dim=self._registers,
                start=vectors[self._start, self._machine.initial],
                names=tuple(f"function {i + 1}" for i in range(self._registers)),
                remembers=False,
                listed=True,
            ),
        )
