"""Proof layer by layer: each layer closed over its own letters, then replaced by what it does.

The states of a stack of layers are tuples, and there may be far too many of them to list: a layer
that remembers something nobody asks for multiplies them. But a layer reads letters and emits
symbols, so it is a transducer; if its own reachable states are finitely many it equals a minimal
finite transducer, and the stack equals the stack of these. The layers below the last one are
composed in turn, each time minimised, so that what a layer remembers and nobody asks for is gone
before the next one multiplies it. What is proved about the two transducers that remain holds for
the network, for words of every length, in the same arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeAlias

from negeig.automata.machines.machine import Machine
from negeig.claims import Letter, Output, Progress
from negeig.theory.closure.explore import Semantics
from negeig.theory.networks.network import LinearRNN

Transducer: TypeAlias = Machine
"""The output of a state is the list of symbols, or None, that its letters emit."""


class Layerwise:
    """A stack of minimal transducers, for :func:`negeig.theory.closure.explore.explore`.

    A state is a tuple of transducer states. Two network states that behave alike for ever are one
    here, so ``proved`` and ``wrong`` carry over to the network and ``collision`` does not.
    """

    def __init__(self, machines: list[Transducer]) -> None:
        self._initial = tuple(machine.initial for machine in machines)
        self._tables = [machine.transitions.tolist() for machine in machines]
        self._emitted: list[list[Output]] = [list(machine.outputs) for machine in machines]
        self._columns = [{a: i for i, a in enumerate(m.alphabet)} for m in machines]

    def initial(self) -> tuple[int, ...]:
        """Return the state before the first letter."""
        return self._initial

    def step(self, state: tuple[int, ...], letter: Letter) -> tuple[tuple[int, ...], Letter | None]:
        """Read one letter; what no transducer reads or decodes emits None."""
        after = list(state)
        symbol: Letter | None = letter
        for i, columns in enumerate(self._columns):
            column = columns.get(symbol) if symbol is not None else None
            if column is None:
                return tuple(after), None
            symbol = self._emitted[i][state[i]][column]
            after[i] = self._tables[i][state[i]][column]
        return tuple(after), symbol


def layerwise(
    network: LinearRNN,
    semantics: Callable[[LinearRNN], Semantics[Any]],
    *,
    max_states: int = 100_000,
    max_together: int = 2_000_000,
    progress: Progress | None = None,
) -> tuple[Layerwise, list[int]] | None:
    """Close every layer over its own letters, in one arithmetic, and minimise what it does.

    Parameters
    ----------
    network : LinearRNN
    semantics : callable
        Network to its semantics in the arithmetic; called with one layer at a time.
    max_states : int
        Most states of a single layer; where one has more the result is None.
    max_together : int
        Most states of layers composed, likewise.

    Returns
    -------
    stack : Layerwise
        The layers below the last one as one minimal transducer, and the last one as another.
    states : list of int
        States that each layer has in this arithmetic.
    """
    below: Transducer | None = None
    counts = []
    for i, layer in enumerate(network.layers):
        alone = LinearRNN(
            alphabet=layer.alphabet, layers=(layer,), outputs={}, empty=None, field=network.field
        )
        transducer = _transducer(semantics(alone), layer.alphabet, max_states, progress)
        if transducer is None:
            return None
        counts.append(transducer.size)
        transducer = transducer.minimal()
        if below is None:
            below = transducer
        elif i == len(network.layers) - 1:
            return Layerwise([below, transducer]), counts
        else:
            stack = Layerwise([below, transducer])
            composed = _transducer(stack, below.alphabet, max_together, progress)
            if composed is None:
                return None
            below = composed.minimal()
    return None if below is None else (Layerwise([below]), counts)


def _transducer(
    semantics: Semantics[Any],
    alphabet: tuple[Letter, ...],
    max_states: int,
    progress: Progress | None,
) -> Transducer | None:
    """List all states under all words over some letters, or None past the limit."""
    states: list[Hashable] = [semantics.initial()]
    number = {states[0]: 0}
    transitions: list[list[int]] = []
    emitted: list[list[Letter | None]] = []
    for state in states:  # grows while it is read
        if progress is not None:
            progress(len(states))
        row, symbols = [], []
        for letter in alphabet:
            after, symbol = semantics.step(state, letter)
            target = number.setdefault(after, len(states))
            if target == len(states):
                if target >= max_states:
                    return None
                states.append(after)
            row.append(target)
            symbols.append(symbol)
        transitions.append(row)
        emitted.append(symbols)
    return Machine(alphabet=alphabet, transitions=transitions, initial=0, outputs=emitted)
