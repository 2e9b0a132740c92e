"""Inputs and expected outputs of test vectors as arrays (batch, positions, heads, dimension)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Float64s
from negeig.kernels.trajectory import LayerTrajectory
from negeig.precision.numbers.formats import Format
from negeig.precision.stored import nearest
from negeig.theory.exact.numbers import Number
from negeig.theory.networks.network import DeltaStep

Array = NDArray[Any]

COLUMNS = (1.0, -1.0, 0.5, -0.5)
"""Factors of the value columns, in turn."""

LISTED = 5
"""Entries that are named when something is not exact."""


class Cast:
    """Turns exact numbers into floats of one format, and lists those that it does not hold."""

    def __init__(self, target: Format, may_round: bool) -> None:
        self.target, self.may_round = target, may_round
        self.problems: list[str] = []

    def array(self, rows: Iterable[Sequence[Number]], width: int, place: str) -> Float64s:
        """Return rows of exact numbers as float64, each a value of the format."""
        rows = list(rows)
        table = np.zeros((len(rows), width))
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value != 0:
                    table[r, c] = self.number(value, place)
        return table

    def number(self, value: Number, place: str) -> float:
        """Return a number rounded to nearest even."""
        stored = nearest(value, self.target)
        finite = abs(stored) <= float(self.target.max_finite)
        if (not finite or (value != Fraction(stored) and not self.may_round)) and (
            len(self.problems) < LISTED
        ):
            shown = str(value) if isinstance(value, Fraction) else f"{float(value):.17g}..."
            problem = f"{place}: {shown} is not in {self.target.name}, nearest is {stored!r}"
            if problem not in self.problems:
                self.problems.append(problem)
        return stored


Row = tuple[Number, tuple[Number, ...], Number]
"""Beta, key and value of a position."""


class Table:
    """One layer's positions: exact numbers looked up by letter and by state."""

    def __init__(self, layer: LayerTrajectory, cast: Cast, place: str) -> None:
        self.dim = dim = layer.layer.dim
        shape = (len(layer.letters), layer.letters.shape[1] * layer.steps)
        idle: Row = (Fraction(0), (Fraction(1), *[Fraction(0)] * (dim - 1))[:dim], Fraction(0))
        rows = [idle] * (len(layer.layer.alphabet) * layer.steps)
        for a, letter in enumerate(layer.layer.alphabet):
            for j, step in enumerate(layer.layer.steps[letter]):
                assert isinstance(step, DeltaStep)
                rows[a * layer.steps + j] = step.beta, step.key, step.write
        at = (layer.letters[:, :, None] * layer.steps + np.arange(layer.steps)).reshape(shape)
        self.key = cast.array([key for _, key, _ in rows], dim, f"a key of {place}")[at]
        self.beta = cast.array([(b,) for b, _, _ in rows], 1, f"a beta of {place}")[at, 0]
        self.write = cast.array([(w,) for _, _, w in rows], 1, f"a value of {place}")[at, 0]
        points = cast.array(layer.points, dim, f"a state of {place}")
        self.initial = points[0]
        self.before = points[layer.before.reshape(shape)]
        self.after = points[layer.after.reshape(shape)]

    @property
    def exact(self) -> tuple[Float64s, ...]:
        """Key, beta, write and the state before each position."""
        return self.key, self.beta, self.write, self.before


def laid_out(
    tables: Sequence[Table], shape: tuple[int, int, int, int], scale: float
) -> dict[str, Array]:
    """Return q, k, v, beta, o (B, T, H, .) and the states h0, state (B, H, K, V), all float32."""
    batch, positions, dim, columns = shape
    heads = sum(table.dim for table in tables)
    factor = np.resize(COLUMNS, columns)
    made = {
        "q": np.zeros((batch, positions, heads, dim), np.float32),
        "k": np.zeros((batch, positions, heads, dim), np.float32),
        "v": np.zeros((batch, positions, heads, columns), np.float32),
        "o": np.zeros((batch, positions, heads, columns), np.float32),
        "beta": np.zeros((batch, positions, heads), np.float32),
        "h0": np.zeros((batch, heads, dim, columns), np.float32),
        "state": np.zeros((batch, heads, dim, columns), np.float32),
    }
    first = 0
    for table in tables:
        mine = slice(first, first + table.dim)
        made["k"][:, :, mine, : table.dim] = table.key[:, :, None, :]
        made["v"][:, :, mine] = table.write[:, :, None, None] * factor
        made["beta"][:, :, mine] = table.beta[:, :, None]
        made["h0"][:, mine, : table.dim] = table.initial[:, None] * factor
        made["state"][:, mine, : table.dim] = table.after[:, -1, None, :, None] * factor
        made["o"][:, :, mine] = table.after[..., None] * (scale * factor)
        for j in range(table.dim):
            made["q"][:, :, first + j, j] = 1
        first += table.dim
    return made


def repeated(whole: dict[str, Array], coordinates: int, heads: int) -> dict[str, Array]:
    """Repeat the heads of all coordinates, each time with the next word, until there are enough."""
    times = -(-heads // coordinates)
    if times == 1:
        return whole
    made = {}
    for name, array in whole.items():
        axis = 1 if name in ("h0", "state") else 2
        copies = [np.roll(array, -r, 0) for r in range(times)]
        made[name] = np.concatenate(copies, axis).take(range(heads), axis)
    return made
