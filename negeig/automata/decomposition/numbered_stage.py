"""One level that tells which states are meant of the sets that the levels above leave possible.

It does where no letter merges some of the states that are left and keeps others apart: the states
of each set are numbered, and letters permute the numbers or reset them. Where a letter leads into
a set with more states, numbers that do not occur go to those that are free.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from negeig.automata.decomposition.cascade import PointMap
from negeig.automata.decomposition.stages import Context, Move, Stage
from negeig.automata.decomposition.subduction import StateSet, elements
from negeig.automata.machines.machine import Machine

SetMove: TypeAlias = tuple[StateSet, int, StateSet]


def can_number(machine: Machine, moves: Iterable[SetMove]) -> bool:
    """Whether each letter of some moves (P, letter, Q) merges all states of P or none.

    Examples
    --------
    >>> machine = Machine(alphabet="a", transitions=[[1], [1], [2]], initial=0, outputs=[0, 1, 2])
    >>> can_number(machine, [(3, 0, 2)]), can_number(machine, [(7, 0, 6)])
    (True, False)
    """
    columns: list[list[int]] = machine.transitions.T.tolist()
    for p, a in dict.fromkeys((p, a) for p, a, _ in moves):
        images = {columns[a][state] for state in elements(p)}
        if 1 < len(images) < p.bit_count():
            return False
    return True


def numbered_stage(
    machine: Machine, moves: Iterable[SetMove], start: StateSet, initial: int
) -> tuple[Stage, int]:
    """Return the level, and its point for the initial state.

    Parameters
    ----------
    machine : Machine
    moves : the moves (P, letter, Q) between the sets, P.letter inside Q, see :func:`can_number`
        All sets are reached from the first.
    start : state set
        The set before the first letter; it contains the initial state.
    initial : int

    Notes
    -----
    O(moves x states). Numbers are chosen along the moves, so that many change none.

    Examples
    --------
    >>> machine = Machine(alphabet="ab", transitions=[[1, 2], [1, 1], [2, 2]], initial=0,
    ...                   outputs=[0, 1, 0])
    >>> stage, first = numbered_stage(machine, [(1, 0, 6), (1, 1, 6), (6, 0, 6), (6, 1, 6)], 1, 0)
    >>> stage.maps[6, 0, 6], stage.maps[6, 1, 6], stage.maps[1, 1, 6], first
    ((0, 1), (0, 1), (1, 0), 0)
    """
    moves = tuple(moves)
    columns: list[list[int]] = machine.transitions.T.tolist()
    number = _numbers(moves, columns, start)
    points = 1 + max(max(numbered.values()) for numbered in number.values())
    maps: dict[Move, PointMap] = {}
    for p, a, q in moves:
        images = {i: number[q][columns[a][state]] for state, i in number[p].items()}
        maps[p, a, q] = _completed(images, points)
    splits: dict[Context, dict[int, Context]] = {
        p: {i: 1 << state for state, i in numbered.items()} for p, numbered in number.items()
    }
    return Stage(points, maps, splits), number[start][initial]


def _numbers(
    moves: tuple[SetMove, ...], columns: list[list[int]], start: StateSet
) -> Mapping[StateSet, dict[int, int]]:
    """Return numbers of the states of each set, as along the move that first leads there."""
    number = {start: {state: i for i, state in enumerate(elements(start))}}
    leaving: dict[StateSet, list[tuple[int, StateSet]]] = {}
    for p, a, q in moves:
        leaving.setdefault(p, []).append((a, q))
    queue = [start]
    for p in queue:  # grows while it is read
        for a, q in leaving[p]:
            if q in number:
                continue
            own = {columns[a][state]: i for state, i in number[p].items()}
            free = iter(sorted(set(range(len(own) + q.bit_count())) - set(own.values())))
            number[q] = own | {state: next(free) for state in elements(q) if state not in own}
            queue.append(q)
    return number


def _completed(images: Mapping[int, int], points: int) -> PointMap:
    """Return the constant that some points have as image, or a permutation that extends a map."""
    if len(images) > 1 and len(set(images.values())) == 1:
        return (next(iter(images.values())),) * points
    known = set(images.values())
    kept = {i: i for i in range(points) if i not in images and i not in known}
    free = [i for i in range(points) if i not in images and i not in kept]
    unused = [i for i in range(points) if i not in known and i not in kept]
    whole = {**images, **kept, **dict(zip(free, unused, strict=True))}
    return tuple(whole[i] for i in range(points))
