"""What is claimed of sums and chunks is held to arithmetic that rounds, and to brute force."""

import itertools
import random
from fractions import Fraction as F

import ml_dtypes
import numpy as np
import pytest

from negeig.claims import InputError
from negeig.kernels import any_order
from negeig.kernels.any_order import exact_chunks, recurrent_bits, sum_bits
from negeig.kernels.layouts import FLA
from negeig.kernels.trajectory import trajectory
from negeig.kernels.vectors import vectors
from negeig.precision.numbers.formats import Format
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from support.delta_kernels import chunked, delta_rule
from support.kernel_networks import delta, dense, parity, symmetric, two_layers, vector, with_layer


def precise(bits):
    """A format of so many significant bits with the exponents of float32."""
    return Format(name=f"p{bits}", precision=bits, emin=-126, emax=127)


def test_every_sum_in_every_order_has_at_most_so_many_bits():
    source = random.Random(0)
    for _ in range(300):
        terms = [F(source.randint(-9, 9), 2 ** source.randint(0, 4)) for _ in range(4)]
        bits = sum_bits(terms)
        if not bits:
            assert not any(terms)
            continue
        held = precise(bits)
        for count in range(1, 5):
            for some in itertools.permutations(terms, count):
                assert held.holds(sum(some)), (terms, some)
        signed = [sum(s * t for s, t in zip(signs, terms, strict=True))
                  for signs in itertools.product((1, -1), repeat=4)]  # fmt: skip
        # One of the sums of magnitudes needs them, but for a power of two, which needs one bit.
        total = sum(map(abs, terms))
        assert total in map(abs, signed)


@pytest.mark.parametrize(
    "terms", [[F(1, 3)], [F(1), F(1, 2**130)], [F(2**127), F(2**127)], [F(1, 6), F(5, 6)]]
)
def test_what_no_number_of_bits_holds(terms):
    assert sum_bits(terms) is None


@pytest.mark.parametrize(
    "step",
    [
        (F(2) ** -127, (F(2) ** 64,), 0),  # beta is subnormal
        (F(2) ** 127, (2,), 0),  # beta k overflows, from the state 0
        (F(2) ** 127, (0,), F(2) ** 127),  # beta v does, and moves nothing
    ],
)
def test_what_is_multiplied_is_in_range(step):
    """Each has an exact next state, which some form of one position does not reach in float32."""
    beta, key, write = step
    changed = {"0": (), "1": (DeltaStep(beta, tuple(map(F, key)), F(write)),)}
    network = with_layer(parity()[0], 0, steps=changed, initial=(F(0),), codes=((F(0),), (F(1),)))
    layers, _ = trajectory(network, np.array([[1]], np.int32))
    assert recurrent_bits(layers) is None


def rounded_run(network, words, bits):
    """States of the first layer where every operation is rounded to so many bits."""
    held = precise(bits)
    layer = network.layers[0]
    found = []
    for word in words.tolist():
        state = [held.round(x) for x in layer.initial]
        for a in word:
            for step in layer.steps[network.alphabet[a]]:
                total = F(0)
                for k, h in reversed(list(zip(step.key, state, strict=True))):
                    total = held.round(total + held.round(k * h))
                change = held.round(step.beta * held.round(step.write - total))
                state = [held.round(h + held.round(k * change))
                         for k, h in zip(step.key, state, strict=True)]  # fmt: skip
            found.append(tuple(state))
    return found


@pytest.mark.parametrize("make", [parity, lambda: symmetric(4), lambda: symmetric(3)])
def test_so_many_bits_round_nothing(make):
    network, _ = make()
    words = np.random.default_rng(0).integers(0, len(network.alphabet), (2, 60)).astype(np.int32)
    layers, _ = trajectory(network, words)
    bits = recurrent_bits(layers)
    exact = [layers[0].points[n] for n in layers[0].after[:, :, -1].ravel()]
    assert rounded_run(network, words, bits) == exact
    if bits > 2:
        assert rounded_run(network, words, 1) != exact  # the comparison can fail


def test_steps_that_are_no_delta_steps_and_thirds():
    network, _ = dense()
    assert recurrent_bits(trajectory(network, np.array([[0, 1]], np.int32))[0]) is None
    third = with_layer(parity()[0], 0, steps={"0": (), "1": (delta(F(18), (F(1, 3),)),)})
    assert recurrent_bits(trajectory(third, np.ones((1, 3), np.int32))[0]) is None


def random_network(seed):
    """One layer of dyadic steps, contracting or not, and a code for whatever it reaches."""
    r = random.Random(seed)
    dim = r.randint(1, 3)

    def step():
        key = tuple(F(r.choice((0, 1, -1, 1, 2)), r.choice((1, 1, 2))) for _ in range(dim))
        return delta(r.choice((F(1, 2), 1, 2)), key, r.choice((0, 0, 1)))

    layer = Layer(
        alphabet=("a", "b"),
        initial=vector(*(r.randint(-2, 2) for _ in range(dim))),
        steps={"a": (step(),), "b": (step(),) if r.random() < 0.5 else ()},
        codes=(vector(*[0] * dim),),
        emit=(("x", "x"),),
    )
    network = LinearRNN(alphabet=("a", "b"), layers=(layer,), outputs={"x": 0}, empty=0)
    return network if layer.rescales else None


def test_chunks_are_exact_where_it_is_claimed():
    """Against a chunked kernel with bf16 operands; where it is not claimed, some are wrong."""
    claimed = refused = wrong = 0
    for seed in range(400):
        network = random_network(seed)
        words = np.random.default_rng(seed).integers(0, 2, (1, 24)).astype(np.int32)
        if network is None:
            continue
        try:
            made = vectors(network, words, FLA, dim=4, value_dim=1)
        except InputError as error:
            if error.code != "not-exact":
                raise
            continue
        inputs = {name: made.tensors[name] for name in ("q", "k", "v", "beta")}
        inputs["initial_state"] = made.tensors["h0"]
        o = delta_rule(**inputs)[0]
        assert (o == made.tensors["o"].astype(np.float32)).all()
        with np.errstate(all="ignore"):
            o, state = chunked(**inputs, chunk=16)
        same = (o == made.tensors["o"].astype(np.float32)).all()
        same &= (state == made.tensors["state"]).all()
        if 16 in made.chunks:
            claimed += 1
            assert same, seed
        else:
            refused += 1
            wrong += not same
    assert claimed >= 20
    assert refused >= 5
    assert wrong >= 1


def test_long_words_are_not_tried(monkeypatch):
    network, _ = parity()
    layers, _ = trajectory(network, np.zeros((2, 10), np.int32))
    table = np.ones((2, 10))
    positions = [(table[..., None], table, 0 * table, table[..., None])]
    assert exact_chunks(layers, positions, lambda array: True) == [16, 32, 64, 128]
    assert exact_chunks(layers, positions, lambda array: False) == []
    monkeypatch.setattr(any_order, "LONGEST", 19)
    assert exact_chunks(layers, positions, lambda array: True) == []


@pytest.mark.parametrize(("small", "found"), [(1.0, [16, 32, 64, 128]), (2.0**-13, [])])
def test_sums_of_more_than_24_bits_are_counted(small, found):
    """1 + 2^-26 in every inner product of two keys, whatever type the operands have."""
    layers, _ = trajectory(symmetric(3)[0], np.zeros((1, 2), np.int32))
    key = np.tile(np.array([1.0, small]), (1, 2, 1))
    positions = [(key, np.ones((1, 2)) / 2, np.zeros((1, 2)), np.zeros((1, 2, 2)))]
    assert exact_chunks(layers, positions, lambda array: True) == found


def test_trajectories_are_the_layers_own():
    """Outputs are the network's, and states those of applying the letters one by one."""
    for make in (parity, two_layers, lambda: symmetric(3)):
        network, _ = make()
        words = np.random.default_rng(1).integers(0, len(network.alphabet), (3, 40))
        layers, symbols = trajectory(network, words.astype(np.int32))
        for b, word in enumerate(words.tolist()):
            letters = [network.alphabet[a] for a in word]
            assert [network.outputs[s] for s in symbols[b]] == list(network.run(letters))[1:]
        for layer in layers:
            for b in range(3):
                state = layer.layer.initial
                for t, a in enumerate(layer.letters[b].tolist()):
                    assert layer.points[layer.before[b, t, 0]] == state
                    state = layer.layer.apply(layer.layer.alphabet[a], state)
                    assert layer.points[layer.after[b, t, -1]] == state


def test_types_of_eight_bits_hold_fewer_chunks():
    """The operands' type counts: what bf16 holds, an 8-bit type may not."""
    layers, _ = trajectory(symmetric(4)[0], np.zeros((1, 40), np.int32))
    key = np.tile(np.array([3.0, -3.0]), (1, 40, 1))
    positions = [(key, np.full((1, 40), 1 / 9), np.zeros((1, 40)), np.ones((1, 40, 2)))]

    def held(array):
        return bool((array.astype(ml_dtypes.bfloat16) == array).all())

    assert exact_chunks(layers, positions, held) == []
