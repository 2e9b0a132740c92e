"""A network with everything that a backend runs: stored parameters, decoders, letters as numbers.

Everything symbolic (letters, emitted symbols) becomes a small integer, so that a backend is
arithmetic and table lookups only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from negeig.arrays import Ints
from negeig.claims import InputError, Letter
from negeig.kernels.codebook import Codebook
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.precision.numbers.formats import FP32, Format
from negeig.precision.stored import Rounded, StoredNetwork, store
from negeig.theory.closure.explore import alphabet_problems
from negeig.theory.networks.network import LinearRNN


@dataclass(frozen=True, eq=False, kw_only=True)
class Runnable:
    """What a backend is made with; :func:`runnable` makes one.

    Parameters
    ----------
    network : LinearRNN
        Exact.
    alphabet : tuple of str
        Letter a of a word is ``alphabet[a]``.
    stored : StoredNetwork
        Its parameters, rounded to nearest even.
    codebooks : tuple of Codebook
        One for each layer. Symbols of a layer are numbered as the next layer's letters, those of
        the last one as the network's table of outputs.
    letters : int32 (letters,)
        The first layer's letter (with no layers: the symbol) for each letter of a word.
    """

    network: LinearRNN
    alphabet: tuple[Letter, ...]
    stored: StoredNetwork
    codebooks: tuple[Codebook, ...]
    letters: Ints


def runnable(
    network: LinearRNN, alphabet: Sequence[Letter], target: Format | Arithmetic = FP32
) -> Runnable:
    """Round a network to a format and number its symbols.

    Parameters
    ----------
    network : LinearRNN
    alphabet : sequence of str
        The letters of the machine that the network is compared with, in their order.
    target : Format or Arithmetic
        What the parameters are stored in.

    Raises
    ------
    InputError
        Naming every parameter that overflows, every symbol that the next layer does not read or
        that has no output, and alphabets that differ.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from negeig.theory.networks.network import DeltaStep, Layer
    >>> one = Fraction(1)
    >>> layer = Layer(alphabet=("1",), initial=(one,), steps={"1": (DeltaStep(2 * one, (one,),
    ...               0 * one),)}, codes=((one,), (-one,)), emit=(("even",), ("odd",)))
    >>> network = LinearRNN(alphabet=("1",), layers=(layer,), outputs={"even": 1, "odd": 0},
    ...                     empty=1)
    >>> ready = runnable(network, "1")
    >>> ready.stored.layers[0].beta.tolist(), ready.codebooks[0].radii.round(3).tolist()
    ([2.0], [1.0, 1.0])
    """
    stored, rounded = store(network, target)
    readers = [layer.alphabet for layer in network.layers] + [tuple(network.outputs)]
    pairs = zip(network.layers, readers[1:], strict=True)
    codebooks = tuple(Codebook(layer, reader) for layer, reader in pairs)
    problems = [*_letter_problems(network, alphabet, readers[0]), *_overflow_problems(rounded)]
    for i, codebook in enumerate(codebooks):
        problems += _code_problems(f"layer {i}", codebook)
    if problems:
        raise InputError("network", problems)
    return Runnable(
        network=network,
        alphabet=tuple(alphabet),
        stored=stored,
        codebooks=codebooks,
        letters=np.array([readers[0].index(letter) for letter in alphabet], np.int32),
    )


def _letter_problems(
    network: LinearRNN, alphabet: Sequence[Letter], reader: Sequence[Letter]
) -> Iterator[str]:
    yield from alphabet_problems(network.alphabet, alphabet)
    where = "the first layer" if network.layers else "the table of outputs"
    for letter in network.alphabet:
        if letter not in reader:
            yield f"letter {letter!r} is not in {where}"


def _overflow_problems(rounded: Iterable[Rounded]) -> Iterator[str]:
    for entry in rounded:
        if not math.isfinite(entry.stored) or entry.overflows:
            name = "float32" if entry.format == FP32 else entry.format.name
            yield f"{entry.place}: the entry overflows {name}"


def _code_problems(place: str, codebook: Codebook) -> Iterator[str]:
    for c, j in np.argwhere(np.abs(codebook.points) >= 2.0**128):
        yield f"{place}, code {c}, entry {j}: the entry overflows float32"
    if not codebook.codes:
        yield f"{place} has no codes"
    for symbol in codebook.unread:
        where = "the next layer or the table of outputs"
        yield f"{place} emits {symbol!r}, which {where} does not have"
