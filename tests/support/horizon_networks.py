"""Networks of finite exact orbit whose parameters are rounded, and a shortest word that errs.

Every network is right in exact arithmetic by construction: its codes are its orbit, and the machine
is the orbit with outputs drawn for its points.
"""

import random
from collections.abc import Iterator
from fractions import Fraction as F

from negeig.automata.machines.machine import Machine
from negeig.claims import Word, output_text
from negeig.precision.closure.choices import ChoiceSemantics
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.models import Arithmetic
from negeig.precision.stored import round_parameters
from negeig.theory.exact.linear_algebra import identity, inverse, matvec, multiply
from negeig.theory.exact.numbers import Matrix, Vector
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN, Step

Pair = tuple[LinearRNN, Machine]

LARGEST_ORBIT = 40


def orbit_layer(
    steps: dict[str, tuple[Step, ...]], initial: Vector, draw: random.Random, symbols: int
) -> Layer | None:
    """One layer whose codes are its orbit, with symbols that are drawn for every letter."""
    letters = tuple(steps)
    bare = Layer(alphabet=letters, initial=initial, steps=steps, codes=(), emit=())
    orbit = [initial]
    for state in orbit:
        for letter in letters:
            after = bare.apply(letter, state)
            if after not in orbit:
                orbit.append(after)
        if len(orbit) > LARGEST_ORBIT:
            return None
    emit = tuple(tuple(str(draw.randrange(symbols)) for _ in letters) for _ in orbit)
    return Layer(alphabet=letters, initial=initial, steps=steps, codes=tuple(orbit), emit=emit)


def machine_of(layers: tuple[Layer, ...], outputs: dict[str, int]) -> Machine:
    """What a stack of layers is in exact arithmetic, its output that of the last symbol."""
    letters = layers[0].alphabet
    start = (tuple(layer.initial for layer in layers), "0")
    numbers, order, rows = {start: 0}, [start], []
    for states, _ in order:
        row = []
        for letter in letters:
            symbol, after = letter, []
            for layer, state in zip(layers, states, strict=True):
                after.append(layer.apply(symbol, state))
                code = layer.codes.index(after[-1])
                symbol = layer.emit[code][layer.alphabet.index(symbol)]
            name = (tuple(after), symbol)
            if name not in numbers:
                numbers[name] = len(order)
                order.append(name)
            row.append(numbers[name])
        rows.append(row)
    return Machine(
        alphabet=letters, transitions=rows, initial=0, outputs=[outputs[s] for _, s in order]
    )


def network_of(layers: tuple[Layer, ...], symbols: int) -> Pair:
    outputs = {str(i): i for i in range(symbols)}
    network = LinearRNN(
        alphabet=layers[0].alphabet, layers=layers, outputs=outputs, empty=outputs["0"]
    )
    return network, machine_of(layers, outputs)


def signed_permutation(n: int, draw: random.Random) -> Matrix:
    order = draw.sample(range(n), n)
    signs = [draw.choice((1, 1, -1)) for _ in order]
    return tuple(
        tuple(F(sign if j == order[i] else 0) for j in range(n)) for i, sign in enumerate(signs)
    )


def random_layer(letters: tuple[str, ...], symbols: int, draw: random.Random) -> Layer | None:
    """Signed permutations and overwrites, as delta or dense steps, some in other coordinates."""
    dim = draw.randint(1, 3)
    grain = draw.choice((3, 5, 7, 8, 10))
    size = draw.choice((1, 1, 1, 10, F(1, 16)))

    def number() -> F:
        return F(draw.randint(-3 * grain, 3 * grain), grain) * size

    chart = identity(dim)
    if draw.random() < 0.4:
        chart = tuple(
            tuple(F(draw.randint(-2, 2), draw.choice((1, 1, 3))) + (i == j) * 2 for j in range(dim))
            for i in range(dim)
        )
    try:
        back = inverse(chart)
    except Exception:
        return None
    start = tuple(number() for _ in range(dim))
    steps: dict[str, tuple[Step, ...]] = {}
    for letter in letters:
        kind = draw.choice(("swap", "swap", "dense", "dense", "write", "nothing"))
        if kind == "swap" and dim > 1 and chart == identity(dim):
            i, j = draw.sample(range(dim), 2)
            scale = F(draw.randint(1, 7), draw.choice((3, 4, 7)))
            key = tuple(scale * ((c == i) - (c == j)) for c in range(dim))
            steps[letter] = (DeltaStep(1 / scale**2, key, F(0)),) * draw.choice((1, 1, 2))
        elif kind == "write":
            # Overwriting in the chart's own coordinates is a dense step with a constant.
            matrix = tuple(tuple(F(0) for _ in range(dim)) for _ in range(dim))
            steps[letter] = (DenseStep(matrix, matvec(chart, tuple(start))),)
        elif kind == "nothing":
            steps[letter] = ()
        else:
            matrix = multiply(
                multiply(chart, tuple(map(tuple, signed_permutation(dim, draw)))), back
            )
            steps[letter] = (DenseStep(matrix, (F(0),) * dim),)
    return orbit_layer(steps, matvec(chart, start), draw, symbols)


def random_pairs(seed: int, count: int) -> Iterator[Pair]:
    """Draw networks of one or two layers; the same ones for the same seed."""
    draw = random.Random(seed)
    found = 0
    while found < count:
        letters = tuple("abc"[: draw.randint(1, 3)])
        symbols = draw.randint(2, 3)
        names = tuple(map(str, range(symbols)))
        layers = [random_layer(letters, symbols, draw)]
        if draw.random() < 0.3:
            layers.append(random_layer(names, symbols, draw))
        if all(layer is not None and len(layer.codes) > 1 for layer in layers):
            found += 1
            yield network_of(tuple(layers), symbols)


def first_wrong(
    network: LinearRNN,
    machine: Machine,
    arithmetic: str | Arithmetic,
    longest: int,
    most_states: int = 1_000,
) -> tuple[Word | None, int]:
    """A shortest word on which a network errs, and up to which length all words were tried.

    All states after words of one length, with every outcome of every letter, then all of the next:
    nothing is assumed of them.
    """
    model = parse(arithmetic)
    stored, _ = round_parameters(network, model, round_parameters=True)
    semantics = ChoiceSemantics(network, stored, model)  # of arithmetics without choices too
    wanted = [output_text(output) for output in machine.outputs]
    emitted = {symbol: output_text(output) for symbol, output in network.outputs.items()}
    states: dict[tuple[object, int], Word] = {(semantics.initial(), machine.initial): ()}
    seen = set(states)
    for length in range(1, longest + 1):
        after: dict[tuple[object, int], Word] = {}
        for (state, q), word in states.items():
            for a, letter in enumerate(machine.alphabet):
                goal = int(machine.transitions[q, a])
                for reached, symbol in semantics.outcomes_of(state, letter):
                    if symbol is None or emitted.get(symbol) != wanted[goal]:
                        return (*word, letter), length
                    if (reached, goal) not in seen:  # what follows is known
                        seen.add((reached, goal))
                        after[reached, goal] = (*word, letter)
        states = after
        if len(seen) > most_states:
            return None, length
    return None, longest
