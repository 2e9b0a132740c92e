"""A layer's codes as the float64 decoder takes them, computed once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property

import numpy as np

from negeig.arrays import Float64s, Ints
from negeig.claims import Letter
from negeig.precision.closure.decode import to_float
from negeig.theory.exact.numbers import Number, Vector
from negeig.theory.networks.network import Layer

# Largest number of codes whose pairwise distances are computed.
_MAX_PAIRWISE = 2048


class Codebook:
    """What a decoder needs to know about a layer's codes, and the table of what it emits.

    Looking at every code is always right; ``radii`` and ``order`` let a decoder stop earlier
    without changing its answer.

    Parameters
    ----------
    layer : Layer
    reader : sequence of letters
        What the next layer reads; of the last layer: the symbols that have outputs.

    Attributes
    ----------
    points : float64 (codes, dim)
        The codes, rounded; an entry beyond float64 becomes infinite.
    """

    def __init__(self, layer: Layer, reader: Sequence[Letter]) -> None:
        self.codes: tuple[Vector, ...] = layer.codes
        self.table, self.letters, self.reader = layer.emit, len(layer.alphabet), tuple(reader)
        rows = [[to_float(entry) for entry in code] for code in layer.codes]
        self.points: Float64s = np.array(rows, np.float64).reshape(len(rows), layer.dim)

    @property
    def unread(self) -> list[Letter]:
        """Symbols that the layer emits and nobody reads; without any, there is ``emit``."""
        return sorted({symbol for row in self.table for symbol in row} - set(self.reader))

    @cached_property
    def emit(self) -> Ints:
        """Numbers of the emitted symbols, as ``reader`` lists them: int32 (codes, letters)."""
        number = {symbol: i for i, symbol in enumerate(self.reader)}
        rows = [[number[symbol] for symbol in row] for row in self.table]
        return np.array(rows, np.int32).reshape(len(rows), self.letters)

    @cached_property
    def exact(self) -> bool:
        """Whether a float32 state can equal every code."""
        return bool((self.points == self.points.astype(np.float32)).all())

    @cached_property
    def half_norms(self) -> Float64s:
        """``|code|^2 / 2`` of each code, rounded once to float64; shape (codes,).

        So codes of equal length get equal numbers, irrational ones too, and a tiny state is told
        apart by its direction alone.
        """
        if self.exact:  # squares are exact in float64, and fsum rounds their sum once
            return np.array([math.fsum(row) / 2 for row in (self.points**2).tolist()])

        def half_norm(code: Vector) -> float:
            square: Number = sum((x * x for x in code if x != 0), Fraction(0))
            return float(square / 2)

        return np.array([half_norm(code) for code in self.codes])

    @cached_property
    def radii(self) -> Float64s:
        """Squared radius of a ball around each code in which it is surely the only nearest one.

        Just under the square of half the distance to the nearest other code; 0, so never used,
        where two codes coincide or are so close, for their size, that the decoder's own rounding
        could matter. O(codes^2 x dim). Beyond 2048 codes O(codes x dim): half the least gap between
        two values of one coordinate, which no distance is less than. Then codes may coincide, which
        does no harm, because the decoder only ever guesses a code that it has found: the first of
        equals.
        """
        count = len(self.points)
        half = np.full(count, np.inf)
        if count > _MAX_PAIRWISE:
            gaps = [np.diff(np.unique(column)) for column in self.points.T]
            half[:] = min((gap.min() for gap in gaps if len(gap)), default=np.inf) / 2
        else:
            for c in range(count):
                squares = ((self.points - self.points[c]) ** 2).sum(axis=1)
                squares[c] = np.inf
                half[c] = np.sqrt(squares.min()) / 2
        norms = np.sqrt((self.points**2).sum(axis=1))
        safe = np.where(half > norms * 2.0**-20, half, 0.0)
        return np.minimum(safe**2 * (1 - 2.0**-16), np.finfo(np.float64).max)

    @cached_property
    def order(self) -> Ints:
        """Order of the codes, lexicographic, the first of equals first: for bisection."""
        if not self.points.shape[1]:  # lexsort wants a coordinate
            return np.arange(len(self.points), dtype=np.int32)
        return np.lexsort(self.points.T[::-1]).astype(np.int32)
