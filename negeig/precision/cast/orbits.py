"""Orbits of exact affine maps, enclosed in fixed point and cast with certainty.

The exact state after k letters needs about k times the digits of the matrix. An enclosure in fixed
point, with a proved bound on its error, decides nearly every cast; where it does not (the exact
state is on the edge of a cell, or nearly so) the digits are doubled, and beyond ``MAX_BITS`` that
one state is computed exactly by repeated squaring.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import count
from math import ceil, lcm
from operator import is_, mul
from typing import Any

from flint import arb_mat, ctx, fmpz_mat

from negeig.claims import InputError, Letter, LimitReached
from negeig.precision.cast.cast import Cast, Cell
from negeig.theory.bounds.growth import rational
from negeig.theory.networks.network import Layer

GUARD_BITS = 96
"""Bits of the first enclosure beyond those that tell the smallest cells apart."""

MAX_BITS = 8192
"""Bits after the point before a state is computed exactly."""

MAX_EXACT_BITS = 200_000_000
"""Sizes of the states computed exactly, in bits, added up: some seconds."""

Scaled = tuple[tuple[int, ...], int]
"""A rational vector: integers over one positive denominator, not reduced."""


@dataclass(frozen=True)
class Affine:
    """The exact map ``x -> (rows x + offset) / denominator``, all integers.

    Examples
    --------
    >>> half = Affine.of([[Fraction(1, 2)]], [Fraction(1)])
    >>> half.then(half)
    Affine(rows=((1,),), offset=(6,), denominator=4)
    >>> half.iterate(((0,), 1), 3)
    ((14,), 8)
    """

    rows: tuple[tuple[int, ...], ...]
    offset: tuple[int, ...]
    denominator: int

    @staticmethod
    def of(matrix: Iterable[Sequence[Fraction]], offset: Sequence[Fraction]) -> Affine:
        """Return the map with this matrix and this offset."""
        rows = [tuple(row) for row in matrix]
        d = lcm(*(x.denominator for row in (*rows, offset) for x in row))
        scaled = [tuple(int(x * d) for x in row) for row in (*rows, offset)]
        return Affine(tuple(scaled[:-1]), scaled[-1], d)

    @staticmethod
    def identity(dim: int) -> Affine:
        """Return the map that changes nothing."""
        rows = tuple(tuple(int(i == j) for j in range(dim)) for i in range(dim))
        return Affine(rows, (0,) * dim, 1)

    @property
    def linear(self) -> Affine:
        """The map without its offset."""
        return Affine(self.rows, (0,) * len(self.rows), self.denominator)

    @property
    def norm(self) -> Fraction:
        """Norm of the linear part for the largest coordinate: the largest absolute row sum."""
        return Fraction(max((sum(map(abs, r)) for r in self.rows), default=0), self.denominator)

    def then(self, after: Affine) -> Affine:
        """Return this map followed by another one."""
        n = range(len(self.rows))
        columns = [*zip(*self.rows, strict=True), self.offset]
        rows = [[sum(map(mul, row, column)) for column in columns] for row in after.rows]
        offset = tuple(rows[i][-1] + after.offset[i] * self.denominator for i in n)
        product = tuple(tuple(row[:-1]) for row in rows)
        return Affine(product, offset, self.denominator * after.denominator)

    def __call__(self, x: Scaled) -> Scaled:
        """Apply the map exactly."""
        values, q = x
        image = (
            sum(map(mul, r, values)) + c * q for r, c in zip(self.rows, self.offset, strict=True)
        )
        return tuple(image), q * self.denominator

    def iterate(self, x: Scaled, times: int) -> Scaled:
        """Apply the map so many times, exactly, by repeated squaring."""
        if times == 0 or not self.rows:
            return x
        n = len(self.rows)
        rows = [[*row, c] for row, c in zip(self.rows, self.offset, strict=True)]
        power = fmpz_mat([*rows, [0] * n + [self.denominator]]) ** times
        values, q = x
        image = power * fmpz_mat([[v] for v in (*values, q)])
        return tuple(int(image[i, 0]) for i in range(n)), q * self.denominator**times


def letter_map(layer: Layer, letter: Letter) -> Affine:
    """Return what a letter does to a layer's state, all its steps composed.

    Raises
    ------
    InputError
        When the layer does not read the letter, or an entry is not rational.
    """
    if letter not in layer.steps:
        raise InputError("layer", f"letter {letter!r} is not among {', '.join(layer.steps)}")
    origin = tuple(Fraction(0) for _ in range(layer.dim))
    matrix = [rational(row) for row in layer.letter_matrix(letter)]
    return Affine.of(matrix, rational(layer.apply(letter, origin)))


def word_map(maps: Sequence[Affine], dim: int) -> Affine:
    """Return the composition of maps, the first one first."""
    return reduce(Affine.then, maps, Affine.identity(dim))


class PowerBounds:
    """Upper bounds for the powers of a matrix A in the norm of the largest coordinate.

    ``largest(i)`` bounds the norms of A^j and ``total(i)`` their sum, over j < 2^i. The norms of
    A^(2^i) come from balls by squaring, so i may be large.
    """

    def __init__(self, map_: Affine) -> None:
        self._norms: list[Fraction] = []
        self._bounds = [(Fraction(1), Fraction(1))]
        with ctx.workprec(256):
            self._power: Any = arb_mat([list(r) for r in map_.rows]) / map_.denominator

    def norm(self, i: int) -> Fraction:
        """Return a bound for the norm of A^(2^i)."""
        with ctx.workprec(256):
            while len(self._norms) <= i:
                if self._norms:
                    self._power = self._power * self._power
                rows = self._power.tolist()
                sums = [sum((abs(x) for x in row), start=abs(row[0]) * 0) for row in rows]
                self._norms.append(max(_upper(x) for x in sums))
        return self._norms[i]

    def largest(self, i: int) -> Fraction:
        """Return a bound for the largest norm of A^j, j < 2^i."""
        return self._upto(i)[0]

    def total(self, i: int) -> Fraction:
        """Return a bound for the sum of the norms of A^j, j < 2^i."""
        return self._upto(i)[1]

    def series(self, most: int = 40) -> Fraction | None:
        """Return a bound for the sum over all j >= 0; None when no norm below 1 is found."""
        for i in range(most):
            if self.norm(i) < 1:
                return self.total(i) / (1 - self.norm(i))
            if self.norm(i) > 2**64:
                break
        return None

    def _upto(self, i: int) -> tuple[Fraction, Fraction]:
        while len(self._bounds) <= i:
            largest, total = self._bounds[-1]
            g = self.norm(len(self._bounds) - 1)
            self._bounds.append((_short(largest * max(g, Fraction(1))), _short(total * (1 + g))))
        return self._bounds[i]


class Enclosure:
    """A walk along an orbit x, f(x), f(f(x)), ... in fixed point with ``bits`` after the point.

    Each coordinate is floored once a step. Errors pass through powers of the linear part, whose
    norms bound what has accumulated; as long as no floor dropped anything the values are exact.
    """

    def __init__(self, step: Affine, view: Affine, start: Scaled, bits: int) -> None:
        self._step, self._view, self.bits = step, view, bits
        self._plain = view == Affine.identity(len(view.rows))
        values, q = start
        self.values = [(v << bits) // q for v in values]
        self.exact = all(x * q == v << bits for x, v in zip(self.values, values, strict=True))
        self._offset = [c << bits for c in step.offset]
        self._view_offset = [c << bits for c in view.offset]
        self.bounds = PowerBounds(step) if step.rows else None
        self.k = 0
        self._key, self._seen_error = (False, -1), 0

    def advance(self) -> None:
        """Take one step. O(n^2)."""
        step, x = self._step, self.values
        image = [sum(map(mul, r, x)) + c for r, c in zip(step.rows, self._offset, strict=True)]
        d = step.denominator
        self.values = [y // d for y in image]
        if self.exact:
            self.exact = all(v * d == y for v, y in zip(self.values, image, strict=True))
        self.k += 1

    @property
    def error(self) -> int:
        """Bound for the error of ``values``, in units of the last bit."""
        if self.exact or self.bounds is None:
            return 0
        i = self.k.bit_length()
        return ceil(self.bounds.largest(i) + self.bounds.total(i))

    def seen(self) -> list[int]:
        """Return the state through the view, floored to the last bit."""
        view = self._view
        if self._plain:
            return self.values
        d = view.denominator
        return [
            (sum(map(mul, r, self.values)) + c) // d
            for r, c in zip(view.rows, self._view_offset, strict=True)
        ]

    @property
    def seen_error(self) -> int:
        """Bound for the error of :meth:`seen`, its floor included."""
        key = (self.exact, self.k.bit_length())
        if key != self._key:
            self._key, self._seen_error = key, ceil(self._view.norm * self.error) + 1
        return self._seen_error


@dataclass(frozen=True)
class _Ends:
    """A cell with the least and the greatest integer in it, None where there is none."""

    cell: Cell
    low: int | None
    high: int | None

    @staticmethod
    def of(cell: Cell, one: int) -> _Ends:
        low = high = None
        if cell.low is not None:
            scaled = cell.low * one
            low = ceil(scaled) + (not cell.closed_low and scaled.denominator == 1)
        if cell.high is not None:
            scaled = cell.high * one
            high = scaled.numerator // scaled.denominator
            high -= not cell.closed_high and scaled.denominator == 1
        return _Ends(cell, low, high)

    def hold(self, value: int, error: int) -> bool:
        above = self.low is None or value - error >= self.low
        return above and (self.high is None or value + error <= self.high)


class Watch:
    """The last two cells of one coordinate, as a sign that alternates goes back and forth."""

    def __init__(self, cast: Cast, bits: int) -> None:
        self.cast, self.bits = cast, bits
        self._recent: list[_Ends] = []

    def cell(self, value: int, error: int) -> Cell | None:
        """Return the cell that holds all of ``value`` +- ``error``, or None when there is none."""
        for ends in self._recent:
            if ends.hold(value, error):
                return ends.cell
        ends = _Ends.of(self.cast.cell(Fraction(value, 1 << self.bits)), 1 << self.bits)
        self._recent = [ends, *self._recent[:1]]
        return ends.cell if ends.hold(value, error) else None


def cast_orbit(step: Affine, view: Affine, start: Scaled, cast: Cast) -> Iterator[tuple[Cell, ...]]:
    """Yield the exact cast of ``view(step^k(start))`` for k = 0, 1, 2, ... without end.

    The same tuple is yielded again while nothing changes.

    Raises
    ------
    LimitReached
        When so many states are so near to the edge of a cell that deciding them exactly costs
        more than ``MAX_EXACT_BITS``.

    Examples
    --------
    >>> from negeig.precision.cast.cast import FormatCast
    >>> from negeig.precision.numbers.formats import FORMATS
    >>> half = Affine.of([[Fraction(1, 2)]], [Fraction(0)])
    >>> cells = cast_orbit(half, Affine.identity(1), ((1,), 1), FormatCast(FORMATS["e2m1fn"]))
    >>> [str(next(cells)[0].value) for _ in range(4)]
    ['1', '1/2', '0', '0']
    """
    bits, done, spent = cast.unit_bits + GUARD_BITS, 0, 0
    while True:
        orbit = Enclosure(step, view, start, bits)
        watches = [Watch(cast, bits) for _ in step.rows]
        cells: tuple[Cell, ...] = ()
        for k in count():
            error = orbit.seen_error
            found = [w.cell(x, error) for w, x in zip(watches, orbit.seen(), strict=True)]
            if None in found and orbit.exact:
                found = _exact_cells(view, (tuple(orbit.values), 1 << bits), cast)
            if None in found:
                if bits < MAX_BITS:
                    bits *= 2
                    break
                spent += (k + 1) * step.denominator.bit_length()
                if spent > MAX_EXACT_BITS:
                    raise LimitReached(
                        "exact states on the edge of a cell",
                        MAX_EXACT_BITS,
                        reached=spent,
                        detail=f"the casts of the first {k:,} states are decided",
                    )
                found = _exact_cells(view, step.iterate(start, k), cast)
            if k == 0 or not all(map(is_, found, cells)):
                cells = tuple(c for c in found if c is not None)
            if k >= done:
                done = k + 1
                yield cells
            orbit.advance()


def _exact_cells(view: Affine, state: Scaled, cast: Cast) -> list[Cell | None]:
    values, q = view(state)
    return [cast.cell(Fraction(v, q)) for v in values]


def _upper(ball: Any) -> Fraction:
    """Upper end of a ball, as a fraction of at most 64 significant bits, rounded up."""
    mantissa, exponent = ball.abs_upper().man_exp()
    return _short(int(mantissa) * Fraction(2) ** int(exponent))


def _short(x: Fraction) -> Fraction:
    """Round a number >= 0 up to 64 significant bits, so that bounds stay small to store."""
    shift = x.numerator.bit_length() - x.denominator.bit_length() - 64
    scale = Fraction(2) ** shift
    return ceil(x / scale) * scale
