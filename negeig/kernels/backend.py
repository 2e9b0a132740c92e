"""What runs a network: the protocol of a backend, and all backends by name.

A backend is a class in a module of :mod:`negeig.kernels.backends`, which ends in
``BACKEND = TheClass`` and is imported when it is asked for. It states the arithmetic it promises,
and a test holds the states of every layer to that arithmetic, bit for bit. Other people's
implementations promise nothing: see :mod:`negeig.kernels.implementation`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints
from negeig.folder import Folder
from negeig.kernels.runnable import Runnable, runnable
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.precision.numbers.formats import FP32
from negeig.theory.networks.network import LinearRNN

States: TypeAlias = NDArray[Any]
"""float32, or float64 where the arithmetic needs it."""


class Piece(NamedTuple):
    """What a backend did at some consecutive positions of a batch, its rows laid end to end.

    Parameters
    ----------
    symbols : int32 (n,)
        The last layer's symbols, numbered as the network's table of outputs; -1 where the state
        of some layer was not finite.
    states : tuple of States (n, dim)
        The state of every layer after the letter; a layer that read nothing has kept its own.
    """

    symbols: Ints
    states: tuple[States, ...]


class Backend(Protocol):
    """What runs a network on batches of words.

    Attributes
    ----------
    promises : Arithmetic
        The arithmetic whose states it computes bit for bit, NaN for NaN, as
        :class:`negeig.precision.closure.reference.ReferenceSemantics` specifies them, wherever the
        decoder's float64 tells the codes apart (:mod:`negeig.kernels.decoder` says when). One whose
        order of operations is another promises ``exact``: the right states where nothing rounds.
    device : str
        The hardware, or what stands for it.
    notice : str
        What a user should know about this run, if anything.
    longest : int or None
        Most letters of a word.
    """

    promises: ClassVar[Arithmetic]
    device: str
    notice: str
    longest: int | None

    def __init__(self, network: Runnable) -> None:
        """Take a network; Unavailable when packages are missing or the network does not fit."""

    def nanoseconds_per_token(self) -> float:
        """Rough cost of one token, the same on every machine, for choosing how many to run."""

    def prepare(self) -> None:
        """Compile whatever is needed, so that it is not timed."""

    def run(self, words: Ints) -> Iterator[Piece]:
        """Run a batch of words, int32 (words, length), letters as the network's alphabet has them.

        Pieces follow one another; the fewer milliseconds each takes, the sooner a run can stop.
        """


BACKENDS: Folder[type[Backend]] = Folder("BACKEND", "negeig.kernels.backends")
"""All backends, by the names of their modules."""


def load(name: str, network: LinearRNN, alphabet: tuple[str, ...]) -> Backend:
    """Return a backend of a known name with a network stored in its parameter format.

    Raises InputError for parameters that overflow and symbols that nobody reads, and Unavailable
    when the backend's packages are missing or it cannot take the network.

    Examples
    --------
    >>> list(BACKENDS)
    ['cpu', 'reference', 'torch', 'triton']
    >>> BACKENDS["cpu"].promises.name
    'fp32'
    """
    kind = BACKENDS[name]
    return kind(runnable(network, alphabet, kind.promises.parameters or FP32))


def run_whole(backend: Backend, words: Ints) -> Piece:
    """Run a batch to its end: symbols (words, length) and states (words, length, dim).

    All states of all layers are in memory at once: for tests, and for looking at a few words.
    """
    pieces = list(backend.run(words))
    symbols = np.concatenate([piece.symbols for piece in pieces])
    states = zip(*(piece.states for piece in pieces), strict=True)
    return Piece(
        symbols.reshape(words.shape),
        tuple(np.concatenate(s).reshape(*words.shape, s[0].shape[1]) for s in states),
    )
