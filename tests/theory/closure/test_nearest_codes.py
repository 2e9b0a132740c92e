"""Layers that contract are decoded to the nearest code in exact arithmetic too."""

import itertools
import random
from dataclasses import replace
from fractions import Fraction

import pytest

from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.precision.closure.rounded_closure import closure
from negeig.proofs_checks.runs.closure import closure_certificate
from negeig.theory.bounds.counterexamples import escapes
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.routes import routes
from negeig.theory.networks.network import DeltaStep
from negeig.theory.networks.one_layer import one_layer
from support.certificates import lines_of, verdict

ONE, ZERO = Fraction(1), Fraction(0)
STACKS = {
    "diagonal": [[1, 2], [3, 3], [4, 1], [1, 0], [3, 3]],
    "solvable": [[1, 1], [2, 3], [2, 3], [3, 0]],
}
"""Right stacks of infinitely many states, of which regions prove none."""


def stack(route):
    rows = STACKS[route]
    machine = Machine(alphabet="ab", transitions=rows, initial=0, outputs=range(len(rows)))
    (chosen,) = (one for one in routes() if one.name == route)
    return next(iter(chosen.propose(machine))).network, machine


def short_words(machine, most):
    return itertools.chain.from_iterable(
        itertools.product(machine.alphabet, repeat=length) for length in range(1, most + 1)
    )


def is_right(network, machine, word):
    return tuple(network.run(word)) == tuple(machine.run(word))


@pytest.mark.parametrize("route", STACKS)
def test_a_state_that_equals_no_code_is_no_error(route):
    network, machine = stack(route)
    assert any(layer.rescales for layer in network.layers)
    assert all(is_right(network, machine, word) for word in short_words(machine, 7))
    found = exact_closure(network, machine, max_states=2_000)
    assert (found.verdict, found.words) == ("open", ())
    assert closure(network, machine, "bf16").verdict == "proved"


@pytest.mark.parametrize("route", STACKS)
@pytest.mark.parametrize("seed", range(6))
def test_a_word_on_which_an_altered_stack_errs_is_one(route, seed):
    """Symbols of some code and letter are exchanged; what is wrong then is wrong when it is run."""
    network, machine = stack(route)
    source = random.Random(seed)
    place = source.randrange(len(network.layers))
    layer = network.layers[place]
    row = list(layer.emit[code := source.randrange(len(layer.emit))])
    i, j = source.sample(range(len(row)), 2)
    row[i], row[j] = row[j], row[i]
    emit = (*layer.emit[:code], tuple(row), *layer.emit[code + 1 :])
    layers = list(network.layers)
    layers[place] = replace(layer, emit=emit)
    altered = replace(network, layers=tuple(layers))
    found = exact_closure(altered, machine, max_states=2_000)
    wrong = [word for word in short_words(machine, 6) if not is_right(altered, machine, word)]
    if found.verdict == "wrong":
        assert not is_right(altered, machine, found.words[0])
        assert len(found.words[0]) <= min(map(len, wrong), default=len(found.words[0]))
    else:
        assert found.verdict in ("open", "collision")
        assert not wrong or found.verdict == "collision"


@pytest.mark.parametrize("task", ["starts-with:a", "contains:ab", "dyck1:2"])
def test_layers_of_matrices_that_shrink_for_ever_are_right(task):
    """The answer is the direction of a state without end, and no word errs."""
    machine = get(task).minimal()
    found = escapes(machine)
    assert found
    for escape in found:
        network = escape.network
        assert all(is_right(network, machine, word) for word in short_words(machine, 6))
        assert exact_closure(network, machine, max_states=2_000).verdict != "wrong"


def halved():
    """A layer that writes 1 or -1 and halves it, with codes at 1 and -1, and its task."""
    machine = get("flipflop").minimal()
    half = DeltaStep(ONE / 2, (ONE,), ZERO)
    writes = {column: DeltaStep(ONE, (ONE,), w) for column, w in ((0, -ONE), (1, ONE))}
    steps = [
        () if column[0] != column[1] else (writes[column[0]], half)
        for column in machine.transitions.T.tolist()
    ]
    initial = (ONE if machine.initial else -ONE,)
    codes = [(-ONE,), (ONE,)]
    return one_layer(machine, initial=initial, steps=steps, codes=codes), machine


def test_a_finite_orbit_off_the_codes_is_proved_and_certified():
    network, machine = halved()
    (layer,) = network.layers
    reached = {layer.apply(letter, layer.initial) for letter in layer.alphabet}
    assert layer.rescales
    assert (ONE / 2,) in reached
    found = exact_closure(network, machine)
    assert found.verdict == "proved"
    lines = lines_of(closure_certificate(network, machine, "exact"))
    assert verdict(lines) == ("VERIFIED", "")


def test_without_a_step_that_contracts_states_have_to_equal_codes():
    network, machine = halved()
    (layer,) = network.layers
    steps = {letter: tuple(s for s in own if s.beta == 1) for letter, own in layer.steps.items()}
    whole = replace(network, layers=(replace(layer, steps=steps),))
    assert exact_closure(whole, machine).verdict == "proved"
    near = tuple((9 * x / 10,) for (x,) in layer.codes)
    off = replace(whole, layers=(replace(layer, steps=steps, codes=near),))
    assert exact_closure(off, machine).verdict == "wrong"
