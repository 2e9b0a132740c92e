"""The released models that are known by name, and by the ``model_type`` of their config.json."""

from __future__ import annotations

from negeig.theory.architectures.architecture import FLA
from negeig.theory.architectures.released import Released, every

NEGATIVE = "allow_neg_eigval"
"""What fla-core calls the option that doubles beta."""

LISTED = "Its config.json lists the layers; the default of the code has none of use."


def _fla(
    model_type: str,
    architecture: str,
    negative: str | None = None,
    *,
    layers: int = 24,
    note: str = "",
) -> Released:
    """Return a model of fla-core: layers are recurrent unless its config names attention."""
    return Released(
        id=f"fla-{model_type.replace('_', '-')}",
        name=f"{model_type} (flash-linear-attention)",
        model_types=(model_type,),
        architecture=architecture,
        key=None if negative is None else NEGATIVE,
        otherwise=negative,
        source=FLA,
        kinds=every(layers, 1),
        note=note,
    )


MODELS = (
    Released(
        id="qwen3-next",
        name="Qwen3-Next",
        model_types=("qwen3_next",),
        architecture="gated-deltanet",
        kinds=every(48, 4, 3),
        period=("full_attention_interval",),
    ),
    Released(
        id="qwen3.5",
        name="Qwen3.5",
        model_types=("qwen3_5", "qwen3_5_text", "qwen3_5_moe", "qwen3_5_moe_text"),
        architecture="gated-deltanet",
        kinds=every(32, 4, 3),
        period=("full_attention_interval",),
        aliases=("qwen3_5_moe",),
    ),
    Released(
        id="qwen4-exp",
        name="Qwen4-Exp",
        model_types=("qwen4_exp", "qwen4_exp_text"),
        architecture="gated-deltanet",
        kinds=every(40, 4, 3),
        period=("full_attention_interval",),
    ),
    Released(
        id="olmo-hybrid",
        name="OLMo Hybrid",
        model_types=("olmo_hybrid",),
        architecture="gated-deltanet-negative",
        key="linear_allow_neg_eigval",
        otherwise="gated-deltanet",
        default=True,
        kinds=every(32, 4, 3),
    ),
    Released(
        id="lara-mini",
        name="Lara Mini",
        model_types=("lara_mini",),
        architecture="gated-deltanet",
        kinds=every(34, 5, 1, 3, 4),
    ),
    Released(
        id="kimi-linear",
        name="Kimi Linear",
        model_types=("kimi_linear",),
        architecture="kda",
        kinds=("recurrent", *every(27, 4, 0)[1:]),
    ),
    Released(
        id="bailing-hybrid",
        name="Bailing hybrid (Ling)",
        model_types=("bailing_hybrid",),
        architecture="kda-bounded",
        key="kda_safe_gate",
        otherwise="kda",
        default=True,
        kinds=every(42, 6, 5),
        period=("layer_group_size",),
    ),
    Released(
        id="glm5-next",
        name="GLM-5-Next",
        model_types=("glm5_next", "glm5_next_text"),
        architecture="kda-bounded",
        key="linear_lower_bound",
        otherwise="kda",
        default=True,
        kinds=every(45, 4, 3),
    ),
    Released(
        id="mamba2-model",
        name="Mamba-2 language models",
        model_types=("mamba2",),
        architecture="mamba-2",
        kinds=every(64, 1),
    ),
    Released(
        id="nemotron-h",
        name="Nemotron-H",
        model_types=("nemotron_h",),
        architecture="mamba-2",
        note=LISTED,
    ),
    Released(
        id="falcon-h1",
        name="Falcon-H1",
        model_types=("falcon_h1",),
        architecture="mamba-2",
        kinds=every(32, 1, 0, kind="both"),
        note="Every layer has attention and a recurrence side by side.",
    ),
    Released(
        id="bamba",
        name="Bamba",
        model_types=("bamba",),
        architecture="mamba-2",
        kinds=every(32, 1),
        note="Its config.json names the attention layers; the default of the code names none.",
    ),
    Released(
        id="zamba2",
        name="Zamba2",
        model_types=("zamba2",),
        architecture="mamba-2",
        kinds=tuple(
            "both" if i in (6, 12, 18, 24, 30, 36, 42, 47, 51) else "recurrent" for i in range(54)
        ),
        note="Attention is shared, and stands before a recurrence.",
    ),
    Released(
        id="granite-4-hybrid",
        name="Granite 4 hybrid",
        model_types=("granitemoehybrid",),
        architecture="mamba-2",
        kinds=every(32, 1),
        aliases=("granite4", "granite-4"),
        note="Its config.json lists the attention layers; the default of the code lists none.",
    ),
    Released(
        id="mamba-model",
        name="Mamba language models",
        model_types=("mamba",),
        architecture="mamba",
        kinds=every(32, 1),
    ),
    Released(
        id="falcon-mamba",
        name="Falcon Mamba",
        model_types=("falcon_mamba",),
        architecture="mamba",
        kinds=every(32, 1),
    ),
    Released(
        id="jamba",
        name="Jamba",
        model_types=("jamba",),
        architecture="mamba",
        kinds=every(32, 8, 4),
        period=("attn_layer_period", "attn_layer_offset"),
    ),
    Released(
        id="zamba",
        name="Zamba",
        model_types=("zamba",),
        architecture="mamba",
        kinds=tuple(
            "both" if i == 2 or (i >= 3 and (i - 3) % 6 == 4) else "recurrent" for i in range(76)
        ),
        note="Attention is shared, and stands before a recurrence.",
    ),
    Released(
        id="recurrentgemma",
        name="RecurrentGemma",
        model_types=("recurrent_gemma",),
        architecture="rg-lru",
        kinds=every(26, 3, 2),
        aliases=("recurrent_gemma",),
    ),
    Released(
        id="minimax-text",
        name="MiniMax-Text-01",
        model_types=("minimax",),
        architecture="lightning-attention",
        kinds=every(32, 2, 0),
        aliases=("minimax",),
    ),
    Released(
        id="xlstm",
        name="xLSTM 7B",
        model_types=("xlstm",),
        architecture="mlstm",
        kinds=every(32, 1),
        note="This code has mLSTM layers only; an sLSTM layer is not linear in its state.",
    ),
    Released(
        id="rwkv-4-model",
        name="RWKV-4 language models",
        model_types=("rwkv",),
        architecture="rwkv-4",
        kinds=every(32, 1),
    ),
    _fla("delta_net", "deltanet", "deltanet-negative"),
    _fla("gated_deltanet", "gated-deltanet", "gated-deltanet-negative", layers=21),
    _fla(
        "gated_deltaproduct",
        "gated-deltanet",
        "gated-deltanet-negative",
        layers=21,
        note="num_householder says how many steps a token: 1 in the config, 2 in the layer alone.",
    ),
    _fla("kda", "kda", "kda-negative"),
    _fla("comba", "comba", layers=21),
    _fla("gla", "gla"),
    _fla("gsa", "gsa"),
    _fla("hgrn", "hgrn"),
    _fla("hgrn2", "hgrn2"),
    _fla("linear_attn", "linear-attention"),
    _fla("mamba3", "mamba-3", layers=48),
    _fla("mesa_net", "mesanet"),
    _fla("retnet", "retnet"),
    _fla("rwkv6", "rwkv-6"),
    _fla("rwkv7", "rwkv-7"),
)
"""In the order in which they are listed; those of one code one after the other."""
