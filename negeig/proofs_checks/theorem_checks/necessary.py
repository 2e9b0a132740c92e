"""Checks of the theorems about what every network for a task must have."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations, product

import ml_dtypes

from negeig.automata.groups.permgroup import ListedGroup
from negeig.automata.groups.schreier_sims import PermutationGroup
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.proofs_checks.theorem_checks.loose import Case, Check, each
from negeig.proofs_checks.theorem_checks.tasks import (
    ONE,
    ZERO,
    bound,
    built,
    machine,
    monoid,
    proved,
    shape,
    spectrum,
)
from negeig.theory.bounds.peeling_greedy import peel
from negeig.theory.bounds.reflection_bounds import (
    Units,
    one_step_obstruction,
    reflection_front,
    units,
)
from negeig.theory.exact.numbers import Vector
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from negeig.theory.networks.one_layer import one_hot
from negeig.theory.theorems import ids


def _least(task: str, theorem: str, value: int) -> Case:
    """Return that a theorem gives a lower bound."""
    return Case(f"{task}: at least {value}", lambda: bound(task, theorem) == value)


def _done(task: str, route: str, layers: list[tuple[int, int]]) -> Case:
    """Return that a route has a network of these dimensions and steps a token, proved."""
    listed = ", ".join(f"dimension {dim} with {steps} a token" for dim, steps in layers)
    return Case(
        f"{task} is done by {listed} ({route})", lambda: shape(built(route, task)) == layers
    )


def _one_hot_does(task: str) -> bool:
    return proved(one_hot(machine(task)), machine(task))


def _alternates() -> bool:
    """Whether bf16, rounding each operation, goes round where both eigenvalues are in (0, 1).

    [[-0.199, 0.918], [-0.159, 0.582]] has determinant and trace of two real ones in there.
    """
    a, b, c, d = (
        ml_dtypes.bfloat16(x) for x in (-0.19921875, 0.91796875, -0.1591796875, 0.58203125)
    )
    trace, determinant = float(a) + float(d), float(a) * float(d) - float(b) * float(c)
    real = trace**2 > 4 * determinant > 0 and trace > 0 and 1 - trace + determinant > 0 > trace - 2
    shift = [ml_dtypes.bfloat16(x) for x in (0.9453125, 0.007171630859375)]
    start = x, y = ml_dtypes.bfloat16(0.62109375), ml_dtypes.bfloat16(-0.2197265625)
    seen = []
    for _ in range(4):
        x, y = (a * x + b * y) + shift[0], (c * x + d * y) + shift[1]
        seen.append((x, y))
    return real and seen[0] == seen[2] != start == seen[1] == seen[3]


def _order(step: DeltaStep) -> int | None:
    """Return the least power that is the identity on some vectors, up to the 12th."""
    vectors: list[Vector] = [(ONE, ZERO), (ZERO, ONE)]
    moved: list[Vector] = [*vectors]
    for power in range(1, 13):
        moved = [step.apply(vector) for vector in moved]
        if moved == vectors:
            return power
    return None


def _orders_of_steps() -> set[int | None]:
    """Return the orders of all steps along four keys with eigenvalues from -2 to 2 in quarters."""
    keys = [(ONE, ZERO), (ONE, ONE), (ONE, -2 * ONE), (3 * ONE, ONE)]
    return {
        _order(DeltaStep((1 - Fraction(quarters, 4)) / sum(k * k for k in key), key, ZERO))
        for key, quarters in product(keys, range(-8, 9))
    }


def _one_step_refused(task: str) -> bool:
    return one_step_obstruction(units(monoid(task))) is not None


def _two_bits() -> Machine:
    """Two bits: a turns the first, b the second, c both."""
    rows = [[q ^ 1, q ^ 2, q ^ 3] for q in range(4)]
    return Machine(alphabet="abc", transitions=rows, initial=0, outputs=range(4)).minimal()


def _two_bits_own_steps() -> int:
    """Return the reflections of some letter that the group's own representations need."""
    return reflection_front(units(transition_monoid(_two_bits())))[0].steps


def _two_bits_covered() -> bool:
    """Whether three signs, one for each letter, do it with one reflection a token."""
    keys = {
        letter: tuple(ONE if i == j else ZERO for i in range(3)) for j, letter in enumerate("abc")
    }
    signs = list(product((ONE, -ONE), repeat=3))
    emitted = ["".join("01"[x * z < 0] for x in (a, b)) for a, b, z in signs]
    task = _two_bits()
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
    return proved(network, task) and layer.steps_per_token == 1


def _own_steps(task: str) -> int:
    """Return the least steps a token where letters act as the task's own group."""
    return min(cost.steps for cost in reflection_front(units(monoid(task))))


def _half_turns(*, inverted: bool) -> int:
    """Return the steps of A5 by its half turns, or of the group of the icosahedron's mirrors.

    With the inversion, which swaps the points 5 and 6, each half turn is a reflection.
    """
    turns = [x for x in permutations(range(5)) if _is_half_turn(x)]
    letters = [(*x, 6, 5) if inverted else x for x in turns]
    group = ListedGroup(PermutationGroup(letters).elements())
    rows = group.rows.tolist()
    task = Units(group, tuple((i, rows.index(list(x))) for i, x in enumerate(letters)))
    return min(cost.steps for cost in reflection_front(task))


def _is_half_turn(x: tuple[int, ...]) -> bool:
    """Whether a permutation of five points is two swaps."""
    return [x[i] for i in x] == [0, 1, 2, 3, 4] and sum(x[i] != i for i in range(5)) == 4


CHECKS = (
    Check(
        ids.COMPLEXITY,
        (
            _least("transformations:4", ids.COMPLEXITY, 3),
            _least("transformations:5", ids.COMPLEXITY, 4),
        ),
        (
            Case(
                "matrices of any norm: one layer of 0/1 matrices does transformations:3",
                lambda: _one_hot_does("transformations:3"),
            ),
        ),
    ),
    Check(
        ids.PEELING,
        (
            *each(
                "{0} takes {1} layers",
                lambda task, layers: peel(machine(task)).value == layers,
                (("flipflop", 1), ("starts-with:a", 2), ("transformations:4", 3)),
            ),
            Case(
                "and with two 'the first letter is a' is done",
                lambda: len(shape(built("cascade", "starts-with:a"))) == 2,
            ),
        ),
        (
            Case(
                "matrices of any norm: one layer of 0/1 matrices does 'the first letter is a'",
                lambda: _one_hot_does("starts-with:a"),
            ),
        ),
    ),
    Check(
        ids.ISOMETRY,
        (
            *each(
                "{1} is done with the eigenvalue -1 ({0}), which it needs",
                lambda route, task: (
                    -1 in spectrum(built(route, task)) and bound(task, ids.ISOMETRY) == -1
                ),
                (("scalar", "parity"), ("permutation", "sym:3"), ("permutation", "mod:3")),
            ),
            Case(
                "contains:ab needs none",
                lambda: (
                    bound("contains:ab", ids.ISOMETRY) is None
                    and -1 not in spectrum(built("diagonal", "contains:ab"))
                ),
            ),
        ),
        (
            Case(
                "rounding at every step: bf16 alternates though eigenvalues are in (0, 1)",
                _alternates,
            ),
        ),
    ),
    Check(
        ids.INVERTIBLE_STEPS,
        (
            *each(
                "{1} is done with the eigenvalue 0 ({0}), which it needs",
                lambda route, task: (
                    0 in spectrum(built(route, task)) and bound(task, ids.INVERTIBLE_STEPS) == 0
                ),
                (("cascade", "starts-with:a"), ("partial-injection", "regex:(ab)*")),
            ),
            Case("sym:4 needs none", lambda: spectrum(built("permutation", "sym:4")) == {-ONE}),
        ),
        (
            Case(
                "infinitely many exact states: h <- h/4 + w does 'the last letters are ab'",
                lambda: 0 not in spectrum(built("digits", "ends-with:ab")) != set(),
            ),
        ),
    ),
    Check(
        ids.COVERING_GROUPS,
        (
            Case(
                "quaternion: 4 steps as its own group, 3 by one of order 16 above it",
                lambda: (
                    _own_steps("quaternion") == 4
                    and shape(found := built("extension", "quaternion")) == [(4, 3)]
                    and found is not None
                    and len(found.layers[0].codes) == 16
                ),
            ),
            Case(
                "half turns of the icosahedron: 2 steps, and 1 by the reflections above them",
                lambda: [_half_turns(inverted=inverted) for inverted in (False, True)] == [2, 1],
            ),
        ),
        (
            Case(
                "two layers, not one: one step a token does mod:3, where each group above takes 2",
                lambda: (
                    shape(built("two-reflections", "mod:3")) == [(1, 1), (2, 1)]
                    and bound("mod:3", ids.PERIOD_STEPS) == 2
                ),
            ),
        ),
    ),
    Check(
        ids.PERIOD_STEPS,
        (
            _least("mod:3", ids.PERIOD_STEPS, 2),
            _least("cyclic:5", ids.PERIOD_STEPS, 2),
            Case(
                "steps along four keys have the orders 1 and 2 or none",
                lambda: _orders_of_steps() == {1, 2, None},
            ),
        ),
        (_done("mod:3", "two-reflections", [(1, 1), (2, 1)]),),
    ),
    Check(
        ids.ONE_STEP,
        (
            Case("alt:4 is refused one", lambda: _one_step_refused("alt:4")),
            Case("quaternion is refused one", lambda: _one_step_refused("quaternion")),
            Case(
                "sym:4:adjacent is done with one",
                lambda: (
                    [s for _, s in shape(built("permutation", "sym:4:adjacent"))] == [1]
                    and not _one_step_refused("sym:4:adjacent")
                ),
            ),
        ),
        (
            Case(
                "two steps a token: alt:4 is done",
                lambda: [s for _, s in shape(built("permutation", "alt:4"))] == [2],
            ),
        ),
    ),
    Check(
        ids.FOUR_STEPS,
        (_least("sym:5", ids.FOUR_STEPS, 4), _least("alt:6", ids.FOUR_STEPS, 4)),
        (
            Case(
                "A5 with letters conjugate in it: two steps do alt:5",
                lambda: (
                    [s for _, s in shape(built("polyhedral", "alt:5"))] == [2]
                    and bound("alt:5", ids.FOUR_STEPS) is None
                ),
            ),
        ),
    ),
    Check(
        ids.OWN_REPRESENTATIONS,
        (
            Case(
                "two bits and three letters: two reflections of some letter",
                lambda: _two_bits_own_steps() == 2,
            ),
            Case(
                "sym:4 by (12) and (1234): two, in dimension 3",
                lambda: (
                    [
                        (cost.steps, cost.dimension)
                        for cost in reflection_front(units(monoid("sym:4")))
                    ]
                    == [(2, 3)]
                ),
            ),
        ),
        (
            Case(
                "a larger group: three signs do the two bits with one reflection a token",
                _two_bits_covered,
            ),
        ),
    ),
    Check(
        ids.GROUP_DIMENSION,
        (_least("alt:4", ids.GROUP_DIMENSION, 3), _least("sym:5", ids.GROUP_DIMENSION, 4)),
        (
            Case(
                "a cyclic group: dimension 2 does mod:5",
                lambda: [dim for dim, _ in shape(built("rotations", "mod:5"))] == [2],
            ),
            Case(
                "a dihedral group: dimension 2 does dihedral:5",
                lambda: [dim for dim, _ in shape(built("rotations", "dihedral:5"))] == [2],
            ),
        ),
    ),
    Check(
        ids.SIMPLE_DIMENSION,
        (
            _least("mod:3", ids.SIMPLE_DIMENSION, 2),
            _least("alt:5", ids.SIMPLE_DIMENSION, 3),
            _least("alt:6", ids.SIMPLE_DIMENSION, 5),
        ),
        (
            Case(
                "a period that is a power of two: layers of dimension 1 do mod:4",
                lambda: {dim for dim, _ in shape(built("congruences", "mod:4"))} == {1},
            ),
        ),
    ),
)
