"""The recurrence of one layer as a Triton kernel: :mod:`.recurrent` says what it computes.

The decorator reads TRITON_INTERPRET when this file is imported.
"""

# mypy: ignore-errors
# ruff: noqa: RUF005 (Triton adds tuples but does not unpack them)

import triton
import triton.language as tl

RELOADED = tl.constexpr(96)
"""Above this dimension a key is loaded twice a step: it does not fit beside a thread's state."""

# What tl.sum reduces by. The function tl.sum itself was compiled, or not, when triton was imported.
ADD = tl.standard._sum_combine


@triton.jit
def _tiles(at, TILES: tl.constexpr, TILE: tl.constexpr, CACHE: tl.constexpr = ""):
    """Load rows (words, TILES * TILE) as tiles in float32, each by vectors."""
    found = ()
    for q in tl.static_range(TILES):
        place = at[:, None] + q * TILE + tl.arange(0, TILE)[None, :]
        found = found + (tl.load(place, cache_modifier=CACHE).to(tl.float32),)
    return found


@triton.jit
def _four(x):
    """Split tiles (words, 4) into the four numbers of each word."""
    even, odd = tl.split(tl.reshape(x, (x.shape[0], 2, 2)))
    a, c = tl.split(even)
    b, d = tl.split(odd)
    return a, b, c, d


@triton.jit
def _dot(k, h, DIM: tl.constexpr, TILES: tl.constexpr, ORDERED: tl.constexpr):
    """Sum the products of two rows, in either order of :mod:`.recurrent`."""
    if ORDERED:
        p = ()
        for q in tl.static_range(TILES):
            p = p + _four(k[q] * h[q])
        s = p[0]
        # Not the zeros behind the dimension, which would turn -0 into +0.
        for j in tl.static_range(1, DIM):
            s = s + p[j]
        return s
    else:
        p = k[0] * h[0]
        for q in tl.static_range(1, TILES):
            p = p + k[q] * h[q]
        return tl.reduce(p, 1, ADD)


@triton.jit(do_not_specialize=["words", "length", "alphabet", "homogeneous"])
def run_words(
    letters,
    table,
    dense,
    matrix,
    bias,
    before,
    after,
    states,
    codes,
    radii,
    following,
    emit,
    code,
    symbols,
    failed,
    words,
    length,
    alphabet,
    homogeneous,
    DIM: tl.constexpr,
    STEPS: tl.constexpr,
    DENSE: tl.constexpr,
    STATES: tl.constexpr,
    DECODE: tl.constexpr,
    GROUP: tl.constexpr,
    WORDS: tl.constexpr,
    TILE: tl.constexpr,
    ORDERED: tl.constexpr,
):
    """Run a layer on words, ``TILE / 4`` threads a word, the state in float32 registers.

    letters (length, words / GROUP) int32; table, dense, matrix, bias as in ``Table``; before and
    after (words, padded), states (length, words, padded) with STATES; codes, radii, following,
    emit as in ``Guesses``, code (words,) the code before and after, symbols (length, words),
    failed (words,) the first position where a guess was not confirmed, else the length. GROUP
    words read the same letters, all but the last of them ``homogeneous`` further on in the table.
    WORDS words in a program; sums from left to right where ORDERED, TILE then being 4.
    """
    TILES: tl.constexpr = (DIM + TILE - 1) // TILE
    PADDED: tl.constexpr = TILES * TILE
    ROW: tl.constexpr = PADDED + 4
    word = tl.program_id(0) * WORDS + tl.arange(0, WORDS)
    live = word < words
    column = tl.arange(0, TILE)[None, :]
    h = _tiles(before + tl.minimum(word, words - 1) * PADDED, TILES, TILE)
    at = letters + word // GROUP
    shift = tl.where(word % GROUP == GROUP - 1, 0, homogeneous)
    out = states + word[:, None] * PADDED + column
    if DECODE:
        c = tl.load(code + word, mask=live, other=0)
        first = word * 0 + length
        emitted = symbols + word
    for t in range(length):
        letter = tl.load(at, mask=live, other=0)
        if GROUP > 1:
            letter += shift
        at += words // GROUP
        row = table + letter * (STEPS * ROW)
        for i in range(STEPS):
            k = _tiles(row, TILES, TILE)
            u = _dot(k, h, DIM, TILES, ORDERED) - tl.load(row + (PADDED + 1)).to(tl.float32)
            amount = tl.load(row + PADDED).to(tl.float32) * u
            # Where no step is left the key is +0, and h - 0 * 0 is h, bit for bit.
            amount = tl.where(tl.load(row + (PADDED + 2)).to(tl.float32) != 0, amount, 0.0)
            if ORDERED and DIM > RELOADED:
                k = _tiles(row, TILES, TILE, ".ca")  # the same, said otherwise: no load is saved
            stepped = ()
            # The reference's h + (-k) t, bit for bit: Triton's -k is 0 - k, and +0 where k is +0.
            for q in tl.static_range(TILES):
                stepped = stepped + (h[q] - k[q] * amount[:, None],)
            if DENSE:
                which = tl.load(dense + letter * STEPS + i)
                m = tl.maximum(which, 0) * DIM
                for r in range(DIM):
                    a = _tiles(matrix + (m + r) * PADDED, TILES, TILE)
                    s = _dot(a, h, DIM, TILES, ORDERED)
                    b = tl.load(bias + m + r)
                    s = tl.where(b != 0, s + b, s)
                    chosen = ()
                    for q in tl.static_range(TILES):
                        here = (which >= 0)[:, None] & (q * TILE + column == r)
                        chosen = chosen + (tl.where(here, s[:, None], stepped[q]),)
                    stepped = chosen
            h = stepped
            row += ROW
        if STATES:
            for q in tl.static_range(TILES):
                tl.store(out + q * TILE, h[q], mask=live[:, None])
            out += words * PADDED
        if DECODE:
            cell = c * alphabet + letter
            c = tl.load(following + cell)
            symbol = tl.load(emit + cell)
            point = _tiles(codes + c * PADDED, TILES, TILE)
            squares = (h[0] - point[0]) * (h[0] - point[0])
            for q in tl.static_range(1, TILES):
                squares = squares + (h[q] - point[q]) * (h[q] - point[q])
            near = (symbol < 0) | (tl.reduce(squares, 1, ADD) < tl.load(radii + c))
            first = tl.where(near, first, tl.minimum(first, t))
            tl.store(emitted, symbol, mask=live)
            emitted += words
    out = after + word[:, None] * PADDED + column
    for q in tl.static_range(TILES):
        tl.store(out + q * TILE, h[q], mask=live[:, None])
    if DECODE:
        tl.store(code + word, c, mask=live)
        tl.store(failed + word, first, mask=live)
