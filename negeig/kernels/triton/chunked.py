"""The delta rule a chunk at a time, in the form of products of matrices (WY, UT transform).

The steps of a word in a row, ``h <- h + u_i k_i`` with ``u_i = beta_i (v_i - k_i.h)``, are cut into
chunks of C. Within one that begins at h, with ``A_ij = beta_i k_i.k_j`` for ``j < i``,

    (I + A) u = beta (v - K h),   so   u = U - W h,   W = T beta K,  U = T beta v,  T = (I + A)^-1,

and the state after step i is ``h + sum_(j <= i) u_j k_j``. T, W and U do not need h: all chunks
at once, T by forward substitution; then ``h <- h + K^T (U - W h)`` from chunk to chunk; then the
states inside all chunks at once. No decay is assumed and beta is any number; where no step expands,
``|T_ij| <= beta_i |k_i| |k_j|``, at most 2 for keys of one length, however long a chunk is.

Arithmetic: float32, sums in no stated order, products of matrices by ``tl.dot`` in float32 (never
tf32). So states are exact where nothing rounds (:mod:`negeig.kernels.any_order` computes up to
which chunk), and elsewhere within the bound of :mod:`negeig.kernels.triton.error_bounds`.
Source: the WY form of products of reflections (Bischof and Van Loan 1987) and its compact inverse
for the delta rule (arXiv 2406.06484).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from negeig.arrays import Float32s, Ints
from negeig.claims import Unavailable
from negeig.kernels.triton.launch import Place, empty, kernels, place, tensor
from negeig.kernels.triton.recurrent_plain import Reached
from negeig.kernels.triton.table import Table, tabulate
from negeig.precision.stored import StoredLayer

CHUNKS = (16, 32, 64)
"""Steps of a chunk."""

MAX_DIM = 128
# tl.dot wants at least 16 rows and columns.
_LEAST_WIDTH = 16


class Chunked:
    """One layer of delta steps, its table where it runs.

    Parameters
    ----------
    layer : StoredLayer
    chunk : int
        16, 32 or 64 steps.
    where : Place, optional
        Else :func:`~negeig.kernels.triton.launch.place`.

    Raises
    ------
    Unavailable
        When torch or triton is not installed, a step is dense, or the layer has more than 128
        dimensions.
    ValueError
        For another length of chunks.

    Examples
    --------
    >>> CHUNKS
    (16, 32, 64)
    """

    def __init__(self, layer: StoredLayer, chunk: int = 64, *, where: Place | None = None) -> None:
        if chunk not in CHUNKS:
            raise ValueError(f"chunks have 16, 32 or 64 steps, not {chunk}")
        if len(layer.matrix):
            raise Unavailable("the chunkwise form is of delta steps: the layer has dense ones")
        if layer.dim > MAX_DIM:
            raise Unavailable(f"dimension {layer.dim}: the kernel takes at most {MAX_DIM}")
        self.chunk = chunk
        self.table: Table = tabulate(layer)
        self.where: Place = where or place()
        self.kernels = kernels("_chunked_kernels", self.where)
        self.rows = tensor(self.table.rows, self.where)

    def run(self, letters: Ints, before: Float32s, *, keep_states: bool = False) -> Reached:
        """Run words from given states; as ``run_plain`` does.

        O(words x length x steps x (C + dim)) operations.
        """
        after, states = self.launch(
            tensor(letters, self.where), tensor(before, self.where), keep_states=keep_states
        )
        return Reached(after.cpu().numpy(), None if states is None else states.cpu().numpy())

    def launch(self, letters: Any, before: Any, *, keep_states: bool = False) -> tuple[Any, Any]:
        """Launch the kernels on tensors where they run: after, states."""
        length, words = letters.shape
        table, steps = self.table, length * self.table.steps
        chunks = -(-steps // self.chunk)
        weights = empty(words, chunks, self.chunk, table.padded, where=self.where)
        targets = empty(words, chunks, self.chunk, where=self.where)
        starts = empty(words, chunks, table.padded, where=self.where)
        after = empty(words, table.padded, where=self.where)
        states = empty(length, words, table.padded, where=self.where) if keep_states else None
        sizes = (words, length, table.nothing, chunks)
        width = max(_LEAST_WIDTH, 1 << (table.padded - 1).bit_length())
        constants = {"PADDED": table.padded, "WIDTH": width, "STEPS": table.steps,
                     "CHUNK": self.chunk, "num_warps": 4}  # fmt: skip
        given = (letters, self.rows)
        with np.errstate(all="ignore"):
            if chunks:
                grid = (chunks, words)
                self.kernels.prepare_chunks[grid](*given, weights, targets, *sizes, **constants)
            self.kernels.carry_chunks[(words,)](
                *given, weights, targets, before, starts, after, *sizes, **constants
            )
            if chunks and keep_states:
                self.kernels.states_of_chunks[grid](
                    *given, targets, starts, states, *sizes, **constants
                )
        return after, states
