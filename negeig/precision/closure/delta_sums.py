"""The sums that a delta rule adds up, one position at a time or in chunks, and what they are of.

Let positions have keys k, betas b and writes v, and let P be the product of the ``M = I - b k k^T``
of any stretch of positions. With H the states, and H_0 those that are reached from 0::

    b_i (P k_i).k_j      entries of A = tril(b K K^T, -1), of T = (I + A)^-1, of the inverses of
                         its blocks and of products of blocks
    b_i P k_i            rows of W = T (b K), and of b K while it is solved for W
    b_i (v_i - k_i.s)    U = T (b V) in the same way, with s in H_0
    b_i (v_i - k_i.h)    N = U - W S, with h in H

The page on exactness in any order in ``docs/theory`` derives them. What is multiplied is held to
the operands' format, as a set of numbers, or as a sum where it is no finite set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from negeig.precision.closure.moved_keys import Orbits, Point, Position
from negeig.precision.closure.spans import NOTHING, Span
from negeig.theory.exact.numbers import to_fraction

ONE = Span(Fraction(1), Fraction(1))

Values: TypeAlias = frozenset[Fraction]


class Terms(NamedTuple):
    """What is added up: terms of one position, for each further one of a chunk, and each pair.

    ``multiplied`` says that the sum is an operand of a product.
    """

    quantity: str
    constant: Span
    each: Span = NOTHING
    square: Span = NOTHING
    multiplied: bool = False


class DeltaSums:
    """The sums of one layer, for all words, and for chunks that begin and end anywhere. Exact.

    Parameters
    ----------
    found : Orbits
    dim : int
        Of the states.
    """

    def __init__(self, found: Orbits, dim: int) -> None:
        own = self.own = found.positions
        self.axes = range(dim)
        keys = list(zip(own, found.moved, strict=True))
        ends = [*keys, *zip(own, found.moved_first, strict=True)]
        self.moved = [(p, x) for p, points in keys for x in points]
        self.moved_anywhere = [(p, x) for p, points in ends for x in points]
        betas, writes = _values(p.beta for p in own), _values(p.write for p in own)
        written = _values(p.beta * p.write for p in own)
        self.beta, self.write, self.written = map(Span.of, (betas, writes, written))
        self.key = [_span(p.key[d] for p in own) for d in self.axes]
        self.scaled_key = [_span(p.beta * p.key[d] for p in own) for d in self.axes]
        self.state = [_span(h[d] for h in found.states) for d in self.axes]
        reads = {(p, p.product(h)) for p in own for h in _before(p, found.states)}
        early = {(p, p.product(s)) for p in own for s in _before(p, found.from_zero)}
        self.read, self.early_reads = _span(x for _, x in reads), _values(x for _, x in early)
        errors = _values(p.write - x for p, x in reads)
        self.error = Span.of(errors)
        self.news = _values(p.beta * (p.write - x) for p, x in reads)
        self.early = _values(p.beta * (p.write - x) for p, x in early)
        self.operands: dict[str, Values] = {
            "K": _values(x for p in own for x in p.key),
            "beta": betas,
            "V": writes,
            "S": _values(x for h in found.states for x in h),
            "beta K": _values(p.beta * x for p in own for x in p.key),
            "beta V": written,
            "K S": _values(x for _, x in reads),
            "V - K S": errors,
            "N": self.news,
        }

    def recurrence(self) -> Iterator[Terms]:
        """Yield the sums of one position at a time, beta multiplied before or after."""
        yield Terms("k.h - v", _dot(self.key, self.state) + self.write)
        yield Terms("beta (k.h - v)", _dot(self.scaled_key, self.state) + self.written)
        for k, scaled, h in zip(self.key, self.scaled_key, self.state, strict=True):
            yield Terms("k (v - k.h)", k * self.error)
            yield Terms("h + beta k (v - k.h)", h + k * Span.of(self.news))
            apart = scaled * self.read + scaled * self.write
            yield Terms("h - beta k (k.h) + beta v k", h + apart)

    def rows(self) -> tuple[dict[str, Values], list[Terms]]:
        """Return the operands and the sums of chunks whose triangular matrix has beta in its rows.

        That is W = T (b K), U = T (b V), N = U - W S or T (b V - b K S), o = Q S + (Q K^T) N with
        queries that are unit vectors, and S + K^T N; T by substitution or from blocks, or W and U
        solved for without it.
        """
        pairs = {(p.beta * q.product(x), q.beta) for p, x in self.moved for q in self.own}
        inner = _values(t for t, _ in pairs)
        weights = [_values(p.beta * x[d] for p, x in self.moved_anywhere) for d in self.axes]
        t, w, u, n = (
            Span.of(inner),
            [*map(Span.of, weights)],
            Span.of(self.early),
            Span.of(self.news),
        )
        operands = {
            "K K^T": self._products(),
            "T": inner,
            "T beta": _values(t * beta for t, beta in pairs),
            "W": frozenset().union(*weights),
            "U": self.early,
        }
        sums = [
            Terms("K K^T", _dot(self.key, self.key)),
            Terms("(beta K) K^T", _dot(self.scaled_key, self.key)),
            Terms("T", t | ONE, t * t),
            Terms("U = T (beta V)", u, t * u),
            Terms("U = (T beta) V", self.written, t * self.beta * self.write),
            Terms("N = U - W S", u + _dot(w, self.state)),
            Terms("N = T (beta V - beta K S)", n, t * n),
            Terms("N = (T beta) (V - K S)", self.beta * self.error, t * self.beta * self.error),
        ]
        for d in self.axes:
            sums += [
                Terms("W = T (beta K)", w[d], t * w[d]),
                Terms("W = (T beta) K", self.beta * self.key[d], t * self.beta * self.key[d]),
                Terms("S + K^T N", self.state[d] + self.key[d] * n, self.key[d] * n),
            ]
        return operands, sums

    def columns(self) -> tuple[dict[str, Values], list[Terms]]:
        """Return the same of the low-rank form, whose triangular matrix has beta in its columns.

        That is A_ij = -k_i.(b_j k_j), W = T K, V' = tril(K K^T, -1) (b V), U = T V', R = U + W S,
        and S + K^T (b V) - (b K)^T R. V' forgets the moves in between, so U has a term a pair.
        """
        points = {x for _, x in self.moved}
        inner = _values(q.beta * q.product(x) for x in points for q in self.own)
        t = Span.of(inner)
        values = _span(q.product(x) for x in points for q in self.own) * self.written
        weights = [_values(x[d] for _, x in self.moved_anywhere) for d in self.axes]
        w = [Span.of(entries) for entries in weights]
        operands = {
            "K K^T": self._products(),
            "T": inner,
            "W": frozenset().union(*weights),
            "U": self.early_reads,
        }
        sums = [
            Terms("K K^T", _dot(self.key, self.key)),
            Terms("K (beta K)^T", _dot(self.key, self.scaled_key)),
            Terms("T of columns", t | ONE, t * t),
            Terms("V' = tril(K K^T) (beta V)", NOTHING, values, multiplied=True),
            Terms("U = T V'", NOTHING, values, t * values),
            Terms("R = U + W S", Span.of(self.early_reads) + _dot(w, self.state)),
        ]
        for d in self.axes:
            added = self.key[d] * self.written + self.scaled_key[d] * self.read
            sums += [
                Terms("W = T K", w[d], t * w[d]),
                Terms("S + K^T (beta V) - (beta K)^T R", self.state[d] + added, added),
            ]
        return operands, sums

    def _products(self) -> Values:
        return _values(p.product(q.key) for p in self.own for q in self.own)


def _before(position: Position, states: Iterable[Point]) -> Iterable[Point]:
    """Return the states that a position may find."""
    return (tuple(0 * k for k in position.key),) if position.begins else states


def _values(numbers: Iterable[Any]) -> Values:
    """Return flint's rationals as Fractions, each once."""
    return frozenset(map(to_fraction, set(numbers)))


def _span(numbers: Iterable[Any]) -> Span:
    return Span.of(_values(numbers))


def _dot(left: Sequence[Span], right: Sequence[Span]) -> Span:
    return sum((a * b for a, b in zip(left, right, strict=True)), NOTHING)
