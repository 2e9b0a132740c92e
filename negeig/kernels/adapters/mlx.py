"""mlx with mlx-lm: the gated delta rule of its models, as a loop of operations.

Its file is loaded by its path: importing mlx_lm loads everything that it serves models with.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from negeig.kernels.implementation import (
    DTYPES,
    Answer,
    Implementation,
    Kernel,
    Misbehaved,
    Recurrence,
    module_of_file,
)


def _one(state: str) -> Implementation:
    """Return the implementation that carries its state in float32, or in the inputs' type."""

    def load() -> Kernel:
        import mlx.core as mx

        module = module_of_file("mlx_lm", "models", "gated_delta.py")

        def run(asked: Recurrence) -> Answer:
            rows, positions, dim = asked.shape
            kind = getattr(mx, DTYPES[asked.dtype])

            def heads(values: Any) -> Any:
                array = mx.array(np.ascontiguousarray(values))[:, :, None].astype(kind)
                return mx.repeat(array, dim, axis=2)

            query = mx.broadcast_to(mx.eye(dim), (rows, positions, dim, dim)).astype(kind)
            initial = mx.array(np.ascontiguousarray(asked.initial))[:, None, None]
            initial = mx.repeat(initial, dim, axis=1)
            read, final = module.gated_delta_ops(
                query, heads(asked.key), heads(asked.write[..., None]), heads(asked.decay),
                heads(asked.beta), initial.astype(mx.float32 if state == "fp32" else kind),
            )  # fmt: skip
            for name, array, shape in (("y", read, (rows, positions, dim, 1)),
                                       ("the state", final, (rows, dim, 1, dim))):  # fmt: skip
                if array.shape != shape:
                    raise Misbehaved(f"expected {name} of shape {shape}, found {array.shape}")
            formats = {getattr(mx, dtype): name for name, dtype in DTYPES.items()}
            states = np.array(read.astype(mx.float32))[..., 0]
            return Answer(states, formats[read.dtype],
                          np.array(final.astype(mx.float32))[:, 0, 0])  # fmt: skip

        return run

    name = "mlx.gated_delta_ops" + ("" if state == "fp32" else "+low-state")
    return Implementation(
        name=name, packages=("mlx-lm", "mlx"), load=load,
        dtypes=("fp32", "bf16", "fp16") if state == "fp32" else ("bf16", "fp16"),
    )  # fmt: skip


IMPLEMENTATIONS = (_one("fp32"), _one("inputs"))
