"""Decoding inside a kernel: the next code is looked up, and the state must lie near it.

In a right network the code after a letter depends on the code before it alone, so it is a table.
A kernel that looks the next code up has guessed; the guess is confirmed where the state lies in a
ball in which the code is surely the only nearest one. Where one is not, the kernel says so, and
the states have to be decoded as others are (:mod:`negeig.kernels.decoder`).
"""

from __future__ import annotations

import numpy as np

from negeig.arrays import Float32s, Float64s
from negeig.kernels.codebook import Codebook
from negeig.kernels.triton.decoding import Guesses, nearest
from negeig.kernels.triton.recurrent_plain import run_plain
from negeig.kernels.triton.table import Table

# Rounding of a squared distance in float32: fewer than 2^10 operations, each 2^-24, in any order.
_ROUNDING = 1 - 2.0**-10
# Below this, squares that underflow could matter.
_SMALLEST, _LARGEST = 2.0**-90, 2.0**126


def guesses(codebook: Codebook, table: Table) -> Guesses:
    """Run every letter once from every code, in float32, and see where it leads.

    O(codes x letters x (steps x dim + codes x dim)) at worst, less where states equal codes.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from negeig.kernels.runnable import runnable
    >>> from negeig.kernels.triton.table import tabulate
    >>> from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
    >>> one = Fraction(1)
    >>> layer = Layer(alphabet=("1",), initial=(one,), steps={"1": (DeltaStep(2 * one, (one,),
    ...               0 * one),)}, codes=((one,), (-one,)), emit=(("even",), ("odd",)))
    >>> ready = runnable(LinearRNN(alphabet=("1",), layers=(layer,), empty=1,
    ...                            outputs={"even": 1, "odd": 0}), "1")
    >>> made = guesses(ready.codebooks[0], tabulate(ready.stored.layers[0]))
    >>> made.following.tolist(), made.emit.tolist()
    ([[1, 0], [0, 1], [0, 2]], [[1, -1], [0, -1], [0, -1]])
    """
    count, letters = codebook.emit.shape
    points = np.zeros((count + 1, table.padded), np.float32)
    points[:count, : table.dim] = codebook.points
    following = np.zeros((count + 1, letters + 1), np.int32)
    emit = np.full((count + 1, letters + 1), -1, np.int32)
    following[:, letters] = np.arange(count + 1)
    for letter in range(letters):
        read = np.full((1, count + 1), letter, np.int32)
        reached = run_plain(table, read, points).after[:, : table.dim]
        # An infinite state has no code; whichever is guessed will not be confirmed.
        following[:, letter] = np.maximum(nearest(np.ascontiguousarray(reached), codebook), 0)
        emit[:, letter] = codebook.emit[following[:, letter], letter]
    return Guesses(
        points=points,
        radii=np.append(_radii(codebook, points[:count, : table.dim]), 0).astype(np.float32),
        following=following,
        emit=emit,
        codebook=codebook,
    )


def _radii(codebook: Codebook, points: Float32s) -> Float64s:
    """Squared radii that rounding of the codes and of the distance cannot leave."""
    moved = np.sqrt(((codebook.points - points) ** 2).sum(axis=1)) * (1 + 2.0**-40)
    inside = np.maximum(np.sqrt(codebook.radii) - moved, 0.0) ** 2 * _ROUNDING
    found: Float64s = np.where(inside > _SMALLEST, np.minimum(inside, _LARGEST), 0.0)
    return found
