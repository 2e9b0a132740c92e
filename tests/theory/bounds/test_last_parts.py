"""Three layers by the order in which two parts come last: by hand, and where that is wrong."""

from random import Random

import pytest

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.monoids.submonoids import Multiplication, Submonoid
from negeig.theory.bounds import last_parts as last_parts_module
from negeig.theory.bounds.last_parts import ending_in, last_parts
from negeig.theory.bounds.peeling_exact import peel_listed
from negeig.theory.constructions.fewest import few_left
from support import peeled_by_hand
from support.command_line import peeling_bound
from support.maps import generated, machine_of, then
from support.random_stacks import random_stack

SEED = 18

THREE = {
    "short parts": ((1, 2, 0, 2), (2, 3, 1, 2)),
    "longer parts": ((1, 3, 3, 0), (2, 3, 2, 1)),
    "three letters": ((1, 0, 2, 0), (2, 2, 2, 2), (3, 2, 1, 3)),
}
"""Maps of the letters of machines whose chains of idempotents show two layers only."""

TWO = ((1, 2, 2, 0), (0, 1, 3, 0))
"""A machine that two layers do."""

ELSEWHERE = ((1, 3, 3, 0, 4), (2, 3, 2, 4, 4))
"""One that two layers do, too, with idempotents that violate efe = fe in other states only."""


def whole(machine: Machine) -> Submonoid:
    return Multiplication(transition_monoid(machine)).whole()


def parts_of(machine: Machine):
    """Maps of x, y, e and f as tuples, and the elements of the monoid."""
    of = whole(machine)
    found = last_parts(of)
    assert found is not None
    return [tuple(of.table.monoid.maps[x].tolist()) for x in found]


@pytest.mark.parametrize("name", THREE)
def test_three_layers_by_hand(name):
    letters = THREE[name]
    machine = machine_of(letters, 0)
    found = peel_listed(transition_monoid(machine))
    assert (found.value, found.ending, len(found.links)) == (3, "last parts", 0)
    assert peeled_by_hand.replay(machine, found) == 3
    elements = generated(letters)
    assert peeled_by_hand.most_layers(elements, tuple(range(4)), reflections=True) == 2
    assert "x = " in found.reason
    assert "efe" in found.reason


@pytest.mark.parametrize("name", THREE)
def test_other_parts_show_nothing(name):
    """e for f, y for x, and parts outside the kernel are refused by the same check."""
    letters = THREE[name]
    identity, elements = tuple(range(4)), generated(letters)
    x, y, e, f = parts_of(machine_of(letters, 0))
    check = peeled_by_hand.after_last_parts
    assert check(elements, identity, x, y, e, f)
    assert not check(elements, identity, x, y, e, e)
    outside = next(a for a in letters if a not in peeled_by_hand.kernel(elements, identity))
    with pytest.raises(AssertionError):
        check(elements, identity, x, outside, e, f)
    if f not in (x, y):
        with pytest.raises(AssertionError):
            check(elements, identity, x, x, e, f)


def test_words_that_end_in_x_after_y():
    """Against all words of up to seven parts."""
    of = whole(machine_of(THREE["longer parts"], 0))
    found = last_parts(of)
    assert found is not None
    x, y = (tuple(of.table.monoid.maps[part].tolist()) for part in found[:2])
    words = {(): tuple(range(4))}
    for _ in range(7):
        words |= {(*w, g): then(m, (x, y)[g]) for w, m in words.items() for g in (0, 1)}
    powers = {m for w, m in words.items() if w and set(w) == {0}}
    both = {m for w, m in words.items() if {*w} == {0, 1} and w[-1] == 0}
    for listed, expected in zip(ending_in(of, *found[:2]), (powers, both), strict=True):
        assert {tuple(of.table.monoid.maps[m].tolist()) for m in listed} == expected


def test_parts_that_a_group_tells_from_nothing_would_claim_too_much(monkeypatch):
    """Two layers do the machine; with the whole monoid for the kernel three would be shown."""
    machine = machine_of(TWO, 0)
    (network,) = few_left.construct(machine)
    assert network.cost[0] == 2
    assert last_parts(whole(machine)) is None
    assert peel_listed(transition_monoid(machine)).value == 2
    monkeypatch.setattr(Submonoid, "kernel", lambda self: self)
    assert last_parts(whole(machine)) is not None


def test_parts_of_high_rank_are_tried_where_their_words_are_long(monkeypatch):
    """336 elements of the kernel: those with the shortest 250 words show nothing."""
    rows = [[1, 2], [2, 3], [0, 4], [5, 3], [4, 5], [4, 1]]
    machine = Machine(alphabet="ab", transitions=rows, initial=0, outputs=range(6))
    of = whole(machine)
    found = last_parts(of)
    assert found is not None
    assert len(of.table.monoid.word(found[0])) > 8
    monkeypatch.setattr(type(of.table), "highest_first", lambda self, elements: elements)
    assert last_parts(of) is None


def test_too_few_and_too_many_points():
    assert last_parts(whole(machine_of(((1, 1, 2), (0, 0, 2), (0, 2, 1)), 0))) is None
    long = Machine(
        alphabet="ab",
        transitions=[[min(q + 1, 16), 0] for q in range(17)],
        initial=0,
        outputs=range(17),
    )
    assert last_parts(whole(long)) is None


@pytest.mark.exhaustive
def test_random_stacks_of_two_layers_take_no_three():
    random = Random(SEED)
    tried = 0
    for _ in range(150):
        machine = random_stack(random, 2, reflections=True)
        if 4 <= machine.size <= 24:
            found = peel_listed(transition_monoid(machine, max_elements=20_000))
            assert found.value <= 2, (SEED, machine.transitions.tolist())
            tried += 1
    assert tried > 40, tried


def test_check_says_it(capsys, tmp_path):
    row = peeling_bound(capsys, tmp_path, machine_of(THREE["short parts"], 0))
    assert (row["value"], row["chain"]["ending"]) == (3, "last parts")
    assert ["".join(word) for word in row["chain"]["witness"]] == ["ab", "ba", "abab", "baab"]


def test_the_compiled_search_stops_where_there_are_such_idempotents_only(monkeypatch):
    """What it stops at is what is returned, and it finds nothing where two layers do."""
    expected = {name: last_parts(whole(machine_of(letters, 0))) for name, letters in THREE.items()}
    monkeypatch.setattr(last_parts_module, "_with_idempotents", lambda of, x, y: (x, y))
    assert last_parts(whole(machine_of(TWO, 0))) is None
    assert last_parts(whole(machine_of(ELSEWHERE, 0))) is None
    for name, letters in THREE.items():
        full = expected[name]
        assert full is not None
        assert last_parts(whole(machine_of(letters, 0))) == full[:2]
