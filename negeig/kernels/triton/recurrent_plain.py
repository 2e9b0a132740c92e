"""The recurrence in numpy, each float32 operation written out: what the Triton kernels compute."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from negeig.arrays import Float32s, Ints
from negeig.kernels.triton.decoding import Guesses
from negeig.kernels.triton.table import Table


class Decoded(NamedTuple):
    """What was decoded on the way.

    Parameters
    ----------
    code : int32 (words,)
        The last code.
    symbols : int32 (length, words)
        Right before the first position that failed.
    failed : int32 (words,)
        The first position where a guess was not confirmed; the length where all were.
    """

    code: Ints
    symbols: Ints
    failed: Ints


class Reached(NamedTuple):
    """Where some words led.

    Parameters
    ----------
    after : float32 (words, padded)
    states : float32 (length, words, padded), optional
        After every letter, if asked for.
    decoded : Decoded, optional
        If there were guesses.
    """

    after: Float32s
    states: Float32s | None = None
    decoded: Decoded | None = None


def run_plain(
    table: Table,
    letters: Ints,
    before: Float32s,
    *,
    tile: int | None = None,
    guesses: Guesses | None = None,
    code: Ints | None = None,
    keep_states: bool = False,
    homogeneous: int = 0,
    group: int = 1,
) -> Reached:
    """Run words from given states.

    Rounded: each operation once to float32, from left to right, or tiled where ``tile`` is
    given: :mod:`.recurrent` says what that is. O(words x length x steps
    x dim).

    Parameters
    ----------
    table : Table
    letters : int32 (length, words / group)
        From 0 to ``table.nothing``.
    before : float32 (words, padded)
    tile : int, optional
        4 numbers for each lane that a word is spread over.
    guesses, code : Guesses and int32 (words,), optional
        Decode, beginning at these codes.
    keep_states : bool
    homogeneous, group : int
        ``group`` words read the same letters, all but the last ``homogeneous`` further on in the
        table.

    Examples
    --------
    >>> rows = np.zeros((2, 1, 8), np.float32)
    >>> rows[0, 0, [0, 4, 6]] = 1, 2, 1  # key 1, beta 2, a step
    >>> flip = Table(dim=1, rows=rows, dense=np.full((2, 1), -1),
    ...              matrix=np.zeros((0, 1, 4)), bias=np.zeros((0, 1)))
    >>> run_plain(flip, np.array([[0], [1], [0], [0]]), flip.pad(np.ones((1, 1)))).after[0, 0]
    np.float64(-1.0)
    """
    length, columns = letters.shape
    words = columns * group
    h = before.copy()
    states = np.empty((length, *h.shape), np.float32) if keep_states else None
    symbols = np.empty((length, words), np.int32)
    failed = np.full(words, length, np.int32)
    shift = np.where(np.arange(words) % group == group - 1, 0, homogeneous)
    with np.errstate(all="ignore"):  # states may overflow: that is a result
        for t in range(length):
            letter = np.repeat(letters[t], group) + shift
            for i in range(table.steps):
                h = _step(table, letter, i, h, tile)
            if states is not None:
                states[t] = h
            if guesses is not None and code is not None:
                symbols[t] = guesses.emit[code, letter]
                code = guesses.following[code, letter]
                gap = h - guesses.points[code]
                near = (symbols[t] < 0) | ((gap * gap).sum(axis=1) < guesses.radii[code])
                failed = np.where(near, failed, np.minimum(failed, t))
    return Reached(h, states, None if code is None else Decoded(code, symbols, failed))


def _step(table: Table, letter: Ints, i: int, h: Float32s, tile: int | None) -> Float32s:
    """Take the i-th step of every word's letter."""
    row = table.rows[letter, i]
    key, beta, write, taken = row[:, :-4], row[:, -4], row[:, -3], row[:, -2] != 0
    amount = beta * (_dot(table, key, h, tile) - write)
    amount = np.where(taken, amount, np.float32(0))
    after: Float32s = h - key * amount[:, None]
    which = table.dense[letter, i]
    chosen = which >= 0
    for r in range(table.dim) if chosen.any() else ():
        s = _dot(table, table.matrix[which[chosen], r], h[chosen], tile)
        b = table.bias[which[chosen], r]
        after[chosen, r] = np.where(b != 0, s + b, s)
    return after


def _dot(table: Table, weights: Float32s, h: Float32s, tile: int | None) -> Float32s:
    products = weights * h
    if tile is None:
        return _sum(products[:, : table.dim])
    lanes = tile // 4
    partial = _sum(products.reshape(len(h), -1, lanes, 4))
    parts = _sum(np.moveaxis(partial, 2, 1))
    while lanes > 1:
        lanes //= 2
        parts = parts[:, :lanes] + parts[:, lanes:]
    whole: Float32s = parts[:, 0]
    return whole


def _sum(terms: Float32s) -> Float32s:
    """Sum over the second axis, from left to right."""
    total: Float32s = terms[:, 0]
    for j in range(1, terms.shape[1]):
        total = total + terms[:, j]
    return total
