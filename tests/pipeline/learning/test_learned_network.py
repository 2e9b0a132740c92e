"""A trained network as tables: its recurrence, its decoder, and proofs and runs with them."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import torch

from negeig.automata.language import language
from negeig.claims import Closure, Open, Refutation, Verdict
from negeig.kernels.runnable import runnable
from negeig.pipeline.learning.exploring import explore
from negeig.pipeline.learning.learned import Learned, Recurrence
from negeig.pipeline.learning.network import Network, Shape
from negeig.pipeline.learning.running import run
from negeig.pipeline.learning.task import task_of
from negeig.pipeline.learning.training import learned, one_thread
from negeig.precision.closure.reference import ReferenceSemantics
from negeig.precision.numbers.arithmetic import parse
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN

PARITY = task_of(language(zoo="parity"))


def table(values):
    return np.array(values, np.float32)


def exact_parity(**changes):
    """Its state goes 0, 1, 0, ... with every 1: h <- h + 2 (1/2 - h)."""
    return replace(
        Learned(
            alphabet=("0", "1"), outputs=(1, 0),
            query=table([[[1]], [[1]]]), key=table([[[[1]]], [[[1]]]]),
            value=table([[[[0]]], [[[0.5]]]]), beta=table([[[0]], [[2]]]),
            embedding=table([[0], [0]]), scale=table([1]), mix=table([[1]]),
            head=table([[-1], [1]]), bias=table([0.5, -0.5]),
        ),
        **changes,
    )  # fmt: skip


def random_network(seed, steps=2):
    torch.manual_seed(seed)
    shape = Shape(letters=2, outputs=2, low=-1.0, high=1.0, steps=steps, heads=2, dim=3, width=5)
    return Network(shape)


def fractions(array):
    return tuple(Fraction(float(x)) for x in array)


@pytest.mark.parametrize("name", ["fp32", "fp64", "fp32:fma", "bf16:acc32", "bf16", "grid:2^-9"])
def test_each_column_is_a_layer_of_the_reference(name):
    """Bit for bit, for words of many letters, in every arithmetic."""
    found, arithmetic = learned(random_network(4), PARITY), parse(name)
    recurrence = Recurrence(found, arithmetic)
    word = np.random.default_rng(1).integers(2, size=12)
    for head, column in product(range(2), range(3)):
        steps = {
            letter: tuple(
                DeltaStep(
                    Fraction(float(found.beta[a, head, j])), fractions(found.key[a, head, j]),
                    Fraction(float(found.value[a, head, j, column])),
                )
                for j in range(2)
            )
            for a, letter in enumerate("01")
        }  # fmt: skip
        layer = Layer(
            alphabet=("0", "1"), initial=fractions([0] * 3), steps=steps,
            codes=(fractions([0] * 3),), emit=(("x", "x"),),
        )  # fmt: skip
        network = LinearRNN(alphabet=("0", "1"), layers=(layer,), outputs={"x": 0}, empty=0)
        ready = runnable(network, "01", arithmetic.parameters)
        reference = ReferenceSemantics(network, ready.stored, arithmetic)
        expected, state = reference.initial(), recurrence.start(1)
        for a in word:
            recurrence.read(state, np.array([a], np.int32))
            expected, _ = reference.step(expected, "01"[a])
            (values,) = reference.values(expected)
            assert np.array_equal(state[0, head, column], np.array(values))
    assert np.abs(state).max() > 0


def test_its_decoder_is_the_network_s():
    """The sign of a margin is the network's answer, on all words, in float64."""
    network = random_network(2)
    with one_thread():
        found = learned(network, PARITY)
        words = np.array(list(product(range(2), repeat=8)))
        with torch.no_grad():
            answers = network.double()(torch.from_numpy(words)).argmax(-1).numpy()
    recurrence = Recurrence(found, parse("fp64"))
    other = Recurrence(replace(found, query=found.query[::-1]), parse("fp64"))
    states, differing = recurrence.start(len(words)), 0
    for t in range(8):
        letters = words[:, t].astype(np.int32)
        recurrence.read(states, letters)
        for right in range(2):
            asked = np.full(len(words), right, np.int32)
            margins = recurrence.margins(states, letters, asked)
            assert ((margins > 0) == (answers[:, t] == right)).all()
            changed = other.margins(states, letters, asked)
            differing += int(((changed > 0) != (answers[:, t] == right)).sum())
    assert differing > 0
    assert 0 < (answers == 0).mean() < 1


@pytest.mark.parametrize("name", ["fp32", "bf16:acc32", "e5m2"])
def test_a_network_that_is_right_is_proved(name):
    found = explore(Recurrence(exact_parity(), parse(name)), PARITY, 10)
    assert found.evidence == Closure(states=2)
    assert 0 < found.margin < 1
    ran = run(Recurrence(exact_parity(), parse(name)), PARITY, 1000, 0, "here")
    assert (ran.evidence.verdict, ran.evidence.mismatches) == (Verdict.PASSED, 0)
    assert ran.evidence.tokens == ran.length * 64 >= 1000


WRONG = {
    "beta": {"beta": table([[[0]], [[1]]])},
    "value": {"value": table([[[[0]]], [[[0]]]])},
    "letter 0": {"beta": table([[[1]], [[2]]])},
    "query": {"query": table([[[-1]], [[-1]]])},
    "a tie": {"bias": table([0, 0])},
    "not finite": {"beta": table([[[0]], [[1e30]]])},
    "forgets slowly": {"beta": table([[[0.25]], [[2]]])},
}


@pytest.mark.parametrize("what", WRONG)
def test_the_shortest_wrong_word_is_found(what):
    recurrence = Recurrence(exact_parity(**WRONG[what]), parse("fp32"))
    found = explore(recurrence, PARITY, 1000)
    assert isinstance(found.evidence, Refutation)
    word = found.evidence.word
    assert found.depth == len(word) - 1
    assert word == first_wrong(recurrence)
    ran = run(recurrence, PARITY, 4096, 0, "here").evidence
    assert ran.verdict is Verdict.REFUTED
    assert not is_right(recurrence, ran.word)
    assert all(is_right(recurrence, ran.word[:n]) for n in range(1, len(ran.word)))
    assert len(ran.word) >= len(word)


def is_right(recurrence, word):
    state = recurrence.start(1)
    for letter in word:
        read = np.array(["01".index(letter)], np.int32)
        recurrence.read(state, read)
    right = np.array([word.count("1") % 2], np.int32)
    return bool(recurrence.margins(state, read, right)[0] > 0)


def first_wrong(recurrence):
    for n in range(1, 9):
        for word in product("01", repeat=n):
            if not is_right(recurrence, word):
                return word
    raise AssertionError("no short word errs")


def test_a_limit_leaves_it_open():
    found = explore(Recurrence(exact_parity(), parse("fp32")), PARITY, 1)
    assert isinstance(found.evidence, Open)
    assert (found.evidence.states, found.depth) == (1, 0)
