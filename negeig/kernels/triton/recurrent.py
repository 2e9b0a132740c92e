"""The recurrence of one layer on words, on a GPU or interpreted.

Two orders of summation, both without fused multiply-adds:

``left to right``
    ``s = (((k_0 h_0 + k_1 h_1) + k_2 h_2) + ...)``, one word a thread: the reference's order, so
    the states are those of ``fp32`` bit for bit, whatever the network.
``tiled``
    A word is spread over L threads, 16 coordinates each: coordinate ``j = 4 L q + 4 l + r`` lies in
    thread l. ``a_lr`` sums over q from left to right, ``p_l = ((a_l0 + a_l1) + a_l2) + a_l3``, then
    the threads by halves, ``p_l + p_(l + L/2)`` and so on. The states of ``exact`` networks, in
    which nothing rounds in any order.

A step is ``t = beta (s - write)``, ``h_j = h_j - k_j t``; each row of a dense step a sum ``s`` to
which the bias is added. :func:`negeig.kernels.triton.recurrent_plain.run_plain` is the twin of
both, operation by operation; Triton's interpreter adds a tile's terms in numpy's order.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np

from negeig.arrays import Float32s, Ints
from negeig.claims import Unavailable
from negeig.kernels.codebook import Codebook
from negeig.kernels.triton.decoding import Guesses
from negeig.kernels.triton.guesses import guesses
from negeig.kernels.triton.launch import Place, empty, kernels, place, tensor
from negeig.kernels.triton.recurrent_plain import Decoded, Reached
from negeig.kernels.triton.table import Table, tabulate
from negeig.precision.stored import StoredLayer

Order = Literal["left to right", "tiled"]

WARP = 32
MAX_DIM, MAX_DENSE_DIM = 128, 32
"""Beyond, a thread's state does not fit into its registers; with dense steps, nor does a row."""
OPTIONS = {"num_warps": 1, "enable_fp_fusion": False}
"""One warp a program; without fusing, the compiler emits no fma."""
# Words of one program where it is interpreted: an operation costs the same for one as for all.
_INTERPRETED = 64
_COORDINATES = 16
_MAX_INDEX = 2**31


class Shape(NamedTuple):
    """How words lie in the threads of a warp.

    Parameters
    ----------
    tile : int
        Coordinates of one vector load over the lanes of a word.
    words : int
        Words of a warp.
    """

    tile: int
    words: int


def shape(order: Order, dim: int) -> Shape:
    """Return how words of a dimension lie in a warp.

    Examples
    --------
    >>> shape("left to right", 64), shape("tiled", 16), shape("tiled", 64)
    (Shape(tile=4, words=32), Shape(tile=4, words=32), Shape(tile=16, words=8))
    """
    lanes = 1
    while order == "tiled" and lanes * _COORDINATES < dim:
        lanes *= 2
    return Shape(4 * lanes, WARP // lanes)


class Recurrent:
    """One layer's recurrence, its tables where it runs.

    Parameters
    ----------
    layer : StoredLayer
        In fp32, or in a format that fp32 holds.
    order : Order
    codebook : Codebook, optional
        Decode, by looking up the next code and confirming it (:mod:`.guesses`).
    bf16 : bool
        Keep the table of the delta steps in bf16.
    where : Place, optional
        Else :func:`~negeig.kernels.triton.launch.place`.

    Raises
    ------
    Unavailable
        When torch or triton is not installed, the layer is too wide for registers, its tables
        too large for 32-bit offsets, or some parameter is no bf16 value though they should be.

    Examples
    --------
    >>> shape("tiled", 16).words  # words of a warp, each in one thread
    32
    """

    def __init__(
        self,
        layer: StoredLayer,
        order: Order = "left to right",
        *,
        codebook: Codebook | None = None,
        bf16: bool = False,
        where: Place | None = None,
    ) -> None:
        limit = MAX_DENSE_DIM if len(layer.matrix) else MAX_DIM
        if not 0 < layer.dim <= limit:
            raise Unavailable(f"dimension {layer.dim}: the kernel takes 1 to {limit}")
        self.order: Order = order
        self.shape = shape(order, layer.dim)
        self.table: Table = tabulate(layer, self.shape.tile)
        if max(self.table.rows.size, self.table.matrix.size) >= _MAX_INDEX:
            raise Unavailable("the layer's tables have 2^31 numbers or more")
        if bf16 and not self.table.fits_bf16:
            raise Unavailable("some parameter is no bf16 value: store the network in bf16")
        self.guesses: Guesses | None = guesses(codebook, self.table) if codebook else None
        self.where: Place = where or place()
        self.kernel = kernels("_recurrent_kernels", self.where)
        table, found = self.table, self.guesses
        rows = tensor(table.rows, self.where)
        if bf16:
            import torch

            rows = rows.to(torch.bfloat16)
        others = [table.dense, table.matrix, table.bias]
        self.tables = [rows, *(tensor(array, self.where) for array in others)]
        self.decoding = found and [
            tensor(array, self.where)
            for array in (found.points, found.radii, found.following, found.emit)
        ]

    def run(
        self,
        letters: Ints,
        before: Float32s,
        *,
        code: Ints | None = None,
        keep_states: bool = False,
        homogeneous: int = 0,
        group: int = 1,
    ) -> Reached:
        """Run words from given states: arguments and result as of ``run_plain``.

        Decodes if the layer was given a codebook. The states of all positions are in memory with
        ``keep_states`` only.
        """
        from_code = tensor(code, self.where) if self.guesses else None
        after, states, symbols, failed = self.launch(
            tensor(letters, self.where), tensor(before, self.where), from_code,
            keep_states=keep_states, homogeneous=homogeneous, group=group,
        )  # fmt: skip

        def array(found: Any) -> Any:
            return None if found is None else found.cpu().numpy()

        decoded = None
        if self.decoding:
            decoded = Decoded(array(from_code), array(symbols), array(failed))
        return Reached(array(after), array(states), decoded)

    def launch(
        self,
        letters: Any,
        before: Any,
        code: Any = None,
        *,
        keep_states: bool = False,
        homogeneous: int = 0,
        group: int = 1,
    ) -> tuple[Any, Any, Any, Any]:
        """Launch the kernel on tensors where it runs: after, states, symbols, failed.

        ``code`` is written to: the codes after the last letter.
        """
        length, words = len(letters), len(before)
        padded = self.table.padded
        if words * padded >= _MAX_INDEX:
            raise Unavailable("the words' states have 2^31 numbers or more: run fewer at a time")
        after = empty(words, padded, where=self.where)
        states = empty(length, words, padded, where=self.where) if keep_states else None
        symbols = failed = None
        if self.decoding:
            symbols = empty(length, words, where=self.where, integers=True)
            failed = empty(words, where=self.where, integers=True)
        unused = after  # behind pointers that are not followed
        decoding = [*self.decoding, code, symbols, failed] if self.decoding else [unused] * 7
        side = self.shape.words
        if self.where == "interpreter":
            side = min(_INTERPRETED, 1 << (words - 1).bit_length())
        # States may overflow: that is a result. The interpreter computes with numpy.
        with np.errstate(all="ignore"):
            self.kernel.run_words[(-(-words // side),)](
                letters, *self.tables, before, after, after if states is None else states,
                *decoding, words, length, self.table.nothing + 1, homogeneous,
                DIM=self.table.dim, STEPS=self.table.steps, DENSE=len(self.table.matrix) > 0,
                STATES=keep_states, DECODE=self.decoding is not None, GROUP=group, WORDS=side,
                TILE=self.shape.tile, ORDERED=self.order == "left to right", **OPTIONS,
            )  # fmt: skip
        return after, states, symbols, failed
