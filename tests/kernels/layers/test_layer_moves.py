"""Networks as moves of a layer: keys without a negative entry, the same states."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import negeig
from negeig.automata.zoo import get
from negeig.kernels.any_order import recurrent_bits
from negeig.kernels.layers.bits import recurrence_bits
from negeig.kernels.layers.moves import layer_moves, refusals, unit_move
from negeig.kernels.trajectory import trajectory
from negeig.theory.constructions.direct import permutation, scalar
from negeig.theory.constructions.groups import rotations
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN

ZERO, ONE, TWO = Fraction(0), Fraction(1), Fraction(2)


def network(*keys, beta=TWO, write=ZERO):
    """One layer of one letter that takes these steps from a state without symmetry."""
    dim = len(keys[0])
    steps = tuple(DeltaStep(beta, tuple(map(Fraction, key)), write) for key in keys)
    layer = Layer(
        alphabet=("a",), initial=tuple(Fraction(j + 1) for j in range(dim)), steps={"a": steps},
        codes=(), emit=(),
    )  # fmt: skip
    return LinearRNN(alphabet=("a",), layers=(layer,), outputs={}, empty=0)


def held_to_the_layer(layer):
    """Assert that the moves do in other signs what the letters do, and have no negative entry."""
    moves = layer_moves(layer)
    for letter in layer.alphabet:
        state = moves.initial
        for move in moves.moves[letter]:
            assert min(move.key) >= 0
            assert sum(k * k for k in move.key) == 1
            state = move.step.apply(state)
        right = layer.apply(letter, layer.initial)
        assert state == tuple(x * s for x, s in zip(right, moves.signs, strict=True))
    return moves


HALVES = [tuple(Fraction(x, 2) for x in key) for key in product((-1, 1), repeat=4)]
UNITS = [tuple(Fraction(s * int(i == j)) for j in range(4)) for i in range(4) for s in (-1, 1)]


@pytest.mark.parametrize(("beta", "write"), [(TWO, ZERO), (TWO, Fraction(-3)), (ONE, ONE)])
def test_two_keys_of_four_entries_all_of_them(beta, write):
    flips = set()
    for keys in product(HALVES + UNITS, repeat=2):
        layer = network(*keys, beta=beta, write=write).layers[0]
        moves = held_to_the_layer(layer)
        flips.add(len(moves.moves["a"]) - 2)
        # Signs alone do it exactly where they agree on every pair of entries.
        pairs = {
            (i, j, a[i] * a[j] > 0) for a in keys for i in range(4) for j in range(i) if a[i] * a[j]
        }
        agree = len({(i, j) for i, j, _ in pairs}) == len(pairs)
        assert (len(moves.moves["a"]) == 2) == agree
    assert flips == {0, 2, 4}


@pytest.mark.parametrize("task", ["sym:3:swaps", "sym:4:adjacent", "sym:5", "quaternion"])
def test_whole_networks(task):
    budget = negeig.Budget(unit_keys=True, held_by=("bf16",))
    for layer in negeig.compile(zoo=task, budget=budget).network.layers:
        held_to_the_layer(layer)


def test_keys_are_divided_by_lengths_that_are_powers_of_two():
    found = unit_move(DeltaStep(Fraction(1, 32), tuple(map(Fraction, (4, -4, 4, 4))), ONE))
    assert found is not None
    assert (found.beta, [str(k) for k in found.key]) == (TWO, ["1/2", "-1/2", "1/2", "1/2"])
    assert found.write == Fraction(1, 8)
    for key in ((1, 1), (3, 0, 4), (1, 1, 1), (2, 1)):
        move = unit_move(DeltaStep(ONE, tuple(map(Fraction, key)), ZERO))
        assert move is None, key  # the length of (3, 0, 4) is 5, and 3/5 is no float


@pytest.mark.parametrize(
    ("refused", "most_beta", "reason"),
    [
        (scalar.construct(get("parity").minimal())[0].network, 1, "eigenvalue -1 takes beta 2"),
        (permutation.construct(get("mod:3").minimal())[0].network, 2, "by its length"),
        (rotations.construct(get("cyclic:3").minimal())[0].network, 2, "irrational"),
        (network((1, 0), beta=Fraction(1, 2)), 2, "the eigenvalue 1/2 takes beta 1/2"),
        (network((1, 0), beta=Fraction(3)), 2, "the eigenvalue -2 takes beta 3"),
        (network(HALVES[0], HALVES[1], beta=ONE), 1, "no choice of the coordinates' signs"),
    ],
)  # fmt: skip
def test_what_is_refused_and_why(refused, most_beta, reason):
    found = [problem for problem in refusals(refused, most_beta) if reason in problem]
    assert found
    assert all("layer 1" in problem for problem in found)


def test_the_same_is_not_refused_where_the_layer_can():
    assert refusals(network(HALVES[0], HALVES[1], beta=ONE), 2) == []
    assert refusals(network(HALVES[0], HALVES[5], beta=ONE), 1) != []
    assert refusals(network(HALVES[1], HALVES[14], beta=ONE), 1) == []  # one line, two keys
    assert refusals(scalar.construct(get("parity").minimal())[0].network, 2) == []


def test_no_layers_and_dense_steps_are_refused():
    (problem,) = refusals(LinearRNN(alphabet=("a",), layers=(), outputs={"a": 1}, empty=0), 2)
    assert "no layer" in problem
    dense = DenseStep(((ONE,),), (ONE,))
    layer = Layer(alphabet=("a",), initial=(ONE,), steps={"a": (dense,)}, codes=(), emit=())
    made = LinearRNN(alphabet=("a",), layers=(layer,), outputs={}, empty=0)
    assert refusals(made, 2) == [
        "a dense step, which is no delta step: layer 1, letter 'a', step 1"
    ]


@pytest.mark.parametrize("task", ["parity", "sym:3:swaps", "flipflop", "sym:4:adjacent"])
def test_bits_are_never_fewer_than_those_counted_exactly(task):
    budget = negeig.Budget(unit_keys=True, held_by=("bf16",))
    made = negeig.compile(zoo=task, budget=budget).network
    rng = np.random.default_rng(5)
    words = rng.integers(0, len(made.alphabet), (40, 40), np.int32)
    layers, _ = trajectory(made, words)
    exact = recurrent_bits(layers)
    layer = made.layers[0]
    letters = [
        [(unit_move(step), float(step.write)) for step in layer.steps[a]] for a in layer.alphabet
    ]
    states = np.array([[float(x) for x in code] for code in layer.codes])
    found = recurrence_bits(states, letters)
    assert exact <= found <= exact + 2
    assert recurrence_bits(states * 2**10 + 1, letters) > found
