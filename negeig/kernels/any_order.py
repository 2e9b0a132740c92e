"""Whether a delta rule rounds nothing on given words, in whatever order it adds.

For words of every length see :mod:`negeig.precision.closure.exactness`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Float64s
from negeig.kernels.trajectory import LayerTrajectory
from negeig.precision.closure.spans import NOTHING, NotDyadic, Span
from negeig.precision.numbers.formats import FP32
from negeig.theory.networks.network import DeltaStep

CHUNKS = (16, 32, 64, 128)
"""Lengths of chunks that are tried."""

LONGEST = 2**16
"""Most positions of all words together for which chunks are tried."""

SMALLEST = float(Fraction(2) ** FP32.emin)
"""Units are not smaller: kernels may flush what is, to zero."""

SUM_BITS = FP32.precision
"""Significant bits of the sums of kernels: they accumulate in float32."""


def sum_bits(terms: Iterable[Any]) -> int | None:
    """Return how many significant bits any sum of some of these terms needs at most.

    None where a term is no multiple of a power of two, or the sums leave float32's range.

    Examples
    --------
    >>> sum_bits([Fraction(3), Fraction(-1, 2)]), sum_bits([Fraction(1, 3)]), sum_bits([])
    (3, None, 0)
    """
    try:
        span = sum((Span.of([term]) for term in terms), NOTHING)
    except NotDyadic:
        return None
    return span.bits if span.in_range(FP32) else None


def recurrent_bits(layers: Sequence[LayerTrajectory]) -> int | None:
    """Return how many significant bits the recurrence needs, so that nothing is ever rounded.

    ``h + beta k (v - k.h)`` with every product and every partial sum counted, beta multiplied
    before or after. None where no number of bits is enough, and for irrational numbers. Exact.

    Examples
    --------
    >>> import negeig
    >>> from negeig.kernels.trajectory import trajectory
    >>> layers, _ = trajectory(negeig.compile("(11)*").network, np.zeros((1, 9), np.int32))
    >>> recurrent_bits(layers)
    2
    """
    most = 0
    for state, step in chain.from_iterable(layer.moves for layer in layers):
        if not isinstance(step, DeltaStep):
            return None
        for terms in _sums(state, step):
            bits = sum_bits(terms)
            if bits is None:
                return None
            most = max(most, bits)
    return most


def _sums(state: Sequence[Any], step: DeltaStep) -> Iterable[list[Any]]:
    """Yield the terms of every sum that a form of the delta rule adds up, and its operands."""
    yield from ([x] for x in (step.beta, step.write, step.beta * step.write, *step.key, *state))
    yield from ([step.beta * k] for k in step.key)
    products = [k * h for k, h in zip(step.key, state, strict=True)]
    yield [*products, step.write]
    yield [step.beta * term for term in (*products, step.write)]
    change = step.write - sum(products, Fraction(0))
    yield [step.beta * change]
    for k, h in zip(step.key, state, strict=True):
        yield [h, step.beta * k * change]
        yield [k * change]


class _Rounds(Exception):
    """Something is rounded."""


def exact_chunks(
    layers: Sequence[LayerTrajectory], positions: Sequence[tuple[Float64s, ...]], held: Any
) -> list[int]:
    """Return the lengths of chunks whose WY form rounds nothing on this data, in any order.

    The form is ``A = strictly lower part of (beta K) K^T``, ``T = (I + A)^-1``, ``W = T (beta K)``,
    ``U = T (beta V)``, ``N = U - W S``, ``o = Q S + (Q K^T) N`` and ``S + K^T N`` for the next
    chunk: all operands are to be values of the inputs' type, all sums to have 24 bits, those of an
    inverse that is put together from blocks too. O(positions x chunk^2) for each.

    Parameters
    ----------
    layers : sequence of LayerTrajectory
    positions : sequence of (key, beta, write, state)
        For each layer, float64 and exact: (words, positions, dim), (words, positions), the same,
        and the states before each position (words, positions, dim).
    held : callable
        Says of an array whether the inputs' type holds every entry.
    """
    sizes = [layer.letters.size * layer.steps for layer in layers]
    if not sizes or max(sizes) > LONGEST:
        return []
    return [chunk for chunk in CHUNKS if all(_chunk_rounds_nothing(p, chunk, held)
                                             for p in positions)]  # fmt: skip


def _chunk_rounds_nothing(position: tuple[Float64s, ...], chunk: int, held: Any) -> bool:
    key, beta, write, state = position
    seen: set[bytes] = set()
    for row in range(len(key)):
        for start in range(0, key.shape[1], chunk):
            part = slice(start, start + chunk)
            data = key[row, part], beta[row, part], write[row, part], state[row, start]
            name = b"".join(array.tobytes() for array in data)
            if name in seen:
                continue
            seen.add(name)
            try:
                _chunk(*data, held)
            except _Rounds:
                return False
    return True


def _chunk(key: Float64s, beta: Float64s, write: Float64s, state: Float64s, held: Any) -> None:
    """Compute one chunk. Raises _Rounds where something of it is rounded."""

    def operand(array: Float64s) -> Float64s:
        if not held(array):
            raise _Rounds
        return array

    scaled = operand(beta[:, None] * key)
    lower = operand(np.tril(_product(scaled, key.T), -1))
    inverse = np.eye(len(key))
    for i in range(1, len(key)):
        inverse[i, :i] = -(lower[i, :i] @ inverse[:i, :i])
        if np.abs(inverse[i]).max() > 2.0**SUM_BITS:
            raise _Rounds
    _product(np.abs(inverse) @ np.abs(lower), inverse, _unit(inverse) * _unit(lower))
    operand(inverse)
    weights = operand(_product(inverse, scaled))
    values = operand(_product(inverse, operand(beta * write)[:, None]))
    read = np.abs(weights) @ np.abs(state)[:, None]
    _check(read + np.abs(values), min(_unit(weights) * _unit(state), _unit(values)))
    news = operand(values - weights @ state[:, None])
    sums = np.abs(key.T) @ np.abs(news) + np.abs(state)[:, None]
    _check(sums, min(_unit(key) * _unit(news), _unit(state)))


def _product(left: Float64s, right: Float64s, unit: float | None = None) -> Float64s:
    """Multiply matrices. Raises _Rounds where a sum of 24 bits could be rounded."""
    _check(np.abs(left) @ np.abs(right), (unit or _unit(left)) * _unit(right))
    return left @ right


def _check(totals: Float64s, unit: float) -> None:
    """Raise _Rounds where sums of magnitudes are too large for their unit."""
    if totals.max(initial=0) > unit * 2.0**SUM_BITS or unit < SMALLEST:
        raise _Rounds


def _unit(array: NDArray[Any]) -> float:
    """Return the largest power of two that every entry is a multiple of; 1 where all are 0."""
    entries = array[array != 0]
    if not entries.size:
        return 1.0
    mantissa, exponent = np.frexp(entries)
    whole = (np.abs(mantissa) * 2.0**53).astype(np.int64)
    return float(np.ldexp((whole & -whole).astype(np.float64), exponent - 53).min())
