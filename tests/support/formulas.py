"""Printed formulas, evaluated in float32 as Python reads them."""

from collections.abc import Mapping, Sequence

import numpy as np

from negeig.kernels.implementation import Recurrence
from negeig.kernels.ptx.binary_floats import FORMATS, fused

F32 = np.float32


def fma(a: F32, b: F32, c: F32) -> F32:
    bits = (int(np.asarray(x, F32).view(np.uint32)) for x in (a, b, c))
    return np.array(fused(FORMATS["f32"], *bits), np.uint32).view(F32)[()]


def either(*values: F32) -> F32:
    """One of some: here all the same."""
    assert len({value.tobytes() for value in values}) == 1
    return values[0]


def evaluated(lines: Sequence[str], inputs: Mapping[str, F32]) -> list[F32]:
    """The state after a step; numpy keeps float32 beside Python's 0 and 1."""
    known = {"fma": fma, "either": either, **inputs}
    for line in lines:
        name, formula = line.replace("'", "_next").split(" = ")
        known[name] = F32(eval(formula, {}, known))
    return [value for name, value in known.items() if name.endswith("_next")]


def drawn(dim: int, seed: int) -> Recurrence:
    """One step whose numbers have all their bits."""
    draw = np.random.default_rng(seed)
    initial, key = draw.normal(size=(1, dim)).astype(F32), draw.normal(size=(1, 1, dim)).astype(F32)
    beta, write = (draw.normal(size=(1, 1)).astype(F32) for _ in range(2))
    return Recurrence(
        dtype="fp32", steps=1, initial=initial, decay=np.ones((1, 1), F32), beta=beta,
        write=write, key=key,
    )  # fmt: skip


def inputs_of(asked: Recurrence) -> dict[str, F32]:
    """What formulas call the numbers of a step."""
    dim = asked.shape[2]
    found = {"beta": asked.beta[0, 0], "v": asked.write[0, 0]}
    for j in range(dim):
        at = str(j) if dim > 1 else ""
        found |= {f"k{at}": asked.key[0, 0, j], f"h{at}": asked.initial[0, j]}
    return found
