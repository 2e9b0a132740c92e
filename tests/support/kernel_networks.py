"""Networks with their machines for the tests of the kernels, right ones and wrong ones."""

import itertools
import random
from dataclasses import replace
from fractions import Fraction as F

from negeig.automata.machines.machine import Machine
from negeig.kernels.runnable import Runnable, runnable
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN

Pair = tuple[LinearRNN, Machine]


def vector(*entries: float | F) -> tuple[F, ...]:
    return tuple(F(entry) for entry in entries)


def delta(beta: float | F, key: tuple[float | F, ...], write: float | F = 0) -> DeltaStep:
    return DeltaStep(F(beta), vector(*key), F(write))


def prepared(network: LinearRNN, machine: Machine) -> Runnable:
    """What a backend is made with, letters numbered as the machine's."""
    return runnable(network, machine.alphabet)


def parity() -> Pair:
    layer = Layer(
        alphabet=("0", "1"),
        initial=vector(1),
        steps={"0": (), "1": (delta(2, (1,)),)},
        codes=(vector(1), vector(-1)),
        emit=(("even", "even"), ("odd", "odd")),
    )
    network = LinearRNN(
        alphabet=("0", "1"), layers=(layer,), outputs={"even": 1, "odd": 0}, empty=1
    )
    return network, Machine(alphabet="01", transitions=[[0, 1], [1, 0]], initial=0, outputs=[1, 0])


def symmetric(n: int) -> Pair:
    """Adjacent swaps of n points, the state a permutation of 1 to n, keys e_i - e_j, beta 1."""
    elements = list(itertools.permutations(range(1, n + 1)))
    letters = "abcd"[: n - 1]
    steps = {}
    for i, letter in enumerate(letters):
        key = [0] * n
        key[i], key[i + 1] = 1, -1
        steps[letter] = (delta(1, tuple(key)),)
    names = ["".join(map(str, g)) for g in elements]
    layer = Layer(
        alphabet=tuple(letters),
        initial=vector(*elements[0]),
        steps=steps,
        codes=tuple(vector(*g) for g in elements),
        emit=tuple((name,) * (n - 1) for name in names),
    )
    network = LinearRNN(
        alphabet=tuple(letters),
        layers=(layer,),
        outputs={name: name for name in names},
        empty=names[0],
    )
    swapped = [[list(g) for _ in letters] for g in elements]
    for row in swapped:
        for i, g in enumerate(row):
            g[i], g[i + 1] = g[i + 1], g[i]
    return network, Machine(
        alphabet=letters,
        transitions=[[elements.index(tuple(g)) for g in row] for row in swapped],
        initial=0,
        outputs=names,
    )


def flipflop() -> Pair:
    """Writes: s and r overwrite the state with 1 and 0, h leaves it alone."""
    layer = Layer(
        alphabet=("s", "r", "h"),
        initial=vector(0),
        steps={"s": (delta(1, (1,), 1),), "r": (delta(1, (1,), 0),), "h": ()},
        codes=(vector(0), vector(1)),
        emit=(("no",) * 3, ("yes",) * 3),
    )
    network = LinearRNN(
        alphabet=("s", "r", "h"), layers=(layer,), outputs={"no": False, "yes": True}, empty=False
    )
    return network, Machine(
        alphabet="srh", transitions=[[1, 0, 0], [1, 0, 1]], initial=0, outputs=[False, True]
    )


def two_layers() -> Pair:
    """Counting 1s modulo 4 with two layers of dimension 1: the second flips on a carry."""
    low = Layer(
        alphabet=("0", "1"),
        initial=vector(1),
        steps={"0": (), "1": (delta(2, (1,)),)},
        codes=(vector(1), vector(-1)),
        emit=(("0 stay", "0 carry"), ("1 stay", "1 stay")),
    )
    symbols = ("1 stay", "0 carry", "0 stay")
    high = Layer(
        alphabet=symbols,
        initial=vector(1),
        steps={"1 stay": (), "0 carry": (delta(2, (1,)),), "0 stay": ()},
        codes=(vector(-1), vector(1)),
        emit=(("3", "2", "2"), ("1", "0", "0")),
    )
    network = LinearRNN(
        alphabet=("0", "1"),
        layers=(low, high),
        outputs={str(i): i for i in range(4)},
        empty=0,
    )
    return network, Machine(
        alphabet="10",  # not the network's order
        transitions=[[(q + 1) % 4, q] for q in range(4)],
        initial=0,
        outputs=list(range(4)),
    )


def dense() -> Pair:
    """Z3 by an integer matrix that is not orthogonal, shifted so that the bias matters."""
    turn = DenseStep(matrix=(vector(0, -1), vector(1, -1)), bias=vector(2, 1))
    orbit = [vector(2, 1)]
    for _ in range(2):
        orbit.append(turn.apply(orbit[-1]))
    layer = Layer(
        alphabet=("0", "g"),
        initial=orbit[0],
        steps={"0": (delta(0, (1, 1)),), "g": (turn,)},
        codes=tuple(orbit),
        emit=(("0", "0"), ("1", "1"), ("2", "2")),
    )
    network = LinearRNN(
        alphabet=("0", "g"), layers=(layer,), outputs={"0": 0, "1": 1, "2": 2}, empty=0
    )
    return network, Machine(
        alphabet="0g", transitions=[[0, 1], [1, 2], [2, 0]], initial=0, outputs=[0, 1, 2]
    )


def no_layers() -> Pair:
    network = LinearRNN(alphabet=("a", "b"), layers=(), outputs={"a": 1, "b": 1}, empty=1)
    return network, Machine(alphabet="ab", transitions=[[0, 0]], initial=0, outputs=[1])


RIGHT = {
    "parity": parity,
    "S3": lambda: symmetric(3),
    "S4": lambda: symmetric(4),
    "flipflop": flipflop,
    "two layers": two_layers,
    "dense": dense,
    "no layers": no_layers,
}


def random_pair(seed: int, most: int = 4) -> Pair:
    """A network with arbitrary entries, most of them not dyadic, and an unrelated machine.

    Some grow without bound, so their states overflow; some have equal codes or ties. No layer has
    more than ``most`` dimensions.
    """
    r = random.Random(seed)
    letters = "abc"[: r.randint(1, 3)]
    grain = r.choice([1, 2, 10, 7])
    scale = r.choice([1, 1, 1, 40])

    def number() -> F:
        return F(r.randint(-3 * grain, 3 * grain) * scale, grain)

    layers = []
    alphabet = tuple(letters)
    for _ in range(r.randint(1, 3)):
        dim, count = r.randint(1, most), r.randint(1, 5)
        symbols = tuple(f"{i}" for i in range(r.randint(1, 3)))
        steps: dict[str, tuple[DeltaStep | DenseStep, ...]] = {}
        for letter in alphabet:
            kinds = [r.random() < 0.25 for _ in range(r.randint(0, 3))]
            steps[letter] = tuple(
                DenseStep(
                    tuple(tuple(number() / 4 for _ in range(dim)) for _ in range(dim)),
                    tuple(number() for _ in range(dim)),
                )
                if is_dense
                else DeltaStep(number() / 8, tuple(number() for _ in range(dim)), number())
                for is_dense in kinds
            )
        layers.append(
            Layer(
                alphabet=alphabet,
                initial=tuple(number() for _ in range(dim)),
                steps=steps,
                codes=tuple(tuple(number() for _ in range(dim)) for _ in range(count)),
                emit=tuple(tuple(r.choice(symbols) for _ in alphabet) for _ in range(count)),
            )
        )
        alphabet = symbols
    network = LinearRNN(
        alphabet=tuple(letters),
        layers=tuple(layers),
        outputs={s: r.randint(0, 1) for s in alphabet},
        empty=0,
    )
    states = r.randint(1, 4)
    return network, Machine(
        alphabet=letters,
        transitions=[[r.randrange(states) for _ in letters] for _ in range(states)],
        initial=0,
        outputs=[r.randint(0, 1) for _ in range(states)],
    )


def with_layer(network: LinearRNN, index: int, **changes: object) -> LinearRNN:
    """The same network with some fields of one layer replaced."""
    layers = list(network.layers)
    layers[index] = replace(layers[index], **changes)
    return replace(network, layers=tuple(layers))
