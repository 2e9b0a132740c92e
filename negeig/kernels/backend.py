"""What runs a network: the protocol of a backend, and all backends by name.

A backend is a class in a module of :mod:`negeig.kernels.backends`, which ends in
``BACKEND = TheClass`` and is imported when it is asked for. It states the arithmetic it promises,
and a test holds the states of every layer to that arithmetic, bit for bit. Other people's
implementations promise nothing: see :mod:`negeig.kernels.implementation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints
from negeig.claims import InputError
from negeig.folder import Folder
from negeig.kernels.runnable import Runnable, runnable
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.theory.networks.network import LinearRNN

States: TypeAlias = NDArray[Any]
"""float32, or float64 where the arithmetic needs it."""


class Stream(Protocol):
    """Some words that a backend reads side by side, as many letters at a time as one likes.

    How the letters are cut into pieces changes no bit, so a word can be longer than memory.
    """

    @property
    def states(self) -> tuple[States, ...]:
        """The state of each layer, (rows, dim), after all that was read.

        A layer that read nothing has kept its own. Given to a new stream, they go on bit for bit.
        """

    def read(self, words: Ints) -> Ints:
        """Read the next n letters of every word.

        Parameters
        ----------
        words : int32 (rows, n)
            Letters as the network's alphabet has them; n may be 0. Other integers are converted.

        Returns
        -------
        int32 (rows, n)
            The last layer's symbols, numbered as the network's table of outputs; -1 where the state
            of some layer was not finite.

        Raises
        ------
        InputError
            As :func:`checked_letters`, for words of other rows and for numbers that are no letters.
        """


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

    def stream(self, rows: int, states: Sequence[States] | None = None) -> Stream:
        """Begin that many words, at the initial states or at given ones of each layer.

        ``states`` are (rows, dim), and copied; raises InputError for other shapes.
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
    return kind(runnable(network, alphabet, kind.promises))


def start(
    network: Runnable, rows: int, states: Sequence[States] | None = None
) -> tuple[States, ...]:
    """Return the states (rows, dim) of each layer that a stream begins with, as its own copies.

    Raises InputError naming every shape that is another than the network's.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from negeig.theory.networks.network import Layer
    >>> layer = Layer(alphabet=("a",), initial=(Fraction(1), Fraction(0)), steps={"a": ()},
    ...               codes=((Fraction(1), Fraction(0)),), emit=(("x",),))
    >>> network = runnable(LinearRNN(alphabet=("a",), layers=(layer,), outputs={"x": 1}, empty=1),
    ...                    "a")
    >>> start(network, 2)[0].tolist()
    [[1.0, 0.0], [1.0, 0.0]]
    """
    initial = [layer.initial for layer in network.stored.layers]
    if states is None:
        return tuple(np.repeat(values[None], rows, axis=0) for values in initial)
    wanted, found = [(rows, len(v)) for v in initial], [np.shape(s) for s in states]
    if wanted != found:
        raise InputError("states", f"expected shapes {wanted}, found {found}: give one for a layer")
    pairs = zip(initial, states, strict=True)
    return tuple(np.array(given, values.dtype, order="C") for values, given in pairs)


def checked_letters(network: Runnable, rows: int, words: Ints) -> Ints:
    """Return the words that a stream is given as int32 (rows, n), after a look at every letter.

    Raises InputError for another shape, for numbers that are no integers, and naming the first
    letter, row by row, that the alphabet does not have.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from negeig.theory.networks.network import Layer
    >>> layer = Layer(alphabet=("a",), initial=(Fraction(1),), steps={"a": ()},
    ...               codes=((Fraction(1),),), emit=(("x",),))
    >>> network = runnable(LinearRNN(alphabet=("a",), layers=(layer,), outputs={"x": 1}, empty=1),
    ...                    "a")
    >>> checked_letters(network, 1, np.array([[0, 0]], np.int64)).dtype
    dtype('int32')
    >>> checked_letters(network, 1, np.array([[0, 7]]))
    Traceback (most recent call last):
    ...
    negeig.claims.InputError: words: row 0, position 1: expected a letter from 0 to 0, found 7
    """
    words, most = np.asarray(words), len(network.alphabet) - 1
    if words.ndim != 2 or len(words) != rows:
        raise InputError("words", f"expected shape ({rows}, n), found {words.shape}")
    if words.dtype.kind not in "iu":
        raise InputError("words", f"expected integers, found {words.dtype}")
    if words.size and _largest(words) > most:
        row, position = np.argwhere((words < 0) | (words > most))[0]
        raise InputError(
            "words",
            f"row {row}, position {position}: expected a letter from 0 to {most}, "
            f"found {words[row, position]}",
        )
    return words.astype(np.int32, copy=False)


def _largest(words: Ints) -> int:
    """Return the largest letter; a negative one counts as more than any, seen in the same pass."""
    if words.dtype.kind == "i":
        words = words.view(words.dtype.str.replace("i", "u"))
    return int(words.max())


class Run(NamedTuple):
    """All that a backend did on a batch of words.

    Parameters
    ----------
    symbols : int32 (words, length)
        The last layer's symbols, as :meth:`Stream.read` returns them.
    states : tuple of States (words, length, dim)
        The state of every layer after every letter.
    """

    symbols: Ints
    states: tuple[States, ...]


def run_whole(backend: Backend, words: Ints) -> Run:
    """Run a batch of words letter by letter and keep every state.

    All states of all layers are in memory at once: for tests, and for looking at a few words.
    """
    stream = backend.stream(len(words))
    symbols = np.empty(words.shape, np.int32)
    states = tuple(np.empty((*words.shape, s.shape[1]), s.dtype) for s in stream.states)
    for t in range(words.shape[1]):
        symbols[:, t] = stream.read(words[:, t : t + 1])[:, 0]
        for all_states, now in zip(states, stream.states, strict=True):
            all_states[:, t] = now
    return Run(symbols, states)
