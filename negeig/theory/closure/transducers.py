"""One layer closed over its own letters, and the minimal transducer that does what it does.

Letters with the same steps move a layer alike and differ only in what is emitted. So a layer is
closed over its *actions*, one letter for each distinct list of steps, in a network that emits the
number of the code; the symbols are put in afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from negeig.arrays import Longs
from negeig.automata.machines.machine import Machine
from negeig.claims import Letter, Progress
from negeig.theory.closure.explore import Semantics
from negeig.theory.exact.numbers import FieldElement, NumberField
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN

MAX_EMISSIONS = 30_000_000
"""Most states times letters of a layer that is turned into a transducer."""


@dataclass(frozen=True, eq=False)
class Closed:
    """All states of a layer: where each letter leads, and the code nearest to each, or -1.

    Attributes
    ----------
    after : array of int, shape (states, letters)
        State 0 is the start.
    codes : array of int, shape (states,)
        Of the start no more is known than that nothing depends on it, unless a letter leads there.
    """

    after: Longs
    codes: Longs


Close: TypeAlias = Callable[[LinearRNN], Closed | None]
"""Closes a network of one layer that emits the number of its code; None past a limit."""


@dataclass(frozen=True, eq=False)
class Transducer:
    """What a layer does: from letters to symbols.

    Attributes
    ----------
    actions : mapping from letter to int
        Letters with one action move all states alike.
    after : list of list of int
        ``after[state][action]``; state 0 is the start.
    emitted : list of mapping from letter to symbol or None
        What each state emits on each letter; None where it cannot be decoded.
    states : int
        States of the layer itself.
    """

    actions: dict[Letter, int]
    after: list[list[int]]
    emitted: list[dict[Letter, Letter | None]]
    states: int

    def machine(self) -> Machine:
        """Return it as a machine: the output of a state is the list of what its letters emit."""
        return Machine(
            alphabet=tuple(self.actions),
            transitions=[[row[a] for a in self.actions.values()] for row in self.after],
            initial=0,
            outputs=[list(row.values()) for row in self.emitted],
        )


def transducer(layer: Layer, field: NumberField | None, close: Close) -> Transducer | None:
    """Return the minimal transducer of a layer in one arithmetic, or None past a limit.

    O(states x letters) and the refinement of at most as many classes as there are states.
    """
    # Letters share the very same steps more often than not, and exact steps are slow to compare.
    same = {id(layer.steps[letter]): layer.steps[letter] for letter in layer.alphabet}
    kinds = {steps: i for i, steps in enumerate(dict.fromkeys(same.values()))}
    action = {key: kinds[steps] for key, steps in same.items()}
    actions = {letter: action[id(layer.steps[letter])] for letter in layer.alphabet}
    closed = close(_probe(layer, list(kinds), field))
    if closed is None or len(closed.codes) * len(actions) > MAX_EMISSIONS:
        return None
    symbols = list(dict.fromkeys(symbol for row in layer.emit for symbol in row))
    number = {symbol: i for i, symbol in enumerate(symbols)}
    # The last row belongs to the code -1.
    emit = np.array(
        [*([number[symbol] for symbol in row] for row in layer.emit), [-1] * len(actions)]
    )
    targets = closed.after[:, list(actions.values())]
    emitted = emit[closed.codes[targets], np.arange(len(actions))]
    classes = _refined(_numbered(emitted), closed.after)
    _, representatives = np.unique(classes, return_index=True)
    return Transducer(
        actions=actions,
        after=classes[closed.after[representatives]].tolist(),
        emitted=[
            {a: None if i < 0 else symbols[i] for a, i in zip(actions, row, strict=True)}
            for row in emitted[representatives].tolist()
        ],
        states=len(closed.codes),
    )


def close_with(
    semantics: Callable[[LinearRNN], Semantics[Any]], max_states: int, progress: Progress | None
) -> Close:
    """Return what lists all states of a network of one layer in one arithmetic, up to a number."""

    def close(network: LinearRNN) -> Closed | None:
        meaning = semantics(network)
        queue = [meaning.initial()]
        number = {queue[0]: 0}
        after: list[list[int]] = []
        codes = [-1]
        for state in queue:  # grows while it is read
            if progress is not None:
                progress(len(queue))
            row = []
            for letter in network.alphabet:
                target, symbol = meaning.step(state, letter)
                code = -1 if symbol is None else int(symbol)
                found = number.setdefault(target, len(queue))
                if found == len(queue):
                    if found >= max_states:
                        return None
                    queue.append(target)
                    codes.append(code)
                codes[found] = code
                row.append(found)
            after.append(row)
        return Closed(np.array(after), np.array(codes))

    return close


def _probe(layer: Layer, kinds: list[Any], field: NumberField | None) -> LinearRNN:
    """Return a network of the layer with one letter for each list of steps, emitting codes."""
    letters = tuple(map(str, range(len(kinds))))
    codes = tuple(map(str, range(len(layer.codes))))
    alone = Layer(
        alphabet=letters,
        initial=layer.initial,
        steps=dict(zip(letters, kinds, strict=True)),
        codes=layer.codes,
        emit=tuple((code,) * len(letters) for code in codes),
    )
    return LinearRNN(
        alphabet=letters,
        layers=(alone,),
        outputs=dict.fromkeys(codes),
        empty=None,
        field=None if field is None or _is_rational(alone) else field,
    )


def _is_rational(layer: Layer) -> bool:
    """Whether no entry of a layer lies in a number field, whatever other layers of its stack do."""
    steps = dict.fromkeys(step for own in layer.steps.values() for step in own)
    vectors = [layer.initial, *layer.codes]
    for step in steps:
        vectors += (
            [(step.beta, step.write), step.key]
            if isinstance(step, DeltaStep)
            else [step.bias, *step.matrix]
        )
    return not any(isinstance(x, FieldElement) for vector in vectors for x in vector)


def _refined(classes: Longs, after: Longs) -> Longs:
    """Split classes until states of one class lead to the same classes; that of state 0 is 0."""
    while True:
        finer = _numbered(np.column_stack([classes, classes[after]]))
        if finer.max() == classes.max():
            return finer
        classes = finer


def _numbered(rows: Longs) -> Longs:
    """Return a number for each row, equal for equal ones, in the order of their occurrence."""
    known: dict[bytes, int] = {}
    rows = np.ascontiguousarray(rows)
    return np.array([known.setdefault(row.tobytes(), len(known)) for row in rows])
