"""Backend ``cpu``: the recurrence as a compiled loop on one thread, one word at a time.

Latency of the dependent float32 operations binds, not arithmetic: some ten nanoseconds a step.
"""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np

from negeig.arrays import Ints
from negeig.kernels.backend import Piece
from negeig.kernels.codebook import Codebook
from negeig.kernels.decoder import FastDecoder
from negeig.kernels.runnable import Runnable
from negeig.precision.numbers.arithmetic import Arithmetic, parse
from negeig.precision.stored import StoredLayer

# Nanoseconds of compiled code between two looks at the clock and at Ctrl-C.
_PIECE = 10e6
# Tokens at most in between, so that the states of a piece stay in the processor's cache.
_PIECE_TOKENS = 2**16


class Cpu:
    """Float32 in the reference order, compiled without fast-math: bit for bit the reference."""

    promises: ClassVar[Arithmetic] = parse("fp32")
    notice = ""
    longest: int | None = None

    def __init__(self, network: Runnable) -> None:
        self.network = network
        self.device = f"{processor()}, one thread"

    def nanoseconds_per_token(self) -> float:
        """Rough cost of one token, for choosing how many to run."""
        layers, codebooks = self.network.stored.layers, self.network.codebooks
        return 4 + sum(map(_nanoseconds, layers, codebooks))

    def prepare(self) -> None:
        """Compile (or load from the cache on disk) by running one token."""
        for _ in self.run(np.zeros((1, 1), np.int32)):
            pass

    def run(self, words: Ints) -> Iterator[Piece]:
        """Yield pieces of some ten milliseconds each."""
        from negeig.kernels.backends._cpu_compiled import run_layer

        decoders = [FastDecoder(codebook) for codebook in self.network.codebooks]
        layers = self.network.stored.layers
        # +0 where a write is 0, which the loop subtracts.
        steps = [(s.beta, s.write + 0, s.key, s.dense, s.matrix, s.bias) for s in layers]
        carried = [np.empty_like(layer.initial) for layer in layers]
        flat, length = words.reshape(-1), words.shape[1]
        size = max(64, min(_PIECE_TOKENS, int(_PIECE / self.nanoseconds_per_token())))
        for start in range(0, len(flat), size):
            letters = self.network.letters[flat[start : start + size]]
            column = start % length
            states = []
            for i, layer in enumerate(layers):
                reached = np.empty((len(letters), layer.dim), np.float32)
                run_layer(
                    letters, column, length, layer.initial, layer.starts, *steps[i], carried[i],
                    reached,
                )  # fmt: skip
                letters = decoders[i].symbols(reached, letters, column, length)
                states.append(reached)
            yield Piece(letters, tuple(states))


def _nanoseconds(layer: StoredLayer, codebook: Codebook) -> float:
    """Cost of one token of a layer, fitted to one slow core within a factor of two.

    Where states can equal their codes decoding is a look-up; otherwise now and then a scan.
    """
    steps, dim = max(layer.most_steps, 1), layer.dim
    dense = dim * dim if len(layer.matrix) else 0
    cost: float = 10 + steps * (6 + 1.5 * dim + dense) + dim
    if codebook.exact:
        return cost + 5 * math.log2(len(codebook.points))
    return cost + codebook.points.size / 8


def processor() -> str:
    """Name of the processor, as the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or os.name


BACKEND = Cpu
