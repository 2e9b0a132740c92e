"""Checks of the theorems about what cannot be done."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod

import ml_dtypes
import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.precision.cast.cast import FormatCast
from negeig.precision.cast.collisions import find_collision
from negeig.precision.closure.escapes import certified_escapes
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.numbers.formats import FORMATS
from negeig.proofs_checks.theorem_checks.loose import Case, Check, each
from negeig.proofs_checks.theorem_checks.tasks import (
    ONE,
    ZERO,
    built,
    changes,
    efe_is_fe,
    machine,
    monoid,
    refused,
    shape,
    spectrum,
)
from negeig.theory.bounds.bounds import nonnegative_changes
from negeig.theory.bounds.counterexamples import escapes
from negeig.theory.bounds.limits import limits
from negeig.theory.bounds.rounded import rounds_to_rest
from negeig.theory.exact.linear_algebra import multiply
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN
from negeig.theory.theorems import ids

HALF = Fraction(1, 2)
SKEW = ((ZERO, ZERO), (ONE, ONE))
OTHER = ((3 * ONE, ONE), (-6 * ONE, -2 * ONE))


def _scalar(a: Fraction, w: Fraction) -> Layer:
    """One number that the letter 1 multiplies and adds to."""
    steps = {"1": (DenseStep(((a,),), (w,)),)}
    return Layer(alphabet=("1",), initial=(HALF,), steps=steps, codes=(), emit=())


def _collides(a: Fraction) -> bool:
    cast = FormatCast(FORMATS["e4m3fn"])
    layer, parity = _scalar(a, ONE), machine("regex:(11)*")
    found = find_collision(layer, parity, cast)
    return found is not None and found.verify((layer, parity))


def _trace(factors: list[tuple[Fraction, Fraction]]) -> Fraction:
    """Of a product of matrices v v^T, of rank 1: the eigenvalue that may not be 0."""
    around = [*factors[1:], factors[0]]
    return prod((x * p + y * q for (x, y), (p, q) in zip(factors, around, strict=True)), start=ONE)


def _by_one_step(arithmetic: str) -> tuple[str, int]:
    """Prove one delta step a token, of the eigenvalue -1/4096, to find the first letter.

    From (0, 128) it leads to (1, 64) or (-1, 64); there what it adds is rounded away.
    """
    unit = Fraction(1, 4096)
    steps = {a: (DeltaStep(unit, (x, 64 * ONE), ONE / unit),) for a, x in (("a", -ONE), ("b", ONE))}
    layer = Layer(
        alphabet=("a", "b"), initial=(ZERO, 128 * ONE), steps=steps,
        codes=((ONE, 64 * ONE), (-ONE, 64 * ONE), (ZERO, 128 * ONE)),
        emit=(("yes",) * 2, ("no",) * 2, ("no",) * 2),
    )  # fmt: skip
    network = LinearRNN(alphabet=("a", "b"), layers=(layer,), outputs={"yes": 1, "no": 0}, empty=0)
    found = closure(network, machine("starts-with:a"), arithmetic)
    return found.verdict, found.states


VECTORS = [(Fraction(x), Fraction(y)) for x in range(-2, 3) for y in range(-2, 3)]


def _two_are_not_negative() -> bool:
    return all(_trace([u, v]) >= 0 for u in VECTORS for v in VECTORS)


def _cast_changes(jordan: Fraction) -> int:
    """Of the powers of [[j, 1], [0, j]] on (-1, 1), cast to multiples of 1/4 in [-2, 2]."""
    x, y = -ONE, ONE
    seen = []
    for _ in range(200):
        seen.append(tuple(min(max(round(4 * value), -8), 8) for value in (x, y)))
        x, y = jordan * x + y, jordan * y
    return changes(seen)


def _least_layers(task: str) -> int | None:
    rows = limits(machine(task), monoid(task))
    return next(row.least_layers for row in rows if row.class_ == "complex-diagonal")


def _merging(states: int) -> Machine:
    """Return a task whose letter r leads every state to the first; c goes around."""
    rows = [[0, (q + 1) % states] for q in range(states)]
    return Machine(alphabet="rc", transitions=rows, initial=0, outputs=range(states))


def _escapes(task: str) -> bool:
    return all(one.holds for one in certified_escapes(machine(task), ("bf16", "e4m3fn")))


def _rests(a: float, w: float) -> bool:
    """Whether h <- fl(fl(a h) + w) rests in time from all numbers of 8 bits up to 16.

    So nothing overflows to NaN.
    """
    kind = ml_dtypes.float8_e4m3fn
    every = np.arange(256, dtype=np.uint8).view(kind).astype(np.float64)
    h, a8, w8 = every[np.abs(every) <= 16].astype(kind), np.array(a, kind), np.array(w, kind)
    for _ in range(rounds_to_rest(1, 256)):
        after = (a8 * h).astype(kind) + w8
        if (after.astype(np.float64) == h.astype(np.float64)).all():
            return True
        h = after.astype(kind)
    return False


def _swaps() -> bool:
    """Whether exchanging two numbers, which rounds nothing, comes back and does not rest."""
    h = np.array([1, 2], ml_dtypes.bfloat16)
    matrix = np.array([[0, 1], [1, 0]], ml_dtypes.bfloat16)
    once = matrix @ h
    return bool((once != h).any() and (matrix @ once == h).all())


CHECKS = (
    Check(
        ids.T1,
        each(
            "{0} is refused",
            lambda task: refused(task, "nonnegative-spectrum"),
            ("parity", "mod:3", "sym:3", "cyclic:4", "quaternion"),
        )
        + each(
            "h <- {0} h + 1 collides on parity",
            lambda a: _collides(a),
            (ZERO, HALF, Fraction(7, 8), ONE),
        ),
        (
            Case(
                "eigenvalue -1: parity is done by one number",
                lambda: spectrum(built("scalar", "parity")) >= {-ONE},
            ),
            Case(
                "no period above 1: resets do the last letter",
                lambda: (
                    spectrum(built("scalar", "flipflop")) <= {ZERO, ONE}
                    and shape(built("scalar", "flipflop")) == [(1, 1)]
                ),
            ),
        ),
    ),
    Check(
        ids.T2,
        each(
            "{0} is refused",
            lambda task: refused(task, "real-spectrum"),
            ("mod:3", "mod:6", "sym:3", "cyclic:5"),
        ),
        (
            Case(
                "eigenvalues that are not real: two reflections a token count modulo 3",
                lambda: [steps for _, steps in shape(built("rotations", "mod:3"))] == [2],
            ),
            Case(
                "a period that is a power of two: single reflections count modulo 4",
                lambda: {steps for _, steps in shape(built("congruences", "mod:4"))} == {1},
            ),
        ),
    ),
    Check(
        ids.TWO_LETTERS,
        (
            Case("parity is refused", lambda: refused("parity", "nonnegative-symmetric")),
            Case("two of 25 matrices v v^T have no negative eigenvalue", _two_are_not_negative),
        ),
        (
            Case(
                "three letters: the product of three has eigenvalue -1",
                lambda: _trace([(ONE, ZERO), (ONE, ONE), (-ONE, 2 * ONE)]) == -1,
            ),
            Case(
                "not symmetric: [[0, 0], [1, 1]] after [[3, 1], [-6, -2]] has eigenvalue -1",
                lambda: multiply(SKEW, OTHER) == ((ZERO, ZERO), (-3 * ONE, -ONE)),
            ),
        ),
    ),
    Check(
        ids.BOUND,
        each(
            "powers of [[{0}, 1], [0, {0}]] change a cast state rarely",
            lambda j: 0 < _cast_changes(j) <= nonnegative_changes(2, 17),
            (HALF, Fraction(3, 4), Fraction(9, 10), ONE),
        ),
        (
            Case(
                "eigenvalue -1: the cast state changes every time",
                lambda: _cast_changes(-ONE) == 199 > nonnegative_changes(2, 17),
            ),
        ),
    ),
    Check(
        ids.IDEMPOTENTS,
        each(
            "{0} is refused",
            lambda task: refused(task, "one-contractive-layer"),
            ("starts-with:a", "contains:ab", "modarith:3"),
        )
        + each(
            "one layer does {1}, and efe = fe there",
            lambda route, task: len(shape(built(route, task))) == 1 and efe_is_fe(task),
            (
                ("scalar", "flipflop"),
                ("partial-injection", "regex:(ab)*"),
                ("permutation", "sym:4"),
                ("cover", "ends-with:ab"),
            ),
        ),
        (
            Case(
                "two layers do 'the first letter is a'",
                lambda: (
                    len(shape(built("cascade", "starts-with:a"))) > 1
                    and not efe_is_fe("starts-with:a")
                ),
            ),
            Case(
                "infinitely many exact states: one layer does it in bf16",
                lambda: bool(certified_escapes(machine("starts-with:a"))),
            ),
            *each(
                "and one delta step a token does, with 3 states of {0}",
                lambda name: _by_one_step(name) == ("proved", 3),
                ("bf16", "fp16"),
            ),
        ),
    ),
    Check(
        ids.STAR_FREE,
        each(
            "{0} is done by eigenvalues in [0, 1]",
            lambda task: (
                min(spectrum(built("diagonal", task)), default=-ONE) >= 0
                and monoid(task).is_aperiodic
            ),
            ("regex:(ab)*", "starts-with:a", "contains:ab", "dyck1:2"),
        ),
        (
            Case(
                "not aperiodic: parity is refused",
                lambda: refused("parity", "nonnegative-diagonal"),
            ),
            Case(
                "not aperiodic: mod:3 is refused", lambda: refused("mod:3", "nonnegative-diagonal")
            ),
        ),
    ),
    Check(
        ids.ESCAPE,
        (
            Case("'the first letter is a', rounded", lambda: _escapes("starts-with:a")),
            Case("'an a, later a b', rounded", lambda: _escapes("contains:ab")),
            Case(
                "the norm of 9/16 T is below 1 for three states merged",
                lambda: Fraction(9, 16) ** 2 * 3 < 1,
            ),
        ),
        (
            Case(
                "a letter that merges five states: no such layer",
                lambda: not escapes(_merging(5).minimal()) and bool(escapes(_merging(3).minimal())),
            ),
            Case(
                "the norm of 9/16 T is above 1 for four states merged",
                lambda: Fraction(9, 16) ** 2 * 4 > 1,
            ),
        ),
    ),
    Check(
        ids.SUBNORMAL,
        each(
            "{0} takes {1} layers",
            lambda task, depth: _least_layers(task) == depth,
            (("cyclic:6", 1), ("sym:3", 2), ("sym:4", 3), ("quaternion", 2)),
        ),
        (
            Case("not solvable: sym:5 is refused", lambda: refused("sym:5", "complex-diagonal")),
            Case(
                "not diagonal: reflections track sym:5",
                lambda: len(shape(built("permutation", "sym:5"))) == 1,
            ),
        ),
    ),
    Check(
        ids.ROUNDED,
        (
            *each(
                "h <- {0} h + {1} rests from all numbers of 8 bits",
                _rests,
                [(1.0, 0.0), *product((0.0, 0.375, 0.9375), (-1.75, 0.0, 0.0625))],
            ),
            Case("parity is refused", lambda: refused("parity", "rounded-nonnegative-diagonal")),
        ),
        (
            Case("a negative entry: h <- -h does not rest", lambda: not _rests(-1.0, 0.0)),
            Case("not by itself: (x, y) <- (y, x) has no negative entry and does not rest", _swaps),
        ),
    ),
)
