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
from negeig.pipeline.parts.horizons import explored, rows_of
from negeig.precision.closure.choices import ChoiceSemantics
from negeig.precision.closure.reference import ReferenceSemantics, from_bits, to_bits
from negeig.precision.closure.rounded_closure import closure, compiled_closure
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.stored import round_parameters
from negeig.theory.closure.explore import explore
from negeig.theory.closure.explore_sets import erring_run, explore_sets
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from support.closure_cases import (
    ONE,
    PARITY,
    after,
    choices,
    dense,
    one_letter,
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


def last_letter() -> tuple[LinearRNN, Machine]:
    """h <- h/4 + 3/4 w: the words that end with a; infinitely many exact states."""
    steps = {a: (DeltaStep(Fraction(3, 4), (ONE,), w),) for a, w in (("a", ONE), ("b", -ONE))}
    network = single(steps, (-ONE,), [(ONE,), (-ONE,)], [1, 0], 0)
    machine = Machine(alphabet="ab", transitions=[[1, 0], [1, 0]], initial=0, outputs=[0, 1])
    return network, machine


@pytest.mark.parametrize(
    ("arithmetic", "states"),
    [("bf16:acc32", 32), ("bf16:acc32:sr", 48), ("bf16:acc32:sr:fma?", 48),
     ("e4m3fn:acc32:sr", 12), ("e5m2:acc32:sr", 8), ("e4m3fn:acc32:rtz", 11)],
)  # fmt: skip
def test_a_layer_that_contracts_is_right_whatever_is_chosen(arithmetic, states) -> None:
    result = closure(*last_letter(), arithmetic)
    assert (result.verdict, result.states) == ("proved", states)


def test_what_is_proved_for_every_choice_survives_chance() -> None:
    """A kernel's random bits for 40,000 tokens: every state is one that was explored."""
    seed = 41
    print("seed", seed)
    random = np.random.default_rng(seed)
    network, machine = last_letter()
    semantics = choices(network, "bf16:acc32:sr")
    assert explore_sets(semantics, network, machine).states == 48
    known, queue = {semantics.initial()}, [semantics.initial()]
    for state in queue:
        for letter in "ab":
            new = [t for t, _ in semantics.outcomes_of(state, letter) if t not in known]
            known |= set(new)
            queue += new
    reached, h = set(), np.float32(-1)
    for letter in random.choice(["a", "b"], 40_000):
        t = np.float32(0.75) * (h - np.float32(1 if letter == "a" else -1))
        h = stochastic_bf16(random, np.array([h - t]))[0]
        assert (h > 0) == (letter == "a")
        reached.add((to_bits([float(h)]),))
    assert reached <= known
    assert len(reached) > 30


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
    wide = one_letter([dense((np.eye(12) * -0.3).tolist())], [1.0] * 12)
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


@pytest.mark.parametrize("name", ["bf16:acc32:sr", "fp32:fma?", "bf16"])
def test_a_word_of_a_collision_is_not_said_to_be_shortest_where_it_may_not_be(name: str) -> None:
    """The empty word, a and aa meet, and b, which errs, is read later."""
    one = Fraction(1)
    back = DeltaStep(one, (one,), -one)
    start, other = (one,), (-one,)
    layer = Layer(
        alphabet=("a", "b"), initial=start, codes=(start, other),
        steps={"a": (), "b": (back,)}, emit=(("1", "1"), ("0", "0")),
    )  # fmt: skip
    outputs = {"1": 1, "0": 0}
    network = LinearRNN(alphabet=("a", "b"), layers=(layer,), outputs=outputs, empty=0)
    machine = Machine(alphabet="ab", transitions=[[1, 1], [0, 0]], initial=0, outputs=[0, 1])
    found = closure(network, machine, name)
    assert found.verdict == "collision"
    assert ("a", "a") in found.words
    (row,) = rows_of([(name, found)])
    assert explored(found) == row.certified == 0
    if parse(name).has_choices:
        assert (found.wrong_word, found.wrong_is_shortest) == (("a", "a"), False)
    else:
        assert found.wrong_word is None
