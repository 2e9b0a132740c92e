"""Checks of the theorems about networks that can be built, one layer for the most part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from negeig.automata.groups.cycles import cycles
from negeig.automata.machines.machine import Machine
from negeig.proofs_checks.theorem_checks.check import Case, Check, each
from negeig.proofs_checks.theorem_checks.subjects.by_hand import (
    FIRST,
    by_levels,
    two_registers,
    with_a_point_more,
)
from negeig.proofs_checks.theorem_checks.subjects.networks import (
    Does,
    at_rest,
    by_one_hot,
    by_spelling,
    does,
    is_contractive,
    is_finite_and_exact,
    is_one_layer,
    is_right,
    read,
)
from negeig.proofs_checks.theorem_checks.subjects.on_a_line import number
from negeig.proofs_checks.theorem_checks.subjects.tasks import (
    ONE,
    ZERO,
    bound,
    built,
    decided,
    machine,
    proved,
    refused,
    shape,
    spectrum,
)
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.contractions.refusal import infeasibility
from negeig.theory.exact.linear_algebra import rank
from negeig.theory.exact.numbers import Vector
from negeig.theory.theorems import ids

MINUS = -ONE


@dataclass(frozen=True)
class Budget:
    """A task, and how many steps a token one layer for it may take."""

    task: str
    steps: int


def permutes(task: str) -> bool:
    """Whether every letter permutes the states of a task."""
    return all(len(set(column)) == len(column) for column in machine(task).transitions.T.tolist())


def _swaps(task: str) -> int:
    """Return the largest rank(I - P) of the letters that permute, by their cycles.

    P permutes the points that the task is given with, or else its states.
    """
    found = machine(task)
    columns = found.points or [tuple(column) for column in found.transitions.T.tolist()]
    permutations = [column for column in columns if len(set(column)) == len(column)]
    return max((sum(len(c) - 1 for c in cycles(p)) for p in permutations), default=0)


def _is_reflected(it: Budget) -> bool:
    """Whether one layer of reflections does it within the budget; or no one layer does."""
    network = built("permutation", it.task)
    within = [steps <= it.steps for _, steps in shape(network)] == [True]
    fewest = bound(it.task, ids.FOUR_STEPS)
    return decided(
        found=within and spectrum(network) == {MINUS},
        refuted=refused(it.task, "one-contractive-layer")
        or (fewest is not None and it.steps < fewest),
    )


@dataclass(frozen=True)
class Levels:
    """Levels for a task, the layers and the least eigenvalue allowed, and what they are told."""

    does: Does
    name: str
    layers: int
    lowest: Fraction = MINUS
    told: str = "before"


def _cascade(task: str, layers: int | None = None, lowest: Fraction = MINUS) -> Levels:
    """Return what the cascade builds; unless it is said how many, 2^s layers are allowed."""
    route = "permutation" if permutes(task) else "cascade"
    allowed = 2 ** machine(task).size if layers is None else layers
    return Levels(does(route, task), task, allowed, lowest)


def _is_recognised(it: Levels) -> bool:
    """Whether the levels do the task within what is allowed; or nothing that is allowed does."""
    network = it.does.network
    allowed = spectrum(network) <= {x for x in (MINUS, ZERO, ONE) if x >= it.lowest}
    return decided(
        found=is_right(it.does)
        and allowed
        and len(network.layers) <= it.layers
        and max(steps for _, steps in shape(network)) <= 2 * it.does.task.size,
        refuted=(it.layers == 1 and refused(it.name, "one-contractive-layer"))
        or (it.lowest >= 0 and refused(it.name, "nonnegative-spectrum"))
        or exact_closure(network, it.does.task).verdict == "collision",
    )


def _is_a_number(it: Does) -> bool:
    return [layer.dim for layer in it.network.layers] == [1]


def _by_number(task: str) -> Does:
    """Return the number for a task whose letters are moves of a line."""
    network = number(machine(task))
    if network is None:
        raise LookupError(f"the letters of {task} are no moves of a line")
    return Does(network, machine(task))


def _are_moves_of_a_line(it: Does) -> bool:
    """Whether letters are, with look-alikes merged, and one step a token is enough then."""
    found = number(it.task)
    return found is not None and shape(found) == [(1, 1)] and proved(found, it.task)


@dataclass(frozen=True)
class Sink:
    """A task and the state that is to be its sink."""

    task: str
    sink: int


def _is_kept(it: Sink) -> bool:
    return bool((machine(it.task).transitions[it.sink] == it.sink).all())


def _is_injective_elsewhere(it: Sink) -> bool:
    columns = machine(it.task).transitions.T.tolist()
    away = [[q for q in column if q != it.sink] for column in columns]
    return all(len(set(images)) == len(images) for images in away)


def _cycles(column: Sequence[int], sink: int) -> int:
    """Return how many cycles of states other than the sink a letter has."""
    found = set()
    for q in range(len(column)):
        way = [q]
        while (after := column[way[-1]]) not in way:
            way.append(after)
        if after == q != sink:
            found.add(frozenset(way))
    return len(found)


def _has_one_layer(it: Sink) -> bool:
    """Whether one layer does it, a letter in a step for each state less one for each cycle."""
    network, task = built("partial-injection", it.task), machine(it.task)
    costs = [task.size - 1 - _cycles(column, it.sink) for column in task.transitions.T.tolist()]
    return decided(
        found=network is not None
        and [[len(layer.steps[a]) for a in task.alphabet] for layer in network.layers] == [costs],
        refuted=refused(it.task, "one-contractive-layer"),
    )


def _points(it: Does) -> list[tuple[Vector, int]]:
    """Return the exact states of the last layer that words lead to, with those of the task."""
    found = [(tuple(layer.initial for layer in it.network.layers), it.task.initial)]
    for state, q in found:  # grows while it is read
        for column, letter in enumerate(it.network.alphabet):
            after = read(it.network, state, letter)[0], int(it.task.transitions[q, column])
            if after not in found:
                found.append(after)
    return list(dict.fromkeys((state[-1], q) for state, q in found))


def _has_a_point_for_each_state(it: Does) -> bool:
    """Whether words lead to one point if and only if they lead to one state."""
    pairs = _points(it)
    return len(pairs) == len({point for point, _ in pairs}) == len({q for _, q in pairs})


def _are_independent(it: Does) -> bool:
    """Whether the points are affinely independent."""
    first, *others = dict.fromkeys(point for point, _ in _points(it))
    differences = tuple(tuple(x - y for x, y in zip(p, first, strict=True)) for p in others)
    return len(others) == rank(differences)


def _idempotents_commute(it: Does) -> bool:
    """Whether ef = fe, or both are constant, by all products; and no dual matrices refuse."""
    monoid = it.monoid
    e, f = monoid.idempotents[:, None], monoid.idempotents[None, :]
    ef, fe = monoid.products(e, f), monoid.products(f, e)
    constant = np.array([len(set(images)) == 1 for images in monoid.maps.tolist()])
    commute = bool(((ef == fe) | (constant[ef] & constant[fe])).all())
    return decided(found=commute, refuted=_is_refused(it.task))


def _is_refused(task: Machine) -> bool:
    found = infeasibility(task)
    return found is not None and found.verify(task)


CHECKS: tuple[Check[Any], ...] = (
    Check(
        ids.T3,
        hypotheses=(
            lambda it: permutes(it.task),
            lambda it: it.steps >= _swaps(it.task),
        ),
        conclusion=_is_reflected,
        cases=(
            *each(
                "{0}: one layer, steps a token: {1}",
                Budget,
                (("sym:4", 3), ("sym:5:adjacent", 1), ("alt:5", 4)),
            ),
            Case(
                "a letter merges states: no one layer does starts-with:a",
                lambda: Budget(FIRST, 3),
                0,
            ),
            Case("fewer steps than the rank: sym:5 needs 4", lambda: Budget("sym:5", 3), 1),
        ),
    ),
    Check(
        ids.T4,
        hypotheses=(
            lambda it: it.layers >= 2**it.does.task.size,
            lambda it: it.lowest == MINUS,
            lambda it: it.told == "before",
        ),
        conclusion=_is_recognised,
        cases=(
            *each(
                "{0}: by levels", _cascade, (FIRST, "contains:ab", "regex:(ab)*", "parity", "alt:5")
            ),
            Case(
                "starts-with:a: what comes first, by a level that remembers where it stood",
                lambda: Levels(by_levels(remembers=True), FIRST, 8),
            ),
            Case("one layer: starts-with:a is refused", lambda: _cascade(FIRST, 1), 0),
            Case(
                "no negative eigenvalue: parity is refused",
                lambda: _cascade("parity", lowest=ZERO),
                1,
            ),
            Case(
                "the state after the letter, as published, nothing remembered: it errs there",
                lambda: Levels(by_levels(remembers=False), FIRST, 8, told="after"),
                2,
            ),
        ),
    ),
    Check(
        ids.SCALAR,
        hypotheses=(is_right, is_finite_and_exact, _is_a_number),
        conclusion=_are_moves_of_a_line,
        cases=(
            *each(
                "{1}: one number ({0})",
                does,
                (("scalar", "parity"), ("scalar", "flipflop"), ("cover", "parity")),
            ),
            Case(
                "an even number of a, and b at the end: a sign, beside what the last letter tells",
                lambda: _by_number("regex:(b|ab*a)*b"),
            ),
            *each("wrong on some word: one number at rest, for {0}", at_rest, ("mod:3",), 0),
            *each("infinitely many exact states: one number does {0}", by_spelling, ("mod:3",), 1),
            *each(
                "dimension 2: {1} is no involution, and is done",
                does,
                (("rotations", "mod:3"), ("rotations", "dihedral:4")),
                2,
            ),
            Case(
                "dimension 2: 'an odd number of b, then an a', where a resets what is merged only",
                lambda: does("cover", "regex:(bb)*ba"),
                2,
            ),
            *each(
                "dimension 2: two involutions, how often each letter came modulo 2 ({0})",
                does,
                (("cyclic-sums", "regex:((aa|bb)|(ab|ba)(aa|bb)*(ab|ba))*"),),
                2,
            ),
        ),
    ),
    Check(
        ids.SINK,
        hypotheses=(_is_kept, _is_injective_elsewhere),
        conclusion=_has_one_layer,
        cases=(
            *each(
                "{0}: one layer",
                lambda task: Sink(task, _sink(task)),
                ("regex:(ab)*", "dyck1:2", "dyck1:4"),
            ),
            Case(
                "no sink: swaps and turns move the state that others are merged into",
                lambda: Sink("transformations:3", _merged_into("transformations:3")),
                0,
            ),
            *each(
                "letters merge states on the way to the sink: {0} is refused",
                lambda task: Sink(task, _sink(task)),
                (FIRST, "contains:ab"),
                1,
            ),
        ),
    ),
    Check(
        ids.CONTRACTION,
        hypotheses=(
            is_one_layer,
            is_contractive,
            _has_a_point_for_each_state,
            _are_independent,
        ),
        conclusion=_idempotents_commute,
        cases=(
            *each(
                "{0}: one layer",
                lambda task: does("contraction", task),
                ("regex:(ab)*", "regex:(a|b)*b", "parity"),
            ),
            Case(
                "two layers: they do 'the first letter is a', an exact refusal for one",
                lambda: by_levels(remembers=True),
                0,
            ),
            *each("norm above 1: 0/1 matrices do {0}", by_one_hot, (FIRST,), 1),
            Case(
                "points that are no states: the layer for (ab)* errs on 'the first letter is a'",
                lambda: Does(does("contraction", "regex:(ab)*").network, machine(FIRST)),
                2,
            ),
            Case(
                "points that are no states: three of them do 'after some c, and the last letter "
                "is a' with a decoder that reads the letter too",
                with_a_point_more,
                2,
            ),
            Case(
                "points that are not independent: the corners of a square are the states of two "
                "bits",
                two_registers,
                3,
            ),
        ),
    ),
)


def _sink(task: str) -> int:
    """Return the first state that every letter keeps."""
    transitions: list[list[int]] = machine(task).transitions.tolist()
    return next(q for q, row in enumerate(transitions) if set(row) == {q})


def _merged_into(task: str) -> int:
    """Return the first state to which some letter leads from two."""
    columns: list[list[int]] = machine(task).transitions.T.tolist()
    return next(q for column in columns for q in column if column.count(q) > 1)
