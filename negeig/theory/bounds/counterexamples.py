"""Layers that escape the limit on one contractive layer, outside its model of arithmetic.

The limit is about finitely many exact states. A contraction that shrinks its state for ever has
infinitely many, and the direction of the state can carry what the length of the word cannot wear
out. Whether rounding keeps that direction is another question, which
:mod:`negeig.precision.closure.escapes` decides by closure, in a stated arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.theory.exact.numbers import Matrix
from negeig.theory.networks.network import DenseStep, LinearRNN
from negeig.theory.networks.one_layer import one_layer

SHRINK = Fraction(9, 16)
"""Factor of :func:`decaying_state`: above 1/2, so that rounding to nearest keeps the least
positive number, and at most 1/sqrt(3), so that merging three states still is a contraction."""

MAX_MERGED = 3
"""Most states that one letter may send to the same state in :func:`decaying_state`."""

MAX_STATES = 64
"""Largest machine a dense layer is written down for."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Escape:
    """One layer of Euclidean norm below 1 that never reaches its limit point 0.

    Attributes
    ----------
    name : str
        ``"decaying-sign"`` or ``"decaying-state"``.
    network : LinearRNN
        One layer of dense steps, no writes. In exact arithmetic it is right on every word if its
        decoder reads as ``decoder`` says; its exact states are infinitely many.
    norm_squared : Fraction
        A bound on the squared Euclidean norm of every letter's matrix, below 1.
    decoder : str
        ``"sign"``: the sign bit of the first coordinate, that of a zero included; code 0 stands
        for +, code 1 for -. ``"nearest"``: the nearest code, as everywhere else.
    idea : str
        How it works, in one sentence.
    """

    name: str
    network: LinearRNN
    norm_squared: Fraction
    decoder: Literal["sign", "nearest"]
    idea: str


def escapes(machine: Machine) -> tuple[Escape, ...]:
    """Return the layers that apply to a minimal machine, the smaller first.

    Examples
    --------
    >>> first = Machine(alphabet="ab", transitions=[[1, 2], [1, 1], [2, 2]], initial=0,
    ...                 outputs=[0, 1, 0])
    >>> [(escape.name, str(escape.norm_squared)) for escape in escapes(first)]
    [('decaying-sign', '13/25'), ('decaying-state', '81/128')]
    """
    found = (decaying_sign(machine), decaying_state(machine))
    return tuple(escape for escape in found if escape is not None)


def decaying_sign(machine: Machine) -> Escape | None:
    """Return a layer of dimension 2 where the first letter decides between two answers, or None.

    From h = (1, -1) the first letter leads to (s, s) with s = 2/5 or -2/5. Both matrices have
    positive entries and rows of sum 3/5, so the sign stays and the state shrinks.
    """
    targets = machine.transitions[machine.initial].tolist()
    ends = list(dict.fromkeys(targets))
    stay = all((machine.transitions[q] == q).all() for q in ends)
    if not stay or len(ends) != 2 or machine.initial in ends:
        return None
    large, small = Fraction(1, 2), Fraction(1, 10)
    rows = {ends[0]: (large, small), ends[1]: (small, large)}
    one = Fraction(1)
    points = {ends[0]: (one, one), ends[1]: (-one, -one), machine.initial: (one, -one)}
    order = [*ends, machine.initial]
    network = _dense_layer(
        machine,
        initial=(one, -one),
        matrices=[(rows[q], rows[q]) for q in targets],
        codes=[points[q] for q in order],
        states=order,
    )
    return Escape(
        name="decaying-sign",
        network=network,
        norm_squared=2 * (large**2 + small**2),
        decoder="sign",
        idea="the first letter decides the sign of the state; every letter keeps it and shrinks "
        "the state towards 0",
    )


def decaying_state(machine: Machine) -> Escape | None:
    """Return a layer with one coordinate a state, or None where a letter merges too many states.

    The matrix of a letter is :data:`SHRINK` times its 0/1 transition matrix, whose squared norm
    is the largest number of states with the same image. After t letters the state is SHRINK^t
    times a unit vector: the nearest code is always that of the machine's state.
    """
    size = machine.size
    if size < 2 or size > MAX_STATES:
        return None
    merged = max(int(np.bincount(column).max()) for column in machine.transitions.T)
    if merged > MAX_MERGED:
        return None
    zero, one = Fraction(0), Fraction(1)
    units = [tuple(one if r == q else zero for r in range(size)) for q in range(size)]
    network = _dense_layer(
        machine,
        initial=units[machine.initial],
        matrices=[
            tuple(tuple(SHRINK if image == r else zero for image in column) for r in range(size))
            for column in machine.transitions.T.tolist()
        ],
        codes=units,
        states=list(range(size)),
    )
    return Escape(
        name="decaying-state",
        network=network,
        norm_squared=SHRINK**2 * merged,
        decoder="nearest",
        idea="one coordinate a state, of which one is positive: letters move it and shrink it by "
        f"{SHRINK}, which rounding to nearest never takes to 0",
    )


def _dense_layer(
    machine: Machine,
    *,
    initial: tuple[Fraction, ...],
    matrices: Sequence[Matrix],
    codes: Sequence[tuple[Fraction, ...]],
    states: Sequence[int],
) -> LinearRNN:
    """Return a layer of dense steps without writes; code i stands for state ``states[i]``."""
    zero = tuple(Fraction(0) for _ in initial)
    network = one_layer(
        machine,
        initial=initial,
        steps=[(DenseStep(matrix, zero),) for matrix in matrices],
        codes=codes,
    )
    (layer,) = network.layers
    emit = tuple(layer.emit[q] for q in states)
    return replace(network, layers=(replace(layer, emit=emit),))
