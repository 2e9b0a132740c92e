"""Which states lead to which, in time linear in the table."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from negeig.automata.machines.machine import Machine, Transitions
from negeig.automata.machines.minimize import breadth_first

States = NDArray[np.bool_]
"""A set of states: one flag for each."""


def reaching(table: Transitions, goal: Iterable[int]) -> States:
    """Return the states from which some word leads to a state of ``goal``.

    Examples
    --------
    >>> reaching(np.array([[1], [2], [2], [1]], dtype=np.int32), [1]).tolist()
    [True, True, False, True]
    """
    states, letters = table.shape
    # Edges sorted by target: those into q are order[start[q] : start[q + 1]].
    order = np.argsort(table, axis=None, kind="stable")
    start = np.searchsorted(table.ravel()[order], np.arange(states + 1)).tolist()
    sources = (order // letters).tolist()
    found = dict.fromkeys(goal)
    stack = list(found)
    while stack:
        state = stack.pop()
        for source in sources[start[state] : start[state + 1]]:
            if source not in found:
                found[source] = None
                stack.append(source)
    flags = np.zeros(states, dtype=np.bool_)
    flags[list(found)] = True
    return flags


def reachable(machine: Machine) -> States:
    """Return the states that some word leads to.

    Examples
    --------
    >>> machine = Machine(alphabet="a", transitions=[[0], [0]], initial=0, outputs=[0, 1])
    >>> reachable(machine).tolist()
    [True, False]
    """
    flags = np.zeros(machine.size, dtype=np.bool_)
    flags[breadth_first(machine.transitions, machine.initial)] = True
    return flags


def live(machine: Machine) -> States:
    """Return the states from which an acceptor can still accept.

    Examples
    --------
    >>> only_a = Machine(alphabet="a", transitions=[[1], [2], [2]], initial=0, outputs=[0, 1, 0])
    >>> live(only_a).tolist()
    [True, True, False]
    """
    return reaching(machine.transitions, np.flatnonzero(machine.outputs).tolist())
