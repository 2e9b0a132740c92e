"""Backend ``cpu``: the recurrence as a compiled loop on one thread, one word at a time.

Latency of the dependent float32 operations binds, not arithmetic: some ten nanoseconds a step.
"""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np

from negeig.arrays import Ints
from negeig.kernels.backend import States
from negeig.kernels.backends._layered import LayeredStream
from negeig.kernels.codebook import Codebook
from negeig.kernels.runnable import Runnable
from negeig.precision.numbers.arithmetic import Arithmetic, parse
from negeig.precision.stored import StoredLayer


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
        self.stream(1).read(np.zeros((1, 1), np.int32))

    def stream(self, rows: int, states: Sequence[States] | None = None) -> LayeredStream:
        """Begin some words."""
        return LayeredStream(self.network, rows, states, self._advance)

    def _advance(self, number: int, before: States, letters: Ints) -> States:
        """States (rows, n, dim) of a layer after every letter."""
        from negeig.kernels.backends._cpu_compiled import run_layer

        layer = self.network.stored.layers[number]
        states = np.empty((*letters.shape, layer.dim), np.float32)
        for row, read in enumerate(letters):
            # +0 where a write is 0, which the loop subtracts.
            run_layer(
                read, layer.starts, layer.beta, layer.write + 0, layer.key, layer.dense,
                layer.matrix, layer.bias, before[row].copy(), states[row],
            )  # fmt: skip
        return states


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
