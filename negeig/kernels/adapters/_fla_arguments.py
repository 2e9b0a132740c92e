"""What the operators of flash-linear-attention call the parts of a delta rule."""

from __future__ import annotations

from typing import Any

from negeig.kernels.adapters._heads import Heads


def plain(h: Heads) -> dict[str, Any]:
    return {"q": h.q, "k": h.k, "v": h.v, "beta": h.beta}


def resumed(h: Heads) -> dict[str, Any]:
    return {"initial_state": h.initial, "output_final_state": True}


def ungated(h: Heads) -> dict[str, Any]:
    return plain(h) | resumed(h)


def scaled(h: Heads) -> dict[str, Any]:
    return ungated(h) | {"scale": h.scale}


def gated(h: Heads) -> dict[str, Any]:
    return scaled(h) | {"g": h.g}


def product(h: Heads) -> dict[str, Any]:
    each = slice(None, None, h.steps)  # a query and a decay for each token
    last = slice(h.steps - 1, None, h.steps)
    token = {"q": h.q[:, last], "g": h.g[:, each], "num_householder": h.steps}
    return gated(h) | token


def channels(h: Heads) -> dict[str, Any]:
    return gated(h) | {"g": h.g[..., None].expand_as(h.k)}


def gdn2(h: Heads) -> dict[str, Any]:
    beta = h.beta[..., None]
    given = channels(h) | {"b": beta.expand_as(h.k), "w": beta.expand_as(h.v)}
    del given["beta"]
    return given


def comba(h: Heads) -> dict[str, Any]:
    # p reads the state before its decay in fla's kernels, so it has the decay of the key.
    return gated(h) | {"p": decayed_key(h)}


def decayed_key(h: Heads) -> Any:
    return h.k * h.g[..., None].exp().to(h.k.dtype)


def iplr(h: Heads) -> dict[str, Any]:
    beta = h.beta[..., None]
    low_rank = {"v": h.v * beta, "alpha": h.k, "beta": -h.k * beta}
    return ungated(h) | low_rank


def iplr_kernel(h: Heads) -> dict[str, Any]:
    return _by_letters(iplr(h))


def dplr(h: Heads) -> dict[str, Any]:
    # alpha reads the state before its decay.
    return iplr(h) | {"alpha": decayed_key(h), "gk": h.g[..., None].expand_as(h.k)}


def dplr_kernel(h: Heads) -> dict[str, Any]:
    return _by_letters(dplr(h))


def rwkv7_kernel(h: Heads) -> dict[str, Any]:
    beta = h.beta[..., None]
    decay = h.g[..., None].expand_as(h.k)
    keys = {"k": h.k, "v": h.v * beta, "kk": h.k, "a": beta.expand_as(h.k)}
    return {"r": h.q, "w": decay, "scale": 1.0} | keys | resumed(h)


def _by_letters(given: dict[str, Any]) -> dict[str, Any]:
    """Rename what the kernels call otherwise than the naive forms, and scale by 1."""
    renamed = {"alpha": "a", "beta": "b"}
    return {renamed.get(name, name): x for name, x in given.items()} | {"scale": 1.0}
