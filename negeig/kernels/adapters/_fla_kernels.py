"""flash-linear-attention's Triton kernels: the functions that a layer calls, and their arguments.

On a GPU (:mod:`.fla_cuda`) and compiled for one and executed here (:mod:`._fla_compiled`) they are
called alike, so that the same launches are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from negeig.kernels.adapters import _fla_arguments as given
from negeig.kernels.adapters import _fla_gates as gates
from negeig.kernels.adapters._heads import Heads, Layout
from negeig.kernels.adapters.fla import NO_DECAY, ONE_DECAY
from negeig.kernels.implementation import DTYPES

GATED, PRODUCT, GENERAL = "gated_delta_rule", "gated_delta_product", "generalized_delta_rule"

KERNELS: dict[str, tuple[str, Callable[[Heads], dict[str, Any]]]] = {
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
    "fused_mul_recurrent_rwkv7": ("rwkv7", given.rwkv7_kernel),
}
"""Delta rules by their names, the operator of each and what it calls its arguments."""

FUNCTIONS = KERNELS | gates.GATES
"""Those that subtract nothing, too."""

PACKAGES = ("fla-core", "einops", "torch", "triton")

_CANNOT = {"delta_rule": NO_DECAY, "iplr_delta_rule": NO_DECAY, "gated_delta_product": ONE_DECAY}


def is_chunked(function: str) -> bool:
    """Whether it works in chunks, of 64 positions."""
    return function.startswith("chunk_")


def dtypes(function: str) -> tuple[str, ...]:
    """Return the formats it takes: chunk kernels refuse float32, or compute it in tf32."""
    return ("bf16", "fp16") if is_chunked(function) else tuple(DTYPES)


def layout(function: str, device: str) -> Layout:
    """Return how it takes its arguments; chunk kernels multiply matrices of 16 columns at least."""
    keys = 16 if is_chunked(function) else 1
    return Layout(keys=keys, device=device, per_token=FUNCTIONS[function][0] == PRODUCT)


def imported(function: str) -> Callable[..., Any]:
    """Return it, as a function of keys and values."""
    found: Callable[..., Any] = getattr(
        import_module(f"fla.ops.{FUNCTIONS[function][0]}"), function
    )
    return gates.by_channels(found) if function.endswith("hgrn") else found


def cannot(function: str) -> Mapping[str, str]:
    """Return what its interface cannot express, with the reasons."""
    if function in gates.CANNOT:
        return gates.CANNOT[function]
    return _CANNOT.get(function.removeprefix("chunk_").removeprefix("fused_recurrent_"), {})
