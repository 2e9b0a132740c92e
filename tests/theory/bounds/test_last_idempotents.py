"""Links of idempotents that come last in one order: by hand, and where that is wrong."""

from dataclasses import replace
from itertools import islice
from random import Random

import pytest

from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.monoids.submonoids import Multiplication
from negeig.automata.zoo import get
from negeig.claims import LimitReached
from negeig.theory.bounds import last_idempotents as searched
from negeig.theory.bounds import peeling_exact
from negeig.theory.bounds.last_idempotents import last_idempotents
from negeig.theory.bounds.peeling_exact import _Search, peel_listed
from support import peeled_by_hand
from support.command_line import peeling_bound
from support.maps import machine_of, then
from support.random_stacks import random_stack

SEED = 18

FOUR = {
    "one state more": ((0, 0, 1, 2, 3), (1, 2, 3, 4, 1)),
    "a sink of two": ((1, 2, 3, 4, 3), (1, 3, 1, 4, 0)),
    "six states": ((1, 2, 3, 3, 5, 1), (2, 2, 4, 5, 5, 1)),
}
"""Maps of the letters of machines whose chains of single idempotents show three layers."""

THREE = ((1, 3, 2, 0, 5, 2), (2, 4, 1, 4, 3, 5))
"""A machine for which a network of three layers is known."""

TWO = ((0, 0, 3, 0, 3), (1, 0, 1, 2, 4), (2, 2, 3, 4, 2))
"""One for which a network of two layers is known."""


def whole(machine):
    return Multiplication(transition_monoid(machine)).whole()


@pytest.mark.parametrize("name", FOUR)
def test_four_layers_by_hand(name):
    machine = machine_of(FOUR[name], 0)
    found = peel_listed(transition_monoid(machine))
    first, second = found.links
    assert (found.value, found.ending) == (4, "idempotents")
    assert len(first.parts) > 2
    assert first.parts[0] == first.idempotent
    assert second.parts == ()
    assert peeled_by_hand.replay(machine, found) == 4
    assert "last of" in found.reason


def test_three_layers_where_other_orders_show_two(monkeypatch):
    machine = machine_of(((1, 0, 3, 1), (2, 3, 0, 3), (3, 2, 2, 0)), 0)
    found = peel_listed(transition_monoid(machine))
    assert (found.value, found.ending, len(found.links)) == (3, "idempotents", 1)
    assert found.links[0].parts
    assert peeled_by_hand.replay(machine, found) == 3
    monkeypatch.setattr(_Search, "_in_order", lambda self, of, best: None)
    assert peel_listed(transition_monoid(machine)).value == 2


@pytest.mark.parametrize("name", FOUR)
def test_single_idempotents_show_three(name, monkeypatch):
    monkeypatch.setattr(_Search, "_in_order", lambda self, of, best: None)
    assert peel_listed(transition_monoid(machine_of(FOUR[name], 0))).value == 3


def test_a_link_that_claims_too_much_is_refused():
    """Negative twins of the replayer: a part less, another order, another identity."""
    machine = machine_of(FOUR["one state more"], 0)
    found = peel_listed(transition_monoid(machine))
    first, *others = found.links
    parts = first.parts
    for wrong in (
        replace(first, parts=parts[:2]),
        replace(first, parts=parts[::-1]),
        replace(first, parts=(*parts[:1], *parts[2:])),
        replace(first, parts=(*parts, ("b",))),
        replace(first, idempotent=parts[1]),
        replace(first, generators=(*first.generators, ("a",))),
    ):
        with pytest.raises(AssertionError):
            peeled_by_hand.replay(machine, replace(found, links=(wrong, *others)))


@pytest.mark.parametrize("name", FOUR)
def test_what_is_left_is_what_words_of_parts_do(name):
    """Against the definition, for the first order of each machine, and how many parts it takes."""
    of = whole(machine_of(FOUR[name], 0))
    found = next(last_idempotents(of, 3))
    maps = [tuple(row) for row in of.table.monoid.maps.tolist()]
    identity = maps[of.identity]
    parts = [maps[x] for x in found.parts]
    rest = peeled_by_hand.remaining_in_order(set(maps), identity, parts)
    assert {maps[x] for x in found.rest.elements} == rest
    assert {maps[x] for x in found.passed} == rest
    passed = [
        {then(parts[0], word) for word in words}
        for words in peeled_by_hand.words_in_order(identity, parts)
    ]
    for x, i in found.passed.items():
        assert [maps[x] in words for words in passed[:i]] == [False] * (i - 1) + [True]


@pytest.mark.parametrize("name", FOUR)
def test_all_states_of_the_identity_are_possible_after_each_order(name):
    """With few parts and with more, for some orders of each machine."""
    of = whole(machine_of(FOUR[name], 0))
    maps = [tuple(row) for row in of.table.monoid.maps.tolist()]
    for found in islice(last_idempotents(of, 3), 4):
        parts = [maps[x] for x in found.parts]
        assert len(set(parts)) == len(parts)
        *_, words = peeled_by_hand.words_in_order(maps[of.identity], parts)
        assert {q for word in words for q in word} == set(parts[0])


def test_machines_with_networks_of_as_many_layers_as_are_shown():
    """Two, three and three layers do them: no order says otherwise."""
    for machine, least, some in (
        (machine_of(TWO, 0), 2, True),
        (machine_of(THREE, 0), 3, False),
        (get("transformations:4").minimal(), 3, False),
    ):
        of = whole(machine)
        search = _Search(of.table, True, 10**9)
        values = [search.best(order.rest).value for order in last_idempotents(of, least)]
        assert bool(values) == some
        assert all(value < least for value in values)
        found = peel_listed(of.table.monoid)
        assert found.value == least
        assert not any(link.parts for link in found.links)


def test_limits_end_the_search(monkeypatch):
    of = whole(machine_of(FOUR["six states"], 0))
    assert list(last_idempotents(of, 3, 1)) == []
    with monkeypatch.context() as patch:
        patch.setattr(searched, "MAX_ELEMENTS", 1)
        assert list(last_idempotents(of, 3)) == []
    with monkeypatch.context() as patch:
        patch.setattr(searched, "MAX_ORDERS", 1)
        assert len(list(last_idempotents(of, 3))) == 2  # with few parts, and with more
    monkeypatch.setattr(peeling_exact, "MAX_ORDER_WORK", 0)
    assert peel_listed(of.table.monoid).value == 3


@pytest.mark.exhaustive
def test_random_stacks_of_three_layers_take_no_four():
    random = Random(SEED)
    tried = 0
    for _ in range(150):
        machine = random_stack(random, 3, reflections=True)
        if 5 <= machine.size <= 16:
            try:
                monoid = transition_monoid(machine, max_elements=5_000)
            except LimitReached:
                continue
            assert peel_listed(monoid).value <= 3, (SEED, machine.transitions.tolist())
            tried += 1
    assert tried > 20, tried


def test_check_says_it(capsys, tmp_path):
    row = peeling_bound(capsys, tmp_path, machine_of(FOUR["one state more"], 0))
    first, second = row["chain"]["links"]
    assert row["value"] == 4
    assert first["parts"][0] == first["idempotent"]
    assert second["parts"] == []
