"""Random networks that contract, and many random words read at once in rounded arithmetic."""

import random
from dataclasses import replace
from fractions import Fraction

import ml_dtypes
import numpy as np

from negeig.automata.expressions.regex_machine import regex_to_machine
from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.stacks import diagonal
from negeig.theory.networks.network import DeltaStep, LinearRNN
from support.region_networks import TASKS, altered, last_letters, plane, registers


def rounded(name: str):
    """Round float32 numbers to a format, once more."""
    kind = {"bf16": ml_dtypes.bfloat16, "fp16": np.float16, "e4m3fn": ml_dtypes.float8_e4m3fn,
            "fp32": np.float32}[name]  # fmt: skip
    return lambda x: x.astype(kind).astype(np.float32)


def errs_at(network: LinearRNN, machine: Machine, name: str, seed: int) -> int | None:
    """The first of 1,000 positions where one of 1,000 random words is decoded wrongly.

    Every operation in float32, rounded once more by numpy: that changes nothing for formats of at
    most 11 bits. Letters have one delta step or none.
    """
    machine, (layer,) = machine.minimal(), network.layers
    target, _, kept = name.partition(":")
    store, each = rounded(target), rounded("fp32" if kept else target)
    steps = [layer.steps[a] for a in machine.alphabet]
    assert all(len(own) <= 1 for own in steps)
    nothing = DeltaStep(Fraction(0), (Fraction(0),) * layer.dim, Fraction(0))
    own = [step[0] if step else nothing for step in steps]
    key = np.array([[float(x) for x in step.key] for step in own], np.float32)
    beta = np.array([float(step.beta) for step in own], np.float32)
    write = np.array([float(step.write) for step in own], np.float32)
    codes = np.array([[float(x) for x in code] for code in layer.codes])
    emit = np.array([[network.outputs[row[layer.alphabet.index(a)]] for a in machine.alphabet]
                     for row in layer.emit])  # fmt: skip
    outputs, rng = np.array(machine.outputs), np.random.default_rng(seed)
    state = np.tile(np.array([float(x) for x in layer.initial], np.float32), (1000, 1))
    at = np.full(1000, machine.initial)
    for position in range(1000):
        a = rng.integers(len(machine.alphabet), size=1000)
        k = key[a]
        s = each(k[:, 0] * state[:, 0])
        for j in range(1, layer.dim):
            s = each(s + each(k[:, j] * state[:, j]))
        t = each(beta[a] * each(s - write[a]))
        state = store(each(state + each(-k * t[:, None])))
        at = machine.transitions[at, a]
        squares = ((state[:, None, :].astype(float) - codes) ** 2).sum(axis=2)
        if (emit[squares.argmin(axis=1), a] != outputs[at]).any():
            return position
    return None


def random_network(source: random.Random) -> tuple[LinearRNN, Machine]:
    """Right in exact arithmetic or not, near to it in any case; entries of few bits."""
    kind = source.randrange(5)
    if kind == 0:
        network, machine = registers(2, Fraction(source.choice((5, 6, 7)), 8))
    elif kind == 1:
        network, machine = plane(Fraction(source.choice((1, 2)), 4))
    else:
        regex = source.choice(list(TASKS))
        machine = regex_to_machine(regex).minimal()
        network = last_letters(machine, TASKS[regex], source.choice((2, 4, 4, 8)))
    (layer,) = network.layers
    codes = [
        tuple(x + Fraction(source.randint(-1, 1), source.choice((8, 16, 32))) for x in code)
        for code in layer.codes
    ]
    if source.random() < 0.5:
        network = altered(network, codes=tuple(codes))
    if source.random() < 0.3 and kind != 1:
        letter = source.choice([a for a in layer.alphabet if layer.steps[a]])
        (step,) = layer.steps[letter]
        nudged = DeltaStep(step.beta + Fraction(source.randint(-1, 1), 8), step.key, step.write)
        network = altered(network, steps={**layer.steps, letter: (nudged,)})
    return network, machine


def random_stack(source: random.Random) -> tuple[LinearRNN, Machine]:
    """A number a layer for a small language, with some codes of one layer moved a little."""
    regex = source.choice(("a(a|b)*", "(ab)*", "(a|b)*ab(a|b)*", "a*b*a*", "(a|b)*a(a|b)"))
    machine = regex_to_machine(regex).minimal()
    network = next(iter(diagonal.construct(machine))).network
    layers = list(network.layers)
    at = source.randrange(len(layers))
    codes = [
        tuple(x + Fraction(source.randint(-2, 2), source.choice((4, 8, 16))) for x in code)
        for code in layers[at].codes
    ]
    if source.random() < 0.7:
        layers[at] = replace(layers[at], codes=tuple(codes))
    return replace(network, layers=tuple(layers)), machine
