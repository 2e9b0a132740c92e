"""States that the last letter tells apart share a code: a smaller machine for the same layer.

The decoder of a layer sees the letter that was read last. So two states may share a code where
every letter leads from both to the same state, and no letter leads to both of them. ``(aaa)+`` has
four states, since the empty word is not in it; the first and the last share a code, and what is
left is a rotation of three.

In a minimal machine no other partition does: states of one class have the same outputs after every
word that is not empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.claims import Letter
from negeig.theory.networks.network import LinearRNN
from negeig.theory.networks.one_layer import symbols


@dataclass(frozen=True)
class SharedCodes:
    """A minimal machine, and the smaller one whose states are classes of its states.

    The outputs of ``classes`` are numbers of rows of ``emitted``: the symbols of the machine's
    outputs after each letter.
    """

    machine: Machine
    classes: Machine
    emitted: tuple[tuple[Letter, ...], ...]

    def decoded(self, network: LinearRNN) -> LinearRNN:
        """Return a network of one layer for ``classes`` as one for the machine: codes are kept."""
        (layer,) = network.layers
        columns = [self.machine.alphabet.index(letter) for letter in layer.alphabet]
        emit = tuple(
            tuple(
                self.emitted[network.outputs[symbol]][a]
                for symbol, a in zip(row, columns, strict=True)
            )
            for row in layer.emit
        )
        outputs = self.machine.outputs
        return replace(
            network,
            layers=(replace(layer, emit=emit),),
            outputs=dict(zip(symbols(outputs), outputs, strict=True)),
            empty=outputs[self.machine.initial],
        )


def shared_codes(machine: Machine) -> SharedCodes | None:
    """Return a minimal machine with its classes, None where no two states may share a code.

    Each state joins the first class that it may. O(states^2 letters) where all rows are equal.

    Examples
    --------
    >>> from negeig.automata.expressions.regex_machine import regex_to_machine
    >>> shared_codes(regex_to_machine("(aaa)+").minimal()).classes
    Machine(3 states over a)
    >>> shared_codes(regex_to_machine("(aaa)*").minimal())
    """
    rows = [tuple(row) for row in machine.transitions.tolist()]
    own = _classes(rows)
    members = [np.flatnonzero(own == c).tolist() for c in range(int(own.max()) + 1)]
    if len(members) == machine.size:
        return None
    texts = symbols(machine.outputs)
    after: list[list[Letter | None]] = [[None] * len(machine.alphabet) for _ in members]
    for row in rows:
        for a, q in enumerate(row):
            after[own[q]][a] = texts[q]
    kinds = {row: i for i, row in enumerate(dict.fromkeys(map(tuple, after)))}
    classes = Machine(
        alphabet=machine.alphabet,
        transitions=[own[list(rows[first])].tolist() for first, *_ in members],
        initial=int(own[machine.initial]),
        outputs=[kinds[tuple(row)] for row in after],
    )
    # Any symbol stands for what is never emitted.
    emitted = tuple(tuple(texts[0] if x is None else x for x in row) for row in kinds)
    return SharedCodes(machine, classes, emitted)


def _classes(rows: Sequence[tuple[int, ...]]) -> np.ndarray:
    """Return the number of each state's class."""
    entered: list[set[int]] = [set() for _ in rows]  # by which letters
    for row in rows:
        for a, q in enumerate(row):
            entered[q].add(a)
    alike: dict[tuple[int, ...], list[tuple[int, set[int]]]] = {}
    own, count = np.zeros(len(rows), dtype=np.int64), 0
    for q, row in enumerate(rows):
        for number, letters in alike.setdefault(row, []):
            if not letters & entered[q]:
                letters |= entered[q]
                own[q] = number
                break
        else:
            alike[row].append((count, set(entered[q])))
            own[q], count = count, count + 1
    return own
