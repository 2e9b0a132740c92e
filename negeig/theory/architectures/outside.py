"""Layers that people ask about and that no statement here is about, each with the reason."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Outside:
    """A layer that is no linear recurrence with a state of fixed size.

    Attributes
    ----------
    id, name : str
    reason : str
        What keeps the theorems from speaking of it.
    source : str
    aliases, model_types : tuple of str
        Further names, and what config.json files of such models say.
    """

    id: str
    name: str
    reason: str
    source: str
    aliases: tuple[str, ...] = ()
    model_types: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        shown = {f.name: getattr(self, f.name) for f in fields(self)}
        return {
            **shown,
            "aliases": list(self.aliases),
            "model_types": list(self.model_types),
        }


GROWING = "it looks back at every token: its state grows with the text"
READING = "its gates read the state, so its recurrence is not linear in the state"

OUTSIDE = (
    Outside(
        id="attention",
        name="Softmax attention",
        reason="transformers are no linear RNNs: attention looks back at every token and its state "
        "grows with the text; the theorems are about states of fixed size that a matrix moves",
        source="Vaswani et al. 2017, arXiv 1706.03762",
        aliases=("transformer", "softmax-attention", "gpt", "bert", "t5"),
        model_types=(
            *("llama", "mistral", "mixtral", "qwen2", "qwen3", "qwen3_moe", "gemma", "gemma2"),
            *("gemma3", "gpt2", "gpt_neox", "olmo2", "olmo3", "phi3", "deepseek_v3", "minimax_m2"),
        ),
    ),
    Outside(
        id="attention-hybrid",
        name="Attention hybrids",
        reason="some of its layers are attention, whose state grows with the text; ask about its "
        "recurrent layers, or about a released model by name",
        source="Lieber et al. 2024, arXiv 2403.19887",
        aliases=("hybrid", "hybrid-attention"),
    ),
    Outside(
        id="path",
        name="PaTH attention",
        reason=f"{GROWING}; softmax reads the products of reflections between two tokens",
        source="Yang et al. 2025, arXiv 2505.16381",
        aliases=("path-attention", "path_attn"),
        model_types=("path_attn",),
    ),
    Outside(
        id="deltaformer",
        name="DeltaFormer",
        reason=f"{GROWING}; the delta rule acts on the values of all earlier tokens",
        source="arXiv 2505.19488",
        model_types=("deltaformer",),
    ),
    Outside(
        id="forgetting-transformer",
        name="Forgetting Transformer",
        reason=f"{GROWING}; its forget gate scales the logits of softmax attention",
        source="Lin et al. 2025, arXiv 2503.02130",
        aliases=("fox", "forgetting-attention"),
        model_types=("forgetting_transformer",),
    ),
    Outside(
        id="log-linear-attention",
        name="Log-linear attention",
        reason="it keeps a state for each block of a hierarchy of blocks, so their number grows "
        "with the logarithm of the length",
        source="Guo et al. 2025, arXiv 2506.04761",
        aliases=("log-linear-mamba2", "log-linear-gdn"),
        model_types=("log_linear_mamba2",),
    ),
    Outside(
        id="m2rnn",
        name="M2RNN",
        reason="its recurrence is not linear in the state",
        source="Mishra et al. 2026, arXiv 2603.14360",
        aliases=("matrix-to-matrix-rnn",),
    ),
    Outside(
        id="lstm",
        name="LSTM",
        reason=f"{READING}; the mLSTM, whose gates read the token alone, is inside",
        source="Hochreiter and Schmidhuber 1997, Neural Computation 9(8)",
        aliases=("long-short-term-memory",),
    ),
    Outside(
        id="gru",
        name="GRU",
        reason=f"{READING}; the RG-LRU, whose gates read the token alone, is inside",
        source="Cho et al. 2014, arXiv 1406.1078",
        aliases=("gated-recurrent-unit",),
    ),
    Outside(
        id="elman-rnn",
        name="RNN with a nonlinearity (Elman)",
        reason="each token puts the state through a nonlinear function, so its recurrence is not "
        "linear in the state",
        source="Elman 1990, Cognitive Science 14(2)",
        aliases=("rnn", "elman", "simple-rnn", "vanilla-rnn"),
    ),
    Outside(
        id="slstm",
        name="sLSTM",
        reason=READING,
        source="Beck et al. 2024, arXiv 2405.04517",
    ),
    Outside(
        id="preconditioned-deltanet",
        name="Preconditioned DeltaNet",
        reason="its matrix depends on a second state, the running sums of squared keys, and not on "
        "the token alone",
        source="arXiv 2604.21100",
        aliases=("precond_gated_deltanet", "precond_kda"),
        model_types=("precond_gated_deltanet", "precond_kda"),
    ),
    Outside(
        id="short-convolution",
        name="Short convolutions (LFM2)",
        reason="its layers are convolutions over a few tokens and attention: none of them has a "
        "state that a matrix moves",
        source="transformers 5.24.0",
        aliases=("lfm2", "lfm3"),
        model_types=("lfm2", "lfm2_moe", "lfm3"),
    ),
)
"""In the order in which they are listed."""
