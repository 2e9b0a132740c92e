"""flash-linear-attention (fla-core): the kernels of its operators, on a GPU.

Each is the function that a layer calls, by the name that its operator exports, ``@cuda``.
"""

from __future__ import annotations

from negeig.claims import Unavailable
from negeig.kernels.adapters import _fla_kernels as fla
from negeig.kernels.adapters._fla_chunk_forms import chunk_form
from negeig.kernels.adapters._heads import kernel
from negeig.kernels.implementation import Implementation, Kernel


def _one(function: str) -> Implementation:
    _, arguments = fla.FUNCTIONS[function]

    def load() -> Kernel:
        import torch

        if not torch.cuda.is_available():
            raise Unavailable(f"this build of torch, {torch.__version__}, sees no GPU")
        return kernel(fla.imported(function), arguments, fla.layout(function, "cuda"))

    return Implementation(
        name=f"fla.{function}@cuda",
        packages=fla.PACKAGES,
        load=load,
        dtypes=fla.dtypes(function),
        chunk=64 if fla.is_chunked(function) else None,
        form=chunk_form(function),
        device="cuda",
        tensors=True,
        cannot=fla.cannot(function),
    )


IMPLEMENTATIONS = tuple(map(_one, fla.FUNCTIONS))
