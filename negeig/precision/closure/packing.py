"""What compiled code needs of a network: an arithmetic, codes and steps, as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.precision.closure import _compiled_tables as tables
from negeig.precision.closure.decode import Decoder
from negeig.precision.numbers import _compiled_rounding as arithmetic_codes
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.precision.numbers.formats import BF16, FP64
from negeig.precision.stored import StoredDelta, StoredLayer
from negeig.theory.exact.numbers import enclose
from negeig.theory.networks.network import Layer


class Numbers:
    """Bit patterns of states in one arithmetic, and its constants for the compiled code."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        operations, state = arithmetic.operations, arithmetic.state
        if operations is None or state is None:
            raise ValueError("exact arithmetic is explored elsewhere")
        wide = operations == FP64
        self.float_type: type[Any] = np.float64 if wide else np.float32
        self.word_type: type[Any] = np.uint64 if wide else np.uint32
        self.nan = np.array([np.nan], dtype=self.float_type).view(self.word_type)[0]
        if arithmetic.fma:
            self.model = arithmetic_codes.FMA
        elif operations.name in ("fp32", "fp64"):
            self.model = arithmetic_codes.NATIVE
        elif operations == BF16:
            self.model = arithmetic_codes.BF16
        else:
            self.model = arithmetic_codes.SMALL
        places = {
            "never": arithmetic_codes.NEVER,
            "letter": arithmetic_codes.LETTER,
            "step": arithmetic_codes.STEP,
        }
        self.rounded = places[arithmetic.rounded]
        if arithmetic.grid is not None:
            self.rounded = arithmetic_codes.GRID
        if state.has_inf:
            overflow = arithmetic_codes.TO_INFINITY
        elif state.has_nan:
            overflow = arithmetic_codes.TO_NAN
        else:
            overflow = arithmetic_codes.TO_LARGEST
        self.spec = (
            state.precision,
            state.emin + 1023,
            float(state.max_finite),
            overflow,
            state.has_negative_zero,
            2.0 ** -(arithmetic.grid or 0),
        )

    def bits(self, values: Sequence[float]) -> NDArray[Any]:
        """Return the bit patterns of values of the parameter format."""
        return np.array(values, dtype=self.float_type).view(self.word_type)

    def values(self, words: NDArray[Any]) -> list[float]:
        """Invert :meth:`bits`."""
        found: list[float] = words.view(self.float_type).astype(np.float64).tolist()
        return found


class Codes:
    """One layer's codes without repetition, as float64 and exactly.

    Repeated codes are dropped, the first of equals being the one that decodes.
    """

    def __init__(self, layer: Layer) -> None:
        first: dict[Any, int] = {}
        for index, code in enumerate(layer.codes):
            first.setdefault(code, index)
        self.first = list(first.values())
        kept = [layer.codes[index] for index in self.first]
        self.decoder = Decoder(kept)
        self.points = np.array([[float(x) for x in code] for code in kept], dtype=np.float64)
        self.points = self.points.reshape(len(kept), layer.dim)
        self.exact = np.ones(len(kept), dtype=bool)
        worst = Fraction(0)
        for c, (code, point) in enumerate(zip(kept, self.points.tolist(), strict=True)):
            off = Fraction(0)
            for exact, near in zip(code, point, strict=True):
                if exact != near:
                    low, high = enclose(exact, 64)
                    off += max(abs(low - Fraction(near)), abs(high - Fraction(near)))
            self.exact[c] = off == 0
            worst = max(worst, off)
        # The sum of the coordinates' errors bounds the Euclidean one; the factor, this rounding.
        self.inexact = float(worst) * (1 + 2.0**-50)

    def table(
        self, numbers: Numbers, width: int, rows: int = 0, key_width: int = 0
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the codes' bit patterns, and a hash table of those that states can equal.

        ``rows`` and ``width`` are at least the codes and their dimension; ``key_width`` words
        are hashed, all when 0.
        """
        count, dim = self.points.shape
        floats = np.zeros((max(rows, count, 1), width), dtype=numbers.float_type)
        floats[:count, :dim] = self.points
        held = self.exact & (floats[:count, :dim] == self.points).all(axis=1)
        words = floats.view(numbers.word_type)
        table = np.zeros(1 << (2 * len(floats)).bit_length(), dtype=np.uint64)
        tables.fill_some(table, words, key_width or width, held)
        return words, table

    def decode(self, values: Sequence[float]) -> int:
        """Decode exactly, for states that float64 distances leave open."""
        code = self.decoder.nearest(values)
        return tables.UNDECODABLE if code is None else code


class Steps:
    """All steps of some layers as flat arrays; ``begins[i, a]`` is where a letter's steps begin."""

    def __init__(
        self, layers: Sequence[StoredLayer], alphabets: Sequence[Sequence[str]], floats: type[Any]
    ) -> None:
        parameters: list[float] = []
        kinds: list[int] = []
        offsets: list[int] = []
        width = max((len(alphabet) for alphabet in alphabets), default=0) + 1
        self.begins = np.zeros((len(layers), width), dtype=np.int64)
        for i, (layer, alphabet) in enumerate(zip(layers, alphabets, strict=True)):
            for a, letter in enumerate(alphabet):
                self.begins[i, a] = len(kinds)
                for step in layer.steps[letter] if layer.initial else ():
                    offsets.append(len(parameters))
                    if isinstance(step, StoredDelta):
                        kinds.append(arithmetic_codes.DELTA)
                        parameters += [step.beta, step.write, *step.key]
                    else:
                        kinds.append(arithmetic_codes.DENSE)
                        parameters += [x for row in step.matrix for x in row]
                        parameters += step.bias
            self.begins[i, len(alphabet) :] = len(kinds)
        self.parameters: NDArray[Any] = np.array(parameters, dtype=floats)
        self.kinds = np.array(kinds, dtype=np.int64)
        self.offsets = np.array(offsets, dtype=np.int64)
