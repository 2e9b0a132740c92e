"""What checks of theorems decide of networks: right, finitely many exact states, spelled words."""

from dataclasses import replace
from fractions import Fraction

import pytest

from negeig.proofs_checks.theorem_checks.networks import (
    Does,
    at_rest,
    by_spelling,
    does,
    is_finite,
    is_right,
)
from negeig.proofs_checks.theorem_checks.reading_words import spells_words
from negeig.theory.networks.network import DeltaStep, LinearRNN

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
