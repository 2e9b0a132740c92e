"""Letters that take four steps whatever covers the group: against characters, of covers too."""

from __future__ import annotations

import itertools

import pytest

from negeig.automata.groups.permgroup import ListedGroup
from negeig.automata.groups.schreier_sims import PermutationGroup
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import get
from negeig.theory.bounds.lower_bounds import lower_bounds
from negeig.theory.bounds.plane_rotations import four_steps_obstruction
from negeig.theory.bounds.reflection_bounds import Units, reflection_front
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.groups import polyhedral, symmetric

SWAP, TURN = [1, 0, 2, 3, 4], [1, 2, 3, 4, 0]
THREE = [1, 2, 0, 3, 4]


def units(*letters):
    group = ListedGroup(PermutationGroup([list(x) for x in letters]).elements())
    rows = group.rows.tolist()
    return Units(group, tuple((a, rows.index(list(x))) for a, x in enumerate(letters)))


GROUPS = {
    "S5": ((SWAP, TURN), 1),
    "S5 x C2": (([*SWAP, 6, 5], [*TURN, 6, 5]), 1),
    "A6": (([1, 2, 0, 3, 4, 5], [0, 2, 3, 4, 5, 1]), 1),
    "PSL(2,7)": (([1, 2, 3, 4, 5, 6, 0], [0, 1, 4, 6, 2, 5, 3]), 0),
    "A5": ((THREE, TURN), None),
    "A5, two classes": ((TURN, [2, 3, 4, 0, 1]), None),
    "S6": (([1, 0, 2, 3, 4, 5], [1, 2, 3, 4, 5, 0]), None),
    "S5 by swaps": ((SWAP, [0, 2, 1, 3, 4], [0, 1, 3, 2, 4], [0, 1, 2, 4, 3]), None),
    "S4": (([1, 0, 2, 3], [1, 2, 3, 0]), None),
}


@pytest.mark.parametrize("name", GROUPS)
def test_letters_that_take_four_steps(name):
    letters, expected = GROUPS[name]
    obstruction = four_steps_obstruction(units(*letters))
    assert (None if obstruction is None else obstruction[0]) == expected


@pytest.mark.parametrize("name", [name for name, (_, a) in GROUPS.items() if a is not None])
def test_no_representation_takes_fewer(name):
    """The letter alone takes four steps in every faithful representation, by characters."""
    letters, a = GROUPS[name]
    found = units(*letters)
    alone = Units(found.group, (found.letters[a],))
    assert reflection_front(alone)[0].steps >= 4


def test_covers_of_s5_take_four_steps():
    """Every lift of both letters to S5 x C2 x C2 and to S5 x C5."""
    for size, count in ((2, 2), (5, 1)):
        for powers in itertools.product(range(size), repeat=2 * count):
            swap, turn = list(SWAP), list(TURN)
            for power, letter in zip(powers, [swap, turn] * count, strict=True):
                n = len(letter)
                letter += [n + (i + power) % size for i in range(size)]
            found = units(swap, turn)
            assert reflection_front(Units(found.group, (found.letters[1],)))[0].steps >= 4


def test_two_steps_are_enough_where_nothing_is_claimed():
    """The negative twin: 5-cycles of A5 in either class, in two steps, proved."""
    machine = get("alt:5").minimal()
    (found,) = polyhedral.construct(machine)
    assert found.cost == (1, 2, 3)
    assert exact_closure(found.network, machine).verdict == "proved"
    bounds = lower_bounds(machine, transition_monoid(machine))
    assert max(b.value for b in bounds if b.quantity == "steps") == 2


def test_the_bound_of_s5_is_attained_and_assumes_no_group():
    machine = get("sym:5").minimal()
    bounds = lower_bounds(machine, transition_monoid(machine))
    four = [b for b in bounds if b.quantity == "steps" and b.value == 4]
    assert [(b.theorem, b.layers, b.own_group, b.model) for b in four] == [
        ("four-steps", 1, False, "exact-orbit")
    ]
    assert "letter 'c'" in four[0].reason
    assert min(c.cost[1] for c in symmetric.construct(machine)) == 4
