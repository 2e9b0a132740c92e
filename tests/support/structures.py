"""All small transition structures, for tests that go through them one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from negeig.automata.machines.machine import Machine


def small_structures(most: int = 3) -> list[Machine]:
    """Return every machine over two letters whose 1 to ``most`` states are all reached.

    All outputs differ, so that each is minimal; each structure occurs once, numbered breadth first.
    """
    found = {}
    for states in range(1, most + 1):
        rows = list(product(range(states), repeat=2))
        for table in product(rows, repeat=states):
            machine = Machine(
                alphabet="ab", transitions=table, initial=0, outputs=range(states)
            ).minimal()
            if machine.size == states:
                key = machine.transitions.tobytes()
                found[states, key] = Machine(
                    alphabet="ab",
                    transitions=machine.transitions,
                    initial=0,
                    outputs=range(states),
                )
    return list(found.values())


def up_to_exchanged_letters(structures: Iterable[Machine]) -> Iterator[Machine]:
    """Yield the first of every two structures that differ by the names of their letters.

    States are numbered breadth first, and their outputs are their numbers.
    """
    seen = set()
    for machine in structures:
        exchanged = Machine(
            alphabet="ab",
            transitions=machine.transitions[:, ::-1],
            initial=0,
            outputs=machine.outputs,
        ).minimal()
        if machine.transitions.tobytes() not in seen:
            yield machine
        seen.add(exchanged.transitions.tobytes())
