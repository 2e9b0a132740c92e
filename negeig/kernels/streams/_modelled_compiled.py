"""Compiled loop of one layer over words, in any compiled arithmetic. Import on first use."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from negeig.arrays import Ints
from negeig.compiled import njit
from negeig.precision.numbers._rounding_compiled import Floats, Spec, Steps, read_letters


@njit
def run_words(
    letters: Ints,
    starts: Ints,
    states: Floats,
    temporary: Floats,
    begins: Ints,
    ends: Ints,
    steps: Steps,
    model: int,
    rounded: int,
    spec: Spec,
    reached: NDArray[Any],
) -> None:
    """Write the states (rows, n, dim) after every letter (rows, n); -1 is no letter.

    ``states`` (rows, dim) are those before, and are moved to the end. A word is read to its end
    before the next one is.
    """
    rows, length = letters.shape
    dim = states.shape[1]
    for row in range(rows):
        for t in range(length):
            a = letters[row, t]
            if a >= 0:
                begins[0], ends[0] = starts[a], starts[a + 1]
                read_letters(
                    states[row : row + 1],
                    temporary,
                    dim,
                    1,
                    begins,
                    ends,
                    steps,
                    model,
                    rounded,
                    spec,
                )
            for j in range(dim):
                reached[row, t, j] = states[row, j]
