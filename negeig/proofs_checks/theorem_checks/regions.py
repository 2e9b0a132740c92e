"""Checks of the theorem about regions: sets of states that letters carry into each other."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from negeig.proofs_checks.theorem_checks.loose import Case, Check, each
from negeig.proofs_checks.theorem_checks.tasks import ONE, ZERO, built, machine, right
from negeig.theory.closure.boxes import Affine
from negeig.theory.closure.explore import Task
from negeig.theory.closure.region_search import Found, RegionSearch
from negeig.theory.closure.regions import Regions, proved_by_regions
from negeig.theory.networks.network import DeltaStep, LinearRNN
from negeig.theory.theorems import ids


def _digits(task: str) -> LinearRNN:
    network = built("digits", task)
    assert network is not None, task
    return network


def _regions(task: str) -> Regions:
    """Return the regions that prove the network of digits right."""
    found = proved_by_regions(_digits(task), machine(task))
    assert found is not None, task
    return found


def _stays(task: str, network: LinearRNN, found: Found) -> bool:
    """Whether letters carry regions into each other, decoded rightly. Exact."""
    (layer,) = network.layers
    demanded = Task(network, machine(task))
    maps = [Affine.of(layer.steps[letter], layer.dim) for letter in demanded.alphabet]
    search = RegionSearch(network, demanded, maps, _regions(task).template)
    return search.verify(found, [(ZERO,) * layer.dim] * len(maps))


def _resized(task: str, factor: Fraction) -> list[bool]:
    """Whether letters still carry regions into each other when one of them is resized."""
    found, answers = _regions(task).found, []
    for place, box in found.items():
        ends = tuple((low, low + factor * (high - low)) for low, high in box)
        answers.append(_stays(task, _digits(task), {**found, place: ends}))
    return answers


def _written(network: LinearRNN, factor: Fraction) -> LinearRNN:
    """Return a network of one layer of delta steps whose writes are multiplied by a number."""
    (layer,) = network.layers
    steps = {
        letter: tuple(replace(s, write=factor * s.write) for s in old if isinstance(s, DeltaStep))
        for letter, old in layer.steps.items()
    }
    return replace(network, layers=(replace(layer, steps=steps),))


def _inverted(network: LinearRNN) -> LinearRNN:
    """Return the network that says yes for no."""
    outputs = {symbol: 1 - int(str(output)) for symbol, output in network.outputs.items()}
    return replace(network, outputs=outputs)


def _reached(network: LinearRNN, letters: int) -> int:
    """Return how many states the words of some length reach, in a network of one layer."""
    (layer,) = network.layers
    states = {layer.initial}
    for _ in range(letters):
        states = {layer.apply(letter, state) for state in states for letter in layer.alphabet}
    return len(states)


CHECKS = (
    Check(
        ids.REGIONS,
        (
            *each(
                "{0}: digits stay in their regions, and are right on 50 words of 40 letters",
                lambda task: (
                    _stays(task, _digits(task), _regions(task).found) and right(_digits(task), task)
                ),
                ("ends-with:ab", "ends-with:aab", "ends-with:abba"),
            ),
            Case(
                "4 regions though states are without end: 2^8 after 8 letters",
                lambda: (
                    len(_regions("ends-with:ab")) == 4
                    and _reached(_digits("ends-with:ab"), 8) == 256
                ),
            ),
        ),
        (
            Case(
                "a region of half the length, whichever it is: letters leave it",
                lambda: not any(_resized("ends-with:aab", ONE / 2)),
            ),
            Case(
                "a region past the cell of its code: decoded to two",
                lambda: not any(_resized("ends-with:aab", 100 * ONE)),
            ),
            Case(
                "steps that write twice as much leave the regions",
                lambda: (
                    not _stays(
                        "ends-with:ab",
                        _written(_digits("ends-with:ab"), 2 * ONE),
                        _regions("ends-with:ab").found,
                    )
                ),
            ),
            Case(
                "regions that stay and are decoded wrongly: yes for no",
                lambda: (
                    not _stays(
                        "ends-with:ab",
                        _inverted(_digits("ends-with:ab")),
                        _regions("ends-with:ab").found,
                    )
                ),
            ),
        ),
    ),
)
