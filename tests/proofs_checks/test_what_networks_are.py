"""What checks of theorems decide of networks: right, finitely many exact states, spelled words."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from negeig.proofs_checks.theorem_checks.subjects.above import group_above, leads_onto
from negeig.proofs_checks.theorem_checks.subjects.networks import (
    Does,
    at_rest,
    by_spelling,
    does,
    is_finite,
    is_right,
    ranks,
)
from negeig.proofs_checks.theorem_checks.subjects.reading_words import spells_words
from negeig.theory.networks.network import DeltaStep, LinearRNN
from negeig.theory.networks.one_layer import one_layer

ONE = Fraction(1)


def _moved(network: LinearRNN, **changes) -> LinearRNN:
    (layer,) = network.layers
    return replace(network, layers=(replace(layer, **changes),))


@pytest.mark.parametrize("task", ["parity", "mod:3", "alt:5", "flipflop"])
def test_all_short_words_are_spelled_apart(task):
    it = by_spelling(task)
    (layer,) = it.network.layers
    words = states = {layer.initial}
    count = 1
    for _ in range(5):
        words = {layer.apply(letter, state) for state in words for letter in layer.alphabet}
        states = states | words
        count = count * len(layer.alphabet)
        assert len(words) == count
    assert len(states) == sum(len(layer.alphabet) ** n for n in range(6))
    assert is_right(it)
    assert not is_finite(it)


def test_what_tells_words_no_longer_apart_is_seen():
    network = by_spelling("sym:3").network
    (layer,) = network.layers
    first, *_ = layer.steps
    same = dict.fromkeys(layer.alphabet, layer.steps[first])
    outside = layer.steps | {first: (DeltaStep(Fraction(1, 4), (ONE,), 2 * ONE),)}
    mirror = layer.steps | {first: (DeltaStep(2 * ONE, (ONE,), Fraction(0)),)}
    constant = layer.steps | {first: (DeltaStep(ONE, (ONE,), ONE / 2),)}
    image = layer.apply(first, layer.initial)
    assert spells_words(network)
    for changes in (
        {"steps": same},
        {"steps": outside},
        {"steps": mirror},
        {"steps": constant},
        {"initial": image},
        {"initial": (2 * ONE,)},
    ):
        assert not spells_words(_moved(network, **changes)), changes


def test_a_network_at_rest_is_wrong_and_finite():
    for task in ("parity", "starts-with:a"):
        assert is_finite(at_rest(task))
        assert not is_right(at_rest(task))


@pytest.mark.parametrize(
    ("route", "task", "finite"),
    [
        ("blocks", "sym:5", True),
        ("cascade", "starts-with:a", True),
        ("digits", "ends-with:ab", False),
        ("diagonal", "contains:ab", False),
    ],
)
def test_finitely_many_states_are_told_from_infinitely_many(route, task, finite):
    """The first has more than 10,000 in all, as few in each layer."""
    assert is_finite(does(route, task)) == finite


def test_a_number_that_starts_where_it_is_drawn_to_reaches_finitely_many():
    task = by_spelling("mod:3")
    (layer,) = task.network.layers
    steps = layer.steps[layer.alphabet[0]]
    moved = _moved(task.network, steps=dict.fromkeys(layer.alphabet, steps))
    assert not is_finite(Does(moved, task.task))
    assert is_finite(Does(_moved(moved, initial=(steps[0].write,)), task.task))


def test_two_numbers_that_shrink_by_a_root_of_two_reach_infinitely_many():
    task = by_spelling("flipflop").task
    key, none = (ONE, ONE), Fraction(0)
    mirror = DeltaStep(2 * ONE, (ONE, none), none)
    steps = [(mirror, DeltaStep(ONE / 4, key, write)) for write in (ONE, -ONE, none)]
    codes = [(ONE / 2, ONE / 2), (-ONE / 2, -ONE / 2)]
    assert not is_finite(Does(one_layer(task, initial=(ONE, none), steps=steps, codes=codes), task))


@pytest.mark.parametrize(
    ("route", "task", "order", "dimension", "taken"),
    [
        ("permutation", "sym:4", 24, 3, {"s": 1, "c": 3}),
        ("extension", "quaternion", 16, 4, {"i": 3, "j": 2}),
        ("rotations", "mod:5", 5, 2, {"0": 0, "1": 2}),
        ("scalar", "parity", 2, 1, {"0": 0, "1": 1}),
    ],
)
def test_the_group_above_a_task_is_made_from_the_states(route, task, order, dimension, taken):
    it = does(route, task)
    above = group_above(it)
    assert (above.order, above.dimension) == (order, dimension)
    assert {letter: above.rank_of(letter) for letter in above.letters} == taken
    assert taken.items() <= ranks(it).items()
    assert leads_onto(above, it.task)


def test_letters_that_merge_states_of_the_layer_only_are_permutations_of_those_that_are_left():
    """A sign beside a number that both letters halve the way to 0 in two turns: 1, 1/2, 0."""
    task = by_spelling("parity").task
    none = Fraction(0)
    flip = DeltaStep(2 * ONE, (ONE, none, none), none)
    shift = (
        DeltaStep(ONE, (none, none, ONE), none),
        DeltaStep(ONE, (none, ONE, -ONE), none),
    )
    steps = [(*shift, flip) if column[0] else shift for column in task.transitions.T.tolist()]
    codes = [(x, *rest) for rest in ((ONE, ONE), (none, ONE), (none, none)) for x in (ONE, -ONE)]
    states = [x if task.initial == 0 else 1 - x for _ in range(3) for x in (0, 1)]
    network = one_layer(task, initial=codes[0], steps=steps, codes=codes, states=states)
    it = Does(network, task)
    assert is_right(it)
    above = group_above(it)
    assert sorted(state[0][0] for state in above.states) == [-1, 1]
    assert (above.order, above.dimension) == (2, 1)
    assert above.rank_of("1") == 1 < ranks(it)["1"]


def test_another_group_of_as_many_elements_does_not_lead_onto_the_tasks():
    task = by_spelling("quaternion").task
    none = Fraction(0)
    mirrors = [DeltaStep(2 * ONE, (ONE, none), none), DeltaStep(ONE, (ONE, -ONE), none)]
    signs = list(product((ONE, -ONE), repeat=2))
    codes = [(x, 2 * y) for x, y in signs] + [(2 * x, y) for x, y in signs]
    steps = [(mirror,) for mirror in mirrors]
    it = Does(one_layer(task, initial=codes[0], steps=steps, codes=codes), task)
    above = group_above(it)
    assert above.order == 8
    assert not leads_onto(above, task)
