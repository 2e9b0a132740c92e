"""How far the rounding of a kernel's inputs moves its states, whatever the kernel does."""

from __future__ import annotations

import numpy as np

from negeig.arrays import Float64s
from negeig.precision.numbers.formats import Format


def moved(
    key: Float64s, beta: Float64s, write: Float64s, initial: Float64s, after: Float64s, to: Format
) -> float:
    """Return how far a right kernel with rounded inputs is from what is expected, at most.

    The recurrence S <- S + beta k (write - k.S) runs in float64 on the inputs as they are given,
    and half a unit of the format is added for outputs that are rounded to it; 0 where nothing was
    rounded, infinite where the states overflow. What a kernel rounds itself, as sums in float32,
    comes on top.

    Parameters
    ----------
    key, beta, write : float64 (words, positions, dim), (words, positions) twice
    initial : float64 (dim)
    after : float64 (words, positions, dim)
        The expected states after every position.
    to : Format

    Examples
    --------
    >>> from negeig.precision.numbers.formats import BF16
    >>> one = np.ones((1, 2, 1))
    >>> after = np.array([[[-1.0], [1.0]]])
    >>> moved(one, 2 * one[..., 0], 0 * one[..., 0], np.ones(1), after, BF16)
    0.0
    >>> moved(one, 1.5 * one[..., 0], 0 * one[..., 0], np.ones(1), after, BF16)
    0.75390625
    """
    state = np.repeat(initial[None], len(key), axis=0)
    off = 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(key.shape[1]):
            error = write[:, t] - (key[:, t] * state).sum(1)
            state = state + key[:, t] * (beta[:, t] * error)[:, None]
            off = max(off, float(np.nan_to_num(np.abs(state - after[:, t]), nan=np.inf).max()))
    return off + float(np.abs(after).max()) * 2.0**-to.precision if off else 0.0
