"""The chunkwise delta rule in numpy: what the Triton kernels compute, one chunk after another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Float32s, Ints
from negeig.kernels.triton.recurrent_plain import Reached
from negeig.kernels.triton.table import Table

Floats = NDArray[Any]


def chunk_rows(table: Table, letters: Ints, chunk: int) -> Floats:
    """Return keys, betas and writes of one word's chunks: (chunks, chunk, padded + 4).

    After the last letter nothing is read.
    """
    rows = table.rows[letters].reshape(-1, table.padded + 4)
    missing = -len(rows) % chunk
    return np.pad(rows, ((0, missing), (0, 0))).reshape(-1, chunk, table.padded + 4)


def unit_inverse(a: Floats) -> Floats:
    """Return (I + A)^-1 for A of which the part below the diagonal counts, row by row."""
    inverse = np.eye(len(a), dtype=a.dtype)
    for i in range(1, len(a)):
        inverse[i, :i] = -a[i, :i] @ inverse[:i, :i]
    return inverse


def run_chunked_plain(
    table: Table, letters: Ints, before: Float32s, *, chunk: int, number: Any = np.float32
) -> Reached:
    """Run words from given states, (length, words) and (words, padded), and keep all states.

    Rounded to ``number``, float32 or float64, in numpy's order of summation.

    Examples
    --------
    >>> rows = np.zeros((2, 1, 8), np.float32)
    >>> rows[0, 0, [0, 4]] = 1, 2  # key 1, beta 2
    >>> flip = Table(dim=1, rows=rows, dense=np.full((2, 1), -1),
    ...              matrix=np.zeros((0, 1, 4)), bias=np.zeros((0, 1)))
    >>> reached = run_chunked_plain(flip, np.zeros((5, 1), int), flip.pad(np.ones((1, 1))), chunk=4)
    >>> reached.states[:, 0, 0].tolist()
    [-1.0, 1.0, -1.0, 1.0, -1.0]
    """
    after = before.astype(number)
    states = np.empty((len(letters), *before.shape), number)
    for word in range(letters.shape[1]):
        reached, h = [after[word : word + 1]], after[word]
        for rows in chunk_rows(table, letters[:, word], chunk).astype(number):
            key, beta, write = rows[:, :-4], rows[:, -4], rows[:, -3]
            inverse = unit_inverse(beta[:, None] * (key @ key.T))
            u = inverse @ (beta * write) - (inverse @ (beta[:, None] * key)) @ h
            reached.append(h + np.cumsum(u[:, None] * key, axis=0, dtype=number))
            h = reached[-1][-1]
        ends = np.concatenate(reached)[table.steps :: table.steps]
        states[:, word] = ends[: len(letters)]
        after[word] = h
    return Reached(after, states)
