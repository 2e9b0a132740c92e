"""What an architecture contains, against the recurrences that its code computes, on words."""

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from negeig.automata.expressions.regex_machine import regex_to_machine
from negeig.automata.zoo import get
from negeig.theory import architectures
from negeig.theory.architectures import find
from negeig.theory.architectures.verdicts import contains
from negeig.theory.constructions.direct import (
    digits,
    permutation,
    permutation_reset,
    scalar,
)
from negeig.theory.constructions.groups import cyclic_sums, rotations
from negeig.theory.constructions.stacks import diagonal
from negeig.theory.networks.heads import head_matrix, heads, lines
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN

ONE, ZERO, TWO = Fraction(1), Fraction(0), Fraction(2)
IDS = [a.id for a in architectures.entries()]


def network_of(route, task):
    machine = get(task) if "(" not in task else regex_to_machine(task)
    return next(iter(route.construct(machine.minimal()))).network


LEVELS = ("contains:ab", "starts-with:ab", "dyck1:2", "flipflop:4")
"""Tasks without groups, as diagonal levels with gates 1, 1/B and 0."""


def channel(layer, letter, head):
    """Gate and write of a channel."""
    found = lines(layer, letter, head)
    return (found[0].factor, found[0].shift) if found else (ONE, ZERO)


def gla(f, w):
    """S <- alpha S + k v."""
    return lambda h: f * h + ONE * w


def hgrn(f, w):
    """h <- f h + (1 - f) i, the input free; where f = 1 nothing comes in."""
    i = ZERO if f == 1 else w / (1 - f)
    return lambda h: f * h + (1 - f) * i


def deltanet(f, w):
    """h <- h + beta k (v - k h) with k = -1 of length 1 and beta = 1 - f in [0, 1]."""
    beta, k = 1 - f, -ONE
    assert 0 <= beta <= 1
    v = ZERO if beta == 0 else w / (beta * k)
    return lambda h: h + beta * k * (v - k * h)


def rwkv7(f, w):
    """h <- (w - k (a * k)) h + v k, decay 1, k = 1, a = 1 - f."""
    assert 0 <= 1 - f <= 1
    return lambda h: (ONE - ONE * ((1 - f) * ONE)) * h + w * ONE


def deltanet_gated(f, w):
    """alpha (I - beta k k^T) h + beta v k, all of the gate in beta."""
    beta = 1 - f
    v = ZERO if beta == 0 else w / beta
    return lambda h: ONE * (h - beta * h) + beta * v


CODE = {
    "gla": gla,
    "simple-gla": gla,
    "regla": gla,
    "gsa": hgrn,
    "mlstm": gla,
    "mesanet": gla,
    "hgrn": hgrn,
    "hgrn2": hgrn,
    "rwkv-6": gla,
    "deltanet": deltanet,
    "gated-deltanet": deltanet_gated,
    "comba": deltanet_gated,
    "kda": deltanet_gated,
    "rwkv-7": rwkv7,
}


@pytest.mark.parametrize("name", CODE)
@pytest.mark.parametrize("task", LEVELS)
def test_channels_computed_as_the_code_does_are_the_network(name, task):
    """Same states as the network's layers after every word, exactly."""
    network = network_of(diagonal, task)
    for layer in network.layers:
        (head,) = heads(layer)
        steps = {a: CODE[name](*channel(layer, a, head)) for a in layer.alphabet}
        for word in product(layer.alphabet, repeat=3):
            state, mine = layer.initial, layer.initial[0]
            for letter in word:
                state, mine = layer.apply(letter, state), steps[letter](mine)
            assert state == (mine,)
    entry = find(name)
    assert any(contains(find(i), network) for i in (name, *entry.contains)), name


@pytest.mark.parametrize("task", LEVELS)
def test_gates_of_exponentials_come_as_near_as_one_likes(task):
    """Mamba: exp(-Delta a), Delta B x; RG-LRU: a h + sqrt(1 - a^2) x; Mamba-2: likewise a head."""
    network = network_of(diagonal, task)
    for name in ("mamba", "mamba-2", "mamba-3", "rg-lru"):
        assert any(contains(find(i), network) for i in (name, *find(name).contains))
    for layer in network.layers:
        (head,) = heads(layer)
        for letter in layer.alphabet:
            f, w = map(float, channel(layer, letter, head))
            near = min(max(f, 1e-12), 1 - 1e-12)
            delta = -math.log(near)
            assert delta > 0
            assert math.exp(-delta) == pytest.approx(near)
            b = w / delta  # input-dependent and free
            assert delta * b == pytest.approx(w)
            x = w / math.sqrt(1 - near**2)
            assert abs(math.sqrt(1 - near**2) * x - w) < 1e-9
            if f == 1:
                assert w == 0  # else b and x would grow without bound


def one_layer(steps, dim=1):
    zero = (ZERO,) * dim
    layer = Layer(
        alphabet=tuple(steps), initial=zero, steps={a: tuple(s) for a, s in steps.items()},
        codes=(zero,), emit=(("0",) * len(steps),),
    )  # fmt: skip
    return LinearRNN(alphabet=tuple(steps), layers=(layer,), outputs={"0": 0}, empty=0)


KEEP_AND_ADD = [DeltaStep(TWO, (ONE,), ONE), DeltaStep(TWO, (ONE,), TWO)]
"""Two mirrors: h <- h + 2, which no gate of 1 does."""


@pytest.mark.parametrize("name", IDS)
def test_a_channel_that_keeps_all_takes_nothing_in(name):
    entry = find(name)
    network = one_layer({"a": KEEP_AND_ADD, "b": []})
    complex_ = entry.free_diagonal and entry.inside == "complex-diagonal" and entry.input_dependent
    assert contains(entry, network) == complex_  # where the write is free


def names_of(network):
    return {name for name in IDS if contains(find(name), network)}


def test_a_negative_gate_is_beyond_every_nonnegative_entry():
    flip = one_layer({"a": [DeltaStep(TWO, (ONE,), ZERO)], "b": []})
    for name in names_of(flip):
        entry = find(name)
        assert entry.inside not in ("nonnegative-diagonal", "nonnegative-spectrum")
        assert entry.low == -1 or entry.inside in ("real-diagonal", "complex-diagonal")
    assert {"mamba-negative", "gateloop", "aussm", "deltanet-negative"} <= names_of(flip)


def test_one_gate_for_all_letters():
    last = network_of(digits, "(a|b)*abb")
    assert {"lru", "s4", "s4d", "s5", "rwkv-4"} <= names_of(last)
    held = network_of(diagonal, "contains:ab")
    assert not {"lru", "s4", "s4d", "s5", "rwkv-4"} & names_of(held)
    for name in ("retnet", "lightning-attention", "linear-attention"):  # constants of the code
        assert name not in names_of(last)
    idle = one_layer({"a": [DeltaStep(ONE / 2, (ONE,), ONE)], "b": []})
    assert "lru" not in names_of(idle)
    kept = one_layer({"a": [], "b": []})
    assert "lru" not in names_of(kept)  # its modulus is below 1


CLOCK = "(a|b|r)*r(b*ab*ab*a)*b*"
"""Counts modulo 3 from the last r on."""

TURNS = {"mod:3": permutation, "mod:4": cyclic_sums, CLOCK: permutation_reset}


@pytest.mark.parametrize("task", TURNS)
def test_letters_that_turn_are_diagonal_in_one_complex_basis(task):
    """Twin of the spectral theorem: the basis is computed, and every letter is diagonal in it."""
    network = network_of(TURNS[task], task)
    assert contains(find("gateloop"), network)
    assert contains(find("aussm"), network) == (task != CLOCK)  # it forgets
    (layer,) = network.layers
    rng = np.random.default_rng(3)
    for head in heads(layer):
        matrices = [
            np.array([[float(x) for x in row] for row in head_matrix(layer, a, head)])
            for a in layer.alphabet
        ]
        mixed = sum(rng.normal() * m for m in matrices)
        basis = np.linalg.eig(mixed)[1]
        for m in matrices:
            inside = np.linalg.inv(basis) @ m @ basis
            assert np.allclose(inside, np.diag(np.diag(inside)), atol=1e-9)
            assert (np.abs(np.diag(inside)) <= 1 + 1e-9).all()


def test_letters_that_do_not_commute_are_no_diagonal():
    network = network_of(rotations, "sym:3")
    assert not contains(find("gateloop"), network)
    shear = one_layer(
        {"a": [DeltaStep(ONE, (ONE, ZERO), ZERO), DeltaStep(ONE / 2, (ONE, ONE), ZERO)]}, 2
    )
    assert not contains(find("gateloop"), shear)  # one letter, but not normal


def test_steps_are_counted_head_by_head():
    six = network_of(cyclic_sums, "mod:6")
    assert six.layers[0].steps_per_token == 3
    assert contains(find("deltaproduct-2-negative"), six)
    assert not contains(find("deltanet-negative"), six)
    three = network_of(permutation, "mod:3")
    assert not contains(find("deltanet-negative"), three)
    assert not contains(find("deltaproduct-2"), three)  # beta at most 1
    two = network_of(scalar, "parity")
    assert contains(find("deltanet-negative"), two)
    assert not contains(find("deltanet"), two)
