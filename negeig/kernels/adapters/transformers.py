"""transformers: the gated delta rules in plain torch that its models fall back to.

Two functions cover nine models: those of qwen3_next are in qwen3_5, qwen3_5_moe, qwen4_exp,
olmo_hybrid and lara_mini too, those of kimi_linear in bailing_hybrid and glm5_next. Where fla can
be imported they are replaced by its kernels, so what they wrap is called.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

from negeig.kernels.adapters._heads import Heads, Layout, kernel
from negeig.kernels.implementation import ChunkForm, Implementation, Kernel

# Both compute in float32, whatever the inputs are; with decays of 1 every factor is exp(0).
FORMS = {
    "torch_chunk_gated_delta_rule": ChunkForm(
        read_in="transformers 5.24.0", triangular="W and U are solved for by solve_triangular"
    ),
    "chunk_kimi_delta_attention": ChunkForm(
        read_in="transformers 5.24.0", triangular="by forward substitution, row after row"
    ),
}


def _one(model: str, function: str, chunk: int | None, normalises: bool) -> Implementation:
    def arguments(h: Heads) -> dict[str, Any]:
        return {
            "query": h.q, "key": h.k, "value": h.v, "beta": h.beta,
            "g": h.g[..., None].expand_as(h.k) if model == "kimi_linear" else h.g,
            "initial_state": h.initial, "output_final_state": True,
            "use_qk_l2norm_in_kernel": normalises,
        }  # fmt: skip

    def load() -> Kernel:
        with warnings.catch_warnings():  # of GPUs that are not there, by what it imports
            warnings.simplefilter("ignore")
            module = import_module(f"transformers.models.{model}.modeling_{model}")
        layout = Layout(scales=True, normalises=normalises)
        return kernel(getattr(module, function).__wrapped__, arguments, layout)

    why = {"key length": "it divides every key by its length"} if normalises else {}
    return Implementation(
        name=f"transformers.{function}{'+l2norm' * normalises}",
        packages=("transformers", "torch"),
        load=load,
        chunk=chunk,
        form=None if normalises else FORMS.get(function),
        normalises=normalises,
        tensors=True,
        cannot=why,
    )


IMPLEMENTATIONS = tuple(
    _one(model, function, chunk, normalises)
    for normalises in (False, True)
    for model, function, chunk in (
        ("qwen3_next", "torch_recurrent_gated_delta_rule", None),
        ("qwen3_next", "torch_chunk_gated_delta_rule", 64),
        ("kimi_linear", "recurrent_kimi_delta_attention", None),
        ("kimi_linear", "chunk_kimi_delta_attention", 64),
    )
)
