"""Random small networks and machines."""

from fractions import Fraction

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN, Step
from support.closure_cases import ZERO

ENTRIES = [0, 0, 0, 1, 1, -1, -1, 2, 0.5, -0.5, 0.75, -255 / 256, 3, 1 / 3, 6, 2.0**-20]


class Maker:
    """Random small networks and machines: layers, dense steps, gaps in tables, huge entries."""

    def __init__(self, seed: int) -> None:
        print("seed", seed)
        self.random = np.random.default_rng(seed)

    def number(self) -> Fraction:
        return Fraction(float(self.random.choice(ENTRIES)))

    def vector(self, size: int) -> tuple[Fraction, ...]:
        return tuple(self.number() for _ in range(size))

    def step(self, dim: int) -> Step:
        if self.random.random() < 0.4:
            return DenseStep(tuple(self.vector(dim) for _ in range(dim)), self.vector(dim))
        write = self.number() if self.random.random() < 0.3 else ZERO
        key = [Fraction(int(x)) for x in self.random.integers(-1, 2, dim)]
        square = sum(k * k for k in key)
        beta = self.number()
        if square and self.random.random() < 0.6:
            beta = Fraction(int(self.random.integers(1, 3))) / square
        return DeltaStep(beta, tuple(key), write)

    def layer(self, reads: tuple[str, ...], emits: list[str]) -> Layer:
        dim, codes = int(self.random.integers(1, 4)), int(self.random.integers(1, 5))
        initial = self.vector(dim)
        points = [initial, *(self.vector(dim) for _ in range(codes - 1))]
        return Layer(
            alphabet=reads,
            initial=initial,
            steps={
                a: tuple(self.step(dim) for _ in range(self.random.integers(0, 3))) for a in reads
            },
            codes=tuple(points),
            emit=tuple(tuple(str(self.random.choice(emits)) for _ in reads) for _ in points),
        )

    def network(self) -> LinearRNN:
        alphabet = tuple("ab"[: int(self.random.integers(1, 3))])
        depth = int(self.random.choice([1, 1, 2, 3]))
        layers, reads = [], alphabet
        for i in range(depth):
            emits = [f"{i}x", f"{i}y", f"{i}z"][: int(self.random.integers(2, 4))]
            unknown = ["?"] if self.random.random() < 0.1 else []
            layers.append(self.layer(reads, emits + unknown))
            reads = tuple(emits)
        outputs: dict[str, object] = {s: int(self.random.integers(0, 2)) for s in reads}
        return LinearRNN(
            alphabet=alphabet,
            layers=tuple(layers),
            outputs=outputs,
            empty=int(self.random.integers(0, 2)),
        )

    def machine(self, alphabet: tuple[str, ...]) -> Machine:
        states = int(self.random.integers(1, 5))
        return Machine(
            alphabet=tuple(reversed(alphabet)),
            transitions=self.random.integers(0, states, (states, len(alphabet))),
            initial=0,
            outputs=[int(x) for x in self.random.integers(0, 2, states)],
        )
