"""The chunkwise delta rule as Triton kernels: :mod:`.chunked` says what they compute.

All products of matrices are float32 with ``input_precision="ieee"``. The decorator reads
TRITON_INTERPRET when this file is imported.
"""

# mypy: ignore-errors

import triton
import triton.language as tl

SIZES = ["words", "length", "nothing", "chunks"]

# What tl.sum reduces by. The function tl.sum itself was compiled, or not, when triton was imported.
ADD = tl.standard._sum_combine


@triton.jit
def _rows_of(letters, table, chunk, word, words, length, nothing, PADDED, STEPS, CHUNK):
    """Where the chunk's steps stand in the table; after the last letter nothing is read."""
    position = chunk * CHUNK + tl.arange(0, CHUNK)
    token = position // STEPS
    letter = tl.load(letters + token * words + word, mask=token < length, other=nothing)
    return table + (letter * STEPS + position % STEPS) * (PADDED + 4)


@triton.jit(do_not_specialize=SIZES)
def prepare_chunks(
    letters,
    table,
    weights,
    targets,
    words,
    length,
    nothing,
    chunks,
    PADDED: tl.constexpr,
    WIDTH: tl.constexpr,
    STEPS: tl.constexpr,
    CHUNK: tl.constexpr,
):
    """Of one chunk: W (CHUNK, padded) and U (CHUNK,), by forward substitution."""
    chunk, word = tl.program_id(0), tl.program_id(1)
    row = _rows_of(letters, table, chunk, word, words, length, nothing, PADDED, STEPS, CHUNK)
    column = tl.arange(0, WIDTH)
    inside = column[None, :] < PADDED
    k = tl.load(row[:, None] + column[None, :], mask=inside, other=0.0)
    beta = tl.load(row + PADDED)
    write = tl.load(row + PADDED + 1)
    place = tl.arange(0, CHUNK)
    below = place[:, None] > place[None, :]
    inverse = tl.where(below, -beta[:, None] * tl.dot(k, tl.trans(k), input_precision="ieee"), 0.0)
    for i in range(1, CHUNK):
        here = place[:, None] == i
        a = tl.reduce(tl.where(here, inverse, 0.0), 0, ADD)
        a = a + tl.reduce(a[:, None] * inverse, 0, ADD)
        inverse = tl.where(here, a[None, :], inverse)
    inverse = tl.where(place[:, None] == place[None, :], 1.0, inverse)
    at = (word * chunks + chunk) * CHUNK + place
    w = tl.dot(inverse, beta[:, None] * k, input_precision="ieee")
    tl.store(weights + at[:, None] * PADDED + column[None, :], w, mask=inside)
    tl.store(targets + at, tl.reduce(inverse * (beta * write)[None, :], 1, ADD))


@triton.jit(do_not_specialize=SIZES)
def carry_chunks(
    letters,
    table,
    weights,
    targets,
    before,
    starts,
    after,
    words,
    length,
    nothing,
    chunks,
    PADDED: tl.constexpr,
    WIDTH: tl.constexpr,
    STEPS: tl.constexpr,
    CHUNK: tl.constexpr,
):
    """Of one word: the state at the start of each chunk, and targets become u = U - W h."""
    word = tl.program_id(0)
    column = tl.arange(0, WIDTH)
    inside = column < PADDED
    h = tl.load(before + word * PADDED + column, mask=inside, other=0.0)
    for chunk in range(chunks):
        tl.store(starts + (word * chunks + chunk) * PADDED + column, h, mask=inside)
        row = _rows_of(letters, table, chunk, word, words, length, nothing, PADDED, STEPS, CHUNK)
        k = tl.load(row[:, None] + column[None, :], mask=inside[None, :], other=0.0)
        at = (word * chunks + chunk) * CHUNK + tl.arange(0, CHUNK)
        w = tl.load(weights + at[:, None] * PADDED + column[None, :], mask=inside[None, :], other=0)
        u = tl.load(targets + at) - tl.reduce(w * h[None, :], 1, ADD)
        tl.store(targets + at, u)
        h = h + tl.reduce(k * u[:, None], 0, ADD)
    tl.store(after + word * PADDED + column, h, mask=inside)


@triton.jit(do_not_specialize=SIZES)
def states_of_chunks(
    letters,
    table,
    targets,
    starts,
    states,
    words,
    length,
    nothing,
    chunks,
    PADDED: tl.constexpr,
    WIDTH: tl.constexpr,
    STEPS: tl.constexpr,
    CHUNK: tl.constexpr,
):
    """Of one chunk: the state after every letter that ends in it."""
    chunk, word = tl.program_id(0), tl.program_id(1)
    row = _rows_of(letters, table, chunk, word, words, length, nothing, PADDED, STEPS, CHUNK)
    column = tl.arange(0, WIDTH)
    inside = column[None, :] < PADDED
    k = tl.load(row[:, None] + column[None, :], mask=inside, other=0.0)
    place = tl.arange(0, CHUNK)
    cell = word * chunks + chunk
    u = tl.load(targets + cell * CHUNK + place)
    until = tl.where(place[:, None] >= place[None, :], 1.0, 0.0)
    start = tl.load(starts + cell * PADDED + column, mask=column < PADDED, other=0.0)
    h = start[None, :] + tl.dot(until, u[:, None] * k, input_precision="ieee")
    position = chunk * CHUNK + place
    token = position // STEPS
    ends = (position % STEPS == STEPS - 1) & (token < length)
    out = states + (token * words + word)[:, None] * PADDED + column[None, :]
    tl.store(out, h, mask=inside & ends[:, None])
