"""Stored layers with their codebooks for the tests of the Triton kernels, exact ones and others."""

from collections.abc import Iterator
from fractions import Fraction as F
from typing import NamedTuple

import numpy as np

from negeig.arrays import Float32s, Ints
from negeig.kernels.codebook import Codebook
from negeig.kernels.runnable import Runnable, runnable
from negeig.precision.stored import StoredLayer
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from support.kernel_networks import RIGHT, delta, random_pair, symmetric, vector


class Case(NamedTuple):
    layer: StoredLayer
    codebook: Codebook


def ready(network: LinearRNN) -> Runnable:
    return runnable(network, network.alphabet)


def layers_of(network: LinearRNN) -> Iterator[Case]:
    made = ready(network)
    for layer, codebook in zip(made.stored.layers, made.codebooks, strict=True):
        if layer.dim:
            yield Case(layer, codebook)


def network_of(steps: dict[str, tuple[DeltaStep, ...]], initial: tuple[F, ...],
               codes: tuple[tuple[F, ...], ...]) -> LinearRNN:  # fmt: skip
    symbols = tuple(f"{c}" for c in range(len(codes)))
    layer = Layer(
        alphabet=tuple(steps),
        initial=initial,
        steps=steps,
        codes=codes,
        emit=tuple((symbol,) * len(steps) for symbol in symbols),
    )
    outputs = {symbol: c for c, symbol in enumerate(symbols)}
    return LinearRNN(alphabet=tuple(steps), layers=(layer,), outputs=outputs, empty=0)


def dyadic() -> LinearRNN:
    """Swaps in four dimensions, keys a half of (1, -1, 1, -1) and the like, beta 2, two steps."""
    half = F(1, 2)
    keys = [(half, -half, half, -half), (half, half, half, half)]
    steps = {
        "a": (delta(2, keys[0]),),
        "b": (delta(2, keys[0]), delta(2, keys[1])),
        "c": (),
        "d": (delta(1, (1, 0, 0, 0), F(3, 4)), delta(2, keys[1]), delta(1, (0, 1, 0, 0), -2)),
    }
    start = vector(1, F(1, 2), 0, -1)
    return network_of(steps, start, (start, vector(1, 1, 1, 1), vector(0, -2, 0, 0)))


def root_two(n: int) -> LinearRNN:
    """Swaps of n points with keys of length 1, rounded to float32, and beta 2: they round."""
    root = F(float(np.float32(2**-0.5)))
    steps = {}
    for i, letter in enumerate("abcdefg"[: n - 1]):
        key = [F(0)] * n
        key[i], key[i + 1] = root, -root
        steps[letter] = (DeltaStep(F(2), tuple(key), F(0)),)
    points = [tuple(range(1, n + 1)), (2, 1, *range(3, n + 1)), tuple(range(n, 0, -1))]
    return network_of(steps, vector(*points[0]), tuple(vector(*p) for p in points))


def wide(n: int) -> LinearRNN:
    """Swaps far apart and writes in n dimensions, so that every lane has something to do."""

    def key(i: int, j: int) -> tuple[int, ...]:
        return tuple((c == i) - (c == j) for c in range(n))

    steps = {
        "a": (delta(1, key(0, n - 1)),),
        "b": (delta(1, key(n // 2, 1)), delta(1, key(n // 3, n - 2))),
        "c": (delta(1, key(n // 2, -1), 7),),
    }
    start = vector(*range(n))
    return network_of(steps, start, (start, vector(*[7] * n)))


EXACT = {
    **{name: make()[0] for name, make in RIGHT.items() if name != "no layers"},
    "S5": symmetric(5)[0],
    "dyadic": dyadic(),
    "d = 24": wide(24),
}
"""Networks that round nothing in any order."""

ROUNDING = {
    "k / sqrt 2, S3": root_two(3),
    "k / sqrt 2, S5": root_two(5),
    **{f"random {seed}": random_pair(seed, most=5)[0] for seed in (2, 3, 5)},
}

NETWORKS = EXACT | ROUNDING


def letters_for(layer: StoredLayer, length: int, words: int, seed: int = 0) -> Ints:
    """Letters (words, length), -1 among them, of a fixed seed."""
    source = np.random.default_rng((seed, length))
    return source.integers(-1, len(layer.starts) - 1, (words, length)).astype(np.int32)


def initial(layer: StoredLayer, words: int) -> Float32s:
    return np.repeat(layer.initial[None], words, axis=0)
