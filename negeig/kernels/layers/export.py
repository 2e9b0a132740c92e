"""A network written into a released layer: parameters, inputs and decoder, all of them arrays.

Every letter is some rows of a table of inputs, each a unit vector, and every coordinate of the
state a head. The state starts at 0, so the first positions write it: key e_i, beta 1. Two value
channels are used. Channel 0 holds ``M (h + s)``: M is a power of two that makes every value that is
not 0 so large that SiLU returns it unchanged, and the shift s of all coordinates makes values
non-negative, since SiLU makes none negative: ``write + s sum(key)`` moves the shifted state as
``write`` moves the state. Channel 1 holds the constant ``M C`` in every coordinate, which values
``C sum(key)`` keep as it is. So the norm of the output, which divides both by the root of their
mean square, leaves a number that tells the coordinate: ``u / sqrt((u^2 + c^2) / V + eps)`` with u
and c what the two channels hold, over the square root of the key dimension.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Float64s, Ints
from negeig.claims import InputError, LimitReached, Output, output_text
from negeig.kernels.any_order import SUM_BITS
from negeig.kernels.codebook import Codebook
from negeig.kernels.layers.bits import recurrence_bits
from negeig.kernels.layers.kind import KEY, LayerKind, Plan
from negeig.kernels.layers.moves import OVERWRITE, Key, LayerMoves, Move, layer_moves, refusals
from negeig.kernels.tensors import network_outputs
from negeig.precision.numbers.formats import FORMATS, Format
from negeig.precision.stored import nearest
from negeig.theory.networks.network import Layer, LinearRNN

DTYPES = {"float32": "fp32", "bfloat16": "bf16"}
"""Types of a layer's parameters, and the number formats that they are."""

LEAST = 32
"""SiLU returns float32 numbers of at least this unchanged."""

WIDTH = 16
"""Least key dimension, and the value dimension: GPU kernels multiply blocks of 16."""

MOST_HEADS = 64
"""Most heads of a layer."""

LISTED = 3
"""Numbers that are named when a type does not hold them."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LayerExport:
    """One layer of a network as one module.

    Attributes
    ----------
    arguments : mapping
        Of the class, or of its configuration.
    parameters : mapping
        The module's parameters by name.
    inputs : (rows, hidden)
        Hidden states; a letter is some rows.
    rows : int32 (letters, positions)
        The rows of each letter; its output is read at the last of them.
    start : int32 (positions,)
        The rows that come first and write the initial state.
    codes : float64 (codes, dim)
        What the first outputs of the module are where the state is this code.
    emit : int32 (codes, letters)
        What is read next: a letter of the next layer, or the number of an output.
    bits : int
        Significant bits that the recurrence needs, in any order, so that nothing is rounded.
    margin, rounding : float
        Half the distance of the nearest codes that must be told apart, and how far the roundings
        behind the recurrence can move an output.
    """

    arguments: Mapping[str, Any]
    parameters: Mapping[str, NDArray[Any]]
    inputs: NDArray[Any]
    rows: Ints
    start: Ints
    codes: Float64s
    emit: Ints
    bits: int
    margin: float
    rounding: float

    @property
    def tensors(self) -> dict[str, NDArray[Any]]:
        """All arrays by name, the module's parameters under ``module.``."""
        named = {f"module.{name}": tensor for name, tensor in self.parameters.items()}
        decoder = ("inputs", "rows", "start", "codes", "emit")
        return named | {name: getattr(self, name) for name in decoder}

    def positions(self, letters: Ints) -> Ints:
        """Return the rows of words, (words, start + length x positions), from their letters."""
        words = len(letters)
        after = self.rows[letters].reshape(words, -1)
        return np.concatenate([np.tile(self.start, (words, 1)), after], axis=1)

    def read(self, outputs: Float64s, letters: Ints) -> tuple[Ints, Float64s]:
        """Return what is read next, and the distance to the nearest code, both (words, length).

        Parameters
        ----------
        outputs : float64 (words, positions, hidden)
            Of the module, at all positions of :meth:`positions`.
        letters : int32 (words, length)
        """
        stride = self.rows.shape[1]
        last = outputs[:, len(self.start) + stride - 1 :: stride, : self.codes.shape[1]]
        distance = np.linalg.norm(last[:, :, None] - self.codes, axis=-1)
        code = distance.argmin(-1)
        return self.emit[code, letters], distance.min(-1)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Export:
    """A network as one module for each of its layers, with table decoders between them.

    Attributes
    ----------
    kind : LayerKind
    dtype : str
        float32 or bfloat16.
    network : LinearRNN
    layers : tuple of LayerExport
    values : tuple
        The distinct outputs; the last layer emits their numbers.
    """

    kind: LayerKind
    dtype: str
    network: LinearRNN
    layers: tuple[LayerExport, ...]
    values: tuple[Output, ...]

    def __repr__(self) -> str:
        modules = f"{len(self.layers)} module{'s' * (len(self.layers) != 1)}"
        return f"Export({self.kind.name}, {self.dtype}, {modules}; {len(self.tensors)} arrays)"

    @property
    def tensors(self) -> dict[str, NDArray[Any]]:
        """All arrays by name, those of layer i under ``layers.i.``, counted from 0."""
        return {
            f"layers.{i}.{name}": tensor
            for i, layer in enumerate(self.layers)
            for name, tensor in layer.tensors.items()
        }

    @property
    def positions(self) -> tuple[int, ...]:
        """Positions of a token in each layer."""
        return tuple(layer.rows.shape[1] for layer in self.layers)


def export(
    network: LinearRNN, kind: LayerKind, dtype: str = "float32", *, max_bytes: int = 1 << 30
) -> Export:
    """Return a network as weights of a released layer; nothing is rounded but the output's norm.

    Parameters
    ----------
    network : LinearRNN
        Right: where no step contracts, every state it reaches equals a code.
    kind : LayerKind
    dtype : str
        float32 or bfloat16, of parameters and inputs.
    max_bytes : int
        Most bytes of all arrays together.

    Raises
    ------
    InputError
        With every reason for which the layer cannot be this network: see :func:`refusals`.
    LimitReached
        For arrays that are too large, and more than 64 coordinates.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.kernels.layers.kind import find
    >>> from negeig.theory.constructions.direct.scalar import construct
    >>> parity = construct(get("parity").minimal())[0].network
    >>> made = export(parity, find("fla.DeltaNet"))
    >>> layer = made.layers[0]
    >>> layer.positions(np.array([[1, 0, 1]])).tolist(), layer.rows.tolist(), layer.emit.tolist()
    ([[2, 1, 0, 1]], [[0], [1]], [[0, 0], [1, 1]])
    >>> {name: tensor.shape for name, tensor in layer.parameters.items()}["b_proj.weight"]
    (1, 16)
    """
    widest = max((layer.dim for layer in network.layers), default=0)
    if widest > MOST_HEADS:
        raise LimitReached(
            "heads of a layer", MOST_HEADS, reached=widest, detail="each coordinate takes one",
        )  # fmt: skip
    if dtype not in DTYPES:
        raise InputError("dtype", f"{dtype!r} is none of {', '.join(DTYPES)}, the types of layers")
    problems = refusals(network, kind.most_beta)
    if problems:
        raise InputError(f"{kind.name} cannot be this network", problems, "not-expressible")
    values = network_outputs(network)
    texts = [output_text(value) for value in values]
    numbers = {symbol: texts.index(output_text(o)) for symbol, o in network.outputs.items()}
    layers: list[LayerExport] = []
    for i, layer in enumerate(network.layers):
        last = i + 1 == len(network.layers)
        reader = tuple(network.outputs) if last else network.layers[i + 1].alphabet
        emit = Codebook(layer, reader).emit
        if last:
            emit = np.array([numbers[symbol] for symbol in reader], np.int32)[emit]
        order = network.alphabet if i == 0 else layer.alphabet
        columns = [layer.alphabet.index(letter) for letter in order]
        one = _Writer(layer, order, kind, dtype, f"layer {i + 1}")
        layers.append(one.write(emit[:, columns], max_bytes))
        problems += one.problems
    if problems:
        raise InputError(f"{kind.name} cannot be this network", problems, "not-expressible")
    return Export(
        kind=kind, dtype=dtype, network=network, layers=tuple(layers), values=tuple(values)
    )


class _Writer:
    """One layer's arrays, and what stands against them."""

    def __init__(
        self, layer: Layer, letters: Sequence[str], kind: LayerKind, dtype: str, place: str
    ) -> None:
        self.kind, self.dtype, self.place = kind, dtype, place
        self.format: Format = FORMATS[DTYPES[dtype]]
        self.problems: list[str] = []
        self.dim, self.letters = layer.dim, letters
        self.moves: LayerMoves = layer_moves(layer)
        self.shift = _shift(self.moves)
        shifted = [x + self.shift for x in (*self.moves.initial, *_entries(self.moves.codes))]
        # The norm tells numbers of the constant's size apart best.
        self.constant = Fraction(_power_of_two(max(map(abs, shifted))))
        self.scale = Fraction(LEAST)
        smallest = min(abs(x) for x in self._numbers() if x)
        while self.scale * smallest < LEAST:
            self.scale *= 2

    def write(self, emit: Ints, max_bytes: int) -> LayerExport:
        plan, rows, start = self._plan(max_bytes)
        states = [[self.scale * (x + self.shift) for x in code] for code in self.moves.codes]
        self._hold(x for state in states for x in state)
        bits = self._bits(states)
        codes = self._codes(plan, states)
        margin = _margin(codes, emit)
        # The kernel's output, the norm's and its weight's are rounded to the type.
        rounding = 3 * 2.0**-self.format.precision * math.sqrt(plan.value_dim * self.dim)
        if rounding >= margin:
            self.problems.append(
                f"{self.place}: the norm of the output leaves codes that are {2 * margin:.3g} "
                f"apart, and roundings to {self.dtype} can move an output by {rounding:.3g}"
            )
        kind = _numpy(self.dtype)
        return LayerExport(
            arguments=self.kind.arguments(plan),
            parameters={
                name: tensor.astype(kind) for name, tensor in self.kind.tensors(plan).items()
            },
            inputs=np.eye(len(plan.betas), plan.hidden).astype(kind),
            rows=rows,
            start=start,
            codes=codes,
            emit=emit,
            bits=bits,
            margin=margin,
            rounding=rounding,
        )

    def _numbers(self) -> Iterator[Fraction]:
        """Yield everything that goes through SiLU as a value, over the scale."""
        for move in self._all_moves():
            yield from self._value(move)

    def _all_moves(self) -> Iterator[Move]:
        yield from self._first_moves()
        for letter in self.letters:
            yield from self.moves.moves[letter]

    def _first_moves(self) -> list[Move]:
        """Return what writes the initial state, of the state before it is shifted."""
        return [
            Move(OVERWRITE, tuple(Fraction(int(i == j)) for j in range(self.dim)), x)
            for i, x in enumerate(self.moves.initial)
        ]

    def _value(self, move: Move) -> tuple[Fraction, Fraction]:
        """Return the values of both channels, over the scale."""
        total = sum(move.key, Fraction(0))
        return move.write + self.shift * total, self.constant * total

    def _plan(self, max_bytes: int) -> tuple[Plan, Ints, Ints]:
        """Return what the layer computes at every row, the rows of letters, the first rows."""
        gathered = self.moves.most if self.kind.gathers else 1
        positions = -(-self.moves.most // gathered)
        letters = [self.moves.moves[letter] for letter in self.letters]
        table = [
            [*letter[p * gathered : (p + 1) * gathered]]
            for letter in letters
            for p in range(positions)
        ]
        first = self._first_moves()
        table += [first[i : i + gathered] for i in range(0, len(first), gathered)]
        width, hidden = WIDTH, -(-max(len(table), self.dim) // WIDTH) * WIDTH
        while width < self.dim:
            width *= 4  # a power of 4, whose square root is exact
        shape = len(table), gathered
        size = 8 * hidden * self.dim * gathered * 3 * (width + WIDTH)
        if size > max_bytes:
            raise LimitReached("bytes of the layer", max_bytes, reached=size, option="--max-memory")
        keys, values = np.zeros((*shape, width)), np.zeros((*shape, WIDTH))
        betas = np.zeros(shape)
        for r, moves in enumerate(table):
            for j, move in enumerate(moves):
                held = [self.scale * x for x in self._value(move)]
                self._hold([*(k * Fraction(KEY) for k in move.key), *held])
                keys[r, j, : self.dim] = [float(k) for k in move.key]
                values[r, j, :2] = [float(x) for x in held]
                betas[r, j] = float(move.beta)
        plan = Plan(
            hidden=hidden, heads=self.dim, key_dim=width, value_dim=WIDTH,
            keys=keys, values=values, betas=betas, dtype=self.dtype,
        )  # fmt: skip
        count = len(letters) * positions
        rows = np.arange(count, dtype=np.int32).reshape(len(letters), positions)
        return plan, rows, np.arange(count, len(table), dtype=np.int32)

    def _hold(self, numbers: Any) -> None:
        """Note the numbers that the type does not hold."""
        for number in numbers:
            if number != Fraction(nearest(number, self.format)) and len(self.problems) < LISTED:
                problem = f"{self.place}: {self.dtype} does not hold {number}"
                if problem not in self.problems:
                    self.problems.append(problem)

    def _bits(self, states: Sequence[Sequence[Fraction]]) -> int:
        """Return the significant bits of the recurrence of channel 0, the larger of the two."""
        letters = (
            [(move, float(self.scale * self._value(move)[0])) for move in self.moves.moves[letter]]
            for letter in self.letters
        )
        bits = recurrence_bits(np.array([[float(x) for x in row] for row in states]), letters)
        if bits > SUM_BITS:
            self.problems.append(
                f"{self.place}: the recurrence takes sums of {bits} bits, and float32 keeps "
                f"{SUM_BITS}"
            )
        return bits

    def _codes(self, plan: Plan, states: Sequence[Sequence[Fraction]]) -> Float64s:
        """Return the outputs at each code, float64."""
        root = math.sqrt(plan.key_dim)
        u = np.array([[float(x) for x in state] for state in states]) / root
        c = float(self.scale * self.constant) / root
        return u / np.sqrt((u**2 + c**2) / plan.value_dim + self.kind.norm_eps)


def _shift(moves: LayerMoves) -> Fraction:
    """Return the least integer that makes all values non-negative when states are shifted by it."""
    needed = [-x for x in moves.initial]
    for letter in moves.moves.values():
        needed += [-move.write / sum(move.key) for move in letter]
    return Fraction(max(0, *(math.ceil(x) for x in needed)))


def _entries(vectors: Sequence[Key]) -> Iterator[Fraction]:
    for vector in vectors:
        yield from vector


def _power_of_two(number: Fraction) -> int:
    """Return the least power of two that is at least a number, and at least 1."""
    return 1 << max(0, math.ceil(number) - 1).bit_length()


def _margin(codes: Float64s, emit: Ints) -> float:
    """Return half the least distance of two codes after which something differs."""
    least = math.inf
    for c in range(len(codes) - 1):
        differs = (emit[c + 1 :] != emit[c]).any(axis=1)
        distance = np.linalg.norm(codes[c + 1 :] - codes[c], axis=1)
        least = min(least, float(distance[differs].min(initial=math.inf)))
    return least / 2


def _numpy(dtype: str) -> np.dtype[Any]:
    import ml_dtypes

    return np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else np.float32)
