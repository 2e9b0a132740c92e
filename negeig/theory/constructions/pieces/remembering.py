"""Layers that remember the state before the letter.

A layer emits its state *after* a letter, and the next level of a cascade needs the state *before*
it. A reflection can be undone; an overwrite destroys one coordinate. So the n-th overwrite of a
letter first moves what it replaces into the n-th of some extra coordinates: the matrix
``[[A], [D]]`` with ``A^T A + D^T D = I`` is an isometry, nothing is lost and no distance grows.
What an earlier letter left in those coordinates is never asked for.

A reflection swaps the coordinates, or, without any negative eigenvalue, a projection leaves half
the value in both: (x, 0) becomes (x/2, x/2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from negeig.claims import LimitReached
from negeig.theory.exact.numbers import Vector
from negeig.theory.factors.factorisation import ONE, ZERO, overwrite, transposition
from negeig.theory.networks.network import DeltaStep, Step

State: TypeAlias = tuple[Any, ...]
"""Of a layer, exact: integers wherever possible."""

MAX_REMEMBERED = 200_000
"""Largest number of states of a layer that remembers."""


def is_overwrite(step: Step) -> bool:
    """Whether a step replaces one coordinate by a constant."""
    if not isinstance(step, DeltaStep):
        return False
    return step.beta == 1 and step.key == overwrite(len(step.key), _place(step), ZERO).key


def can_remember(steps: Sequence[Sequence[Step]]) -> bool:
    """Whether all steps of all letters are reflections without a write, or overwrites."""
    return all(
        isinstance(step, DeltaStep)
        and (is_overwrite(step) or (step.eigenvalue == -1 and step.write == 0))
        for letter in steps
        for step in letter
    )


def remembering(
    steps: Sequence[Sequence[Step]], dim: int, *, mirrors: bool = True, forgets: bool = False
) -> list[tuple[DeltaStep, ...]]:
    """Return the letters' steps with an extra coordinate for each overwrite of one letter.

    An overwrite becomes two steps with eigenvalues 0 and -1; without ``mirrors`` three with
    eigenvalue 0, and the extra coordinate then holds half of what was overwritten. A letter that
    ``forgets`` overwrites the extra coordinates that it does not use with 0: more steps, and no
    more states than letters lead from all those that are remembered.

    Examples
    --------
    >>> from fractions import Fraction
    >>> (reset,) = remembering([[overwrite(1, 0, Fraction(7))]], 1)
    >>> state = (Fraction(5), Fraction(0))
    >>> for step in reset:
    ...     state = step.apply(state)
    >>> [str(x) for x in state]
    ['7', '5']
    >>> (reset,) = remembering([[overwrite(1, 0, Fraction(7))]], 1, mirrors=False)
    >>> [str(step.eigenvalue) for step in reset]
    ['0', '0', '0']
    """
    slots = max((sum(map(is_overwrite, letter)) for letter in steps), default=0)
    wide = dim + slots
    made = []
    for letter in steps:
        after: list[DeltaStep] = []
        slot = dim
        for step in letter:
            assert isinstance(step, DeltaStep)
            if is_overwrite(step):
                place = _place(step)
                if mirrors:
                    after.append(overwrite(wide, slot, step.write))
                    after.append(transposition(wide, place, slot))
                else:
                    after.append(overwrite(wide, slot, ZERO))
                    after.append(_mean(wide, place, slot))
                    after.append(overwrite(wide, place, step.write))
                slot += 1
            else:
                after.append(DeltaStep(step.beta, step.key + (ZERO,) * slots, step.write))
        if forgets:
            after += (overwrite(wide, unused, ZERO) for unused in range(slot, wide))
        made.append(tuple(after))
    return made


def _mean(dim: int, i: int, j: int) -> DeltaStep:
    """Put the mean of two coordinates in place of both: the projection along e_i - e_j."""
    key = tuple(ONE if k == i else -ONE if k == j else ZERO for k in range(dim))
    return DeltaStep(ONE / 2, key, ZERO)


class Exploration:
    """All states of a layer under all words of its letters, and the moves between them.

    Parameters
    ----------
    steps : steps of each letter
    starts : sequence of Vector
        States to begin with, distinct.

    Raises
    ------
    LimitReached
        Above ``MAX_REMEMBERED`` states.

    Notes
    -----
    Exact; O(states x letters x steps). Letters with equal steps are explored once.

    Examples
    --------
    >>> from negeig.theory.factors.factorisation import permutation_steps
    >>> found = Exploration([permutation_steps([1, 2, 0])], [(ONE, ZERO, ZERO)])
    >>> len(found.states), found.after
    (3, [[1], [2], [0]])
    """

    def __init__(self, steps: Sequence[Sequence[Step]], starts: Sequence[Vector]) -> None:
        number = {tuple(map(_plain, start)): i for i, start in enumerate(starts)}
        queue: list[tuple[Any, ...]] = list(number)
        self.after: list[list[int]] = []
        actions = {own: i for i, own in enumerate(dict.fromkeys(map(tuple, steps)))}
        prepared = [_selection(own) or _one_by_one(own) for own in actions]
        which = [actions[tuple(own)] for own in steps]
        for state in queue:  # grows while it is read
            targets = []
            for apply in prepared:
                after = apply(state)
                target = number.setdefault(after, len(queue))
                if target == len(queue):
                    if target >= MAX_REMEMBERED:
                        raise LimitReached(
                            "states of a layer that remembers", MAX_REMEMBERED, reached=target + 1
                        )
                    queue.append(after)
                targets.append(target)
            self.after.append([targets[a] for a in which])
        exact = {x: Fraction(x) if isinstance(x, int) else x for state in queue for x in state}
        self.states: list[Vector] = [tuple(map(exact.__getitem__, state)) for state in queue]


def _plain(x: Any) -> Any:
    """Return an integer where a number is one: its arithmetic is faster, and it hashes alike."""
    return int(x) if isinstance(x, Fraction) and x.denominator == 1 else x


def _selection(steps: Sequence[Step]) -> Callable[[State], State] | None:
    """Return what applies steps that swap or overwrite at once, None where one does neither."""
    if not steps or not can_remember([steps]):
        return None
    dim = len(steps[0].key) if isinstance(steps[0], DeltaStep) else 0
    taken, written = list(range(dim)), list[Any]()
    for step in steps:
        assert isinstance(step, DeltaStep)
        support = [j for j, k in enumerate(step.key) if k != 0]
        if is_overwrite(step):
            taken[_place(step)] = dim + len(written)
            written.append(_plain(step.write))
        elif len(support) == 2 and sorted(step.key[j] for j in support) == [-1, 1]:
            i, j = support
            taken[i], taken[j] = taken[j], taken[i]
        else:
            return None
    constants = tuple(written)

    def apply(state: State) -> State:
        known = state + constants
        return tuple([known[i] for i in taken])

    return apply


def _one_by_one(steps: Sequence[Step]) -> Callable[[State], State]:
    """Return what applies some steps, in integers wherever possible."""
    prepared = []
    for step in steps:
        assert isinstance(step, DeltaStep)
        support = [(j, _plain(k)) for j, k in enumerate(step.key) if k != 0]
        prepared.append((_plain(step.beta), support, _plain(step.write)))

    def apply(state: State) -> State:
        values = list(state)
        for beta, support, write in prepared:
            amount = write
            for j, k in support:
                amount = amount - k * values[j]
            amount = beta * amount
            for j, k in support:
                values[j] = _plain(values[j] + k * amount)
        return tuple(values)

    return apply


def _place(step: DeltaStep) -> int:
    return next((j for j, k in enumerate(step.key) if k != 0), 0)
