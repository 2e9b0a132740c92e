"""Backend ``triton``: the recurrence as a Triton kernel, the state in registers of a thread.

Layers run one after the other, each over the letters that the one before emitted, and decode on
the way; a few long words of a small dimension are cut into chunks that run side by side. The
kernels are those of :mod:`negeig.kernels.triton`.

Arithmetic: float32, the reference's operations in the reference's order, with fusing into fma
switched off for the compiler. So the outputs are the reference's on every network; for integer
and dyadic constructions, where no operation rounds, they would be with fma or any other order
of summation as well. Without a GPU the same kernels run in Triton's interpreter, slowly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from negeig.claims import Unavailable
from negeig.kernels.backend import States
from negeig.kernels.runnable import Runnable
from negeig.kernels.triton.launch import place
from negeig.kernels.triton.recurrent import MAX_DENSE_DIM, MAX_DIM
from negeig.kernels.triton.stream import LayerKernel, TritonStream
from negeig.precision.numbers.arithmetic import Arithmetic, parse


class Triton:
    """A Triton kernel on the GPU, or in Triton's interpreter where there is none.

    Raises
    ------
    Unavailable
        When torch or triton is not installed, or a layer is too wide for registers.
    """

    promises: ClassVar[Arithmetic] = parse("fp32")
    device: str
    notice: str
    longest: int | None

    def __init__(self, network: Runnable) -> None:
        problems = []
        for i, layer in enumerate(network.stored.layers):
            kind, limit = ("dense ", MAX_DENSE_DIM) if len(layer.matrix) else ("", MAX_DIM)
            if layer.dim > limit:
                problems.append(
                    f"{kind}layer {i} has dimension {layer.dim}, the kernel takes at most {limit}"
                )
        if problems:
            raise Unavailable(f"backend triton: {'; '.join(problems)}; use --backend cpu")
        self.network = network
        self.place = place()
        pairs = zip(network.stored.layers, network.codebooks, strict=True)
        self.layers = [LayerKernel(layer, codebook) for layer, codebook in pairs]
        if self.place == "cuda":
            import torch

            self.device = torch.cuda.get_device_name()
            self.notice = ""
            self.longest = 1024
        else:
            self.device = "Triton interpreter on the CPU"
            self.notice = "no GPU was used: the kernel ran in Triton's interpreter"
            self.longest = 128

    def nanoseconds_per_token(self) -> float:
        """Rough cost of one token; in the interpreter every operation costs some microseconds."""
        if self.place == "cuda":
            return 100
        operations: float = sum(
            10 + 2 * layer.dim + max(layer.most_steps, 1) * (10 + 8 * layer.dim)
            + 5 * max(layer.most_steps, 1) * layer.dim**2 * bool(len(layer.matrix))
            for layer in self.network.stored.layers
        )  # fmt: skip
        return 1000 * (1 + operations)

    def prepare(self) -> None:
        """Compile the kernels by running one token."""
        self.stream(1).read(np.zeros((1, 1), np.int32))

    def stream(self, rows: int, states: Sequence[States] | None = None) -> TritonStream:
        """Begin some words, one in a lane."""
        return TritonStream(self.network, self.layers, rows, states)


BACKEND = Triton
