"""Gated linear attention and HGRN of flash-linear-attention: what a state decays to, plus a value.

Nothing is subtracted that depends on the state, so of delta steps these express those along one
axis i whose eigenvalue 1 - beta k_i^2 is not negative: it is the decay of coordinate i, and
beta k_i v is added. Decays and what is added are computed in float64 and rounded once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from negeig.kernels.adapters._fla_arguments import resumed
from negeig.kernels.adapters._heads import Heads

ALONG_AXES = {
    "oblique keys": "it keeps coordinates apart, and never multiplies one into another",
    "negative eigenvalue": "it multiplies by exponentials, which are positive",
}
AS_A_WHOLE = {"several dimensions": "all coordinates of a head have one decay"}

CANNOT: dict[str, Mapping[str, str]] = {
    "fused_recurrent_gla": ALONG_AXES,
    "fused_recurrent_simple_gla": ALONG_AXES | AS_A_WHOLE,
    "fused_recurrent_hgrn": ALONG_AXES,
}
"""What an interface cannot express, with the reasons."""


def axes(h: Heads) -> dict[str, Any]:
    """Return ``gk`` [B, T, H, K], the logarithms of decays, a key that is 0 or 1, and ``v``."""
    k, beta = h.k.double(), h.beta.double()[..., None]
    decay = (h.g[..., None] + (1 - beta * k * k).log()).float()
    value = h.v.double() * (beta * k).sum(-1, keepdim=True)
    return {"k": (k != 0).to(h.k.dtype), "v": value.to(h.v.dtype), "gk": decay} | resumed(h)


def gla(h: Heads) -> dict[str, Any]:
    return {"q": h.q, "scale": 1.0} | axes(h)


def simple_gla(h: Heads) -> dict[str, Any]:
    given = gla(h)
    return given | {"g": given.pop("gk")[..., 0]}


def by_channels(hgrn: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of keys and values that calls one of channels, H x K x V of them.

    Head i reads coordinate i, as its query says.
    """

    def run(*, k: Any, v: Any, gk: Any, initial_state: Any, output_final_state: bool) -> Any:
        x = k[..., None] * v[..., None, :]  # [B, T, H, K, V]
        g = gk[..., None].expand_as(x)
        wide = (*x.shape[:2], x[0, 0].numel())
        before = initial_state.reshape(len(k), -1)
        read, final = hgrn(x.reshape(wide), g.reshape(wide), before, output_final_state)
        heads = read.view(x.shape).diagonal(dim1=2, dim2=3).movedim(-1, 2)
        return heads, final.view(initial_state.shape)

    return run


GATES: dict[str, tuple[str, Callable[[Heads], dict[str, Any]]]] = {
    "fused_recurrent_gla": ("gla", gla),
    "fused_recurrent_simple_gla": ("simple_gla", simple_gla),
    "fused_recurrent_hgrn": ("hgrn", axes),
}
"""By their names, the operator of each and what it calls its arguments."""
