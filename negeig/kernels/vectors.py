"""Test vectors for delta-rule kernels: a network's words as inputs, and what must come out.

A kernel runs one recurrence a head. Every coordinate of every layer's state is read by a head of
its own, whose query is a unit vector, so that the outputs of all heads are the whole state of the
network after every position. What each layer reads is known beforehand, so layers stand side by
side. p steps a token become p positions; where a letter has fewer steps the rest have beta 0,
value 0 and a unit key, which changes nothing, whether the kernel normalises keys or not. Value
column c holds the state times ``COLUMNS[c mod 4]``, so that no column passes for another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Float64s, Ints
from negeig.claims import InputError, LimitReached, Output, output_text
from negeig.kernels.any_order import SUM_BITS, exact_chunks, recurrent_bits
from negeig.kernels.layouts import DTYPES, Layout, dtype_problems
from negeig.kernels.rounded_inputs import moved
from negeig.kernels.tensors import network_outputs
from negeig.kernels.trajectory import LayerTrajectory, trajectory
from negeig.precision.numbers.formats import FORMATS, Format
from negeig.precision.stored import nearest
from negeig.theory.exact.numbers import Number
from negeig.theory.networks.network import DeltaStep, LinearRNN

Array = NDArray[Any]

COLUMNS = (1.0, -1.0, 0.5, -0.5)
"""Factors of the value columns, in turn."""

LISTED = 5
"""Entries that are named when something is not exact."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Vectors:
    """Inputs of a kernel and what it must return; :func:`vectors` makes them.

    Parameters
    ----------
    network : LinearRNN
    layout : Layout
    dtype : str
        bf16, fp16 or fp32: of all tensors but the states and g.
    steps : int
        Positions of a token.
    heads : tuple of (layer, coordinate)
        What each head reads, layers counted from 1 and coordinates from 0.
    tensors : mapping
        ``q``, ``k``, ``v``, ``g``, ``beta``, ``h0``, ``o`` and ``state`` as the layout has them,
        ``states`` float32 (B, tokens, heads), the state after every token, ``letters`` and
        ``outputs`` int32 (B, tokens), numbers in the network's alphabet and in ``values``.
    values : tuple
        The distinct outputs of the network.
    unit_keys : bool
        Whether every key has length exactly 1, so that a kernel that divides keys by their length
        computes the same.
    bits : int or None
        Significant bits that the recurrence needs, in any order, so that nothing is rounded.
    chunks : tuple of int
        Chunk lengths whose WY form rounds nothing either.
    tolerance : float or None
        How far outputs and states may be off; None where they are exact.
    moved : float
        How far rounded inputs alone move them, with sums that round nothing.
    """

    network: LinearRNN
    layout: Layout
    dtype: str
    steps: int
    heads: tuple[tuple[int, int], ...]
    tensors: Mapping[str, Array]
    values: tuple[Output, ...]
    unit_keys: bool
    bits: int | None
    chunks: tuple[int, ...]
    tolerance: float | None
    moved: float

    @property
    def shape(self) -> tuple[int, int, int, int, int]:
        """Batch, positions, heads, key dimension and value dimension."""
        batch, heads, dim, columns = self.tensors["h0"].shape
        return batch, self.tensors["beta"].shape[1], heads, dim, columns

    @property
    def scale(self) -> float:
        """The factor of the outputs."""
        return self.layout.scale(self.shape[3])

    @cached_property
    def arithmetic(self) -> str:
        """For which arithmetic the expected values are right, in words."""
        if self.tolerance is not None:
            return (
                f"the exact network's values, rounded to {self.dtype}; a kernel may be off by "
                f"{self.tolerance:g}, of which the rounding of its inputs takes {self.moved:.2g}"
            )
        text = (
            f"exact: computed in rational arithmetic; inputs and outputs are values of {self.dtype}"
            f", and every product and partial sum of the recurrence, in any order, has at most "
            f"{self.bits} significant bits, so that sums of {SUM_BITS} bits (float32) round nothing"
        )
        if self.chunks:
            sizes = ", ".join(map(str, self.chunks))
            text += f"; nor does the WY form with chunks of {sizes} positions"
        return text

    @property
    def normalisation(self) -> str:
        """What becomes of a kernel that divides queries and keys by their length, in words."""
        if self.unit_keys and self.moved:
            return "every query and key has length 1 until it is rounded"
        if self.unit_keys:
            return (
                "every query and key has length exactly 1: dividing by it is harmless, adding an "
                "epsilon to it is not"
            )
        return (
            "keys do not have length 1: the kernel must not normalise them "
            "(use_qk_l2norm_in_kernel=False)"
        )


def vectors(
    network: LinearRNN,
    words: Ints,
    layout: Layout,
    *,
    dtype: str = "bf16",
    dim: int = 64,
    value_dim: int = 16,
    tolerance: float | None = None,
    max_bytes: int = 4 << 30,
) -> Vectors:
    """Return the inputs of a kernel for some words, and what it must return.

    Parameters
    ----------
    network : LinearRNN
        Right on the words.
    words : int32 (words, length)
        Letters, numbered as the network's alphabet; at least one of each.
    layout : Layout
    dtype : str
        bf16, fp16 or fp32.
    dim, value_dim : int
        Key and value dimension; zeros fill the keys.
    tolerance : float, optional
        Allows values that are not exact: they are rounded to nearest even.

    Raises
    ------
    InputError
        For options that are wrong, a network that a delta rule cannot express, without a tolerance
        for entries that the type does not hold and sums that float32 rounds, and for a tolerance
        that no kernel meets, since rounded inputs alone move the states farther.
    LimitReached
        When the tensors have more than ``max_bytes`` bytes.

    Examples
    --------
    >>> import negeig
    >>> from negeig.kernels.layouts import FLA
    >>> made = vectors(negeig.compile("(11)*").network, np.zeros((1, 3), np.int32), FLA, dim=4)
    >>> made.tensors["k"][0, :, 0].astype(float).tolist(), made.tensors["beta"].ravel().tolist()
    ([[1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]], [2.0, 2.0, 2.0])
    >>> made.tensors["o"][0, :, 0, 0].tolist(), made.bits
    ([-1.0, 1.0, -1.0], 2)
    """
    _check_options(network, words, layout, dtype, dim, value_dim, tolerance)
    layers, symbols = trajectory(network, words)
    heads = tuple((i, j) for i, layer in enumerate(network.layers, 1) for j in range(layer.dim))
    batch, length = words.shape
    positions, count = length * layers[0].steps, len(heads)
    size = batch * positions * count * (2 * dim + 2 * value_dim) * 4
    if size > max_bytes:
        raise LimitReached("bytes of the tensors", max_bytes, reached=size, option="--max-memory")
    cast = _Cast(FORMATS[dtype], tolerance is not None)
    tables = [_Table(layer, cast, f"layer {i}") for i, layer in enumerate(layers, 1)]
    bits = recurrent_bits(layers)
    problems = cast.problems
    if tolerance is None and not problems and (bits is None or bits > SUM_BITS):
        found = "some are no finite sums of powers of two" if bits is None else f"{bits} are needed"
        problems.append(f"the recurrence rounds: its sums keep {SUM_BITS} bits, and {found}")
    if problems:
        raise InputError(
            f"{dtype} does not hold what is expected exactly; --tolerance X allows rounding",
            problems,
            "not-exact",
        )
    off = max(moved(t.key, t.beta, t.write, t.initial, t.after, FORMATS[dtype]) for t in tables)
    if tolerance is not None and off >= tolerance:
        raise InputError(
            "vectors",
            f"the inputs rounded to {dtype} move a right kernel by {off:.2g} in these words, "
            f"which a tolerance of {tolerance:g} does not allow: give a larger --tolerance, "
            "shorter words or a wider --dtype",
        )
    numbers, values = _numbered(network, symbols)
    whole = _laid_out(tables, (batch, positions, dim, value_dim), layout.scale(dim))
    kind = _numpy_dtype(dtype)
    states = np.concatenate([t.after[:, layers[0].steps - 1 :: layers[0].steps] for t in tables], 2)
    tensors: dict[str, Array] = {
        name: layout.pack(name, whole[name]).astype(kind) for name in ("q", "k", "v", "beta", "o")
    }
    tensors["g"] = np.zeros(whole["beta"].shape, kind if layout.packed else np.float32)
    tensors["h0"], tensors["state"] = whole["h0"], whole["state"]
    tensors |= {"states": states.astype(np.float32), "letters": words, "outputs": numbers}
    chunks: list[int] = []
    if tolerance is None:
        chunks = exact_chunks(
            layers, [t.exact for t in tables], lambda a: bool((a.astype(kind) == a).all())
        )
    return Vectors(
        network=network,
        layout=layout,
        dtype=dtype,
        steps=layers[0].steps,
        heads=heads,
        tensors=tensors,
        values=tuple(values),
        unit_keys=all(_is_unit(step) for layer in layers for _, step in layer.moves),
        bits=bits,
        chunks=tuple(chunks),
        tolerance=tolerance,
        moved=off,
    )


def option_problems(
    layout: Layout, batch: int, length: int, dtype: str, dim: int, value_dim: int,
    tolerance: float | None,
) -> list[str]:  # fmt: skip
    """Return what is wrong with options, whatever the network is."""
    problems = dtype_problems(dtype)
    sizes = {"batch": batch, "length": length, "dim": dim, "value-dim": value_dim}
    problems += [f"{name} must be 1 or more, found {n}" for name, n in sizes.items() if n < 1]
    if dim >= 1:
        problems += layout.problems(dim)
    if tolerance is not None and not 0 < tolerance < float("inf"):
        problems.append(f"the tolerance must be a positive number, found {tolerance}")
    return problems


def _check_options(
    network: LinearRNN, words: Ints, layout: Layout, dtype: str, dim: int, value_dim: int,
    tolerance: float | None,
) -> None:  # fmt: skip
    batch, length = words.shape
    problems = option_problems(layout, batch, length, dtype, dim, value_dim, tolerance)
    if not any(layer.dim for layer in network.layers):
        problems.append("the network has no state: its last letter says everything")
    for i, layer in enumerate(network.layers, 1):
        if layer.dim > dim:
            problems.append(f"dim {dim} is less than the {layer.dim} coordinates of layer {i}")
        problems += [
            f"layer {i}, letter {letter!r}, step {j}: a dense step; a delta rule has none"
            for letter, steps in layer.steps.items()
            for j, step in enumerate(steps)
            if not isinstance(step, DeltaStep)
        ]
    if problems:
        raise InputError("vectors", problems)


class _Cast:
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


_Row = tuple[Number, tuple[Number, ...], Number]


class _Table:
    """One layer's positions: exact numbers looked up by letter and by state."""

    def __init__(self, layer: LayerTrajectory, cast: _Cast, place: str) -> None:
        self.dim = dim = layer.layer.dim
        shape = (len(layer.letters), layer.letters.shape[1] * layer.steps)
        idle: _Row = (Fraction(0), (Fraction(1), *[Fraction(0)] * (dim - 1))[:dim], Fraction(0))
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


def _laid_out(
    tables: Sequence[_Table], shape: tuple[int, int, int, int], scale: float
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


def _numbered(network: LinearRNN, symbols: list[list[str]]) -> tuple[Ints, list[Output]]:
    """Return the numbers of the outputs, and the outputs that they number."""
    values = network_outputs(network)
    texts = [output_text(value) for value in values]
    number = {s: texts.index(output_text(o)) for s, o in network.outputs.items()}
    return np.array([[number[s] for s in row] for row in symbols], np.int32), values


def _is_unit(step: Any) -> bool:
    return bool(sum(k * k for k in step.key) == 1)


def _numpy_dtype(dtype: str) -> np.dtype[Any]:
    import ml_dtypes

    return np.dtype(ml_dtypes.bfloat16 if dtype == "bf16" else DTYPES[dtype])
