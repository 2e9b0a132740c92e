"""accelerated-scan: a scan of ``h <- gate h + token``, one channel a coordinate."""

from __future__ import annotations

import numpy as np

from negeig.kernels.adapters._heads import padded, with_first_position
from negeig.kernels.implementation import (
    Answer,
    Implementation,
    Kernel,
    Misbehaved,
    Recurrence,
)


def _load() -> Kernel:
    import torch
    from accelerated_scan.ref import scan

    def run(asked: Recurrence) -> Answer:
        whole = with_first_position(asked)
        whole = padded(whole, 2)  # it fails on a word of one letter
        # Keys have one coordinate, so that its square is all of |k|^2: exact where keys are.
        gates = whole.decay[..., None] * (1 - whole.beta[..., None] * whole.key**2)
        tokens = (whole.beta * whole.write)[..., None] * whole.key
        # The first key may have several coordinates; the state before it is 0.
        gates[:, 0] = 0
        channels = [torch.from_numpy(np.ascontiguousarray(x.swapaxes(1, 2)))
                    for x in (gates, tokens)]  # fmt: skip
        found = scan(*channels)
        if found.shape != channels[1].shape:
            raise Misbehaved(f"expected shape {channels[1].shape}, found {found.shape}")
        states = found.numpy().swapaxes(1, 2)[:, : 1 + asked.shape[1]]
        return Answer(states[:, 1:], "fp32", np.ascontiguousarray(states[:, -1]))

    return run


IMPLEMENTATIONS = (
    Implementation(
        name="accelerated_scan.ref",
        packages=("accelerated-scan", "torch"),
        load=_load,
        dtypes=("fp32",),
        resumes=False,
        cannot={"oblique keys": "a scan moves every coordinate by itself"},
    ),
)
