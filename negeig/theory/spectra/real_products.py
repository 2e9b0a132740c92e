"""Products of matrices in deep layers: membership in the class of Theorem 2 of Grazzi et al. 2025.

The class asks more of a deeper layer: in layer i every product of 2^(i-1) matrices has only real
eigenvalues. Two layers of single reflections do not belong to it, although every letter has real
eigenvalues: products of two reflections are rotations.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, product

from negeig.theory.networks.network import Layer, LinearRNN
from negeig.theory.spectra.networks import has_real_spectrum, is_diagonal

MAX_PRODUCTS = 100
"""Products of one layer that are examined; where there are more nothing is claimed."""


def has_real_products(network: LinearRNN) -> bool:
    """Whether in layer i every product of 2^(i-1) matrices is shown to have real eigenvalues.

    Exact. Letters with the same steps are one. False also where it was not decided: more than
    :data:`MAX_PRODUCTS` products, and what :func:`.spectra.networks.has_real_spectrum` leaves
    undecided.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from negeig.theory.networks.network import DeltaStep
    >>> one, zero = Fraction(1), Fraction(0)
    >>> mirrors = {"a": (DeltaStep(one, (one, one), zero),),
    ...            "b": (DeltaStep(2 * one, (one, zero), zero),)}
    >>> layer = Layer(alphabet=("a", "b"), initial=(one, zero), steps=mirrors,
    ...               codes=((one, zero),), emit=(("a", "b"),))
    >>> def stack(*layers):
    ...     return LinearRNN(alphabet=("a", "b"), layers=layers, outputs={"a": 0, "b": 1}, empty=0)
    >>> has_real_products(stack(layer)), has_real_products(stack(layer, layer))
    (True, False)
    """
    return all(_is_real(network, layer, 2**i) for i, layer in enumerate(network.layers))


def _is_real(network: LinearRNN, layer: Layer, length: int) -> bool:
    if is_diagonal(replace(network, layers=(layer,)), nonnegative=False):
        return True
    actions = list(dict.fromkeys(layer.steps.values()))
    if len(actions) ** length > MAX_PRODUCTS:
        return False
    for word in product(actions, repeat=length):
        together = replace(
            layer,
            alphabet=("word",),
            steps={"word": tuple(chain.from_iterable(word))},
            emit=(("word",),) * len(layer.codes),
        )
        if not has_real_spectrum(replace(network, layers=(together,)), nonnegative=False):
            return False
    return True
