"""What a network asks of an implementation: all that a proof through it, or a run, is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from negeig.kernels.positions import decay_of, key_square
from negeig.precision.closure.decode import to_float
from negeig.theory.exact.number_text import value_text
from negeig.theory.exact.numbers import Number
from negeig.theory.networks.network import DeltaStep, DenseStep, LinearRNN, Step


@dataclass(frozen=True, kw_only=True)
class Uses:
    """The inputs that a network's letters give an implementation, exact, before any rounding.

    Attributes
    ----------
    beta, key_squares, decay : tuple of Number
        Of its steps, and squared lengths of their keys, without repetition, ascending. Steps that
        do nothing are left out; a decay of 1 is none.
    steps : tuple of int
        Delta steps and decays of a letter, ascending.
    writes : bool
        Whether a value that is not 0 is written.
    reflects : bool
        Whether an eigenvalue is negative.
    """

    beta: tuple[Number, ...]
    key_squares: tuple[Number, ...]
    decay: tuple[Number, ...]
    steps: tuple[int, ...]
    writes: bool
    reflects: bool

    @property
    def beta_above_1(self) -> bool:
        """Whether an implementation that cuts beta off at 1 is given any that it changes."""
        return any(beta > 1 for beta in self.beta)

    def to_json(self) -> dict[str, Any]:
        """Return it as ``uses``: numbers as exact texts."""
        return {
            "beta": [value_text(x) for x in self.beta],
            "squared_key_lengths": [value_text(x) for x in self.key_squares],
            "decay": [value_text(x) for x in self.decay],
            "steps": list(self.steps),
            "writes": self.writes,
        }


def uses(*networks: LinearRNN) -> Uses:
    """Return what the letters of all layers of some networks use. O(steps x dim).

    Examples
    --------
    >>> from negeig.kernels.standard_suite import TASKS
    >>> parity, swaps = TASKS["parity"].network, TASKS["s3-swaps"].network
    >>> uses(parity).to_json()["beta"], uses(parity).beta_above_1
    (['2'], True)
    >>> uses(swaps).to_json(), uses(swaps).beta_above_1  # doctest: +NORMALIZE_WHITESPACE
    ({'beta': ['1'], 'squared_key_lengths': ['2'], 'decay': [], 'steps': [0, 1],
      'writes': False}, False)
    """
    layers = [layer for network in networks for layer in network.layers]
    letters = {id(row): row for layer in layers for row in layer.steps.values()}  # many are shared
    steps: list[Step] = [step for row in letters.values() for step in row]
    moves = [s for s in steps if isinstance(s, DeltaStep) and s.beta != 0 and key_square(s) != 0]
    decays = [decay_of(step) for step in steps if isinstance(step, DenseStep)]
    return Uses(
        beta=_distinct(step.beta for step in moves),
        key_squares=_distinct(key_square(step) for step in moves),
        decay=_distinct(factor for factor in decays if factor is not None and factor != 1),
        steps=tuple(sorted({len(row) for row in letters.values()})),
        writes=any(step.write != 0 for step in moves),
        reflects=any(step.eigenvalue < 0 for step in moves),
    )


def _distinct(numbers: Iterable[Number]) -> tuple[Number, ...]:
    """Return numbers without repetition, ascending, also those of several fields."""
    by_text = {value_text(number): number for number in numbers}
    return tuple(sorted(by_text.values(), key=to_float))
