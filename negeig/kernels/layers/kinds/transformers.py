"""transformers 5.24: the linear-attention modules of Qwen3-Next and of OLMo Hybrid.

Both are gated delta nets; that of Qwen3-Next has beta <= 1, so it projects and never reflects.
Decay is held at 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from negeig.arrays import Float64s
from negeig.kernels.layers.kind import CONVOLUTION, GATE, KEY, NO_DECAY, LayerKind, Plan


def _arguments(plan: Plan) -> dict[str, Any]:
    return {
        "hidden_size": plan.hidden,
        "num_attention_heads": 1,
        "num_key_value_heads": 1,
        "linear_num_key_heads": plan.heads,
        "linear_num_value_heads": plan.heads,
        "linear_key_head_dim": plan.key_dim,
        "linear_value_head_dim": plan.value_dim,
        "linear_conv_kernel_dim": CONVOLUTION,
        "num_hidden_layers": 2,
        "layer_types": ["linear_attention", "full_attention"],
    }


def _olmo_arguments(plan: Plan) -> dict[str, Any]:
    return {**_arguments(plan), "linear_allow_neg_eigval": True}


def _shared(plan: Plan) -> dict[str, Float64s]:
    """Return the parameters that both have under the same names."""
    channels = plan.heads * (2 * plan.key_dim + plan.value_dim)
    return {
        "conv1d.weight": plan.identity_taps(channels),
        "A_log": np.zeros(plan.heads),
        "dt_bias": np.full(plan.heads, NO_DECAY),
    }


def _olmo_tensors(plan: Plan) -> dict[str, Float64s]:
    heads = plan.heads
    keys, values = (plan.per_head(x)[:, 0] for x in (plan.keys * KEY, plan.values))
    rows = len(plan.betas)
    return _shared(plan) | {
        "q_proj.weight": plan.constant(plan.query_rows.ravel()),
        "k_proj.weight": plan.table(keys.reshape(rows, -1)),
        "v_proj.weight": plan.table(values.reshape(rows, -1)),
        "b_proj.weight": plan.table(np.repeat(plan.beta_logits(2), heads, axis=1)),
        "a_proj.weight": np.zeros((heads, plan.hidden)),
        "g_proj.weight": plan.constant(np.full(heads * plan.value_dim, GATE)),
        "o_norm.weight": np.ones(plan.value_dim),
        "o_proj.weight": plan.output_projection(GATE),
    }


def _qwen_tensors(plan: Plan) -> dict[str, Float64s]:
    """Return its parameters: what one head has of q, k, v, gate lies together; so do b, a."""
    rows, heads = len(plan.betas), plan.heads
    keys, values = (plan.per_head(x)[:, 0] for x in (plan.keys * KEY, plan.values))
    queries = np.tile(plan.query_rows, (rows, 1, 1))
    gates = np.full(values.shape, GATE)
    betas = np.repeat(plan.beta_logits(1)[:, :, None], heads, axis=1)
    return _shared(plan) | {
        "in_proj_qkvz.weight": plan.table(
            np.concatenate([queries, keys, values, gates], axis=2).reshape(rows, -1)
        ),
        "in_proj_ba.weight": plan.table(
            np.concatenate([betas, np.zeros_like(betas)], axis=2).reshape(rows, -1)
        ),
        "norm.weight": np.ones(plan.value_dim),
        "out_proj.weight": plan.output_projection(GATE),
    }


def _kind(model: str, classes: str, **others: Any) -> LayerKind:
    return LayerKind(
        name=f"transformers.{model}",
        package="transformers",
        tested="transformers 5.24.0",
        module=f"transformers.models.{model}.modeling_{model}",
        layer=f"{classes}GatedDeltaNet",
        config=f"{classes}Config",
        subject=model.replace("_", "-"),
        functions=(
            "transformers.torch_recurrent_gated_delta_rule+l2norm",
            "transformers.torch_chunk_gated_delta_rule+l2norm",
        ),
        **others,
    )


KINDS = (
    _kind(
        "olmo_hybrid", "OlmoHybrid", most_beta=2, norm_eps=1e-5,
        arguments=_olmo_arguments, tensors=_olmo_tensors,
    ),
    _kind(
        "qwen3_next", "Qwen3Next", most_beta=1, norm_eps=1e-6,
        arguments=_arguments, tensors=_qwen_tensors,
    ),
)  # fmt: skip
