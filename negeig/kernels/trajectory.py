"""The exact states of a network at every position of a batch of words.

Each layer's states are numbered as they are met, so that a network whose exact orbit is finite
moves each state once for every letter, however long the words are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from negeig.arrays import Ints
from negeig.theory.exact.numbers import Vector
from negeig.theory.networks.network import Layer, LinearRNN, Step


@dataclass(frozen=True, eq=False, kw_only=True)
class LayerTrajectory:
    """What one layer reads and the states that it goes through, exactly.

    Parameters
    ----------
    layer : Layer
    steps : int
        Positions of a token: the same for all layers, the most steps that any letter takes.
    letters : int32 (words, length)
        What the layer reads, numbered as its alphabet.
    points : tuple of Vector
        The distinct states; the first is the initial one.
    before, after : int32 (words, length, steps)
        The state before and after each position; where a letter has no step it stays.
    """

    layer: Layer
    steps: int
    letters: Ints
    points: tuple[Vector, ...]
    before: Ints
    after: Ints

    @cached_property
    def moves(self) -> list[tuple[Vector, Step]]:
        """The distinct pairs of a state and a step taken there, in the order of their numbers."""
        letters = self.layer.alphabet
        found = []
        for j in range(self.steps):
            has = np.array([len(self.layer.steps[letter]) > j for letter in letters])
            pairs = np.stack([self.before[:, :, j], self.letters], axis=-1)[has[self.letters]]
            for number, a in np.unique(pairs, axis=0).tolist():
                found.append((self.points[number], self.layer.steps[letters[a]][j]))
        return found


def trajectory(network: LinearRNN, words: Ints) -> tuple[list[LayerTrajectory], list[list[str]]]:
    """Run words through a network in exact arithmetic.

    Parameters
    ----------
    network : LinearRNN
        Right on these words: where no step contracts every state equals a code.
    words : int32 (words, length)
        Letters, numbered as the network's alphabet.

    Returns
    -------
    layers : list of LayerTrajectory
    symbols : list of list of str
        What the last layer emits at every position, a list for each word.

    Examples
    --------
    >>> import negeig
    >>> layers, symbols = trajectory(negeig.compile("(11)*").network, np.zeros((1, 3), np.int32))
    >>> layers[0].after[0].tolist(), [str(x) for (x,) in layers[0].points], symbols
    ([[1], [0], [1]], ['1', '-1'], [['0', '1', '0']])
    """
    steps = max((layer.steps_per_token for layer in network.layers), default=0) or 1
    symbols = [[network.alphabet[a] for a in word] for word in words.tolist()]
    layers = []
    for layer in network.layers:
        walk = _Walk(layer, steps)
        number = {letter: a for a, letter in enumerate(layer.alphabet)}
        letters = np.array([[number[s] for s in word] for word in symbols], np.int32)
        shape = (*words.shape, steps)
        rows = [walk.word(word) for word in letters.tolist()]
        after = np.array([row for row, _ in rows], np.int32).reshape(shape)
        symbols = [emitted for _, emitted in rows]
        before = np.concatenate(
            [np.zeros((len(words), 1), np.int32), after.reshape(len(words), -1)[:, :-1]], axis=1
        ).reshape(shape)
        layers.append(
            LayerTrajectory(
                layer=layer,
                steps=steps,
                letters=letters,
                points=tuple(walk.number),
                before=before,
                after=after,
            )
        )
    return layers, symbols


class _Walk:
    """One layer, moved from state to state; every state and move is computed once."""

    def __init__(self, layer: Layer, steps: int) -> None:
        self.layer, self.steps = layer, steps
        self.number: dict[Vector, int] = {layer.initial: 0}
        self.points = [layer.initial]
        self.moves: dict[tuple[int, int], tuple[list[int], str]] = {}

    def word(self, letters: list[int]) -> tuple[list[list[int]], list[str]]:
        """Return the states after every position, and the symbols emitted."""
        state, states, symbols = 0, [], []
        for a in letters:
            passed, symbol = self.moves.get((state, a)) or self._move(state, a)
            state = passed[-1]
            states.append(passed)
            symbols.append(symbol)
        return states, symbols

    def _move(self, state: int, a: int) -> tuple[list[int], str]:
        point, passed = self.points[state], []
        for step in self.layer.steps[self.layer.alphabet[a]]:
            point = step.apply(point)
            if point not in self.number:
                self.number[point] = len(self.points)
                self.points.append(point)
            passed.append(self.number[point])
        passed += [passed[-1] if passed else state] * (self.steps - len(passed))
        move = passed, self.layer.emit[self.layer.nearest(point)][a]
        self.moves[state, a] = move
        return move
