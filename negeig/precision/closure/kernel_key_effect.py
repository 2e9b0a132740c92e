"""What an epsilon does to a network whose keys a kernel divides by their length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from negeig.claims import InputError
from negeig.precision.numbers.key_normalisation import LARGEST_SCALE
from negeig.precision.numbers.models import Arithmetic
from negeig.precision.stored import StoredNetwork, store
from negeig.theory.networks.network import LinearRNN


@dataclass(frozen=True, kw_only=True)
class KernelKeyEffect:
    """The keys that a kernel makes of those of one network, in one arithmetic.

    Parameters
    ----------
    keys, changed : int
        Distinct stored keys other than 0; how many become other numbers.
    lost : bool
        Whether the epsilon changes nothing: the keys are those that epsilon 0 gives.
    place : str
        The step whose eigenvalue is moved most.
    before, after : Fraction
        Its eigenvalue, ``1 - beta |k|^2``, with the key that is stored and with that which is used;
        both exact.
    harmless : Arithmetic or None
        The same with the least factor of keys by which the epsilon is lost, where one is.
    """

    keys: int
    changed: int
    lost: bool
    place: str
    before: Fraction
    after: Fraction
    harmless: Arithmetic | None

    def __str__(self) -> str:
        if not self.changed:
            if self.lost:
                return "no key changes: the epsilon is lost, and each length is 1"
            return "no key changes, though the epsilon is not lost"
        text = f"{self.changed} of {self.keys} keys become others where they are divided: "
        text += f"{self.place} has eigenvalue {float(self.after):.10g} in place of "
        text += f"{float(self.before):.10g}"
        if self.lost:
            return f"{text}, by rounding alone, the epsilon being lost"
        if self.harmless is None:
            return f"{text}, and no factor of keys makes the epsilon harmless"
        return f"{text}; the epsilon is lost in {self.harmless.short_name}, of longer keys"


def kernel_key_effect(network: LinearRNN, arithmetic: Arithmetic) -> KernelKeyEffect | None:
    """Return what dividing keys does; None where the arithmetic divides none, or there are none.

    O(keys x dim) operations for each power of two that keys are multiplied by.

    Raises InputError as :func:`negeig.precision.stored.store`.

    Examples
    --------
    >>> from negeig.kernels.standard_suite import TASKS
    >>> from negeig.precision.numbers.arithmetic import parse
    >>> print(kernel_key_effect(TASKS["parity"].network, parse("fp32:l2norm")))
    ... # doctest: +NORMALIZE_WHITESPACE
    1 of 1 keys become others where they are divided: layer 0, letter '1', step 0 has eigenvalue
    -0.9999980927 in place of -1; the epsilon is lost in fp32:l2norm-scale4, of longer keys
    """
    how = arithmetic.normalisation
    if how is None:
        return None
    stored = store(network, replace(arithmetic, normalisation=None))[0]
    used = store(network, arithmetic)[0]
    pairs = {one: other for one, other in zip(_keys(stored), _keys(used), strict=True) if any(one)}
    if not pairs:
        return None
    moved = list(zip(_eigenvalues(network, stored), _eigenvalues(network, used), strict=True))
    place, before, after = max(
        ((place, old, new) for (place, old), (_, new) in moved),
        key=lambda found: abs(found[2] - found[1]),
    )
    whole = _without_epsilon(network, arithmetic)
    return KernelKeyEffect(
        keys=len(pairs),
        changed=sum(one != other for one, other in pairs.items()),
        lost=whole == list(_keys(used)),
        place=place,
        before=before,
        after=after,
        harmless=_harmless(network, arithmetic, whole),
    )


Keys = list[tuple[float, ...]]


def _keys(stored: StoredNetwork) -> Iterator[tuple[float, ...]]:
    for layer in stored.layers:
        yield from map(tuple, layer.key.tolist())


def _eigenvalues(network: LinearRNN, stored: StoredNetwork) -> Iterator[tuple[str, Fraction]]:
    """Yield every step's place and ``1 - beta |k|^2``, of the stored numbers."""
    for i, (layer, own) in enumerate(zip(network.layers, stored.layers, strict=True)):
        places = [(a, j) for a in layer.alphabet for j in range(len(layer.steps[a]))]
        for (letter, j), beta, key in zip(places, own.beta.tolist(), own.key.tolist(), strict=True):
            square = sum((Fraction(k) ** 2 for k in key), Fraction(0))
            yield f"layer {i}, letter {letter!r}, step {j}", 1 - Fraction(beta) * square


def _without_epsilon(network: LinearRNN, arithmetic: Arithmetic) -> Keys | None:
    how = arithmetic.normalisation
    if how is None or not any(map(any, _keys(store(network, arithmetic)[0]))):
        return None
    try:
        exact = replace(arithmetic, normalisation=replace(how, epsilon=Fraction(0)))
        return list(_keys(store(network, exact)[0]))
    except InputError:  # a key of 0, which is NaN then
        return None


def _harmless(network: LinearRNN, arithmetic: Arithmetic, whole: Keys | None) -> Arithmetic | None:
    """Return the arithmetic of the least factor by which the keys are those of epsilon 0."""
    how = arithmetic.normalisation
    if how is None or whole is None:
        return None
    for scale in range(LARGEST_SCALE + 1):
        other = replace(how, scale=scale)
        name = arithmetic.name.removesuffix(how.suffix) + other.suffix
        longer = replace(arithmetic, normalisation=other, name=name)
        try:
            if list(_keys(store(network, longer)[0])) == whole:
                return longer
        except InputError:
            return None
    return None
