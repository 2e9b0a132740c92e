"""Whether a network rounds nothing in whatever order its sums are added, for words of all lengths.

A delta rule that runs one position at a time or in chunks adds up a dozen kinds of sums. Their
operands come from finite sets wherever the orbits of :mod:`negeig.precision.closure.moved_keys` are
finite, whatever the word is and however long. So each sum has a unit and a size that are known
beforehand, and where the format of the sums holds them nothing is ever rounded: a proof for every
length, every order of summation and every length of chunks up to the one found. See the page on
exactness in any order in ``docs/theory``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from negeig.claims import Progress
from negeig.precision.closure.delta_sums import DeltaSums, Terms, Values
from negeig.precision.closure.moved_keys import MOST_BITS, orbits
from negeig.precision.closure.spans import Span
from negeig.precision.numbers.formats import FP32, Format
from negeig.theory.networks.network import LinearRNN


@dataclass(frozen=True, kw_only=True)
class SumBound:
    """One kind of sum that a layer adds up: the unit of its terms, and their magnitudes together.

    All terms are multiples of ``unit``. In chunks of C + 1 positions the magnitudes add up to at
    most ``constant + C per_position + C^2 per_square``. Exact. One that is ``multiplied`` is an
    operand of a product, beside being a sum.
    """

    quantity: str
    layer: int
    unit: Fraction
    constant: Fraction
    per_position: Fraction
    per_square: Fraction
    multiplied: bool = False

    def total(self, chunk: int) -> Fraction:
        """Return what the magnitudes add up to at most, in chunks of so many positions."""
        further = max(chunk - 1, 0)
        return self.constant + further * self.per_position + further**2 * self.per_square

    def to_json(self) -> dict[str, str | int]:
        """Return it as a row of ``bounds``; its numbers as ``p/q``."""
        sizes = ("unit", "constant", "per_position", "per_square")
        return {
            "quantity": self.quantity,
            "layer": self.layer,
            **{name: str(getattr(self, name)) for name in sizes},
        }


@dataclass(frozen=True, kw_only=True)
class AnyOrder:
    """What a network adds up, in whatever order, and the formats that are to hold it.

    Parameters
    ----------
    operands, sums : Format
        What operands of products are kept in, and sums, at least.
    recurrence, chunks : tuple of SumBound
        The sums of one position at a time, and those that chunks have beside them.
    unheld, unheld_in_chunks : tuple of str
        Operands that are no normal numbers of their format, and states that are none of the one
        they are read in, in words.
    """

    operands: Format
    sums: Format
    recurrence: tuple[SumBound, ...]
    chunks: tuple[SumBound, ...]
    unheld: tuple[str, ...]
    unheld_in_chunks: tuple[str, ...]

    def bounds(self, chunk: int) -> tuple[SumBound, ...]:
        """Return the sums of chunks of so many positions; of the recurrence alone for 0."""
        return self.recurrence + self.chunks if chunk else self.recurrence

    def problem(self, chunk: int = 0) -> str:
        """Say what is rounded first in chunks of so many positions; for 0 in the recurrence.

        Nothing where nothing is, whatever the order of the sums, fused multiply-adds or not.
        """
        unheld = self.unheld + self.unheld_in_chunks if chunk else self.unheld
        if unheld:
            return unheld[0]
        for bound in self.bounds(chunk):
            span = Span(bound.unit, bound.total(chunk))
            for target in (self.sums, self.operands) if bound.multiplied else (self.sums,):
                if not span.fits(target):
                    return (
                        f"layer {bound.layer}, {bound.quantity}: its terms are multiples of "
                        f"{_text(span.unit)} and may add up to {_text(span.largest)}, "
                        f"{_too_small(span, target)}"
                    )
        return ""

    @property
    def largest_chunk(self) -> int:
        """The greatest length of chunks that round nothing, 0 where there is none.

        At most the number of consecutive integers that the sums' format holds.
        """
        low, high = 0, 2**self.sums.precision
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (low, middle - 1) if self.problem(middle) else (middle, high)
        return low

    def bits(self, chunk: int = 0) -> int:
        """Return the most significant bits that any sum takes in chunks of so many positions."""
        spans = (Span(bound.unit, bound.total(chunk)) for bound in self.bounds(chunk))
        return max((span.bits for span in spans), default=0)


def any_order(
    network: LinearRNN,
    *,
    operands: Format = FP32,
    sums: Format = FP32,
    read: Format = FP32,
    columns: bool = False,
    first_position: bool = False,
    max_vectors: int = 2_000_000,
    progress: Progress | None = None,
) -> AnyOrder:
    """Bound everything that a network adds up, over all words. Exact.

    Parameters
    ----------
    network : LinearRNN
        Its parameters are those that run.
    operands, sums : Format
        What operands of products are kept in, and sums, at least.
    read : Format
        What states are read in.
    columns : bool
        Whether chunks are those of a low-rank form, whose triangular matrix has beta in its
        columns, and which adds the values of a chunk up before it solves.
    first_position : bool
        Whether a first position makes the initial state.
    max_vectors : int
        Most moved keys and states of a layer.
    progress : callable, optional
        Called now and then with the number of vectors; may raise LimitReached.

    Raises
    ------
    NotDyadic, NoOrbit, LimitReached
        As :func:`negeig.precision.closure.moved_keys.orbits`, for the first layer that does.

    Notes
    -----
    Time: vectors x positions x dimension rational operations.

    Examples
    --------
    >>> import negeig
    >>> found = any_order(negeig.compile(zoo="sym:4:adjacent").network)
    >>> found.problem(64), found.bits(64), found.largest_chunk
    ('', 9, 2796203)
    """
    recurrence, chunks = list[SumBound](), list[SumBound]()
    unheld, unheld_in_chunks = list[str](), list[str]()
    for i, layer in enumerate(network.layers):
        found = orbits(
            layer, first_position=first_position, max_vectors=max_vectors, progress=progress
        )
        own = DeltaSums(found, layer.dim)
        of_chunks, terms = own.columns() if columns else own.rows()
        recurrence += _bounds(i, own.recurrence())
        chunks += _bounds(i, terms)
        unheld += _unheld(i, own.operands, operands)
        unheld += _unheld(i, {"S": own.operands["S"]}, read)
        unheld_in_chunks += _unheld(i, of_chunks, operands)
    return AnyOrder(
        operands=operands,
        sums=sums,
        recurrence=tuple(recurrence),
        chunks=tuple(chunks),
        unheld=tuple(unheld),
        unheld_in_chunks=tuple(unheld_in_chunks),
    )


def _bounds(layer: int, rows: Iterable[Terms]) -> Iterator[SumBound]:
    for quantity, constant, each, square, multiplied in dict.fromkeys(rows):
        yield SumBound(
            quantity=quantity,
            layer=layer,
            unit=(constant | each | square).unit,
            constant=constant.largest,
            per_position=each.largest,
            per_square=square.largest,
            multiplied=multiplied,
        )


def _unheld(layer: int, operands: Mapping[str, Values], target: Format) -> Iterator[str]:
    for name, values in operands.items():
        beyond = {abs(x) for x in values if not Span.of([x]).fits(target)}
        if beyond:
            largest = max(beyond)
            outside = not Span.of([largest]).in_range(target)
            why = f", outside {_range(target)}" if outside else ""
            yield (
                f"layer {layer}, {name}: {target.name} is to hold it, and it may be "
                f"{_text(largest)}{why}"
            )


def _too_small(span: Span, target: Format) -> str:
    """Say what a format lacks for a sum: bits, else range."""
    if span.bits > target.precision:
        return f"which takes {span.bits} bits; {target.name} has {target.precision}"
    return f"outside {_range(target)} of {target.name}"


def _range(target: Format) -> str:
    return f"the normal numbers from 2^{target.emin} to {float(target.max_finite):.6g}"


def _text(number: Fraction) -> str:
    """Return a dyadic number as people read it: 3/8, 12, 2^-30, 3*2^100."""
    whole, bits = number.numerator, number.denominator.bit_length() - 1
    if bits < 14 and abs(whole) < 2**MOST_BITS:
        return str(number)
    exponent = (whole & -whole).bit_length() - 1
    odd = whole >> exponent
    power = f"2^{exponent - bits}"
    return power if odd == 1 else f"{odd}*{power}"
