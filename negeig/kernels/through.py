"""An implementation's own transitions: what it returns for one token, from states it returned.

The states are the bits that it hands on. :class:`Through` is a semantics like those of the
arithmetics, so that the same exploration proves or refutes; it asks for many (state, letter) pairs
in one call, and for each pair of a layer once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple, TypeAlias

import numpy as np

from negeig.arrays import Float32s, Ints
from negeig.claims import Letter, NegeigError, Progress, Stopped
from negeig.kernels.implementation import Implementation, Kernel, Misbehaved
from negeig.kernels.positions import Positions
from negeig.kernels.raised import told
from negeig.precision.closure.decode import decoder_of
from negeig.precision.numbers.formats import FORMATS
from negeig.precision.stored import store
from negeig.theory.networks.network import Layer, LinearRNN

Stack: TypeAlias = tuple[int, ...]
"""A state of the whole network: the number of each layer's state."""

MOST_ROWS = 4096
"""Rows of one call at most."""

NUMBERS = 16
"""Arrays of the size of the keys of all heads that a call may hold at once."""


class Move(NamedTuple):
    """What one token does to a state of a layer.

    ``read`` are the bits that were read and decoded, ``symbol`` what they emit, None for none.
    """

    after: int
    read: bytes
    symbol: Letter | None


class LayerTable:
    """States of one layer by the bits that are handed on, and the moves that are known.

    A call takes ``tokens`` letters at most, ``rows`` of them as rows of one.

    Two states are the same where the same bits were handed on and read: what is read need not be a
    function of what is handed on. Every NaN is the same; +0 and -0 are not.
    """

    def __init__(self, layer: Layer, positions: Positions, tokens: int) -> None:
        self.layer, self.positions = layer, positions
        self.tokens, self.rows = tokens, min(MOST_ROWS, tokens)
        self.nearest = decoder_of(layer).nearest
        self.letter = {letter: a for a, letter in enumerate(layer.alphabet)}
        self.moves: dict[tuple[int, int], Move] = {}
        self.handed = bits(positions.initial[None])
        self._numbers: dict[tuple[bytes, bytes | None], int] = {(self.handed[0], None): 0}
        self._first_read: dict[bytes, bytes] = {}
        self._codes: dict[bytes, int | None] = {}

    def states(self, numbers: Sequence[int]) -> Float32s:
        """Return states by their numbers: float32 (rows, dim)."""
        flat = b"".join(self.handed[number] for number in numbers)
        return np.frombuffer(flat, np.float32).reshape(len(numbers), self.layer.dim).copy()

    def learn(self, pair: tuple[int, int], handed: bytes, read: bytes) -> None:
        """Note what a call gave for a state and a letter."""
        first = self._first_read.setdefault(handed, read)
        key = (handed, None if read == first else read)
        number = self._numbers.setdefault(key, len(self.handed))
        if number == len(self.handed):
            self.handed.append(handed)
        self.moves[pair] = Move(number, read, self.symbol(read, pair[1]))

    def symbol(self, read: bytes, letter: int) -> Letter | None:
        """Return what is emitted after a letter, exactly decoded; None for infinity and NaN."""
        if read not in self._codes:
            values = np.frombuffer(read, np.float32).tolist()
            self._codes[read] = self.nearest(values)
        code = self._codes[read]
        return None if code is None else self.layer.emit[code][letter]


class Through:
    """A network as an implementation computes it, one token a call.

    A :class:`~negeig.theory.closure.explore.Semantics`: a layer whose state is infinite or NaN
    emits nothing, and the layers above it read no letter and keep their state.

    Parameters
    ----------
    one : Implementation
        Not chunked, and one that :func:`negeig.kernels.conforming.refusal` does not refuse.
    kernel : Kernel
    network : LinearRNN
        Its steps are rounded to ``dtype``, its initial states to float32, to nearest even.
    dtype : str
        Format of the inputs.
    max_memory : int
        Bytes that a call may take, about.
    progress : callable, optional
        Called before each call with the number of states met.

    Raises
    ------
    Misbehaved
        By every method that calls, when a call raises or returns another shape, or no state.

    Examples
    --------
    >>> from negeig.kernels.registry import find
    >>> from negeig.kernels.standard_suite import TASKS
    >>> (cpu,) = find(("negeig.cpu",))
    >>> run = Through(cpu, cpu.kernel(), TASKS["parity"].network, "fp32")
    >>> run.step(run.initial(), "1"), len(run.layers[0].handed)
    (((1,), '1'), 2)
    """

    def __init__(
        self,
        one: Implementation,
        kernel: Kernel,
        network: LinearRNN,
        dtype: str,
        max_memory: int = 4 << 30,
        progress: Progress | None = None,
    ) -> None:
        self.one, self.kernel, self.network, self.dtype = one, kernel, network, dtype
        self.progress = progress
        self.stopped: Stopped | None = None
        stored, _ = store(network, FORMATS[dtype])
        self.layers = []
        for layer, arrays in zip(network.layers, stored.layers, strict=True):
            positions = Positions.of(layer, arrays)
            width = 4 * layer.dim  # padding of keys included
            row = 4 * NUMBERS * positions.steps * layer.dim * width
            self.layers.append(LayerTable(layer, positions, max(1, max_memory // row)))
        self._seen: set[Stack] = {self.initial()}
        self._waiting: dict[Stack, None] = {self.initial(): None}

    def initial(self) -> Stack:
        """Return the state of the whole network before the first letter."""
        return (0,) * len(self.network.layers)

    @property
    def met(self) -> int:
        """States of the whole network met."""
        return len(self._seen)

    def step(self, state: Stack, letter: Letter) -> tuple[Stack, Letter | None]:
        """Read one letter; the first of several states that wait asks for all of them."""
        if state in self._waiting:
            self._expand()
        after = list(state)
        symbol: Letter | None = letter
        for i, table in enumerate(self.layers):
            if symbol is None or symbol not in table.letter:
                symbol = None
                break
            move = self.move(i, state[i], table.letter[symbol])
            after[i], symbol = move.after, move.symbol
        found = tuple(after)
        if found not in self._seen:
            self._seen.add(found)
            self._waiting[found] = None
        return found, symbol

    def move(self, layer: int, state: int, letter: int) -> Move:
        """Return what a letter does to a state of a layer, from a call where it is not known."""
        table = self.layers[layer]
        if (state, letter) not in table.moves:
            self._ask(layer, [(state, letter)])
        return table.moves[state, letter]

    def learn(self, layer: int, pairs: Sequence[tuple[int, int]]) -> None:
        """Learn those of several moves that are not known, together."""
        moves = self.layers[layer].moves
        self._ask(layer, list(dict.fromkeys(pair for pair in pairs if pair not in moves)))

    @property
    def mixes(self) -> bool:
        """Whether calls of several rows can give heads other rows."""
        return self.one.tensors and max(layer.dim for layer in self.network.layers) > 1

    def call(
        self, layer: int, states: Float32s, letters: Ints, *, mixed: bool = False
    ) -> tuple[list[list[bytes]], list[bytes]]:
        """Call the implementation: (rows, length) letters from the given states (rows, dim).

        ``mixed`` gives the heads of a row other rows, where that can be.
        Returns the bits read after every letter, rows of lists, and those handed on.
        """
        table = self.layers[layer]
        rows, length = letters.shape
        steps, dim = table.positions.steps, table.layer.dim
        try:
            if self.progress is not None:
                self.progress(self.met)
            turned = mixed and self.mixes
            asked = table.positions.recurrence(letters, states, self.dtype, turned=turned)
            answer = self.kernel(asked)
            read, final = answer.states, answer.final
            if final is None:
                raise Misbehaved("it hands on no state")
            for what, array, shape in (
                ("states", read, (rows, length * steps, dim)), ("a final state", final, (rows, dim))
            ):  # fmt: skip
                if array.shape != shape or array.dtype != np.float32:
                    found = f"{array.dtype} {array.shape}"
                    raise Misbehaved(f"expected {what} of float32 {shape}, found {found}")
        except Stopped as stopped:
            self.stopped = stopped
            raise
        except NegeigError:
            raise
        except Exception as error:  # an implementation may raise anything
            size = f"{rows:,} rows by {length:,} tokens"
            raise Misbehaved(f"a call of {size}, layer {layer}: {told(error)}") from error
        flat = bits(read[:, steps - 1 :: steps].reshape(rows * length, dim))
        return [flat[i * length : (i + 1) * length] for i in range(rows)], bits(final)

    def _ask(self, layer: int, pairs: Sequence[tuple[int, int]]) -> None:
        """Learn the moves of (state, letter) pairs, as many in a call as memory allows."""
        table = self.layers[layer]
        for start in range(0, len(pairs), table.rows):
            piece = pairs[start : start + table.rows]
            letters = np.array([[a] for _, a in piece], np.int32)
            read, handed = self.call(layer, table.states([s for s, _ in piece]), letters)
            for pair, (seen,), after in zip(piece, read, handed, strict=True):
                table.learn(pair, after, seen)

    def _expand(self) -> None:
        """Learn, layer after layer, all that the states that wait need under every letter."""
        states = list(islice(self._waiting, MOST_ROWS))
        for state in states:
            del self._waiting[state]
        edges: list[tuple[Stack, Letter]] = [
            (state, letter) for state in states for letter in self.network.alphabet
        ]
        for i, table in enumerate(self.layers):
            pairs = [(state[i], table.letter[a]) for state, a in edges if a in table.letter]
            self.learn(i, pairs)
            emitted = [
                (state, table.moves[state[i], table.letter[a]].symbol)
                for state, a in edges
                if a in table.letter
            ]
            edges = [(state, symbol) for state, symbol in emitted if symbol is not None]


def bits(states: Float32s) -> list[bytes]:
    r"""Return the bit patterns of states (rows, dim), every NaN the same.

    Examples
    --------
    >>> bits(np.array([[0.0], [-0.0]], np.float32))
    [b'\x00\x00\x00\x00', b'\x00\x00\x00\x80']
    """
    same = np.where(np.isnan(states), np.float32(np.nan), states).astype(np.float32)
    return [row.tobytes() for row in same]
