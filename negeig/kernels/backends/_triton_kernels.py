"""The Triton kernel. Imported by ``triton`` once it is settled whether to interpret it.

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
    before,
    starts,
    beta,
    write,
    key,
    dense,
    matrix,
    bias,
    states,
    words,
    length,
    steps,
    DIM: tl.constexpr,
    DENSE: tl.constexpr,
    LANES: tl.constexpr,
):
    """Run one layer on a batch of words: one word a lane, the state in float32 registers.

    letters (words, length) int32; before (words, DIM) float32, the states to begin with; tables as
    in ``StoredLayer``, writes of 0 being +0; no letter takes more than ``steps`` steps. states
    (words, length, DIM) float32 receives the state after every letter. Sums run left to right, one
    product after the other, as in the reference, and a lane whose letter has fewer steps keeps its
    state, bit for bit.
    """
    lanes = tl.program_id(0) * LANES + tl.arange(0, LANES)
    live = lanes < words
    h = ()
    for j in tl.static_range(DIM):
        h = h + (tl.load(before + lanes * DIM + j, mask=live, other=0.0),)
    for t in range(length):
        letter = tl.load(letters + lanes * length + t, mask=live, other=0)
        begin = tl.load(starts + letter)
        end = tl.load(starts + letter + 1)
        for i in range(steps):
            step = begin + i
            taken = step < end
            k = ()
            for j in tl.static_range(DIM):
                k = k + (tl.load(key + step * DIM + j, mask=taken, other=0.0),)
            s = k[0] * h[0]
            for j in tl.static_range(1, DIM):
                s = s + k[j] * h[j]
            u = s - tl.load(write + step, mask=taken, other=0.0)
            amount = tl.load(beta + step, mask=taken, other=0.0) * u
            after = ()
            # The reference's h + (-k) t, bit for bit: Triton's -k is 0 - k, and +0 where k is +0.
            for j in tl.static_range(DIM):
                after = after + (h[j] - k[j] * amount,)
            if DENSE:
                which = tl.load(dense + step, mask=taken, other=-1)
                m = tl.maximum(which, 0)
                chosen = ()
                for r in tl.static_range(DIM):
                    row = matrix + (m * DIM + r) * DIM
                    s = tl.load(row) * h[0]
                    for j in tl.static_range(1, DIM):
                        s = s + tl.load(row + j) * h[j]
                    b = tl.load(bias + m * DIM + r)
                    s = tl.where(b != 0, s + b, s)
                    chosen = chosen + (tl.where(which >= 0, s, after[r]),)
                after = chosen
            kept = ()
            for j in tl.static_range(DIM):
                kept = kept + (tl.where(taken, after[j], h[j]),)
            h = kept
        for j in tl.static_range(DIM):
            tl.store(states + (lanes * length + t) * DIM + j, h[j], mask=live)
