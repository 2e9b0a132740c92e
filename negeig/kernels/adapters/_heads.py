"""What adapters share: the plumbing between a recurrence and functions of heads, in torch.

The whole state is read with d heads that hold the same state: head i has the query e_i. Or head i
of a row holds that of the i-th row after it, so that what mixes heads up is seen. The last
value channel is read, of one unless more are asked for. Functions that multiply queries by K^-0.5
themselves get K padded with zeros to a power of 4, so that the factor is a power of 2 and is undone
exactly. Where there is no initial state, a first position with key h_0, beta 1 and write 1 makes
it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.kernels.implementation import (
    DTYPES,
    Answer,
    Kernel,
    Misbehaved,
    Recurrence,
    factor,
)

FORGOTTEN = -128.0
"""Logarithm of the decay 0: its exponential is 0 in float32, and sums of it are exact."""

QUERY = 4096.0
"""Length of queries where they are normalised, so that the epsilon is lost in float32."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a function takes its arguments.

    Parameters
    ----------
    time : int
        Axis of the positions: 1 for [B, T, H, .], 2 for [B, H, T, .].
    scales : bool
        Whether it multiplies queries by K^-0.5 itself, so that K has to be padded.
    resumes : bool
        Whether it takes an initial state.
    multiple : int
        Positions are padded to a multiple of this.
    normalises : bool
        Whether it divides queries by their length.
    per_token : bool
        Whether it takes a query and returns an output for each token, not for each position.
    keys : int
        K is padded with zeros to a multiple of this, where it is not scaled.
    device : str
        Where its tensors are.
    """

    time: int = 1
    scales: bool = False
    resumes: bool = True
    multiple: int = 1
    normalises: bool = False
    per_token: bool = False
    keys: int = 1
    device: str = "cpu"

    def width(self, dim: int) -> int:
        """Return K for a state of a dimension."""
        return power_of_4(dim) if self.scales else -(-dim // self.keys) * self.keys


@dataclass(frozen=True)
class Heads:
    """Tensors q, k [B, T, H, K], v [B, T, H, V], g (log of decay, float32), beta [B, T, H].

    Or with T and H exchanged; ``initial`` is float32 [B, H, K, V]. ``steps`` positions are a token,
    and queries are to be multiplied by ``scale``.
    """

    q: Any
    k: Any
    v: Any
    g: Any
    beta: Any
    initial: Any
    steps: int
    scale: float = 1.0

    @property
    def tensors(self) -> dict[str, Any]:
        """The tensors by name."""
        return {name: x for name, x in vars(self).items() if name not in ("steps", "scale")}


def kernel(
    function: Callable[..., Any], arguments: Callable[[Heads], dict[str, Any]], layout: Layout
) -> Kernel:
    """Return the kernel that calls a function of torch tensors, which returns o or (o, state)."""
    import torch

    def run(asked: Recurrence) -> Answer:
        _, positions, dim = asked.shape
        whole = asked if layout.resumes else with_first_position(asked)
        before = whole.shape[1] - positions
        heads = _heads(torch, padded(whole, layout.multiple), layout)
        given = {name: x.clone() for name, x in heads.tensors.items()}
        with torch.no_grad():
            found = function(**arguments(heads))
        changed = [
            {"initial": "initial_state"}.get(name, name)
            for name, x in given.items()
            if not _same(x, getattr(heads, name))
        ]
        read, *others = found if isinstance(found, tuple) else (found,)
        if len(others) > 1:
            raise Misbehaved(f"expected o, or o and the state, found {len(others) + 1} results")
        final = others[0] if others else None
        stride = asked.steps if layout.per_token else 1
        right = list(heads.v.shape)
        right[layout.time] //= stride
        states = _checked(torch, "o", read, right, layout.device)
        states = (states if layout.time == 1 else states.transpose(1, 2))[..., -1].numpy()
        states = states / np.float32(factor(asked.values - 1) * asked.scale)
        if layout.scales:
            states = states * np.float32(heads.k.shape[-1] ** 0.5)
        states = np.repeat(states, stride, axis=1)[:, before : before + positions]
        source = _row_of_head(asked)
        back = np.argsort(source, axis=0)
        states = np.take_along_axis(states, back[:, None], axis=0)
        if final is not None:
            shape = list(heads.initial.shape)
            final = _checked(torch, "the final state", final, shape, layout.device)
            final = final[:, :, :dim, -1].numpy() / np.float32(factor(asked.values - 1))
            final = _one_head(np.take_along_axis(final, back[:, :, None], axis=0))
        return Answer(states, _format(read), final, tuple(changed))

    return run


def _same(before: Any, after: Any) -> bool:
    """Whether a tensor is what it was; two NaN are the same."""
    return bool(((before == after) | (before.isnan() & after.isnan())).all())


def _checked(torch: Any, what: str, tensor: Any, shape: list[int], device: str) -> Any:
    """Return a tensor as float32. Raises Misbehaved for another shape, type or device."""
    if not isinstance(tensor, torch.Tensor):
        found = type(tensor).__name__
        raise Misbehaved(f"expected {what} to be a tensor or an array, found {found}")
    if list(tensor.shape) != shape:
        raise Misbehaved(f"expected {what} of shape {shape}, found {list(tensor.shape)}")
    _format(tensor)
    if tensor.device.type != device:
        raise Misbehaved(f"expected {what} on {device}, found it on {tensor.device.type}")
    return tensor.detach().float().cpu()


def _format(tensor: Any) -> str:
    for name, dtype in DTYPES.items():
        if str(tensor.dtype).endswith(f".{dtype}"):
            return name
    raise Misbehaved(f"expected one of {', '.join(DTYPES.values())}, found {tensor.dtype}")


def _heads(torch: Any, asked: Recurrence, layout: Layout) -> Heads:
    rows, positions, dim = asked.shape
    width = layout.width(dim)
    dtype = getattr(torch, DTYPES[asked.dtype])
    factors = torch.tensor([float(factor(j)) for j in range(asked.values)])

    def laid(made: Any, kind: Any = dtype) -> Any:
        made = made.to(layout.device, kind)
        if not asked.views:
            return made.clone(memory_format=torch.contiguous_format)
        return torch.cat([made, torch.full_like(made, torch.nan)], -1)[..., : made.shape[-1]]

    source = torch.from_numpy(_row_of_head(asked))

    def of_heads(made: Any) -> Any:  # one head becomes all heads, [B, H, T, .]
        if asked.turned:
            return made[source]
        return made[:, None].expand(rows, dim, *made.shape[1:])

    def tensor(made: Any, kind: Any = dtype) -> Any:
        made = of_heads(made)
        return laid(made if layout.time == 2 else made.transpose(1, 2), kind)

    def of(values: Any) -> Any:
        return torch.from_numpy(np.ascontiguousarray(values))

    reading = np.eye(dim, width, dtype=np.float32) * (QUERY if layout.normalises else 1)
    q = of(reading).expand(rows, positions, dim, width)
    initial = torch.nn.functional.pad(of(asked.initial), (0, width - dim))
    return Heads(
        q=laid(q if layout.time == 1 else q.transpose(1, 2)),
        k=tensor(of(np.pad(asked.key, ((0, 0), (0, 0), (0, width - dim))))),
        v=tensor(of(asked.write)[..., None] * factors),
        g=tensor(of(log_decay(asked)), torch.float32),
        beta=tensor(of(asked.beta)),
        initial=laid(of_heads(initial[..., None] * factors), torch.float32),
        steps=asked.steps,
        scale=asked.scale,
    )


def _one_head(states: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the states of one head (rows, K), of all heads: of the first that is unlike others.

    The heads hold the same, so any is right; where one is not, it is handed on and judged.
    """
    first = states[:, 0]
    unlike = (
        states[:, head]
        for head in range(1, states.shape[1])
        if not np.array_equal(states[:, head], first, equal_nan=True)
    )
    return next(unlike, first)


def _row_of_head(asked: Recurrence) -> NDArray[np.int64]:
    """Return which row each head of a row is given, and read for: int64 (rows, heads)."""
    rows, _, dim = asked.shape
    turn = np.arange(dim) if asked.turned else np.zeros(dim, np.int64)
    found: NDArray[np.int64] = (np.arange(rows)[:, None] + turn) % max(rows, 1)
    return found


def log_decay(asked: Recurrence) -> Any:
    """Return the logarithms of the decays, FORGOTTEN for 0: float32 (rows, positions)."""
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(asked.decay), np.float32(FORGOTTEN))


def power_of_4(dim: int) -> int:
    """Return the least power of 4 that is at least ``dim``: 1, 4, 16, 64, ...

    Examples
    --------
    >>> [power_of_4(d) for d in (1, 2, 5, 16, 17)]
    [1, 4, 16, 16, 64]
    """
    width = 1
    while width < dim:
        width *= 4
    return width


def padded(asked: Recurrence, multiple: int) -> Recurrence:
    """Append positions that do nothing, up to a multiple."""
    return _extended(asked, 0, -asked.shape[1] % multiple)


def with_first_position(asked: Recurrence) -> Recurrence:
    """Return the same from the state 0: a first position with key h_0, beta 1 and write 1."""
    whole = _extended(asked, 1, 0)
    whole.key[:, 0] = asked.initial
    whole.beta[:, 0] = whole.write[:, 0] = 1
    return replace(whole, initial=np.zeros_like(asked.initial))


def _extended(asked: Recurrence, before: int, after: int) -> Recurrence:
    rows = ((0, 0), (before, after))
    return replace(
        asked,
        decay=np.pad(asked.decay, rows, constant_values=1),
        beta=np.pad(asked.beta, rows),
        write=np.pad(asked.write, rows),
        key=np.pad(asked.key, (*rows, (0, 0))),
    )
