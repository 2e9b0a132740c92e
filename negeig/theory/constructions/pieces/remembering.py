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

from collections.abc import Sequence

from negeig.claims import LimitReached
from negeig.theory.exact.numbers import Vector
from negeig.theory.factors.factorisation import ONE, TWO, ZERO, overwrite, transposition
from negeig.theory.networks.network import DeltaStep, Step

MAX_REMEMBERED = 20_000
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
    steps: Sequence[Sequence[Step]], dim: int, *, mirrors: bool = True
) -> list[tuple[DeltaStep, ...]]:
    """Return the letters' steps with an extra coordinate for each overwrite of one letter.

    An overwrite becomes two steps with eigenvalues 0 and -1; without ``mirrors`` three with
    eigenvalue 0, and the extra coordinate then holds half of what was overwritten.

    Examples
    --------
    >>> from fractions import Fraction
    >>> (reset,) = remembering([[overwrite(1, 0, Fraction(7))]], 1)
    >>> state = (Fraction(5), Fraction(0))
    >>> for step in reset:
    ...     state = step.apply(state)
    >>> [str(x) for x in state], [str(x) for x in before(reset, state, 1)]
    (['7', '5'], ['5'])
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
        made.append(tuple(after))
    return made


def _mean(dim: int, i: int, j: int) -> DeltaStep:
    """Put the mean of two coordinates in place of both: the projection along e_i - e_j."""
    key = tuple(ONE if k == i else -ONE if k == j else ZERO for k in range(dim))
    return DeltaStep(ONE / 2, key, ZERO)


def before(steps: Sequence[DeltaStep], state: Vector, dim: int) -> Vector:
    """Return the first ``dim`` coordinates of the state before a letter, from that after it."""
    for step in reversed(steps):
        if step.eigenvalue == -1:
            state = step.apply(state)
        elif not is_overwrite(step):  # a mean: one of the two was 0, the other holds half
            place, slot = (j for j, k in enumerate(step.key) if k != 0)
            state = (*state[:place], TWO * state[slot], *state[place + 1 :])
    return state[:dim]


def reachable(steps: Sequence[Sequence[Step]], start: Vector) -> list[Vector]:
    """Return all states of a layer under all words of its letters, the start first.

    Raises LimitReached above ``MAX_REMEMBERED`` states.
    """
    found = {start: None}
    queue = [start]
    for state in queue:
        for letter in steps:
            after = state
            for step in letter:
                after = step.apply(after)
            if after not in found:
                if len(found) >= MAX_REMEMBERED:
                    raise LimitReached(
                        "states of a layer that remembers", MAX_REMEMBERED, reached=len(found) + 1
                    )
                found[after] = None
                queue.append(after)
    return queue


def _place(step: DeltaStep) -> int:
    return next((j for j, k in enumerate(step.key) if k != 0), 0)
