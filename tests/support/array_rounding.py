"""Correct rounding of numpy arrays, the fast twin of the exact rounding of a format."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negeig.precision.numbers.formats import FP64, Format


def round_array(x: NDArray[np.float64], target: Format) -> NDArray[np.float64]:
    """Round float64 values to a format, once, to nearest even; values stay float64.

    Parameters
    ----------
    x : float64 array of any shape
    target : Format
        Overflow gives infinity, NaN or the largest finite value as the format has it.

    Returns
    -------
    float64 array of the same shape

    Notes
    -----
    One rounding of a float64 sum or product of values of a format with at most 25 significand
    bits is the correctly rounded operation: 53 >= 2p + 2 (Figueroa 1995).

    Examples
    --------
    >>> from negeig.precision.numbers.formats import BF16
    >>> round_array(np.array([1 / 3, -1e-300, 3.4e38]), BF16)
    array([ 0.33398438, -0.        ,         inf])
    """
    if target == FP64:
        return x.copy()
    _, exponent = np.frexp(x)
    quantum = np.maximum(exponent - 1, target.emin) - (target.precision - 1)
    # Powers of two scale exactly: the quotient is below 2^53, or the result is beyond float64.
    with np.errstate(over="ignore"):
        nearest = np.ldexp(np.rint(np.ldexp(x, -quantum)), quantum)
    largest = float(target.max_finite)
    beyond = np.abs(nearest) > largest
    if target.has_inf:
        over = np.copysign(np.inf, nearest)
    elif target.has_nan:
        over = np.full_like(nearest, np.nan)
    else:
        over = np.copysign(largest, nearest)
    rounded: NDArray[np.float64] = np.where(beyond, over, nearest)
    if not target.has_negative_zero:
        rounded += 0.0
    return rounded
