"""As few layers as the bound allows without the eigenvalue -1: chains that leave little."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from negeig.automata.monoids.green import green
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import LimitReached, Verdict
from negeig.pipeline.choosing import choose
from negeig.pipeline.parts.depth import depths
from negeig.pipeline.parts.proving import exact_claim
from negeig.theory.bounds.peeling_exact import peel_listed
from negeig.theory.constructions.fewest import chains_left
from negeig.theory.constructions.pieces import first_layer
from negeig.theory.constructions.pieces.chains import all_chains, rows_of
from negeig.theory.constructions.pieces.first_layer import FirstLayers, Left
from negeig.theory.factors.factorisation import ONE, overwrite
from negeig.work import Work
from support.maps import machine_of, starts

SEED = 11

TWO = ((0, 2, 3, 3), (1, 1, 3, 3))
"""The letters of a machine that takes two layers without -1; cascades have three."""

SEPARATE = ((1, 3, 2, 2), (2, 0, 3, 3))
"""Contents of this one have to be told one by one: two of them leave the same states."""


def aperiodic_maps(size, source):
    """Random maps of two letters without groups, and a state from which all are reached."""
    while True:
        letters = [tuple(source.randrange(size) for _ in range(size)) for _ in "ab"]
        if initial := starts(letters):
            machine = machine_of(letters, initial[0])
            if green(transition_monoid(machine)).is_aperiodic:
                return letters, initial[0]


def check_found(machine):
    """Whether the route has a network, which then meets the bound, by proof, without -1."""
    bound = peel_listed(transition_monoid(machine), reflections=False).value
    made = list(chains_left.construct(machine))
    for found in made:
        assert found.cost[0] == bound
        assert exact_claim(found.network, machine).verdict is Verdict.PROVED
        assert {x for layer in found.network.layers for x in layer.eigenvalues} == {Fraction(0)}
    return bool(made), bound


@pytest.mark.parametrize("size", [3, 4])
def test_random_structures_have_as_many_layers_as_the_bound(size):
    source, depths = random.Random(SEED), []
    for _ in range(60):
        letters, initial = aperiodic_maps(size, source)
        found, bound = check_found(machine_of(letters, initial))
        assert found == (bound > 1), (SEED, letters, initial)
        depths.append(bound)
    assert {1, 2} <= set(depths)


@pytest.mark.parametrize("letters", [TWO, SEPARATE])
def test_the_chooser_decides_the_depth(letters):
    found = choose(machine_of(letters, 0))
    rows = depths(found.bounds, found.front)
    assert [row.text for row in rows[1:]] == ["2", "2"]


def test_a_first_layer_that_forgets_a_register_is_refused():
    machine = machine_of(TWO, 0)
    (found,) = chains_left.construct(machine)
    first, *others = found.network.layers
    for place in range(first.dim - 1):
        wrong = {a: (*steps, overwrite(first.dim, place, ONE)) for a, steps in first.steps.items()}
        network = replace(found.network, layers=(replace(first, steps=wrong), *others))
        assert exact_claim(network, machine).verdict is Verdict.REFUTED


def test_contents_that_leave_the_same_states_are_told_one_by_one():
    """All chains of two registers: a level that only resets tells contents, not sets of states."""
    machine = machine_of(SEPARATE, 0)
    rows = rows_of(all_chains(2, 2), 2)
    work = Work("contents", 10**7)
    left = FirstLayers(machine, 1, work, mirrors=False).left(rows)
    assert isinstance(left, Left)
    assert left.machine.size == sum(map(len, left.states)) > machine.size
    mixed = FirstLayers(machine, 1, work).left(rows)
    assert isinstance(mixed, Left)
    assert mixed.machine is machine
    assert len(set(mixed.states)) < len(mixed.states)


@pytest.mark.parametrize(
    "letters",
    [
        ((1, 2, 3, 0), (1, 0, 2, 3)),
        ((1, 0, 3, 3), (2, 2, 0, 3)),
        ((0, 0, 0, 0, 0), (1, 2, 3, 4, 4)),
    ],
    ids=["a group", "a letter of period 2", "one layer"],
)
def test_nothing_where_it_counts_or_one_layer_does(letters):
    assert list(chains_left.construct(machine_of(letters, 0))) == []


def test_work_and_sizes_are_limited(monkeypatch):
    machine = machine_of(TWO, 0)
    with pytest.raises(LimitReached, match="100"):
        list(chains_left.construct(machine, work=Work("chains", 100)))
    monkeypatch.setattr(chains_left, "LONGEST", 0)
    with pytest.raises(LimitReached, match="registers of a chain"):
        list(chains_left.construct(machine))
    monkeypatch.setattr(first_layer, "MAX_MONOID", 3)
    with pytest.raises(LimitReached, match="monoid elements"):
        list(chains_left.construct(machine))
