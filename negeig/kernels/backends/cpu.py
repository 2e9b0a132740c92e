"""Backend ``cpu``: the recurrence as a compiled loop on one thread, one word at a time.

Latency of the dependent float32 operations binds, not arithmetic: some ten nanoseconds a step.
"""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from negeig.arrays import Float32s, Ints
from negeig.kernels.codes import exact
from negeig.kernels.packing import PackedLayer, PackedNetwork

# Nanoseconds of compiled code between two looks at the clock and at Ctrl-C.
_PIECE = 10e6
# Tokens at most in between, so that the states of a piece stay in the processor's cache.
_PIECE_TOKENS = 2**16


class Cpu:
    """Float32 in the reference order, compiled without fast-math: bit for bit the reference."""

    notice = ""
    longest: int | None = None

    def __init__(self, network: PackedNetwork) -> None:
        self.network = network
        self.device = f"{processor()}, one thread"

    def nanoseconds_per_token(self) -> float:
        """Rough cost of one token, for choosing how many to run."""
        return 4 + sum(_nanoseconds(layer) for layer in self.network.layers)

    def prepare(self) -> None:
        """Compile (or load from the cache on disk) by running one token."""
        for _ in self.symbols(np.zeros((1, 1), np.int32)):
            pass

    def symbols(self, words: Ints) -> Iterator[Ints]:
        """Yield consecutive pieces of the emitted symbols of a batch, its rows laid end to end.

        Parameters
        ----------
        words : int32 (words, length)
            Letters in the machine's numbering.

        Yields
        ------
        int32 (n,)
            Symbols of the last layer, numbered as in ``PackedNetwork.outputs``; -1 where a state
            was not finite. Pieces take some ten milliseconds each.
        """
        from negeig.kernels.backends._cpu_compiled import run_layer

        decoders = [Decoder(layer) for layer in self.network.layers]
        layers = self.network.layers
        carried = [np.empty_like(layer.initial) for layer in layers]
        flat, length = words.reshape(-1), words.shape[1]
        size = max(64, min(_PIECE_TOKENS, int(_PIECE / self.nanoseconds_per_token())))
        for start in range(0, len(flat), size):
            letters = self.network.first_letters[flat[start : start + size]]
            column = start % length
            for layer, state, decoder in zip(layers, carried, decoders, strict=True):
                states = np.empty((len(letters), layer.dim), np.float32)
                run_layer(
                    letters, column, length,
                    layer.initial, layer.n_steps, layer.betas, layer.writes, layer.keys,
                    layer.dense, layer.matrices, layer.biases, state, states,
                )  # fmt: skip
                letters = decoder.symbols(states, letters, column, length)
            yield letters


class Decoder:
    """Turns the states of one layer into symbols, piece by piece."""

    def __init__(self, layer: PackedLayer) -> None:
        self.layer = layer
        self.guesses = np.zeros((len(layer.codes) + 1, len(layer.n_steps)), np.int32)
        self.previous = len(layer.codes)

    def symbols(self, states: Float32s, letters: Ints, column: int, length: int) -> Ints:
        """Symbols emitted for states (n, dim) after the given letters (n,); -1 for none.

        ``column`` is the place of the first letter in its word of the given length.
        """
        from negeig.kernels.backends._cpu_compiled import decode_states

        layer, found = self.layer, np.empty_like(letters)
        self.previous = decode_states(
            states, letters, column, length,
            layer.codes, layer.half_norms, layer.radii, layer.order, layer.emit,
            self.guesses, self.previous, found,
        )  # fmt: skip
        return found


def _nanoseconds(layer: PackedLayer) -> float:
    """Cost of one token of a layer, fitted to one slow core within a factor of two.

    Where states can equal their codes decoding is a look-up; otherwise now and then a scan.
    """
    steps, dim = layer.betas.shape[1], layer.dim
    dense = dim * dim if len(layer.matrices) else 0
    cost: float = 10 + steps * (6 + 1.5 * dim + dense) + dim
    if exact(layer.codes):
        return cost + 5 * math.log2(len(layer.codes))
    return cost + layer.codes.size / 8


def processor() -> str:
    """Name of the processor, as the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or os.name
