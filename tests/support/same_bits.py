"""Two kernels on the same recurrences, compared bit for bit."""

from collections.abc import Iterator

import numpy as np

from negeig.kernels.implementation import Answer, Kernel, Recurrence, Undetermined, held
from negeig.kernels.ptx.execution import Fault

SEED = 20_261_130
RACE = "different values to one place"


def recurrences(dtype: str) -> Iterator[Recurrence]:
    """Random ones: all their bits in use, betas to 2, resumed states, several lengths and sizes."""
    draw = np.random.default_rng(SEED)
    for rows, positions, dim in ((1, 1, 3), (3, 7, 3), (2, 5, 8), (2, 65, 16), (1, 9, 64)):

        def normal(*shape: int) -> np.ndarray:
            return held(draw.standard_normal(shape), dtype)

        yield Recurrence(
            dtype=dtype, steps=1, initial=draw.standard_normal((rows, dim)).astype(np.float32),
            decay=np.ones((rows, positions), np.float32),
            beta=held(draw.uniform(0, 2, (rows, positions)), dtype),
            write=normal(rows, positions), key=normal(rows, positions, dim) / np.float32(4),
        )  # fmt: skip


def difference(one: Answer, other: Answer) -> str:
    """Say where two answers differ; every NaN is the same, +0 and -0 are not."""
    if one.format != other.format:
        return f"states are read in {one.format} and in {other.format}"
    for what, a, b in (("states", one.states, other.states), ("handed on", one.final, other.final)):
        if a is None or b is None:
            if a is not b:
                return f"{what}: only one of them has any"
            continue
        if a.shape != b.shape:
            return f"{what}: {a.shape} and {b.shape}"
        bits = [np.where(np.isnan(x), np.float32(np.nan), x).view(np.int32) for x in (a, b)]
        apart = np.argwhere(bits[0] != bits[1])
        if len(apart):
            at = tuple(map(int, apart[0]))
            return f"{what} at {at}: {a[at]!r} and {b[at]!r}, and {len(apart) - 1} more"
    return ""


def compared(one: Kernel, other: Kernel, dtype: str) -> int:
    """Compare two kernels; return on how many recurrences: those on which the bits are defined.

    Where threads race they are not. Raises AssertionError with the first difference.
    """
    number = 0
    for asked in recurrences(dtype):
        try:
            found = one(asked), other(asked)
        except Undetermined:
            continue
        except Fault as fault:
            if RACE not in str(fault):
                raise
            continue
        said = difference(*found)
        assert not said, f"{asked.shape} {dtype}: {said}"
        number += 1
    return number
