"""Every instruction on values: its array twin against its exact scalar definition."""

import random

import numpy as np
import pytest

from negeig.kernels.ptx.operation import DTYPES, WIDTHS
from negeig.kernels.ptx.values import VALUES

SEED = 20_261_130
CORNERS = {
    1: [0, 1],
    8: [0, 1, 0x7F, 0x80, 0xFF],
    16: [0, 1, 2, 0x3FF, 0x400, 0x7BFF, 0x7C00, 0x7F80, 0x7FFF, 0x8000, 0x8001, 0xFC00, 0xFFFF,
         0x3C00, 0x3F80, 0xBC00, 0x3C01, 0x0080, 0x007F, 0x7F7F, 0xFF80, 31, 16, 15],
    32: [0, 1, 2, 31, 32, 33, 255, 256, 0x7FFFFF, 0x800000, 0x3F800000, 0x3F800001, 0xBF800000,
         0x7F7FFFFF, 0x7F800000, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFF800000, 0xFFFFFFFF,
         0x33800000, 0xB3800000, 0x34000000, 0x4B800000, 0x5F000000, 0xDF000000, 0x3F000000,
         0x3FC00000, 0xBFC00000, 0x477FF000, 0x477FE000, 0x33000000, 0x00400000, 0x7F000000,
         0x3C003C00, 0x7FFF0001, 0x80007F80, 0x4F800000, 0x4F000000, 0xCF000000],
    64: [0, 1, 63, 64, 1 << 24, (1 << 24) + 1, (1 << 53) + 1, (1 << 31), (1 << 32) - 1, 1 << 32,
         (1 << 63) - 1, 1 << 63, (1 << 64) - 1, (1 << 64) - (1 << 39), (1 << 40) + (1 << 16) + 1],
}  # fmt: skip
"""Ends of ranges, both zeros, infinities, NaN, subnormal numbers, ties."""


def inputs(operation, count, seed):
    """Corners among themselves and random bits: a list of tuples of sources."""
    draw = random.Random(f"{seed} {operation.name}")
    widths = [WIDTHS[kind] for kind in operation.sources]

    def one(width):
        if draw.random() < 0.6:
            return draw.choice(CORNERS[width])
        return draw.getrandbits(draw.choice((width, max(1, width // 2), min(width, 6))))

    def near(width):  # numbers of like exponents, where sums cancel and round
        return (draw.getrandbits(1) << (width - 1)) | (
            0x3F800000 + draw.randrange(-(1 << 25), 1 << 25)
            if width == 32
            else draw.getrandbits(15)
        )

    cases = [tuple(map(one, widths)) for _ in range(count)]
    if "f" in operation.sources[0]:
        cases += [tuple(map(near, widths)) for _ in range(count)]
    if len(widths) == 1:
        cases += [(corner,) for corner in CORNERS[widths[0]]]
        if widths[0] <= 16:
            cases += [(bits,) for bits in range(0, 1 << widths[0], 97)]
    return cases


def disagreements(operation, cases):
    """Compare both meanings where bits are defined; what is defined must agree as well."""
    columns = [
        np.array([case[i] for case in cases], DTYPES[WIDTHS[kind]])
        for i, kind in enumerate(operation.sources)
    ]
    with np.errstate(all="ignore"):
        found = operation.array(*columns)
        defined = operation.defined(*columns) if operation.defined else np.ones(len(cases), bool)
    assert found.dtype == DTYPES[WIDTHS[operation.results[0]]], operation.name
    wrong = []
    for case, array, is_defined in zip(cases, found.tolist(), defined.tolist(), strict=True):
        scalar = operation.scalar(*case)
        if operation.name.startswith(("div", "rem")) and not is_defined:
            continue
        if (scalar is not None) != is_defined or (is_defined and scalar != array):
            wrong.append((operation.name, [hex(bits) for bits in case], scalar, array))
    return wrong


@pytest.mark.parametrize("first", "acmsnprdlfxbe")
def test_arrays_agree_with_the_exact_definition(first):
    names = [name for name in VALUES if name[0] == first]
    assert names
    for name in names:
        assert not disagreements(VALUES[name], inputs(VALUES[name], 60, SEED)), name


def test_every_instruction_is_tested():
    assert {name[0] for name in VALUES} == set("acmsnprdlfxbe" + "o")
