"""Sixteen numbers at a time: SIMD vectors as values of compiled functions.

A compiled function that computes with them does to each lane what a loop over one number would do,
in the same order, and rounds as it does; LLVM makes vector instructions of it and need not find out
that it may. On a processor with narrower vectors a value takes several registers.

By itself, without numba, an operation computes with numpy arrays of sixteen numbers, and ``+``,
``-``, ``*`` and ``<``, and of integers ``&`` and ``>>``, mean the same in both worlds.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from negeig.compiled.width import LANES as LANES

P = ParamSpec("P")
R = TypeVar("R")

Lanes: TypeAlias = NDArray[Any]
"""Sixteen float32, int32 or truth values."""


class Operation(Generic[P, R]):
    """A function on lanes, with an instruction or two where compiled functions call it."""

    def __init__(self, function: Callable[P, R]) -> None:
        functools.update_wrapper(self, function)
        self.py_func = function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Compute with numpy."""
        return self.py_func(*args, **kwargs)

    @property
    def _numba_type_(self) -> Any:
        """What numba asks for when it compiles a function that calls this one."""
        from negeig.compiled.lanes_by_numba import operation

        return operation(self.py_func.__name__)


@Operation
def load(array: NDArray[Any], i: int) -> Lanes:
    """Return the i-th sixteen numbers of a C-contiguous array.

    Examples
    --------
    >>> load(np.arange(64, dtype=np.int32).reshape(2, 32), 2)[:3].tolist()
    [32, 33, 34]
    """
    return array.reshape(-1)[LANES * i : LANES * (i + 1)].copy()


@Operation
def store(array: NDArray[Any], i: int, values: Lanes) -> None:
    """Make them the i-th sixteen numbers of a C-contiguous array."""
    array.reshape(-1)[LANES * i : LANES * (i + 1)] = values


@Operation
def transpose(
    source: NDArray[Any], begin: int, step: int, target: NDArray[Any], to: int, by: int
) -> None:
    """Copy sixteen rows of sixteen numbers as columns, between C-contiguous arrays.

    Number k of row i is at place ``begin + step i + k``, and comes to ``to + by k + i``.

    Examples
    --------
    >>> square = np.arange(256).reshape(16, 16)
    >>> turned = np.empty_like(square)
    >>> transpose(square, 0, 16, turned, 0, 16)
    >>> bool((turned == square.T).all())
    True
    """
    row, column = np.ogrid[:LANES, :LANES]
    found = source.reshape(-1)[begin + step * column + row]
    target.reshape(-1)[to + by * row + column] = found


@Operation
def spread(number: Any) -> Lanes:
    """Return a number, np.float32 or np.int32, in every lane."""
    return np.full(LANES, number)


@Operation
def permuted(values: Lanes, lanes: Lanes) -> Lanes:
    """Return for every lane the value of the lane that the low four bits of its number name.

    Examples
    --------
    >>> permuted(np.arange(10, 26, dtype=np.int32), spread(np.int32(16 + 3)))[:4].tolist()
    [13, 13, 13, 13]
    """
    found: Lanes = values[lanes & (LANES - 1)]
    return found


@Operation
def permuted_two(first: Lanes, second: Lanes, lanes: Lanes) -> Lanes:
    """Return for every lane one of thirty-two values, which the low five bits of its number name.

    Examples
    --------
    >>> first, second = np.arange(16, dtype=np.int32), np.arange(16, 32, dtype=np.int32)
    >>> permuted_two(first, second, spread(np.int32(19)))[:4].tolist()
    [19, 19, 19, 19]
    """
    found: Lanes = np.concatenate([first, second])[lanes & (2 * LANES - 1)]
    return found


@Operation
def looked_up(numbers: NDArray[Any], short: NDArray[Any], row: int, places: Lanes) -> Lanes:
    """Return for every lane one of a row of 128 numbers that are less than 256, by its place.

    ``numbers`` (rows, 128) are int32, and ``short`` the same in uint8: a processor uses either.

    Examples
    --------
    >>> numbers = np.arange(256, dtype=np.int32).reshape(2, 128)
    >>> looked_up(numbers, numbers.astype(np.uint8), 1, spread(np.int32(7)))[:3].tolist()
    [135, 135, 135]
    """
    found: Lanes = short[row, places & 127].astype(np.int32)
    return found


@Operation
def fused(one: Lanes, other: Lanes, summand: Lanes) -> Lanes:
    """Return one times other plus the summand, float32, rounded once.

    Examples
    --------
    >>> almost = np.float32(1 - 2**-20)
    >>> float(fused(spread(almost), spread(almost), spread(np.float32(-1)))[0]) + 2**-19 == 2**-40
    True
    """
    product, wide = one.astype(np.float64) * other, summand.astype(np.float64)
    total = product + wide
    part = total - product
    error = (product - (total - part)) + (wide - part)
    # Rounded to odd: float64 keeps that something was cut off, so the last rounding is the only.
    even = total.view(np.int64) % 2 == 0
    towards = np.where(error > 0, np.inf, -np.inf)
    odd = np.isfinite(total) & (error != 0) & even
    return np.where(odd, np.nextafter(total, towards), total).astype(np.float32)


@Operation
def gathered(array: NDArray[Any], places: Lanes) -> Lanes:
    """Return for every lane one number of a C-contiguous array, by its place."""
    return array.reshape(-1)[places]


@Operation
def low(values: Lanes) -> Lanes:
    """Return the low halves of int64, as int32."""
    return values.astype(np.int32)


@Operation
def high(values: Lanes) -> Lanes:
    """Return the high halves of int64, as int32.

    Examples
    --------
    >>> high(spread(np.int64(5 * 2**32 + 7)))[0], low(spread(np.int64(5 * 2**32 + 7)))[0]
    (np.int32(5), np.int32(7))
    """
    return (values >> 32).astype(np.int32)


@Operation
def chosen(condition: Lanes, one: Lanes, other: Lanes) -> Lanes:
    """Return for every lane the one value where the condition holds, the other where not."""
    return np.where(condition, one, other)


@Operation
def everywhere(condition: Lanes) -> bool:
    """Whether a condition holds in all lanes."""
    return bool(condition.all())


@Operation
def prefetch(array: NDArray[Any], i: Any) -> None:
    """Have the i-th number of a C-contiguous array brought near, without waiting for it.

    Nothing is read: there may be no such number.
    """
