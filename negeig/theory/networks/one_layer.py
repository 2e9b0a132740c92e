"""Networks of one layer that decode to the states of a machine."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from negeig.automata.machines.machine import Machine
from negeig.claims import Letter, Output, output_text
from negeig.theory.exact.numbers import Vector
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN, Step


def symbols(outputs: Sequence[Output]) -> tuple[Letter, ...]:
    """Return a string for every output, equal for equal outputs only.

    Examples
    --------
    >>> symbols([0, 1, 0]), symbols(["()", "(1 2)"]), symbols([1, "1"])
    (('0', '1', '0'), ('()', '(1 2)'), ('1', '"1"'))
    """
    texts = [output_text(o) for o in outputs]
    plain = [o if isinstance(o, str) else text for o, text in zip(outputs, texts, strict=True)]
    return tuple(plain if len(set(plain)) == len(set(texts)) else texts)


def one_layer(
    machine: Machine,
    *,
    initial: Vector,
    steps: Sequence[Sequence[Step | DeltaStep]],
    codes: Sequence[Vector],
    names: Sequence[str] = (),
    states: Sequence[int] | None = None,
) -> LinearRNN:
    """Return the one-layer network whose code ``codes[q]`` stands for state q of the machine.

    With ``states`` code c stands for state ``states[c]``. The decoder sees the state after the
    letter, so every letter emits the output of the state.
    """
    emitted = symbols(machine.outputs)
    meant = range(machine.size) if states is None else states
    width = len(machine.alphabet)
    layer = Layer(
        alphabet=machine.alphabet,
        initial=tuple(initial),
        steps={a: tuple(s) for a, s in zip(machine.alphabet, steps, strict=True)},
        codes=tuple(codes),
        emit=tuple((emitted[q],) * width for q in meant),
        names=tuple(names),
    )
    return LinearRNN(
        alphabet=machine.alphabet,
        layers=(layer,),
        outputs=dict(zip(emitted, machine.outputs, strict=True)),
        empty=machine.outputs[machine.initial],
    )


def one_hot(machine: Machine) -> LinearRNN:
    """Return the one-layer network whose state is the unit vector of the machine's state.

    Its matrices have a single 1 in every column; no format that has 0 and 1 rounds anything.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> one_hot(get("mod:3").minimal()).run("111")
    (1, 0, 0, 1)
    """
    zero, one = Fraction(0), Fraction(1)
    states = range(machine.size)
    units = [tuple(one if i == q else zero for i in states) for q in states]
    none = tuple(zero for _ in states)
    steps = [
        (DenseStep(tuple(tuple(one if t == i else zero for t in column) for i in states), none),)
        for column in machine.transitions.T.tolist()
    ]
    return one_layer(machine, initial=units[machine.initial], steps=steps, codes=units)
