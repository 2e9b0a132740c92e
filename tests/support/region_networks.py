"""Networks that contract and are right on every word, though their exact orbits are infinite."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

from negeig.automata.machines.machine import Machine
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN
from negeig.theory.networks.one_layer import symbols

TASKS = {"(a|b)*bb": 2, "(a|b)*abb": 3, "(a|b)*b(a|b)": 2, "(a|b|c)*cb": 2}
"""Languages that the last few letters decide, and how many do."""


def last_letters(machine: Machine, length: int, base: int = 4) -> LinearRNN:
    """One number that holds the last letters: h <- h/base + (1 - 1/base) w, a code for each end.

    The start is as if a letter that keeps the initial state had been read for ever.
    """
    letters = machine.alphabet
    writes = {a: Fraction(2 * i - len(letters) + 1) for i, a in enumerate(letters)}
    beta = 1 - Fraction(1, base)
    codes, ends = [], []
    for word in product(letters, repeat=length):
        code = Fraction(0)
        state = machine.initial
        for a in word:
            code = code / base + beta * writes[a]
            state = int(machine.transitions[state, letters.index(a)])
        codes.append((code,))
        ends.append(state)
    idle = next(a for i, a in enumerate(letters) if machine.transitions[machine.initial, i] == 0)
    emitted = symbols(machine.outputs)
    layer = Layer(
        alphabet=letters,
        initial=(writes[idle],),
        steps={a: (DeltaStep(beta, (Fraction(1),), writes[a]),) for a in letters},
        codes=tuple(codes),
        emit=tuple((emitted[q],) * len(letters) for q in ends),
    )
    return LinearRNN(
        alphabet=letters,
        layers=(layer,),
        outputs=dict(zip(emitted, machine.outputs, strict=True)),
        empty=machine.outputs[machine.initial],
    )


def registers(count: int, beta: Fraction = Fraction(3, 4)) -> tuple[LinearRNN, Machine]:
    """Bits that letters overwrite with -1 or 1, by a part of the way, or hold; all are put out."""
    one, zero = Fraction(1), Fraction(0)
    letters = (*(f"{bit}{j}" for j in range(count) for bit in "-+"), "hold")
    axes = [tuple(one if i == j else zero for i in range(count)) for j in range(count)]
    steps = {
        f"{bit}{j}": (DeltaStep(beta, axes[j], -one if bit == "-" else one),)
        for j in range(count)
        for bit in "-+"
    }
    codes = list(product((-one, one), repeat=count))
    names = tuple(map(str, range(len(codes))))
    layer = Layer(
        alphabet=letters, initial=codes[0], steps={**steps, "hold": ()}, codes=tuple(codes),
        emit=tuple((name,) * len(letters) for name in names),
    )  # fmt: skip

    def after(code: tuple[Fraction, ...], letter: str) -> int:
        if letter == "hold":
            return codes.index(code)
        at, value = int(letter[1:]), -one if letter[0] == "-" else one
        return codes.index((*code[:at], value, *code[at + 1 :]))

    machine = Machine(
        alphabet=letters, transitions=[[after(code, a) for a in letters] for code in codes],
        initial=0, outputs=list(range(len(codes))),
    )  # fmt: skip
    outputs = dict(zip(names, range(len(codes)), strict=True))
    network = LinearRNN(alphabet=letters, layers=(layer,), outputs=outputs, empty=0)
    return network, machine


def turned(scale: Fraction) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """A rotation by the angle of 4 + 3i, scaled: its rows add up to 7/5 of the scale."""
    return scale * 4 / 5, -scale * 3 / 5, scale * 3 / 5, scale * 4 / 5


def plane(scale: Fraction) -> tuple[LinearRNN, Machine]:
    """The last of three letters, which turn and shrink the plane and add a corner of a triangle."""
    corners = [(Fraction(1), Fraction(0)), (Fraction(-1, 2), Fraction(7, 8))]
    corners.append((corners[1][0], -corners[1][1]))
    a, b, c, d = turned(scale)
    letters = ("a", "b", "c")
    layer = Layer(
        alphabet=letters, initial=corners[0],
        steps={x: (DenseStep(((a, b), (c, d)), w),) for x, w in zip(letters, corners, strict=True)},
        codes=tuple(corners), emit=tuple((x,) * 3 for x in letters),
    )  # fmt: skip
    outputs = {"a": 0, "b": 1, "c": 2}
    machine = Machine(alphabet=letters, transitions=[[0, 1, 2]] * 3, initial=0, outputs=[0, 1, 2])
    return LinearRNN(alphabet=letters, layers=(layer,), outputs=outputs, empty=0), machine


def spiral(scale: Fraction) -> tuple[LinearRNN, Machine]:
    """Whether an a is one of the last two letters: b turns and shrinks the plane, a goes far out.

    The rows of b add up to 7/5 of the scale, so that no box around 0 shrinks beyond 5/7.
    """
    zero, far = Fraction(0), Fraction(16)
    a, b, c, d = turned(scale)
    out = DenseStep(((zero, zero), (zero, zero)), (far, zero))
    layer = Layer(
        alphabet=("a", "b"), initial=(zero, zero),
        steps={"a": (out,), "b": (DenseStep(((a, b), (c, d)), (zero, zero)),)},
        codes=((zero, zero), (far, zero)), emit=(("no",) * 2, ("yes",) * 2),
    )  # fmt: skip
    machine = Machine(
        alphabet=("a", "b"), transitions=[[1, 0], [1, 2], [1, 0]], initial=0, outputs=[0, 1, 1]
    )
    outputs = {"no": 0, "yes": 1}
    return LinearRNN(alphabet=("a", "b"), layers=(layer,), outputs=outputs, empty=0), machine


def altered(network: LinearRNN, **changes: object) -> LinearRNN:
    """A network of one layer with some fields of the layer changed."""
    (layer,) = network.layers
    return replace(network, layers=(replace(layer, **changes),))
