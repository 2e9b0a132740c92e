"""Checks of the theorems about products of factors, and about what proves a network."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations, product
from random import Random

from negeig.automata.groups.cycles import cycles
from negeig.claims import InputError
from negeig.precision.closure.margins import proved_by_margin
from negeig.precision.closure.rounded_closure import closure
from negeig.proofs_checks.theorem_checks.check import Check as Predicates
from negeig.proofs_checks.theorem_checks.check import each as subjects
from negeig.proofs_checks.theorem_checks.loose import Case, Check, each
from negeig.proofs_checks.theorem_checks.tasks import (
    ONE,
    ZERO,
    bound,
    built,
    machine,
    proved,
    refused,
    right,
    shape,
)
from negeig.theory.exact.linear_algebra import add, identity, is_contraction, multiply, rank
from negeig.theory.exact.numbers import Matrix, Vector
from negeig.theory.factors.dyadic_simplex import dimension, longest_chain, roots
from negeig.theory.factors.factorisation import reset_steps
from negeig.theory.factors.householder import contraction_steps, product_of, reflections
from negeig.theory.networks.network import DeltaStep
from negeig.theory.networks.one_layer import one_hot
from negeig.theory.theorems import ids

HALF = Fraction(1, 2)
ROTATION: Matrix = ((Fraction(3, 5), Fraction(-4, 5)), (Fraction(4, 5), Fraction(3, 5)))


def _square(vector: Vector) -> Fraction:
    return Fraction(str(sum(x * x for x in vector)))


def _steps(random: Random, dim: int, largest: Fraction) -> tuple[DeltaStep, ...]:
    """Return four random steps with beta |k|^2 up to a number; the last one has just that."""
    steps = []
    for i in range(4):
        key = tuple(Fraction(random.randint(1, 9), random.randint(1, 9)) for _ in range(dim))
        size = largest if i == 3 else largest * random.randint(0, 8) / 8
        steps.append(DeltaStep(size / _square(key), key, ZERO))
    return tuple(steps)


def _products(largest: Fraction) -> list[tuple[DeltaStep, ...]]:
    """Return 40 products of random factors, the last of each with that beta |k|^2."""
    random = Random(5)
    return [_steps(random, 3, largest * ONE) for _ in range(40)]


def _permutation(images: tuple[int, ...]) -> Matrix:
    size = range(len(images))
    return tuple(tuple(ONE if images[j] == i else ZERO for j in size) for i in size)


def _reflections_of_permutations() -> bool:
    """Whether all permutations of five points take moved points minus cycles, and rank(I - P)."""
    return all(
        len(reflections(_permutation(images)))
        == sum(len(cycle) - 1 for cycle in cycles(images))
        == rank(add(identity(5), _permutation(images), -ONE))
        for images in permutations(range(5))
    )


def _fewer_have_less_rank() -> bool:
    """Whether of random products of m reflections rank(I - Q) is at most m."""
    random = Random(7)
    for count in range(5):
        keys = [tuple(Fraction(random.randint(-4, 4)) for _ in range(4)) for _ in range(count)]
        steps = [DeltaStep(2 / _square(key), key, ZERO) for key in keys if any(key)]
        if rank(add(identity(4), product_of(steps, 4), -ONE)) > count:
            return False
    return True


def _raises(matrix: Matrix) -> bool:
    try:
        reflections(matrix)
    except InputError:
        return True
    return False


def _overwrites(strength: Fraction) -> bool:
    """Whether resets of that beta |k|^2 lead all of 27 states to one."""
    target = (ONE, -HALF, ZERO)
    steps = [DeltaStep(strength * s.beta, s.key, s.write) for s in reset_steps(target)]
    ends = set()
    for start in product((-ONE, ZERO, 3 * ONE), repeat=3):
        state: Vector = start
        for step in steps:
            state = step.apply(state)
        ends.add(state)
    return ends == {target}


def _rounded(task: str, route: str, arithmetic: str) -> str:
    network = built(route, task)
    if network is None:
        return "nothing built"
    return closure(network, machine(task), arithmetic, round_parameters=True).verdict


def _margin(task: str, route: str, arithmetic: str) -> str:
    network = built(route, task)
    if network is None:
        return "nothing built"
    return proved_by_margin(network, machine(task), arithmetic, round_parameters=True).verdict


def _unit_roots(degree: int) -> bool:
    """Whether the keys are of length 1 and simple roots, in the dimension that is stated."""
    keys = roots(degree)
    inner = [[sum(x * y for x, y in zip(p, q, strict=True)) for q in keys] for p in keys]
    wanted = [
        [{0: ONE, 1: -HALF}.get(abs(i - j), ZERO) for j in range(degree - 1)]
        for i in range(degree - 1)
    ]
    return inner == wanted and len(keys[0]) == dimension(degree)


def _swap(c: Fraction) -> Matrix:
    """Return diag(1, 1) - c k (a * k)^T with k = (1, -1)/sqrt(2) and a = (1, 1)."""
    return ((1 - c / 2, c / 2), (c / 2, 1 - c / 2))


def _copy() -> Matrix:
    """Return diag(1, 1) - 2 k (a * k)^T with the same k and a = (1, 0): copies a coordinate."""
    return ((ZERO, ZERO), (ONE, ONE))


def _exact_count(matrix: Matrix, factors: int) -> bool:
    return len(contraction_steps(matrix).steps) == factors


CHECKS = (
    Predicates(
        ids.P1,
        hypotheses=(
            lambda products: all(
                0 <= step.beta * _square(step.key) <= 2 for steps in products for step in steps
            ),
        ),
        conclusion=lambda products: all(is_contraction(product_of(x, 3)) for x in products),
        cases=(
            *subjects("40 products of four factors with beta |k|^2 up to {0}", _products, (1, 2)),
            *subjects(
                "beta |k|^2 = {0}: some product lengthens a vector",
                _products,
                (Fraction(21, 10), Fraction(-1, 10)),
                without=0,
            ),
        ),
    ),
    Check(
        ids.REFLECTIONS,
        (
            Case("all 120 permutations of five points", _reflections_of_permutations),
            Case("m random reflections have rank(I - Q) at most m", _fewer_have_less_rank),
            Case(
                "a rotation by the angle of 3 + 4i takes two",
                lambda: len(reflections(ROTATION)) == 2,
            ),
        ),
        (
            Case(
                "not orthogonal: diag(1, 0) has rank(I - M) = 1 and is no reflection",
                lambda: (
                    rank(((ZERO, ZERO), (ZERO, ONE))) == 1 and _raises(((ONE, ZERO), (ZERO, ZERO)))
                ),
            ),
        ),
    ),
    Check(
        ids.RESETS,
        (Case("three overwrites lead 27 states to one", lambda: _overwrites(ONE)),),
        (
            Case("beta |k|^2 = 1/2: something of the state is left", lambda: not _overwrites(HALF)),
            Case("beta |k|^2 = 2: the state is mirrored", lambda: not _overwrites(2 * ONE)),
        ),
    ),
    Check(
        ids.CLOSURE,
        (
            *each(
                "{0} is proved ({1}) and right on 50 words of 40 letters",
                lambda task, route: right(built(route, task), task),
                (("parity", "scalar"), ("sym:4", "permutation"), ("dyck1:2", "partial-injection")),
            ),
            Case(
                "and in bf16, every operation rounded",
                lambda: _rounded("sym:4", "permutation", "bf16") == "proved",
            ),
        ),
        (
            Case(
                "arithmetic that was not explored: mod:7 by turns is right exactly, not in e4m3fn",
                lambda: _rounded("mod:7", "rotations", "e4m3fn") == "collision",
            ),
        ),
    ),
    Check(
        ids.MARGIN,
        each(
            "the last letters are ab, in {0}",
            lambda arithmetic: _margin("ends-with:ab", "digits", arithmetic) == "proved",
            ("bf16", "fp16", "fp32"),
        ),
        (
            Case(
                "errors that add up, at eigenvalues of modulus 1: no margin for turns by a third",
                lambda: _margin("mod:3", "rotations", "bf16") == "open",
            ),
            Case(
                "errors above the margin: eight letters in 8 bits",
                lambda: _margin("ends-with:aaaaaaaa", "digits", "e4m3fn") == "open",
            ),
        ),
    ),
    Check(
        ids.UNIT_KEYS,
        (
            *each(
                "simple roots of length 1 for S{0}, in its least dimension",
                _unit_roots,
                range(2, 17),
            ),
            Case(
                "none of S3 in dimension 3 with entries 0, 1/2, 1",
                lambda: len(longest_chain(3)) < 2,
            ),
        ),
        (
            Case(
                "keys of any length: (1, -1, 0) and (0, 1, -1) do S3 in dimension 3",
                lambda: shape(built("permutation", "sym:3:adjacent")) == [(3, 1)],
            ),
        ),
    ),
    Check(
        ids.ONE_HOT,
        each(
            "{0}",
            lambda task: proved(one_hot(machine(task)), machine(task)),
            ("starts-with:a", "modarith:3", "sym:3", "transformations:3", "dyck1:3"),
        ),
        (
            Case(
                "matrices of norm at most 1: one layer does not do 'the first letter is a'",
                lambda: (
                    refused("starts-with:a", "one-contractive-layer")
                    and bound("starts-with:a", ids.IDEMPOTENTS) == 2
                ),
            ),
        ),
    ),
    Check(
        ids.RWKV_7_REGULAR,
        (
            Case(
                "cited, not proved here; its matrices with c = 2 hold the swap of two states",
                lambda: _swap(2 * ONE) == _permutation((1, 0)),
            ),
            Case(
                "and the copy of one state onto another, of norm above 1",
                lambda: not is_contraction(_copy()) and multiply(_copy(), _copy()) == _copy(),
            ),
        ),
        (
            Case(
                "c = 1: what was the swap is a projection",
                lambda: multiply(_swap(ONE), _swap(ONE)) == _swap(ONE) != _permutation((1, 0)),
            ),
        ),
    ),
    Check(
        ids.FACTOR_SPECTRUM,
        (
            Case("a rotation takes rank(I - M) = 2", lambda: _exact_count(ROTATION, 2)),
            Case(
                "diag(1/2, -1/2, 0) takes 3",
                lambda: _exact_count(
                    ((HALF, ZERO, ZERO), (ZERO, -HALF, ZERO), (ZERO, ZERO, ZERO)), 3
                ),
            ),
            Case(
                "a chain of three points takes 3",
                lambda: _exact_count(((ZERO, ZERO, ZERO), (ONE, ZERO, ZERO), (ZERO, ONE, ZERO)), 3),
            ),
        ),
        (
            Case(
                "eigenvalues that are not real: half a quarter turn has rank 2 and takes 3",
                lambda: _exact_count(((ZERO, -HALF), (HALF, ZERO)), 3),
            ),
        ),
    ),
)
