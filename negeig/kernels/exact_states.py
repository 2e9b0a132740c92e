"""The exact states and outputs of a network on words, and the machine that it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from negeig.arrays import Float64s, Ints
from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached, output_text
from negeig.precision.closure.decode import to_float
from negeig.theory.exact.numbers import Vector
from negeig.theory.networks.network import Layer, LinearRNN

MAX_BITS = 2**12
"""Most bits of a rational entry; states that never repeat grow by a few with every letter."""


class ExactRun(NamedTuple):
    """The states and outputs of a network on words, letter by letter.

    Parameters
    ----------
    points : sequence of float64 (states, dim)
        The states of each layer that were met; exact, then rounded once.
    numbers : int32 (layers, rows, length)
        Which of them each layer is in after each letter.
    symbols : int32 (rows, length)
        What the last layer emits, as the network's table of outputs lists it.
    """

    points: list[Float64s]
    numbers: Ints
    symbols: Ints


class ExactWalk:
    """A network's exact run, each (state, letter) pair computed once.

    A state is one number for each layer, of its vector among those met.
    """

    def __init__(self, network: LinearRNN) -> None:
        self.network = network
        self.layers = [_Walk(layer) for layer in network.layers]
        self._known: dict[tuple[tuple[int, ...], str], tuple[tuple[int, ...], str]] = {}

    def initial(self) -> tuple[int, ...]:
        """Return the state before the first letter."""
        return (0,) * len(self.layers)

    def step(self, state: tuple[int, ...], letter: str) -> tuple[tuple[int, ...], str]:
        """Return the state after a letter, and the symbol of the last layer.

        Raises LimitReached where the entries of a state have more than ``MAX_BITS`` bits.
        """
        known = self._known.get((state, letter))
        if known is None:
            after, symbol = [], letter
            for layer, number in zip(self.layers, state, strict=True):
                number, symbol = layer.step(number, symbol)
                after.append(number)
            known = self._known[state, letter] = tuple(after), symbol
        return known

    def run(self, words: Ints, alphabet: Sequence[str]) -> ExactRun:
        """Follow words, int32 (rows, length), as far as none has states of too many bits.

        Raises LimitReached where that is no letter. O(rows x length) once every pair is known.
        """
        numbers = np.zeros((len(self.layers), *words.shape), np.int32)
        symbols = np.zeros(words.shape, np.int32)
        number = {symbol: i for i, symbol in enumerate(self.network.outputs)}
        length = words.shape[1]
        for row, word in enumerate(words):
            state = self.initial()
            for t, letter in enumerate(word[:length].tolist()):
                try:
                    state, symbol = self.step(state, alphabet[letter])
                except LimitReached:
                    if t == 0:
                        raise
                    length = t
                    break
                numbers[:, row, t] = state
                symbols[row, t] = number[symbol]
        points = [layer.points() for layer in self.layers]
        return ExactRun(points, numbers[:, :, :length], symbols[:, :length])


class _Walk:
    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.letter = {letter: a for a, letter in enumerate(layer.alphabet)}
        self.vectors: list[Vector] = [layer.initial]
        self.numbers = {layer.initial: 0}
        self.known: dict[tuple[int, str], tuple[int, str]] = {}

    def step(self, number: int, letter: str) -> tuple[int, str]:
        pair = (number, letter)
        if pair not in self.known:
            after = self.layer.apply(letter, self.vectors[number])
            symbol = self.layer.emit[self.layer.nearest(after)][self.letter[letter]]
            if after not in self.numbers:
                _check_size(after)
                self.numbers[after] = len(self.vectors)
                self.vectors.append(after)
            self.known[pair] = self.numbers[after], symbol
        return self.known[pair]

    def points(self) -> Float64s:
        rows = [[to_float(x) for x in vector] for vector in self.vectors]
        return np.array(rows, np.float64).reshape(len(rows), self.layer.dim)


def _check_size(vector: Vector) -> None:
    bits = max((_bits(entry) for entry in vector), default=0)
    if bits > MAX_BITS:
        raise LimitReached(
            "bits of an exact state",
            MAX_BITS,
            reached=bits,
            detail="its states never repeat: run fewer tokens",
        )


def _bits(entry: Any) -> int:
    denominator: int = getattr(entry, "denominator", 1)
    return denominator.bit_length()


def machine_of(network: LinearRNN, max_states: int) -> Machine:
    """Return the machine that a network with finitely many exact states is.

    Raises LimitReached beyond ``max_states`` states, as where the states never repeat.
    """
    walk = ExactWalk(network)
    start = (walk.initial(), output_text(network.empty))
    numbers, order, outputs = {start: 0}, [start], [network.empty]
    rows: list[list[int]] = []
    for state, _ in order:
        rows.append([])
        for letter in network.alphabet:
            after, symbol = walk.step(state, letter)
            output = network.outputs[symbol]
            key = (after, output_text(output))
            if key not in numbers:
                numbers[key] = len(order)
                order.append(key)
                outputs.append(output)
                if len(order) > max_states:
                    raise LimitReached(
                        "states of the network", max_states, reached=len(order),
                        option="--max-states", detail="name the language that it is for",
                    )  # fmt: skip
            rows[-1].append(numbers[key])
    return Machine(alphabet=network.alphabet, transitions=rows, initial=0, outputs=outputs)
