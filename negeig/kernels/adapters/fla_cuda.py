"""flash-linear-attention (fla-core): the kernels of its operators, which need a GPU.

Each is the function that a layer calls, by the name that its operator exports, ``@cuda``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from negeig.claims import Unavailable
from negeig.kernels.adapters import _fla_arguments as given
from negeig.kernels.adapters._heads import Heads, Layout, kernel
from negeig.kernels.adapters.fla import NO_DECAY, ONE_DECAY
from negeig.kernels.implementation import DTYPES, Implementation, Kernel

Arguments = Callable[[Heads], dict[str, Any]]

NOT_FP32 = ("bf16", "fp16")  # chunk kernels refuse float32, or compute it in tf32


GATED, PRODUCT, GENERAL = "gated_delta_rule", "gated_delta_product", "generalized_delta_rule"

KERNELS: dict[str, tuple[str, Arguments]] = {
    "fused_recurrent_delta_rule": ("delta_rule", given.scaled),
    "chunk_delta_rule": ("delta_rule", given.scaled),
    "fused_recurrent_gated_delta_rule": (GATED, given.gated),
    "chunk_gated_delta_rule": (GATED, given.gated),
    "chunk_gated_delta_product": (PRODUCT, given.product),
    "fused_recurrent_kda": ("kda", given.channels),
    "chunk_kda": ("kda", given.channels),
    "fused_recurrent_gdn2": ("gdn2", given.gdn2),
    "chunk_gdn2": ("gdn2", given.gdn2),
    "fused_recurrent_comba": ("comba", given.comba),
    "chunk_comba": ("comba", given.comba),
    "fused_recurrent_iplr_delta_rule": (GENERAL, given.iplr_kernel),
    "chunk_iplr_delta_rule": (GENERAL, given.iplr_kernel),
    "fused_recurrent_dplr_delta_rule": (GENERAL, given.dplr_kernel),
    "chunk_dplr_delta_rule": (GENERAL, given.dplr_kernel),
}
"""By their names, the operator of each and what it calls its arguments."""

CANNOT = {"delta_rule": NO_DECAY, "iplr_delta_rule": NO_DECAY, "gated_delta_product": ONE_DECAY}


def _one(function: str, operator: str, arguments: Arguments) -> Implementation:
    def load() -> Kernel:
        import torch

        if not torch.cuda.is_available():
            raise Unavailable(f"this build of torch, {torch.__version__}, sees no GPU")
        layout = Layout(keys=16, device="cuda", per_token=operator == PRODUCT)
        module = import_module(f"fla.ops.{operator}")
        return kernel(getattr(module, function), arguments, layout)

    chunked = function.startswith("chunk_")
    return Implementation(
        name=f"fla.{function}@cuda",
        packages=("fla-core", "einops", "torch", "triton"),
        load=load,
        dtypes=NOT_FP32 if chunked else tuple(DTYPES),
        chunk=64 if chunked else None,
        device="cuda",
        tensors=True,
        cannot=CANNOT.get(function.removeprefix("chunk_").removeprefix("fused_recurrent_"), {}),
    )


IMPLEMENTATIONS = tuple(_one(function, *about) for function, about in KERNELS.items())
