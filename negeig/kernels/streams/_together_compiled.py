"""Random words drawn, read and compared in one compiled loop. Import on first use only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Bytes, Float32s, Float64s, Ints, Longs
from negeig.compiled import njit
from negeig.kernels.backends._cpu_lanes import read_words
from negeig.kernels.streams._letters_compiled import draw, wrong_bits


@njit
def read_right(
    keys: NDArray[np.uint64], position: int, blocks: int, kinds: int, wanted: Longs,
    machine: Ints, words: Ints, symbols: Ints, group: int, numbers: Ints, letters: Ints,
    steps: Ints, table: Float32s, state: Float32s, values: Float32s, more: Ints, radius: float,
    pairs: Ints, short: Bytes, guesses: Longs, records: Longs, emit: Ints, nothing: int,
    points: Float64s, half_norms: Float64s, order: Ints, codes: Ints, states: Float32s,
    one: Float32s, hits: Ints,
) -> bool:  # fmt: skip
    """Whether all symbols of so many blocks of letters are the machine's.

    ``words`` and ``symbols`` (rows, columns) hold one block and stay in cache. Where a block is
    wrong the states are somewhere behind it. The rest is as in ``draw``, ``wrong_bits`` and
    ``read_words``, which this calls in turn.
    """
    columns = words.shape[1]
    for block in range(blocks):
        draw(keys, position + block * columns, kinds, words)
        read_words(
            words, symbols, columns, group, numbers, letters, steps, table, state, values, more,
            radius, pairs, short, guesses, records, emit, nothing, points, half_norms, order,
            codes, states, one, hits,
        )  # fmt: skip
        if wrong_bits(words, symbols, wanted, kinds, machine) != 0:
            return False
    return True
