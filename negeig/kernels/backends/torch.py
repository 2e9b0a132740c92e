"""Backend ``torch``: the layers of the network's torch module, all words of a batch side by side.

On the GPU where torch finds one, otherwise on the CPU; the decoder is the CPU's. Every product and
every sum is an operation of torch's of its own, on tensors with an entry for each word: each rounds
once to float32, in the reference's order, and there is no fma to fuse them. Some operations a
coordinate and token make it slow for few words and long ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import ClassVar

import numpy as np

from negeig.arrays import Ints
from negeig.claims import LimitReached, Unavailable
from negeig.kernels.backend import States
from negeig.kernels.backends._layered import LayeredStream
from negeig.kernels.runnable import Runnable
from negeig.precision.numbers.arithmetic import Arithmetic, parse


class Torch:
    """The layers of :mod:`negeig.kernels.torch_module` in float32.

    Raises
    ------
    Unavailable
        When torch is not installed, or the tensors are too large.
    """

    promises: ClassVar[Arithmetic] = parse("fp32")
    notice = ""
    longest: int | None = 1024

    def __init__(self, network: Runnable) -> None:
        torch_module = import_module("negeig.kernels.torch_module")
        torch = torch_module.torch
        self.network = network
        self.place = "cuda" if torch.cuda.is_available() else "cpu"
        if self.place == "cuda":
            self.device = f"{torch.cuda.get_device_name()}, torch {torch.__version__}"
        else:
            self.device = f"torch {torch.__version__} on the CPU"
        try:
            self.module = torch_module.module(network.network).to(self.place)
        except LimitReached as error:
            raise Unavailable(f"backend torch: {error}; use --backend cpu") from error

    def nanoseconds_per_token(self) -> float:
        """Rough cost of one token where 64 words run side by side."""
        return 200 + sum(
            400 + 20 * max(layer.most_steps, 1) * (12 + layer.dim)
            + 10 * len(layer.matrix) * layer.dim**2
            for layer in self.network.stored.layers
        )  # fmt: skip

    def prepare(self) -> None:
        """Load what torch loads when it is first used, by running one token."""
        self.stream(1).read(np.zeros((1, 1), np.int32))

    def stream(self, rows: int, states: Sequence[States] | None = None) -> LayeredStream:
        """Begin some words, read side by side."""
        return LayeredStream(self.network, rows, states, self._advance)

    def _advance(self, layer: int, states: States, letters: Ints) -> States:
        """States (rows, n, dim) of a layer after every letter."""
        import torch

        with torch.no_grad():
            reached = self.module.layers[layer].states(
                torch.from_numpy(letters).long().to(self.place),
                torch.from_numpy(states).to(self.place),
            )
        found: States = reached.cpu().numpy()
        return found


BACKEND = Torch
