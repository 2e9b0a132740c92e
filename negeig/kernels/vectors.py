"""Test vectors for delta-rule kernels: a network's words as inputs, and what must come out.

A kernel runs one recurrence a head. Every coordinate of every layer's state is read by a head of
its own, whose query is a unit vector, so that the outputs of all heads are the whole state of the
network after every position. What each layer reads is known beforehand, so layers stand side by
side. p steps a token become p positions; where a letter has fewer steps the rest have beta 0,
value 0 and a unit key, which changes nothing, whether the kernel normalises keys or not. Value
column c holds the state times ``COLUMNS[c mod 4]``, so that no column passes for another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from negeig.arrays import Ints
from negeig.claims import InputError, LimitReached, Output, output_text
from negeig.kernels.any_order import SUM_BITS, exact_chunks, recurrent_bits
from negeig.kernels.layouts import DTYPES, Layout, dtype_problems
from negeig.kernels.rounded_inputs import moved
from negeig.kernels.tensors import network_outputs
from negeig.kernels.trajectory import trajectory
from negeig.kernels.vector_arrays import Array, Cast, Table, laid_out, repeated
from negeig.precision.numbers.formats import FORMATS
from negeig.theory.networks.network import DeltaStep, LinearRNN


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
        What each head reads, layers counted from 1 and coordinates from 0. Where every coordinate
        has one, they begin again, :attr:`coordinates` heads later and with the next word.
    tensors : mapping
        ``q``, ``k``, ``v``, ``g``, ``beta``, ``h0``, ``o`` and ``state`` as the layout has them,
        ``states`` float32 (B, tokens, coordinates), the state after every token, ``letters`` and
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
    def coordinates(self) -> int:
        """Coordinates of the states of all layers."""
        return sum(layer.dim for layer in self.network.layers)

    def word(self, row: int, head: int) -> Ints:
        """Return the letters that a head reads in a row of the batch, numbers in the alphabet."""
        letters = self.tensors["letters"]
        word: Ints = letters[(row + head // self.coordinates) % len(letters)]
        return word

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
    heads: int | None = None,
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
    heads : int, optional
        At least one for each coordinate of the states, which is also how many there are if it is
        not given. Further ones read the same coordinates again, each time of the next word.
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
    read = [(i, j) for i, layer in enumerate(network.layers, 1) for j in range(layer.dim)]
    count = len(read) if heads is None else heads
    if count < len(read):
        found = f"heads {count} is less than the {len(read)} coordinates of the states"
        raise InputError("vectors", found)
    batch, length = words.shape
    positions = length * layers[0].steps
    size = batch * positions * count * (2 * dim + 2 * value_dim) * 4
    if size > max_bytes:
        raise LimitReached("bytes of the tensors", max_bytes, reached=size, option="--max-memory")
    cast = Cast(FORMATS[dtype], tolerance is not None)
    tables = [Table(layer, cast, f"layer {i}") for i, layer in enumerate(layers, 1)]
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
    whole = repeated(
        laid_out(tables, (batch, positions, dim, value_dim), layout.scale(dim)), len(read), count
    )
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
        heads=tuple(read[h % len(read)] for h in range(count)),
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
