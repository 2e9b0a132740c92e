"""Stored parameters: a network's exact entries as the floating-point numbers that run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from negeig.claims import InputError, Letter
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.precision.numbers.formats import Format
from negeig.theory.exact.numbers import Number, enclose
from negeig.theory.networks.network import DeltaStep, LinearRNN, Step

LISTED = 20
"""Offending parameters listed in full in an error message."""


@dataclass(frozen=True)
class StoredDelta:
    """A delta step whose entries are values of the parameter format, held as floats."""

    beta: float
    key: tuple[float, ...]
    write: float


@dataclass(frozen=True)
class StoredDense:
    """A dense step ``h <- matrix h + bias`` in values of the parameter format."""

    matrix: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]


StoredStep: TypeAlias = StoredDelta | StoredDense


@dataclass(frozen=True)
class StoredLayer:
    """Initial state and steps of one layer in the parameter format.

    The codes are not here: they belong to the decoder and stay exact.
    """

    initial: tuple[float, ...]
    steps: Mapping[Letter, tuple[StoredStep, ...]]


@dataclass(frozen=True)
class CompiledParameters:
    """The stored layers of a network."""

    layers: tuple[StoredLayer, ...]


@dataclass(frozen=True)
class Rounded:
    """A parameter that the format does not hold, and what it was rounded to."""

    place: str
    value: Number
    stored: float
    format: str

    def __str__(self) -> str:
        exact = isinstance(self.value, Fraction)
        shown = str(self.value) if exact else f"{float(self.value):.17g}..."
        return f"{self.place}: {shown} is not in {self.format}, nearest is {self.stored!r}"


def nearest(value: Number, target: Format) -> float:
    """Round an exact number to a format, to nearest even; exact for algebraic numbers too.

    An irrational number is no tie, so a narrow enough enclosure rounds to one value.

    Examples
    --------
    >>> from negeig.precision.numbers.formats import BF16
    >>> from negeig.theory.exact.numbers import NumberField
    >>> root2 = NumberField((-2, 0, 1), "1.41421356237309504880168872420969807857").element([0, 1])
    >>> nearest(root2, BF16), nearest(1 / root2, BF16)
    (1.4140625, 0.70703125)
    """
    bits = 64
    while True:
        low, high = enclose(value, bits)
        below, above = target.nearest(low), target.nearest(high)
        if repr(below) == repr(above):  # -0.0 and 0.0 differ: the sign is not known yet
            return below
        bits *= 2


def round_parameters(
    network: LinearRNN, arithmetic: Arithmetic, *, round_parameters: bool
) -> tuple[CompiledParameters, list[Rounded]]:
    """Store a network's initial states and steps in the arithmetic's parameter format.

    Parameters
    ----------
    network : LinearRNN
    arithmetic : Arithmetic
        Not exact.
    round_parameters : bool
        Whether entries that the format does not hold are rounded to nearest even, and reported.

    Returns
    -------
    parameters : CompiledParameters
    rounded : list of Rounded
        Every entry that was not held exactly.

    Raises
    ------
    InputError
        When an entry is not held and rounding is not allowed, or when it is beyond the format's
        range; naming the layer, letter, step and field of each.
    """
    if arithmetic.parameters is None:
        raise ValueError("exact arithmetic stores no parameters")
    store = _Store(arithmetic.parameters)
    layers = []
    for i, layer in enumerate(network.layers):
        initial = store.vector(layer.initial, f"layer {i}, initial")
        steps = {
            letter: tuple(
                store.step(step, f"layer {i}, letter {letter!r}, step {j}, ")
                for j, step in enumerate(layer.steps[letter])
            )
            for letter in layer.alphabet
        }
        layers.append(StoredLayer(initial, steps))
    refused = list(store.refused(round_parameters))
    if refused:
        more = [f"and {len(refused) - LISTED} more"] if len(refused) > LISTED else []
        hint = "" if round_parameters else "; --round-parameters rounds to nearest even"
        raise InputError(
            f"{arithmetic.name} cannot hold {len(refused)} of the parameters{hint}",
            [*map(str, refused[:LISTED]), *more],
            "parameters-not-held",
        )
    return CompiledParameters(tuple(layers)), store.rounded


class _Store:
    """Rounds entries to one format and keeps a list of those that changed."""

    def __init__(self, target: Format) -> None:
        self.target = target
        self.rounded: list[Rounded] = []
        # Most entries are 0, 1 or -1: each value is rounded once.
        self._known: dict[Number, float] = {}

    def refused(self, rounding_allowed: bool) -> Iterator[Rounded]:
        """Yield the entries that cannot be stored: none may overflow, rounding allowed or not."""
        for entry in self.rounded:
            if not rounding_allowed or self.target.overflows(enclose(entry.value, 64)[0]):
                yield entry

    def number(self, value: Number, place: str) -> float:
        stored = self._known.get(value)
        if stored is not None:
            return stored
        stored = nearest(value, self.target)
        if not math.isfinite(stored) or value != Fraction(stored):
            self.rounded.append(Rounded(place, value, stored, self.target.name))
        else:
            self._known[value] = stored
        return stored

    def vector(self, values: tuple[Number, ...], place: str) -> tuple[float, ...]:
        return tuple(self.number(value, f"{place}[{j}]") for j, value in enumerate(values))

    def step(self, step: Step, place: str) -> StoredStep:
        if isinstance(step, DeltaStep):
            return StoredDelta(
                self.number(step.beta, place + "beta"),
                self.vector(step.key, place + "key"),
                self.number(step.write, place + "write"),
            )
        rows = (self.vector(row, f"{place}matrix[{i}]") for i, row in enumerate(step.matrix))
        return StoredDense(tuple(rows), self.vector(step.bias, place + "bias"))
