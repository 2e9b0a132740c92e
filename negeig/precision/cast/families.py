"""Words u w^k s through one layer in the cast model: what the decoder sees as k grows.

Two variants of the model. ``"state"``: the exact state is cast. ``"terms"``: each term of the sum
h = A^k h_0 + sum_i A^i b is cast by itself, the casts are added exactly and the sum is cast, as in
Grazzi et al., arXiv 2411.12537, appendix B.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from negeig.claims import Word
from negeig.precision.cast.cast import Cast, Cell
from negeig.precision.cast.orbits import Affine, Scaled, cast_orbit, letter_map, word_map
from negeig.theory.bounds.growth import rational
from negeig.theory.exact.numbers import Matrix
from negeig.theory.networks.network import Layer

Variant = Literal["state", "terms"]


@dataclass(frozen=True)
class Family:
    """The words ``prefix word^k suffix`` read by one layer."""

    layer: Layer
    prefix: Word
    word: Word
    suffix: Word

    @cached_property
    def _maps(self) -> dict[str, Affine]:
        letters = {*self.prefix, *self.word, *self.suffix}
        return {a: letter_map(self.layer, a) for a in sorted(letters)}

    def _map(self, word: Word) -> Affine:
        return word_map([self._maps[a] for a in word], self.layer.dim)

    @cached_property
    def start(self) -> Scaled:
        """The state after the prefix."""
        return self._map(self.prefix)(_scaled(rational(self.layer.initial)))

    @cached_property
    def step(self) -> Affine:
        """What one more copy of the word does."""
        return self._map(self.word)

    @cached_property
    def view(self) -> Affine:
        """What the suffix does."""
        return self._map(self.suffix)

    @property
    def matrix(self) -> Matrix:
        """The matrix of one copy of the word."""
        step = self.step
        return tuple(tuple(Fraction(x, step.denominator) for x in row) for row in step.rows)

    @property
    def sequences(self) -> int:
        """Functions of k that the ``terms`` variant casts."""
        return len(self.prefix) + 1 + len(self.word)

    def casts(self, cast: Cast, variant: Variant = "state") -> Iterator[tuple[Cell, ...]]:
        """Yield what the decoder sees after ``prefix word^k suffix``, k = 0, 1, 2, ... for ever.

        Exact; see :func:`negeig.precision.cast.orbits.cast_orbit` for cost and limits.
        """
        if variant == "state":
            return cast_orbit(self.step, self.view, self.start, cast)
        return self._term_casts(cast)

    def exact_casts(self, k: int, cast: Cast, variant: Variant = "state") -> tuple[Cell, ...]:
        """Return what the decoder sees after ``prefix word^k suffix``, without enclosures.

        By repeated squaring for a state; term by term, O(k^2), for the other variant.
        """
        if variant == "state":
            return _cells(self.view(self.step.iterate(self.start, k)), cast)
        step, view = self.step.linear, self.view.linear
        total = self._constant(cast)
        for vector in self.moving:
            _add(total, _cells(view(step.iterate(vector, k)), cast))
        for vector in self.summed:
            for _ in range(k):
                _add(total, _cells(view(vector), cast))
                vector = step(vector)
        return tuple(cast.cell(x) for x in total)

    @cached_property
    def moving(self) -> list[Scaled]:
        """h_0 and the writes of the prefix, carried to its end: each is moved by every w."""
        initial = _scaled(rational(self.layer.initial))
        return [self._map(self.prefix).linear(initial), *self._writes(self.prefix)]

    @cached_property
    def summed(self) -> list[Scaled]:
        """The writes of one w, carried to its end: k copies of each, moved j = 0..k-1 times."""
        return self._writes(self.word)

    def _writes(self, word: Word) -> list[Scaled]:
        """Return each letter's write, carried to the end of the word."""
        zero: Scaled = ((0,) * self.layer.dim, 1)
        return [self._map(word[i + 1 :]).linear(self._maps[a](zero)) for i, a in enumerate(word)]

    def _constant(self, cast: Cast) -> list[Fraction]:
        """Return the sum of the cast writes of the suffix."""
        total = [Fraction(0)] * self.layer.dim
        for vector in self._writes(self.suffix):
            _add(total, _cells(vector, cast))
        return total

    def _term_casts(self, cast: Cast) -> Iterator[tuple[Cell, ...]]:
        step, view = self.step.linear, self.view.linear
        moving = [cast_orbit(step, view, vector, cast) for vector in self.moving]
        summed = [cast_orbit(step, view, vector, cast) for vector in self.summed]
        total = self._constant(cast)
        cells: tuple[Cell, ...] | None = None
        while True:
            now = list(total)
            for orbit in moving:
                _add(now, next(orbit))
            if cells is None or not all(
                c.holds(x.numerator, x.denominator) for c, x in zip(cells, now, strict=True)
            ):
                cells = tuple(cast.cell(x) for x in now)
            yield cells
            for orbit in summed:
                _add(total, next(orbit))


def _add(total: list[Fraction], cells: Sequence[Cell]) -> None:
    for i, cell in enumerate(cells):
        total[i] += cell.value


def _cells(state: Scaled, cast: Cast) -> tuple[Cell, ...]:
    values, q = state
    return tuple(cast.cell(Fraction(v, q)) for v in values)


def _scaled(vector: Sequence[Fraction]) -> Scaled:
    map_ = Affine.of([], vector)
    return map_.offset, map_.denominator
