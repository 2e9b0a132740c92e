"""Checks of the theorems about what eigenvalues cannot do, in the cast model."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.automata.machines.periods import letter_orbits
from negeig.proofs_checks.theorem_checks.check import Case, Check, each
from negeig.proofs_checks.theorem_checks.subjects.networks import matrices
from negeig.proofs_checks.theorem_checks.subjects.seen import (
    Seen,
    affine,
    counting,
    fails,
    is_cast,
    mirrored,
    recognises,
    scaled,
    seen,
    seen_at_rest,
    seen_built,
    seen_one_hot,
    spelling,
    tells_what_follows,
)
from negeig.proofs_checks.theorem_checks.subjects.tasks import ONE, ZERO, machine, proved
from negeig.theory.bounds.periods import derived_length, turning_pairs
from negeig.theory.bounds.reflection_bounds import units
from negeig.theory.constructions.pieces.clocks import clocks
from negeig.theory.exact.linear_algebra import multiply, transpose
from negeig.theory.networks.network import LinearRNN
from negeig.theory.spectra.networks import has_real_spectrum
from negeig.theory.spectra.real_products import has_real_products
from negeig.theory.theorems import ids

HALF = Fraction(1, 2)


def _periods(it: Seen) -> list[int]:
    """Return the periods of the letters, as maps on the states of the minimal machine."""
    return [period for _, period in letter_orbits(it.task.minimal())]


def _is_nonnegative(it: Seen) -> bool:
    return has_real_spectrum(it.network, nonnegative=True)


def _is_symmetric(it: Seen) -> bool:
    return all(matrix == transpose(matrix) for matrix in matrices(it.network))


def _is_diagonal(it: Seen) -> bool:
    return all(
        x == 0
        for matrix in matrices(it.network)
        for i, row in enumerate(matrix)
        for j, x in enumerate(row)
        if i != j
    )


def _has_no_negative_entry(it: Seen) -> bool:
    return not any(x < 0 for matrix in matrices(it.network) for row in matrix for x in row)


def _is_complex_diagonal(it: Seen) -> bool:
    """Whether the matrices of a layer commute, with each other and with their transposes.

    Then one complex basis, of orthogonal vectors, makes all of them diagonal.
    """
    for layer in it.network.layers:
        found = [layer.letter_matrix(letter) for letter in layer.alphabet]
        for one, other in product(found, [*found, *map(transpose, found)]):
            if multiply(one, other) != multiply(other, one):
                return False
    return True


@cache
def _turns(task: str) -> Seen:
    return seen(clocks(machine(task)), task)


@cache
def _projections() -> Seen:
    """Two projections onto lines, with something written, that are to do abab."""
    onto = ((ONE, ZERO), (ZERO, ZERO)), ((HALF, HALF), (HALF, HALF))
    writes = (ZERO, ONE), (ONE, -ONE)
    task = machine("abab")
    codes = [(Fraction(q), ZERO) for q in range(task.size)]
    return affine(task, list(zip(onto, writes, strict=True)), codes)


def _is_enough(layers: int, task: Machine) -> bool:
    """Whether so many complex diagonal layers are there and proved; none emit the last letter."""
    network = clocks(task)
    if layers == 0:
        ends = [task.output(letter) for letter in task.alphabet]
        names = dict(zip(task.alphabet, ends, strict=True))
        network = LinearRNN(alphabet=task.alphabet, layers=(), outputs=names, empty=task.output(()))
    return network is not None and len(network.layers) == layers and proved(network, task)


def _takes_the_derived_length(it: Seen) -> bool:
    """Whether there are no fewer layers than the derived length, and so many are enough."""
    length = derived_length(units(it.monoid).group)
    return length is not None and len(it.network.layers) >= length and _is_enough(length, it.task)


LETTER_BY_LETTER: Sequence[tuple[Fraction, str]] = (
    *product((ZERO, HALF, Fraction(7, 8), ONE), ("parity",)),
    *product((Fraction(7, 8),), ("mod:3", "sym:3", "cyclic:4", "quaternion")),
)

CHECKS: tuple[Check[Any], ...] = (
    Check(
        ids.T1,
        hypotheses=(
            lambda it: any(period > 1 for period in _periods(it)),
            _is_nonnegative,
            is_cast,
        ),
        conclusion=fails,
        cases=(
            *each(
                "h <- {1} h + w collides on {0}",
                lambda task, factor: scaled(task, factor),
                [(task, factor) for factor, task in LETTER_BY_LETTER],
            ),
            Case("two layers h <- 1/2 h + w collide on parity", lambda: scaled("parity", HALF, 2)),
            Case(
                "letters of period 1: one number that they overwrite or keep is a flip-flop",
                lambda: seen_built("scalar", "flipflop"),
                without=0,
            ),
            Case(
                "eigenvalue -1: parity is done by one number",
                lambda: seen_built("scalar", "parity"),
                without=1,
            ),
            Case(
                "seen modulo 2, which is no order: h <- h + 1 does parity",
                lambda: counting("parity"),
                without=2,
            ),
            Case(
                "seen as it is, by infinitely many values: one number spells the word of parity",
                lambda: spelling("parity"),
                without=2,
            ),
        ),
    ),
    Check(
        ids.T2,
        hypotheses=(
            lambda it: any(period & (period - 1) for period in _periods(it)),
            lambda it: has_real_products(it.network),
            is_cast,
        ),
        conclusion=fails,
        cases=(
            *each(
                "h <- {1} h + w collides on {0}",
                lambda task, factor: scaled(task, factor),
                [
                    *product(("mod:3",), (-ONE, -HALF, HALF, ONE)),
                    *product(("mod:6", "sym:3", "cyclic:5"), (-ONE,)),
                ],
            ),
            Case("two layers h <- -h + w collide on mod:3", lambda: scaled("mod:3", -ONE, 2)),
            Case(
                "a period that is a power of two: single reflections count modulo 4",
                lambda: seen_built("congruences", "mod:4"),
                without=0,
            ),
            Case(
                "eigenvalues that are not real: two reflections a token count modulo 3",
                lambda: seen_built("permutation", "mod:3"),
                without=1,
            ),
            Case(
                "two layers of single reflections count modulo 3: a product of two of them turns",
                lambda: seen_built("two-reflections", "mod:3"),
                without=1,
            ),
            Case(
                "seen modulo 3, which is no order: h <- h + 1 counts modulo 3",
                lambda: counting("mod:3"),
                without=2,
            ),
            Case(
                "seen as it is, by infinitely many values: one number spells the word of mod:3",
                lambda: spelling("mod:3"),
                without=2,
            ),
        ),
    ),
    Check(
        ids.TWO_LETTERS,
        hypotheses=(
            lambda it: max(_periods(it)) > 1 or bool(turning_pairs(it.task)),
            _is_symmetric,
            _is_nonnegative,
            is_cast,
        ),
        conclusion=fails,
        cases=(
            *each(
                "h <- 7/8 h + w collides on {0}",
                lambda task: scaled(task, Fraction(7, 8)),
                ("parity", "abab", "modarith:3"),
            ),
            Case("two projections onto lines collide on abab", _projections),
            Case(
                "no word of two letters of period above 1: a flip-flop is done by one number",
                lambda: seen_built("scalar", "flipflop"),
                without=0,
            ),
            Case(
                "not symmetric: 0/1 matrices with no eigenvalue but 0 and 1 do abab",
                lambda: seen_one_hot("abab"),
                without=1,
            ),
            Case(
                "eigenvalue -1: parity is done by one number",
                lambda: seen_built("scalar", "parity"),
                without=2,
            ),
            Case(
                "seen modulo 2, which is no order: h <- h + 1 does parity",
                lambda: counting("parity"),
                without=3,
            ),
            Case(
                "seen as it is, by infinitely many values: one number spells the word of abab",
                lambda: spelling("abab"),
                without=3,
            ),
        ),
    ),
    Check(
        ids.STAR_FREE,
        hypotheses=(recognises, _is_diagonal, _has_no_negative_entry, is_cast),
        conclusion=lambda it: it.monoid.is_aperiodic,
        cases=(
            *each(
                "{0} is done by eigenvalues in [0, 1]",
                lambda task: seen_built("diagonal", task),
                ("regex:(ab)*", "starts-with:a", "contains:ab", "dyck1:2"),
            ),
            Case(
                "not right: one number that no letter moves, for parity",
                lambda: seen_at_rest("parity"),
                without=0,
            ),
            Case(
                "not diagonal: matrices with entries 0 and 1 do parity",
                lambda: seen_one_hot("parity"),
                without=1,
            ),
            Case(
                "an entry -1: one number does parity",
                lambda: seen_built("scalar", "parity"),
                without=2,
            ),
            Case(
                "seen modulo 2, which is no order: h <- h + 1 does parity",
                lambda: counting("parity"),
                without=3,
            ),
            Case(
                "seen as it is, by infinitely many values: one number spells the word of parity",
                lambda: spelling("parity"),
                without=3,
            ),
        ),
    ),
    Check(
        ids.SUBNORMAL,
        hypotheses=(
            recognises,
            _is_complex_diagonal,
            lambda it: it.monoid.is_group,
            lambda it: tells_what_follows(it) and is_cast(it),
        ),
        conclusion=_takes_the_derived_length,
        cases=(
            *each("{0} is done by turns", _turns, ("cyclic:6", "sym:3", "sym:4", "quaternion")),
            Case(
                "two layers of signs count modulo 4, for which one of turns is enough",
                lambda: seen_built("diagonal", "mod:4"),
            ),
            Case(
                "not right: one number that no letter moves, for sym:3",
                lambda: seen_at_rest("sym:3"),
                without=0,
            ),
            Case(
                "not diagonal: reflections track sym:5",
                lambda: seen_built("permutation", "sym:5"),
                without=1,
            ),
            Case(
                "not diagonal: one layer of reflections tracks sym:3",
                lambda: seen_built("permutation", "sym:3"),
                without=1,
            ),
            Case(
                "no group: the elements with an inverse are a group of one, which takes no layer; "
                "a flip-flop takes one",
                lambda: seen_built("scalar", "flipflop"),
                without=2,
            ),
            Case(
                "seen modulo 3, which is no order: h <- h + 1 and h <- -h, one layer, track S3",
                lambda: mirrored(3),
                without=3,
            ),
            Case(
                "seen as it is, by infinitely many values: one number spells the word of sym:5",
                lambda: spelling("sym:5"),
                without=3,
            ),
        ),
    ),
)
