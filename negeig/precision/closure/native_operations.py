"""Operations by the processor's own floats: the same bits as the exact ones, sooner."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from ctypes import c_float
from functools import cached_property

from negeig.precision.closure.choices import ChoiceSemantics
from negeig.precision.closure.reference import ReferenceSemantics
from negeig.precision.numbers.formats import FP32, Format
from negeig.precision.numbers.models import Arithmetic
from negeig.precision.numbers.operations import Operations
from negeig.precision.numbers.rounding import Grid, Rounding
from negeig.precision.stored import StoredNetwork
from negeig.theory.networks.network import LinearRNN

KEPT = 1 << 16
"""Roundings of the state that are kept."""


def is_native(arithmetic: Arithmetic) -> bool:
    """Whether operations are those of fp32, to nearest even, subnormal numbers and all.

    Examples
    --------
    >>> from negeig.precision.numbers.arithmetic import parse
    >>> [is_native(parse(name)) for name in ("bf16:acc32:sr", "fp32:rtz", "bf16:acc32:ftz")]
    [True, False, False]
    """
    if arithmetic.operations != FP32 or arithmetic.flushes_operands:
        return False
    return arithmetic.operation_rounding == Rounding(target=FP32)


def is_narrow(arithmetic: Arithmetic) -> bool:
    """Whether operations round to nearest, to a format of at most half the bits of float64.

    Examples
    --------
    >>> from negeig.precision.numbers.arithmetic import parse
    >>> [is_narrow(parse(name)) for name in ("bf16", "fp32:ftz", "fp64", "bf16:rtz", "fp16:daz")]
    [True, True, False, False, False]
    """
    target = arithmetic.operations
    if target is None or arithmetic.flushes_operands:
        return False
    # Twice the digits and two more, and products of the smallest numbers: see NativeOperations.
    fits = 2 * target.precision + 2 <= 53 and 2 * (target.emin - target.precision + 1) >= -1074
    return fits and arithmetic.operation_rounding.direction == "rne"


class NativeOperations(Operations):
    """Operations of an arithmetic that :func:`is_narrow`, on floats that its format holds.

    A float64 sum of two such numbers, rounded to the format of p digits, is the correctly rounded
    one: 53 >= 2 p + 2 (Figueroa 1995); products are exact in float64, subnormal ones too.
    """

    def add(self, a: float, b: float) -> float:
        """Return a + b, rounded once."""
        return self._once(a + b)

    def multiply(self, a: float, b: float) -> float:
        """Return a b, rounded once."""
        return self._once(a * b)

    def fused(self, a: float, b: float, c: float) -> float:
        """Return a b + c, rounded once: to odd in float64 first (Boldo and Melquiond 2008)."""
        product = a * b
        total = product + c
        if not math.isfinite(total):
            return self._once(total)
        back = total - product
        error = (product - (total - back)) + (c - back)
        if error:
            (bits,) = struct.unpack("<q", struct.pack("<d", total))
            if not bits & 1:
                total = math.nextafter(total, math.copysign(math.inf, error))
        return self._once(total)

    def store(self, x: float) -> float:
        """Round one coordinate to the state format or the grid; a zero keeps its sign."""
        return self._remembered(x)[0] if not self.arithmetic.stochastic else super().store(x)

    def outcomes(self, x: float) -> tuple[float, ...]:
        """Return everything that storing one coordinate may give, nearer to zero first."""
        return self._remembered(x)

    def _remembered(self, x: float) -> tuple[float, ...]:
        if not x or not math.isfinite(x):  # 0 and -0 are one key, and NaN is none
            return (self.storing.special(x),)
        found = self._roundings.get(x)
        if found is None:
            if len(self._roundings) >= KEPT:
                self._roundings.clear()
            found = self._roundings[x] = self._rounded(x)
        return found

    def _rounded(self, x: float) -> tuple[float, ...]:
        """Round a number other than 0 to the state's format or grid, in units of its last place."""
        if not self.arithmetic.stochastic:
            return (_nearest(self.storing, x),)
        unit = _unit(self.storing.target, x)
        lifted = math.ldexp(x, -unit)  # exact, as is what follows
        whole = math.trunc(lifted)
        wholes = [whole] if whole == lifted else [whole, whole + (1 if x > 0 else -1)]
        found = [self.storing.held(math.ldexp(w, unit), negative=x < 0) for w in wholes]
        return tuple({repr(value): value for value in found}.values())

    @cached_property
    def _once(self) -> Callable[[float], float]:
        """Rounding of a float to the format of operations."""
        if self.rounding == Rounding(target=FP32):
            return lambda x: c_float(x).value
        return _to_nearest_even(self.operations, self.rounding)

    @cached_property
    def _roundings(self) -> dict[float, tuple[float, ...]]:
        return {}


def _nearest(rounding: Rounding, x: float) -> float:
    """Round a float as :meth:`Rounding.round` and :meth:`Rounding.special` do, in any direction."""
    if not x or not math.isfinite(x):
        return rounding.special(x)
    unit = _unit(rounding.target, x)
    lifted = math.ldexp(x, -unit)  # exact, as is what follows
    if rounding.direction == "rne":
        whole = round(lifted)
    else:
        whole = math.trunc(lifted)
        if rounding.direction == "rna" and abs(lifted - whole) >= 0.5:
            whole += 1 if x > 0 else -1
    return rounding.held(math.ldexp(whole, unit), negative=x < 0)


def _to_nearest_even(target: Format, rounding: Rounding) -> Callable[[float], float]:
    """Return :func:`_nearest` to a format, what does not depend on the number looked up once."""
    digits, lowest = target.precision, target.emin - target.precision + 1
    least, most = float(target.normal), float(target.max_finite)

    def rounded(x: float) -> float:
        if not x or not math.isfinite(x):
            return rounding.special(x)
        unit = max(math.frexp(x)[1] - digits, lowest)
        found = math.ldexp(round(math.ldexp(x, -unit)), unit)
        if least <= abs(found) <= most:
            return found
        return rounding.held(found, negative=x < 0)

    return rounded


def _unit(target: Format | Grid, x: float) -> int:
    """Return the exponent of the unit in the last place of numbers as large as x, not 0."""
    if isinstance(target, Format):
        return max(math.frexp(x)[1] - 1, target.emin) - target.precision + 1
    return -target.q


class NativeReference(NativeOperations, ReferenceSemantics):
    """The reference with the processor's operations."""


class NativeChoices(NativeOperations, ChoiceSemantics):
    """Every outcome of a letter, with the processor's operations."""


def reference_of(
    network: LinearRNN, stored: StoredNetwork, arithmetic: Arithmetic
) -> ReferenceSemantics:
    """Return the semantics of an arithmetic without choices, the faster one where there is one."""
    kind = NativeReference if is_narrow(arithmetic) else ReferenceSemantics
    return kind(network, stored, arithmetic)


def choices_of(
    network: LinearRNN, stored: StoredNetwork, arithmetic: Arithmetic, most: int = 2_000_000
) -> ChoiceSemantics:
    """Return the semantics of every outcome, the faster one where there is one."""
    kind = NativeChoices if is_narrow(arithmetic) else ChoiceSemantics
    return kind(network, stored, arithmetic, most)
