"""Networks that are to do tasks: what theorems assume of them, as predicates that are decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid, transition_monoid
from negeig.precision.closure.rounded_closure import closure
from negeig.proofs_checks.theorem_checks.tasks import built, machine, proved
from negeig.theory.exact.linear_algebra import is_contraction
from negeig.theory.exact.numbers import Matrix
from negeig.theory.networks.network import LinearRNN
from negeig.theory.networks.one_layer import one_hot

MOST = 10_000
"""Networks that reach more exact states than this are said to reach infinitely many."""


@dataclass(frozen=True, eq=False)
class Does:
    """A network, the minimal machine of a task that it is to do, and the arithmetic that runs."""

    network: LinearRNN
    task: Machine
    arithmetic: str = "exact"

    @property
    def monoid(self) -> TransitionMonoid:
        """The transition monoid of the task."""
        return transition_monoid(self.task)


@cache
def does(route: str, task: str) -> Does:
    """Return what a route builds for a task, which was proved in exact arithmetic.

    Raises LookupError where it builds nothing.
    """
    network = built(route, task)
    if network is None:
        raise LookupError(f"{route} builds nothing for {task}")
    return Does(network, machine(task))


@cache
def by_one_hot(task: str) -> Does:
    """Return one layer of 0/1 matrices, with a one in each column, for a task."""
    return Does(one_hot(machine(task)), machine(task))


@cache
def is_right(it: Does) -> bool:
    """Whether the network is proved right on every word, in its arithmetic."""
    if it.arithmetic == "exact":
        return proved(it.network, it.task)
    return closure(it.network, it.task, it.arithmetic).verdict == "proved"


@cache
def is_finite(it: Does) -> bool:
    """Whether the network reaches finitely many exact states, whatever its arithmetic."""
    layers = it.network.layers
    seen = {tuple(layer.initial for layer in layers)}
    new = list(seen)
    while new and len(seen) <= MOST:
        state = new.pop()
        for letter in it.network.alphabet:
            symbol, after = letter, []
            for layer, vector in zip(layers, state, strict=True):
                after.append(layer.apply(symbol, vector))
                column = layer.alphabet.index(symbol)
                symbol = layer.emit[layer.nearest(after[-1])][column]
            if (found := tuple(after)) not in seen:
                seen.add(found)
                new.append(found)
    return not new


def is_one_layer(it: Does) -> bool:
    """Whether the network has one layer."""
    return len(it.network.layers) == 1


def matrices(network: LinearRNN) -> Iterator[Matrix]:
    """Yield the matrix of every letter of every layer, from the first layer on."""
    for layer in network.layers:
        yield from (layer.letter_matrix(letter) for letter in layer.alphabet)


@cache
def is_contractive(it: Does) -> bool:
    """Whether every matrix of every layer has Euclidean norm at most 1."""
    return all(map(is_contraction, matrices(it.network)))


def takes_one_step(it: Does) -> bool:
    """Whether no letter of any layer takes more than one step."""
    return all(layer.steps_per_token <= 1 for layer in it.network.layers)
