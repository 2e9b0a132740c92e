"""How the Triton kernels of flash-linear-attention compute a chunk, as read in their source.

What tensor cores multiply is rounded to the type of the inputs, and sums are kept in float32. Only
blocks of T are multiplied as float32 or as tf32, which holds whatever bfloat16 and float16 hold. A
decay of 1 multiplies by ``exp2(0)``.

``chunk_delta_rule``
    ``common/chunk_scaled_dot_kkt``: beta (K K^T); ``utils/solve_tril``: T; ``delta_rule/wy_fast``:
    W = T (beta K), U = T (beta V); ``common/chunk_delta_h``: N = U - W S, and S + K^T N, where S
    is of float32 but where it is multiplied; ``common/chunk_o``: Q S + tril(Q K^T) N.
``chunk_gated_delta_rule``
    The same, with beta (K K^T) and T in one kernel, ``gated_delta_rule/chunk_fwd``.
``chunk_comba``
    The same, with (beta K) K^T, ``comba/wy_fast``.
``chunk_kda``, ``chunk_gdn2``
    The same, with (beta K) K^T on the diagonal of blocks, ``chunk_intra_token_parallel``, and
    beta (K K^T) or (beta K) K^T beside it, ``chunk_intra``; ``gla/chunk``: the outputs.
``chunk_iplr_delta_rule``
    ``iplr/wy_fast`` with a = K, b = -beta K, v = beta V: T from K (beta K)^T, W = T K,
    U = T (tril(K K^T, -1) (beta V)); ``iplr/chunk``: R = U + W S, and S + K^T (beta V) -
    (beta K)^T R, added up in pieces of a chunk.

No form is known of ``chunk_dplr_delta_rule``, which multiplies T by K K^T before V, and of
``chunk_gated_delta_product``, whose outputs add up 64 tokens of several positions each.
"""

from __future__ import annotations

from importlib.util import find_spec

from negeig.kernels.adapters.fla import READ_IN
from negeig.kernels.implementation import ChunkForm

BLOCKS = "by forward substitution in blocks of {} rows, merged by products"

ROWS = ChunkForm(read_in=READ_IN, triangular=BLOCKS.format(16), operands=None)
COLUMNS = ChunkForm(read_in=READ_IN, triangular=BLOCKS.format(32), columns=True, operands=None)

FORMS = {
    "chunk_delta_rule": ROWS,
    "chunk_gated_delta_rule": ROWS,
    "chunk_comba": ROWS,
    "chunk_kda": ROWS,
    "chunk_gdn2": ROWS,
    "chunk_iplr_delta_rule": COLUMNS,
}
"""By the names of the functions."""

IN_THEIR_PLACE = ("tilelang", "flash_qla", "flash_kda")
"""Packages whose kernels fla calls in place of its own where they are installed."""


def chunk_form(function: str) -> ChunkForm | None:
    """Return the form of a function; None where it is not known, or other kernels may run.

    Examples
    --------
    >>> chunk_form("chunk_dplr_delta_rule") is None
    True
    """
    if any(find_spec(package) for package in IN_THEIR_PLACE):
        return None
    return FORMS.get(function)
