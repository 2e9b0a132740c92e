"""negeig's own kernels, for comparison: the compiled loop, and the recurrence in Triton's PTX.

Both in float32, in the reference order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from negeig.arrays import Float32s
from negeig.kernels.implementation import Answer, Implementation, Kernel, Recurrence
from negeig.kernels.ptx.targets import TARGETS

if TYPE_CHECKING:
    from negeig.kernels.ptx.compile import Launch
    from negeig.kernels.triton.recurrent import Order
    from negeig.precision.stored import StoredLayer


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


def as_layer(asked: Recurrence) -> tuple[StoredLayer, Any]:
    """Return positions as letters of a layer, equal ones as one, and which (rows, positions).

    A letter is a delta step, behind a dense step that multiplies by its decay where any is not 1.
    """
    from negeig.precision.stored import StoredLayer

    rows, positions, dim = asked.shape
    parts = [asked.decay[..., None], asked.beta[..., None], asked.write[..., None], asked.key]
    bits = np.ascontiguousarray(np.concatenate(parts, axis=2), np.float32).view(np.int32)
    letters, number = np.unique(bits.reshape(-1, dim + 3), axis=0, return_inverse=True)
    values = letters.view(np.float32)
    decays = bool((values[:, 0] != 1).any())
    steps = 2 if decays else 1
    dense = np.full(steps * len(values), -1, np.int32)
    matrix = np.zeros((0, dim, dim), np.float32)
    if decays:
        dense[::2] = np.arange(len(values))
        matrix = values[:, 0, None, None] * np.eye(dim, dtype=np.float32)

    def behind(found: Float32s) -> Float32s:
        """Put zeros for the dense steps before each."""
        made = np.zeros((len(values), steps, *found.shape[1:]), np.float32)
        made[:, -1] = found
        return made.reshape(-1, *found.shape[1:])

    layer = StoredLayer(
        initial=asked.initial[0],
        starts=np.arange(len(values) + 1, dtype=np.int32) * steps,
        beta=behind(values[:, 1]), write=behind(values[:, 2]), key=behind(values[:, 3:]),
        dense=dense, matrix=matrix, bias=np.zeros((len(matrix), dim), np.float32),
    )  # fmt: skip
    return layer, number.reshape(rows, positions)


def compiled(
    target: str,
    *,
    order: Order = "left to right",
    executor: Callable[..., int] | None = None,
    launches: list[Launch] | None = None,
) -> Implementation:
    """Return the recurrence of :mod:`negeig.kernels.triton.recurrent` compiled for a target.

    Its PTX runs on arrays and, where it is called often, as machine code of the CPU, or as another
    ``executor`` has it. Every launch is appended to ``launches``.

    Examples
    --------
    >>> compiled("sm_90").name
    'triton@sm_90'
    """

    def load() -> Kernel:
        from negeig.kernels.ptx.executor import execute
        from negeig.kernels.ptx.launching import on_cpu
        from negeig.kernels.triton.recurrent import Recurrent

        def run(asked: Recurrence) -> Answer:
            rows, positions, dim = asked.shape
            if not rows or not positions:
                return Answer(np.empty(asked.key.shape, np.float32), "fp32", asked.initial.copy())
            layer, letters = as_layer(asked)
            with on_cpu(target, executor=executor or execute, launches=launches):
                kernel = Recurrent(layer, order, bf16=asked.dtype == "bf16", where="compiled")
                reached = kernel.run(
                    kernel.table.numbered(letters), kernel.table.pad(asked.initial),
                    keep_states=True,
                )  # fmt: skip
            assert reached.states is not None
            states = np.ascontiguousarray(reached.states.swapaxes(0, 1)[..., :dim])
            return Answer(states, "fp32", np.ascontiguousarray(reached.after[:, :dim]))

        return run

    return Implementation(
        name=f"triton@{target}", packages=("triton", "torch"), load=load,
        dtypes=("fp32", "bf16"), device=f"cpu, as {target}",
    )  # fmt: skip


COMPILED: dict[str, Implementation] = {one.name: one for one in map(compiled, TARGETS)}
"""By name."""

IMPLEMENTATIONS = (
    Implementation(name="negeig.cpu", packages=("negeig",), load=_load, dtypes=("fp32",)),
)
