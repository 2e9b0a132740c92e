"""Compiled arithmetic of a letter: what :mod:`~.closure.reference` specifies, fast.

States are float32 arrays, float64 ones for fp64. An arithmetic is a model of its operations, a
place where the state is rounded, and a ``Spec`` of the one format (or grid) that rounds.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import njit

Floats: TypeAlias = NDArray[Any]
Steps: TypeAlias = tuple[Floats, Floats, Floats, NDArray[Any], Floats, Floats]
"""beta, write, key, dense, matrix and bias as :class:`~.precision.stored.StoredLayer` has them."""

Spec: TypeAlias = tuple[int, int, float, int, bool, float]
"""precision, biased emin, largest finite value, overflow, has negative zero, grid unit."""

NATIVE, FMA, BF16, SMALL = 0, 1, 2, 3
"""Models: the hardware's own float32 or float64; float32 with fma; bf16; any smaller format."""

NEVER, LETTER, STEP, GRID = 0, 1, 2, 3
"""Where the state is rounded on top of the operations."""

TO_INFINITY, TO_NAN, TO_LARGEST = 0, 1, 2
"""What overflow gives."""


@njit
def round_bf16(x: Any) -> Any:
    """Round a float32 to bf16 by adding to its bits; inf is kept, overflow gives inf."""
    if x != x:
        return np.float32(x)
    bits = np.float32(x).view(np.uint32)
    rounded = bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))
    return np.uint32(rounded & np.uint32(0xFFFF0000)).view(np.float32)


@njit
def round_small(x: Any, spec: Spec) -> Any:
    """Round a float64 once to a format of at most 25 bits."""
    precision, emin, largest, overflow, negative_zero, _ = spec
    if x != x:
        return x
    bits = np.float64(x).view(np.uint64)
    exponent: Any = max(np.int64((bits >> np.uint64(52)) & np.uint64(0x7FF)), emin)
    nearest = x
    if exponent < 0x7FF:
        # Adding 1.5 * 2^52 units in the last place leaves no bits below one unit.
        lifted = np.uint64(((exponent - precision + 53) << 52) | (1 << 51))
        magic = lifted.view(np.float64)
        nearest = (x + magic) - magic
    if abs(nearest) > largest:
        if overflow == TO_INFINITY:
            return np.copysign(np.inf, x)
        if overflow == TO_NAN:
            return np.nan
        return np.copysign(largest, x)
    if nearest == 0:
        return np.copysign(0.0, x) if negative_zero else 0.0
    return nearest


@njit
def round_grid(x: Any, unit: float) -> Any:
    """Round a float32 to a multiple of a power of two; a zero keeps its sign."""
    if not abs(x) < np.inf:
        return x
    return np.copysign(np.rint(np.float64(x) / unit) * unit, x)


@njit
def fma32(a: Any, b: Any, c: Any) -> Any:
    """Return a * b + c for float32, rounded once.

    The product is exact in float64. The sum is rounded to odd there (an inexact sum with an even
    last bit moves to its odd neighbour), so that rounding it again to float32 is innocuous
    (Boldo and Melquiond 2008).
    """
    product = np.float64(a) * np.float64(b)
    addend = np.float64(c)
    total = product + addend
    if not abs(total) < np.inf:
        return np.float32(total)
    back = total - product
    error = (product - (total - back)) + (addend - back)
    bits = np.float64(total).view(np.uint64)
    if error != 0 and (bits & np.uint64(1)) == 0:
        outwards = (error > 0) == (total > 0)
        bits = bits + np.uint64(1) if outwards else bits - np.uint64(1)
    return np.float32(np.uint64(bits).view(np.float64))


@njit
def add(a: Any, b: Any, model: int, spec: Spec) -> Any:
    """Add in one model."""
    if model <= FMA:
        return a + b
    if model == BF16:
        return round_bf16(a + b)
    return np.float32(round_small(np.float64(a) + np.float64(b), spec))


@njit
def multiply(a: Any, b: Any, model: int, spec: Spec) -> Any:
    """Multiply in one model."""
    if model <= FMA:
        return a * b
    if model == BF16:
        return round_bf16(a * b)
    return np.float32(round_small(np.float64(a) * np.float64(b), spec))


@njit
def accumulate(a: Any, b: Any, c: Any, model: int, spec: Spec) -> Any:
    """Return c + a b, the product rounded first unless the model has an fma."""
    if model == FMA:
        return fma32(a, b, c)
    return add(c, multiply(a, b, model, spec), model, spec)


@njit
def read_letters(
    states: Floats,
    temporary: Floats,
    dim: int,
    count: int,
    begins: NDArray[Any],
    ends: NDArray[Any],
    steps: Steps,
    model: int,
    rounded: int,
    spec: Spec,
) -> None:
    """Apply the steps of one letter each, ``begins[i]`` to ``ends[i]``, to states (count, dim).

    In place. Many states a call, because a call passes arrays, which takes longer than a step.
    """
    beta, write, key, dense, matrix, bias = steps
    for i in range(count):
        h = states[i]
        for k in range(begins[i], ends[i]):
            m = dense[k]
            if m < 0:
                s = multiply(key[k, 0], h[0], model, spec)
                for j in range(1, dim):
                    s = accumulate(key[k, j], h[j], s, model, spec)
                if write[k] != 0:
                    s = add(s, -write[k], model, spec)
                t = multiply(beta[k], s, model, spec)
                for j in range(dim):
                    h[j] = accumulate(-key[k, j], t, h[j], model, spec)
            else:
                for r in range(dim):
                    s = multiply(matrix[m, r, 0], h[0], model, spec)
                    for j in range(1, dim):
                        s = accumulate(matrix[m, r, j], h[j], s, model, spec)
                    if bias[m, r] != 0:
                        s = add(s, bias[m, r], model, spec)
                    temporary[r] = s
                for r in range(dim):
                    h[r] = temporary[r]
            if rounded == STEP:
                for j in range(dim):
                    h[j] = round_small(np.float64(h[j]), spec)
        if rounded == LETTER:
            for j in range(dim):
                h[j] = round_small(np.float64(h[j]), spec)
        elif rounded == GRID:
            for j in range(dim):
                h[j] = round_grid(np.float64(h[j]), spec[5])
