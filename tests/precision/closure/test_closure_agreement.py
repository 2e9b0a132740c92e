"""The compiled closure search beside its specification, on random and on awkward networks."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from negeig.automata.machines.machine import Machine
from negeig.claims import Word
from negeig.precision.closure import _tables_compiled as tables
from negeig.precision.closure import search
from negeig.precision.closure.decode import Decoder
from negeig.precision.closure.reference import ReferenceSemantics
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.closure.scale import in_memory
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.compiled_model import CompiledModel
from negeig.theory.exact.numbers import NumberField
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from support.closure_cases import (
    ONE,
    PARITY,
    ZERO,
    after,
    both,
    check_words,
    dense,
    errs,
    parity,
    reference,
    single,
    vector,
    words,
)
from support.random_networks import Maker

ARITHMETICS = [
    "bf16",
    "bf16:acc32",
    "bf16:acc32-step",
    "fp16",
    "fp16:acc32",
    "fp32",
    "fp32:fma",
    "fp64",
    "tf32",
    "e4m3fn",
    "e4m3fn:acc32",
    "e5m2",
    "e4m3fnuz",
    "e2m1fn:acc32-step",
    "e2m3fn",
    "grid:2^-3",
]


def own_machine(network: LinearRNN, semantics: ReferenceSemantics, most: int) -> Machine | None:
    """The machine that a network computes, state by state; None beyond ``most`` states.

    Its states are pairs of a network state and the last symbol, explored without any machine.
    """
    start = (semantics.initial(), None)
    found, table = [start], []
    for state, _ in found:
        row = []
        for letter in network.alphabet:
            pair = semantics.step(state, letter)
            if pair not in found:
                found.append(pair)
            row.append(found.index(pair))
        table.append(row)
        if len(found) > most:
            return None
    outputs = [network.empty] + [network.outputs.get(s, "none") for _, s in found[1:]]
    return Machine(alphabet=network.alphabet, transitions=table, initial=0, outputs=outputs)


@pytest.mark.exhaustive
@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_compiled_and_reference_agree_on_random_networks(arithmetic: str) -> None:
    seen = set()
    for seed in range(40):
        maker = Maker(seed)
        network = maker.network()
        machine = maker.machine(network.alphabet)
        for limit in (60, 3):
            plain, fast = both(network, machine, arithmetic, limit)
            assert fast == plain
            check_words(network, machine, arithmetic, plain)
        seen.add(plain.verdict)
        semantics = reference(network, arithmetic)
        for word in words(machine.alphabet, 3):
            if plain.wrong_word is None or len(word) < len(plain.wrong_word):
                limited = plain.verdict == "open" and len(word) >= plain.depth
                assert (
                    limited
                    or plain.verdict == "collision"
                    or not errs(network, machine, semantics, word)
                )
    assert {"wrong", "collision"} <= seen


@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_a_network_is_proved_against_the_machine_it_computes(arithmetic: str) -> None:
    """And refuted, with a word that replays, once one output of that machine is changed."""
    proved, layered = 0, 0
    for seed in range(100, 150):
        network = Maker(seed).network()
        machine = own_machine(network, reference(network, arithmetic), 25)
        if machine is None:
            continue
        plain, fast = both(network, machine, arithmetic, 100)
        assert fast == plain
        if "none" in machine.outputs:
            assert (plain.verdict, plain.decoder_exists) == ("wrong", True)
            continue
        assert plain.verdict == "proved"
        proved, layered = proved + 1, layered + (len(network.layers) > 1)
        outputs = list(machine.outputs)
        outputs[-1] = 1 - outputs[-1]
        twin = Machine(
            alphabet=machine.alphabet,
            transitions=machine.transitions,
            initial=machine.initial,
            outputs=outputs,
        )
        plain, fast = both(network, twin, arithmetic, 100)
        assert fast == plain
        assert plain.verdict in ("wrong", "collision")
        assert (plain.verdict == "collision") == (plain.decoder_exists is False)
        check_words(network, twin, arithmetic, plain)
    assert proved >= 5
    assert layered >= 1


@pytest.mark.parametrize("arithmetic", ["bf16", "fp32", "fp64", "fp32:fma", "e5m2"])
def test_compiled_and_reference_agree_beyond_the_first_tables(
    arithmetic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With tiny first tables every array grows several times within a small exploration."""
    monkeypatch.setattr(search, "FIRST_CAPACITY", 128)
    monkeypatch.setattr(search, "FIRST_EDGES", 16)
    monkeypatch.setattr(in_memory, "FIRST_SLOTS", 128)
    monkeypatch.setattr(in_memory, "SMALL_SLOTS", 256)
    monkeypatch.setattr(in_memory, "FIRST_LEVELS", 8)
    monkeypatch.setattr(in_memory, "NARROW", 4)
    shrink = parity(dense([[-63 / 64]]))
    for limit in (3_000, 700):
        plain, fast = both(shrink, PARITY, arithmetic, limit)
        assert fast == plain
    upper = Layer(
        alphabet=("0", "1"),
        initial=vector(1, 0),
        steps={"0": (dense([[0.5, 0.25], [0.25, 0.75]]),), "1": (dense([[0, 1], [1, 0]]),)},
        codes=(vector(1, 0), vector(0, 1)),
        emit=(("p", "q"), ("q", "p")),
    )
    stack = replace(shrink, layers=(*shrink.layers, upper), outputs={"p": 1, "q": 0}, empty=1)
    plain, fast = both(stack, PARITY, arithmetic, 1_500)
    assert fast == plain
    assert plain.states > 100


@pytest.mark.parametrize(
    ("codes", "outputs", "wrong"),
    [
        ([1, -1], [0, 1], None),
        ([-1, 1], [1, 0], ("1",) * 10),
        ([-1, 1, 1, -1], [1, 0, 1, 0], ("1",) * 10),
        ([1, 1, 1], [0, 1, 1], None),
    ],
)
def test_ties_and_repeated_codes_decode_to_the_first(
    codes: list[int], outputs: list[object], wrong: Word | None
) -> None:
    """Halving 1 in e4m3fn ends at 0 after ten letters, as near to 1 as to -1."""
    network = single({"1": (dense([[0.5]]),)}, (ONE,), [vector(c) for c in codes], outputs, 0)
    machine = Machine(alphabet="1", transitions=[[0]], initial=0, outputs=[0])
    plain, fast = both(network, machine, "e4m3fn", 100)
    assert fast == plain
    assert (plain.states, plain.wrong_word) == (11, wrong)


def test_the_filter_of_the_decoder_never_contradicts_exact_decoding() -> None:
    """States beside midpoints of codes, rational and algebraic, with every code as the guess."""
    seed = 11
    print("seed", seed)
    random = np.random.default_rng(seed)
    root2 = NumberField((-2, 0, 1), "1.41421356237309504880168872420969807857").element([0, 1])
    decided = total = 0
    for case in range(60):
        dim, many = int(random.integers(1, 4)), int(random.integers(2, 7))
        scale = [Fraction(1), Fraction(1, 3), Fraction(1, 2**60), root2 * Fraction(1, 2)][case % 4]
        points = random.integers(-3, 4, (many, dim))
        distinct = {tuple(point) for point in points.tolist()}
        codes = Decoder([tuple(scale * Fraction(x) for x in point) for point in distinct])
        rows, table = search.code_table(codes, CompiledModel(parse("fp32")), dim)
        assert np.count_nonzero(table) == held_in_fp32(codes)
        margins = np.full(len(distinct), -1.0)
        for _ in range(60):
            i, j = random.integers(0, len(distinct), 2)
            h = ((codes.points[i] + codes.points[j]) / 2).astype(np.float32)
            for _ in range(int(random.integers(0, 3))):
                h = np.nextafter(h, np.float32(random.choice([-9, 9])))
            if random.random() < 0.3:
                h = (codes.points[i] * random.uniform(0, 1.5)).astype(np.float32)
            expected = codes._exactly(h.tolist())
            assert codes.nearest(h.tolist()) == expected
            bits = h.view(np.uint32)
            for guess in range(len(distinct)):
                found = tables.decode(
                    h, dim, codes.points, len(distinct), codes.inexact, margins, guess,
                    bits, np.uint64(tables.hash_words(bits, dim)), rows, table,
                )  # fmt: skip
                assert found in (expected, tables.AMBIGUOUS)
                decided, total = decided + (found == expected), total + 1
    assert 0.3 * total < decided < total


def test_ties_that_rounding_breaks_are_decided_exactly() -> None:
    """Equal distances whose float64 sums differ in the last bit, by the order of their terms."""
    seed = 12
    print("seed", seed)
    random = np.random.default_rng(seed)
    broken = 0
    for _ in range(200):
        point = random.random(3) * 4
        orders = [np.roll(point, turn) for turn in range(3)]
        codes = Decoder([tuple(map(Fraction, order.tolist())) for order in orders])
        h = np.full(3, float(random.random() * 4))
        squares = [tables.distance(h, point, 3) for point in codes.points]
        broken += squares[0] > min(squares) < np.partition(squares, 1)[1]
        assert codes.nearest(h.tolist()) == 0
        rows, table = search.code_table(codes, CompiledModel(parse("fp64")), 3)
        bits, margins = h.view(np.uint64), np.full(3, -1.0)
        for guess in range(3):
            found = tables.decode(
                h, 3, codes.points, 3, codes.inexact, margins, guess,
                bits, np.uint64(tables.hash_words(bits, 3)), rows, table,
            )  # fmt: skip
            assert found == tables.AMBIGUOUS
    assert broken > 20


def held_in_fp32(decoder: Decoder) -> int:
    """Codes that fp32 holds exactly, which states can equal bit for bit."""
    return sum(
        all(isinstance(x, Fraction) and Fraction(float(np.float32(float(x)))) == x for x in code)
        or all(x == 0 for x in code)
        for code in decoder.codes
    )


@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_signed_zeros_are_two_states_where_the_format_has_them(arithmetic: str) -> None:
    """0 -> -1 * 0 = -0 -> 0: a bias of 0 is skipped, so it does not turn -0 into 0."""
    network = single({"1": (dense([[-1]]),)}, (ZERO,), [(ZERO,)], [0], 0)
    machine = Machine(alphabet="1", transitions=[[0]], initial=0, outputs=[0])
    plain, fast = both(network, machine, arithmetic, 10)
    assert fast == plain
    assert plain.states == (1 if "fnuz" in arithmetic else 2)
    # The delta step adds a zero of the other sign: 0 - 2 * 0 = 0.
    step = DeltaStep(Fraction(2), (ONE,), ZERO)
    plain, fast = both(single({"1": (step,)}, (ZERO,), [(ZERO,)], [0], 0), machine, arithmetic, 10)
    assert fast == plain
    assert plain.states == 1


def test_states_that_overflow_are_undecodable() -> None:
    step = dense([[4.0]])
    network = single({"1": (step,)}, (ONE,), [(ONE,)], [0], 0)
    machine = Machine(alphabet="1", transitions=[[0]], initial=0, outputs=[0])
    for arithmetic, value in (("bf16", math.inf), ("e4m3fn", math.nan), ("fp32:fma", math.inf)):
        plain, fast = both(network, machine, arithmetic, 1_000)
        assert fast == plain
        assert (plain.verdict, plain.decoder_exists) == ("wrong", True)
        assert plain.depth == len(plain.wrong_word)
        last = reference(network, arithmetic)
        ((found,),) = last.values(after(last, plain.wrong_word))
        assert found == value or (math.isnan(found) and math.isnan(value))
    saturating = closure(network, machine, "e2m1fn:acc32", max_states=9)
    assert saturating.verdict == "proved"
