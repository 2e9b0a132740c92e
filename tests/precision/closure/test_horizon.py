"""Certified lengths against brute force, tight cases whose bound may not be less, and refusals."""

from dataclasses import replace
from fractions import Fraction as F

import mpmath
import numpy as np
import pytest

from negeig.automata.machines.machine import Machine
from negeig.claims import Horizon, InputError, Open
from negeig.kernels.standard_suite import TASKS
from negeig.precision.closure import horizon as module
from negeig.precision.closure.error_recursion import MAX_LENGTH
from negeig.precision.closure.horizon import horizon
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import BF16, FORMATS
from negeig.theory.closure.exact_search import ExactSemantics
from negeig.theory.closure.explore import explore
from negeig.theory.networks.network import DeltaStep, DenseStep, LinearRNN
from support.closure_cases import PARITY, single
from support.horizon_networks import first_wrong, random_pairs

FEW_BITS = (
    *("e4m3fn", "e5m2", "e3m2fn", "bf16", "bf16:acc32", "fp16", "grid:2^-8"),
    *("bf16:rtz", "bf16:acc32:butterfly:fma", "fp16:ftz", "bf16:acc32:sr", "bf16:fma?"),
)
"""Formats of few bits and models of each kind: other directions, orders and sets of outcomes."""

BF16_INPUTS = replace(parse("fp32:fma"), name="fp32:fma, bf16 parameters", parameters=BF16)
"""What a kernel computes in float32 from keys in bf16."""


def certified(network, machine, arithmetic, **more):
    found = horizon(network, machine, arithmetic, round_parameters=True, **more)
    assert isinstance(found, Horizon), found
    assert found.error < found.limit or not found.length
    return found.length


def compared_with_all_words(seed: int, count: int) -> list[int]:
    """Certified lengths of random networks, none of which reaches a wrong word."""
    lengths = []
    for network, machine in random_pairs(seed, count):
        exact = explore(ExactSemantics(network), network, machine)
        assert exact.verdict == "proved"
        for name in FEW_BITS:
            try:
                found = horizon(network, machine, name, round_parameters=True, exact=exact)
            except InputError:
                continue  # a parameter overflows
            if isinstance(found, Horizon) and found.length:
                lengths.append(found.length)
                word, _ = first_wrong(network, machine, name, min(found.length, 60), 300)
                assert word is None, (seed, name, found, word)
    return lengths


def test_no_word_up_to_the_certified_length_errs() -> None:
    lengths = compared_with_all_words(11, 3)
    assert len(lengths) > 10


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(2))
def test_no_word_of_many_networks_errs(seed: int) -> None:
    assert len(compared_with_all_words(seed, 25)) > 30


def drifting(decoy: F) -> tuple[LinearRNN, Machine]:
    """Parity whose reflection is stored a bit too long, with a code that no exact state is.

    The state is 3, -3, 3, ... times a power of what is stored, on its way to the decoy.
    """
    flip = DeltaStep(F(2) / F(9, 100), (F(3, 10),), F(0))
    codes = [(F(3),), (F(-3),), (decoy,), (-decoy,)]
    return single({"1": (flip,)}, (F(3),), codes, [1, 0, 0, 1], 1), PARITY


def stored_eigenvalue() -> F:
    beta, key = (F(BF16.nearest(x)) for x in (F(2) / F(9, 100), F(3, 10)))
    return 1 - beta * key * key


@pytest.mark.parametrize("share", [F(1), F(1, 2)])
def test_rounded_parameters_are_bounded_tightly(share, monkeypatch) -> None:
    """Half of the bound, and some certified word is wrong."""
    assert stored_eigenvalue() < -1
    network, machine = drifting(F(4))
    bound = module.Misplaced.bound
    monkeypatch.setattr(
        module.Misplaced, "bound", lambda self, box: [share * x for x in bound(self, box)]
    )
    length = certified(network, machine, BF16_INPUTS)
    word, _ = first_wrong(network, machine, BF16_INPUTS, 10_000)
    is_sound = len(word) > length
    assert is_sound == (share == 1)
    if is_sound:  # the drift is what ends it: the bound is that of the only word there is
        assert len(word) - length < 3


def off_by_most_of_a_half_unit() -> tuple[LinearRNN, Machine]:
    """The first letter gives 2 - x, which bf16 rounds to 2: nearly half a unit off, to a decoy."""
    half = F(1, 2**8)
    x = F(115, 2**15)
    assert F(BF16.nearest(2 - x)) == 2
    assert F(89, 100) * half < x < half
    decoy = 2 - x + 2 * half * F(7, 10)
    turn = DenseStep(((F(-1),),), (F(2),))
    codes = [(x,), (2 - x,), (decoy,)]
    return single({"1": (turn,)}, (x,), codes, [1, 0, 1], 1), PARITY


@pytest.mark.parametrize("share", [F(1), F(1, 2)])
def test_roundings_are_bounded_tightly(share, monkeypatch) -> None:
    network, machine = off_by_most_of_a_half_unit()
    bound = module.letter_error
    monkeypatch.setattr(
        module, "letter_error", lambda *given: tuple(share * x for x in bound(*given))
    )
    word, _ = first_wrong(network, machine, "bf16", 3)
    assert word == ("1",)
    assert (certified(network, machine, "bf16") < len(word)) == (share == 1)


@pytest.mark.parametrize("is_capped", [False, True])
def test_letters_that_expand_lengthen_errors(is_capped, monkeypatch) -> None:
    """1/3 is off by 0.0007 in bf16, and eight times so in the other coordinate after a letter."""
    shear = DenseStep(((F(1), F(8)), (F(0), F(-1))), (F(0), F(0)))
    start = (F(0), F(1, 3))
    after = shear.apply(start)
    off = 8 * (F(BF16.nearest(F(1, 3))) - F(1, 3))
    decoy = (after[0] + off, after[1])  # the wall is half of that away
    network = single({"1": (shear,)}, start, [start, after, decoy], [1, 0, 1], 1)
    if is_capped:
        monkeypatch.setattr(module, "expansion", lambda *_: F(1))
    word, _ = first_wrong(network, PARITY, BF16_INPUTS, 3)
    assert word == ("1",)
    assert (certified(network, PARITY, BF16_INPUTS) < len(word)) == (not is_capped)


def test_limits_are_those_of_the_nearest_wrong_code(monkeypatch) -> None:
    """A limit twice as far, and some certified word is wrong."""
    network, machine = drifting(F(4))
    word, _ = first_wrong(network, machine, BF16_INPUTS, 10_000)
    assert certified(network, machine, BF16_INPUTS) < len(word)
    limits = module.Places.limits
    monkeypatch.setattr(module.Places, "limits", lambda *given: [2 * x for x in limits(*given)])
    assert certified(network, machine, BF16_INPUTS) >= len(word)


def test_codes_that_emit_the_same_are_no_walls() -> None:
    near, _ = drifting(F(4))
    harmless = single(near.layers[0].steps, (F(3),), list(near.layers[0].codes), [1, 0, 1, 0], 1)
    assert certified(near, PARITY, BF16_INPUTS) < certified(harmless, PARITY, BF16_INPUTS)


def test_where_numbers_may_overflow_nothing_is_certified() -> None:
    """An exponent range that is cut: the state 3 is beyond it, or what a letter computes is."""
    network, machine = drifting(F(4))
    narrow = replace(FORMATS["fp32"], name="narrow", emax=1)
    for largest, problem in ((1, "overflow"), (0, "overflow")):
        cut = replace(narrow, emax=largest)
        model = replace(parse("fp32"), name="narrow", operations=cut, state=cut, parameters=BF16)
        found = horizon(network, machine, model, round_parameters=True)
        assert isinstance(found, Open)
        assert problem in found.detail or "lose" in found.detail
    assert certified(network, machine, replace(parse("fp32"), parameters=BF16)) > 0


def test_models_that_are_not_bounded_are_refused() -> None:
    network, machine = drifting(F(4))
    unknown = replace(parse("bf16"), order="backwards")
    found = horizon(network, machine, unknown, round_parameters=True)
    assert isinstance(found, Open)
    assert "order" in found.detail


def test_networks_that_are_not_right_are_refused() -> None:
    network, _ = drifting(F(4))
    other = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[0, 1])
    found = horizon(network, other, "fp32", round_parameters=True)
    assert isinstance(found, Open)
    assert "wrong" in found.detail
    assert isinstance(horizon(network, PARITY, "exact"), Open)
    with pytest.raises(InputError, match="cannot hold"):
        horizon(network, PARITY, "fp32")


@pytest.mark.parametrize(
    ("arithmetic", "least"), [("bf16", 20), ("tf32", 150), ("fp32", 1_000_000), ("fp64", 10**12)]
)
def test_more_bits_certify_more(arithmetic, least) -> None:
    task = TASKS["mod3-rotations"]
    assert certified(task.network, task.machine, arithmetic) >= least


def test_rotations_with_bf16_keys_fail_later_than_certified() -> None:
    """The drift that was measured in other people's kernels: first wrong at 1,788 to 1,805."""
    task = TASKS["mod3-rotations"]
    length = certified(task.network, task.machine, BF16_INPUTS)
    word, _ = first_wrong(task.network, task.machine, BF16_INPUTS, 2_000, 10_000)
    assert word is None or len(word) > length
    assert 100 < length < 1_788


def test_states_of_a_contraction_never_leave() -> None:
    """Boxes in place of states: what errors add is forgotten, so that no length ends it."""
    task = TASKS["digits"]
    found = horizon(task.network, task.machine, "bf16", round_parameters=True)
    assert found.length == MAX_LENGTH
    assert "for ever" in found.detail


def test_letters_that_expand_are_measured_in_other_coordinates() -> None:
    """Order 3, with norm 1.6 in Euclidean norm: errors would grow like its powers."""
    turn = DenseStep(((F(0), F(-1)), (F(1), F(-1))), (F(1, 3), F(0)))
    start = (F(1), F(1, 5))
    orbit = [start]
    for _ in range(2):
        orbit.append(turn.apply(orbit[-1]))
    network = single({"1": (turn,)}, start, orbit, [0, 1, 2], 0)
    machine = Machine(alphabet="1", transitions=[[1], [2], [0]], initial=0, outputs=[0, 1, 2])
    found = horizon(network, machine, "fp32", round_parameters=True)
    assert found.length > 100_000
    assert "coordinates" in found.detail


def test_layers_of_a_stack_are_bounded_one_by_one() -> None:
    """The stack is right as long as its worst layer is."""
    pairs = [pair for pair in random_pairs(4, 10) if len(pair[0].layers) == 2]
    assert len(pairs) > 1
    for network, machine in pairs:
        found = horizon(network, machine, "fp16", round_parameters=True)
        if isinstance(found, Horizon):
            assert "of layer" in found.detail


@pytest.mark.parametrize("word_length", [10, 1_000, 100_000])
def test_the_error_of_float32_is_below_the_bound(word_length) -> None:
    """Rotations in numpy's float32 beside mpmath's: independent of everything above."""
    task = TASKS["mod3-rotations"]
    length = certified(task.network, task.machine, "fp32")
    assert length > word_length
    mpmath.mp.dps = 50
    root = mpmath.sqrt(3) / 2
    keys = [(np.float32(1), np.float32(0)), (np.float32(0.5), np.float32(float(root)))]
    two, h = np.float32(2), [np.float32(1), np.float32(0)]
    for _ in range(word_length):
        for a, b in keys:
            t = two * (a * h[0] + b * h[1])
            h = [h[0] - a * t, h[1] - b * t]
    angle = 2 * mpmath.pi * (word_length % 3) / 3
    off = mpmath.hypot(h[0] - mpmath.cos(angle), h[1] - mpmath.sin(angle))
    # Errors grow at most as they do at the end: e is concave in the length, up to rounding.
    found = horizon(task.network, task.machine, "fp32", round_parameters=True)
    assert off <= float(found.error) * 2 * word_length / length


def test_places_taken_together_prove_less(monkeypatch) -> None:
    task = TASKS["mod3-rotations"]
    each = certified(task.network, task.machine, "fp32")
    monkeypatch.setattr(module, "MAX_WORK", 0)
    assert 0 < certified(task.network, task.machine, "fp32") <= each
