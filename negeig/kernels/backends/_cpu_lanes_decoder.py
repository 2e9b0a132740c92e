"""The decoder's compiled loop for sixteen words at a time, one in a lane.

Import on first use only. What :mod:`._cpu_lanes` leaves of states is turned into symbols, as
:func:`negeig.kernels._decoder_compiled.decode_states` does for one word.
"""

from __future__ import annotations

import numpy as np

from negeig.arrays import Bytes, Float32s, Float64s, Ints, Longs
from negeig.compiled import inlined, njit
from negeig.compiled.lanes import (
    LANES,
    Lanes,
    chosen,
    everywhere,
    fused,
    gathered,
    high,
    load,
    looked_up,
    low,
    spread,
    store,
)
from negeig.kernels._decoder_compiled import equal, nearest
from negeig.kernels.backends._cpu_lane_rows import TWICE, entry


@inlined
def _square(
    states: Float32s, at: int, dim: int, width: int, few: bool, code: Lanes, ranks: Lanes,
    values: Float32s, more: Ints,
) -> Lanes:  # fmt: skip
    """Squared distance, in float32, of the states from a place on to a code for each lane.

    With 2^bits columns, bits being 4 or 5, ``values`` (dim, width) holds the values that a
    coordinate of codes takes, and so many bits of ``ranks`` say which: when they are used up, of
    ``more`` (words, codes). Where there are ``few`` codes, or more than 32 values of a coordinate,
    the columns are the codes.
    """
    bits = 4 if width == LANES else 5
    square = spread(np.float32(0))
    for j in range(dim):
        if few or width > TWICE:
            value = entry(values, j, width, code)
        else:
            if j > 0 and j % (32 // bits) == 0:
                word = j // (32 // bits) - 1
                ranks = gathered(more, spread(np.int32(word * more.shape[1])) + code)
            value = entry(values, j, width, ranks)
            ranks = ranks >> spread(np.int32(bits))
        gap = load(states, at + j) - value
        square = fused(gap, gap, square)
    return square


@njit
def decode(
    letters: Ints, first: int, count: int, blocks: int, states: Float32s, values: Float32s,
    more: Ints, radius: float, pairs: Ints, short: Bytes, guesses: Longs, records: Longs,
    emit: Ints, nothing: int, points: Float64s, half_norms: Float64s, order: Ints, codes: Ints,
    block: int, one: Float32s, hits: Ints,
) -> None:  # fmt: skip
    """Turn the states that :func:`._cpu_lanes.advance` left into emitted symbols.

    They replace the letters.

    As :func:`negeig.kernels._decoder_compiled.decode_states` does, it tries a guess first, which
    changes the speed only.

    Parameters
    ----------
    pairs, short : int32 and uint8 (2, 128)
        Where there are few codes, letters and symbols the same guesses, of which a vector takes its
        own without gathering: the codes, and the symbols, by letter, in a row of equal length for
        each code last seen. Else empty.
    guesses : int64 (codes + 1, width)
        Of the code last seen after a code (the last row: at the start of a word) and a letter, the
        record; from bit 48 on the symbol. Within ``radius`` of it it is surely the nearest.
    records : int64 (codes,)
        First ranks of a code, and from bit 32 on the code; -1 for one that must not be guessed.
    emit : int32 (codes, width)
        Symbols by code and letter; ``nothing`` where there is none.
    codes : int32 (blocks, 16)
        The last code of every word, of these from ``block`` on.
    one, hits : float32 (dim,), int32 (16,)
        Scratch.
    """
    # Compiled once more for small layers and for the widths that need no gathering.
    dim, width, n = one.shape[0], values.shape[1], count * blocks
    few = pairs.shape[1] > 0
    if few and dim == 1:
        _decode(
            letters, first, n, blocks, 1, TWICE, True, states, values, more, radius, pairs,
            short, guesses, records, emit, nothing, points, half_norms, order, codes, block, one,
            hits,
        )  # fmt: skip
    elif few and dim == 2:
        _decode(
            letters, first, n, blocks, 2, TWICE, True, states, values, more, radius, pairs,
            short, guesses, records, emit, nothing, points, half_norms, order, codes, block, one,
            hits,
        )  # fmt: skip
    elif few and dim == 3:
        _decode(
            letters, first, n, blocks, 3, TWICE, True, states, values, more, radius, pairs,
            short, guesses, records, emit, nothing, points, half_norms, order, codes, block, one,
            hits,
        )  # fmt: skip
    elif few and dim == 4:
        _decode(
            letters, first, n, blocks, 4, TWICE, True, states, values, more, radius, pairs,
            short, guesses, records, emit, nothing, points, half_norms, order, codes, block, one,
            hits,
        )  # fmt: skip
    elif few and dim == 5:
        _decode(
            letters, first, n, blocks, 5, TWICE, True, states, values, more, radius, pairs,
            short, guesses, records, emit, nothing, points, half_norms, order, codes, block, one,
            hits,
        )  # fmt: skip
    elif few:
        _decode(
            letters, first, n, blocks, dim, TWICE, True, states, values, more, radius, pairs,
            short, guesses, records, emit, nothing, points, half_norms, order, codes, block, one,
            hits,
        )  # fmt: skip
    elif width == LANES:
        _decode(
            letters, first, n, blocks, dim, LANES, False, states, values, more, radius, pairs,
            short, guesses, records, emit, nothing, points, half_norms, order, codes, block, one,
            hits,
        )  # fmt: skip
    elif width == TWICE:
        _decode(
            letters, first, n, blocks, dim, TWICE, False, states, values, more, radius, pairs,
            short, guesses, records, emit, nothing, points, half_norms, order, codes, block, one,
            hits,
        )  # fmt: skip
    else:
        _decode(
            letters, first, n, blocks, dim, width, False, states, values, more, radius, pairs,
            short, guesses, records, emit, nothing, points, half_norms, order, codes, block, one,
            hits,
        )  # fmt: skip


@inlined
def _decode(
    letters: Ints, first: int, positions: int, blocks: int, dim: int, columns: int, few: bool,
    states: Float32s, values: Float32s, more: Ints, radius: float, pairs: Ints, short: Bytes,
    guesses: Longs, records: Longs, emit: Ints, nothing: int, points: Float64s,
    half_norms: Float64s, order: Ints, codes: Ints, block: int, one: Float32s, hits: Ints,
) -> None:  # fmt: skip
    row = pairs.shape[1] // (len(points) + 1)
    now = block
    for p in range(positions):
        letter, before = load(letters, first + p), load(codes, now)
        if few:
            place = before * spread(np.int32(row)) + letter
            code = looked_up(pairs, short, 0, place)
            symbol = looked_up(pairs, short, 1, place)
            ranks = code
        else:
            guess = gathered(guesses, before * spread(np.int32(emit.shape[1])) + letter)
            pair, ranks = high(guess), low(guess)
            code = pair & spread(np.int32(0xFFFF))
            symbol = (pair >> spread(np.int32(16))) & spread(np.int32(0xFFFF))
        # Before it is known to be right, so that the next letter need not wait for that.
        store(codes, now, code)
        square = _square(states, (p + blocks) * dim, dim, columns, few, code, ranks, values, more)
        near = square < spread(np.float32(radius))
        store(letters, first + p, chosen(near, symbol, letter))
        if not everywhere(near):
            store(codes, now, chosen(near, code, before))
            store(hits, 0, chosen(near, spread(np.int32(1)), spread(np.int32(0))))
            _decode_missed(
                letters, first + p, p + blocks, states, pairs, short, guesses, records, emit,
                nothing, points, half_norms, order, codes, now, one, hits,
            )  # fmt: skip
        now = now + 1 if now + 1 < block + blocks else block


@njit
def _decode_missed(
    letters: Ints, at: int, after: int, states: Float32s, pairs: Ints, short: Bytes, guesses: Longs,
    records: Longs, emit: Ints, nothing: int, points: Float64s, half_norms: Float64s, order: Ints,
    codes: Ints, now: int, one: Float32s, hits: Ints,
) -> None:  # fmt: skip
    """Find the codes of the lanes that missed, and remember them for the next guess."""
    group, few = states.shape[1], pairs.shape[1] > 0
    row = pairs.shape[1] // (len(points) + 1)
    for lane in range(LANES):
        if hits[lane] == 0:
            for j in range(one.shape[0]):
                # The last group may have fewer blocks than the array has places for.
                one[j] = states[after // group, after % group, j, lane]
            c = equal(one, points, order)
            if c < 0:
                c = nearest(one, points, half_norms)
            a = letters[at, lane]
            letters[at, lane] = nothing if c < 0 else emit[c, a]
            if c >= 0:
                if records[c] >= 0:
                    guesses[codes[now, lane], a] = records[c] + (np.int64(emit[c, a]) << 48)
                    if few:
                        place = codes[now, lane] * row + a
                        pairs[0, place] = short[0, place] = c
                        pairs[1, place] = short[1, place] = emit[c, a]
                codes[now, lane] = c
