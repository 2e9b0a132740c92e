"""Contractions at will: held to brute force over a choice for every operation."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

from negeig.precision.closure.choices import ChoiceSemantics
from negeig.precision.closure.reference import from_bits, to_bits
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.numbers.operations import Operations
from negeig.precision.stored import StoredLayer
from negeig.theory.networks.network import DeltaStep, DenseStep
from support.closure_cases import choices, dense, one_letter, swaps
from support.kernel_networks import random_pair


def dot_products(op: Operations, weights: list[float], h: list[tuple], order: str) -> set[tuple]:
    """All values of a sum, each with the product that it still is (or None), by recursion.

    Numbers are in hexadecimal: -0 is not 0 there.
    """

    def build(lo: list[int]) -> set[tuple]:
        if len(lo) == 1:
            (j,) = lo
            x = float.fromhex(h[j][0])
            return {(op.multiply(weights[j], x).hex(), (weights[j], x))}
        if order == "left":
            left, right = lo[:-1], lo[-1:]
        elif order == "pairwise":
            half = 1 << ((len(lo) - 1).bit_length() - 1)
            left, right = lo[:half], lo[half:]
        else:  # a butterfly: terms of even and of odd number meet in the last addition
            left, right = lo[0::2], lo[1::2]
        return sums(op, build(left), build(right))

    return build(list(range(len(weights))))


def sums(op: Operations, left: set[tuple], right: set[tuple]) -> set[tuple]:
    found = set()
    for (one, p), (two, q) in itertools.product(left, right):
        x, y = float.fromhex(one), float.fromhex(two)
        found.add((op.add(x, y).hex(), None))
        found |= {(op.fused(*q, x).hex(), None)} if q else set()
        found |= {(op.fused(*p, y).hex(), None)} if p else set()
    return found


def after_step(op: Operations, layer: StoredLayer, step: int, h: tuple, order: str) -> set[tuple]:
    """All states after a step; every coordinate has computed the sum for itself."""
    which = layer.dense[step]
    if which < 0:
        key, beta = layer.key[step].tolist(), float(layer.beta[step])
        total = dot_products(op, key, h, order)
        if layer.write[step] != 0:
            total = sums(op, total, {((-float(layer.write[step])).hex(), None)})
        coordinates = []
        for k, x in zip(key, h, strict=True):
            one = set()
            for s, _ in total:
                t = op.multiply(beta, float.fromhex(s))
                one |= sums(op, {x}, {(op.multiply(-k, t).hex(), (-k, t))})
            coordinates.append(one)
    else:
        coordinates = []
        for row, b in zip(layer.matrix[which].tolist(), layer.bias[which].tolist(), strict=True):
            total = dot_products(op, row, h, order)
            coordinates.append(sums(op, total, {(b.hex(), None)}) if b else total)
    return set(itertools.product(*coordinates))


def outcomes(semantics: ChoiceSemantics, state: tuple, letter: str) -> set[tuple]:
    """All states of the one layer after a letter, as bits."""
    layer, model = semantics.stored.layers[0], semantics.arithmetic
    a = semantics.layers[0].alphabet.index(letter)
    states = {tuple((x.hex(), None) for x in from_bits(state[0]))}
    for step in range(layer.starts[a], layer.starts[a + 1]):
        states = {new for h in states for new in after_step(semantics, layer, step, h, model.order)}
    found = set()
    for h in states:
        found |= {
            to_bits(p)
            for p in itertools.product(*(semantics.outcomes(float.fromhex(x)) for x, _ in h))
        }
    return found


@pytest.mark.parametrize(
    "arithmetic",
    ["fp32:fma?", "bf16:fma?", "bf16:acc32:fma?", "fp32:pairwise:fma?", "fp32:butterfly:fma?",
     "e4m3fn:butterfly:fma?", "bf16:acc32:sr:fma?", "e4m3fn:acc32:sr:fma?"],
)  # fmt: skip
def test_contractions_are_exactly_those_of_brute_force(arithmetic: str) -> None:
    """Sums that nearly cancel with what is added: so each contraction gives other bits."""
    seed = 7
    print("seed", seed)
    random = np.random.default_rng(seed)
    several, grows = 0, 6 if "e4m3fn" in arithmetic else 20

    def numbers(count: int) -> list[float]:
        return (random.standard_normal(count)).astype(np.float32).tolist()

    for trial, dim in itertools.product(range(6), (1, 2, 4)):
        start = numbers(dim)

        def delta(write: bool, dim: int = dim, start: list[float] = start) -> DeltaStep:
            key = numbers(dim)
            value = Fraction(float(np.dot(key, start))) if write else Fraction(0)
            return DeltaStep(Fraction(2 ** (grows * write)), tuple(map(Fraction, key)), value)

        def matrix(bias: bool, dim: int = dim, start: list[float] = start) -> DenseStep:
            rows = [numbers(dim) for _ in range(dim)]
            return dense(rows, [-float(np.dot(row, start)) for row in rows] if bias else None)

        kinds = [[delta(False)], [delta(True)], [matrix(False)], [matrix(True)]]
        if dim == 1:  # two steps: a state that is a product is added to
            kinds += [[matrix(False), delta(False)], [matrix(False), matrix(False), delta(True)]]
        if dim == 2 and trial == 0:
            kinds += [[delta(False), delta(False)]]
        for steps in kinds:
            network = one_letter(steps, start)
            semantics = choices(network, arithmetic, most=1_000_000)
            state = semantics.initial()
            found = [bits[0] for bits, _ in semantics.outcomes_of(state, "a")]
            assert len(found) == len(set(found))
            assert set(found) == outcomes(semantics, state, "a"), (dim, steps)
            several += len(found) > 1
    # Products of two bf16 numbers are exact in fp32: only ties could show there.
    assert several > 10 or arithmetic == "bf16:acc32:fma?"


def test_the_write_of_a_key_with_one_entry_is_contracted_too() -> None:
    """u = k h - v, where k h is 1 + 2^-11 + 2^-24: not rounded, it is not v."""
    k = 1 + Fraction(1, 2**12)
    step = DeltaStep(Fraction(2**24), (k,), 1 + Fraction(1, 2**11))
    network = one_letter([step], [float(k)])
    semantics = choices(network, "fp32:fma?")
    found = [semantics.values(run) for run, _ in semantics.outcomes_of(semantics.initial(), "a")]
    assert found == [((float(k),),), ((0.0,),)]


def test_a_contraction_at_will_covers_none_all_and_every_order_of_the_first_pair() -> None:
    names = ("fp32:fma?", "fp32", "fp32:fma")
    more = 0
    for network, _ in (random_pair(seed, most=2) for seed in range(40)):
        several, none, every = (choices(network, name) for name in names)
        state = several.initial()
        for letter in network.alphabet:
            found = set(several.outcomes_of(state, letter))
            assert set(none.outcomes_of(state, letter)) <= found
            assert set(every.outcomes_of(state, letter)) <= found
            more += len(found) > 2
    assert more > 10


def test_whatever_a_compiler_contracts_s5_in_bf16_is_right() -> None:
    result = closure(*swaps(5, rounded=True), "bf16:acc32:fma?")
    assert (result.verdict, result.states) == ("proved", 120)
