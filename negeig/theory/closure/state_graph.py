"""The states of a network that words reach first, and where letters lead from them: to be shown.

No proof: :func:`negeig.theory.closure.explore.explore` proves. This lists what it walks, as far as
a picture or a table has room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from negeig.claims import Letter, LimitReached
from negeig.theory.closure.explore import Semantics

State = TypeVar("State")

BEYOND = -1
"""Target of an edge to a state that is not listed."""


@dataclass(frozen=True)
class StateGraph(Generic[State]):
    """Network states in the order of shortest words, the start first, and the edges between them.

    Parameters
    ----------
    states : tuple
    after : tuple of tuple of int
        ``after[q][a]``: the state after letter a, or ``BEYOND``. States that were found last may
        have no row.
    symbols : tuple of tuple of str or None
        ``symbols[q][a]``: what the last layer emits then; None where a state cannot be decoded.
    """

    states: tuple[State, ...]
    after: tuple[tuple[int, ...], ...]
    symbols: tuple[tuple[Letter | None, ...], ...]

    @property
    def is_complete(self) -> bool:
        """Whether these are all states that any word reaches."""
        return len(self.after) == len(self.states) and all(BEYOND not in row for row in self.after)


def state_graph(
    semantics: Semantics[State], alphabet: Sequence[Letter], max_states: int
) -> StateGraph[State]:
    """List the first states of a network, breadth first, letters in the order given.

    Stops at ``max_states``, and where ``semantics`` raises LimitReached: what was found is
    returned. O(states x letters) steps.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.closure.exact_search import ExactSemantics
    >>> from negeig.theory.constructions.direct.scalar import construct
    >>> network = construct(get("parity").minimal())[0].network
    >>> graph = state_graph(ExactSemantics(network), network.alphabet, 10)
    >>> graph.after, graph.is_complete
    (((0, 1), (1, 0)), True)
    >>> state_graph(ExactSemantics(network), network.alphabet, 1).after
    ((0, -1),)
    """
    first = semantics.initial()
    number = {first: 0}
    states, after, symbols = [first], [], []
    for state in states:
        try:
            edges = [semantics.step(state, letter) for letter in alphabet]
        except LimitReached:
            break
        for target, _ in edges:
            if target not in number and len(states) < max_states:
                number[target] = len(states)
                states.append(target)
        after.append(tuple(number.get(target, BEYOND) for target, _ in edges))
        symbols.append(tuple(symbol for _, symbol in edges))
    return StateGraph(tuple(states), tuple(after), tuple(symbols))
