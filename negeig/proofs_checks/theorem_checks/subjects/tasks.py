"""Questions that instances ask of tasks: what is refused, what is bounded, what is built."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import cache

from negeig.automata import zoo
from negeig.automata.expressions.regex_machine import regex_to_machine
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid, transition_monoid
from negeig.claims import LimitReached
from negeig.theory.bounds.limits import limits
from negeig.theory.bounds.lower_bounds import lower_bounds
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.routes import routes
from negeig.theory.networks.network import LinearRNN

ZERO, ONE = Fraction(0), Fraction(1)


@cache
def machine(task: str) -> Machine:
    """Return the minimal machine of a task of the zoo, or after ``regex:`` of an expression."""
    if task.startswith("regex:"):
        return regex_to_machine(task.removeprefix("regex:")).minimal()
    return zoo.get(task).minimal()


@cache
def monoid(task: str) -> TransitionMonoid:
    """Return its transition monoid."""
    return transition_monoid(machine(task))


def refused(task: str, class_: str) -> bool:
    """Whether a class of layers is refused, with evidence that the machine alone confirms."""
    row = next(row for row in limits(machine(task), monoid(task)) if row.class_ == class_)
    if row.verdict != "impossible":
        return False
    return row.witness is None or row.witness.verify(machine(task))


def bound(task: str, theorem: str) -> int | None:
    """Return the largest lower bound that a theorem gives for a task; None for none."""
    found = [b.value for b in lower_bounds(machine(task), monoid(task)) if b.theorem == theorem]
    return max(found, default=None)


def all_built(route: str, task: str) -> Iterator[LinearRNN]:
    """Yield the networks of a route that are proved right on every word, exactly."""
    (chosen,) = (one for one in routes() if one.name == route)
    for made in chosen.propose(machine(task)):
        if proved(made.network, machine(task)):
            yield made.network


@cache
def built(route: str, task: str) -> LinearRNN | None:
    """Return the first network of a route that is proved right on every word, exactly."""
    with suppress(LimitReached):
        return next(all_built(route, task), None)
    return None


def shape(network: LinearRNN | None) -> list[tuple[int, int]]:
    """Return the dimension and the steps a token of each layer; empty without a network."""
    return [] if network is None else [(la.dim, la.steps_per_token) for la in network.layers]


def spectrum(network: LinearRNN | None) -> set[Fraction]:
    """Return the eigenvalues of all steps of a rational network."""
    layers = () if network is None else network.layers
    return {Fraction(str(value)) for layer in layers for value in layer.eigenvalues}


def proved(network: LinearRNN, task: Machine) -> bool:
    """Whether a network is right on every word, in exact arithmetic."""
    return exact_closure(network, task, max_states=100_000).verdict == "proved"


def changes(sequence: Sequence[object]) -> int:
    """Return how often a sequence changes."""
    return sum(x != y for x, y in itertools.pairwise(sequence))


def decided(*, found: bool, refuted: bool) -> bool:
    """Return whether something was found, where that there is none would have a proof.

    Raises ValueError where it was neither found nor refuted, and where it was both.

    Examples
    --------
    >>> decided(found=True, refuted=False), decided(found=False, refuted=True)
    (True, False)
    """
    if found == refuted:
        raise ValueError("found and refuted" if found else "neither found nor refuted")
    return found
