"""The recurrence of one layer as Triton kernels. Imported by :mod:`.launch`.

Two orders of summation of ``s = k.h``, the first product being rounded, never fused:

``run_ordered``
    ``(((k_0 h_0 + k_1 h_1) + k_2 h_2) + ...)``: one word a thread, as the reference.
``run_tiled``
    coordinate ``j = C q + 4 l + r`` lies in lane ``l`` of the word's ``L = C / 4`` lanes: first
    ``a_lr`` sums over q from left to right, then ``p_l = ((a_l0 + a_l1) + a_l2) + a_l3``, then the
    lanes by halves, ``p_l + p_(l + L/2)`` and so on.

Then ``t = beta (s - write)`` and ``h_j = h_j - k_j t``. The decorator reads TRITON_INTERPRET when
this file is imported.
"""

# mypy: ignore-errors
# ruff: noqa: RUF005 (Triton adds tuples but does not unpack them)

import triton
import triton.language as tl

SIZES = ["words", "length", "alphabet", "homogeneous"]
"""Arguments that are numbers; one compilation serves all of them."""


RELOADED = tl.constexpr(96)
"""Above this dimension a key is loaded twice a step in :func:`run_ordered`."""

# What tl.sum reduces by. The function tl.sum itself was compiled, or not, when triton was imported.
ADD = tl.standard._sum_combine


@triton.jit
def _four(at, again: tl.constexpr = False):
    """Four consecutive numbers of every lane, in float32: one load of a vector."""
    x = tl.load(at[:, None] + tl.arange(0, 4)[None, :], volatile=again).to(tl.float32)
    even, odd = tl.split(tl.reshape(x, (x.shape[0], 2, 2)))
    a, c = tl.split(even)
    b, d = tl.split(odd)
    return a, b, c, d


@triton.jit
def _store_four(at, a, b, c, d, live):
    x = tl.reshape(tl.join(tl.join(a, c), tl.join(b, d)), (a.shape[0], 4))
    tl.store(at[:, None] + tl.arange(0, 4)[None, :], x, mask=live[:, None])


@triton.jit
def _letters_of(letters, words, homogeneous, LANES: tl.constexpr, GROUP: tl.constexpr):
    """Where each lane's letters begin, and what is added to them: see :func:`run_tiled`."""
    lane = tl.program_id(0) * LANES + tl.arange(0, LANES)
    live = lane < words
    plain = lane % GROUP == GROUP - 1
    return lane, live, letters + lane // GROUP, tl.where(plain, 0, homogeneous)


@triton.jit(do_not_specialize=SIZES)
def run_ordered(
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
    LANES: tl.constexpr,
    TILE: tl.constexpr,
):
    """Run a layer on words, one a thread; arguments as of :func:`run_tiled`, TILE being 4."""
    PADDED: tl.constexpr = (DIM + 3) // 4 * 4
    ROW: tl.constexpr = PADDED + 4
    lane, live, at, shift = _letters_of(letters, words, homogeneous, LANES, GROUP)
    place = tl.minimum(lane, words - 1)
    h = ()
    for j in tl.static_range(0, PADDED, 4):
        h = h + _four(before + place * PADDED + j)
    out = states + lane * PADDED
    if DECODE:
        c = tl.load(code + place)
        first = lane * 0 + length
        emitted = symbols + lane
    for t in range(length):
        letter = tl.load(at, mask=live, other=0)
        if GROUP > 1:
            letter += shift
        at += words // GROUP
        row = table + letter * (STEPS * ROW)
        for i in range(STEPS):
            k = ()
            for j in tl.static_range(0, PADDED, 4):
                k = k + _four(row + j)
            beta, write, taken, _ = _four(row + PADDED)
            s = k[0] * h[0]
            for j in tl.static_range(1, DIM):
                s = s + k[j] * h[j]
            # Where no step is left the key is +0, and h - 0 * 0 is h, bit for bit.
            amount = tl.where(taken != 0, beta * (s - write), 0.0)
            stepped = ()
            if DIM > RELOADED:  # state and key together do not fit into a thread's registers
                k = ()
                for j in tl.static_range(0, PADDED, 4):
                    k = k + _four(row + j, True)
            # The reference's h + (-k) t, bit for bit: Triton's -k is 0 - k, and +0 where k is +0.
            for j in tl.static_range(DIM):
                stepped = stepped + (h[j] - k[j] * amount,)
            for j in tl.static_range(DIM, PADDED):
                stepped = stepped + (h[j],)
            if DENSE:
                which = tl.load(dense + letter * STEPS + i)
                m = tl.maximum(which, 0) * DIM
                for r in range(DIM):
                    a = ()
                    for j in tl.static_range(0, PADDED, 4):
                        a = a + _four(matrix + (m + r) * PADDED + j)
                    s = a[0] * h[0]
                    for j in tl.static_range(1, DIM):
                        s = s + a[j] * h[j]
                    b = tl.load(bias + m + r)
                    s = tl.where(b != 0, s + b, s)
                    chosen = ()
                    for j in tl.static_range(PADDED):
                        chosen = chosen + (tl.where((which >= 0) & (r == j), s, stepped[j]),)
                    stepped = chosen
            h = stepped
            row += ROW
        if STATES:
            for j in tl.static_range(0, PADDED, 4):
                _store_four(out + j, h[j], h[j + 1], h[j + 2], h[j + 3], live)
            out += words * PADDED
        if DECODE:
            cell = c * alphabet + letter
            c = tl.load(following + cell)
            symbol = tl.load(emit + cell)
            gap = h[0] * 0
            for j in tl.static_range(0, PADDED, 4):
                p = _four(codes + c * PADDED + j)
                for x in tl.static_range(4):
                    gap = gap + (h[j + x] - p[x]) * (h[j + x] - p[x])
            near = (symbol < 0) | (gap < tl.load(radii + c))
            first = tl.where(near, first, tl.minimum(first, t))
            tl.store(emitted, symbol, mask=live)
            emitted += words
    for j in tl.static_range(0, PADDED, 4):
        _store_four(after + lane * PADDED + j, h[j], h[j + 1], h[j + 2], h[j + 3], live)
    if DECODE:
        tl.store(code + lane, c, mask=live)
        tl.store(failed + lane, first, mask=live)


@triton.jit(do_not_specialize=SIZES)
def run_tiled(
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
    LANES: tl.constexpr,
    TILE: tl.constexpr,
):
    """Run a layer on words, ``TILE / 4`` threads a word, the state in float32 registers.

    letters (length, words / GROUP) int32; table, dense, matrix, bias as in ``Table``;
    before and after (words, padded), states (length, words, padded) with STATES; codes, radii,
    following, emit as in ``Guesses``, code (words,) the code before and after, symbols (length,
    words), failed (words,) the first position where a guess was not confirmed, else the length.
    GROUP words read the same letters, all but the last of them ``homogeneous`` further on in the
    table. LANES words in a program.
    """
    PADDED: tl.constexpr = (DIM + TILE - 1) // TILE * TILE
    TILES: tl.constexpr = PADDED // TILE
    ROW: tl.constexpr = PADDED + 4
    lane, live, at, shift = _letters_of(letters, words, homogeneous, LANES, GROUP)
    place = tl.minimum(lane, words - 1)
    column = tl.arange(0, TILE)[None, :]
    h = ()
    for q in tl.static_range(TILES):
        h = h + (tl.load(before + place[:, None] * PADDED + q * TILE + column),)
    out = states + lane[:, None] * PADDED + column
    if DECODE:
        c = tl.load(code + place)
        first = lane * 0 + length
        emitted = symbols + lane
    for t in range(length):
        letter = tl.load(at, mask=live, other=0)
        if GROUP > 1:
            letter += shift
        at += words // GROUP
        row = table + letter * (STEPS * ROW)
        for i in range(STEPS):
            k = ()
            for q in tl.static_range(TILES):
                k = k + (tl.load(row[:, None] + q * TILE + column).to(tl.float32),)
            s = k[0] * h[0]
            for q in tl.static_range(1, TILES):
                s = s + k[q] * h[q]
            u = tl.reduce(s, 1, ADD) - tl.load(row + (PADDED + 1)).to(tl.float32)
            amount = tl.load(row + PADDED).to(tl.float32) * u
            taken = tl.load(row + (PADDED + 2)).to(tl.float32)
            amount = tl.where(taken != 0, amount, 0.0)
            stepped = ()
            for q in tl.static_range(TILES):
                stepped = stepped + (h[q] - k[q] * amount[:, None],)
            if DENSE:
                which = tl.load(dense + letter * STEPS + i)
                m = tl.maximum(which, 0) * DIM
                for r in range(DIM):
                    a = matrix + (m + r)[:, None] * PADDED + column
                    s = tl.load(a) * h[0]
                    for q in tl.static_range(1, TILES):
                        s = s + tl.load(a + q * TILE) * h[q]
                    x = tl.reduce(s, 1, ADD) + tl.load(bias + m + r)
                    chosen = ()
                    for q in tl.static_range(TILES):
                        here = (which >= 0)[:, None] & (q * TILE + column == r)
                        chosen = chosen + (tl.where(here, x[:, None], stepped[q]),)
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
            p = codes + c[:, None] * PADDED + column
            gap = h[0] - tl.load(p)
            squares = gap * gap
            for q in tl.static_range(1, TILES):
                gap = h[q] - tl.load(p + q * TILE)
                squares = squares + gap * gap
            near = (symbol < 0) | (tl.reduce(squares, 1, ADD) < tl.load(radii + c))
            first = tl.where(near, first, tl.minimum(first, t))
            tl.store(emitted, symbol, mask=live)
            emitted += words
    for q in tl.static_range(TILES):
        tl.store(after + lane[:, None] * PADDED + q * TILE + column, h[q], mask=live[:, None])
    if DECODE:
        tl.store(code + lane, c, mask=live)
        tl.store(failed + lane, first, mask=live)
