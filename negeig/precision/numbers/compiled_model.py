"""The constants that say to compiled code which arithmetic to run. Loads numba."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.precision.numbers import _rounding_compiled as compiled
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.precision.numbers.formats import BF16, FP64


class CompiledModel:
    """One arithmetic as its compiled code takes it: constants, and the bit patterns of states.

    Parameters
    ----------
    arithmetic : Arithmetic
        One that :attr:`~.models.Arithmetic.is_basic`: raises ValueError for another.

    Examples
    --------
    >>> from negeig.precision.numbers.arithmetic import parse
    >>> model = CompiledModel(parse("bf16"))
    >>> model.values(np.array([0x3F800000, 0x80000000], model.word_type))
    [1.0, -0.0]
    """

    def __init__(self, arithmetic: Arithmetic) -> None:
        operations, state = arithmetic.operations, arithmetic.state
        if operations is None or state is None:
            raise ValueError("exact arithmetic is explored elsewhere")
        if not arithmetic.is_basic:
            raise ValueError(f"no compiled code computes {arithmetic.name}")
        wide = operations == FP64
        self.float_type: type[Any] = np.float64 if wide else np.float32
        self.word_type: type[Any] = np.uint64 if wide else np.uint32
        self.nan = np.array([np.nan], dtype=self.float_type).view(self.word_type)[0]
        if arithmetic.fma:
            self.model = compiled.FMA
        elif operations.name in ("fp32", "fp64"):
            self.model = compiled.NATIVE
        elif operations == BF16:
            self.model = compiled.BF16
        else:
            self.model = compiled.SMALL
        places = {
            "never": compiled.NEVER,
            "letter": compiled.LETTER,
            "step": compiled.STEP,
        }
        self.rounded = places[arithmetic.rounded]
        if arithmetic.grid is not None:
            self.rounded = compiled.GRID
        if state.has_inf:
            overflow = compiled.TO_INFINITY
        elif state.has_nan:
            overflow = compiled.TO_NAN
        else:
            overflow = compiled.TO_LARGEST
        self.spec = (
            state.precision,
            state.emin + 1023,
            float(state.max_finite),
            overflow,
            state.has_negative_zero,
            2.0 ** -(arithmetic.grid or 0),
        )

    def values(self, words: NDArray[Any]) -> list[float]:
        """Return the numbers that bit patterns stand for."""
        found: list[float] = words.view(self.float_type).astype(np.float64).tolist()
        return found
