"""Networks and backends whose first error is known, for the tests of long runs."""

from fractions import Fraction as F

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.kernels.backend import load
from negeig.kernels.streams.comparing import Comparison, Reading
from negeig.kernels.streams.kinds import Part, letters_of
from negeig.theory.networks.network import DenseStep, Layer, LinearRNN


def shrinking(bits):
    """Parity since the last r by a state that 1 multiplies with -2^-bits, and r makes 1.

    Float32 keeps 2^-149 and no less: after n letters 1 with bits n > 149 the state is 0, read as
    even, so of a run of 1s the first odd length above 149 / bits is wrong first.
    """
    flip = DenseStep(((F(-1, 2**bits),),), (F(0),))
    reset = DenseStep(((F(0),),), (F(1),))
    layer = Layer(
        alphabet=("1", "r"),
        initial=(F(1),),
        steps={"1": (flip,), "r": (reset,)},
        codes=((F(1),), (F(-1),)),
        emit=(("even", "even"), ("odd", "odd")),
    )
    network = LinearRNN(
        alphabet=("1", "r"), layers=(layer,), outputs={"even": 1, "odd": 0}, empty=1
    )
    machine = Machine(alphabet="1r", transitions=[[1, 0], [0, 0]], initial=0, outputs=[1, 0])
    return network, machine


def first_wrong_length(bits):
    """Length of the shortest run of 1s on which that network errs."""
    return next(n for n in range(1, 1000, 2) if n * bits > 149)


def comparison(network, machine, backend="cpu"):
    return Comparison(network, machine, load(backend, network, machine.alphabet))


def written(part, machine, seed, rows=None, start=0, end=None):
    """The letters of some rows of a part, written at once."""
    rows = range(part.rows) if rows is None else rows
    words = np.empty((len(rows), (part.length if end is None else end) - start), np.int32)
    states = np.full(len(rows), machine.initial, np.int32)
    letters_of(part, machine, seed).fill(rows[0], start, states, words)
    return words


def read(found, part, seed=0, *, rows=None, start=None, threads=1, end=None):
    """A reading of a part at its end, or at its first mismatch."""
    rows = range(part.rows) if rows is None else rows
    fresh = start is None
    start = found.standing(len(rows)) if start is None else start
    letters = letters_of(part, found.machine, seed)
    reading = Reading(found, part, letters, rows, start, threads, fresh=fresh)
    for _ in reading.read(part.length if end is None else end):
        pass
    return reading


class Lying:
    """A backend that once gives another symbol, in a row and at a position that are known."""

    device, notice = "a liar", ""

    def __init__(self, network, machine, row, position, symbol=-1, begun=0):
        self.backend = load("cpu", network, machine.alphabet)
        self.row, self.position, self.begun, self.symbol = row, position, begun, symbol
        self.rows = 0

    def nanoseconds_per_token(self):
        return 1.0

    def stream(self, rows, states=None):
        first = self.rows
        if states is not None:  # those without are asked where words begin
            self.rows += rows
        return _Liar(self, first, self.backend.stream(rows, states))


class _Liar:
    def __init__(self, of, first, stream):
        self.of, self.stream, self.read_until = of, stream, of.begun
        self.row, self.symbol = of.row - first, of.symbol

    @property
    def states(self):
        return self.stream.states

    def read(self, words):
        symbols = self.stream.read(words)
        t = self.of.position - self.read_until
        if 0 <= self.row < len(words) and 0 <= t < words.shape[1]:
            symbols = symbols.copy()
            symbols[self.row, t] = self.symbol
        self.read_until += words.shape[1]
        return symbols


PARTS = [
    Part("uniform", 7, 300),
    Part("avoid-sinks", 7, 300),
    Part("runs", 13, 300),
    Part("debruijn", 5, 300, 4),
]
