"""All outcomes of a letter: held to the reference, to brute force, and to random rounding."""

import contextlib
import itertools
import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.precision.closure.choices import ChoiceSemantics
from negeig.precision.closure.operations import Operations
from negeig.precision.closure.reference import ReferenceSemantics, from_bits, to_bits
from negeig.precision.closure.rounded_closure import closure, compiled_closure
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.stored import StoredLayer, round_parameters
from negeig.theory.closure.explore import explore
from negeig.theory.closure.explore_sets import erring_run, explore_sets
from negeig.theory.networks.network import DeltaStep, DenseStep, LinearRNN, Step
from support.closure_cases import (
    PARITY,
    after,
    dense,
    parity,
    reference,
    single,
    swaps,
    vector,
)
from support.kernel_networks import random_pair

WITHOUT_CHOICES = [
    "bf16",
    "bf16:acc32-step",
    "bf16:acc32:fma",
    "fp32:fma",
    "fp32:pairwise",
    "fp32:butterfly:fma",
    "fp32:pairwise:fma",
    "e4m3fn:acc32:rtz:sat",
    "fp16:rna:ftz:daz",
    "bf16:acc32-chunk3",
    "grid:2^-3:rtz",
    "fixed8:2^-4",
    "fp32:acc64",
]


def choices(network: LinearRNN, arithmetic: str, most: int = 5_000) -> ChoiceSemantics:
    model = parse(arithmetic)
    stored, _ = round_parameters(network, model, round_parameters=True)
    return ChoiceSemantics(network, stored, model, most)


def pairs(count: int, arithmetic: str, most: int = 4) -> Iterator[tuple[LinearRNN, Machine]]:
    """Random networks that the format holds, several layers among them, and machines."""
    for seed in range(count):
        network, machine = random_pair(seed, most=most)
        with contextlib.suppress(InputError):
            choices(network, arithmetic)
            yield network, machine


@pytest.mark.parametrize("arithmetic", WITHOUT_CHOICES)
def test_without_choices_there_is_the_one_outcome_of_the_reference(arithmetic: str) -> None:
    compared = 0
    for network, machine in pairs(12, arithmetic):
        one, several = reference(network, arithmetic), choices(network, arithmetic)
        for word in itertools.product(network.alphabet, repeat=3):
            state = one.initial()
            assert several.initial() == state
            for letter in word:
                expected = one.step(state, letter)
                assert list(several.outcomes_of(state, letter)) == [expected]
                state = expected[0]
                compared += 1
        expected = explore(one, network, machine, max_states=40)
        assert explore_sets(several, network, machine, max_states=40) == expected
    assert compared > 50


# Every contraction, by brute force: one number of a fixed choice for every operation at a time.


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


def one_layer(steps: list[Step], initial: list[float]) -> LinearRNN:
    start = vector(*initial)
    return single({"a": tuple(steps)}, start, [start], [0], 0)


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
            network = one_layer(steps, start)
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
    network = one_layer([step], [float(k)])
    semantics = choices(network, "fp32:fma?")
    found = [semantics.values(run) for run, _ in semantics.outcomes_of(semantics.initial(), "a")]
    assert found == [((float(k),),), ((0.0,),)]


def test_a_contraction_at_will_covers_none_all_and_every_order_of_the_first_pair() -> None:
    names = ("fp32:fma?", "fp32", "fp32:fma")
    more = 0
    for network, _ in pairs(40, "fp32", most=2):
        several, none, every = (choices(network, name) for name in names)
        state = several.initial()
        for letter in network.alphabet:
            found = set(several.outcomes_of(state, letter))
            assert set(none.outcomes_of(state, letter)) <= found
            assert set(every.outcomes_of(state, letter)) <= found
            more += len(found) > 2
    assert more > 10


# Stochastic rounding


def stochastic_bf16(random: np.random.Generator, x: np.ndarray) -> np.ndarray:
    """What kernels do: sixteen random bits are added to a float32, and the low ones cut off."""
    bits = x.astype(np.float32).view(np.uint32)
    noise = random.integers(0, 1 << 16, x.shape, dtype=np.uint32)
    return ((bits + noise) & np.uint32(0xFFFF0000)).view(np.float32)


def test_a_stochastic_kernel_returns_nothing_but_outcomes() -> None:
    seed = 3
    print("seed", seed)
    random = np.random.default_rng(seed)
    network, _ = swaps(3, rounded=True)
    semantics = choices(network, "bf16:acc32:sr")
    exact = reference(network, "bf16:acc32")
    expected = {semantics.initial()}
    seen = {semantics.initial()}
    for letter in "aba":
        expected = {state for before in expected
                    for state, _ in semantics.outcomes_of(before, letter)}  # fmt: skip
        met = set()
        for (bits,) in seen:
            unrounded = np.array(exact.steps(0, from_bits(bits), letter))
            for _ in range(40):
                met.add((to_bits(stochastic_bf16(random, unrounded).astype(float).tolist()),))
        seen = met
        assert seen <= expected
    assert len(expected) == 27
    assert len(seen) > 5


def test_exact_states_stay_under_stochastic_rounding() -> None:
    for n in (3, 4):
        network, machine = swaps(n, rounded=False)
        for arithmetic in ("bf16:acc32:sr", "e4m3fn:acc32:sr:fma?", "fp32:acc64:sr", "bf16:fma?"):
            result = closure(network, machine, arithmetic)
            assert (result.verdict, result.states) == ("proved", math.factorial(n))


RIGHT_BUT_FOR_CHANCE = [
    (dense([[-15 / 16]]), "e4m3fn:acc32", 50, 113),
    (dense([[-7 / 8]]), "e2m3fn:acc32", 6, 17),
    (dense([[-15 / 16]]), "grid:2^-2", 2, 10),
]


@pytest.mark.parametrize(("step", "arithmetic", "states", "more"), RIGHT_BUT_FOR_CHANCE)
def test_right_to_nearest_and_wrong_stochastically(step, arithmetic, states, more) -> None:
    """The negative twin: the state, snapped back to nearest, wanders to zero by chance."""
    network = parity(step)
    nearest = closure(network, PARITY, arithmetic)
    assert (nearest.verdict, nearest.states) == ("proved", states)
    result = closure(network, PARITY, f"{arithmetic}:sr")
    assert (result.verdict, result.states) == ("wrong", more)
    semantics = choices(network, f"{arithmetic}:sr")
    assert replays(semantics, network, PARITY, result.wrong_word)
    for length in range(len(result.wrong_word)):  # it is a shortest one
        assert erring_run(semantics, network, PARITY, ("1",) * length) is None


def replays(semantics, network, machine, word) -> bool:
    """Whether the choices that are found for a word are outcomes, and err in the end."""
    run = erring_run(semantics, network, machine, word)
    state = semantics.initial()
    for target, letter in zip(run, word, strict=True):
        symbol = dict(semantics.outcomes_of(state, letter))[target]
        state = target
    return symbol is None or network.outputs[symbol] != machine.output(word)


def test_s3_on_a_grid_is_right_to_nearest_and_collides_stochastically() -> None:
    network, machine = swaps(3, rounded=True)
    assert closure(network, machine, "grid:2^-2").states == 6
    result = closure(network, machine, "grid:2^-2:sr")
    assert (result.verdict, result.decoder_exists) == ("collision", False)
    semantics = choices(network, "grid:2^-2:sr")
    one, two = result.words
    assert one[-1] == two[-1]
    assert machine.output(one) != machine.output(two)
    assert reached(semantics, one) & reached(semantics, two)
    assert replays(semantics, network, machine, result.wrong_word)


def reached(semantics: ChoiceSemantics, word: tuple[str, ...]) -> set:
    states = {semantics.initial()}
    for letter in word:
        states = {after for s in states for after, _ in semantics.outcomes_of(s, letter)}
    return states


@pytest.mark.parametrize(
    ("arithmetic", "verdict", "states"),
    [("bf16:acc32", "proved", 6), ("bf16:acc32:rna", "proved", 6), ("bf16:acc32:fma", "proved", 6),
     ("bf16:acc32:fma?", "proved", 6), ("bf16:acc32:butterfly:fma?", "proved", 6),
     ("bf16:acc32:rtz", "collision", 3267), ("bf16:rna", "collision", 3783)],
)  # fmt: skip
def test_one_changed_rounding_mode_breaks_a_golden_count(arithmetic, verdict, states) -> None:
    """S3 with rounded keys: 6 states with a bf16 state, 127 where all operations are in bf16."""
    result = closure(*swaps(3, rounded=True), arithmetic, max_states=5_000)
    assert (result.verdict, result.states) == (verdict, states)


def test_whatever_a_compiler_contracts_s5_in_bf16_is_right() -> None:
    result = closure(*swaps(5, rounded=True), "bf16:acc32:fma?")
    assert (result.verdict, result.states) == ("proved", 120)


def test_flushing_breaks_a_count_that_has_subnormal_states() -> None:
    """Where the shrinking state stops, only subnormal numbers are left."""
    network = parity(dense([[-7 / 8]]))
    kept = closure(network, PARITY, "e4m3fn:acc32")
    assert (kept.verdict, kept.states) == ("proved", 36)
    for suffix in ("ftz", "sr:ftz"):
        flushed = closure(network, PARITY, f"e4m3fn:acc32:{suffix}")
        assert flushed.verdict in ("wrong", "collision")


def test_a_saturating_state_keeps_counting_where_an_infinite_one_is_lost() -> None:
    grow = single(
        {"1": (dense([[-2.0]]),)}, vector(1), [vector(1), vector(-1)], [1, 0], 1
    )  # fmt: skip
    lost = closure(grow, PARITY, "e5m2:acc32")
    assert (lost.verdict, lost.decoder_exists) == ("wrong", True)
    kept = closure(grow, PARITY, "e5m2:acc32:sat")
    assert (kept.verdict, kept.states) == ("proved", 18)
    assert closure(grow, PARITY, "e4m3fn:acc32").verdict == "collision"  # all end in NaN
    assert closure(grow, PARITY, "e4m3fn:acc32:sat").verdict == "proved"


def test_a_state_is_rounded_after_chunks_and_knows_where_it_is_in_one() -> None:
    network, machine = swaps(3, rounded=True)
    one = reference(network, "bf16:acc32-chunk4")
    nearest = reference(network, "fp32")
    word = ("a", "b", "a", "a", "b", "b", "a", "b")
    state = nearest.initial()
    for i, letter in enumerate(word):
        state, _ = nearest.step(state, letter)
        if i % 4 == 3:
            state = (to_bits([one.store(x) for x in from_bits(state[0])]),)
        assert after(one, word[: i + 1]) == (*state, ((i + 1) % 4,))
    assert closure(network, machine, "bf16:acc32-chunk4").states == 44
    every_letter = closure(network, machine, "bf16:acc32-chunk1")
    assert every_letter.states == closure(network, machine, "bf16:acc32").states


# Whole explorations, beside brute force over words and choices


@pytest.mark.parametrize(
    "arithmetic", ["e4m3fn:acc32:sr", "e5m2:acc32-step:sr", "grid:2^-1:sr", "e4m3fn:acc32:fma?"]
)
def test_random_networks_end_as_brute_force_says(arithmetic: str) -> None:
    """On words of up to two letters, for every choice; several layers among them."""
    verdicts, layers = set(), set()
    for network, machine in pairs(60, arithmetic, most=2):
        semantics = choices(network, arithmetic, most=200)
        result = explore_sets(semantics, network, machine, max_states=200)
        verdicts.add(result.verdict)
        layers.add(len(network.layers))
        assert (result.verdict == "open") == bool(result.reason) or result.verdict == "wrong"
        word = result.wrong_word
        if word:
            assert replays(choices(network, arithmetic), network, machine, word)
        if result.verdict == "collision":
            one, two = result.words
            assert one[-1] == two[-1]
            assert machine.output(one) != machine.output(two)
        for length in range(1, 3):
            for shorter in itertools.product(network.alphabet, repeat=length):
                complete = result.verdict == "proved" or (word and length < len(word))
                if complete and result.verdict != "collision":
                    again = choices(network, arithmetic)
                    assert erring_run(again, network, machine, shorter) is None
    assert {"wrong", "collision"} <= verdicts
    assert {1, 2} <= layers


def test_a_limit_says_which_and_how_to_raise_it() -> None:
    network, machine = swaps(3, rounded=True)
    result = closure(network, machine, "bf16:acc32:sr", max_states=300)
    assert (result.verdict, result.states) == ("open", 300)
    assert "network states: stopped at 300" in result.reason
    assert "--max-closure" in result.reason
    wide = one_layer([dense((np.eye(12) * -0.3).tolist())], [1.0] * 12)
    machine = Machine(alphabet="a", transitions=[[0]], initial=0, outputs=[0])
    result = closure(wide, machine, "bf16:acc32:sr", max_states=100, round_parameters=True)
    assert result.verdict == "open"
    assert "outcomes of one letter: stopped at 101, the limit is 100" in result.reason


def test_models_are_not_taken_for_one_another() -> None:
    """Neither the reference nor compiled code runs an arithmetic that it does not have."""
    network, machine = swaps(3, rounded=True)
    model = parse("bf16:acc32:sr")
    stored, _ = round_parameters(network, model, round_parameters=True)
    with pytest.raises(ValueError, match="several outcomes in bf16:acc32:sr"):
        ReferenceSemantics(network, stored, model)
    for name in ("bf16:acc32:sr", "bf16:rtz", "fp32:butterfly", "fp32:acc64", "bf16:fma"):
        with pytest.raises(ValueError, match="plain program only"):
            compiled_closure(network, machine, parse(name), stored)
