"""Exact spectra of a network's matrices: which of the classes that limits speak of it belongs to.

Nothing here is decided with floating eigenvalues: signs are exact, and eigenvalues are counted by
:mod:`negeig.theory.spectra`.
"""

from __future__ import annotations

from typing import Any

from negeig.claims import Letter
from negeig.theory.exact.linear_algebra import dot, transpose
from negeig.theory.exact.numbers import FieldElement, Matrix
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from negeig.theory.spectra import product_spectrum, spectrum

MAX_DIMENSION = 100
"""Largest block whose eigenvalues are counted; beyond it nothing is claimed."""

MAX_FIELD_DIMENSION = 8
"""The same for entries in a number field, so that asking about a network stays cheap."""


def has_real_spectrum(network: LinearRNN, *, nonnegative: bool) -> bool:
    """Whether every letter's matrix in every layer is shown to have real eigenvalues (>= 0).

    Exact. False also where it was not decided: for letters with both steps and moved
    coordinates more than 100, or more than 8 with entries in a number field.

    Examples
    --------
    >>> from fractions import Fraction
    >>> one = Fraction(1)
    >>> swap = DeltaStep(one, (one, -one), 0 * one)
    >>> layer = Layer(alphabet=("a",), initial=(one, 0 * one), steps={"a": (swap,)},
    ...               codes=((one, 0 * one), (0 * one, one)), emit=(("0",), ("1",)))
    >>> net = LinearRNN(alphabet=("a",), layers=(layer,), outputs={"0": 0, "1": 1}, empty=0)
    >>> has_real_spectrum(net, nonnegative=False), has_real_spectrum(net, nonnegative=True)
    (True, False)
    """
    return all(
        _is_real(layer, letter, nonnegative) for layer in network.layers for letter in layer.steps
    )


def is_diagonal(network: LinearRNN, *, nonnegative: bool = False) -> bool:
    """Whether every step of every layer has a diagonal matrix (with entries >= 0)."""
    return all(
        step_is_diagonal(step) and (not nonnegative or _is_real(layer, letter, True))
        for layer in network.layers
        for letter, steps in layer.steps.items()
        for step in steps
    )


def is_positive_symmetric(network: LinearRNN) -> bool:
    """Whether every letter's matrix in every layer is shown to be symmetric, eigenvalues >= 0.

    Exact. False also where it was not decided, as for :func:`has_real_spectrum`.

    Examples
    --------
    >>> from fractions import Fraction
    >>> one = Fraction(1)
    >>> keep, flip = DeltaStep(one / 2, (one, one), one), DeltaStep(one, (one, one), one)
    >>> def network(step):
    ...     layer = Layer(alphabet=("a",), initial=(one, one), steps={"a": (step,)},
    ...                   codes=((one, one),), emit=(("0",),))
    ...     return LinearRNN(alphabet=("a",), layers=(layer,), outputs={"0": 0}, empty=0)
    >>> [is_positive_symmetric(network(step)) for step in (keep, flip)]
    [True, False]
    """
    return all(
        _is_symmetric(layer, letter) and _is_real(layer, letter, True)
        for layer in network.layers
        for letter in layer.steps
    )


def _is_symmetric(layer: Layer, letter: Letter) -> bool:
    steps = layer.steps[letter]
    if len(steps) <= 1 and all(isinstance(step, DeltaStep) for step in steps):
        return True
    if layer.dim > MAX_DIMENSION:
        return False
    matrix = layer.letter_matrix(letter)
    return matrix == transpose(matrix)


def step_is_diagonal(step: Any) -> bool:
    """Whether a step's matrix is diagonal: a key with one entry, or a diagonal dense matrix."""
    if isinstance(step, DeltaStep):
        return sum(k != 0 for k in step.key) <= 1 or step.beta == 0
    return all(x == 0 for i, row in enumerate(step.matrix) for j, x in enumerate(row) if i != j)


def is_householder(network: LinearRNN, *, low: int) -> bool:
    """Whether all steps are generalised Householder factors with eigenvalues in [low, 1]."""
    return all(
        isinstance(step, DeltaStep) and not (step.eigenvalue < low or step.eigenvalue > 1)
        for layer in network.layers
        for steps in layer.steps.values()
        for step in steps
    )


def _is_real(layer: Layer, letter: Letter, nonnegative: bool) -> bool:
    steps = [s for s in layer.steps[letter] if not isinstance(s, DeltaStep) or s.eigenvalue != 1]
    deltas = [s for s in steps if isinstance(s, DeltaStep)]
    if len(deltas) == len(steps) and len(steps) <= 1:
        return not nonnegative or not any(s.eigenvalue < 0 for s in deltas)
    matrix = layer.letter_matrix(letter)
    n = range(layer.dim)
    # A row of the identity splits off a factor x - 1 of the characteristic polynomial.
    moved = [i for i in n if any(matrix[i][j] != (i == j) for j in n)]
    block: Matrix = tuple(tuple(matrix[i][j] for j in moved) for i in moved)
    if all(x == 0 for i, row in enumerate(block) for j, x in enumerate(row) if i != j):
        return not nonnegative or not any(row[i] < 0 for i, row in enumerate(block))
    if len(deltas) == len(steps) and len(steps) < len(moved):
        if not _within_limits(len(steps), tuple((*s.key, s.beta) for s in deltas)):
            return False
        gram = tuple(tuple(dot(s.key, t.key) for t in deltas) for s in deltas)
        found = product_spectrum(gram, [s.beta for s in deltas], layer.dim)
    elif _within_limits(len(moved), block):
        found = spectrum(block)
    else:
        return False
    return found.is_nonnegative if nonnegative else found.is_real


def _within_limits(size: int, entries: Matrix) -> bool:
    in_field = any(
        isinstance(x, FieldElement) and x.rational() is None for row in entries for x in row
    )
    return size <= (MAX_FIELD_DIMENSION if in_field else MAX_DIMENSION)
