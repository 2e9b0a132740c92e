"""Three layers without -1 by last letters: replayed by hand, and never above a network."""

import random

import pytest

from negeig.automata.monoids.green import green
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.monoids.submonoids import Multiplication
from negeig.pipeline.choosing import choose
from negeig.pipeline.parts.depth import depths
from negeig.theory.bounds import last_letters as searched
from negeig.theory.bounds.last_letters import last_letters
from negeig.theory.bounds.peeling_exact import peel_listed
from negeig.theory.constructions.fewest import chains_left
from support.maps import machine_of, starts
from support.peeled_by_hand import after_last_letters, generated, replay

SEED = 3

WAITS = ((0, 2, 3, 3, 4), (1, 1, 4, 3, 4))
"""After the first b an a is waited for, and the letter after it tells."""


def test_a_machine_whose_chains_show_two_takes_three():
    machine = machine_of(WAITS, 0)
    found = peel_listed(transition_monoid(machine), reflections=False)
    assert (found.value, found.ending) == (3, "last letters")
    assert replay(machine, found) == 3
    chosen = choose(machine)
    rows = depths(chosen.bounds, chosen.front)
    assert [(row.at_least, row.known) for row in rows] == [(2, 2), (3, 3), (3, 3)]


def test_words_that_are_not_left_to_the_layers_above_are_refused():
    """Twins: a part that is no idempotent, one that is passed over, a word that ends elsewhere."""
    machine = machine_of(WAITS, 0)
    monoid = transition_monoid(machine)
    x, y, e, f = (
        tuple(monoid.maps[g].tolist()) for g in last_letters(Multiplication(monoid).whole())
    )
    identity = tuple(range(machine.size))
    elements = generated(identity, [tuple(c) for c in machine.transitions.T.tolist()])
    a = WAITS[0]
    assert after_last_letters(elements, identity, x, y, e, f)
    assert not after_last_letters(elements, identity, x, y, e, e)
    for wrong in ((x, a, e, f), (x, y, a, f), (x, x, e, f)):
        with pytest.raises(AssertionError):
            after_last_letters(elements, identity, *wrong)


def aperiodic(count, size, letters, source):
    while count:
        maps = [tuple(source.randrange(size) for _ in range(size)) for _ in range(letters)]
        if first := starts(maps):
            machine = machine_of(maps, first[0])
            if green(transition_monoid(machine)).is_aperiodic:
                count -= 1
                yield machine


@pytest.mark.parametrize(("size", "letters"), [(4, 2), (5, 2), (4, 3)])
def test_no_network_has_fewer_layers_and_every_chain_replays(size, letters):
    seen = set()
    for machine in aperiodic(60, size, letters, random.Random(SEED)):
        found = peel_listed(transition_monoid(machine), reflections=False)
        seen.add(found.ending)
        if found.ending == "last letters":
            assert replay(machine, found) == found.value, (SEED, machine)
    assert seen >= {"idempotents"}


def test_stacks_that_chains_have_are_no_deeper_than_before(monkeypatch):
    """Where a network is made for the chain's bound alone, last letters may not say more."""
    compared = 0
    for machine in aperiodic(60, 4, 2, random.Random(SEED)):
        with monkeypatch.context() as without:
            without.setattr(searched, "MAX_PAIRS", 0)
            chain = peel_listed(transition_monoid(machine), reflections=False)
            made = list(chains_left.construct(machine))
        for network in made:
            compared += 1
            assert network.cost[0] == chain.value
            assert peel_listed(transition_monoid(machine), reflections=False).value == chain.value
    assert compared > 20
