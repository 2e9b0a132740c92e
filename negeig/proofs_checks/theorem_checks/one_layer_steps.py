"""Checks of the theorems about the steps a token that one layer takes."""

from __future__ import annotations

from negeig.automata.machines.periods import map_index_period
from negeig.claims import Letter
from negeig.proofs_checks.theorem_checks.check import Case, Check, each
from negeig.proofs_checks.theorem_checks.one_layer_groups import by_three_signs
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
    ranks,
)
from negeig.theory.bounds.lower_bounds import seen_by_decoder
from negeig.theory.bounds.plane_rotations import four_steps_obstruction
from negeig.theory.bounds.reflection_bounds import one_step_obstruction, units
from negeig.theory.networks.network import DeltaStep
from negeig.theory.theorems import ids


def _has_period_above_two(it: Does) -> bool:
    return max(_periods(it).values()) > 2


def _periods(it: Does) -> dict[Letter, int]:
    """Return the period of every letter on the states that the last letter does not tell apart."""
    columns = seen_by_decoder(it.task).T.tolist()
    periods = [map_index_period(column)[1] for column in columns]
    return dict(zip(it.task.alphabet, periods, strict=True))


def _periods_take_two_steps(it: Does) -> bool:
    """Whether every letter takes two steps or more whose period is above 2, or is the longest."""
    periods, taken = _periods(it), ranks(it)
    least = min(3, max(periods.values()))
    return all(taken[letter] >= 2 for letter, period in periods.items() if period >= least)


def _takes_one_delta_step(it: Does) -> bool:
    """Whether no letter of any layer takes more than one step, and all are delta steps."""
    return all(
        len(steps) <= 1 and all(isinstance(step, DeltaStep) for step in steps)
        for layer in it.network.layers
        for steps in layer.steps.values()
    )


def _reflections_may_generate(it: Does) -> bool:
    """Whether letters that do not commute may be reflections of a group on Coxeter's list."""
    return one_step_obstruction(units(it.monoid)) is None


def _has_such_conjugates(it: Does) -> bool:
    return four_steps_obstruction(units(it.monoid)) is not None


def _takes_four_steps(it: Does) -> bool:
    """Whether the letter that has such conjugates takes four steps, or any without such."""
    found, taken = four_steps_obstruction(units(it.monoid)), ranks(it)
    if found is None:
        return max(taken.values()) >= 4
    return taken[it.task.alphabet[found.letter]] >= 4


CHECKS: tuple[Check[Does], ...] = (
    Check(
        ids.PERIOD_STEPS,
        hypotheses=(is_right, is_one_layer, is_finite_and_exact, _has_period_above_two),
        conclusion=_periods_take_two_steps,
        cases=(
            *each(
                "{1} is done with two steps ({0})",
                does,
                (
                    ("rotations", "mod:3"),
                    ("rotations", "cyclic:5"),
                    ("permutation", "alt:4"),
                ),
            ),
            Case(
                "transformations:3, with letters that merge",
                lambda: by_one_hot("transformations:3"),
            ),
            Case("a layer at rest does not do mod:3", lambda: at_rest("mod:3"), without=0),
            Case(
                "two layers: one step a token does mod:3",
                lambda: does("two-reflections", "mod:3"),
                without=1,
            ),
            Case(
                "infinitely many exact states: one step that spells the word does mod:3",
                lambda: by_spelling("mod:3"),
                without=2,
            ),
            *each(
                "no period above 2: one step does {1} ({0})",
                does,
                (("scalar", "parity"), ("permutation", "sym:4:adjacent")),
                without=3,
            ),
        ),
    ),
    Check(
        ids.ONE_STEP,
        hypotheses=(is_right, is_one_layer, _takes_one_delta_step, is_finite_and_exact),
        conclusion=_reflections_may_generate,
        cases=(
            *each(
                "{1} is done with one step ({0})",
                does,
                (
                    ("scalar", "parity"),
                    ("permutation", "sym:4:adjacent"),
                    ("permutation", "sym:4:swaps"),
                    ("scalar", "flipflop"),
                ),
            ),
            Case("two bits by three signs", by_three_signs),
            *each("a layer at rest does not do {0}", at_rest, ("alt:4", "quaternion"), without=0),
            *each(
                "several layers: one step a token does {1} ({0})",
                does,
                (("solvable", "alt:4"), ("congruences", "quaternion")),
                without=1,
            ),
            *each(
                "two steps a token: {1} is done ({0})",
                does,
                (("permutation", "alt:4"), ("rotations", "mod:3")),
                without=2,
            ),
            Case(
                "a dense step a token: alt:4 is done by 0/1 matrices",
                lambda: by_one_hot("alt:4"),
                without=2,
            ),
            Case(
                "infinitely many exact states: one step that spells the word does alt:4",
                lambda: by_spelling("alt:4"),
                without=3,
            ),
        ),
    ),
    Check(
        ids.FOUR_STEPS,
        hypotheses=(is_right, is_one_layer, is_finite_and_exact, _has_such_conjugates),
        conclusion=_takes_four_steps,
        cases=(
            *each(
                "{1} is done with four steps in dimension {2} ({0})",
                lambda route, task, dim: by_one_layer(route, task, dim, 4),
                (
                    ("symmetric", "sym:5", 4),
                    ("permutation", "sym:5", 5),
                    ("permutation", "alt:6", 6),
                ),
            ),
            Case("a layer at rest does not do sym:5", lambda: at_rest("sym:5"), without=0),
            Case(
                "four layers: one step a token does sym:5",
                lambda: does("blocks", "sym:5"),
                without=1,
            ),
            Case(
                "infinitely many exact states: one step that spells the word does sym:5",
                lambda: by_spelling("sym:5"),
                without=2,
            ),
            Case(
                "A5 with letters conjugate in it: two steps do alt:5",
                lambda: by_one_layer("polyhedral", "alt:5", 3, 2),
                without=3,
            ),
            Case(
                "a solvable group: three steps do sym:4",
                lambda: by_one_layer("permutation", "sym:4", 4, 3),
                without=3,
            ),
        ),
    ),
)
