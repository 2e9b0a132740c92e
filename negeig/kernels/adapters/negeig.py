"""negeig's own compiled loop, for comparison: float32, in the reference order."""

from __future__ import annotations

import numpy as np

from negeig.arrays import Float32s
from negeig.kernels.implementation import Answer, Implementation, Kernel, Recurrence


def _load() -> Kernel:
    from negeig.kernels.backends._cpu_compiled import run_layer

    def run(asked: Recurrence) -> Answer:
        rows, positions, dim = asked.shape
        states = np.empty(asked.key.shape, np.float32)
        number = np.arange(positions, dtype=np.int32)
        # Letter t takes two steps, its decay as a dense step and its delta step.
        starts = np.arange(0, 2 * positions + 2, 2, dtype=np.int32)
        dense = np.full(2 * positions, -1, np.int32)
        dense[::2] = number
        bias = np.zeros((positions, dim), np.float32)

        def pairs(values: Float32s) -> Float32s:
            return np.repeat(values, 2, axis=0)

        for row in range(rows):
            matrix = asked.decay[row, :, None, None] * np.eye(dim, dtype=np.float32)
            run_layer(
                number, starts, pairs(asked.beta[row]), pairs(asked.write[row] + 0),
                pairs(asked.key[row]), dense, matrix, bias, asked.initial[row].copy(), states[row],
            )  # fmt: skip
        final = states[:, -1] if positions else asked.initial
        return Answer(states, "fp32", final.copy())

    return run


IMPLEMENTATIONS = (
    Implementation(name="negeig.cpu", packages=("negeig",), load=_load, dtypes=("fp32",)),
)
