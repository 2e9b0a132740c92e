"""How many significant bits the recurrence of a layer needs, so that no sum of it is rounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from negeig.arrays import Float64s
from negeig.kernels.layers.moves import Move


def recurrence_bits(states: Float64s, letters: Iterable[Iterable[tuple[Move, float]]]) -> int:
    """Bound the bits of every product and sum, from every state on every letter.

    Terms of a sum are multiples of a power of two; where their magnitudes add up to at most 2^p of
    it, p bits hold every partial sum, in any order, fused multiply-adds or not, beta multiplied
    before or after the difference.

    Parameters
    ----------
    states : float64 (states, dim)
        Between letters; dyadic, exact.
    letters : iterable of letters, each an iterable of (move, value)
        The value takes the place of the move's write.

    Returns
    -------
    int
        Never too few. O(states x dim) a move.

    Examples
    --------
    >>> from fractions import Fraction
    >>> reflect = Move(Fraction(2), (Fraction(1),), Fraction(0))
    >>> recurrence_bits(np.array([[3.0], [-3.0]]), [[(reflect, 0.0)]])
    4
    """
    most = 0
    for letter in letters:
        state = states
        for move, value in letter:
            key, beta = np.array([float(k) for k in move.key]), float(move.beta)
            products = state * key
            change = value - products.sum(axis=1, keepdims=True)
            added = beta * change * key
            terms = np.concatenate([products, np.full((len(state), 1), value)], axis=1)
            for sums in (terms, beta * terms, *_columns(state, added), change * key):
                most = max(most, _bits(sums))
            state = state + added
    return most


def _columns(state: Float64s, added: Float64s) -> Iterator[Float64s]:
    """Yield what is added up for each coordinate."""
    for j in range(state.shape[1]):
        yield np.stack([state[:, j], added[:, j]], axis=1)


def _bits(terms: Float64s) -> int:
    """Return how many bits the sums of rows of terms need at most."""
    entries = terms[terms != 0]
    if not entries.size:
        return 0
    mantissa, exponent = np.frexp(entries)
    whole = (np.abs(mantissa) * 2.0**53).astype(np.int64)
    unit = float(np.ldexp((whole & -whole).astype(np.float64), exponent - 53).min())
    total = float(np.abs(terms).sum(axis=1).max()) / unit
    return (int(np.ceil(total)) - 1).bit_length()
