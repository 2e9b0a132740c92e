"""A layer's letters as positions of a gated delta rule: p steps of a token become p positions.

A position scales the state by its decay and then takes one delta step. A dense step is expressed
where it scales the whole state by a number in [0, 1]; positions that a letter does not need have
decay 1 and key, beta and write 0, which leave the state alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from negeig.arrays import Float32s, Ints
from negeig.kernels.implementation import Recurrence
from negeig.precision.closure.decode import to_float
from negeig.precision.numbers.formats import FP32
from negeig.precision.stored import StoredLayer, nearest
from negeig.theory.exact.numbers import Number
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN, Step

Steps: TypeAlias = tuple[Step, ...]


def _delta(test: Callable[[DeltaStep], bool]) -> Callable[[Steps], bool]:
    return lambda steps: any(isinstance(step, DeltaStep) and test(step) for step in steps)


def key_square(step: DeltaStep) -> Number:
    """Return the squared length of a step's key; exact."""
    square: Number = sum((k * k for k in step.key if k != 0), Fraction(0))
    return square


NEEDS: dict[str, Callable[[Steps], bool]] = {
    "writes": _delta(lambda step: step.write != 0 and step.beta != 0),
    "beta above 1": _delta(lambda step: step.beta > 1),
    "key length": _delta(lambda step: key_square(step) not in (0, 1)),
    "negative eigenvalue": _delta(lambda step: step.eigenvalue < 0),
    "eigenvalue between 0 and 1": _delta(lambda step: 0 < step.eigenvalue < 1),
    "several dimensions": _delta(lambda step: len(step.key) > 1),
    "oblique keys": _delta(lambda step: sum(k != 0 for k in step.key) > 1),
    "decay": lambda steps: any(isinstance(step, DenseStep) for step in steps),
    "late decay": lambda steps: any(decays for decays, _ in list(_positions(steps))[1:]),
}
"""What a letter may need of an interface: a value, a beta beyond a sigmoid's, keys that are not
divided by their length, a step that reflects, one that shrinks, a state of more than one number,
keys along several coordinates, a decay, a decay behind a delta step of the same letter, which needs
one for each position and not for each token."""


def needs(network: LinearRNN) -> list[str]:
    """Return which of ``NEEDS`` some letter of a network has, in that order.

    Examples
    --------
    >>> from negeig.kernels.standard_suite import TASKS
    >>> needs(TASKS["parity"].network)
    ['beta above 1', 'negative eigenvalue']
    >>> needs(TASKS["s3-swaps"].network)
    ['key length', 'negative eigenvalue', 'several dimensions', 'oblique keys']
    """
    letters = {id(row): row for layer in network.layers for row in layer.steps.values()}
    return [name for name, has in NEEDS.items() if any(map(has, letters.values()))]


def inexpressible(network: LinearRNN) -> str | None:
    """Say why no delta rule can express a network, or None where one can."""
    if not network.layers:
        return "the network has no layer: its last letter says everything"
    for i, layer in enumerate(network.layers):
        if not layer.dim:
            return f"layer {i} has no dimension"
        for letter, steps in layer.steps.items():
            for j, step in enumerate(steps):
                if isinstance(step, DenseStep) and decay_of(step) is None:
                    return (
                        f"layer {i}, letter {letter!r}, step {j} is a dense step: only one that "
                        "scales the state by a number in [0, 1] is a decay"
                    )
    return None


def decay_of(step: DenseStep) -> Number | None:
    """Return the factor in [0, 1] by which a dense step scales every state; None if it does not.

    Examples
    --------
    >>> half, zero = Fraction(1, 2), Fraction(0)
    >>> decay_of(DenseStep(((half,),), (zero,))), decay_of(DenseStep(((-half,),), (zero,)))
    (Fraction(1, 2), None)
    """
    factor = step.matrix[0][0]
    scales = all(
        a == (factor if i == j else 0) for i, row in enumerate(step.matrix)
        for j, a in enumerate(row)
    )  # fmt: skip
    within = 0 <= to_float(factor) <= 1
    return factor if scales and within and not any(step.bias) else None


@dataclass(frozen=True, eq=False)
class Positions:
    """The positions of every letter of a layer, padded to the most that any letter has.

    Parameters
    ----------
    steps : int
        Positions of a token, at least 1.
    initial : float32 (dim,)
    decay, beta, write : float32 (letters, steps)
    key : float32 (letters, steps, dim)
    """

    steps: int
    initial: Float32s
    decay: Float32s
    beta: Float32s
    write: Float32s
    key: Float32s

    @classmethod
    def of(cls, layer: Layer, stored: StoredLayer) -> Positions:
        """Lay out a layer in the numbers its steps are stored in; the initial state in float32.

        A decay goes with the delta step after it, the last one into a position of its own.
        """
        rows = [list(_positions(layer.steps[letter])) for letter in layer.alphabet]
        steps = max(1, *map(len, rows))
        shape = (len(rows), steps)
        decay = np.ones(shape, np.float32)
        beta, write = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        key = np.zeros((*shape, layer.dim), np.float32)
        for a, row in enumerate(rows):
            for p, (decays, delta) in enumerate(row):
                start = stored.starts[a]
                for j in decays:
                    decay[a, p] *= stored.matrix[stored.dense[start + j], 0, 0]
                if delta is not None:
                    beta[a, p] = stored.beta[start + delta]
                    write[a, p] = stored.write[start + delta]
                    key[a, p] = stored.key[start + delta]
        initial = np.array([nearest(x, FP32) for x in layer.initial], np.float32)
        return cls(steps, initial, decay, beta, write, key)

    def recurrence(
        self, letters: Ints, initial: Float32s, dtype: str, key_scale: float = 1, **how: Any
    ) -> Recurrence:
        """Return what the words (rows, length) ask of an implementation, from given states.

        ``how`` are ``values``, ``views`` and ``turned`` of the recurrence.
        """
        rows, length = letters.shape
        flat = (rows, length * self.steps)
        return Recurrence(
            dtype=dtype,
            steps=self.steps,
            initial=initial,
            decay=self.decay[letters].reshape(flat),
            beta=self.beta[letters].reshape(flat),
            write=self.write[letters].reshape(flat),
            key=self.key[letters].reshape(*flat, len(self.initial)) * np.float32(key_scale),
            **how,
        )


def _positions(steps: Steps) -> Iterator[tuple[list[int], int | None]]:
    """Group the steps of a letter: numbers of the decays, and of the delta step after them."""
    decays: list[int] = []
    for j, step in enumerate(steps):
        if isinstance(step, DenseStep):
            decays.append(j)
        else:
            yield decays, j
            decays = []
    if decays:
        yield decays, None
