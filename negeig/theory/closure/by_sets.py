"""Proof of a stack of layers, one layer after the other, by sets of states of the machine.

The states of a stack are tuples, and there may be astronomically many of them. But what a layer of
a cascade hands down says what the machine's state can be. So the layers read so far are replaced by
a graph whose nodes are *sets of machine states*, with edges for a letter and the symbol that comes
out below:

*Claim.* For every word there is a path in the graph of the first k layers, from its start, along
the letters of the word and the symbols that the k-th layer emits on them; and after each prefix the
machine's state is in the set of the node reached.

*Proof.* Above the first layer one node, all states, will do, with an edge for each letter, which is
also the symbol. Given the graph of k layers, walk through it together with layer k + 1, whose
minimal transducer reads the symbols. Let V(node, state of the transducer) be the least sets that
contain the initial state at the start and, along each edge, the images of their elements under the
letter. By induction on the word, the walk along its letters and symbols passes pairs whose sets
contain the machine's state. Now call pairs with equal sets one node: paths remain paths. If the
walk meets a symbol that the layer does not read, or a state that it cannot decode, there is no
proof.

At the last layer every edge is compared with the machine: for each state in the set of the edge's
source the symbol must stand for the output of the state that the letter leads to. Then the network
is right on all words. Nothing is assumed about how it was made, and where it is wrong some edge
differs; but an edge may also differ because the sets are too large, so failure shows nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from negeig.claims import Letter, Progress
from negeig.theory.closure.explore import Task
from negeig.theory.closure.transducers import Transducer

StateSet: TypeAlias = int
"""A set of machine states: bit q is set when state q is in it."""

Edge: TypeAlias = tuple[StateSet, int, Letter, StateSet]
"""A node, the column of a letter, the symbol below, and the node that it leads to."""

MAX_EDGES = 2_000_000
"""Most edges of the graph of some layers, and most times that a set may grow."""


def proved_by_sets(
    task: Task, layers: Iterable[Transducer], progress: Progress | None = None
) -> list[int] | None:
    """Return how many sets each layer leaves where that proves the stack, and None otherwise.

    Parameters
    ----------
    task : Task
        The machine, and what the symbols of the last layer stand for.
    layers : iterable of Transducer
        What each layer does, the first one first.
    progress : callable, optional
        Called with the number of edges; what it raises ends the attempt.

    Notes
    -----
    O(edges x growth of their sets) for each layer.
    """
    if not task.empty_is_right:
        return None
    images = _Images(task.delta)
    everything = (1 << len(task.delta)) - 1
    start = everything
    edges = [(everything, a, letter, everything) for a, letter in enumerate(task.alphabet)]
    counts = []
    for layer in layers:
        if progress is not None:
            progress(len(edges))
        found = _through(edges, start, 1 << task.initial, layer, images)
        if found is None:
            return None
        edges, start = found
        counts.append(len({edge[0] for edge in edges}))
    return counts if _are_right(edges, task) else None


def _through(
    edges: Sequence[Edge],
    start: StateSet,
    initial: StateSet,
    layer: Transducer,
    images: _Images,
) -> tuple[list[Edge], StateSet] | None:
    """Return the graph of one layer more and its start, or None where there is no proof."""
    leaving: dict[StateSet, list[tuple[int, Letter, int, StateSet]]] = {}
    for source, column, symbol, target in edges:
        action = layer.actions.get(symbol)
        if action is None:
            return None
        leaving.setdefault(source, []).append((column, symbol, action, target))
    sets = {(start, 0): initial}
    queue, waiting = deque([(start, 0)]), {(start, 0)}
    grown = 0
    while queue:
        pair = queue.popleft()
        waiting.remove(pair)
        node, state = pair
        inside, after = sets[pair], layer.after[state]
        grown += len(leaving[node])
        if grown > MAX_EDGES:
            return None
        for column, _, action, target in leaving[node]:
            to = (target, after[action])
            known, image = sets.get(to, 0), images.of(inside, column)
            if image & ~known:
                sets[to] = known | image
                if to not in waiting:
                    waiting.add(to)
                    queue.append(to)
    found: dict[Edge, None] = {}
    for (node, state), inside in sets.items():
        after, emitted = layer.after[state], layer.emitted[state]
        for column, symbol, action, target in leaving[node]:
            below = emitted[symbol]
            if below is None:
                return None
            found[inside, column, below, sets[target, after[action]]] = None
    return list(found), sets[start, 0]


def _are_right(edges: Iterable[Edge], task: Task) -> bool:
    """Whether every edge of the last graph emits what the machine says, whatever its state."""
    right: dict[tuple[int, Letter], StateSet] = {}
    for inside, column, symbol, _ in edges:
        key = (column, symbol)
        if key not in right:
            right[key] = sum(
                1 << q for q, row in enumerate(task.delta) if task.is_right(symbol, row[column])
            )
        if inside & ~right[key]:
            return False
    return True


class _Images:
    """Images of sets of states under letters, each computed once."""

    def __init__(self, delta: Sequence[Sequence[int]]) -> None:
        self._delta = delta
        self._known: dict[tuple[StateSet, int], StateSet] = {}

    def of(self, states: StateSet, column: int) -> StateSet:
        """Return the image of a set under the letter of a column."""
        found = self._known.get((states, column))
        if found is None:
            found, rest = 0, states
            while rest:
                lowest = rest & -rest
                found |= 1 << self._delta[lowest.bit_length() - 1][column]
                rest ^= lowest
            self._known[states, column] = found
        return found
