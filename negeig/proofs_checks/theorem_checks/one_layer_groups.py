"""Checks of the theorems about the groups that one layer acts as, and what they cost."""

from __future__ import annotations

from functools import cache, partial
from itertools import product

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.green import green
from negeig.proofs_checks.theorem_checks.check import Case, Check, each
from negeig.proofs_checks.theorem_checks.subjects.above import Above, group_above, leads_onto
from negeig.proofs_checks.theorem_checks.subjects.networks import (
    Does,
    at_rest,
    by_one_hot,
    by_one_layer,
    by_spelling,
    does,
    is_finite_and_exact,
    is_one_layer,
    is_right,
    largest_dimension,
    ranks,
)
from negeig.proofs_checks.theorem_checks.subjects.tasks import ONE, ZERO, machine, proved, shape
from negeig.theory.bounds.dimension_bounds import may_act
from negeig.theory.bounds.reflection_bounds import one_step_obstruction, reflection_front, units
from negeig.theory.constructions.routes import routes
from negeig.theory.exact.linear_algebra import add, identity, rank
from negeig.theory.exact.numbers import Vector
from negeig.theory.factors.householder import reflections
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from negeig.theory.networks.one_layer import one_layer
from negeig.theory.theorems import ids


@cache
def by_three_signs() -> Does:
    """Return two bits, of which a turns the first, b the second and c both, by three signs.

    One reflection a token: each letter turns its own sign.
    """
    rows = [[q ^ 1, q ^ 2, q ^ 3] for q in range(4)]
    task = Machine(alphabet="abc", transitions=rows, initial=0, outputs=range(4)).minimal()
    keys = {
        letter: tuple(ONE if i == j else ZERO for i in range(3)) for j, letter in enumerate("abc")
    }
    signs = list(product((ONE, -ONE), repeat=3))
    emitted = ["".join("01"[x * z < 0] for x in (a, b)) for a, b, z in signs]
    outputs = {}
    for word in ((), ("a",), ("b",), ("c",)):
        bits = "".join("01"[letter in word or "c" in word] for letter in "ab")
        outputs[bits] = task.output(word)
    layer = Layer(
        alphabet=("a", "b", "c"),
        initial=(ONE, ONE, ONE),
        steps={letter: (DeltaStep(2 * ONE, key, ZERO),) for letter, key in keys.items()},
        codes=tuple(signs),
        emit=tuple((symbol,) * 3 for symbol in emitted),
    )
    network = LinearRNN(
        alphabet=task.alphabet, layers=(layer,), outputs=outputs, empty=task.output(())
    )
    return Does(network, task)


@cache
def _erased() -> Does:
    """Return parity by a sign beside a number that its letters erase: no permutation of states."""
    task = machine("parity")
    flip = DeltaStep(2 * ONE, (ONE, ZERO), ZERO)
    erase = DeltaStep(ONE, (ZERO, ONE), ZERO)
    steps = [(erase, flip) if column[0] else (erase,) for column in task.transitions.T.tolist()]
    codes = [(ONE, ONE), (ONE, ZERO), (-ONE, ZERO)]
    states = [task.initial, task.initial, 1 - task.initial]
    network = one_layer(task, initial=codes[0], steps=steps, codes=codes, states=states)
    return Does(network, task)


@cache
def _mirrors_of_a_square() -> Does:
    """Return quaternion, wrong, by two mirrors of a square: another group of eight elements."""
    task = machine("quaternion")
    mirrors = [DeltaStep(2 * ONE, (ONE, ZERO), ZERO), DeltaStep(ONE, (ONE, -ONE), ZERO)]
    signs = list(product((ONE, -ONE), repeat=2))
    codes = [(x, 2 * y) for x, y in signs] + [(2 * x, y) for x, y in signs]
    network = one_layer(
        task, initial=codes[0], steps=[(mirror,) for mirror in mirrors], codes=codes
    )
    return Does(network, task)


def _is_covered(it: Does) -> bool:
    """Whether some group above the task's has letters of no larger rank, in no larger dimension.

    And gives a layer, where all letters permute the states. Letters of rank 1 at most are refused
    for every group; others are asked on the states.
    """
    taken = ranks(it)
    if max(taken.values()) <= 1 and one_step_obstruction(units(it.monoid)) is not None:
        return False
    above = group_above(it)
    if above is None or not is_one_layer(it):
        raise LookupError("no group is at hand, and none is known not to be there")
    return (
        leads_onto(above, it.task)
        and above.dimension <= largest_dimension(it)
        and all(above.rank_of(letter) <= taken[letter] for letter in above.letters)
        and (len(above.letters) < len(it.task.alphabet) or _gives_a_layer(above, it.task))
    )


def _gives_a_layer(above: Above, task: Machine) -> bool:
    """Whether a group's permutation matrices give a layer that does a task, in so many steps.

    Its states are where they take a vector with distinct entries, which only 1 fixes.
    """
    size = len(above.states)
    matrices = [
        tuple(tuple(ONE if image[j] == i else ZERO for j in range(size)) for i in range(size))
        for image in above.letters.values()
    ]
    steps = [reflections(matrix) for matrix in matrices]
    start: Vector = tuple(i * ONE for i in range(size))
    meant = {start: task.initial}
    for vector in (codes := [start]):  # grows while it is read
        for own, after in zip(steps, task.transitions[meant[vector]].tolist(), strict=True):
            moved = vector
            for step in own:
                moved = step.apply(moved)
            if moved not in meant:
                meant[moved] = after
                codes.append(moved)
        if len(codes) > above.order:
            return False
    network = one_layer(task, initial=start, steps=steps, codes=codes, states=list(meant.values()))
    costs = [rank(add(identity(size), matrix, -ONE)) for matrix in matrices]
    return [len(own) for own in steps] == costs and proved(network, task)


def _acts_as_its_own_group(it: Does) -> bool:
    """Whether the letters act on finitely many states as on the task's, no group above it."""
    above = group_above(it)
    own = units(it.monoid).group.order
    return above is not None and leads_onto(above, it.task) and above.order == own


def _costs_what_characters_say(it: Does) -> bool:
    """Whether steps and dimension are at least what characters say, which networks attain."""
    front = reflection_front(units(it.monoid))
    steps, dimension = front[0].steps, front[-1].dimension
    return (
        max(ranks(it).values()) >= steps
        and largest_dimension(it) >= dimension
        and _are_attained(it.task, steps, dimension)
    )


@cache
def _are_attained(task: Machine, steps: int, dimension: int) -> bool:
    """Whether one layer does a task with so many steps a token, and one in that dimension."""
    shapes = [
        shape(made.network)
        for route in routes()
        if route.name in ("constituents", "rotations", "permutation")
        for made in route.propose(task)
        if proved(made.network, task)
    ]
    flat = [layers[0] for layers in shapes if len(layers) == 1]
    return steps in [pair[1] for pair in flat] and dimension in [pair[0] for pair in flat]


def _groups_fit(it: Does) -> bool:
    """Whether every subgroup is a quotient of a finite group of matrices of the dimension."""
    dimension, relations = largest_dimension(it), green(it.monoid)
    if dimension == 1:
        return all(group.order <= 2 for group in relations.subgroups)
    return dimension > 3 or all(
        may_act(group, partial(relations.subgroup_permutations, e), 2 if dimension == 2 else 3)
        for group, e in zip(relations.subgroups, relations.regular, strict=True)
    )


CHECKS: tuple[Check[Does], ...] = (
    Check(
        ids.COVERING_GROUPS,
        hypotheses=(is_right, is_one_layer, is_finite_and_exact),
        conclusion=_is_covered,
        cases=(
            Case(
                "quaternion: 3 steps by a group of order 16, and its own takes 4",
                lambda: by_one_layer("extension", "quaternion", 4, 3),
            ),
            Case(
                "two bits by three signs: 1 step by a group of order 8, and 2 by its own",
                by_three_signs,
            ),
            Case("parity, beside a number that its letters erase", _erased),
            *each(
                "{1} by its own group ({0})",
                does,
                (("permutation", "sym:4"), ("polyhedral", "alt:4"), ("rotations", "mod:5")),
            ),
            Case("matrices of any norm: 0/1 matrices", lambda: by_one_hot("transformations:3")),
            Case(
                "a layer at rest does not do mod:3, which no reflection does",
                lambda: at_rest("mod:3"),
                without=0,
            ),
            Case(
                "two layers: one step a token does mod:3, where each group above takes 2",
                lambda: does("two-reflections", "mod:3"),
                without=1,
            ),
            Case(
                "infinitely many exact states: one step that spells the word does mod:3",
                lambda: by_spelling("mod:3"),
                without=2,
            ),
        ),
    ),
    Check(
        ids.OWN_REPRESENTATIONS,
        hypotheses=(is_one_layer, _acts_as_its_own_group),
        conclusion=_costs_what_characters_say,
        cases=(
            *each(
                "{1} is done with {3} steps in dimension {2} by its own group ({0})",
                by_one_layer,
                (
                    ("constituents", "sym:4", 3, 2),
                    ("permutation", "sym:4", 4, 3),
                    ("constituents", "quaternion", 4, 4),
                    ("rotations", "mod:4", 2, 2),
                ),
            ),
            Case(
                "two layers: one step a token in dimension 1 does mod:4, whose own group takes two",
                lambda: does("congruences", "mod:4"),
                without=0,
            ),
            Case(
                "a larger group: three signs do two bits with one reflection a token",
                by_three_signs,
                without=1,
            ),
            Case(
                "a larger group: three steps do quaternion, whose own takes four",
                lambda: by_one_layer("extension", "quaternion", 4, 3),
                without=1,
            ),
            Case(
                "another group of as many elements: mirrors of a square are not quaternion",
                _mirrors_of_a_square,
                without=1,
            ),
            Case(
                "infinitely many exact states: one step that spells the word does mod:4",
                lambda: by_spelling("mod:4"),
                without=1,
            ),
        ),
    ),
    Check(
        ids.GROUP_DIMENSION,
        hypotheses=(is_right, is_one_layer, is_finite_and_exact),
        conclusion=_groups_fit,
        cases=(
            *each(
                "{1} is done in dimension {2}, steps a token: {3} ({0})",
                by_one_layer,
                (
                    ("scalar", "parity", 1, 1),
                    ("rotations", "mod:5", 2, 2),
                    ("rotations", "dihedral:5", 2, 2),
                    ("polyhedral", "alt:4", 3, 2),
                    ("symmetric", "sym:5", 4, 4),
                ),
            ),
            *each(
                "one layer of dimension 1, at rest, does not do {0}",
                at_rest,
                ("mod:3", "alt:4"),
                without=0,
            ),
            *each(
                "several layers: dimension {2} does {1} ({0})",
                lambda route, task, dim: does(route, task),
                (("congruences", "mod:4", 1), ("congruences", "quaternion", 2)),
                without=1,
            ),
            *each(
                "infinitely many exact states: one number that spells the word does {0}",
                by_spelling,
                ("mod:3", "alt:4", "sym:5"),
                without=2,
            ),
        ),
    ),
)
