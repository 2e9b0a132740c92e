"""Keys that a kernel divides by their length: names, against numpy and mpmath, and refusals."""

import random
from dataclasses import replace
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from negeig.claims import InputError
from negeig.kernels.registry import find
from negeig.kernels.standard_suite import TASKS
from negeig.kernels.through import Through
from negeig.precision.closure.kernel_key_effect import kernel_key_effect
from negeig.precision.closure.reference import ReferenceSemantics, to_bits
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import BF16, FORMATS, FP32, FP64
from negeig.precision.numbers.kernel_keys import kernel_keys
from negeig.precision.numbers.operations import Operations
from negeig.precision.stored import round_parameters, store
from negeig.theory.networks.network import DeltaStep
from support.closure_cases import single, swaps

EPSILON = np.float32(1e-6)


def by_numpy(key, *, divides=False, epsilon=EPSILON):
    """The formula of transformers, or with a division, in float32 from the left."""
    key = np.array(key, np.float32)
    total = np.float32(0)
    for k in key:
        total = total + k * k
    root = np.sqrt(total + epsilon)
    return tuple((key / root if divides else key * (np.float32(1) / root)).tolist())


def made(key, name):
    return kernel_keys(key, FP64 if "fp64" in name else FP32, Operations(parse(name)))


def random_key(source, dim, most=20):
    return [float(np.float32(source.uniform(-1, 1) * 2.0 ** source.randint(-most, most)))
            for _ in range(dim)]  # fmt: skip


def test_the_key_is_that_of_numpy_in_float32() -> None:
    source = random.Random(15)
    for _ in range(400):
        key = random_key(source, source.randint(1, 6))
        assert made(key, "fp32:l2norm") == [by_numpy(key)]
        assert made(key, "fp32:l2norm-div") == [by_numpy(key, divides=True)]
        assert made(key, "fp32:l2norm-eps0") == [by_numpy(key, epsilon=np.float32(0))]
        longer = [8 * k for k in key]
        assert made(key, "fp32:l2norm-scale8") == [by_numpy(longer)]


def test_the_two_formulas_and_two_epsilons_are_told_apart() -> None:
    """The negative twin: no name gives what another one does on every key."""
    source = random.Random(16)
    keys = [random_key(source, 2, most=2) for _ in range(200)]
    names = ["l2norm", "l2norm-div", "l2norm-eps1e-5", "l2norm-eps0", "l2norm-scale8"]
    found = {name: [made(key, f"fp32:{name}") for key in keys] for name in names}
    for one in names:
        assert all(found[one] != found[other] for other in names if other != one)


@pytest.mark.parametrize("name", ["fp64:l2norm-div", "bf16:l2norm-div", "e4m3fn:rtz:l2norm-div"])
def test_roots_are_rounded_once(name: str) -> None:
    """A key of one entry: the square plus epsilon, its root, a quotient, against mpmath."""
    mpmath.mp.prec = 400
    model, source = parse(name), random.Random(name)
    run = Operations(model)
    for _ in range(200):
        x = run.rounding.round(Fraction(source.uniform(0.3, 9)))
        total = run.add(run.multiply(x, x), run.operations.nearest(Fraction(1, 10**6)))
        root = mpmath.sqrt(mpmath.mpf(total))
        near = Fraction(int(mpmath.floor(root * mpmath.mpf(2) ** 300)), 2**300)
        rounded = run.rounding.round(near)
        assert made([x], name) == [(run.rounding.round(Fraction(x) / Fraction(rounded)),)]


def test_with_any_fusion_a_key_has_several_outcomes_and_is_refused() -> None:
    key = [float(np.float32(0.6)), float(np.float32(0.8))]
    every = made(key, "fp32:l2norm-eps0:fma?") + made(key, "fp32:l2norm:fma?")
    for name in ("l2norm-eps0", "l2norm-eps0:fma", "l2norm", "l2norm:fma"):
        assert made(key, f"fp32:{name}")[0] in every
    found = [made(random_key(random.Random(i), 3, most=1), "fp32:l2norm-eps0:fma?")
             for i in range(40)]  # fmt: skip
    assert max(map(len, found)) > 1
    for key, several in (((1, 12, 12, 17), True), ((8, 9, 12, 17), True), ((1, 2, 2, 3), False)):
        unit = tuple(Fraction(k, key[-1]) for k in key[:-1])
        network = single({"a": (DeltaStep(Fraction(2), unit, Fraction(0)),)}, unit, [unit], [0], 0)
        model = parse("fp32:l2norm-scale4:fma?")
        if several:
            with pytest.raises(InputError, match="letter 'a', step 0: a key becomes") as caught:
                store(network, model)
            assert "as is fused" in str(caught.value)
        else:
            store(network, model)


def test_keys_that_are_not_of_length_1_are_refused_by_place() -> None:
    network, machine = swaps(3, rounded=False)
    with pytest.raises(InputError, match=r"letter .*, step 0: a key of squared length 2") as caught:
        closure(network, machine, "fp32:l2norm")
    assert caught.value.exit_code == 2
    assert "--unit-keys" in str(caught.value)


def test_a_factor_beyond_the_format_of_keys_is_refused() -> None:
    assert made([16.0], f"fp32:l2norm-scale{2**60}") == [(0.0,)]  # the square is infinite
    with pytest.raises(InputError, match="beyond e4m3fn or to NaN"):
        kernel_keys([1.0], FORMATS["e4m3fn"], Operations(parse("fp32:l2norm-scale1024")))
    with pytest.raises(InputError, match="or to NaN"):
        made([0.0, 0.0], "fp32:l2norm-eps0")
    assert made([0.0, 0.0], "fp32:l2norm") == [(0.0, 0.0)]


def test_names_are_canonical_and_contradictions_named() -> None:
    for name, canonical in (
        ("fp32:l2norm-eps1e-6", "fp32:l2norm"),
        ("bf16:l2norm:acc32:sr", "bf16:acc32:sr:l2norm"),
        ("fp32:L2NORM-DIV-eps5e-7-SCALE8:fma", "fp32:fma:l2norm-div-eps5e-7-scale8"),
        ("fp32:l2norm-scale1", "fp32:l2norm"),
        ("grid:2^-6:l2norm-eps0", "grid:2^-6:l2norm-eps0"),
    ):
        found = parse(name)
        assert found.name == canonical
        assert parse(canonical) == found
        assert "each key is k " in found.describe()
    for name, why in (
        ("fp32:l2norm-scale6", "keys are multiplied by a power of two"),
        ("fp32:l2norm:l2norm-div", ":l2norm and :l2norm-div answer the same question"),
        ("exact:l2norm", "exact takes keys as they are, not :l2norm"),
    ):
        with pytest.raises(InputError, match=why):
            parse(name)
    for name in ("fp32:l2norm-eps", "fp32:l2norm-eps2", "fp32:l2norm-scale8-div", "fp32:l2-norm"):
        with pytest.raises(InputError, match="is unknown"):
            parse(name)


def test_what_an_epsilon_does_to_a_reflection_is_exact() -> None:
    parity = TASKS["parity"]
    found = kernel_key_effect(parity.network, parse("fp32:l2norm"))
    key = Fraction(by_numpy([1.0])[0])
    assert (found.before, found.after) == (-1, 1 - 2 * key**2)
    assert (found.keys, found.changed, found.lost) == (1, 1, False)
    # The least power of two that loses it: by hand, in float32.
    least = next(c for c in (1, 2, 4, 8) if by_numpy([np.float32(c)]) == (1.0,))
    assert found.harmless == parse(f"fp32:l2norm-scale{least}")
    none = kernel_key_effect(parity.network, found.harmless)
    assert (none.changed, none.lost, none.harmless) == (0, True, found.harmless)
    assert kernel_key_effect(parity.network, parse("fp32")) is None
    half = kernel_key_effect(parity.network, parse(f"fp32:l2norm-scale{least // 2}"))
    assert (half.changed, half.lost) == (1, False)


@pytest.mark.parametrize(("name", "is_lost"), [("bf16", True), ("fp16", True), ("fp64", False)])
def test_whether_an_epsilon_is_lost_is_said(name: str, is_lost: bool) -> None:
    """A key of length 1 beside 1e-6: 1 + 1e-6 is no bf16 and no fp16, and it is an fp64."""
    found = kernel_key_effect(TASKS["parity"].network, parse(f"{name}:l2norm"))
    assert found.lost is is_lost
    assert ("no key changes: the epsilon is lost" in str(found)) is is_lost
    assert ":all-ops" not in str(found)


def test_an_epsilon_is_what_breaks_the_proof() -> None:
    """Parity drifts in float32 for ever, and closes with longer keys, or in bf16."""
    task = TASKS["parity"]
    few = {"max_states": 5_000}
    drifts = closure(task.network, task.machine, "fp32:l2norm", **few)
    longer = closure(task.network, task.machine, "fp32:l2norm-scale8", **few)
    assert (drifts.verdict, longer.verdict, longer.states) == ("open", "proved", 2)
    assert closure(task.network, task.machine, "bf16:acc32:l2norm", **few).verdict == "proved"
    mean = TASKS["levels"]
    wrong = closure(mean.network, mean.machine, "fp32:l2norm", **few)
    assert wrong.verdict in ("wrong", "collision")
    assert len(wrong.wrong_word) == 2


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["fp32", "bf16"])
def test_l2norm_is_what_transformers_computes(dtype: str) -> None:
    """Bit for bit, for unit keys of one or two entries, whose sum has one order."""
    seed = 23
    print("seed", seed)
    random_ = np.random.default_rng(seed)
    pairs = [(1, 0), (3, 4), (5, 12), (8, 15), (7, 24), (20, 21)]
    name = "fp32:l2norm" if dtype == "fp32" else "fp32:inputs-bf16:l2norm"
    (one,) = find(("transformers.torch_recurrent_gated_delta_rule+l2norm",))
    apart = others = 0
    for dim in (1, 2, 3, 5):
        steps = {}
        for letter in "abcdef":
            a, b = pairs[random_.integers(len(pairs))] if dim > 1 else (1, 0)
            c = round((a * a + b * b) ** 0.5)
            key = [Fraction(0)] * dim
            at = random_.choice(dim, 2, replace=False) if dim > 1 else [0]
            for j, x in zip(at, (Fraction(a, c), Fraction(-b, c)), strict=False):
                key[j] = x
            beta, write = (Fraction(float(BF16.nearest(Fraction(x))))
                           for x in random_.standard_normal(2))  # fmt: skip
            steps[letter] = (DeltaStep(beta, tuple(key), write),)
        start = tuple(Fraction(1) for _ in range(dim))
        network = single(steps, start, [start], [0], 0)
        run = Through(one, one.kernel(), network, dtype)
        mine, plain = (semantics(network, model) for model in (name, name.replace(":l2norm", "")))
        longer = semantics(network, f"{name}-eps1e-5")
        states = random_.standard_normal((12, dim)).astype(np.float32)
        for a, letter in enumerate(network.alphabet):
            _, handed = run.call(0, states, np.full((len(states), 1), a, np.int32))
            for state, after in zip(states.tolist(), handed, strict=True):
                found = to_bits(np.frombuffer(after, np.float32).tolist())
                assert to_bits(mine.read(0, state, letter)) == found
                apart += to_bits(plain.read(0, state, letter)) != found
                others += to_bits(longer.read(0, state, letter)) != found
    assert min(apart, others) > 50


def semantics(network, name):
    model = parse(name)
    return ReferenceSemantics(network, round_parameters(network, model, round_parameters=True)[0],
                              model)  # fmt: skip


def test_a_network_of_kernel_keys_is_not_divided_again() -> None:
    model = parse("e4m3fn:acc32:keys-bf16:l2norm")
    plain = model.of_kernel_keys
    assert plain == replace(model, normalisation=None, keys=FP32)
    assert plain.of_kernel_keys is plain
