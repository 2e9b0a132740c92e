"""A network in one number format: the arrays that proofs, kernels and tensor files are made of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints
from negeig.claims import InputError
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.precision.numbers.formats import FP32, FP64, Format
from negeig.precision.numbers.kernel_keys import kernel_keys
from negeig.precision.numbers.operations import Operations
from negeig.theory.exact.number_text import value_text
from negeig.theory.exact.numbers import Number, Vector, enclose
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN

LISTED = 20
"""Offending parameters listed in full in an error message."""

Floats: TypeAlias = NDArray[Any]
"""float64 where a format is fp64, else float32, which holds every value of the other formats."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StoredLayer:
    """Initial state and steps of one layer; every array is C-contiguous and nothing is padded.

    The codes are not here: they belong to the decoder and stay exact.

    Parameters
    ----------
    initial : Floats (dim,)
    starts : int32 (letters + 1,)
        The steps of letter a are those from ``starts[a]`` up to ``starts[a + 1]``.
    beta, write : Floats (steps,)
        Of delta steps; 0 for a dense step, as the key is.
    key : Floats (steps, dim)
    dense : int32 (steps,)
        Which of ``matrix`` and ``bias`` a dense step uses; -1 for a delta step.
    matrix : Floats (dense steps, dim, dim)
    bias : Floats (dense steps, dim)
    """

    initial: Floats
    starts: Ints
    beta: Floats
    write: Floats
    key: Floats
    dense: Ints
    matrix: Floats
    bias: Floats

    @property
    def dim(self) -> int:
        """Dimension of the state."""
        return len(self.initial)

    @property
    def steps(self) -> tuple[Floats, Floats, Floats, Ints, Floats, Floats]:
        """The arrays of the steps, as compiled code takes them: beta, write, key, dense, ..."""
        return self.beta, self.write, self.key, self.dense, self.matrix, self.bias

    @cached_property
    def listed(self) -> tuple[list[Any], ...]:
        """The same arrays as nested lists of Python's numbers."""
        return tuple(array.tolist() for array in self.steps)

    @property
    def most_steps(self) -> int:
        """The largest number of steps that any letter takes."""
        return int(np.diff(self.starts).max(initial=0))


@dataclass(frozen=True, eq=False, kw_only=True)
class StoredNetwork:
    """The stored layers of a network, each entry rounded to nearest even in its format."""

    format: Format
    layers: tuple[StoredLayer, ...]


@dataclass(frozen=True)
class Rounded:
    """A parameter that the format does not hold, and what it was rounded to."""

    place: str
    value: Number
    stored: float
    format: Format

    @property
    def overflows(self) -> bool:
        """Whether it is beyond the range of the format."""
        return self.format.overflows(enclose(self.value, 64)[0])

    def __str__(self) -> str:
        exact = isinstance(self.value, Fraction)
        shown = str(self.value) if exact else f"{_digits(self.value)}..."
        return f"{self.place}: {shown} is not in {self.format.name}, nearest is {self.stored!r}"


def _digits(value: Number) -> str:
    """Return the first digits of a number, however large or small it is."""
    low, high = enclose(value, 64)
    if FP64.normal <= low <= FP64.max_finite or FP64.normal <= -high <= FP64.max_finite:
        return f"{float(value):.17g}"
    bits = 128
    while (high - low) * 2**64 > abs(low):  # an irrational number is not 0
        (low, high), bits = enclose(value, bits), 2 * bits
    return f"{Decimal(low.numerator) / Decimal(low.denominator):.17g}"


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


def store(network: LinearRNN, target: Format | Arithmetic) -> tuple[StoredNetwork, list[Rounded]]:
    """Round every initial state and step of a network to a format, whether it holds them or not.

    O(entries) roundings, each once from the exact number. An entry beyond the range becomes what
    the format gives on overflow.

    Parameters
    ----------
    network : LinearRNN
    target : Format or Arithmetic
        An arithmetic, not exact, has a format for each kind of parameter, and may say that keys are
        divided by their length then: what is stored are those that are used.

    Returns
    -------
    stored : StoredNetwork
    rounded : list of Rounded
        Every entry that was not held exactly; of keys, before they are divided.

    Raises
    ------
    InputError
        Where keys are divided by their length and one is not of length 1, or when what an
        arithmetic makes of it is left to chance, infinite or NaN.

    Examples
    --------
    >>> from negeig.precision.numbers.formats import BF16
    >>> flip = DeltaStep(Fraction(2), (Fraction(1), Fraction(1, 3)), Fraction(0))
    >>> layer = Layer(alphabet=("0", "1"), initial=(Fraction(1), Fraction(0)),
    ...               steps={"0": (), "1": (flip,)}, codes=(), emit=())
    >>> network = LinearRNN(alphabet=("0", "1"), layers=(layer,), outputs={}, empty=0)
    >>> stored, rounded = store(network, BF16)
    >>> stored.layers[0].key.tolist(), stored.layers[0].starts.tolist()
    ([[1.0, 0.333984375]], [0, 0, 1])
    >>> print(*rounded)
    layer 0, letter '1', step 0, key[1]: 1/3 is not in bf16, nearest is 0.333984375
    """
    formats = (
        dict.fromkeys(("keys", "betas", "initial", "parameters"), target)
        if isinstance(target, Format)
        else target.stored_formats
    )
    rounding = _Rounding(formats)
    layers = tuple(rounding.layer(layer, f"layer {i}") for i, layer in enumerate(network.layers))
    if isinstance(target, Arithmetic) and target.normalisation is not None:
        layers = _divided(network, layers, target)
    return StoredNetwork(format=formats["parameters"], layers=layers), rounding.rounded


def round_parameters(
    network: LinearRNN, arithmetic: Arithmetic, *, round_parameters: bool
) -> tuple[StoredNetwork, list[Rounded]]:
    """Store a network in the arithmetic's parameter format, or refuse it.

    Parameters
    ----------
    network : LinearRNN
    arithmetic : Arithmetic
        Not exact.
    round_parameters : bool
        Whether entries that the format does not hold are rounded to nearest even, and reported.

    Returns
    -------
    stored : StoredNetwork
    rounded : list of Rounded
        Every entry that was not held exactly.

    Raises
    ------
    InputError
        When an entry is not held and rounding is not allowed, or when it is beyond the format's
        range; naming the layer, letter, step and field of each. As :func:`store` for keys that are
        divided.
    """
    stored, rounded = store(network, arithmetic)
    check_held(arithmetic.short_name, rounded, round_parameters=round_parameters)
    return stored, rounded


def check_held(name: str, rounded: Sequence[Rounded], *, round_parameters: bool) -> None:
    """Raise InputError for entries that may not be rounded, or are beyond a format's range."""
    refused = [entry for entry in rounded if not round_parameters or entry.overflows]
    if refused:
        more = [f"and {len(refused) - LISTED} more"] if len(refused) > LISTED else []
        rounds = "; --round-parameters rounds to nearest even, compile --held-by finds others"
        hint = "" if round_parameters else rounds
        raise InputError(
            f"{name} cannot hold {len(refused)} of the parameters{hint}",
            [*map(str, refused[:LISTED]), *more],
            "parameters-not-held",
        )


def _divided(
    network: LinearRNN, stored: Sequence[StoredLayer], arithmetic: Arithmetic
) -> tuple[StoredLayer, ...]:
    """Return layers with the keys that a kernel uses, which divides stored ones by their length."""
    run, target = Operations(arithmetic), arithmetic.stored_formats["keys"]
    floats = np.float32 if run.operations.within(FP32) else np.float64
    known: dict[tuple[float, ...], list[tuple[float, ...]]] = {}
    problems: list[str] = []
    layers = []
    for i, (layer, own) in enumerate(zip(network.layers, stored, strict=True)):
        keys = own.key.astype(np.result_type(own.key.dtype, floats))
        steps = [(a, j, step) for a in layer.alphabet for j, step in enumerate(layer.steps[a])]
        for row, (letter, j, step) in enumerate(steps):
            if not isinstance(step, DeltaStep):
                continue
            square: Number = sum((k * k for k in step.key), Fraction(0))
            given = tuple(own.key[row].tolist())
            if given not in known:
                known[given] = kernel_keys(given, target, run)
            found, at = known[given], f"layer {i}, letter {letter!r}, step {j}: a key"
            if step.beta != 0 and square not in (0, 1):
                problems.append(f"{at} of squared length {value_text(square)}")
            elif len(found) > 1:
                problems.append(f"{at} becomes {found[0]} or {found[1]}, as is fused")
            keys[row] = found[0]
        layers.append(replace(own, key=keys))
    if problems:
        more = [f"and {len(problems) - LISTED} more"] if len(problems) > LISTED else []
        raise InputError(
            f"{arithmetic.short_name} divides keys by their length, which has to be 1 (compile "
            "--unit-keys), with one outcome",
            [*problems[:LISTED], *more],
            "key-not-divided",
        )
    return tuple(layers)


class _Rounding:
    """Rounds entries to their formats and keeps a list of those that changed."""

    def __init__(self, formats: Mapping[str, Format]) -> None:
        self.formats = formats
        narrow = all(target.within(FP32) for target in formats.values())
        self.floats: type[Any] = np.float32 if narrow else np.float64
        self.rounded: list[Rounded] = []
        # Most entries are 0, 1 or -1, and many letters share steps: each is rounded once.
        self._known: dict[tuple[Number, str], float] = {}
        self._held: dict[int, tuple[float, list[float], float]] = {}

    def layer(self, layer: Layer, place: str) -> StoredLayer:
        dim, nothing = layer.dim, [0.0] * layer.dim
        initial = self.vector(layer.initial, f"{place}, initial", "initial")
        starts, dense = [0], list[int]()
        beta, write, key = list[float](), list[float](), list[list[float]]()
        matrix, bias = list[list[list[float]]](), list[list[float]]()
        for letter in layer.alphabet:
            for j, step in enumerate(layer.steps[letter]):
                at = f"{place}, letter {letter!r}, step {j}, "
                if isinstance(step, DeltaStep):
                    dense.append(-1)
                    stored = self.step(step, at)
                    beta.append(stored[0])
                    key.append(stored[1])
                    write.append(stored[2])
                else:
                    dense.append(len(matrix))
                    beta.append(0.0)
                    key.append(nothing)
                    write.append(0.0)
                    matrix.append(
                        [self.vector(row, f"{at}matrix[{i}]") for i, row in enumerate(step.matrix)]
                    )
                    bias.append(self.vector(step.bias, at + "bias"))
            starts.append(len(dense))
        return StoredLayer(
            initial=np.array(initial, self.floats),
            starts=np.array(starts, np.int32),
            beta=np.array(beta, self.floats),
            write=np.array(write, self.floats),
            key=np.array(key, self.floats).reshape(len(key), dim),
            dense=np.array(dense, np.int32),
            matrix=np.array(matrix, self.floats).reshape(len(matrix), dim, dim),
            bias=np.array(bias, self.floats).reshape(len(bias), dim),
        )

    def step(self, step: DeltaStep, at: str) -> tuple[float, list[float], float]:
        """Return beta, key and write; a step that is held is looked at once, as an object."""
        found = self._held.get(id(step))
        if found is None:
            before = len(self.rounded)
            beta = self.number(step.beta, at + "beta", "betas")
            key = self.vector(step.key, at + "key", "keys")
            found = beta, key, self.number(step.write, at + "write")
            if len(self.rounded) == before:
                self._held[id(step)] = found
        return found

    def number(self, value: Number, place: str, kind: str = "parameters") -> float:
        target = self.formats[kind]
        stored = self._known.get((value, target.name))
        if stored is not None:
            return stored
        stored = nearest(value, target)
        if not math.isfinite(stored) or value != Fraction(stored):
            self.rounded.append(Rounded(place, value, stored, target))
        else:
            self._known[value, target.name] = stored
        return stored

    def vector(self, values: Vector, place: str, kind: str = "parameters") -> list[float]:
        return [self.number(value, f"{place}[{j}]", kind) for j, value in enumerate(values)]
