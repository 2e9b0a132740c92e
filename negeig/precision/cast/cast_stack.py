"""Several layers in the cast model: each layer reads the symbols decoded from the casts below it.

The states are exact; only what the decoders see is cast. They are followed in fixed point with a
bound on the error in Euclidean norm, with more digits where a cast is not decided, and exactly
where ``MAX_BITS`` digits do not decide it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from math import ceil, isqrt
from operator import mul

from negeig.claims import InputError, Letter, LimitReached, Word
from negeig.precision.cast.cast import Cast, Cell
from negeig.precision.cast.orbits import GUARD_BITS, MAX_BITS, Affine, letter_map
from negeig.theory.bounds.growth import rational
from negeig.theory.exact.linear_algebra import is_contraction
from negeig.theory.exact.numbers import Matrix
from negeig.theory.networks.network import Layer

MAX_DENOMINATOR_BITS = 4_000_000
"""Size of one exact state before the search stops."""


class _UndecidedError(Exception):
    """The digits at hand do not decide a cast."""


@dataclass(frozen=True)
class _LayerState:
    """Integers over ``2^bits``, or over ``denominator`` when exact, within ``error`` units."""

    values: tuple[int, ...]
    denominator: int
    error: int


class _CastLayer:
    """One layer prepared for running: integer maps, their gains, and decoders' answers by cast."""

    def __init__(self, layer: Layer, cast: Cast) -> None:
        self.layer, self.cast = layer, cast
        self.maps = {a: letter_map(layer, a) for a in layer.alphabet}
        self.gains = {a: _gain(f) for a, f in self.maps.items()}
        self._codes = [rational(code) for code in layer.codes]
        self._nearest: dict[tuple[Fraction, ...], int] = {}
        self._cells: dict[tuple[int, ...], tuple[Cell, ...]] = {}

    def start(self, bits: int | None) -> _LayerState:
        f = Affine.of([], rational(self.layer.initial))
        if bits is None:
            return _LayerState(f.offset, f.denominator, 0)
        values = tuple((v << bits) // f.denominator for v in f.offset)
        exact = all(x * f.denominator == v << bits for x, v in zip(values, f.offset, strict=True))
        return _LayerState(values, 1 << bits, 0 if exact else len(values))

    def apply(self, symbol: Letter, state: _LayerState, bits: int | None) -> _LayerState:
        f = self.maps.get(symbol)
        if f is None:
            raise InputError("network", f"a layer does not read the symbol {symbol!r}")
        x, q = state.values, state.denominator
        image = [sum(map(mul, r, x)) + c * q for r, c in zip(f.rows, f.offset, strict=True)]
        if bits is None:
            return _LayerState(tuple(image), q * f.denominator, 0)
        values = tuple(y // f.denominator for y in image)
        if state.error == 0 and all(
            v * f.denominator == y for v, y in zip(values, image, strict=True)
        ):
            return _LayerState(values, q, 0)
        return _LayerState(values, q, ceil(self.gains[symbol] * state.error) + len(values))

    def cells(self, state: _LayerState) -> tuple[Cell, ...]:
        """Return the cast of a state."""
        q, e = state.denominator, state.error
        known = self._cells.get(state.values) if e == 0 and q.bit_length() <= 2 * MAX_BITS else None
        if known is not None and all(
            c.holds(v, q) for c, v in zip(known, state.values, strict=True)
        ):
            return known
        cells = tuple(self.cast.cell(Fraction(v, q)) for v in state.values)
        for cell, v in zip(cells, state.values, strict=True):
            if e and not (cell.holds(v - e, q) and cell.holds(v + e, q)):
                raise _UndecidedError
        if e == 0 and len(self._cells) < 100_000:
            self._cells[state.values] = cells
        return cells

    def decode(self, cells: tuple[Cell, ...], symbol: Letter) -> Letter:
        """Return what the layer emits: its code nearest to the cast state, first of equals."""
        seen = tuple(c.value for c in cells)
        if seen not in self._nearest:
            distances = [
                sum(((x - y) ** 2 for x, y in zip(seen, code, strict=True)), Fraction(0))
                for code in self._codes
            ]
            self._nearest[seen] = distances.index(min(distances))
        column = self.layer.alphabet.index(symbol)
        return self.layer.emit[self._nearest[seen]][column]


class CastStack:
    """The layers of a network, all prepared for running in the cast model."""

    def __init__(self, layers: Sequence[Layer], cast: Cast) -> None:
        self._layers = [_CastLayer(layer, cast) for layer in layers]
        self._unit_bits = cast.unit_bits

    def casts(self, prefix: Word, word: Word, suffix: Word) -> Iterator[tuple[Cell, ...]]:
        """Yield all layers' casts after ``prefix word^k suffix``, k = 0, 1, 2, ... for ever.

        Raises
        ------
        LimitReached
            When casts stay undecided and exact states exceed ``MAX_DENOMINATOR_BITS``.
        """
        bits: int | None = self._unit_bits + GUARD_BITS
        done = 0
        while True:
            try:
                for k, cells in enumerate(self._run(prefix, word, suffix, bits)):
                    if k >= done:
                        done = k + 1
                        yield cells
            except _UndecidedError:
                bits = 2 * bits if bits is not None and bits < MAX_BITS else None

    def exact_casts(self, word: Word) -> tuple[Cell, ...]:
        """Return all layers' casts after a word, from exact states. O(|word|^2) bit operations."""
        return next(self._run(word, (), (), None))

    def _run(
        self, prefix: Word, word: Word, suffix: Word, bits: int | None
    ) -> Iterator[tuple[Cell, ...]]:
        states = [layer.start(bits) for layer in self._layers]
        for letter in prefix:
            states = self._read(letter, states, bits)
        for _ in count():
            ahead = states
            for letter in suffix:
                ahead = self._read(letter, ahead, bits)
            pairs = zip(self._layers, ahead, strict=True)
            yield tuple(cell for layer, state in pairs for cell in layer.cells(state))
            for letter in word:
                states = self._read(letter, states, bits)

    def _read(
        self, symbol: Letter, states: Sequence[_LayerState], bits: int | None
    ) -> list[_LayerState]:
        after = []
        for layer, state in zip(self._layers, states, strict=True):
            state = layer.apply(symbol, state, bits)
            if bits is None and state.denominator.bit_length() > MAX_DENOMINATOR_BITS:
                raise LimitReached(
                    "bits of an exact state",
                    MAX_DENOMINATOR_BITS,
                    reached=state.denominator.bit_length(),
                )
            after.append(state)
            if len(after) < len(states):
                symbol = layer.decode(layer.cells(state), symbol)
        return after


def _gain(f: Affine) -> Fraction:
    """Return a bound for the Euclidean norm of the linear part, 1 for a contraction."""
    matrix: Matrix = tuple(tuple(Fraction(x, f.denominator) for x in row) for row in f.rows)
    if not matrix or is_contraction(matrix):
        return Fraction(1)
    columns = max(sum(abs(x) for x in column) for column in zip(*matrix, strict=True))
    square = f.norm * columns
    return Fraction(isqrt(ceil(square * 2**40)) + 1, 2**20)
