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

from collections.abc import Sequence

from negeig.automata.machines.machine import Machine
from negeig.claims import Letter, Output, Progress
from negeig.theory.closure.transducers import Transducer


class Layerwise:
    """A stack of transducers as machines, for :func:`negeig.theory.closure.explore.explore`.

    A state is a tuple of transducer states. Two network states that behave alike for ever are one
    here, so ``proved`` and ``wrong`` carry over to the network and ``collision`` does not.
    """

    def __init__(self, machines: Sequence[Machine]) -> None:
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
    layers: Sequence[Transducer],
    *,
    max_together: int = 2_000_000,
    progress: Progress | None = None,
) -> Layerwise | None:
    """Compose the layers below the last one, in turn, each time minimised.

    Parameters
    ----------
    layers : sequence of Transducer
        What each layer does, see :func:`negeig.theory.closure.transducers.transducer`.
    max_together : int
        Most states of layers composed; where there are more the result is None.

    Returns
    -------
    Layerwise
        The layers below the last one as one minimal transducer, and the last one as another.
    """
    first, *rest = (layer.machine() for layer in layers)
    if not rest:
        return Layerwise([first])
    below = first
    for machine in rest[:-1]:
        composed = _composed(Layerwise([below, machine]), below.alphabet, max_together, progress)
        if composed is None:
            return None
        below = composed.minimal()
    return Layerwise([below, rest[-1]])


def _composed(
    stack: Layerwise, alphabet: tuple[Letter, ...], max_states: int, progress: Progress | None
) -> Machine | None:
    """List all states under all words over some letters, or None past the limit."""
    states = [stack.initial()]
    number = {states[0]: 0}
    transitions: list[list[int]] = []
    emitted: list[list[Letter | None]] = []
    for state in states:  # grows while it is read
        if progress is not None:
            progress(len(states))
        row, symbols = [], []
        for letter in alphabet:
            after, symbol = stack.step(state, letter)
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
