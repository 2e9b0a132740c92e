"""Backend ``triton``: the recurrence as a Triton kernel, 64 words in the lanes of one program.

The state stays in float32 registers for a whole word; layers run one after the other, each over
the letters that the one before emitted. The kernel writes the states; the decoder is the CPU's.

Arithmetic: float32, the reference's operations in the reference's order, with fusing into fma
switched off for the compiler. So the outputs are the reference's on every network; for integer
and dyadic constructions, where no operation rounds, they would be with fma or any other order
of summation as well. Without a GPU the same kernel runs in Triton's interpreter, slowly.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module, reload
from typing import Any, ClassVar

import numpy as np

from negeig.arrays import Float32s, Ints
from negeig.claims import Unavailable
from negeig.kernels.backend import States
from negeig.kernels.backends._layered import LayeredStream
from negeig.kernels.extras import in_a_clone
from negeig.kernels.runnable import Runnable
from negeig.precision.numbers.arithmetic import Arithmetic, parse

LANES = 64
# Two warps of 32 threads hold 64 lanes; without fusing, the compiler emits no fma.
OPTIONS = {"num_warps": 2, "enable_fp_fusion": False}
# The state and the loops over it are unrolled into registers; compilation of larger ones takes
# minutes. A dense step is dim^2 operations where a delta step is dim.
_MAX_DIM, _MAX_DENSE_DIM = 64, 16


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
            kind, limit = ("dense ", _MAX_DENSE_DIM) if len(layer.matrix) else ("", _MAX_DIM)
            if layer.dim > limit:
                problems.append(
                    f"{kind}layer {i} has dimension {layer.dim}, the kernel takes at most {limit}"
                )
        if problems:
            raise Unavailable(f"backend triton: {'; '.join(problems)}; use --backend cpu")
        self.network = network
        self.kernel, self.place = _load_kernel()
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
        """Compile the kernel by running one token."""
        self.stream(1).read(np.zeros((1, 1), np.int32))

    def stream(self, rows: int, states: Sequence[States] | None = None) -> LayeredStream:
        """Begin some words, one in a lane."""
        return LayeredStream(self.network, rows, states, self._advance)

    def _advance(self, number: int, before: States, letters: Ints) -> Float32s:
        """Launch the kernel: states (words, length, dim) after every letter of (words, length)."""
        import torch

        layer = self.network.stored.layers[number]
        count, length = letters.shape
        if not layer.dim or not letters.size:  # nothing to keep in registers
            return np.empty((count, length, layer.dim), np.float32)
        nothing = len(layer.starts) - 1  # an extra letter without steps, where nothing was read
        states = torch.empty((count, length, layer.dim), dtype=torch.float32, device=self.place)
        arrays = [
            np.where(letters < 0, nothing, letters).astype(np.int32),
            before,
            np.append(layer.starts, layer.starts[-1]),
            layer.beta,
            layer.write + 0,  # +0 where it is 0, which the kernel subtracts
            layer.key,
            layer.dense,
            layer.matrix,
            layer.bias,
        ]
        # States may overflow: that is a result. The interpreter computes with numpy.
        with np.errstate(all="ignore"):
            self.kernel[(-(-count // LANES),)](
                *(torch.from_numpy(array.copy()).to(self.place) for array in arrays),
                states,
                count,
                length,
                layer.most_steps,
                DIM=layer.dim,
                DENSE=len(layer.matrix) > 0,
                LANES=LANES,
                **OPTIONS,
            )
        found: Float32s = states.cpu().numpy()
        return found


def _load_kernel() -> tuple[Any, str]:
    """Return the kernel and the device it runs on, ``cuda`` or ``cpu`` (interpreted)."""
    try:
        import torch

        import_module("triton")
    except ImportError as error:
        raise Unavailable(
            f"backend triton needs {error.name}: {in_a_clone('gpu')}",
        ) from error
    interpret = os.environ.get("TRITON_INTERPRET") == "1" or not torch.cuda.is_available()
    return _imported_kernel(interpret), "cpu" if interpret else "cuda"


@cache
def _imported_kernel(interpret: bool) -> Any:
    """Import the kernel's file, or import it again where something else has imported it.

    Triton decides at that moment whether to interpret; TRITON_INTERPRET is set for no longer, so
    that other kernels of the same process stay compiled.
    """
    before = os.environ.get("TRITON_INTERPRET")
    os.environ["TRITON_INTERPRET"] = "1" if interpret else "0"
    try:
        loaded = sys.modules.get("negeig.kernels.backends._triton_kernels")
        return (
            reload(loaded) if loaded else import_module("negeig.kernels.backends._triton_kernels")
        ).run_layer
    finally:
        if before is None:
            del os.environ["TRITON_INTERPRET"]
        else:
            os.environ["TRITON_INTERPRET"] = before


BACKEND = Triton
