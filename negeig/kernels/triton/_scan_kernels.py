"""Level 2 of the scan as a Triton kernel. The decorator reads TRITON_INTERPRET on import."""

# mypy: ignore-errors

import triton
import triton.language as tl

# What tl.sum reduces by. The function tl.sum itself was compiled, or not, when triton was imported.
ADD = tl.standard._sum_combine


@triton.jit(do_not_specialize=["words", "chunks"])
def compose(
    operators,
    before,
    starts,
    words,
    chunks,
    DIM: tl.constexpr,
    PADDED: tl.constexpr,
    WIDTH: tl.constexpr,
):
    """Of one word: ``h <- A h + b`` from chunk to chunk, shapes as of ``compose_plain``.

    The state has 1 behind its coordinates, by which b, the last row of an operator, is multiplied.
    """
    word = tl.program_id(0)
    place = tl.arange(0, WIDTH)
    inside = place < PADDED
    block = (place[:, None] <= DIM) & inside[None, :]
    h = tl.load(before + word * PADDED + place, mask=inside, other=0.0)
    for chunk in range(chunks):
        cell = chunk * words + word
        tl.store(starts + cell * PADDED + place, h, mask=inside)
        at = operators + (cell * (DIM + 1) + place[:, None]) * PADDED + place[None, :]
        columns = tl.load(at, mask=block, other=0.0)
        weights = tl.where(place == DIM, 1.0, h)
        h = tl.reduce(columns * weights[:, None], 0, ADD)
    tl.store(starts + (chunks * words + word) * PADDED + place, h, mask=inside)
