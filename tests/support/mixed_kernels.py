"""Triton kernels of many instructions and many warps, which are compiled and never interpreted."""

import triton
import triton.language as tl


@triton.jit
def sums(x, y, n, WIDTH: tl.constexpr):
    """Sum, maximum, running sum and a softened maximum of a row, over several warps."""
    row = tl.program_id(0)
    i = tl.arange(0, WIDTH)
    values = tl.load(x + row * n + i, mask=i < n, other=0.0)
    total, most = tl.sum(values, axis=0), tl.max(values, axis=0)
    running = tl.cumsum(values, axis=0)
    tl.store(y + row * n + i, running * total - most, mask=i < n)


@triton.jit
def halves(x, y, z, n, WIDTH: tl.constexpr):
    """Arithmetic of bf16 and fp16, rounded after each operation, and integers of several widths."""
    i = tl.program_id(0) * WIDTH + tl.arange(0, WIDTH)
    a = tl.load(x + i, mask=i < n, other=1.0)
    b = a.to(tl.bfloat16)
    h = a.to(tl.float16)
    short = (i % 7 - 3).to(tl.int16)
    found = (b * b + b).to(tl.float32) + (h * h - h).to(tl.float32)
    found += (short * short // 2).to(tl.float32) + tl.sqrt_rn(tl.abs(a)) + tl.div_rn(a, 3.0)
    tl.store(y + i, found, mask=i < n)
    tl.store(z + i, (b + b).to(tl.bfloat16), mask=i < n)


@triton.jit
def collatz(x, y, n, WIDTH: tl.constexpr):
    """A loop whose length stands in memory, and one as long as the slowest element needs."""
    i = tl.arange(0, WIDTH)
    steps = tl.zeros((WIDTH,), tl.int32)
    values = tl.load(x + i, mask=i < n, other=1)
    while tl.max(values.to(tl.float32), axis=0) > 1:
        steps += (values > 1).to(tl.int32)
        odd = tl.where(values % 2 == 1, 3 * values + 1, values // 2)
        values = tl.where(values > 1, odd, values)
    for _ in range(tl.load(x)):
        steps += 1
    tl.store(y + i, steps, mask=i < n)


@triton.jit
def product(a, b, c, N: tl.constexpr, TYPE: tl.constexpr):
    """A product of matrices, and what it is transposed."""
    i, j = tl.arange(0, N)[:, None], tl.arange(0, N)[None, :]
    left = tl.load(a + i * N + j).to(TYPE)
    right = tl.load(b + i * N + j).to(TYPE)
    found = tl.dot(left, tl.trans(right), input_precision="tf32")
    tl.store(c + j * N + i, found)
