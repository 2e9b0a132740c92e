"""The compiled loops of the CPU backend for sixteen words at a time, one in a lane.

Import on first use only. Each lane does what :mod:`._cpu_compiled` does to one word, in the same
order: sums run from left to right, every operation rounds once. The words read different letters,
so whatever depends on the letter is a row of numbers, one for each, and a lane takes its own.
"""

from __future__ import annotations

import numpy as np

from negeig.arrays import Bytes, Float32s, Float64s, Ints, Longs
from negeig.compiled import inlined, njit
from negeig.compiled.lanes import (
    LANES,
    chosen,
    load,
    spread,
    store,
    transpose,
)
from negeig.kernels.backends._cpu_lane_rows import entry
from negeig.kernels.backends._cpu_lanes_decoder import decode


@njit
def to_lanes(words: Ints, column: int, group: int, numbers: Ints, letters: Ints) -> None:
    """Lay n columns of words (rows, length) out as letters (blocks * n, 16), lane by lane.

    A block is sixteen words; lanes left over repeat the last. Blocks go in groups: first the first
    letters of all blocks of the first group, then the second ones, and so on. ``numbers``, as long
    as a multiple of sixteen, says what each letter is to the first layer.
    """
    rows, length = words.shape
    blocks = (rows + LANES - 1) // LANES
    n, width = letters.shape[0] // blocks, numbers.shape[0]
    for b in range(blocks):
        size = min(group, blocks - b // group * group)
        at = n * (b // group * group) + b % group
        whole = n // LANES * LANES if LANES * (b + 1) <= rows else 0
        for t in range(0, whole, LANES):
            begin = LANES * b * length + column + t
            transpose(words, begin, length, letters, LANES * (at + t * size), LANES * size)
        for lane in range(LANES):
            row = min(LANES * b + lane, rows - 1)
            for t in range(whole, n):
                letters[at + t * size, lane] = words[row, column + t]
        for t in range(n):
            p = at + t * size
            store(letters, p, entry(numbers, 0, width, load(letters, p)))


@njit
def from_lanes(letters: Ints, nothing: int, column: int, group: int, symbols: Ints) -> None:
    """Invert :func:`to_lanes` for emitted symbols (rows, length), -1 where there is none."""
    rows, length = symbols.shape
    blocks = (rows + LANES - 1) // LANES
    n = letters.shape[0] // blocks
    for b in range(blocks):
        size = min(group, blocks - b // group * group)
        at = n * (b // group * group) + b % group
        for t in range(n):
            symbol = load(letters, at + t * size)
            some = symbol < spread(np.int32(nothing))
            store(letters, at + t * size, chosen(some, symbol, spread(np.int32(-1))))
        whole = n // LANES * LANES if LANES * (b + 1) <= rows else 0
        for t in range(0, whole, LANES):
            begin = LANES * b * length + column + t
            transpose(letters, LANES * (at + t * size), LANES * size, symbols, begin, length)
        for lane in range(min(LANES, rows - LANES * b)):
            for t in range(whole, n):
                symbols[LANES * b + lane, column + t] = letters[at + t * size, lane]


@njit
def advance(
    letters: Ints, first: int, count: int, blocks: int, steps: Ints, table: Float32s,
    states: Float32s,
) -> None:  # fmt: skip
    """Run one layer over some letters of some blocks of sixteen words.

    The blocks take turns, so that a processor can work on the next while it waits for one.

    Parameters
    ----------
    letters : int32 (positions, 16)
        Those from ``first`` on are read, ``count`` of each block.
    steps : int32 (width,)
        How many steps each letter takes. A lane that has taken its last keeps its state: a step
        with beta 0 would turn -0 into +0, and infinity into NaN.
    table : float32 (most steps, dim + 2, width)
        Of each step the key, beta and the write, where 0 is +0, by letters.
    states : float32 (more than count, blocks, dim, 16)
        The first is the state before; receives the state after every letter.
    """
    # Compiled once more for the sizes of small layers, whose loops are then none.
    dim, width, n = table.shape[1] - 2, table.shape[2], count * blocks
    if width != LANES:
        _advance(letters, first, n, blocks, width, dim, steps, table, states)
    elif dim == 1:
        _advance(letters, first, n, blocks, LANES, 1, steps, table, states)
    elif dim == 2:
        _advance(letters, first, n, blocks, LANES, 2, steps, table, states)
    elif dim == 3:
        _advance(letters, first, n, blocks, LANES, 3, steps, table, states)
    elif dim == 4:
        _advance(letters, first, n, blocks, LANES, 4, steps, table, states)
    elif dim == 5:
        _advance(letters, first, n, blocks, LANES, 5, steps, table, states)
    else:
        _advance(letters, first, n, blocks, LANES, dim, steps, table, states)


@inlined
def _advance(
    letters: Ints, first: int, positions: int, blocks: int, width: int, dim: int, steps: Ints,
    table: Float32s, states: Float32s,
) -> None:  # fmt: skip
    most = table.shape[0]
    for p in range(positions):
        letter = load(letters, first + p)
        taken = entry(steps, 0, width, letter)
        before, after = p * dim, (p + blocks) * dim
        for i in range(most):
            row = i * (dim + 2)
            s = entry(table, row, width, letter) * load(states, before)
            for j in range(1, dim):
                s = s + entry(table, row + j, width, letter) * load(states, before + j)
            beta = entry(table, row + dim, width, letter)
            amount = beta * (s - entry(table, row + dim + 1, width, letter))
            live = spread(np.int32(i)) < taken
            for j in range(dim):
                h = load(states, before + j)
                k = entry(table, row + j, width, letter)
                store(states, after + j, chosen(live, h - k * amount, h))
            before = after
        if most == 0:
            for j in range(dim):
                store(states, after + j, load(states, before + j))


@njit
def read_layer(
    letters: Ints, group: int, steps: Ints, table: Float32s, state: Float32s, values: Float32s,
    more: Ints, radius: float, pairs: Ints, short: Bytes, guesses: Longs, records: Longs,
    emit: Ints, nothing: int, points: Float64s, half_norms: Float64s, order: Ints, codes: Ints,
    states: Float32s, one: Float32s, hits: Ints,
) -> None:  # fmt: skip
    """Turn the letters (blocks * n, 16) of a layer, as :func:`to_lanes` has them, into the next's.

    ``state`` (blocks, dim, 16) is carried on; ``states`` (more than 1, group, dim, 16) is scratch,
    and as small as stays in the processor's nearest cache. The rest is as in :func:`advance` and
    :func:`._cpu_lanes_decoder.decode`.
    """
    blocks, dim = state.shape[0], state.shape[1]
    n, room = letters.shape[0] // blocks, states.shape[0] - 1
    # Without steps of ranges: they may be 0, for which numba needs an exception.
    for g in range((blocks + group - 1) // group):
        block = g * group
        size = min(group, blocks - block)
        for j in range(size * dim):
            store(states, j, load(state, block * dim + j))
        for piece in range((n + room - 1) // room):
            first, count = n * block + piece * room * size, min(room, n - piece * room)
            advance(letters, first, count, size, steps, table, states)
            decode(
                letters, first, count, size, states, values, more, radius, pairs, short, guesses,
                records, emit, nothing, points, half_norms, order, codes, block, one, hits,
            )  # fmt: skip
            for j in range(size * dim):
                store(states, j, load(states, count * size * dim + j))
        for j in range(size * dim):
            store(state, block * dim + j, load(states, j))


@njit
def read_words(
    words: Ints, symbols: Ints, columns: int, group: int, numbers: Ints, letters: Ints,
    steps: Ints, table: Float32s, state: Float32s, values: Float32s, more: Ints, radius: float,
    pairs: Ints, short: Bytes, guesses: Longs, records: Longs, emit: Ints, nothing: int,
    points: Float64s, half_norms: Float64s, order: Ints, codes: Ints, states: Float32s,
    one: Float32s, hits: Ints,
) -> None:  # fmt: skip
    """Read words (rows, length) through a single layer, so many columns at a time.

    One call instead of three for each piece: threads hand the interpreter to each other less often.
    ``letters`` is scratch for all blocks and columns; ``symbols`` (rows, length) is written.
    """
    blocks, length = state.shape[0], words.shape[1]
    for piece in range((length + columns - 1) // columns):
        column = piece * columns
        some = letters[: blocks * min(columns, length - column)]
        to_lanes(words, column, group, numbers, some)
        read_layer(
            some, group, steps, table, state, values, more, radius, pairs, short, guesses,
            records, emit, nothing, points, half_norms, order, codes, states, one, hits,
        )  # fmt: skip
        from_lanes(some, nothing, column, group, symbols)
