"""A layer's numbers as the loops over lanes take them; :mod:`._cpu_lanes` says what is what."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from negeig.arrays import Bytes, Float32s, Float64s, Ints, Longs
from negeig.compiled.lanes import LANES
from negeig.kernels.codebook import Codebook
from negeig.precision.stored import StoredLayer

# Numbers of one table at most; a layer with more is read word by word.
_LARGEST = 2**24
# Entries of a table of which a vector takes its own without gathering, codes and symbols then.
_PAIRS, _FEW_CODES, _FEW_SYMBOLS = 8 * LANES, 2 * LANES, 256
# A guess has sixteen bits for the code and as many for the symbol.
_NUMBERS = 2**16


class LaneTables:
    """What a layer's letters, codes and symbols are to a lane.

    One more letter, the last, takes no step and emits nothing; one more symbol is the next layer's.

    Attributes
    ----------
    nothing : int
        Number of that symbol.
    steps, table
        Of the recurrence.
    values, more, radius, records, guesses, pairs, short, emit
        Of the decoder.
    """

    def __init__(self, layer: StoredLayer, codebook: Codebook) -> None:
        letters, dim = len(layer.starts) - 1, layer.dim
        width = -(-(letters + 1) // LANES) * LANES
        self.nothing = len(codebook.reader)
        counts = np.diff(layer.starts)
        self.steps: Ints = aligned((width,), np.int32)
        self.steps[:letters] = counts
        self.table: Float32s = aligned((layer.most_steps, dim + 2, width), np.float32)
        rows = np.column_stack([layer.key, layer.beta, layer.write + 0])
        for a, (begin, count) in enumerate(zip(layer.starts, counts, strict=False)):
            self.table[:count, :, a] = rows[begin : begin + count]
        self.emit: Ints = np.full((len(codebook.points), width), self.nothing, np.int32)
        self.emit[:, :letters] = codebook.emit
        self._code_tables(codebook, letters + 1)

    def _code_tables(self, codebook: Codebook, kinds: int) -> None:
        points = codebook.points.astype(np.float32)
        count, dim = points.shape
        ranked = [np.unique(column, return_inverse=True) for column in points.T]
        most = max(len(values) for values, _ in ranked)
        bits = 4 if most <= LANES else 5
        each = 32 // bits
        ranks: Longs = np.zeros((-(-dim // each), count), np.int64)
        if most <= 2**bits:
            self.values: Float32s = aligned((dim, 2**bits), np.float32)
            for j, (values, places) in enumerate(ranked):
                self.values[j, : len(values)] = values
                ranks[j // each] |= places << bits * (j % each)
        else:
            self.values = aligned((dim, max(count, 2 * LANES + 1)), np.float32)
            self.values[:, :count] = points.T
        self.more: Ints = np.ascontiguousarray(ranks[1:].astype(np.uint32).view(np.int32))
        squares = _sure(codebook, points)
        safe = squares > 0
        self.radius = float(squares[safe].min(initial=np.finfo(np.float32).max))
        self.records: Longs = np.where(safe, ranks[0] | np.arange(count) << 32, -1)
        first = int(np.argmax(safe))
        if not safe.any():
            self.radius = 0.0
        # One code everywhere, with its symbols. All streams learn in it, in any order: an entry is
        # one number, and whatever it is, it is checked. Those of few codes are several numbers, and
        # every stream has its own.
        guess = max(self.records[first], 0) + (self.emit[first].astype(np.int64) << 48)
        self.guesses: Longs = np.repeat(guess[None], count + 1, axis=0)
        few = count <= _FEW_CODES and (count + 1) * kinds <= _PAIRS and self.nothing < _FEW_SYMBOLS
        self.pairs: Ints = aligned((2, _PAIRS if few else 0), np.int32)
        if few:
            self._few_code_tables(points, kinds)
        self.short: Bytes = aligned(self.pairs.shape, np.uint8)
        self.short[:] = self.pairs

    def _few_code_tables(self, points: Float32s, kinds: int) -> None:
        """Keep the guesses of few codes and letters, and the codes, where no lane gathers."""
        count, dim = points.shape
        self.values = aligned((dim, _FEW_CODES), np.float32)
        self.values[:, :count] = points.T
        size = _PAIRS // (count + 1) * (count + 1)
        codes, symbols = self.pairs[:, :size].reshape(2, count + 1, -1)
        pairs = self.guesses[:, :kinds] >> 32
        codes[:, :kinds], symbols[:, :kinds] = pairs & 0xFFFF, pairs >> 16


def fits(layer: StoredLayer, codebook: Codebook) -> bool:
    """Whether a layer can be read in lanes: delta steps only, and tables that are not too large."""
    width, codes = len(layer.starts) + LANES, len(codebook.points)
    return (
        layer.dim > 0
        and not len(layer.matrix)
        and max(codes, len(codebook.reader)) < _NUMBERS
        and max(layer.most_steps * (layer.dim + 2), codes + 1) * width <= _LARGEST
    )


def _sure(codebook: Codebook, points: Float32s) -> Float64s:
    """Squared radius around each rounded code in which the code is surely the nearest one.

    So large that a squared distance summed in float32 may be compared with it, rounding and
    underflow included: ``dim`` squares are added, each step off by a factor of at most 1 + 2^-24,
    and a square that underflows is off by at most 2^-149. 0 where there is none.
    """
    dim = points.shape[1]
    moved = np.sqrt(((points - codebook.points) ** 2).sum(axis=1)) * (1 + 2.0**-40)
    radii = np.maximum(np.sqrt(codebook.radii) - moved, 0.0)
    square = radii**2 * (1 - (dim + 8) * 2.0**-23) - dim * 2.0**-149
    largest = float(np.finfo(np.float32).max)
    below = np.nextafter(np.minimum(square, largest).astype(np.float32), np.float32(0))
    return np.where(square > 2.0**-100, below, 0.0)


def aligned(shape: tuple[int, ...], dtype: type[np.generic]) -> np.ndarray[Any, Any]:
    """Return zeros that begin where no vector of sixteen crosses a line of the cache."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    room = np.zeros(size + 64, np.uint8)
    begin = -room.ctypes.data % 64
    return room[begin : begin + size].view(dtype).reshape(shape)
