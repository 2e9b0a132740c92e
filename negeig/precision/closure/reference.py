"""Every arithmetic, one number at a time: what a network means where numbers are rounded.

The specification of the compiled search and of every kernel that promises one of these
arithmetics. Each operation is carried out on exact rationals and rounded once, in a fixed order:

* a delta step computes ``s = k_0 h_0``, then adds ``k_j h_j`` from left to right;
  ``u = s - write``, skipped when the write is 0; ``t = beta u``; then
  ``h_j = h_j + (-k_j) t`` for every j, those with ``k_j = 0`` included;
* a dense step computes each row of the matrix times the state from left to right, then adds the
  bias, skipped where it is 0;
* with fma the first product of a sum is rounded, then ``s = fma(k_j, h_j, s)`` and
  ``h_j = fma(-k_j, t, h_j)``.

States are compared bit by bit, +0 and -0 being different and every NaN the same.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from negeig.claims import Letter
from negeig.precision.closure.decode import decoder_of
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.precision.numbers.formats import Format
from negeig.precision.stored import StoredLayer, StoredNetwork
from negeig.theory.networks.network import LinearRNN

Bits: TypeAlias = tuple[int, ...]
"""Bit patterns, as float64, of one layer's state."""


class ReferenceSemantics:
    """A network in one rounded arithmetic, for :func:`negeig.theory.closure.explore.explore`.

    Parameters
    ----------
    network : LinearRNN
        Its codes, emissions and letters.
    stored : StoredNetwork
        Its entries, from :func:`negeig.precision.stored.round_parameters`.
    arithmetic : Arithmetic
        Not exact.

    Notes
    -----
    A layer whose state is infinite or NaN emits nothing; the layers above it read no letter and
    keep their state. A subclass may replace :meth:`add`, :meth:`multiply` and :meth:`store` by
    faster ones that give the same bits; the order of the operations is written here only.

    Examples
    --------
    >>> from negeig.precision.numbers.arithmetic import parse
    >>> from negeig.precision.stored import round_parameters
    >>> from negeig.theory.networks.network import DenseStep, Layer
    >>> shrink = DenseStep(((Fraction(-255, 256),),), (Fraction(0),))
    >>> layer = Layer(alphabet=("1",), initial=(Fraction(1),), steps={"1": (shrink,)},
    ...               codes=((Fraction(1),), (Fraction(-1),)), emit=(("even",), ("odd",)))
    >>> network = LinearRNN(alphabet=("1",), layers=(layer,), outputs={"even": 1, "odd": 0},
    ...                     empty=1)
    >>> bf16 = parse("bf16")
    >>> stored, _ = round_parameters(network, bf16, round_parameters=False)
    >>> run = ReferenceSemantics(network, stored, bf16)
    >>> state, symbol = run.step(run.initial(), "1")
    >>> run.values(state), symbol
    (((-0.99609375,),), 'odd')
    """

    def __init__(self, network: LinearRNN, stored: StoredNetwork, arithmetic: Arithmetic) -> None:
        if arithmetic.operations is None or arithmetic.state is None:
            raise ValueError("exact arithmetic is explored elsewhere")
        self.layers = network.layers
        self.stored = stored
        self.arithmetic = arithmetic
        self.operations: Format = arithmetic.operations
        self.state_format: Format = arithmetic.state
        self.decoders = [decoder_of(layer) for layer in network.layers]

    def initial(self) -> tuple[Bits, ...]:
        """Return the stored initial states."""
        return tuple(to_bits(layer.initial.tolist()) for layer in self.stored.layers)

    def step(
        self, state: tuple[Bits, ...], letter: Letter
    ) -> tuple[tuple[Bits, ...], Letter | None]:
        """Read one letter; the symbol is None when some layer cannot be decoded."""
        symbol: Letter | None = letter
        after = list(state)
        for i, layer in enumerate(self.layers):
            if symbol is None or symbol not in layer.alphabet:
                return tuple(after), None
            values = self.read(i, from_bits(state[i]), symbol)
            after[i] = to_bits(values)
            code = self.decoders[i].nearest(values)
            symbol = None if code is None else layer.emit[code][layer.alphabet.index(symbol)]
        return tuple(after), symbol

    def read(self, layer: int, state: Sequence[float], letter: Letter) -> list[float]:
        """Apply one letter's steps to one layer's state and round it where the model says."""
        where, values = self.arithmetic.rounded, list(state)
        stored, a = self.stored.layers[layer], self.layers[layer].alphabet.index(letter)
        for step in range(stored.starts[a], stored.starts[a + 1]):
            values = self._step(stored, step, values)
            if where == "step":
                values = [self.store(h) for h in values]
        return [self.store(h) for h in values] if where != "step" else values

    def values(self, state: tuple[Bits, ...]) -> tuple[tuple[float, ...], ...]:
        """Return the numbers that a state's bit patterns stand for."""
        return tuple(tuple(from_bits(bits)) for bits in state)

    def _step(self, layer: StoredLayer, step: int, h: list[float]) -> list[float]:
        which = layer.dense[step]
        if which < 0:
            key, write = layer.key[step].tolist(), float(layer.write[step])
            s = self._dot(key, h)
            u = s if write == 0 else self.add(s, -write)
            t = self.multiply(float(layer.beta[step]), u)
            return [self.accumulate(-k, t, x) for k, x in zip(key, h, strict=True)]
        rows = [self._dot(row, h) for row in layer.matrix[which].tolist()]
        bias = layer.bias[which].tolist()
        return [s if b == 0 else self.add(s, b) for s, b in zip(rows, bias, strict=True)]

    def _dot(self, weights: Sequence[float], h: Sequence[float]) -> float:
        s = self.multiply(weights[0], h[0]) if weights else 0.0
        for k, x in zip(weights[1:], h[1:], strict=True):
            s = self.accumulate(k, x, s)
        return s

    def accumulate(self, a: float, b: float, c: float) -> float:
        """Return c + a b, the product rounded first unless there is an fma."""
        if not self.arithmetic.fma:
            return self.add(c, self.multiply(a, b))
        if not all(map(math.isfinite, (a, b, c))):
            return self.operations.canonical(a * b + c)
        exact = Fraction(a) * Fraction(b) + Fraction(c)
        # An exact zero has the sign of a float sum of the two signed terms.
        product = math.copysign(1.0, a) * math.copysign(1.0, b) * (1.0 if a and b else 0.0)
        zero = product + (math.copysign(1.0, c) if c else c)
        return self.operations.nearest(exact) if exact else self.operations.canonical(zero)

    def add(self, a: float, b: float) -> float:
        """Return a + b, rounded once."""
        if not (math.isfinite(a) and math.isfinite(b)):
            return self.operations.canonical(a + b)
        exact = Fraction(a) + Fraction(b)
        return self.operations.nearest(exact) if exact else self.operations.canonical(a + b)

    def multiply(self, a: float, b: float) -> float:
        """Return a b, rounded once."""
        if not (math.isfinite(a) and math.isfinite(b)):
            return self.operations.canonical(a * b)
        exact = Fraction(a) * Fraction(b)
        return self.operations.nearest(exact) if exact else self.operations.canonical(a * b)

    def store(self, x: float) -> float:
        """Round one coordinate to the state format or the grid; a zero keeps its sign."""
        if not math.isfinite(x):
            # The state format may have no infinity.
            overflow = self.state_format.nearest(self.state_format.max_finite * 4)
            lost = math.isinf(x) and not self.state_format.has_inf
            return self.state_format.canonical(math.copysign(overflow, x) if lost else x)
        if self.arithmetic.grid is not None:
            unit = Fraction(1, 2**self.arithmetic.grid)
            return math.copysign(float(round(Fraction(x) / unit) * unit), x)
        exact = Fraction(x)
        return self.state_format.nearest(exact) if exact else self.state_format.canonical(x)


def to_bits(values: Sequence[float]) -> Bits:
    """Return the float64 bit patterns of some numbers, every NaN the same."""
    canonical = [math.nan if math.isnan(x) else x for x in values]
    return struct.unpack(f"<{len(canonical)}Q", struct.pack(f"<{len(canonical)}d", *canonical))


def from_bits(bits: Bits) -> list[float]:
    """Invert :func:`to_bits`."""
    return list(struct.unpack(f"<{len(bits)}d", struct.pack(f"<{len(bits)}Q", *bits)))
