"""Checks of theorems about what layers allow: unit keys, matrices of any norm, RWKV-7."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, permutations
from math import isqrt
from typing import Any, TypeAlias

from negeig.proofs_checks.theorem_checks.check import Case, Check, each
from negeig.proofs_checks.theorem_checks.subjects.numbers import matrix_of
from negeig.proofs_checks.theorem_checks.subjects.tasks import (
    ONE,
    ZERO,
    machine,
    proved,
    refused,
    shape,
)
from negeig.theory.closure.boxes import rational
from negeig.theory.exact.fields import square_root
from negeig.theory.exact.linear_algebra import dot, identity, is_contraction, multiply
from negeig.theory.exact.numbers import Matrix, Number, Vector
from negeig.theory.factors.dyadic_simplex import longest_chain, roots
from negeig.theory.networks.one_layer import one_hot
from negeig.theory.theorems import ids

HALF = Fraction(1, 2)
Keys: TypeAlias = Sequence[Vector]


def _halved(dim: int) -> Keys:
    """Return the longest chain of keys with entries 0, 1/2 and 1 up to sign, found by trying."""
    return [tuple(Fraction(x, 2) for x in key) for key in longest_chain(dim)]


def _triangle() -> Keys:
    """Return the keys of a triangle in the plane, of length 1; one has an entry sqrt(3)/2."""
    return [(ONE, ZERO), (-HALF, square_root(Fraction(3, 4)))]


def _are_rational(keys: Keys) -> bool:
    return all(isinstance(x, Fraction) for key in keys for x in key)


def _have_length_1(keys: Keys) -> bool:
    return all(dot(key, key) == 1 for key in keys)


def _are_simple_roots(keys: Keys) -> bool:
    """Whether neighbours are at 120 degrees, and others at right angles, whatever their length."""
    return all(
        dot(one, other) == 0
        if gap
        else dot(one, other) < 0
        and 4 * dot(one, other) * dot(one, other) == dot(one, one) * dot(other, other)
        for i, one in enumerate(keys)
        for gap, other in enumerate(keys[i + 1 :])
    )


def _is_square(n: int) -> bool:
    return isqrt(n) ** 2 == n


def _least_dimension(n: int) -> int:
    """Return the dimension that the theorem states for n points."""
    if _is_square(2 * n) if n % 2 == 0 else _is_square(n):
        return n - 1
    odd, rest = [], n
    for p in count(2):
        power = 0
        while rest % p == 0:
            rest, power = rest // p, power + 1
        if power % 2:
            odd.append(p)
        if rest == 1:
            break
    return n if n % 2 == 0 or all(p % 8 in (1, 7) for p in odd) else n + 1


def _take_the_dimension(keys: Keys) -> bool:
    """Whether they lie in no smaller dimension than is stated, which dyadic keys reach."""
    least = _least_dimension(len(keys) + 1)
    found = roots(len(keys) + 1)
    reached = len(found[0]) == least and all(
        x.denominator & (x.denominator - 1) == 0 for key in found for x in key
    )
    return reached and len(keys[0]) >= least


@dataclass(frozen=True)
class _Tracks:
    """A task, and whether layers may have matrices of norm at most 1 only."""

    task: str
    contractive: bool


def _may_have_the_letters(it: _Tracks) -> bool:
    """Whether the layer may have the machine's own matrices."""
    (layer,) = one_hot(machine(it.task)).layers
    return not it.contractive or all(
        is_contraction(layer.letter_matrix(letter)) for letter in layer.alphabet
    )


def _one_layer_tracks(it: _Tracks) -> bool:
    """Whether one layer of the machine's dimension is proved; not where such layers are refused."""
    if it.contractive and refused(it.task, "one-contractive-layer"):
        return False
    network = one_hot(machine(it.task))
    return proved(network, machine(it.task)) and shape(network) == [(machine(it.task).size, 1)]


def _holds(c: Fraction, matrix: Matrix) -> bool:
    """Whether diag(w) - c k (a * k)^T is the matrix, w and a in [0, 1]; zeros and ones, 2 x 2.

    Off the diagonal it has -c k_1 k_2 a_2 and -c k_1 k_2 a_1. Of all keys of length 1 the product
    k_1 k_2 is least, -1/2, for (1, -1)/sqrt(2): where this one takes an a above 1, all do.
    """
    (a, b), (d, e) = map(rational, matrix)
    numbers = (2 * d / c, 2 * b / c, a + d, b + e)
    return all(0 <= x <= 1 for x in numbers)


def _all_maps(c: Fraction) -> bool:
    """Whether swaps and copies of two coordinates that it holds make all 27 maps of 3 points."""
    swap, copy = matrix_of((0, 1), (1, 0)), matrix_of((0, 0), (1, 1))
    held = [block for block in (swap, copy) if _holds(c, block)]
    made = {identity(3)}
    new = list(made)
    while new:
        matrix = new.pop()
        for block in held:
            for i, j in permutations(range(3), 2):
                letter = _in_place(block, (i, j))
                if (after := multiply(letter, matrix)) not in made:
                    made.add(after)
                    new.append(after)
    return len(made) == 27


def _in_place(block: Matrix, at: tuple[int, int]) -> Matrix:
    """Return a matrix of dimension 3 with that block at two coordinates, the other one kept."""

    def entry(i: int, j: int) -> Number:
        return block[at.index(i)][at.index(j)] if i in at and j in at else ONE * (i == j)

    return tuple(tuple(entry(i, j) for j in range(3)) for i in range(3))


CHECKS: tuple[Check[Any], ...] = (
    Check(
        ids.UNIT_KEYS,
        hypotheses=(_are_rational, _have_length_1, _are_simple_roots),
        conclusion=_take_the_dimension,
        cases=(
            *each("simple roots of length 1 for S{0}, in its least dimension", roots, range(2, 17)),
            *each(
                "the longest chain in dimension {0} with entries 0, 1/2, 1", _halved, range(1, 9)
            ),
            Case(
                "an entry sqrt(3)/2: two keys of length 1 do S3 in the plane",
                _triangle,
                without=0,
            ),
            Case(
                "keys of any length: (1, -1, 0) and (0, 1, -1) do S3 in dimension 3",
                lambda: matrix_of((1, -1, 0), (0, 1, -1)),
                without=1,
            ),
            Case(
                "keys at right angles: two of length 1 in the plane, whose swaps commute",
                lambda: matrix_of((1, 0), (0, 1)),
                without=2,
            ),
        ),
    ),
    Check(
        ids.ONE_HOT,
        hypotheses=(_may_have_the_letters,),
        conclusion=_one_layer_tracks,
        cases=(
            *each(
                "one layer of the machine's own matrices does {0}",
                lambda task: _Tracks(task, contractive=False),
                ("starts-with:a", "modarith:3", "sym:3", "transformations:3", "dyck1:3"),
            ),
            Case(
                "so it does sym:3, by matrices of norm 1",
                lambda: _Tracks("sym:3", contractive=True),
            ),
            Case(
                "matrices of norm at most 1 only: no such layer does 'the first letter is a'",
                lambda: _Tracks("starts-with:a", contractive=True),
                without=0,
            ),
        ),
    ),
    Check(
        ids.RWKV_7_REGULAR,
        hypotheses=(lambda c: c == 2,),
        conclusion=_all_maps,
        cases=(
            Case("c = 2: swaps and copies are held, and make all 27 maps", lambda: 2 * ONE),
            Case("c = 1: neither the swap nor the copy is held", lambda: ONE, without=0),
            Case("c = 3/2: neither is held", lambda: 3 * HALF, without=0),
        ),
    ),
)
