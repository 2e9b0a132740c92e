"""Any arithmetic that is compiled in the place of a backend: it reads words a piece at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from negeig.arrays import Ints
from negeig.claims import Unavailable
from negeig.kernels.backend import States, Stream
from negeig.kernels.backends._layered import LayeredStream
from negeig.kernels.backends.cpu import processor
from negeig.kernels.runnable import runnable
from negeig.precision.numbers.models import Arithmetic
from negeig.theory.networks.network import LinearRNN

MOST = 2**20
"""Numbers of the states of a piece, which bounds memory."""

NANOSECONDS = 4.0
"""What one operation costs, about, its rounding with it."""


class Modelled:
    """A network in one arithmetic, bit for bit as the closure's reference has it.

    Parameters
    ----------
    network : LinearRNN
    alphabet : sequence of str
        Letter a of a word is ``alphabet[a]``.
    arithmetic : Arithmetic
        Its parameters are rounded to nearest even.

    Raises
    ------
    InputError
        As :func:`negeig.kernels.runnable.runnable`.
    Unavailable
        For an arithmetic that is not compiled.

    Examples
    --------
    >>> from negeig.kernels.standard_suite import TASKS
    >>> from negeig.precision.numbers.arithmetic import parse
    >>> task = TASKS["parity"]
    >>> model = Modelled(task.network, task.machine.alphabet, parse("e4m3fn"))
    >>> model.stream(1).read(np.array([[1, 0, 1]])).tolist()
    [[1, 1, 0]]
    """

    notice = ""

    def __init__(self, network: LinearRNN, alphabet: Sequence[str], arithmetic: Arithmetic) -> None:
        if arithmetic.parameters is None or not arithmetic.is_basic:
            raise Unavailable(
                f"{arithmetic.short_name} is not compiled, so no long words are read in it"
            )
        from negeig.precision.numbers.compiled_model import CompiledModel

        self.network = runnable(network, alphabet, arithmetic)
        self.numbers = CompiledModel(arithmetic)
        self.device = f"{processor()}, {arithmetic.short_name}"
        layers = self.network.stored.layers
        self.initial = [layer.initial.astype(self.numbers.float_type) for layer in layers]

    def nanoseconds_per_token(self) -> float:
        """Rough cost of one token."""
        layers = self.network.stored.layers
        return 20 + NANOSECONDS * sum(
            layer.dim * (4 * max(layer.most_steps, 1) + len(layer.matrix) * layer.dim)
            for layer in layers
        )

    def stream(self, rows: int, states: Sequence[States] | None = None) -> Stream:
        """Begin some words."""
        return LayeredStream(self.network, rows, states, self._advance, most=MOST)

    def _advance(self, number: int, before: States, letters: Ints) -> States:
        """States (rows, n, dim) of a layer after every letter, word by word."""
        from negeig.kernels.streams._modelled_compiled import run_words

        layer, numbers = self.network.stored.layers[number], self.numbers
        reached = np.empty((*letters.shape, layer.dim), numbers.float_type)
        if layer.dim:
            run_words(
                letters, layer.starts, before.astype(numbers.float_type),
                np.empty(layer.dim, numbers.float_type), np.zeros(1, np.int32),
                np.zeros(1, np.int32), layer.steps, numbers.model, numbers.rounded, numbers.spec,
                reached,
            )  # fmt: skip
        return reached
