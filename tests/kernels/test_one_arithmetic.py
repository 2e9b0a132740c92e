"""A network means one thing: a backend computes the states of the arithmetic that it promises."""

import random
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from negeig.arrays import Ints
from negeig.kernels.backend import BACKENDS, Backend, Run
from negeig.kernels.backends.cpu import Cpu
from negeig.kernels.backends.reference import Reference
from negeig.kernels.runnable import Runnable
from negeig.precision.numbers.arithmetic import parse
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN
from support.kernel_networks import RIGHT, delta, random_pair, symmetric, vector
from support.promises import differences

WORDS, LENGTH = 2, 8
PAIRS = {"triton": 10}
"""Random networks where a backend is slow; 150 elsewhere."""


def minus(dim: int) -> DenseStep:
    """All entries -1: it turns 0 into -0, which adding a zero would turn back."""
    return DenseStep((vector(*[-1] * dim),) * dim, vector(*[0] * dim))


def layer(dim: int, steps: dict[str, tuple[DeltaStep | DenseStep, ...]], start: int) -> Layer:
    codes = (vector(*[1] * dim), vector(*[-1] * dim))
    emit = tuple((symbol,) * len(steps) for symbol in ("a", "b"))
    initial = vector(*[start] * dim)
    return Layer(alphabet=tuple(steps), initial=initial, steps=steps, codes=codes, emit=emit)


def signed_zeros(dim: int) -> LinearRNN:
    """Letters of no step, of one and of two, and writes: -0 has to survive all but d."""
    steps = {
        "a": (minus(dim),),
        "b": (),
        "c": (minus(dim), minus(dim)),
        "d": (delta(1, (1,) * dim, 0),),
        "e": (minus(dim), delta(1, (0,) * dim, -1)),
    }
    layers = (layer(dim, steps, 0), layer(dim, {k: steps[k] for k in "ab"}, 0))
    return LinearRNN(alphabet=tuple("abcde"), layers=layers, outputs={"a": 0, "b": 1}, empty=0)


def of_no_dimension() -> LinearRNN:
    """Its one state is the empty vector, which every letter keeps."""
    empty = Layer(alphabet=("a",), initial=(), steps={"a": ()}, codes=((),), emit=(("x",),))
    return LinearRNN(alphabet=("a",), layers=(empty,), outputs={"x": 1}, empty=1)


def grows(dim: int) -> LinearRNN:
    """Beyond the largest number after some letters, and then, as inf - inf, NaN."""
    steps = {"a": (delta(-(2**50), (1,) * dim),), "b": (delta(3, (1,) * dim, 5),)}
    layers = (layer(dim, steps, 1), layer(1, {k: steps[k] for k in "ab"} if dim == 1 else
              {"a": (delta(2, (1,)),), "b": ()}, 1))  # fmt: skip
    return LinearRNN(alphabet=("a", "b"), layers=layers, outputs={"a": 0, "b": 1}, empty=0)


def cases(random_pairs: int) -> Iterator[tuple[LinearRNN, Ints]]:
    """Networks and words for them, of one letter too."""
    networks = [
        *(make()[0] for make in RIGHT.values()),
        symmetric(5)[0],
        of_no_dimension(),
        *(make(dim) for make in (signed_zeros, grows) for dim in (1, 2, 3)),
        *(random_pair(seed, most=7)[0] for seed in range(1000, 1000 + random_pairs // 10)),
        *(random_pair(seed)[0] for seed in range(random_pairs)),
    ]
    for seed, network in enumerate(networks):
        source = random.Random(seed)
        for shape in ((WORDS, LENGTH), (1, 1)):
            words = [[source.randrange(len(network.alphabet)) for _ in range(shape[1])]
                     for _ in range(shape[0])]  # fmt: skip
            yield network, np.array(words, np.int32)


@pytest.mark.parametrize("name", BACKENDS)
def test_a_backend_keeps_its_promise(name: str) -> None:
    """States of all layers and symbols, bit for bit, every NaN the same."""
    seen: Counter[str] = Counter()
    for network, words in cases(PAIRS.get(name, 150)):
        wrong, right = differences(BACKENDS[name], network, words)
        assert wrong == [], (network, words)
        count(seen, network, right)
    # The sample must hold what the claim speaks of.
    few = [what for what in LEAST if seen[what] < LEAST[what]]
    assert few == [], seen


LEAST = {
    "1 layers": 10, "2 layers": 10, "dense": 10, "writes": 10, "several steps": 10,
    "odd dimensions": 10, "fewer steps": 10, "not finite": 2, "NaN": 2, "-0": 6, "rounded": 10,
}  # fmt: skip


def count(seen: Counter[str], network: LinearRNN, right: Run) -> None:
    seen[f"{min(len(network.layers), 2)} layers"] += 1
    steps = [s for layer in network.layers for row in layer.steps.values() for s in row]
    counts = [[len(row) for row in layer.steps.values()] for layer in network.layers]
    seen["dense"] += any(isinstance(s, DenseStep) for s in steps)
    seen["writes"] += any(not isinstance(s, DenseStep) and s.write != 0 for s in steps)
    seen["several steps"] += any(max(c) > 1 for c in counts)
    seen["fewer steps"] += any(min(c) < max(c) for c in counts)
    seen["odd dimensions"] += any(layer.dim % 2 and layer.dim > 1 for layer in network.layers)
    flat = np.concatenate([np.zeros(1), *(s.reshape(-1) for s in right.states)])
    seen["not finite"] += bool(np.isinf(flat).any())
    seen["NaN"] += bool(np.isnan(flat).any())
    seen["-0"] += bool((np.signbit(flat) & (flat == 0)).any())
    with np.errstate(all="ignore"):
        seen["rounded"] += bool((np.abs(flat) % 2.0**-10 != 0).any())


def breach(**changes: Callable[..., object]) -> type[Backend]:
    """The reference backend with some of its operations replaced."""

    class Broken(Reference):
        def __init__(self, network: Runnable) -> None:
            super().__init__(network)
            kind = type("Semantics", (type(self.semantics),), changes)
            self.semantics = kind(network.network, network.stored, self.promises)

    return Broken


def summed_from_the_right(self, weights, h):
    s = self.multiply(weights[-1], h[-1])
    for k, x in zip(weights[-2::-1], h[-2::-1], strict=True):
        s = self.accumulate(k, x, s)
    return s


BREACHES = {
    "sums from the right": {"_dot": summed_from_the_right},
    "float64 inside": {"add": lambda self, a, b: float(a) + float(b)},
    "-0 lost": {"multiply": lambda self, a, b: a * b + np.float32(0)},
    "overflow saturates": {"add": lambda self, a, b: np.clip(a + b, -3e38, 3e38)},
}


@pytest.mark.parametrize("what", BREACHES)
def test_a_broken_promise_is_found(what: str) -> None:
    kind = breach(**BREACHES[what])
    with np.errstate(all="ignore"):
        assert any(differences(kind, network, words)[0] for network, words in cases(20))


def test_another_arithmetic_is_no_excuse() -> None:
    """A kernel that computes in fp32 does not keep the promise of bf16."""

    class Pretender(Cpu):
        promises = parse("bf16:acc32")

    found = [differences(Pretender, network, words)[0] for network, words in cases(20)]
    assert any(found)
    assert not all(found)  # integer networks round nothing in either
