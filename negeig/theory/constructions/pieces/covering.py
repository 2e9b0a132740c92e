"""Registers whose contents determine the state of a machine, with the numbers that they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.pieces.exploring import Explorer, Table, contents_of
from negeig.theory.constructions.pieces.register_rows import Rows
from negeig.theory.constructions.pieces.registers import Row, steps_needed
from negeig.theory.networks.network import DeltaStep, LinearRNN
from negeig.theory.networks.one_layer import one_layer

SWEEPS = 2
"""Times the number of every code is chosen."""

EXPLORED = 4_000_000
"""Contents explored for a number with which each code is tried: more numbers where they are few."""


@dataclass(frozen=True)
class Cover:
    """Registers whose contents determine the state of a machine.

    ``rows[a]`` says where letter a takes contents from, ``start`` and ``writes[a]`` are what the
    registers hold at first and what a letter writes. ``vectors`` are all reachable contents, the
    first those at the start, and ``states`` the machine's state at each.
    """

    rows: tuple[Row, ...]
    start: tuple[int, ...]
    writes: tuple[tuple[int, ...], ...]
    vectors: tuple[tuple[int, ...], ...]
    states: tuple[int, ...]

    @property
    def cost(self) -> tuple[int, int]:
        """Steps a token and registers."""
        return max(map(steps_needed, self.rows), default=0), len(self.start)


def with_few_values(explorer: Explorer, table: Rows, machine: Table, initial: int) -> Cover:
    """Put small integers in place of the codes, equal ones wherever nothing is lost.

    Greedy, code by code: the number that leaves the fewest contents. One exploration for every
    code and number, of which fewer are tried where contents are many. ``machine`` has one column
    for each row of the registers' table.
    """
    count, n = table.shape
    numbers = np.arange(table.size + n + 1) + table.size + n  # beyond all small numbers
    used = [*range(1, n + 1), *(n + 1 + np.flatnonzero(table == 0)).tolist()]
    letters = np.arange(count, dtype=np.int8)
    fewest = explorer.most
    for _ in range(SWEEPS):
        done: set[int] = set()
        for code in used:
            best = numbers[code]
            small = max(map(abs, done), default=0) + 1
            tried = min(small - 1, 2 + EXPLORED // (fewest * len(used)))
            for number in [*(s * i for i in [*range(1, tried + 1), small] for s in (1, -1)), 0]:
                numbers[code] = number
                start, writes = contents_of(numbers, table)
                # There is room for fewer contents only, or as few with a smaller number.
                room = fewest + (best > small)
                if explorer.run(table, letters, start, writes, machine, initial, room) > 0:
                    fewest, best = explorer.count, number
            numbers[code] = best
            done.add(int(best))
    start, writes = contents_of(numbers, table)
    explorer.run(table, letters, start, writes, machine, initial)
    return Cover(
        rows=tuple(map(tuple, table.tolist())),
        start=tuple(start.tolist()),
        writes=tuple(map(tuple, np.where(table == 0, writes, 0).tolist())),
        vectors=tuple(map(tuple, explorer.contents[: explorer.count].tolist())),
        states=tuple(explorer.elements[: explorer.count].tolist()),
    )


def register_network(
    machine: Machine,
    cover: Cover,
    steps: Sequence[Sequence[DeltaStep]],
    scale: Sequence[Fraction] | None = None,
) -> LinearRNN:
    """Return the layer of a cover with these steps: one code for each reachable content.

    ``scale`` says by what a register's contents are multiplied; by nothing where it is not given.
    """
    factors = [Fraction(1)] * len(cover.start) if scale is None else scale
    codes = [
        tuple(x * factor for x, factor in zip(vector, factors, strict=True))
        for vector in cover.vectors
    ]
    return one_layer(
        machine,
        initial=codes[0],
        steps=steps,
        codes=codes,
        names=[f"register {i + 1}" for i in range(len(cover.start))],
        states=cover.states,
    )
