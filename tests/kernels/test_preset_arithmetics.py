"""Presets are held to what they are named after: backends, and fla's kernel compiled for sm_90."""

from fractions import Fraction

import numpy as np
import pytest

from negeig.kernels.adapters._fla_compiled import compiled
from negeig.kernels.backend import BACKENDS
from negeig.kernels.registry import find
from negeig.kernels.through import Through
from negeig.kernels.through_closure import close_through
from negeig.precision.closure.choices import ChoiceSemantics
from negeig.precision.closure.reference import Bits, ReferenceSemantics, to_bits
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.numbers.arithmetic import PRESETS, parse
from negeig.precision.numbers.array_rounding import round_array
from negeig.precision.numbers.formats import BF16
from negeig.precision.numbers.rounding import Rounding
from negeig.precision.stored import round_parameters
from negeig.theory.networks.network import DeltaStep, LinearRNN
from support.closure_cases import single, swaps, unit_swaps


def choices(network: LinearRNN, arithmetic: str) -> ChoiceSemantics:
    model = parse(arithmetic)
    stored, _ = round_parameters(network, model, round_parameters=True)
    return ChoiceSemantics(network, stored, model)


def outcomes(network: LinearRNN, arithmetic: str, state: Bits, letter: str) -> set[Bits]:
    found = choices(network, arithmetic).outcomes_of((state,), letter)
    return {after for (after,), _ in found}


def test_each_preset_is_held_here() -> None:
    assert set(PRESETS) == {"reference", "fused-recurrent", "bf16-state"}


def test_reference_is_what_the_backend_of_that_name_promises() -> None:
    """``test_a_backend_keeps_its_promise`` holds it to the promise, bit for bit."""
    assert BACKENDS["reference"].promises == parse("reference")


def kernel_of(network: LinearRNN, *, fusion: bool) -> Through:
    one = compiled("fused_recurrent_delta_rule", "sm_90", fusion=fusion)
    return Through(one, one.kernel(), network, "fp32")


def kernel_moves(run: Through, states: np.ndarray, letter: int) -> list[Bits]:
    """Where the kernel leads from states (rows, dim), as float64 bits."""
    _, handed = run.call(0, states, np.full((len(states), 1), letter, np.int32))
    return [to_bits(np.frombuffer(after, np.float32).tolist()) for after in handed]


@pytest.mark.peers
@pytest.mark.filterwarnings("default")  # fla warns that it finds no GPU
def test_fused_recurrent_covers_all_404_states_of_the_kernel() -> None:
    """S3 by adjacent swaps: every move from every state is an outcome; 1,416 states are closed."""
    network, machine = unit_swaps(((0, 1), (1, 2)))
    run = kernel_of(network, fusion=True)
    several = choices(network, "fused-recurrent")
    first = several.initial()[0]
    found, queue = {first}, [first]
    while queue:
        states = np.array([np.array(bits, np.uint64).view(np.float64) for bits in queue])
        moves = []
        for a, letter in enumerate(network.alphabet):
            after = kernel_moves(run, states.astype(np.float32), a)
            for bits, to in zip(queue, after, strict=True):
                assert to in {out for (out,), _ in several.outcomes_of((bits,), letter)}
            moves += after
        queue = [bits for bits in dict.fromkeys(moves) if bits not in found]
        found |= set(queue)
    assert len(found) == 404
    result = closure(network, machine, "fused-recurrent", round_parameters=True)
    assert (result.verdict, result.states) == ("proved", 1_416)
    always = closure(network, machine, "fp32:butterfly:fma", round_parameters=True)
    assert (always.verdict, always.states) == ("proved", 404)
    left = closure(network, machine, "fp32:butterfly", round_parameters=True)
    assert (left.verdict, left.states) == ("proved", 241)


def random_step(random: np.random.Generator, dim: int, entries: tuple[int, ...]) -> DeltaStep:
    key = [Fraction(0)] * dim
    for j in entries:
        key[j] = Fraction(float(np.float32(random.standard_normal())))
    beta, write = (Fraction(float(np.float32(x))) for x in random.standard_normal(2))
    return DeltaStep(beta, tuple(key), write)


CASES = [
    ("shipped", 2, [(0, 1)], "fused-recurrent"),
    ("shipped", 5, [(0, 1, 2), (1, 2, 3), (3, 4)], "fp32:butterfly:fma"),
    ("unfused", 7, [tuple(range(7))], "fp32:butterfly"),
    ("unfused", 20, [tuple(range(20))], "fp32:butterfly"),
]
"""Keys without two entries half of the lanes apart do not race in the shipped kernel."""


@pytest.mark.peers
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(("how", "dim", "entries", "arithmetic"), CASES)
def test_random_steps_of_the_kernel_are_outcomes(how, dim, entries, arithmetic) -> None:
    """Of the preset, and of the narrower arithmetic that they are bit for bit."""
    seed = 5
    print("seed", seed)
    random = np.random.default_rng(seed)
    steps = {a: (random_step(random, dim, own),) for a, own in zip("abc", entries, strict=False)}
    start = tuple(Fraction(1) for _ in range(dim))
    network = single(steps, start, [start], [0], 0)
    run, apart = kernel_of(network, fusion=how == "shipped"), 0
    for a, letter in enumerate(network.alphabet):
        states = random.standard_normal((12, dim)).astype(np.float32)
        for state, after in zip(states, kernel_moves(run, states, a), strict=True):
            before = to_bits(state.tolist())
            assert after in outcomes(network, arithmetic, before, letter)
            if dim <= 7:  # sets grow with the square of the terms
                assert after in outcomes(network, "fused-recurrent", before, letter)
            left = outcomes(network, "fp32", before, letter)
            apart += after not in left
    assert apart > 3  # the reference's order would not do


@pytest.mark.peers
@pytest.mark.parametrize("dim", [1, 2, 3, 4, 5, 8, 9, 16, 33])
def test_bf16_state_is_what_mlx_computes(dim: int) -> None:
    """Bit for bit on random steps and states; sums in bf16 would not be, from three terms on."""
    seed = 11
    print("seed", seed)
    random = np.random.default_rng(seed)
    entries = [tuple(range(dim))] * 3
    steps = {a: (random_step(random, dim, own),) for a, own in zip("abc", entries, strict=True)}
    start = tuple(Fraction(1) for _ in range(dim))
    network = single(steps, start, [start], [0], 0)
    (one,) = find(("mlx.gated_delta_ops+low-state",))
    run = Through(one, one.kernel(), network, "bf16")
    mine, all_ops = (semantics_of(network, name) for name in ("bf16-state", "bf16"))
    apart = 0
    for a, letter in enumerate(network.alphabet):
        states = round_array(random.standard_normal((12, dim)), Rounding(target=BF16))
        moves = kernel_moves(run, states.astype(np.float32), a)
        for state, after in zip(states.tolist(), moves, strict=True):
            assert to_bits(mine.read(0, state, letter)) == after
            apart += to_bits(all_ops.read(0, state, letter)) != after
    assert (apart > 0) == (dim > 2)


@pytest.mark.peers
@pytest.mark.parametrize("rounded", [False, True])
def test_closure_through_mlx_has_the_states_of_bf16_state(rounded: bool) -> None:
    network, machine = swaps(3, rounded)
    (one,) = find(("mlx.gated_delta_ops+low-state",))
    found = close_through(one, network, machine, "bf16")
    expected = closure(network, machine, "bf16-state")
    assert (found.verdict, found.states) == (expected.verdict, expected.states)
    assert expected.verdict == "proved"


def semantics_of(network: LinearRNN, arithmetic: str) -> ReferenceSemantics:
    model = parse(arithmetic)
    stored, _ = round_parameters(network, model, round_parameters=True)
    return ReferenceSemantics(network, stored, model)


def test_a_sum_from_the_left_is_no_outcome_of_a_butterfly() -> None:
    """The negative twin: 1 + 2^-24 + 2^-24 keeps the small terms where they are added first."""
    tiny = Fraction(1, 2**12)
    step = DeltaStep(Fraction(1), (Fraction(1), tiny, Fraction(0), tiny), Fraction(0))
    start = (Fraction(1), tiny, Fraction(0), tiny)
    network = single({"a": (step,)}, start, [start], [0], 0)
    state = to_bits(list(map(float, start)))
    left, butterfly = (outcomes(network, name, state, "a") for name in ("fp32", "fp32:butterfly"))
    assert not left & butterfly
