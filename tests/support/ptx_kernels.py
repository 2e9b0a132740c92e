"""Triton kernels of the tests, which are compiled and never interpreted."""

import triton
import triton.language as tl


@triton.jit(do_not_specialize=["length"])
def delta_steps(key, beta, initial, final, length, DIM: tl.constexpr, WIDTH: tl.constexpr):
    """Delta steps without writes, a row a block: h <- h - k (beta (k.h)), in float32."""
    row = tl.program_id(0)
    j = tl.arange(0, WIDTH)
    live = j < DIM
    h = tl.load(initial + row * DIM + j, mask=live, other=0.0)
    for t in range(length):
        at = row * length + t
        k = tl.load(key + at * DIM + j, mask=live, other=0.0).to(tl.float32)
        h -= k * (tl.load(beta + at) * tl.sum(h * k, axis=0))
    tl.store(final + row * DIM + j, h, mask=live)


@triton.jit
def broken(x):
    """No kernel: the name is not defined."""
    tl.store(x, tl.nothing(x))


@triton.heuristics({"DOUBLED": lambda given: given["n"] % 2 == 0})
@triton.autotune(
    [triton.Config({"WIDTH": 128}, num_warps=1), triton.Config({"WIDTH": 64})], key=["n"]
)
@triton.jit
def scaled(x, y, n, other, WIDTH: tl.constexpr, DOUBLED: tl.constexpr):
    """y = x, twice that where n is even; one of two configurations."""
    i = tl.program_id(0) * WIDTH + tl.arange(0, WIDTH)
    values = tl.load(x + i, mask=i < n)
    tl.store(y + i, values * 2 if DOUBLED else values, mask=i < n)
