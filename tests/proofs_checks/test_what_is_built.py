"""What checks of theorems decide of tasks that networks are built for, against other ways."""

from fractions import Fraction
from itertools import permutations, product

import pytest

from negeig.automata.machines.machine import Machine
from negeig.proofs_checks.theorem_checks.covers import moves_registers, not_kept
from negeig.proofs_checks.theorem_checks.stacks import (
    commute,
    halves,
    has_groups_of_two,
    is_cyclic_or_dihedral,
    last_letters_tell,
)
from negeig.proofs_checks.theorem_checks.subjects.on_a_line import number
from negeig.proofs_checks.theorem_checks.subjects.tasks import built, decided, machine, proved
from negeig.theory.constructions.direct.digits import deciding_letters
from negeig.theory.exact.linear_algebra import add, identity, rank

ONE = Fraction(1)


@pytest.mark.parametrize("both", [True, False])
def test_what_is_neither_found_nor_refuted_is_not_decided(both):
    with pytest.raises(ValueError, match="found"):
        decided(found=both, refuted=both)


def test_what_is_not_kept_is_the_rank_of_all_signed_partial_permutations():
    places = range(3)
    seen = 0
    for images, signs in product(permutations(places), product((-1, 0, 1), repeat=3)):
        matrix = tuple(
            tuple(ONE * signs[j] if images[j] == i else 0 * ONE for j in places) for i in places
        )
        assert moves_registers(matrix)
        assert not_kept(matrix) == rank(add(identity(3), matrix, -ONE)), (images, signs)
        seen += 1
    assert seen == 6 * 27


@pytest.mark.parametrize(
    "rows", [((1, 1), (0, 0)), ((1, 0), (1, 0)), ((2, 0), (0, 1)), ((1, -1), (0, 0))]
)
def test_other_matrices_move_no_registers(rows):
    assert not moves_registers(tuple(tuple(ONE * x for x in row) for row in rows))


@pytest.mark.parametrize(
    ("task", "is_one"),
    [
        ("cyclic:6", True),
        ("mod:5", True),
        ("dihedral:4", True),
        ("dihedral:5", True),
        ("sym:3", True),
        ("starts-with:a", True),  # no word but the empty one permutes
        ("quaternion", False),
        ("alt:4", False),
        ("sym:4", False),
    ],
)
def test_groups_of_polygons(task, is_one):
    assert is_cyclic_or_dihedral(task) == is_one


@pytest.mark.parametrize(
    ("task", "has_chain"),
    [
        ("mod:8", True),
        ("quaternion", True),
        ("dihedral:4", True),
        ("mod:6", False),
        ("mod:3", False),
        ("sym:3", False),
    ],
)
def test_pairs_of_pairs(task, has_chain):
    assert halves(tuple(map(tuple, machine(task).transitions.tolist()))) == has_chain


@pytest.mark.parametrize(
    "task", ["ends-with:abba", "regex:(a|b)*bbb", "flipflop", "parity", "contains:ab", "mod:3"]
)
def test_last_letters_tell_where_the_construction_counts_them(task):
    assert last_letters_tell(task) == (deciding_letters(machine(task)) is not None)


@pytest.mark.parametrize(
    ("task", "only"),
    [("mod:4", True), ("contains:ab", True), ("mod:6", False), ("permutation-reset:3", False)],
)
def test_orders_of_words(task, only):
    assert has_groups_of_two(task) == only


@pytest.mark.parametrize(
    ("columns", "do"),
    [
        ([(0, 1, 2), (2, 1, 0), (1, 1, 1)], True),
        ([(1, 0, 2, 3), (3, 3, 3, 3)], True),  # an involution that keeps two states
        ([(1, 0, 2), (2, 1, 0)], False),  # two involutions
        ([(1, 2, 0)], False),
        ([(1, 2, 2), (0, 0, 0)], False),
    ],
)
def test_moves_of_a_line(columns, do):
    letters = "abc"[: len(columns)]
    rows = list(zip(*columns, strict=True))
    task = Machine(alphabet=letters, transitions=rows, initial=0, outputs=range(len(rows)))
    found = number(task.minimal())
    assert (found is not None) == do
    assert found is None or proved(found, task.minimal())


@pytest.mark.parametrize(("task", "do"), [("regex:(b|ab*a)*b", True), ("regex:(bb)*ba", False)])
def test_what_the_last_letter_tells_is_no_move(task, do):
    """It may be two states of one output each, but not two outputs of one letter."""
    found = number(machine(task))
    assert (found is not None) == do
    assert found is None or proved(found, machine(task))


@pytest.mark.parametrize(("task", "do"), [("mod:5", True), ("dihedral:5", False)])
def test_turns_of_the_plane_commute_and_mirrors_do_not(task, do):
    (layer,) = built("rotations", task).layers
    assert commute(layer) == do
