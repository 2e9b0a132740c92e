"""Exact numbers as certificates write them, as in a network's JSON."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from negeig.theory.exact.numbers import FieldElement, Number, NumberField
from negeig.theory.spectra.certificates import number_text


def number_writer(field: NumberField | None) -> Callable[[Number], Any]:
    """Return what writes the numbers of a field: strings, or lists of coefficients.

    Examples
    --------
    >>> number_writer(None)(Fraction(-1, 2))
    '-1/2'
    """
    if field is None:
        return lambda x: number_text(x) if isinstance(x, Fraction) else str(x)
    padding = ["0"] * (field.degree - 1)

    def number(x: Number) -> list[str]:
        if isinstance(x, FieldElement):
            return [number_text(c) for c in x.coefficients]
        return [number_text(x), *padding]

    return number
