"""Rounding of numpy arrays: what :class:`~.rounding.Rounding` specifies, many at once."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.precision.numbers.formats import FP64, Format
from negeig.precision.numbers.rounding import Rounding

Floats: TypeAlias = NDArray[np.float64]


def round_array(x: Floats, rounding: Rounding) -> Floats:
    """Round float64 values, once; values stay float64.

    Parameters
    ----------
    x : float64 array of any shape
    rounding : Rounding
        To fp64, or to a format or grid of at most 52 significand bits.

    Returns
    -------
    float64 array of the same shape

    Notes
    -----
    O(size). To nearest, one rounding of a float64 sum or product of values of a format with at
    most 25 significand bits is the correctly rounded operation: 53 >= 2p + 2 (Figueroa 1995). In
    other directions it is not.

    Examples
    --------
    >>> from negeig.precision.numbers.formats import BF16
    >>> round_array(np.array([1 / 3, -1e-300, 3.4e38]), Rounding(target=BF16))
    array([ 0.33398438, -0.        ,         inf])
    >>> round_array(np.array([1 / 3, -1e-300, 3.4e38]), Rounding(target=BF16, direction="rtz"))
    array([ 3.32031250e-01, -0.00000000e+00,  3.38953139e+38])
    """
    lifted, unit = _lifted(x, rounding)
    if rounding.direction == "rne":
        whole = np.rint(lifted)
    else:
        whole = np.trunc(lifted)
        if rounding.direction == "rna":
            # Exact: below 2^52 the rest is a multiple of 2^-52, above it there is none.
            with np.errstate(invalid="ignore"):
                rest = np.abs(lifted - whole)
            whole += np.where(rest >= 0.5, np.copysign(1.0, lifted), 0.0)
    return _held(whole, unit, x, rounding)


def around_array(x: Floats, rounding: Rounding) -> tuple[Floats, Floats]:
    """Return both neighbours, the one nearer to zero first; twice the same where it is held.

    Examples
    --------
    >>> from negeig.precision.numbers.formats import BF16
    >>> around_array(np.array([-1 / 3, 2.0]), Rounding(target=BF16))
    (array([-0.33203125,  2.        ]), array([-0.33398438,  2.        ]))
    """
    lifted, unit = _lifted(x, rounding)
    inner = np.trunc(lifted)
    outer = np.where(lifted == inner, inner, inner + np.copysign(1.0, lifted))
    return _held(inner, unit, x, rounding), _held(outer, unit, x, rounding)


def _lifted(x: Floats, rounding: Rounding) -> tuple[Floats, NDArray[np.int32]]:
    """Return numbers in units of the last place, and the exponents of these units."""
    target = rounding.target
    if target == FP64:
        return x, np.zeros(x.shape, np.int32)
    if isinstance(target, Format):
        unit = np.maximum(np.frexp(x)[1] - 1, target.emin) - (target.precision - 1)
    else:
        unit = np.full(x.shape, -target.q)
    # Powers of two scale exactly: the quotient is below 2^53, or grid and float64 hold the number.
    with np.errstate(over="ignore"):
        return np.ldexp(x, -unit), unit.astype(np.int32)


def _held(whole: Floats, unit: NDArray[np.int32], x: Floats, rounding: Rounding) -> Floats:
    """Scale whole units back, and see to overflow, subnormal numbers, zeros, infinities and NaN."""
    target = rounding.target
    with np.errstate(over="ignore", invalid="ignore"):
        value: Floats = x.copy() if target == FP64 else np.ldexp(whole, unit)
        largest = np.inf if target.max_finite is None else float(target.max_finite)
        lowest = -np.inf if target.lowest is None else float(target.lowest)
        beyond = (value > largest) | (value < lowest)
    bound = np.where(np.signbit(x), lowest, largest)
    if rounding.saturates or not (target.has_inf or target.has_nan):
        over = bound
    else:
        over = np.copysign(np.inf, x) if target.has_inf else np.full(x.shape, np.nan)
    if rounding.direction == "rtz":
        over = np.where(np.isfinite(x), bound, over)
    value = np.where(beyond, over, value)
    if rounding.flushes and isinstance(target, Format):
        value = np.where(np.abs(value) < float(target.normal), 0.0, value)
    value = np.where(np.isnan(x), np.nan, value)
    if not target.has_negative_zero:
        return value + 0.0
    return np.where(value == 0, np.copysign(0.0, x), value)
