"""Checks of the theorems about products of factors, their keys, and matrices of any norm."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations, product
from random import Random
from typing import Any, TypeAlias

from negeig.automata.groups.cycles import cycles
from negeig.proofs_checks.theorem_checks.check import Case, Check, each
from negeig.proofs_checks.theorem_checks.subjects.numbers import matrix_of
from negeig.proofs_checks.theorem_checks.subjects.tasks import ONE, ZERO
from negeig.theory.closure.boxes import rational
from negeig.theory.exact.linear_algebra import (
    add,
    characteristic_polynomial,
    dot,
    identity,
    is_contraction,
    is_orthogonal,
    rank,
)
from negeig.theory.exact.numbers import Matrix, Vector
from negeig.theory.exact.polynomials import has_only_real_roots
from negeig.theory.factors.contraction_factors import factor_spectrum
from negeig.theory.factors.factorisation import reset_steps, transposition
from negeig.theory.factors.householder import contraction_steps, product_of, reflections
from negeig.theory.networks.network import DeltaStep
from negeig.theory.theorems import ids

HALF = Fraction(1, 2)
ROTATION: Matrix = ((Fraction(3, 5), Fraction(-4, 5)), (Fraction(4, 5), Fraction(3, 5)))

Steps: TypeAlias = tuple[DeltaStep, ...]
Keys: TypeAlias = Sequence[Vector]


def _step(strength: int | Fraction, *key: int) -> DeltaStep:
    """Return the factor with beta |k|^2 = strength along a key."""
    vector = tuple(map(Fraction, key))
    return DeltaStep(strength / Fraction(sum(k * k for k in key)), vector, ZERO)


def _product(steps: Steps) -> Matrix:
    return product_of(steps, len(steps[0].key))


def _random_steps(random: Random, dim: int, largest: Fraction) -> Steps:
    """Return four random steps with beta |k|^2 up to a number; the last one has just that."""
    steps = []
    for i in range(4):
        key = tuple(Fraction(random.randint(1, 9), random.randint(1, 9)) for _ in range(dim))
        size = largest if i == 3 else largest * random.randint(0, 8) / 8
        steps.append(DeltaStep(size / dot(key, key), key, ZERO))
    return tuple(steps)


def _products(largest: Fraction) -> list[Steps]:
    """Return 40 products of random factors, the last of each with that beta |k|^2."""
    random = Random(5)
    return [_random_steps(random, 3, largest * ONE) for _ in range(40)]


def _are_householder(products: list[Steps]) -> bool:
    values = rational(step.eigenvalue for steps in products for step in steps)
    return all(-1 <= value <= 1 for value in values)


def _never_blow_up(products: list[Steps]) -> bool:
    return all(is_contraction(_product(steps)) for steps in products)


def _by_neighbours(images: tuple[int, ...]) -> Steps:
    """Return a permutation as swaps of neighbours, as bubble sort makes them."""
    left, steps = list(images), []
    for last in range(len(left) - 1, 0, -1):
        for i in range(last):
            if left[i] > left[i + 1]:
                left[i], left[i + 1] = left[i + 1], left[i]
                steps.append(transposition(len(left), i, i + 1))
    return tuple(steps) or (transposition(len(left), 0, 1),) * 2


def _random_reflections() -> list[Steps]:
    """Return 40 products of up to four random reflections of dimension 4."""
    random = Random(7)
    return [
        tuple(_step(2, *(random.choice((-3, -2, -1, 1, 2)) for _ in range(4))) for _ in range(m))
        for m in (1, 2, 3, 4)
        for _ in range(10)
    ]


def _are_orthogonal(products: list[Steps]) -> bool:
    return all(is_orthogonal(_product(steps)) for steps in products)


def _take_their_rank(products: list[Steps]) -> bool:
    """Whether each is a product of rank(I - Q) reflections, and was not given as one of fewer.

    A product of rank(I - M) factors, found for any contraction, has eigenvalues that M alone
    determines: so M is one of as many reflections only if these are all -1.
    """
    return all(map(_takes_its_rank, products))


def _takes_its_rank(steps: Steps) -> bool:
    matrix = _product(steps)
    least = rank(add(identity(len(matrix)), matrix, -ONE))
    if not is_contraction(matrix):
        return False
    found = contraction_steps(matrix).steps
    if any(step.eigenvalue != -1 for step in found):
        return False
    mirrors = reflections(matrix)
    if {x for row in matrix for x in row} <= {ZERO, ONE}:
        images = tuple(column.index(ONE) for column in zip(*matrix, strict=True))
        if sum(len(cycle) - 1 for cycle in cycles(images)) != least:
            return False
    return len(mirrors) == len(found) == least <= len(steps) and (
        product_of(mirrors, len(matrix)) == matrix
    )


def _target(strength: Fraction) -> Steps:
    """Return the steps that overwrite three coordinates, but with that beta |k|^2."""
    steps = reset_steps((ONE, -HALF, ZERO))
    return tuple(DeltaStep(strength * s.beta, s.key, s.write) for s in steps)


def _have_right_angles(steps: Steps) -> bool:
    return all(
        dot(one.key, other.key) == 0 for i, one in enumerate(steps) for other in steps[i + 1 :]
    )


def _overwrite(steps: Steps) -> bool:
    """Whether every step writes along its key, and all of 27 states end as one."""
    ends = set()
    for start in product((-ONE, ZERO, 3 * ONE), repeat=3):
        state: Vector = start
        for step in steps:
            state = step.apply(state)
            if dot(step.key, state) != step.write:
                return False
        ends.add(state)
    return len(ends) == 1


def _has_real_spectrum(matrix: Matrix) -> bool:
    return has_only_real_roots(factor_spectrum(matrix))


def _is_shortest(matrix: Matrix) -> bool:
    """Whether a matrix is a product of rank(I - M) factors, whose eigenvalues are those of T.

    In the plane two factors with the eigenvalues x and y and the angle u between their keys have
    the determinant x y, the trace x + y + (1 - x)(1 - y) cos^2 u, and entries off the diagonal
    that differ by (1 - x)(1 - y) cos u sin u. So x and y follow, without T, from the matrix.
    """
    away = add(identity(len(matrix)), matrix, -ONE)
    if len(matrix) == 2 and rank(away) == 2:
        (a, b), (c, d) = map(rational, matrix)
        both = a * d - b * c
        sum_ = a + d - (b - c) * (b - c) / (1 - a - d + both)
        real = sum_ * sum_ >= 4 * both
        if not (real and -2 <= sum_ <= 2 and 1 - sum_ + both >= 0 and 1 + sum_ + both >= 0):
            return False
    steps = contraction_steps(matrix).steps
    values = [step.eigenvalue for step in steps]
    diagonal = tuple(
        tuple(x if i == j else ZERO for j in range(len(values))) for i, x in enumerate(values)
    )
    return (
        len(steps) == rank(away)
        and product_of(steps, len(matrix)) == matrix
        and characteristic_polynomial(diagonal) == factor_spectrum(matrix)
    )


CHECKS: tuple[Check[Any], ...] = (
    Check(
        ids.P1,
        hypotheses=(_are_householder,),
        conclusion=_never_blow_up,
        cases=(
            *each("40 products of four factors with beta |k|^2 up to {0}", _products, (1, 2)),
            *each(
                "beta |k|^2 = {0}: some product lengthens a vector",
                _products,
                (Fraction(21, 10), Fraction(-1, 10)),
                without=0,
            ),
        ),
    ),
    Check(
        ids.REFLECTIONS,
        hypotheses=(_are_orthogonal,),
        conclusion=_take_their_rank,
        cases=(
            Case(
                "all 120 permutations of five points, given as swaps of neighbours",
                lambda: [_by_neighbours(images) for images in permutations(range(5))],
            ),
            Case("40 products of up to four random reflections", _random_reflections),
            Case(
                "a rotation by the angle of 3 + 4i takes two",
                lambda: [(_step(2, 1, 2), _step(2, 0, 1))],
            ),
            Case(
                "not orthogonal: diag(1, 0) has rank(I - M) = 1 and is no reflection",
                lambda: [(_step(1, 0, 1),)],
                without=0,
            ),
            Case(
                "diag(1, -2) has rank(I - M) = 1 and is no reflection",
                lambda: [(_step(3, 0, 1),)],
                without=0,
            ),
        ),
    ),
    Check(
        ids.RESETS,
        hypotheses=(
            lambda steps: all(step.beta * dot(step.key, step.key) == 1 for step in steps),
            _have_right_angles,
            lambda steps: len(steps) == len(steps[0].key),
        ),
        conclusion=_overwrite,
        cases=(
            Case("three overwrites lead 27 states to one", lambda: _target(ONE)),
            Case(
                "so they do along (1, 1, 0), (1, -1, 0) and (0, 0, 2)",
                lambda: (_step(1, 1, 1, 0), _step(1, 1, -1, 0), _step(1, 0, 0, 2)),
            ),
            Case(
                "beta |k|^2 = 1/2: something of the state is left",
                lambda: _target(HALF),
                without=0,
            ),
            Case("beta |k|^2 = 2: the state is mirrored", lambda: _target(2 * ONE), without=0),
            Case(
                "along (1, 0, 0) and then (1, 1, 0): the second brings back what the first erased",
                lambda: (_step(1, 1, 0, 0), _step(1, 1, 1, 0), _step(1, 0, 0, 1)),
                without=1,
            ),
            Case(
                "two steps for three coordinates: one is left", lambda: _target(ONE)[:2], without=2
            ),
        ),
    ),
    Check(
        ids.FACTOR_SPECTRUM,
        hypotheses=(is_contraction, _has_real_spectrum),
        conclusion=_is_shortest,
        cases=(
            Case("a rotation takes rank(I - M) = 2", lambda: ROTATION),
            Case(
                "diag(1/2, -1/2, 0) takes 3",
                lambda: matrix_of((HALF, 0, 0), (0, -HALF, 0), (0, 0, 0)),
            ),
            Case(
                "a chain of three points takes 3",
                lambda: matrix_of((0, 0, 0), (1, 0, 0), (0, 1, 0)),
            ),
            Case(
                "a product of two factors that do not commute takes 2",
                lambda: _product((_step(HALF, 1, 1), _step(Fraction(5, 4), 1, 0))),
            ),
            Case(
                "norm 2: the map of (x, y) to (2 y, 0), with the eigenvalues 0 and -4 of T",
                lambda: matrix_of((0, 2), (0, 0)),
                without=0,
            ),
            Case(
                "eigenvalues that are not real: a quarter turn that shrinks by one half has rank 2 "
                "and is no product of two factors",
                lambda: matrix_of((0, -HALF), (HALF, 0)),
                without=1,
            ),
        ),
    ),
)
