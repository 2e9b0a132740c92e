"""Products of delta steps: transpositions, cycles, projections and overwrites.

With unnormalised keys every step here has entries 0, 1 and -1 and beta 1 or 2, so the factors are
exact in every number format. An orthogonal matrix Q is a product of exactly rank(I - Q)
reflections and no fewer (Cartan-Dieudonne-Scherk); for a permutation that rank is the number of
moved points minus the number of nontrivial cycles, and :func:`permutation_steps` uses that many.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from negeig.automata.groups.cycles import cycles
from negeig.theory.exact.numbers import Number
from negeig.theory.networks.network import DeltaStep

ZERO, ONE, TWO = Fraction(0), Fraction(1), Fraction(2)


def unit(dim: int, index: int) -> tuple[Fraction, ...]:
    """Return the unit vector e_index of the given dimension."""
    return (ZERO,) * index + (ONE,) + (ZERO,) * (dim - index - 1)


@lru_cache(maxsize=4096)
def transposition(dim: int, i: int, j: int) -> DeltaStep:
    """Swap coordinates i and j: the reflection along e_i - e_j."""
    key = tuple(ONE if m == i else -ONE if m == j else ZERO for m in range(dim))
    return DeltaStep(ONE, key, ZERO)


def overwrite(dim: int, index: int, value: Number) -> DeltaStep:
    """Replace one coordinate by a constant: a projection along e_index and a write."""
    return DeltaStep(ONE, unit(dim, index), value)


def permutation_steps(images: Sequence[int]) -> tuple[DeltaStep, ...]:
    """Fewest reflections that move the coordinate of each point i to that of ``images[i]``.

    A cycle of length c takes c - 1 transpositions, applied in order.

    Examples
    --------
    >>> steps = permutation_steps([1, 2, 0])
    >>> len(steps)
    2
    >>> state = (Fraction(5), Fraction(6), Fraction(7))
    >>> for step in steps:
    ...     state = step.apply(state)
    >>> [str(x) for x in state]
    ['7', '5', '6']
    """
    dim = len(images)
    return tuple(
        transposition(dim, cycle[0], point) for cycle in cycles(images) for point in cycle[1:]
    )


def partial_injection_steps(images: Sequence[int | None]) -> tuple[DeltaStep, ...]:
    """Return steps that move coordinate i to ``images[i]`` and drop it where that is None.

    Every chain that ends in None takes one projection, which empties the last coordinate of the
    chain, and then the reflections of the cycle that the chain closes into. That is
    rank(I - M) steps for the partial permutation matrix M, the least possible.

    Examples
    --------
    >>> [str(step.eigenvalue) for step in partial_injection_steps([1, None])]
    ['0', '-1']
    """
    dim = len(images)
    sources = {target: i for i, target in enumerate(images) if target is not None}
    closed = list(images)
    drops = []
    for last in range(dim):
        if images[last] is None:
            drops.append(overwrite(dim, last, ZERO))
            first = last
            while first in sources:
                first = sources[first]
            closed[last] = first
    return (*drops, *permutation_steps([image for image in closed if image is not None]))


def reset_steps(target: Sequence[Number]) -> tuple[DeltaStep, ...]:
    """Return one overwrite for each coordinate: together they replace the state by the target."""
    return tuple(overwrite(len(target), j, value) for j, value in enumerate(target))
