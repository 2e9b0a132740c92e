"""Networks that are to do tasks: what theorems assume of them, as predicates that are decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TypeAlias

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid, transition_monoid
from negeig.claims import Letter
from negeig.precision.closure.rounded_closure import closure
from negeig.proofs_checks.theorem_checks.subjects.reading_words import holder, spells_words
from negeig.proofs_checks.theorem_checks.subjects.tasks import ONE, ZERO, built, machine, shape
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.exact.linear_algebra import add, combine, identity, is_contraction, matvec, rank
from negeig.theory.exact.numbers import Matrix, Vector
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN, Step
from negeig.theory.networks.one_layer import one_hot, symbols

States: TypeAlias = tuple[Vector, ...]
"""A vector for each layer."""

MOST = 10_000
"""Exact states of a network that are looked at, before it is said that they are too many."""


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


def by_one_layer(route: str, task: str, dim: int, steps: int) -> Does:
    """Return what a route builds for a task, one layer of that dimension and steps a token.

    Raises LookupError where it builds nothing, or others.
    """
    it = does(route, task)
    if shape(it.network) != [(dim, steps)]:
        raise LookupError(f"{route} does {task} by {shape(it.network)}, not by {(dim, steps)}")
    return it


@cache
def by_one_hot(task: str) -> Does:
    """Return one layer of 0/1 matrices, with a one in each column, for a task."""
    return Does(one_hot(machine(task)), machine(task))


@cache
def by_spelling(task: str) -> Does:
    """Return one number whose infinitely many exact states spell the word, for a task."""
    return Does(holder(machine(task)), machine(task))


@cache
def at_rest(task: str) -> Does:
    """Return one number that no letter moves, with the output on the empty word, for a task.

    It is wrong on some word unless all outputs are equal, and is all else that is assumed.
    """
    found = machine(task)
    empty = found.output(())
    (symbol,) = symbols([empty])
    layer = Layer(
        alphabet=found.alphabet,
        initial=(ONE,),
        steps=dict.fromkeys(found.alphabet, ()),
        codes=((ONE,),),
        emit=((symbol,) * len(found.alphabet),),
    )
    network = LinearRNN(
        alphabet=found.alphabet, layers=(layer,), outputs={symbol: empty}, empty=empty
    )
    return Does(network, found)


@cache
def is_right(it: Does) -> bool:
    """Whether the network is proved right on every word, in its arithmetic.

    With its table; or, in exact arithmetic, with any decoder, as its states spell the word.
    Raises LookupError where that is undecided.
    """
    if it.arithmetic != "exact":
        verdict = closure(it.network, it.task, it.arithmetic).verdict
    elif spells_words(it.network):
        verdict = "proved"
    else:
        verdict = exact_closure(it.network, it.task, max_states=100_000).verdict
    if verdict == "open":
        raise LookupError("a network is neither proved right nor seen to err")
    return verdict == "proved"


@cache
def is_finite(it: Does) -> bool:
    """Whether the network reaches finitely many exact states, whatever its arithmetic.

    Infinitely many where a letter, repeated, is seen to move the first layer by ever less and never
    by 0. Raises LookupError where that is not seen, and the states are more than are looked at.
    """
    if any(map(_never_rests, it.network.layers[:1])):
        return False
    if all(states_of(layer, len(layer.codes) + 1) for layer in it.network.layers):
        return True
    exact_states(it.network)
    return True


@cache
def exact_states(network: LinearRNN) -> tuple[list[States], dict[Letter, tuple[int, ...]]]:
    """Return the exact states that a network reaches, and where each letter takes them.

    Raises LookupError for more than ``MOST``. O(states x letters).
    """
    states: list[States] = [tuple(layer.initial for layer in network.layers)]
    place = {states[0]: 0}
    rows: list[list[int]] = []
    for state in states:  # grows while it is read
        if len(states) > MOST:
            raise LookupError(
                f"more than {MOST} exact states, and no sign that they are infinitely many"
            )
        rows.append([])
        for letter in network.alphabet:
            found, _ = read(network, state, letter)
            if found not in place:
                place[found] = len(states)
                states.append(found)
            rows[-1].append(place[found])
    columns = zip(*rows, strict=True)
    return states, dict(zip(network.alphabet, columns, strict=True))


def is_finite_and_exact(it: Does) -> bool:
    """Whether nothing is rounded and the network reaches finitely many states."""
    return it.arithmetic == "exact" and is_finite(it)


def read(network: LinearRNN, state: States, letter: Letter) -> tuple[States, Letter]:
    """Return the exact states of all layers after a letter, and what the last layer emits."""
    symbol, after = letter, []
    for layer, vector in zip(network.layers, state, strict=True):
        after.append(layer.apply(symbol, vector))
        column = layer.alphabet.index(symbol)
        symbol = layer.emit[layer.nearest(after[-1])][column]
    return tuple(after), symbol


def _never_rests(layer: Layer) -> bool:
    """Whether some letter, repeated, comes to move by ever less along some lines, never by 0.

    Some moves are a multiple of those up to ``dim`` letters before, by less than 1.
    """
    for letter in layer.alphabet:
        matrix, state = layer.letter_matrix(letter), layer.initial
        for _ in range(layer.dim + 1):
            after = layer.apply(letter, state)
            later = moved = combine(ONE, after, -ONE, state)
            for _ in range(layer.dim):
                later = matvec(matrix, later)
                ratio = next((y / x for x, y in zip(moved, later, strict=True) if x != 0), ZERO)
                if -1 < ratio < 1 and ratio != 0 and later == tuple(ratio * x for x in moved):
                    return True
            state = after
    return False


def states_of(layer: Layer, most: int) -> frozenset[Vector]:
    """Return the states to which words over a layer's own letters lead; empty for more than most.

    So for infinitely many.
    """
    known = {layer.initial}
    new = list(known)
    while new and len(known) <= most:
        state = new.pop()
        after = {layer.apply(letter, state) for letter in layer.alphabet} - known
        known |= after
        new += after
    return frozenset() if new else frozenset(known)


def efe_is_fe(it: Does) -> bool:
    """Whether efe = fe for all idempotents, by multiplying the maps of the states."""
    maps = {tuple(row) for row in it.monoid.maps.tolist()}
    idempotents = [e for e in maps if all(e[e[q]] == e[q] for q in range(len(e)))]
    return all(
        tuple(e[f[e[q]]] for q in range(len(e))) == tuple(e[f[q]] for q in range(len(e)))
        for e, f in product(idempotents, repeat=2)
    )


def steps_of(it: Does) -> list[Step]:
    """Return all steps of all layers."""
    return [step for layer in it.network.layers for own in layer.steps.values() for step in own]


def turns_nothing_back(it: Does) -> bool:
    """Whether every step is a delta step with an eigenvalue in (-1, 1]."""
    return all(
        isinstance(step, DeltaStep) and step.eigenvalue > -1 and not step.eigenvalue > 1
        for step in steps_of(it)
    )


def is_one_layer(it: Does) -> bool:
    """Whether the network has one layer."""
    return len(it.network.layers) == 1


def matrices(network: LinearRNN) -> Iterator[Matrix]:
    """Yield the matrix of every letter of every layer, from the first layer on."""
    for layer in network.layers:
        yield from (layer.letter_matrix(letter) for letter in layer.alphabet)


def ranks(it: Does) -> dict[Letter, int]:
    """Return the rank of I - A for the matrix A of each letter: the steps that it takes, or less.

    Of several layers the largest of all, for each letter.
    """
    found = [
        {
            letter: rank(add(identity(layer.dim), layer.letter_matrix(letter), -ONE))
            for letter in layer.alphabet
        }
        for layer in it.network.layers
    ]
    if len(found) == 1:
        return found[0]
    largest = max(value for own in found for value in own.values())
    return dict.fromkeys(it.task.alphabet, largest)


def largest_dimension(it: Does) -> int:
    """Return the largest dimension of a layer."""
    return max(layer.dim for layer in it.network.layers)


@cache
def is_contractive(it: Does) -> bool:
    """Whether every matrix of every layer has Euclidean norm at most 1."""
    return all(map(is_contraction, matrices(it.network)))
