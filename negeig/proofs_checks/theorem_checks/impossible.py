"""Checks of the theorems about how soon layers fail, one contractive layer, and its escapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.stored import round_parameters
from negeig.proofs_checks.theorem_checks.check import Case, Check, each
from negeig.proofs_checks.theorem_checks.subjects.networks import (
    Does,
    at_rest,
    by_one_hot,
    by_spelling,
    does,
    efe_is_fe,
    is_contractive,
    is_finite,
    is_one_layer,
    is_right,
)
from negeig.proofs_checks.theorem_checks.subjects.tasks import ONE, ZERO, changes, decided, machine
from negeig.theory.bounds.bounds import diagonal_changes, nonnegative_changes
from negeig.theory.bounds.growth import growth, rational
from negeig.theory.exact.linear_algebra import identity, is_contraction, matvec
from negeig.theory.exact.numbers import Matrix
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN
from negeig.theory.networks.one_layer import one_hot
from negeig.theory.theorems import ids

HALF = Fraction(1, 2)
SHRINK = Fraction(9, 16)
POWERS = 200


@dataclass(frozen=True, eq=False)
class Orbit:
    """A state that matrices move in turn, and a function that shows ``values`` of a coordinate."""

    matrices: Sequence[Matrix]
    start: tuple[Fraction, ...]
    sees: Callable[[Fraction], Fraction]
    values: int

    def seen(self) -> list[tuple[Fraction, ...]]:
        """Return what is seen of the state after 0, 1, 2, ... steps."""
        state, found = self.start, []
        for k in range(POWERS):
            found.append(tuple(map(self.sees, state)))
            state = rational(matvec(self.matrices[k % len(self.matrices)], state))
        return found


def _quarters(x: Fraction) -> Fraction:
    return Fraction(round(4 * x), 4)


def _clipped(x: Fraction) -> Fraction:
    """Round to one of 17 numbers, the multiples of 1/4 from -2 to 2."""
    return min(max(_quarters(x), Fraction(-2)), Fraction(2))


def _is_nondecreasing(orbit: Orbit) -> bool:
    values = [orbit.sees(Fraction(x, 8)) for x in range(-40, 41)]
    return values == sorted(values)


def _shows_few(orbit: Orbit) -> bool:
    """Whether no more values are seen of multiples of 1/8, and of the orbit, than is said."""
    seen = {orbit.sees(Fraction(x, 8)) for x in range(-400, 401)}
    return len(seen.union(*orbit.seen())) <= orbit.values


def _changes_rarely(orbit: Orbit) -> bool:
    matrix = orbit.matrices[0]
    is_diagonal = all(x == 0 for i, row in enumerate(matrix) for j, x in enumerate(row) if i != j)
    most = diagonal_changes if is_diagonal else nonnegative_changes
    return changes(orbit.seen()) <= most(len(matrix), orbit.values)


def _jordan(value: Fraction) -> Orbit:
    return Orbit([((value, ONE), (ZERO, value))], (-ONE, ONE), _clipped, 17)


def _scalars(values: Sequence[Fraction]) -> Orbit:
    return Orbit([((value,),) for value in values], (ONE,), _clipped, 17)


def _adding(sees: Callable[[Fraction], Fraction], values: int) -> Orbit:
    """Add 1 to a number, and see it otherwise than by a cast to few numbers in their order."""
    return Orbit([((ONE, ONE), (ZERO, ONE))], (ZERO, ONE), sees, values)


@cache
def _twice_mirrored() -> Does:
    """Return, in bf16, a number that letters mirror twice at one place, to find the first letter.

    So it stays at 3/2 exactly. In bf16 the sums are rounded: a leads it to 0, b to 2, and there
    nothing is rounded any more.
    """
    places = (("a", -127 * ONE), ("b", -64 * ONE))
    steps = {letter: (DeltaStep(2 * ONE, (ONE,), place),) * 2 for letter, place in places}
    layer = Layer(
        alphabet=("a", "b"), initial=(3 * HALF,), steps=steps, codes=((ZERO,), (2 * ONE,)),
        emit=(("yes",) * 2, ("no",) * 2),
    )  # fmt: skip
    network = LinearRNN(alphabet=("a", "b"), layers=(layer,), outputs={"yes": 1, "no": 0}, empty=0)
    return Does(network, machine("starts-with:a"), "bf16")


def _merging(states: int) -> Machine:
    """Return a task whose letter r leads every state to the first; c goes around."""
    rows = [[0, (q + 1) % states] for q in range(states)]
    return Machine(alphabet="rc", transitions=rows, initial=0, outputs=range(states))


def _shrinking(task: Machine, factor: Fraction, arithmetic: str) -> Does:
    """Return the layer of matrices c T_a, where T_a moves the unit vectors of the states."""
    network = one_hot(task)
    (layer,) = network.layers
    steps = {
        a: (DenseStep(tuple(tuple(factor * x for x in row) for row in layer.letter_matrix(a)), w),)
        for a in layer.alphabet
        for w in [(ZERO,) * layer.dim]
    }
    return Does(replace(network, layers=(replace(layer, steps=steps),)), task, arithmetic)


@cache
def _escape(task: str, factor: Fraction, arithmetic: str) -> Does:
    return _shrinking(machine(task), factor, arithmetic)


@cache
def _merged(states: int) -> Does:
    return _shrinking(_merging(states), SHRINK, "bf16")


def _recognises(it: Does) -> bool:
    """Whether a network is right on every word, with some decoder.

    Also where its exact states are positive multiples of the unit vectors of the task's states.
    """
    return (it.arithmetic == "exact" and _tells_states(it)) or is_right(it)


def _tells_states(it: Does) -> bool:
    (layer, *more) = it.network.layers
    if more or layer.dim != it.task.size:
        return False
    units = identity(layer.dim)
    moves = [
        (layer.apply(letter, unit), int(after))
        for column, letter in enumerate(it.task.alphabet)
        for unit, after in zip(units, it.task.transitions[:, column], strict=True)
    ]
    none = (ZERO,) * layer.dim
    return all(layer.apply(letter, none) == none for letter in layer.alphabet) and all(
        vector[q] > 0 and all(x == 0 for i, x in enumerate(vector) if i != q)
        for vector, q in (*moves, (layer.initial, it.task.initial))
    )


def _rounds_letters_to_nearest(it: Does) -> bool:
    model = parse(it.arithmetic)
    return model.direction in ("rne", "rna") and not model.stochastic and model.chunk is None


def _keeps_subnormals(it: Does) -> bool:
    model = parse(it.arithmetic)
    return not (model.flushes or model.flushes_operands)


def _is_done(it: Does) -> bool:
    """Whether the layer is proved right in its arithmetic, which a pair of words would refute."""
    verdict = closure(it.network, it.task, it.arithmetic, round_parameters=True).verdict
    return decided(found=verdict == "proved", refuted=verdict == "collision")


def _held(it: Does) -> list[tuple[tuple[Fraction, ...], ...]]:
    """Return the matrices of a layer of dense steps as the arithmetic's format holds them."""
    stored, _ = round_parameters(it.network, parse(it.arithmetic), round_parameters=True)
    (layer,) = stored.layers
    return [tuple(tuple(map(Fraction, row)) for row in matrix.tolist()) for matrix in layer.matrix]


def _factor(it: Does) -> Fraction:
    """Return c, as the format holds it."""
    return max(x for matrix in _held(it) for row in matrix for x in row)


def _merges_few(it: Does) -> bool:
    """Whether no letter sends more than 1/c^2 states to one."""
    columns = [column.tolist() for column in it.task.transitions.T]
    merged: int = max(c.count(q) for c in columns for q in c)
    return _factor(it) ** 2 * merged <= 1


CHECKS: tuple[Check[Any], ...] = (
    Check(
        ids.BOUND,
        hypotheses=(
            lambda orbit: len(set(orbit.matrices)) == 1,
            lambda orbit: all(growth(matrix).nonnegative for matrix in orbit.matrices),
            _is_nondecreasing,
            _shows_few,
        ),
        conclusion=_changes_rarely,
        cases=(
            *each(
                "powers of [[{0}, 1], [0, {0}]] change a state seen by 17 values 66 times at most",
                _jordan,
                (HALF, Fraction(3, 4), Fraction(9, 10), ONE),
            ),
            *each(
                "powers of one number, {0}, change it 17 times at most",
                lambda value: _scalars([value]),
                (ZERO, HALF, Fraction(15, 16), 2 * ONE),
            ),
            Case(
                "two matrices in turn, 2 and 1/2: the cast state changes every time",
                lambda: _scalars([2 * ONE, HALF]),
                without=0,
            ),
            Case(
                "eigenvalue -1: the cast state changes every time",
                lambda: _jordan(-ONE),
                without=1,
            ),
            Case(
                "eigenvalues i and -i: a quarter turn changes it every time",
                lambda: Orbit([((ZERO, -ONE), (ONE, ZERO))], (ONE, ZERO), _clipped, 17),
                without=1,
            ),
            Case(
                "odd and even told apart, which is no order: adding 1 changes it every time",
                lambda: _adding(lambda x: _quarters(x) % 2, 8),
                without=2,
            ),
            Case(
                "every multiple of 1/4 told apart, more than 17: adding 1 changes it every time",
                lambda: _adding(_quarters, 17),
                without=3,
            ),
        ),
    ),
    Check(
        ids.IDEMPOTENTS,
        hypotheses=(
            _recognises,
            is_one_layer,
            is_finite,
            is_contractive,
            lambda it: it.arithmetic == "exact",
        ),
        conclusion=efe_is_fe,
        cases=(
            *each(
                "one layer does {1}, and efe = fe there",
                does,
                (
                    ("scalar", "flipflop"),
                    ("partial-injection", "regex:(ab)*"),
                    ("permutation", "sym:4"),
                    ("cover", "ends-with:ab"),
                ),
            ),
            *each(
                "one number that no letter moves is not right on {0}",
                at_rest,
                ("starts-with:a", "contains:ab", "modarith:3"),
                without=0,
            ),
            Case(
                "two layers do 'the first letter is a'",
                lambda: does("cascade", "starts-with:a"),
                without=1,
            ),
            *each(
                "infinitely many exact states: 9/16 of 0/1 matrices does {0}, by which number is "
                "not 0",
                lambda task: _escape(task, SHRINK, "exact"),
                ("starts-with:a", "contains:ab"),
                without=2,
            ),
            Case(
                "infinitely many exact states: one number spells the word of modarith:3",
                lambda: by_spelling("modarith:3"),
                without=2,
            ),
            *each(
                "matrices of norm above 1: one layer of 0/1 matrices does {0}",
                by_one_hot,
                ("starts-with:a", "modarith:3"),
                without=3,
            ),
            Case(
                "in bf16: each letter mirrors one number twice at one place, which is nothing "
                "exactly; rounded, the first letter moves it for ever",
                _twice_mirrored,
                without=4,
            ),
        ),
    ),
    Check(
        ids.ESCAPE,
        hypotheses=(
            _merges_few,
            lambda it: _factor(it) > HALF,
            _rounds_letters_to_nearest,
            _keeps_subnormals,
        ),
        conclusion=lambda it: all(map(is_contraction, _held(it))) and _is_done(it),
        cases=(
            *each(
                "{0} is done in {2}",
                _escape,
                [
                    ("starts-with:a", SHRINK, "bf16"),
                    ("starts-with:a", SHRINK, "e4m3fn"),
                    ("contains:ab", SHRINK, "bf16"),
                    ("contains:ab", SHRINK, "e4m3fn"),
                    ("sym:3", SHRINK, "e4m3fn"),
                ],
            ),
            Case("a letter that merges three states is done in bf16", lambda: _merged(3)),
            *each(
                "a letter that merges {0} states: 9/16 of its matrix has a norm above 1",
                _merged,
                (4, 5),
                without=0,
            ),
            *each(
                "c = 1/2: half of the least number is 0 in {2}, and two words of {0} collide",
                _escape,
                [("starts-with:a", HALF, "e4m3fn"), ("contains:ab", HALF, "e4m3fn")],
                without=1,
            ),
            Case(
                "c = 9/16 in e5m2, which holds 1/2 for it: two words collide",
                lambda: _escape("starts-with:a", SHRINK, "e5m2"),
                without=1,
            ),
            Case(
                "toward zero: the state vanishes, and two words collide",
                lambda: _escape("starts-with:a", SHRINK, "e4m3fn:rtz"),
                without=2,
            ),
            Case(
                "rounded after every third letter, when it is 9/16 of 9/16 of 9/16, below 1/2: two "
                "words collide",
                lambda: _escape("starts-with:a", SHRINK, "e4m3fn:acc32-chunk3"),
                without=2,
            ),
            Case(
                "subnormal numbers flushed: the state vanishes, and two words collide",
                lambda: _escape("starts-with:a", SHRINK, "e4m3fn:ftz"),
                without=3,
            ),
            Case(
                "subnormal numbers read as 0: two words collide",
                lambda: _escape("starts-with:a", SHRINK, "e4m3fn:daz"),
                without=3,
            ),
        ),
    ),
)
