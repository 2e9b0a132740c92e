"""The scan of one layer with the kernels as its three levels."""

from __future__ import annotations

import numpy as np

from negeig.arrays import Float32s
from negeig.claims import Unavailable
from negeig.kernels.codebook import Codebook
from negeig.kernels.triton.launch import Place, empty, kernels, tensor
from negeig.kernels.triton.recurrent import Recurrent
from negeig.kernels.triton.scan import Compose, Scan, doubled
from negeig.precision.stored import StoredLayer

MAX_DIM = 32
"""The work grows with the dimension: beyond, the operators cost more than they save."""


def scan(
    layer: StoredLayer, *, codebook: Codebook | None = None, where: Place | None = None
) -> Scan:
    """Return the scan of a layer; it decodes if it is given a codebook.

    Bit for bit the recurrence from left to right, and fast where seams agree: see :mod:`.scan`.

    Raises
    ------
    Unavailable
        When torch or triton is not installed, or the layer has more than 32 dimensions.

    Examples
    --------
    >>> MAX_DIM
    32
    """
    if not 0 < layer.dim <= MAX_DIM:
        raise Unavailable(f"dimension {layer.dim}: the scan takes 1 to {MAX_DIM}")
    recurrence = Recurrent(layer, codebook=codebook, where=where)
    operators = Recurrent(doubled(layer), where=where)
    found = recurrence.guesses
    return Scan(
        layer.dim,
        len(layer.starts) - 1,
        recurrence.run,
        operators.run,
        composer(layer.dim, recurrence.where),
        None if found is None else found.codes_of,
    )


def composer(dim: int, where: Place) -> Compose:
    """Return level 2 in a dimension, on arrays."""
    kernel = kernels("_scan_kernels", where).compose

    def compose(operators: Float32s, before: Float32s) -> Float32s:
        chunks, words, _, padded = operators.shape
        starts = empty(chunks + 1, words, padded, where=where)
        width = 1 << (max(dim + 1, padded) - 1).bit_length()
        with np.errstate(all="ignore"):
            kernel[(words,)](
                tensor(operators, where), tensor(before, where), starts, words, chunks,
                DIM=dim, PADDED=padded, WIDTH=width, num_warps=1 if width <= 32 else 4,
                enable_fp_fusion=False,
            )  # fmt: skip
        states: Float32s = starts.cpu().numpy()
        return states

    return compose
