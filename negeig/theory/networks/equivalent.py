"""Networks that do exactly the same: another scale of the state, other lengths of the keys.

In exact arithmetic nothing tells them apart. Rounded they differ, so that one may close where
another does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from negeig.theory.exact.numbers import Vector, simplified
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN, Step


def scaled(network: LinearRNN, factor: Fraction) -> LinearRNN:
    """Return the network with every state multiplied by a positive factor. Exact.

    Starts, codes, writes and biases are multiplied; keys, betas and matrices stay.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.constructions.direct import permutation
    >>> network = scaled(permutation.construct(get("mod:3").minimal())[0].network, Fraction(3, 2))
    >>> [str(x) for x in network.layers[0].initial], network.run("111")
    (['3/2', '0', '0'], (1, 0, 0, 1))
    """

    def layer(old: Layer) -> Layer:
        return replace(
            old,
            initial=_times(old.initial, factor),
            steps={letter: tuple(map(step, steps)) for letter, steps in old.steps.items()},
            codes=tuple(_times(code, factor) for code in old.codes),
        )

    def step(old: Step) -> Step:
        if isinstance(old, DeltaStep):
            return replace(old, write=simplified(old.write * factor))
        return replace(old, bias=_times(old.bias, factor))

    return replace(network, layers=tuple(map(layer, network.layers)))


def with_key_lengths(
    network: LinearRNN, factor: Callable[[DeltaStep], Fraction | None]
) -> LinearRNN:
    """Return the network with every key multiplied by the factor of its step. Exact.

    Beta is divided by the square of the factor and the write multiplied by it, so that the step is
    the same map. None leaves a step as it is.

    Examples
    --------
    >>> one = Fraction(1)
    >>> swap = DeltaStep(one, (one, -one), 0 * one)
    >>> layer = Layer(alphabet=("a",), initial=(one, 0 * one), steps={"a": (swap,)}, codes=(),
    ...               emit=())
    >>> network = LinearRNN(alphabet=("a",), layers=(layer,), outputs={}, empty=0)
    >>> longer = with_key_lengths(network, lambda step: Fraction(2)).layers[0].steps["a"][0]
    >>> str(longer.beta), [str(k) for k in longer.key], str(longer.eigenvalue)
    ('1/4', ['2', '-2'], '-1')
    """

    def step(old: Step) -> Step:
        c = factor(old) if isinstance(old, DeltaStep) else None
        if c is None or not isinstance(old, DeltaStep):
            return old
        return DeltaStep(
            simplified(old.beta / (c * c)), _times(old.key, c), simplified(old.write * c)
        )

    layers = (
        replace(layer, steps={a: tuple(map(step, steps)) for a, steps in layer.steps.items()})
        for layer in network.layers
    )
    return replace(network, layers=tuple(layers))


def _times(vector: Vector, factor: Fraction) -> Vector:
    return tuple(simplified(x * factor) for x in vector)
