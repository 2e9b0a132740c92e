"""How a network runs in an arithmetic, and whether it is right on long words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any, TypeAlias

from negeig.automata.machines.machine import Machine
from negeig.claims import Letter, Output
from negeig.precision.closure.native_operations import reference_of
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.stored import round_parameters
from negeig.proofs_checks.theorem_checks.subjects.networks import read
from negeig.theory.closure.explore import Semantics
from negeig.theory.networks.network import LinearRNN

Answers: TypeAlias = Callable[[Sequence[Letter]], Sequence[Output]]
"""What a network outputs after each prefix of a word, the empty one first."""


class _Exact:
    """A network in exact arithmetic: what each layer's vector becomes."""

    def __init__(self, network: LinearRNN) -> None:
        self.network = network

    def initial(self) -> Any:
        return tuple(layer.initial for layer in self.network.layers)

    def step(self, state: Any, letter: Letter) -> tuple[Any, Letter | None]:
        return read(self.network, state, letter)


def semantics(network: LinearRNN, arithmetic: str) -> Semantics[Any]:
    """Return a network in an arithmetic, of parameters that are rounded to it."""
    model = parse(arithmetic)
    if model.is_exact:
        return _Exact(network)
    stored, _ = round_parameters(network, model, round_parameters=True)
    return reference_of(network, stored, model)


def outputs_of(network: LinearRNN, arithmetic: str) -> Answers:
    """Return what a network answers in an arithmetic."""
    run = semantics(network, arithmetic)

    def answers(word: Sequence[Letter]) -> list[Output]:
        state, found = run.initial(), [network.empty]
        for letter in word:
            state, symbol = run.step(state, letter)
            found.append(None if symbol is None else network.outputs[symbol])
        return found

    return answers


def right_on_long_words(answers: Answers, task: Machine) -> bool:
    """Whether it answers as the machine on all prefixes of 50 random words of 40 letters."""
    random = Random(3)
    words = [random.choices(task.alphabet, k=40) for _ in range(50)]
    return all(tuple(answers(word)) == tuple(task.run(word)) for word in words)


def changed(network: LinearRNN, **changes: Any) -> LinearRNN:
    """Return a network of one layer that is changed."""
    (layer,) = network.layers
    return replace(network, layers=(replace(layer, **changes),))


def inverted(network: LinearRNN) -> LinearRNN:
    """Return the network that says yes for no."""
    outputs = {symbol: 1 - int(str(output)) for symbol, output in network.outputs.items()}
    return replace(network, outputs=outputs)


def next_state(task: Machine, state: int, letter: Letter) -> int:
    """Return the state of a machine after a letter."""
    return int(task.transitions[state, task.alphabet.index(letter)])
