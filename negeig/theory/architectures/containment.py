"""Whether an architecture has the matrices of a network: ranges closed, head by head.

A layer has as many heads, and as many channels, as are wanted. A channel of a diagonal layer is
multiplied by its gate and written to, but not where the gate is 1: in much code the write is what
the gate leaves (``1 - f``, or the step size), so a channel that keeps all takes nothing in.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

from negeig.theory.architectures.architecture import Architecture
from negeig.theory.exact.linear_algebra import is_orthogonal, multiply, transpose
from negeig.theory.exact.numbers import Matrix
from negeig.theory.networks.heads import Line, head_matrix, heads, lines
from negeig.theory.networks.network import Layer, LinearRNN
from negeig.theory.spectra.networks import is_householder

MAX_DIMENSION = 32
"""Largest head whose matrices are multiplied to see whether they commute."""


def has_steps(architecture: Architecture, network: LinearRNN) -> bool:
    """Whether a delta rule has the steps of every head.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.architectures import find
    >>> from negeig.theory.constructions.groups.cyclic_sums import construct
    >>> network = construct(get("mod:6").minimal())[0].network
    >>> network.layers[0].steps_per_token  # one in the head modulo 2, two in that modulo 3
    3
    >>> has_steps(find("deltaproduct-2-negative"), network)
    True
    """
    low, most = architecture.low, architecture.steps
    if low is None:
        return False
    for steps in _by_head(network):
        if steps is None or (most is not None and len(steps) > most):
            return False
        if not all(_is_within(line, low) for line in steps):
            return False
    return True


def has_channels(architecture: Architecture, network: LinearRNN) -> bool:
    """Whether a diagonal architecture has the channels of a network, in a basis of its choice.

    Where the matrix does not depend on the letter, all letters have to share the gates.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.architectures import find
    >>> from negeig.theory.constructions.groups.rotations import construct
    >>> network = construct(get("mod:3").minimal())[0].network
    >>> [has_channels(find(name), network) for name in ("gateloop", "mamba-negative")]
    [True, False]
    """
    if not architecture.input_dependent:
        return _shares_gates(network)
    if architecture.inside == "complex-diagonal":
        turns = is_householder(network, low=-1) and all(map(_turns, network.layers))
        return turns and (not architecture.unitary or all(map(_keeps_lengths, network.layers)))
    return _has_gates(network, 0 if architecture.inside == "nonnegative-diagonal" else -1)


@lru_cache(maxsize=64)  # every architecture asks about the same few networks
def _by_head(network: LinearRNN) -> tuple[list[Line] | None, ...]:
    """Return the steps of every letter in every head."""
    return tuple(
        lines(layer, letter, head)
        for layer in network.layers
        for head in heads(layer)
        for letter in layer.alphabet
    )


def _is_within(line: Line, least: int) -> bool:
    """Whether a step has an eigenvalue from ``least`` to 1 and adds nothing where that is 1."""
    return line.is_step and not (line.factor < least or line.factor > 1)


def _has_gates(network: LinearRNN, least: int) -> bool:
    """Whether every head is one channel, with a gate from ``least`` to 1."""
    return all(len(head) == 1 for layer in network.layers for head in heads(layer)) and all(
        steps is not None and all(_is_within(line, least) for line in steps)
        for steps in _by_head(network)
    )


def _shares_gates(network: LinearRNN) -> bool:
    """Whether every channel has one gate in [0, 1), whatever the letter."""
    if not _has_gates(network, 0):
        return False
    for layer in network.layers:
        for head in heads(layer):
            moved = [lines(layer, letter, head) for letter in layer.alphabet]
            gates = {line.factor for steps in moved for line in steps or ()}
            if len(gates) != 1 or not all(moved) or gates == {1}:
                return False
    return True


def _turns(layer: Layer) -> bool:
    """Whether the letters' matrices are diagonal in one orthonormal basis of complex vectors.

    Those that are normal and commute are: the spectral theorem.
    """
    for head in heads(layer):
        if len(head) > MAX_DIMENSION:
            return False
        matrices = list(dict.fromkeys(head_matrix(layer, a, head) for a in layer.alphabet))
        if not all(_is_normal(matrix) for matrix in matrices):
            return False
        if any(multiply(m, n) != multiply(n, m) for m, n in combinations(matrices, 2)):
            return False
    return True


def _is_normal(matrix: Matrix) -> bool:
    turned = transpose(matrix)
    return multiply(matrix, turned) == multiply(turned, matrix)


def _keeps_lengths(layer: Layer) -> bool:
    """Whether every letter's matrix is orthogonal."""
    return all(is_orthogonal(layer.letter_matrix(letter)) for letter in layer.alphabet)
