"""The exact network of the parameters that are stored: what errors of arithmetic are against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from negeig.precision.stored import StoredLayer, StoredNetwork
from negeig.theory.exact.numbers import FieldElement, Vector
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN, Step


def held(network: LinearRNN, stored: StoredNetwork) -> LinearRNN:
    """Return the network with its stored initial states and steps as rationals. Exact.

    Codes and tables belong to the decoder and stay as they are; so does the number field where a
    code needs it.

    Raises
    ------
    ValueError
        When a stored entry is infinite or NaN.

    Examples
    --------
    >>> from negeig.precision.numbers.formats import BF16
    >>> from negeig.precision.stored import store
    >>> layer = Layer(alphabet=("a",), initial=(Fraction(1, 3),), codes=(), emit=(),
    ...               steps={"a": (DeltaStep(Fraction(1), (Fraction(1),), Fraction(1)),)})
    >>> network = LinearRNN(alphabet=("a",), layers=(layer,), outputs={}, empty=0)
    >>> held(network, store(network, BF16)[0]).layers[0].initial
    (Fraction(171, 512),)
    """
    layers = tuple(map(_layer, network.layers, stored.layers))
    codes = (x for layer in layers for code in layer.codes for x in code)
    field = network.field if any(isinstance(x, FieldElement) for x in codes) else None
    return replace(network, layers=layers, field=field)


def _layer(layer: Layer, stored: StoredLayer) -> Layer:
    own = [_step(stored, i) for i in range(len(stored.dense))]
    starts = stored.starts.tolist()
    steps = {
        letter: tuple(own[first:last])
        for letter, first, last in zip(layer.alphabet, starts[:-1], starts[1:], strict=True)
    }
    return replace(layer, initial=_vector(stored.initial), steps=steps)


def _step(stored: StoredLayer, i: int) -> Step:
    which = int(stored.dense[i])
    if which < 0:
        beta, write = _vector([stored.beta[i], stored.write[i]])
        return DeltaStep(beta, _vector(stored.key[i]), write)
    return DenseStep(tuple(map(_vector, stored.matrix[which])), _vector(stored.bias[which]))


def _vector(entries: Iterable[Any]) -> Vector:
    try:
        return tuple(Fraction(float(x)) for x in entries)
    except (OverflowError, ValueError) as error:
        raise ValueError(f"a stored entry is no finite number: {error}") from None
