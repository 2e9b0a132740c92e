"""Arithmetics with choices: what one letter may do to a network's state, every outcome of it.

Two things may be chosen anew wherever they occur: to which neighbour a coordinate of the state is
rounded when it is stored (``:sr``), and whether an addition takes a product before it is rounded
(``:fma?``). A compiler decides the latter for each instruction, and may decide otherwise for
another copy of it: in another thread, in an unrolled iteration. So the operations are those of
:mod:`~.reference`, and

* an addition whose terms are ``x`` and a product ``a b`` gives ``fl(x + fl(a b))`` or
  ``fl(a b + x)``; one of two products either of them, or the first with the terms exchanged. That
  covers the bias of a row with one entry and the write of a key with one, whose sum is a product;
  and a state that is a product, until it is stored;
* no two coordinates need to be updated with the same sum ``s``: threads that hold them may each
  have their own. Nor need two rows.

A product of products is none that an addition takes; nothing is reassociated.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple, TypeAlias

from negeig.claims import Letter, LimitReached
from negeig.precision.closure.decode import decoder_of
from negeig.precision.closure.reference import Bits, chunk_ends, from_bits, to_bits
from negeig.precision.numbers.models import Arithmetic
from negeig.precision.numbers.operations import Operations, additions, terms_of
from negeig.precision.stored import StoredLayer, StoredNetwork
from negeig.theory.networks.network import LinearRNN

KEPT = 1 << 16
"""Outcomes of layers that are kept, in all."""


class Term(NamedTuple):
    """A number, and the two that it is the rounded product of while an addition may take them."""

    value: float
    factors: tuple[float, float] | None = None


Terms: TypeAlias = tuple[Term, ...]
"""Distinct outcomes of one number, in the order in which they were found."""


class ChoiceSemantics(Operations):
    """A network in one rounded arithmetic, for :func:`~negeig.theory.closure.explore_sets`.

    Without choices it has the one outcome of
    :class:`~negeig.precision.closure.reference.ReferenceSemantics`.

    Parameters
    ----------
    network : LinearRNN
        Its codes, emissions and letters.
    stored : StoredNetwork
        Its entries, from :func:`negeig.precision.stored.round_parameters`.
    arithmetic : Arithmetic
        Neither exact nor with sums in another format: raises ValueError.
    most : int
        Outcomes of one letter on one layer beyond which :meth:`outcomes_of` raises LimitReached.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from negeig.precision.numbers.arithmetic import parse
    >>> from negeig.precision.stored import round_parameters
    >>> from negeig.theory.networks.network import DenseStep, Layer
    >>> shrink = DenseStep(((Fraction(-255, 256),),), (Fraction(0),))
    >>> layer = Layer(alphabet=("1",), initial=(Fraction(255, 256),), steps={"1": (shrink,)},
    ...               codes=((Fraction(1),), (Fraction(-1),)), emit=(("even",), ("odd",)))
    >>> network = LinearRNN(alphabet=("1",), layers=(layer,), outputs={"even": 1, "odd": 0},
    ...                     empty=1)
    >>> model = parse("bf16:acc32:sr")
    >>> stored, _ = round_parameters(network, model, round_parameters=False)
    >>> run = ChoiceSemantics(network, stored, model)
    >>> [(run.values(state), symbol) for state, symbol in run.outcomes_of(run.initial(), "1")]
    [(((-0.9921875,),), 'odd'), (((-0.99609375,),), 'odd')]
    """

    def __init__(
        self,
        network: LinearRNN,
        stored: StoredNetwork,
        arithmetic: Arithmetic,
        most: int = 2_000_000,
    ) -> None:
        super().__init__(arithmetic)
        if arithmetic.sums is not None:
            raise ValueError(f"nothing is chosen in {arithmetic.name}")
        self.layers = network.layers
        self.stored = stored
        self.most = most
        self.decoders = [decoder_of(layer) for layer in network.layers]
        self._known: dict[tuple[int, Bits, Letter, bool], tuple[tuple[Bits, int | None], ...]] = {}
        self._kept = 0

    def initial(self) -> tuple[Bits, ...]:
        """Return the stored initial states."""
        bits = tuple(to_bits(layer.initial.tolist()) for layer in self.stored.layers)
        return bits if self.arithmetic.chunk is None else (*bits, (0,))

    def outcomes_of(
        self, state: tuple[Bits, ...], letter: Letter
    ) -> Iterator[tuple[tuple[Bits, ...], Letter | None]]:
        """Yield every state after one letter, and the symbol emitted there, each once.

        The symbol is None when some layer cannot be decoded; layers above it keep their state.
        """
        after = list(state)
        ends_chunk = chunk_ends(self.arithmetic, after)
        yield from self._from(0, tuple(after), letter, ends_chunk)

    def values(self, state: tuple[Bits, ...]) -> tuple[tuple[float, ...], ...]:
        """Return the numbers that a state's bit patterns stand for."""
        return tuple(tuple(from_bits(bits)) for bits in state[: len(self.layers)])

    def read(
        self, layer: int, state: Sequence[float], letter: Letter, *, ends_chunk: bool = True
    ) -> list[tuple[float, ...]]:
        """Return all states of a layer after one letter, distinct, in the order they are found.

        Raises LimitReached beyond ``most``.
        """
        where = self.arithmetic.rounded
        stored, a = self.stored.layers[layer], self.layers[layer].alphabet.index(letter)
        states: list[Terms] = [tuple(map(Term, state))]
        for step in range(stored.starts[a], stored.starts[a + 1]):
            states = self._all(self._step(stored, step, h) for h in states)
            if where == "step":
                states = self._all(self._stored(h) for h in states)
        if where != "step" and (where != "chunk" or ends_chunk):
            states = self._all(self._stored(h) for h in states)
        values = [tuple(h.value for h in state) for state in states]
        return list({to_bits(state): state for state in values}.values())

    def _from(
        self, layer: int, after: tuple[Bits, ...], symbol: Letter | None, ends_chunk: bool
    ) -> Iterator[tuple[tuple[Bits, ...], Letter | None]]:
        """Yield the outcomes of a layer and those above it, which reads a symbol."""
        if layer == len(self.layers):
            yield after, symbol
            return
        alphabet, emit = self.layers[layer].alphabet, self.layers[layer].emit
        if symbol is None or symbol not in alphabet:
            yield after, None
            return
        a = alphabet.index(symbol)
        for bits, code in self._outcomes(layer, after[layer], symbol, ends_chunk):
            moved = (*after[:layer], bits, *after[layer + 1 :])
            emitted = None if code is None else emit[code][a]
            yield from self._from(layer + 1, moved, emitted, ends_chunk)

    def _outcomes(
        self, layer: int, bits: Bits, symbol: Letter, ends_chunk: bool
    ) -> tuple[tuple[Bits, int | None], ...]:
        """Return a layer's states after a symbol with their codes; those of many are kept."""
        key = (layer, bits, symbol, ends_chunk)
        found = self._known.get(key)
        if found is None:
            nearest = self.decoders[layer].nearest
            states = self.read(layer, from_bits(bits), symbol, ends_chunk=ends_chunk)
            found = tuple((to_bits(state), nearest(state)) for state in states)
            if self._kept + len(found) > KEPT:
                self._known.clear()
                self._kept = 0
            self._known[key] = found
            self._kept += len(found)
        return found

    def _all(self, families: Iterable[Sequence[Terms]]) -> list[Terms]:
        """Return all states whose coordinates are taken from one family, bounded in number."""
        states: dict[tuple[object, ...], Terms] = {}
        for family in families:
            for state in product(*family):
                states.setdefault(tuple(map(_key, state)), state)
                if len(states) > self.most:
                    raise outcomes_of_one_limit(self.most)
        return list(states.values())

    def _stored(self, h: Terms) -> list[Terms]:
        return [tuple(map(Term, self.outcomes(x.value))) for x in h]

    def _step(self, layer: StoredLayer, step: int, h: Terms) -> list[Terms]:
        """Return the outcomes of each coordinate; any of one may go with any of another."""
        which = layer.dense[step]
        if which < 0:
            key, write = layer.key[step].tolist(), float(layer.write[step])
            beta = float(layer.beta[step])
            sums = self._dot(key, h)
            if write != 0:
                sums = _distinct(u for s in sums for u in self._sum(s, Term(-write)))
            scaled = _distinct(self._product(beta, u.value) for u in sums)
            return [
                _distinct(
                    after for t in scaled for after in self._sum(x, self._product(-k, t.value))
                )
                for k, x in zip(key, h, strict=True)
            ]
        rows = [self._dot(row, h) for row in layer.matrix[which].tolist()]
        return [
            sums if b == 0 else _distinct(r for s in sums for r in self._sum(s, Term(b)))
            for sums, b in zip(rows, layer.bias[which].tolist(), strict=True)
        ]

    def _dot(self, weights: Sequence[float], h: Terms) -> Terms:
        """Return the outcomes of a dot product: its terms' sets are added one by one."""
        order = self.arithmetic.order
        pad = [0.0] * (terms_of(order, len(weights)) - len(weights))
        values = [*(x.value for x in h), *pad]
        sums: list[Terms] = [
            (self._product(k, x),) for k, x in zip([*weights, *pad], values, strict=True)
        ]
        for i, j in additions(order, len(sums)):
            sums[i] = _distinct(s for x in sums[i] for y in sums[j] for s in self._sum(x, y))
        total = sums[0] if sums else (Term(0.0),)
        # Where products are always fused, that is all of it: see the reference.
        return tuple(Term(s.value) for s in total) if self.arithmetic.fma else total

    def _product(self, a: float, b: float) -> Term:
        can_be_fused = self.arithmetic.any_fma or self.arithmetic.fma
        return Term(self.multiply(a, b), (a, b) if can_be_fused else None)

    def _sum(self, x: Term, y: Term) -> Iterator[Term]:
        """Yield what adding two numbers may give; with fma, the second is fused if it can be."""
        always = self.arithmetic.fma
        if not always or (x.factors is None and y.factors is None):
            yield Term(self.add(x.value, y.value))
        if y.factors is not None:
            yield Term(self.fused(*y.factors, x.value))
        if x.factors is not None and not (always and y.factors is not None):
            yield Term(self.fused(*x.factors, y.value))


def _distinct(terms: Iterable[Term]) -> Terms:
    found: dict[object, Term] = {}
    for term in terms:
        found.setdefault(_key(term), term)
    return tuple(found.values())


def outcomes_of_one_limit(most: int) -> LimitReached:
    """Return the error that one letter has more outcomes than may be held."""
    return LimitReached("outcomes of one letter", most, reached=most + 1, option="--max-closure")


_BITS = struct.Struct("<d").pack


def _key(term: Term) -> object:
    """Tell +0 from -0, and take every NaN for the same."""
    value, factors = term
    key = _BITS(value) if value == value else b""
    return key if factors is None else (key, *map(_BITS, factors))
