"""Checks of the theorems about what every network for a task must have, whatever its depth."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from itertools import permutations

from negeig.automata.decomposition.complexity import complexity_lower_bound
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.green import green
from negeig.proofs_checks.theorem_checks.check import Case, Check, each
from negeig.proofs_checks.theorem_checks.subjects.networks import (
    Does,
    at_rest,
    by_one_hot,
    by_spelling,
    does,
    is_contractive,
    is_finite_and_exact,
    is_right,
    largest_dimension,
    steps_of,
    turns_nothing_back,
)
from negeig.proofs_checks.theorem_checks.subjects.tasks import ONE, machine
from negeig.theory.bounds.lower_bounds import seen_by_decoder
from negeig.theory.bounds.peeling_greedy import peel
from negeig.theory.exact.linear_algebra import rank
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN, Step
from negeig.theory.networks.one_layer import one_hot, one_layer
from negeig.theory.theorems import ids


def _by_layers(route: str, task: str, layers: int) -> Does:
    """Return what a route builds for a task, of that many layers."""
    it = does(route, task)
    if len(it.network.layers) != layers:
        raise LookupError(f"{task} is not done by {layers} layers")
    return it


def _by_dimension(route: str, task: str, dim: int) -> Does:
    """Return what a route builds for a task, of layers of that dimension at most."""
    it = does(route, task)
    if largest_dimension(it) != dim:
        raise LookupError(f"{task} is not done by layers of dimension {dim} at most")
    return it


def _has_the_layers_of_its_complexity(it: Does) -> bool:
    return len(it.network.layers) >= complexity_lower_bound(it.task)


def _has_the_layers_of_peeling(it: Does) -> bool:
    """Whether there are as many layers as peeling says, with what it says of no reflections."""
    bounds = [peel(it.task, it.monoid).value]
    if it.monoid.is_aperiodic and turns_nothing_back(it):
        bounds.append(peel(it.task, it.monoid, reflections=False).value)
    return len(it.network.layers) >= max(bounds)


def _is_invertible(step: Step) -> bool:
    if isinstance(step, DeltaStep):
        return step.eigenvalue != 0
    return rank(step.matrix) == len(step.bias)


def _letters_permute(it: Does) -> bool:
    """Whether every letter permutes the states, those merged that the last letter tells apart."""
    return all(len(set(column)) == len(column) for column in seen_by_decoder(it.task).T.tolist())


def _simple_factors_fit(it: Does) -> bool:
    """Whether the largest dimension of a layer is enough for every simple factor of a subgroup."""
    dim = largest_dimension(it)
    allowed = {1: "C2", 2: r"C\d+", 3: r"C\d+|A5", 4: r"C\d+|A5"}.get(dim, ".*")
    return all(
        re.fullmatch(allowed, factor)
        for group in green(it.monoid).subgroups
        for factor in group.composition_factors or ()
    )


@cache
def _idempotent_maps() -> Does:
    """Return 0/1 matrices of the maps of three points that move one point onto another.

    They are idempotent, so 0 and 1 are their eigenvalues; two that are left are swapped by some of
    their products.
    """
    letters = list(permutations(range(3), 2))
    rows = [[y if q == x else q for x, y in letters] for q in range(3)]
    alphabet = [f"{x}-{y}" for x, y in letters]
    task = Machine(alphabet=alphabet, transitions=rows, initial=0, outputs=range(3)).minimal()
    return Does(one_hot(task), task)


@cache
def _quarter() -> Does:
    """Return, in bf16, one number that goes three quarters of the way to 1 or -1: a flip-flop."""
    task = machine("flipflop")
    towards = {0: -ONE, 1: ONE}
    columns = task.transitions.T.tolist()
    steps = [
        () if column[0] != column[1] else (DeltaStep(Fraction(3, 4), (ONE,), towards[column[0]]),)
        for column in columns
    ]
    codes = [(towards[q],) for q in range(task.size)]
    network = one_layer(task, initial=codes[task.initial], steps=steps, codes=codes)
    return Does(network, task, "bf16")


@cache
def _alternating() -> Does:
    """Return parity in e4m3fn by a number that rounding alternates, with an eigenvalue of 0.32."""
    task = machine("parity")
    step = DeltaStep(Fraction(7, 4), (Fraction(5, 8),), Fraction(13, 64))
    steps = [(step,) if column[0] else () for column in task.transitions.T.tolist()]
    codes = [(Fraction(11, 32),), (Fraction(10, 32),)]
    network = one_layer(task, initial=codes[task.initial], steps=steps, codes=codes)
    return Does(network, task, "e4m3fn")


@cache
def _sign_and_last_letter() -> Does:
    """Return 'the as are even and the last letter is b' by a sign, with what the letter tells."""
    task = machine("regex:(b|ab*a)*b")
    layer = Layer(
        alphabet=task.alphabet,
        initial=(ONE,),
        steps={"a": (DeltaStep(2 * ONE, (ONE,), 0 * ONE),), "b": ()},
        codes=((ONE,), (-ONE,)),
        emit=(("no", "yes"), ("no", "no")),
    )
    outputs = {"no": task.output("a"), "yes": task.output("b")}
    network = LinearRNN(
        alphabet=task.alphabet, layers=(layer,), outputs=outputs, empty=task.output("")
    )
    return Does(network, task)


CHECKS: tuple[Check[Does], ...] = (
    Check(
        ids.COMPLEXITY,
        hypotheses=(is_right, is_contractive, is_finite_and_exact),
        conclusion=_has_the_layers_of_its_complexity,
        cases=(
            *each(
                "{1}, layers: {2}, no fewer than its complexity ({0})",
                _by_layers,
                (
                    ("permutation", "sym:4", 1),
                    ("cascade", "transformations:3", 2),
                    ("cascade", "transformations:4", 3),
                ),
            ),
            Case(
                "one layer at rest does not do transformations:3, of complexity 2",
                lambda: at_rest("transformations:3"),
                without=0,
            ),
            Case(
                "matrices of any norm: one layer of 0/1 matrices does transformations:3",
                lambda: by_one_hot("transformations:3"),
                without=1,
            ),
            Case(
                "infinitely many exact states: one number that spells words does transformations:3",
                lambda: by_spelling("transformations:3"),
                without=2,
            ),
        ),
    ),
    Check(
        ids.PEELING,
        hypotheses=(is_right, is_contractive, is_finite_and_exact),
        conclusion=_has_the_layers_of_peeling,
        cases=(
            *each(
                "{1}, layers: {2}, no fewer than peeling says ({0})",
                _by_layers,
                (
                    ("scalar", "flipflop", 1),
                    ("cascade", "starts-with:a", 2),
                    ("cascade", "transformations:3", 2),
                    ("cascade", "transformations:4", 3),
                ),
            ),
            *each(
                "{1} without the eigenvalue -1, layers: {2}, no fewer than peeling says then ({0})",
                _by_layers,
                (("chains-left", "regex:(ab)*", 2), ("chains-left", "contains:ab", 2)),
            ),
            Case(
                "and with the eigenvalue -1 one layer does (ab)*",
                lambda: does("partial-injection", "regex:(ab)*"),
            ),
            Case(
                "one layer at rest does not do 'the first letter is a'",
                lambda: at_rest("starts-with:a"),
                without=0,
            ),
            Case(
                "matrices of any norm: one layer of 0/1 matrices does 'the first letter is a'",
                lambda: by_one_hot("starts-with:a"),
                without=1,
            ),
            Case(
                "infinitely many exact states: one number that spells words does 'the first letter "
                "is a'",
                lambda: by_spelling("starts-with:a"),
                without=2,
            ),
        ),
    ),
    Check(
        ids.ISOMETRY,
        hypotheses=(is_right, turns_nothing_back, is_finite_and_exact),
        conclusion=lambda it: it.monoid.is_aperiodic,
        cases=(
            *each(
                "{1} is done without the eigenvalue -1 ({0}), and is aperiodic",
                does,
                (
                    ("scalar", "flipflop"),
                    ("chains-left", "contains:ab"),
                    ("chains-left", "dyck1:2"),
                ),
            ),
            Case(
                "one layer at rest does not do parity, which has a period",
                lambda: at_rest("parity"),
                without=0,
            ),
            *each(
                "the eigenvalue -1: it does {1}, which has a period ({0})",
                does,
                (("scalar", "parity"), ("permutation", "sym:3"), ("congruences", "mod:4")),
                without=1,
            ),
            Case(
                "no delta steps: 0/1 matrices with the eigenvalues 0 and 1 swap what is left of "
                "three points",
                _idempotent_maps,
                without=1,
            ),
            Case(
                "infinitely many exact states: h <- h/4 + w, which spells the word, does parity",
                lambda: by_spelling("parity"),
                without=2,
            ),
            Case(
                "rounding at every step: a number of eigenvalue 81/256 alternates in e4m3fn, and "
                "does parity",
                _alternating,
                without=2,
            ),
        ),
    ),
    Check(
        ids.INVERTIBLE_STEPS,
        hypotheses=(
            is_right,
            lambda it: all(map(_is_invertible, steps_of(it))),
            is_finite_and_exact,
        ),
        conclusion=_letters_permute,
        cases=(
            *each(
                "{1} is done without the eigenvalue 0 ({0}), and its letters permute the states",
                does,
                (
                    ("permutation", "sym:4"),
                    ("two-reflections", "mod:3"),
                    ("congruences", "quaternion"),
                ),
            ),
            Case(
                "a sign does 'an even number of a, and b at the end': the last letter tells two "
                "states apart, which b merges",
                _sign_and_last_letter,
            ),
            Case(
                "one layer at rest does not do flipflop, whose letters merge states",
                lambda: at_rest("flipflop"),
                without=0,
            ),
            *each(
                "the eigenvalue 0: it does {1}, whose letters merge states ({0})",
                does,
                (
                    ("scalar", "flipflop"),
                    ("cascade", "starts-with:a"),
                    ("partial-injection", "regex:(ab)*"),
                ),
                without=1,
            ),
            Case(
                "infinitely many exact states: h <- h/4 + w does 'the last letters are ab'",
                lambda: does("digits", "ends-with:ab"),
                without=2,
            ),
            Case(
                "rounding merges states: h <- h/4 + w does flipflop in bf16",
                _quarter,
                without=2,
            ),
        ),
    ),
    Check(
        ids.SIMPLE_DIMENSION,
        hypotheses=(is_right, is_finite_and_exact),
        conclusion=_simple_factors_fit,
        cases=(
            *each(
                "{1} is done by layers of dimension {2} at most, which is enough ({0})",
                _by_dimension,
                (
                    ("congruences", "mod:4", 1),
                    ("two-reflections", "mod:3", 2),
                    ("polyhedral", "alt:5", 3),
                    ("constituents", "alt:6", 5),
                ),
            ),
            *each(
                "one layer of dimension 1, at rest, does not do {0}",
                at_rest,
                ("mod:3", "alt:5"),
                without=0,
            ),
            *each(
                "infinitely many exact states: one number that spells the word does {0}",
                by_spelling,
                ("mod:3", "alt:5"),
                without=1,
            ),
        ),
    ),
)
