"""The Triton kernel. Imported by ``triton_recurrent`` once it is settled whether to interpret it.

The decorator below reads TRITON_INTERPRET when this file is imported.
"""
# mypy: ignore-errors
# ruff: noqa: RUF005 (Triton adds tuples but does not unpack them)

import triton
import triton.language as tl


# One compilation serves every batch of words: sizes are not specialised.
@triton.jit(do_not_specialize=["words", "length", "steps"])
def run_layer(
    letters,
    initial,
    betas,
    writes,
    keys,
    dense,
    matrices,
    biases,
    states,
    words,
    length,
    steps,
    DIM: tl.constexpr,
    DENSE: tl.constexpr,
    LANES: tl.constexpr,
):
    """Run one layer on a batch of words: one word a lane, the state in float32 registers.

    letters (words, length) int32; tables as in ``PackedLayer``, padded so that every letter takes
    ``steps`` steps; states (words, length, DIM) float32 receives the state after every letter.
    Sums run left to right, one product after the other, as in the reference.
    """
    lanes = tl.program_id(0) * LANES + tl.arange(0, LANES)
    live = lanes < words
    h = ()
    for j in tl.static_range(DIM):
        h = h + (tl.load(initial + j + 0 * lanes),)
    for t in range(length):
        letter = tl.load(letters + lanes * length + t, mask=live, other=0)
        for i in range(steps):
            step = letter * steps + i
            s = tl.load(keys + step * DIM) * h[0]
            for j in tl.static_range(1, DIM):
                s = s + tl.load(keys + step * DIM + j) * h[j]
            amount = tl.load(betas + step) * (s - tl.load(writes + step))
            after = ()
            for j in tl.static_range(DIM):
                after = after + (h[j] + (-tl.load(keys + step * DIM + j)) * amount,)
            if DENSE:
                which = tl.load(dense + step)
                m = tl.maximum(which, 0)
                chosen = ()
                for r in tl.static_range(DIM):
                    row = matrices + (m * DIM + r) * DIM
                    s = tl.load(row) * h[0]
                    for j in tl.static_range(1, DIM):
                        s = s + tl.load(row + j) * h[j]
                    bias = tl.load(biases + m * DIM + r)
                    s = tl.where(bias != 0, s + bias, s)
                    chosen = chosen + (tl.where(which >= 0, s, after[r]),)
                after = chosen
            h = after
        for j in tl.static_range(DIM):
            tl.store(states + (lanes * length + t) * DIM + j, h[j], mask=live)
