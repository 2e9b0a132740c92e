"""The cyclic-sums route: an abelian group as a sum of small cyclic ones, entries 0, 1 and -1.

An abelian group is a product of cyclic groups of prime-power order, and each factor is a block:

* order 2^e: 2^(e-1) coordinates in a ring with one sign change, ``(h_1, ..., h_n)`` to
  ``(-h_n, h_1, ..., h_(n-1))``. A power of it that moves anything moves everything: 2^(e-1)
  reflections;
* order p^e, p odd: p^e coordinates in a ring, the power k of which costs p^e - gcd(k, p^e).

So counting modulo 64 takes dimension 32 where one coordinate a state takes 64, and counting modulo
100 takes 2 + 25. Every entry is held in every number format, as no rotation's is.

The blocks are characters, homomorphisms from the group to the cyclic ones. Those of order p^e are
chosen one after the other, of the largest order that is new each time, and of those the one for
which the dearest letter is cheapest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd

import numpy as np

from negeig.automata.groups.cycles import cycles
from negeig.automata.groups.permgroup import primes
from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.pieces.representation import permutes
from negeig.theory.constructions.pieces.resets import beside_resets
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.exact.numbers import Vector
from negeig.theory.factors.factorisation import ONE, TWO, ZERO, unit
from negeig.theory.networks.network import DeltaStep
from negeig.theory.networks.one_layer import one_layer
from negeig.theory.theorems import ids

MAX_STATES = 2_000
"""Largest group, and so the largest number of codes."""

MAX_DIMENSION = 256
"""Largest dimension of the blocks together: heads of the layers in use are not larger."""


@beside_resets
def construct(machine: Machine) -> list[Construction]:
    """Return the network whose blocks are cyclic, where the letters permute and commute.

    Nothing where the group is cyclic of order 2 or of an odd prime power: the routes `scalar` and
    `permutation` have that network. Exact. Complexity: O(states x letters) to read off what the
    letters satisfy, a Hermite normal form of that, and O(states x letters x blocks).

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> [construct(get(name).minimal())[0].cost for name in ("mod:64", "mod:100", "mod:12")]
    [(1, 32, 32), (1, 26, 27), (1, 4, 5)]
    """
    if not 2 < machine.size <= MAX_STATES or not permutes(machine) or not _commutes(machine):
        return []
    blocks, states = _blocks(machine)
    dims = [block.dim for block in blocks]
    is_known = len(blocks) == 1 and (blocks[0].prime > 2 or dims == [1])
    if is_known or sum(dims) > MAX_DIMENSION:
        return []
    before = [sum(dims[:i]) for i in range(len(dims))]
    wide = sum(dims)
    steps = [
        [
            _placed(step, first, wide)
            for block, first in zip(blocks, before, strict=True)
            for step in block.steps(block.letters[a])
        ]
        for a in range(len(machine.alphabet))
    ]
    codes = [
        tuple(x for block, value in zip(blocks, values, strict=True) for x in block.code(value))
        for values in states
    ]
    network = one_layer(machine, initial=codes[machine.initial], steps=steps, codes=codes)
    orders = " x ".join(str(block.order) for block in blocks)
    idea = f"the letters turn rings of coordinates: the group is cyclic, {orders}"
    if len(blocks) > 1:
        idea = f"the letters turn rings of coordinates: the group is a product of orders {orders}"
    return [Construction(ROUTE.name, network, idea, ids.T3)]


@dataclass(frozen=True)
class _Block:
    """A character of prime-power order, and the value that it gives every letter."""

    prime: int
    order: int
    letters: tuple[int, ...]

    @property
    def dim(self) -> int:
        return self.order // 2 if self.prime == 2 else self.order

    @property
    def costs(self) -> list[int]:
        """Reflections that each letter takes."""
        if self.prime == 2:
            return [self.dim if value else 0 for value in self.letters]
        return [self.order - gcd(value, self.order) for value in self.letters]

    def steps(self, value: int) -> tuple[DeltaStep, ...]:
        """Turn the ring by so many places; with a sign at the end of it for powers of two."""
        dim = self.dim
        places = range(value, value + dim)
        signs = [-1 if self.prime == 2 and i % self.order >= dim else 1 for i in places]
        return signed_permutation_steps([i % dim for i in places], signs)

    def code(self, value: int) -> Vector:
        """Return what the first unit vector is turned to."""
        sign = -ONE if value >= self.dim else ONE
        return tuple(sign if i == value % self.dim else ZERO for i in range(self.dim))


def signed_permutation_steps(images: Sequence[int], signs: Sequence[int]) -> tuple[DeltaStep, ...]:
    """Fewest reflections that move the coordinate of point i, times its sign, to ``images[i]``.

    A cycle of length c takes c - 1 of them, and one more where the product of its signs is -1: the
    rank of I minus the matrix.

    Examples
    --------
    >>> from fractions import Fraction
    >>> state = (Fraction(5), Fraction(6))
    >>> for step in signed_permutation_steps([1, 0], [1, -1]):
    ...     state = step.apply(state)
    >>> [str(x) for x in state]
    ['-6', '5']
    """
    dim = len(images)
    steps = [
        DeltaStep(TWO, unit(dim, i), ZERO)
        for i, image in enumerate(images)
        if image == i and signs[i] < 0
    ]
    for cycle in cycles(images):
        # In these directions the matrix is a cycle without signs, up to one at its end.
        direction = [1]
        for point in cycle[:-1]:
            direction.append(direction[-1] * signs[point])
        if direction[-1] * signs[cycle[-1]] < 0:
            steps.append(DeltaStep(TWO, unit(dim, cycle[-1]), ZERO))
        for sign, point in zip(direction[1:], cycle[1:], strict=True):
            key = [ZERO] * dim
            key[cycle[0]], key[point] = ONE, -sign * ONE
            steps.append(DeltaStep(ONE, tuple(key), ZERO))
    return tuple(steps)


def _placed(step: DeltaStep, first: int, wide: int) -> DeltaStep:
    """Put a block's step among the coordinates of all blocks."""
    after = wide - first - len(step.key)
    return DeltaStep(step.beta, (ZERO,) * first + step.key + (ZERO,) * after, step.write)


def _commutes(machine: Machine) -> bool:
    columns = list(machine.transitions.T)
    return all(np.array_equal(g[h], h[g]) for i, g in enumerate(columns) for h in columns[:i])


def _blocks(machine: Machine) -> tuple[list[_Block], list[tuple[int, ...]]]:
    """Return the characters that together tell the states apart, and their values on each state.

    The letters commute and reach every state, so the states are the elements of the group. Words
    are vectors of how often each letter occurs. Those that lead back to the start are a lattice,
    generated by one word for each state and letter (Schreier); a character is a vector f of numbers
    modulo 1 with integer products with the lattice, so with basis B a column of the inverse of B.
    """
    from flint import fmpz_mat

    counts = _counts(machine)
    letters = len(machine.alphabet)
    ones = np.eye(letters, dtype=np.int64)
    loops = np.concatenate(
        [counts + ones[a] - counts[machine.transitions[:, a]] for a in range(letters)]
    )
    rows = np.unique(loops, axis=0).tolist()
    basis = fmpz_mat(rows).hnf().tolist()[:letters]
    inverse = fmpz_mat(basis).inv()
    blocks: list[_Block] = []
    for p in primes(machine.size):
        power = p
        while machine.size % (power * p) == 0:
            power *= p
        # Numbers with denominator ``power``, as their numerators.
        generators = {
            tuple(int(inverse[a, i] * machine.size) % power for a in range(letters))
            for i in range(letters)
        }
        blocks += _characters(p, power, sorted(generators), blocks)
    values = np.stack([counts @ np.array(b.letters) % b.order for b in blocks], axis=1)
    return blocks, list(map(tuple, values.tolist()))


def _counts(machine: Machine) -> np.ndarray:
    """Return how often each letter occurs in one word that leads to each state."""
    counts = np.zeros((machine.size, len(machine.alphabet)), dtype=np.int64)
    queue = [machine.initial]
    seen = {machine.initial}
    table = machine.transitions.tolist()
    for q in queue:
        for a, target in enumerate(table[q]):
            if target not in seen:
                seen.add(target)
                counts[target] = counts[q]
                counts[target, a] += 1
                queue.append(target)
    return counts


def _characters(
    p: int, power: int, generators: Sequence[tuple[int, ...]], chosen: Sequence[_Block]
) -> list[_Block]:
    """Return independent characters that generate those of p-power order; see the module."""
    zero = (0,) * len(generators[0])
    everything = _spanned({zero}, generators, power)
    span = {zero}
    found: list[_Block] = []
    while len(span) < len(everything):
        largest = 0
        candidates: list[tuple[int, ...]] = []
        for f in sorted(everything - span):
            order = power // gcd(power, *f)
            # Its multiples of order p lie outside the span: then all its multiples but 0 do.
            if order >= largest and tuple(order // p * x % power for x in f) not in span:
                if order > largest:
                    largest, candidates = order, []
                candidates.append(f)
        blocks = [_Block(p, largest, tuple(x * largest // power for x in f)) for f in candidates]
        spent = [sum(costs) for costs in zip(*(b.costs for b in (*chosen, *found)), strict=True)]
        best = min(range(len(blocks)), key=lambda i: _price(spent, blocks[i].costs))
        found.append(blocks[best])
        span = _spanned(span, [candidates[best]], power)
    return found


def _price(spent: Sequence[int], costs: Sequence[int]) -> tuple[int, int]:
    """Return the steps a token with one more block, and the steps of all letters."""
    total = [x + y for x, y in zip(spent or [0] * len(costs), costs, strict=True)]
    return max(total), sum(total)


def _spanned(
    span: set[tuple[int, ...]], generators: Sequence[tuple[int, ...]], power: int
) -> set[tuple[int, ...]]:
    """Return the sums of the elements of a subgroup and multiples of some vectors."""
    found = set(span)
    queue = sorted(span)
    for f in queue:
        for g in generators:
            total = tuple((x + y) % power for x, y in zip(f, g, strict=True))
            if total not in found:
                found.add(total)
                queue.append(total)
    return found


ROUTE = Route(
    name="cyclic-sums",
    kind="direct",
    rank=45,
    least_layers=1,
    summary="abelian groups by rings of coordinates with signs",
    construct=construct,
)
