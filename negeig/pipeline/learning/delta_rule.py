"""The delta rule over positions with a matrix for a state, differentiable, a chunk at a time."""

from __future__ import annotations

import torch
from torch import Tensor


def delta_rule(
    query: Tensor, key: Tensor, value: Tensor, beta: Tensor, state: Tensor, chunk: int = 64
) -> tuple[Tensor, Tensor]:
    r"""Return what is read after every token, and the last state.

    The steps of a token, one after the other, are :math:`S \leftarrow S + \beta k (v - k^T S)`;
    then :math:`q^T S` is read. Column ``i`` of S is a state of :class:`DeltaStep` s whose writes
    are the values ``v_i``.

    Parameters
    ----------
    query : tensor (..., tokens, dim)
    key : tensor (..., tokens, steps, dim)
    value : tensor (..., tokens, steps, width)
    beta : tensor (..., tokens, steps)
    state : tensor (..., dim, width)
        Before the first token.
    chunk : int
        Tokens at a time.

    Returns
    -------
    outputs (..., tokens, width), state (..., dim, width)

    Notes
    -----
    Within a chunk ``S_t`` is the first state plus the sum of ``k_i u_i^T`` up to t, and the rows u
    solve ``(I + diag(beta) tril(K K^T, -1)) U = diag(beta) (V - K S)``, the WY form of a product of
    Householder matrices (Bischof and Van Loan 1987; Yang and others 2024, arXiv 2406.06484). Sums
    have torch's order, which is neither the reference's nor the same for every chunk. O(tokens x
    steps x chunk x (dim + width)).

    Examples
    --------
    >>> one = torch.ones(3, 1)
    >>> read, _ = delta_rule(one, one[:, None], 0 * one[:, None], 2 * one, torch.ones(1, 1))
    >>> read[:, 0].tolist()
    [-1.0, 1.0, -1.0]
    """
    tokens, steps = beta.shape[-2:]
    read = []
    for start in range(0, tokens, chunk):
        part = slice(start, start + chunk)
        q = query[..., part, :]
        k, v = key[..., part, :, :].flatten(-3, -2), value[..., part, :, :].flatten(-3, -2)
        b = beta[..., part, :].flatten(-2)[..., None]
        u = torch.linalg.solve_triangular(
            b * (k @ k.mT), b * (v - k @ state), upper=False, unitriangular=True
        )
        last = torch.arange(steps - 1, k.shape[-2], steps, device=k.device)  # step of each token
        done = torch.arange(k.shape[-2], device=k.device) <= last[:, None]
        read.append(q @ state + (q @ k.mT * done) @ u)
        state = state + k.mT @ u
    outputs = torch.cat(read, -2) if read else value.new_zeros(*value.shape[:-2], value.shape[-1])
    return outputs, state
