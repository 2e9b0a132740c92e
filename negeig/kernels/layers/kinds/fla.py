"""flash-linear-attention 0.6: DeltaNet, Gated DeltaNet and Gated DeltaProduct.

A position of Gated DeltaProduct takes ``num_householder`` moves. Decay is held at 1. float32 needs
the recurrent kernel; the chunked one refuses it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from negeig.arrays import Float64s
from negeig.kernels.layers.kind import CONVOLUTION, GATE, KEY, NO_DECAY, LayerKind, Plan


def _mode(plan: Plan) -> str:
    return "fused_recurrent" if plan.dtype == "float32" else "chunk"


def _delta_net_arguments(plan: Plan) -> dict[str, Any]:
    return {
        "mode": _mode(plan),
        "hidden_size": plan.hidden,
        "expand_k": plan.heads * plan.key_dim / plan.hidden,
        "expand_v": plan.heads * plan.value_dim / plan.hidden,
        "num_heads": plan.heads,
        "use_gate": False,
        "conv_size": CONVOLUTION,
        "allow_neg_eigval": True,
        "norm_eps": 1e-5,
    }


def _gated_arguments(plan: Plan) -> dict[str, Any]:
    return {
        "mode": _mode(plan),
        "hidden_size": plan.hidden,
        "head_dim": plan.key_dim,
        "expand_v": plan.value_dim / plan.key_dim,
        "num_heads": plan.heads,
        "conv_size": CONVOLUTION,
        "allow_neg_eigval": True,
        "norm_eps": 1e-5,
    }


def _product_arguments(plan: Plan) -> dict[str, Any]:
    return {**_gated_arguments(plan), "num_householder": plan.moves}


def _tensors(plan: Plan, gate: float = 1.0) -> dict[str, Float64s]:
    """Return what all three have; several moves of a position are laid out before the heads."""
    rows, heads, moves = len(plan.betas), plan.heads, plan.moves
    betas = plan.per_head(plan.beta_logits(2)[..., None])
    channels = {
        "q": heads * plan.key_dim,
        "k": moves * heads * plan.key_dim,
        "v": moves * heads * plan.value_dim,
    }
    return {
        "q_proj.weight": plan.constant(plan.query_rows.ravel()),
        "k_proj.weight": plan.table(plan.per_head(plan.keys * KEY).reshape(rows, -1)),
        "v_proj.weight": plan.table(plan.per_head(plan.values).reshape(rows, -1)),
        "b_proj.weight": plan.table(betas.reshape(rows, -1)),
        **{f"{x}_conv1d.weight": plan.identity_taps(n) for x, n in channels.items()},
        "o_norm.weight": np.ones(plan.value_dim),
        "o_proj.weight": plan.output_projection(gate),
    }


def _gated_tensors(plan: Plan) -> dict[str, Float64s]:
    heads = plan.heads
    return _tensors(plan, GATE) | {
        "a_proj.weight": np.zeros((heads, plan.hidden)),
        "A_log": np.zeros(heads),
        "dt_bias": np.full(heads, NO_DECAY),
        "g_proj.weight": plan.constant(np.full(heads * plan.value_dim, GATE)),
    }


def _kind(layer: str, **others: Any) -> LayerKind:
    return LayerKind(
        name=f"fla.{layer}",
        package="flash-linear-attention",
        tested="flash-linear-attention 0.6.0",
        module="fla.layers",
        layer=layer,
        most_beta=2,
        norm_eps=1e-5,
        **others,
    )


KINDS = (
    _kind(
        "DeltaNet", subject="deltanet-negative", arguments=_delta_net_arguments, tensors=_tensors,
        functions=("fla.fused_recurrent_delta_rule@cuda", "fla.chunk_delta_rule@cuda"),
    ),
    _kind(
        "GatedDeltaNet", subject="gated-deltanet-negative", arguments=_gated_arguments,
        tensors=_gated_tensors,
        functions=("fla.fused_recurrent_gated_delta_rule@cuda", "fla.chunk_gated_delta_rule@cuda"),
    ),
    _kind(
        "GatedDeltaProduct", subject="gated-deltaproduct-negative", arguments=_product_arguments,
        tensors=_gated_tensors, gathers=True,
        functions=("fla.chunk_gated_delta_product@cuda",),
    ),
)  # fmt: skip
