"""Checks of the theorems about one layer of registers, and about two layers."""

from __future__ import annotations

from typing import Any

from negeig.automata.monoids.green import green
from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.claims import Letter
from negeig.proofs_checks.theorem_checks.check import Case, Check, each
from negeig.proofs_checks.theorem_checks.subjects.by_hand import by_levels
from negeig.proofs_checks.theorem_checks.subjects.networks import (
    Does,
    at_rest,
    by_one_hot,
    by_spelling,
    does,
    efe_is_fe,
    is_contractive,
    is_finite_and_exact,
    is_one_layer,
    is_right,
    turns_nothing_back,
)
from negeig.proofs_checks.theorem_checks.subjects.tasks import ONE, ZERO, decided
from negeig.theory.bounds.last_edges import last_edges
from negeig.theory.bounds.lower_bounds import lower_bounds
from negeig.theory.constructions.pieces.registers import row_steps
from negeig.theory.exact.linear_algebra import add, identity, rank
from negeig.theory.exact.numbers import Matrix, Vector
from negeig.theory.networks.network import Layer
from negeig.theory.theorems import ids
from negeig.work import Work


def _moves(monoid: TransitionMonoid) -> list[tuple[int, ...]]:
    """Return where letters lead from each element of the group of those that permute.

    The others stand for its identity, which is 0.
    """
    maps = [tuple(images) for images in monoid.generators.tolist()]
    neutral = tuple(range(len(maps[0])))
    letters = [images if len(set(images)) == len(images) else neutral for images in maps]
    found = [neutral]
    for element in found:  # grows while it is read
        after = [tuple(letter[i] for i in element) for letter in letters]
        found += [x for x in dict.fromkeys(after) if x not in found]
    return [
        tuple(found.index(tuple(letter[i] for i in element)) for element in found)
        for letter in letters
    ]


def _loops_satisfy_it(it: Does) -> bool:
    """Whether loops do over the group of the letters that permute; or over none do.

    Over none where any contractions take three layers.
    """
    violating = last_edges(it.monoid, _moves(it.monoid), Work("orders of edges", 10_000_000))
    bounds = lower_bounds(it.task, it.monoid)
    layers = [b.value for b in bounds if b.quantity == "layers" and not b.no_reflections]
    return decided(found=violating is None, refuted=max(layers) > 2)


def _is_at_most_two_layers(it: Does) -> bool:
    return len(it.network.layers) <= 2


def _entries(matrix: Matrix) -> list[tuple[int, int, object]]:
    """Return the row, the column and the value of all entries that are not 0."""
    return [(i, j, x) for i, row in enumerate(matrix) for j, x in enumerate(row) if x != 0]


def moves_registers(matrix: Matrix) -> bool:
    """Whether there is one entry at most in each row and each column, and all are 1 or -1."""
    found = _entries(matrix)
    rows, columns = {i for i, _, _ in found}, {j for _, j, _ in found}
    return len(rows) == len(columns) == len(found) and all(x in (1, -1) for _, _, x in found)


def _has_registers(it: Does) -> bool:
    """Whether letters move registers, and write only to those that take over no other."""
    return all(
        moves_registers(matrix) and not any(written[i] for i, _, _ in _entries(matrix))
        for layer in it.network.layers
        for letter in layer.alphabet
        for matrix, written in ((layer.letter_matrix(letter), _written(layer, letter)),)
    )


def _written(layer: Layer, letter: Letter) -> Vector:
    """Return what a letter makes of registers that hold 0."""
    return layer.apply(letter, (ZERO,) * layer.dim)


def not_kept(matrix: Matrix) -> int:
    """Return the number of registers minus that of the cycles that keep their sign."""
    goes = {j: (i, x) for i, j, x in _entries(matrix)}
    kept, left = 0, set(goes)
    while left:
        start = place = min(left)
        sign = 1
        while place in left:
            left.discard(place)
            place, x = goes[place]
            sign = sign if x == 1 else -sign
        kept += place == start and sign == 1
    return len(matrix) - kept


def _takes_what_is_not_kept(it: Does) -> bool:
    """Whether n minus the cycles that keep their sign are the fewest steps, and efe = fe."""
    return efe_is_fe(it) and all(
        _are_fewest(layer, letter) for layer in it.network.layers for letter in layer.alphabet
    )


def _are_fewest(layer: Layer, letter: Letter) -> bool:
    """Whether so many steps do what a letter does, and the layer has no fewer.

    None does with fewer, as each step changes the rank of I - M by one at most.
    """
    matrix, written = layer.letter_matrix(letter), _written(layer, letter)
    row = [0] * layer.dim
    for i, j, x in _entries(matrix):
        row[i] = j + 1 if x == 1 else -j - 1
    steps = row_steps(tuple(row), written)
    for start in ((ZERO,) * layer.dim, *identity(layer.dim)):
        after: Vector = start
        for step in steps:
            after = step.apply(after)
        if after != layer.apply(letter, start):
            return False
    lost = rank(add(identity(layer.dim), matrix, -ONE))
    return len(steps) == not_kept(matrix) == lost <= len(layer.steps[letter])


def _is_l_trivial(it: Does) -> bool:
    """Whether no two elements reach each other by words in front of them, and efe = fe."""
    return green(it.monoid).is_l_trivial and efe_is_fe(it)


CHECKS: tuple[Check[Any], ...] = (
    Check(
        ids.ONE_LAYER,
        hypotheses=(is_right, is_one_layer, is_finite_and_exact, is_contractive),
        conclusion=efe_is_fe,
        cases=(
            *each(
                "{1}: efe = fe, and one layer does it ({0})",
                does,
                (
                    ("scalar", "flipflop"),
                    ("permutation", "sym:4"),
                    ("partial-injection", "dyck1:3"),
                    ("chain", "regex:(a|b)*bbb"),
                    ("cover", "regex:(a|b)*abb"),
                ),
            ),
            *each("wrong on some word: one number at rest, for {0}", at_rest, ("contains:ab",), 0),
            *each(
                "two layers: they do {1}, where efe differs from fe",
                does,
                (("cascade", "starts-with:a"), ("cascade", "contains:ab")),
                1,
            ),
            *each(
                "infinitely many exact states: one number spells the word and does {0}",
                by_spelling,
                ("starts-with:a",),
                2,
            ),
            *each("norm above 1: 0/1 matrices do {0}", by_one_hot, ("starts-with:a",), 3),
        ),
    ),
    Check(
        ids.LAST_EDGES,
        hypotheses=(is_right, _is_at_most_two_layers, is_finite_and_exact, is_contractive),
        conclusion=_loops_satisfy_it,
        cases=(
            *each(
                "{1}: two layers by last edges of a group, and two or one do it ({0})",
                does,
                (
                    ("cascade", "starts-with:a"),
                    ("cascade", "contains:ab"),
                    ("partial-injection", "dyck1:3"),
                    ("cascade", "transformations:3"),
                ),
            ),
            *each(
                "wrong on some word: one number at rest, for {0}",
                at_rest,
                ("transformations:4",),
                0,
            ),
            *each(
                "three layers: {1} takes them",
                does,
                (("cascade", "transformations:4"),),
                1,
            ),
            *each(
                "infinitely many exact states: one number spells the word and does {0}",
                by_spelling,
                ("transformations:4",),
                2,
            ),
            *each("norm above 1: 0/1 matrices do {0}", by_one_hot, ("transformations:4",), 3),
        ),
    ),
    Check(
        ids.COVER,
        hypotheses=(is_right, is_one_layer, _has_registers),
        conclusion=_takes_what_is_not_kept,
        cases=(
            *each(
                "{0}: one layer",
                lambda task: does("cover", task),
                ("ends-with:ab", "regex:(a|b)*abb", "flipflop"),
            ),
            *each("{1}: one layer ({0})", does, (("partial-injection", "dyck1:3"),)),
            *each("wrong on some word: one number at rest, for {0}", at_rest, ("contains:ab",), 0),
            Case(
                "two layers of registers: they do 'the first letter is a'",
                lambda: by_levels(remembers=True),
                1,
            ),
            *each(
                "two registers go to one: such a layer does {0}", by_one_hot, ("contains:ab",), 2
            ),
        ),
    ),
    Check(
        ids.CHAIN,
        hypotheses=(is_right, is_one_layer, is_finite_and_exact, turns_nothing_back),
        conclusion=_is_l_trivial,
        cases=(
            *each(
                "{0}: one layer without the eigenvalue -1",
                lambda task: does("chain", task),
                ("ends-with:ab", "regex:(a|b)*bbb", "flipflop"),
            ),
            *each("wrong on some word: one number at rest, for {0}", at_rest, ("regex:(ab)*",), 0),
            *each(
                "two layers: they do {1} with the eigenvalue 0 alone",
                does,
                (("chains-left", "starts-with:a"),),
                1,
            ),
            *each(
                "infinitely many exact states: one number spells the word and does {0}",
                by_spelling,
                ("regex:(ab)*",),
                2,
            ),
            *each(
                "eigenvalue -1: efe = fe but not L-trivial, a layer with reflections does {1}",
                does,
                (("partial-injection", "regex:(ab)*"),),
                3,
            ),
        ),
    ),
)
