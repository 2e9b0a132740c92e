"""The processor's float32 operations beside the exact ones: bit for bit."""

import contextlib
import itertools
import math

import numpy as np
import pytest

from negeig.claims import InputError
from negeig.precision.closure.choices import ChoiceSemantics
from negeig.precision.closure.native_operations import (
    NativeChoices,
    NativeReference,
    choices_of,
    is_narrow,
    reference_of,
)
from negeig.precision.closure.reference import ReferenceSemantics, to_bits
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.stored import round_parameters
from negeig.theory.closure.explore import explore
from negeig.theory.closure.explore_sets import explore_sets
from negeig.theory.networks.network import LinearRNN
from support.kernel_networks import random_pair

NATIVE = ["fp32", "fp32:fma", "fp32:butterfly:fma", "bf16:acc32", "fp16:acc32:rtz:sat",
          "grid:2^-4:rna", "fixed8:2^-3", "bf16:acc32-chunk3", "e4m3fn:acc32-step", "bf16",
          "bf16:fma", "fp16:ftz", "e4m3fn:sat", "e5m2", "e4m3fnuz", "bf16:sum32"]  # fmt: skip
CHOICES = ["fp32:fma?", "bf16:acc32:sr", "e4m3fn:acc32:sr:fma?", "grid:2^-2:sr",
           "fp32:butterfly:fma?", "e5m2:acc32-step:sr:sat", "bf16:fma?"]  # fmt: skip


def stored(network: LinearRNN, name: str):
    return round_parameters(network, parse(name), round_parameters=True)[0]


def test_operations_are_bit_for_bit_those_of_exact_numbers() -> None:
    """Operands far apart, nearly cancelling, subnormal, overflowing, infinite and NaN."""
    empty = LinearRNN(alphabet=("a",), layers=(), outputs={}, empty=0)
    model = parse("fp32:fma")
    native = NativeReference(empty, stored(empty, "fp32"), model)
    exact = ReferenceSemantics(empty, stored(empty, "fp32"), model)
    seed = 17
    print("seed", seed)
    random = np.random.default_rng(seed)
    patterns = random.integers(0, 2**32, (3000, 3), dtype=np.uint64).astype(np.uint32)
    with np.errstate(invalid="ignore"):
        triples = [*patterns.view(np.float32).astype(np.float64)]
    for _ in range(4000):  # near one another: sums fall on midpoints and cancel
        significands = random.integers(-(2**24) + 1, 2**24, 3).astype(np.float64)
        powers = random.integers(-26, 3, 3) + random.choice([-117, -6, 0])
        triples.append(np.ldexp(significands, powers).astype(np.float32).astype(np.float64))
    special = [
        0.0,
        -0.0,
        math.inf,
        -math.inf,
        math.nan,
        1.0,
        -1.0,
        2.0**-149,
        3.4028234663852886e38,
    ]
    triples += [np.array(t) for t in itertools.product(special, repeat=3)]
    for x, y, z in (t.tolist() for t in triples):
        assert to_bits([native.add(x, y)]) == to_bits([exact.add(x, y)]), (x, y)
        assert to_bits([native.multiply(x, y)]) == to_bits([exact.multiply(x, y)]), (x, y)
        assert to_bits([native.fused(x, y, z)]) == to_bits([exact.fused(x, y, z)]), (x, y, z)


def pairs(name: str):
    for seed in range(25):
        network, machine = random_pair(seed, most=2)
        with contextlib.suppress(InputError):
            yield network, machine, stored(network, name)


@pytest.mark.parametrize("name", NATIVE)
def test_explorations_are_those_of_the_reference(name: str) -> None:
    model, verdicts = parse(name), set()
    for network, machine, entries in pairs(name):
        fast = reference_of(network, entries, model)
        assert isinstance(fast, NativeReference)
        expected = explore(
            ReferenceSemantics(network, entries, model), network, machine, max_states=60
        )
        assert explore(fast, network, machine, max_states=60) == expected
        verdicts.add(expected.verdict)
    assert len(verdicts) > 1


@pytest.mark.parametrize("name", CHOICES)
def test_outcomes_are_those_of_exact_numbers(name: str) -> None:
    model, verdicts = parse(name), set()
    for network, machine, entries in pairs(name):
        fast = choices_of(network, entries, model, 60)
        assert isinstance(fast, NativeChoices)
        exact = ChoiceSemantics(network, entries, model, 60)
        expected = explore_sets(exact, network, machine, max_states=60)
        assert explore_sets(fast, network, machine, max_states=60) == expected
        verdicts.add(expected.verdict)
    assert len(verdicts) > 1


def test_other_arithmetics_are_left_to_exact_numbers() -> None:
    network, _ = random_pair(0)
    for name in ("bf16:rtz", "fp64", "fp32:rtz", "e4m3fn:rna", "bf16:acc32:daz", "bf16:acc64"):
        model = parse(name)
        assert not is_narrow(model)
        found = reference_of(network, stored(network, name), model)
        assert type(found) is ReferenceSemantics
