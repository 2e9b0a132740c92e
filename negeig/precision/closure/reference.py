"""Every arithmetic, one number at a time: what a network means where numbers are rounded.

The specification of the compiled search and of every kernel that promises one of these
arithmetics. Each operation is carried out on exact rationals and rounded once, in a fixed order:

* a delta step computes ``s = k_0 h_0``, then adds ``k_j h_j`` from left to right;
  ``u = s - write``, skipped when the write is 0; ``t = beta u``; then
  ``h_j = h_j + (-k_j) t`` for every j, those with ``k_j = 0`` included;
* a dense step computes each row of the matrix times the state from left to right, then adds the
  bias, skipped where it is 0;
* with fma the first product of a sum is rounded, then ``s = fma(k_j, h_j, s)`` and
  ``h_j = fma(-k_j, t, h_j)``;
* where products are summed in fp32 they are rounded, added in fp32, and the sum is rounded once;
* in pairs or by a butterfly the terms of both sums are added as
  :func:`~negeig.precision.numbers.operations.additions` has it, those of a butterfly after zeros
  ``0 * 0`` up to a power of two; with fma the second term of an addition is not rounded where it
  is a product, or else the first where that is one.

A state that is rounded after chunks carries the number of letters read of the chunk.

States are compared bit by bit, +0 and -0 being different and every NaN the same. Where a letter
has several outcomes (:attr:`~negeig.precision.numbers.models.Arithmetic.has_choices`), see
:mod:`~negeig.precision.closure.choices`.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import TypeAlias

from negeig.claims import Letter
from negeig.precision.closure.decode import decoder_of
from negeig.precision.numbers.models import Arithmetic
from negeig.precision.numbers.operations import Operations, additions, terms_of
from negeig.precision.stored import StoredLayer, StoredNetwork
from negeig.theory.networks.network import LinearRNN

Bits: TypeAlias = tuple[int, ...]
"""Bit patterns, as float64, of one layer's state."""


class ReferenceSemantics(Operations):
    """A network in one rounded arithmetic, for :func:`negeig.theory.closure.explore.explore`.

    Parameters
    ----------
    network : LinearRNN
        Its codes, emissions and letters.
    stored : StoredNetwork
        Its entries, from :func:`negeig.precision.stored.round_parameters`.
    arithmetic : Arithmetic
        Not exact, and without choices: raises ValueError.

    Notes
    -----
    A layer whose state is infinite or NaN emits nothing; the layers above it read no letter and
    keep their state. A subclass may replace :meth:`add`, :meth:`multiply` and :meth:`store` by
    faster ones that give the same bits; the order of the operations is written here only.

    Examples
    --------
    >>> from fractions import Fraction
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
        super().__init__(arithmetic)
        if arithmetic.has_choices:
            raise ValueError(f"a letter has several outcomes in {arithmetic.name}")
        self.layers = network.layers
        self.stored = stored
        self.decoders = [decoder_of(layer) for layer in network.layers]

    def initial(self) -> tuple[Bits, ...]:
        """Return the stored initial states."""
        bits = tuple(to_bits(layer.initial.tolist()) for layer in self.stored.layers)
        return bits if self.arithmetic.chunk is None else (*bits, (0,))

    def step(
        self, state: tuple[Bits, ...], letter: Letter
    ) -> tuple[tuple[Bits, ...], Letter | None]:
        """Read one letter; the symbol is None when some layer cannot be decoded."""
        symbol: Letter | None = letter
        after = list(state)
        ends_chunk = chunk_ends(self.arithmetic, after)
        for i, layer in enumerate(self.layers):
            if symbol is None or symbol not in layer.alphabet:
                return tuple(after), None
            move = self.read if ends_chunk else self.steps
            values = move(i, from_bits(state[i]), symbol)
            after[i] = to_bits(values)
            code = self.decoders[i].nearest(values)
            symbol = None if code is None else layer.emit[code][layer.alphabet.index(symbol)]
        return tuple(after), symbol

    def read(self, layer: int, state: Sequence[float], letter: Letter) -> list[float]:
        """Apply one letter's steps to one layer's state and round it where the model says."""
        values = self.steps(layer, state, letter)
        return values if self.arithmetic.rounded == "step" else [self.store(h) for h in values]

    def steps(self, layer: int, state: Sequence[float], letter: Letter) -> list[float]:
        """Apply one letter's steps to one layer's state, which is not rounded at the end."""
        values = list(state)
        stored, a = self.stored.layers[layer], self.layers[layer].alphabet.index(letter)
        for step in range(stored.starts[a], stored.starts[a + 1]):
            values = self._step(stored, step, values)
            if self.arithmetic.rounded == "step":
                values = [self.store(h) for h in values]
        return values

    def values(self, state: tuple[Bits, ...]) -> tuple[tuple[float, ...], ...]:
        """Return the numbers that a state's bit patterns stand for."""
        return tuple(tuple(from_bits(bits)) for bits in state[: len(self.layers)])

    def _step(self, layer: StoredLayer, step: int, h: list[float]) -> list[float]:
        beta, write, key, dense, matrix, bias = layer.listed
        which = dense[step]
        if which < 0:
            s = self._dot(key[step], h)
            u = s if write[step] == 0 else self.add(s, -write[step])
            t = self.multiply(beta[step], u)
            return [self.accumulate(-k, t, x) for k, x in zip(key[step], h, strict=True)]
        rows = [self._dot(row, h) for row in matrix[which]]
        return [s if b == 0 else self.add(s, b) for s, b in zip(rows, bias[which], strict=True)]

    def _dot(self, weights: Sequence[float], h: Sequence[float]) -> float:
        order = self.arithmetic.order
        if order == "left" and not self.arithmetic.fma:  # by far the most, and the shortest
            products = map(self.multiply, weights, h)
            total = next(products, 0.0)
            for product in products:
                total = self.add_products(total, product)
            return total if len(weights) < 2 else self.summed(total)
        pad = [0.0] * (terms_of(order, len(weights)) - len(weights))
        factors = list(zip([*weights, *pad], [*h, *pad], strict=True))
        sums: dict[int, float] = {}  # the terms that are no bare products any more
        for i, j in additions(order, len(factors)):
            if self.arithmetic.fma and i in sums and j not in sums:
                sums[i] = self.fused(*factors[j], sums[i])
            elif self.arithmetic.fma and j in sums and i not in sums:
                sums[i] = self.fused(*factors[i], sums[j])
            elif self.arithmetic.fma and j not in sums:
                sums[i] = self.fused(*factors[j], self.multiply(*factors[i]))
            else:
                one, two = (sums[t] if t in sums else self.multiply(*factors[t]) for t in (i, j))
                sums[i] = self.add_products(one, two)
        if not sums:
            return self.multiply(*factors[0]) if factors else 0.0
        return self.summed(sums[0])


def chunk_ends(arithmetic: Arithmetic, after: list[Bits]) -> bool:
    """Count one letter of a chunk in a state, if letters are counted; whether the chunk ends."""
    if arithmetic.chunk is None:
        return True
    read = (after[-1][0] + 1) % arithmetic.chunk
    after[-1] = (read,)
    return read == 0


def to_bits(values: Sequence[float]) -> Bits:
    """Return the float64 bit patterns of some numbers, every NaN the same."""
    canonical = [math.nan if math.isnan(x) else x for x in values]
    return struct.unpack(f"<{len(canonical)}Q", struct.pack(f"<{len(canonical)}d", *canonical))


def from_bits(bits: Bits) -> list[float]:
    """Invert :func:`to_bits`."""
    return list(struct.unpack(f"<{len(bits)}d", struct.pack(f"<{len(bits)}Q", *bits)))
