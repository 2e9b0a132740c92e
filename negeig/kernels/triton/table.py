"""What the kernels look up: a layer's steps by letter, padded so that a load is a vector."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from negeig.arrays import Float32s, Ints
from negeig.precision.stored import StoredLayer


@dataclass(frozen=True, eq=False, kw_only=True)
class Table:
    """A layer's steps, a row of the same length for every letter, one more letter doing nothing.

    Parameters
    ----------
    dim : int
    rows : float32 (letters + 1, steps, padded + 4)
        The key, zeros up to ``padded``, then beta, the write, 1 and 0. Steps that a letter does
        not have are zeros, as a dense step's key is; no zero write is -0.
    dense : int32 (letters + 1, steps)
        Which matrix a dense step uses; -1 for a delta step and for none.
    matrix : float32 (dense steps, dim, padded)
    bias : float32 (dense steps, dim)
    """

    dim: int
    rows: Float32s
    dense: Ints
    matrix: Float32s
    bias: Float32s

    @property
    def steps(self) -> int:
        """Rows of a letter."""
        return len(self.rows[0])

    @property
    def padded(self) -> int:
        """Numbers of a state in memory."""
        return len(self.rows[0, 0]) - 4

    @property
    def nothing(self) -> int:
        """The letter of no steps, which is read where there is none."""
        return len(self.rows) - 1

    @property
    def fits_bf16(self) -> bool:
        """Whether every parameter of the delta steps is a bf16 value."""
        return not (self.rows.view(np.uint32) & 0xFFFF).any()

    def pad(self, states: Float32s) -> Float32s:
        """Return states (n, dim) as the kernels take them, (n, padded), zeros behind them."""
        return np.pad(states, ((0, 0), (0, self.padded - self.dim)))

    def numbered(self, letters: Ints) -> Ints:
        """Return letters (words, length), -1 for none, as kernels take them: (length, words)."""
        return np.ascontiguousarray(np.where(letters < 0, self.nothing, letters).T, np.int32)


def tabulate(layer: StoredLayer, tile: int = 4) -> Table:
    """Return the table of a layer in fp32 whose states are padded to a multiple of ``tile``.

    Exact: numbers are copied. O(letters x steps x dim).

    Examples
    --------
    >>> from fractions import Fraction
    >>> from negeig.precision.numbers.formats import FP32
    >>> from negeig.precision.stored import store
    >>> from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
    >>> flip = DeltaStep(Fraction(2), (Fraction(1),), Fraction(0))
    >>> layer = Layer(alphabet=("0", "1"), initial=(Fraction(1),), steps={"0": (), "1": (flip,)},
    ...               codes=(), emit=())
    >>> network = LinearRNN(alphabet=("0", "1"), layers=(layer,), outputs={}, empty=0)
    >>> table = tabulate(store(network, FP32)[0].layers[0])
    >>> table.nothing, table.rows[1].tolist()
    (2, [[1.0, 0.0, 0.0, 0.0, 2.0, 0.0, 1.0, 0.0]])
    """
    letters, steps, dim = len(layer.starts) - 1, max(layer.most_steps, 1), layer.dim
    padded = max(-(-dim // tile), 1) * tile
    rows = np.zeros((letters + 1, steps, padded + 4), np.float32)
    dense = np.full((letters + 1, steps), -1, np.int32)
    for letter in range(letters):
        taken = slice(layer.starts[letter], layer.starts[letter + 1])
        count = taken.stop - taken.start
        rows[letter, :count, :dim] = layer.key[taken]
        rows[letter, :count, padded] = layer.beta[taken]
        rows[letter, :count, padded + 1] = layer.write[taken] + 0
        rows[letter, :count, padded + 2] = 1
        dense[letter, :count] = layer.dense[taken]
    return Table(
        dim=dim,
        rows=rows,
        dense=dense,
        matrix=np.pad(layer.matrix, ((0, 0), (0, 0), (0, padded - dim))),
        bias=layer.bias,
    )
