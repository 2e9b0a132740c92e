"""Nondeterministic finite automata with empty-word edges, and the subset construction."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.automata.machines.size import cell_limit
from negeig.claims import InputError, Letter, LimitReached


@dataclass(frozen=True, kw_only=True)
class NFA:
    """A nondeterministic automaton; edges may be missing and may read nothing.

    Parameters
    ----------
    alphabet : tuple of str
        Distinct letters.
    transitions : tuple of mappings, one for each state
        From the index of a letter in the alphabet to the states that can be reached on it.
    initial, accepting : frozenset of int
        Sets of states.
    epsilon : tuple of tuples, one for each state, or empty for none
        States that can be reached without reading a letter.

    Raises
    ------
    InputError
        Naming every state or letter that is out of range.

    Examples
    --------
    >>> ends_with_ab = NFA(alphabet=("a", "b"), transitions=({0: (0, 1), 1: (0,)}, {1: (2,)}, {}),
    ...                    initial=frozenset({0}), accepting=frozenset({2}))
    >>> determinize(ends_with_ab)
    Machine(3 states over ab)
    """

    alphabet: tuple[Letter, ...]
    transitions: tuple[Mapping[int, tuple[int, ...]], ...]
    initial: frozenset[int]
    accepting: frozenset[int]
    epsilon: tuple[tuple[int, ...], ...] = ()

    def __post_init__(self) -> None:
        states, letters = len(self.transitions), len(self.alphabet)
        problems: list[str] = []

        def check(targets: Iterable[int], where: str) -> None:
            outside = [t for t in targets if not 0 <= t < states]
            if outside:
                problems.append(f"{where}: {outside[0]} is not one of {states} states")

        check(self.initial, "initial")
        check(self.accepting, "accepting")
        for state, edges in enumerate(self.transitions):
            for letter, targets in edges.items():
                if not 0 <= letter < letters:
                    problems.append(f"state {state}: {letter} is not one of {letters} letters")
                check(targets, f"state {state}, letter {letter}")
        if self.epsilon and len(self.epsilon) != states:
            problems.append(f"{len(self.epsilon)} rows of empty-word edges for {states} states")
        for state, targets in enumerate(self.epsilon):
            check(targets, f"state {state}, empty word")
        if problems:
            raise InputError("nondeterministic automaton", problems)


def determinize(nfa: NFA, max_states: int = 100_000) -> Machine:
    """Return a complete acceptor of the same language: the subset construction, reachable part.

    Complexity: each of the machine's states costs one pass over the edges out of its subset. The
    result is complete and in general not minimal; state 0 is initial.

    Source: Rabin and Scott, Finite automata and their decision problems, 1959, theorem 11.

    Raises
    ------
    LimitReached
        As soon as the machine has more than ``max_states`` states, or its table and subsets
        together more than :func:`cell_limit` entries, so that memory stays bounded.

    Examples
    --------
    >>> a_or_nothing = NFA(alphabet=("a",), transitions=({0: (1,)}, {}), initial=frozenset({0}),
    ...                    accepting=frozenset({1}), epsilon=((1,), ()))
    >>> [determinize(a_or_nothing).accepts("a" * n) for n in range(4)]
    [True, True, False, False]
    """
    letters = len(nfa.alphabet)
    epsilon, accepting = nfa.epsilon, nfa.accepting
    edges = [tuple(row.items()) for row in nfa.transitions]
    # A state that neither accepts nor reads a letter adds nothing to a subset it is in.
    matters = [bool(row) or state in accepting for state, row in enumerate(edges)]

    def closure(states: set[int]) -> set[int]:
        """Add what empty-word edges reach to a set of states."""
        if epsilon:
            stack = [state for state in states if epsilon[state]]
            while stack:
                for target in epsilon[stack.pop()]:
                    if target not in states:
                        states.add(target)
                        if epsilon[target]:
                            stack.append(target)
        return states

    def encode(states: set[int]) -> bytes:
        return array("i", sorted(state for state in states if matters[state])).tobytes()

    start = encode(closure(set(nfa.initial)))
    numbers = {start: 0}
    found = [start]
    table = array("i")
    outputs: list[int] = []
    cells, most_cells = 0, cell_limit(max_states)

    def number(key: bytes) -> int:
        known = numbers.get(key)
        if known is not None:
            return known
        if len(found) >= max_states:
            raise LimitReached(
                "machine states", max_states, reached=max_states + 1, option="--max-states"
            )
        numbers[key] = len(found)
        found.append(key)
        return len(found) - 1

    for key in found:  # grows while it is walked
        members = array("i")
        members.frombytes(key)
        outputs.append(int(not accepting.isdisjoint(members)))
        successors: dict[int, set[int]] = {}
        for state in members:
            for letter, targets in edges[state]:
                if letter in successors:
                    successors[letter].update(targets)
                else:
                    successors[letter] = set(targets)
        row = array("i", [number(b"") if len(successors) < letters else 0]) * letters
        cells += letters
        for letter, states in successors.items():
            closed = closure(states)
            row[letter] = number(encode(closed))
            cells += len(closed)
        table.extend(row)
        if cells > most_cells:
            raise LimitReached(
                "table entries and members of subsets",
                most_cells,
                reached=cells,
                option="--max-states",
                detail=f"{len(found):,} machine states were found",
            )

    return Machine(
        alphabet=nfa.alphabet,
        transitions=np.frombuffer(table, dtype=np.intc).reshape(len(found), letters),
        initial=0,
        outputs=outputs,
    )
