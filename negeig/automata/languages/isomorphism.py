"""Whether two machines are one another with states, and maybe letters, renamed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from negeig.automata.machines.machine import Machine
from negeig.automata.machines.minimize import breadth_first, colours
from negeig.claims import Letter, LimitReached

Colours = NDArray[np.int64]


class Isomorphism(NamedTuple):
    """A renaming of one machine into another: the images of its states and of its letters."""

    states: dict[int, int]
    letters: dict[Letter, Letter]


def isomorphism(
    first: Machine, second: Machine, *, rename_letters: bool = False, max_tries: int = 100_000
) -> Isomorphism | None:
    """Return a renaming of the first machine into the second, or None when there is none.

    It keeps transitions, the initial state and outputs. States that no word reaches are left out on
    both sides. For minimal machines over one alphabet, being isomorphic is being equivalent.

    Parameters
    ----------
    first, second : Machine
        Acceptors or any others.
    rename_letters : bool
        Whether letters may be renamed too, and alphabets differ; without it a letter keeps its
        name, whatever the orders of the two alphabets.
    max_tries : int
        How many letters may be tried in all.

    Raises
    ------
    LimitReached
        More than ``max_tries`` letters were tried. Trying letters is exponential in the worst case;
        only letters that colour refinement cannot tell apart are tried for one another.

    Notes
    -----
    Without renaming letters there is at most one isomorphism, found along the edges: O(states x
    letters). Colour refinement: O(rounds x states x letters), of at most as many rounds as states
    and letters.

    Examples
    --------
    >>> a_even = Machine(alphabet="ab", transitions=[[1, 0], [0, 1]], initial=0, outputs=[1, 0])
    >>> b_even = Machine(alphabet="ab", transitions=[[0, 1], [1, 0]], initial=1, outputs=[0, 1])
    >>> isomorphism(a_even, b_even) is None
    True
    >>> isomorphism(a_even, b_even, rename_letters=True)
    Isomorphism(states={0: 1, 1: 0}, letters={'a': 'b', 'b': 'a'})
    """
    if len(first.alphabet) != len(second.alphabet):
        return None
    left, right = (_Reachable(machine) for machine in (first, second))
    if len(left.order) != len(right.order):
        return None
    names = {letter: column for column, letter in enumerate(second.alphabet)}
    if rename_letters:
        candidates = _candidates(left, right)
    elif set(names) == set(first.alphabet):
        candidates = [[names[letter]] for letter in first.alphabet]
    else:
        return None
    found = _renaming(left, right, candidates, max_tries)
    if found is None:
        return None
    states, columns = found
    return Isomorphism(
        {left.order[p]: right.order[q] for p, q in enumerate(states)},
        {letter: second.alphabet[b] for letter, b in zip(first.alphabet, columns, strict=True)},
    )


class _Reachable:
    """The reachable part of a machine, states numbered breadth first."""

    def __init__(self, machine: Machine) -> None:
        order = breadth_first(machine.transitions, machine.initial)
        position = np.zeros(machine.size, dtype=np.int64)
        position[order] = np.arange(len(order))
        self.order: list[int] = order.tolist()
        self.table = position[machine.transitions[order]]
        self.outputs = [machine.outputs[q] for q in self.order]


def _candidates(left: _Reachable, right: _Reachable) -> list[list[int]]:
    """Return for each column of the left table those of the right that may be its image.

    States and letters of both machines are coloured together: states by output and by being
    initial, then by the colours of letter and target over their edges; letters by the colours of
    source and target over theirs; until nothing splits.
    """
    size = len(left.order)
    table = np.concatenate([left.table, right.table + size])
    initial = np.zeros(2 * size, dtype=np.int64)
    initial[[0, size]] = 1
    state = colours(left.outputs + right.outputs) * 2 + initial
    letters = table.shape[1]
    letter = np.zeros(2 * letters, dtype=np.int64)
    found = 0
    while True:
        # An edge's letter belongs to its side.
        of_edge = np.concatenate([np.tile(letter[side], (size, 1)) for side in _halves(letters)])
        edge = _joined(of_edge, state[table])
        state = _named(np.column_stack([state, np.sort(edge, axis=1)]))
        edge = _joined(np.broadcast_to(state[:, None], table.shape), state[table])
        columns = np.concatenate([np.sort(edge[side], axis=0).T for side in _halves(size)])
        letter = _named(np.column_stack([letter, columns]))
        classes = int(state.max()) + int(letter.max())
        if classes == found:
            break
        found = classes
    return [[b for b in range(letters) if letter[letters + b] == letter[a]] for a in range(letters)]


def _halves(size: int) -> tuple[slice, slice]:
    return slice(0, size), slice(size, 2 * size)


def _joined(first: Colours, second: Colours) -> Colours:
    """Return one colour for each pair of colours."""
    return first * (int(second.max()) + 1) + second


def _named(rows: Colours) -> Colours:
    """Return colours 0, 1, ... for rows, equal ones for equal rows."""
    _, names = np.unique(rows, axis=0, return_inverse=True)
    return np.asarray(names, dtype=np.int64).reshape(-1)


def _renaming(
    left: _Reachable, right: _Reachable, candidates: list[list[int]], max_tries: int
) -> tuple[list[int], list[int]] | None:
    """Return the images of states and columns of a renaming, found letter after letter."""
    rows, images = left.table.tolist(), right.table.tolist()
    output = colours(left.outputs + right.outputs).tolist()
    size = len(rows)
    tries = 0

    def matched(columns: list[int]) -> list[int] | None:
        """Follow edges of the letters so far; None when they do not match."""
        state = [-1] * size
        taken = [False] * size
        stack = [0]
        state[0], taken[0] = 0, True
        if output[0] != output[size]:
            return None
        while stack:
            p = stack.pop()
            for a, b in enumerate(columns):
                target, image = rows[p][a], images[state[p]][b]
                if state[target] == image:
                    continue
                if state[target] >= 0 or taken[image] or output[target] != output[size + image]:
                    return None
                state[target], taken[image] = image, True
                stack.append(target)
        return state

    columns: list[int] = []
    waiting = [list(reversed(candidates[0]))]
    while waiting:
        if not waiting[-1]:
            waiting.pop()
            if columns:
                columns.pop()
            continue
        column = waiting[-1].pop()
        if column in columns:
            continue
        tries += 1
        if tries > max_tries:
            raise LimitReached(
                "letters tried", max_tries, reached=tries, option="max_tries of isomorphism()"
            )
        states = matched([*columns, column])
        if states is None:
            continue
        if len(columns) + 1 == len(candidates):
            return states, [*columns, column]
        columns.append(column)
        waiting.append(list(reversed(candidates[len(columns)])))
    return None
