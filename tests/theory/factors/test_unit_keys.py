"""Keys divided by their lengths, over the field of a network or one quadratic field.

Dyadic unit keys are in test_dyadic.py.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import pytest

from negeig import api
from negeig.automata.zoo import get
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.budget import Budget, has_unit_keys
from negeig.theory.constructions.groups import rotations
from negeig.theory.exact.fields import square_root
from negeig.theory.factors.unit_keys import (
    has_dyadic_unit_keys,
    unit_key_networks,
    with_normalised_keys,
)
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN
from support.candidates import candidates

ZERO, ONE, TWO = Fraction(0), Fraction(1), Fraction(2)
ROOT3 = square_root(Fraction(3))


def network_of(*steps, field=None):
    dim = len(steps[0].key)
    layer = Layer(
        alphabet=("a",), initial=(ONE,) * dim, steps={"a": tuple(steps)}, codes=(), emit=()
    )
    return LinearRNN(alphabet=("a",), layers=(layer,), outputs={}, empty=0, field=field)


def shape(network):
    return [(layer.dim, layer.steps_per_token, layer.eigenvalues) for layer in network.layers]


NAMES = ("cyclic:3", "cyclic:5", "cyclic:7", "sym:4", "sym:4:swaps", "flipflop", "tomita:4")


@pytest.mark.parametrize("name", NAMES)
def test_every_route_keeps_its_shape_and_its_states(name):
    machine = get(name).minimal()
    rewritten = 0
    for construction in candidates(machine):
        network = with_normalised_keys(construction.network)
        if network is None:
            continue
        rewritten += 1
        assert has_unit_keys(network)
        assert shape(network) == shape(construction.network)
        for word in itertools.product(machine.alphabet, repeat=3):
            assert network.run(word) == construction.network.run(word)
        assert exact_closure(network, machine).verdict == "proved"
    assert rewritten


@pytest.mark.parametrize("corners", [3, 5, 6, 7, 9, 11])
def test_edges_of_polygons(corners):
    """The reflections of a regular polygon, in the field of its corners."""
    machine = get(f"dihedral:{corners}").minimal()
    found = rotations.construct(machine)[0].network
    network = with_normalised_keys(found)
    assert not has_unit_keys(found)
    assert has_unit_keys(network)
    assert network.field == found.field
    assert exact_closure(network, machine).verdict == "proved"
    # Negative twin: a key that is divided without its beta is another map.
    (layer,) = found.layers
    (unit,) = network.layers
    broken = {
        a: tuple(replace(new, beta=old.beta) for new, old in zip(unit.steps[a], steps, strict=True))
        for a, steps in layer.steps.items()
    }
    wrong = replace(network, layers=(replace(unit, steps=broken),))
    assert exact_closure(wrong, machine, max_states=200).verdict != "proved"


def test_a_step_stays_the_same_map():
    step = DeltaStep(Fraction(3, 7), (ROOT3, ONE), Fraction(5))  # of length 2
    (new,) = with_normalised_keys(network_of(step, field=ROOT3.field)).layers[0].steps["a"]
    assert new == DeltaStep(Fraction(12, 7), (ROOT3 / 2, ONE / 2), Fraction(5, 2))
    for state in ((ONE, ZERO), (ROOT3, Fraction(-7, 2))):
        assert new.apply(state) == step.apply(state)


def test_rational_keys_of_rational_length_stay_rational():
    step = DeltaStep(Fraction(2, 25), (Fraction(3), Fraction(4)), ONE)
    network = with_normalised_keys(network_of(step))
    assert network.field is None
    assert network.layers[0].steps["a"] == (
        DeltaStep(TWO, (Fraction(3, 5), Fraction(4, 5)), Fraction(1, 5)),
    )
    assert [has_dyadic_unit_keys(x) for x in unit_key_networks(network_of(step))] == [False]


def test_one_square_root_beside_rational_lengths():
    swap = DeltaStep(ONE, (ONE, -ONE, ZERO), ZERO)
    overwrite = DeltaStep(ONE / 4, (TWO, ZERO, ZERO), TWO)
    network = with_normalised_keys(network_of(swap, overwrite))
    assert network.field.minimal_polynomial == (-2, 0, 1)
    assert has_unit_keys(network)
    assert network.layers[0].steps["a"][1] == DeltaStep(ONE, (ONE, ZERO, ZERO), ONE)
    # Negative twins: two square roots; and one that is not in the field there is.
    diagonal = DeltaStep(TWO / 3, (ONE, ONE, ONE), ZERO)
    assert with_normalised_keys(network_of(swap, diagonal)) is None
    assert with_normalised_keys(network_of(swap, field=ROOT3.field)) is None
    assert with_normalised_keys(network_of(diagonal, field=ROOT3.field)) is not None


def test_the_edges_of_an_octagon_have_no_length_in_its_field():
    """|k|^2 = 2 - sqrt 2 is no square in Q(sqrt 2): its norm 2 is none in Q."""
    network = rotations.construct(get("dihedral:8").minimal())[0].network
    assert with_normalised_keys(network) is None


def test_idle_steps_are_left_out_and_dense_ones_kept():
    idle = (DeltaStep(ONE, (ZERO,), ONE), DeltaStep(ZERO, (TWO,), ONE))
    dense = DenseStep(((ONE,),), (ONE,))
    network = with_normalised_keys(network_of(*idle, dense))
    assert network.layers[0].steps["a"] == (dense,)


@pytest.mark.parametrize(
    ("name", "budget"),
    [
        ("cyclic:3", Budget(layers=1, dim=2, unit_keys=True)),
        ("sym:5:swaps", Budget(dim=5, unit_keys=True)),
        ("sym:5", Budget(dim=5, layers=1, unit_keys=True)),
    ],
)
def test_budgets_that_a_field_meets(name, budget):
    made = api.compile(zoo=name, budget=budget)
    assert has_unit_keys(made.network)
    assert made.network.field is not None
    assert made.claims[0].verdict.value == "proved"


def test_dyadic_keys_are_preferred_at_the_same_cost_and_for_formats():
    swaps = api.compile(zoo="sym:4:swaps", budget=Budget(unit_keys=True, routes=("permutation",)))
    assert swaps.construction.cost == (1, 1, 4)
    assert has_dyadic_unit_keys(swaps.network)
    held = api.compile(zoo="sym:3:swaps", budget=Budget(unit_keys=True, format="bf16"))
    assert has_dyadic_unit_keys(held.network)
