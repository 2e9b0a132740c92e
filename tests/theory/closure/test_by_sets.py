"""Proofs by sets of states: they hold, they say no more than is true, and what is false is open."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.claims import Verdict
from negeig.pipeline.parts.proving import exact_claim, hardware_claim
from negeig.precision.closure.reference import ReferenceSemantics
from negeig.precision.closure.stack_search import close_layer
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.stored import round_parameters
from negeig.theory.closure import by_sets, exact_search, transducers
from negeig.theory.closure.by_sets import proved_by_sets
from negeig.theory.closure.exact_search import ExactSemantics, exact_closure
from negeig.theory.closure.explore import Task, explore
from negeig.theory.closure.transducers import close_with, transducer
from negeig.theory.constructions.stacks.cascade import construct
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN
from support.altered_networks import vars_of
from support.state_machines import random_machine, tcp
from support.structures import small_structures
from support.transducers import closed_layers

NAMES = ["starts-with:a", "dyck1:2", "tomita:3", "contains:aba", "transformations:3"]


def plain(machine):
    return next(iter(construct(machine))).network


def with_layer(network, i, **changes):
    layer = Layer(**vars_of(network.layers[i]) | changes)
    layers = (*network.layers[:i], layer, *network.layers[i + 1 :])
    return LinearRNN(**vars_of(network) | {"layers": layers})


def altered(network):
    """Every entry of every decoder table replaced in turn, and every step left out."""
    for i, layer in enumerate(network.layers):
        symbols = list(dict.fromkeys(s for row in layer.emit for s in row))
        for c, row in enumerate(layer.emit):
            for a, symbol in enumerate(row):
                other = symbols[(symbols.index(symbol) + 1) % len(symbols)]
                emit = (*row[:a], other, *row[a + 1 :])
                yield with_layer(network, i, emit=(*layer.emit[:c], emit, *layer.emit[c + 1 :]))
        for letter, steps in layer.steps.items():
            for j in range(len(steps)):
                shorter = {**layer.steps, letter: steps[:j] + steps[j + 1 :]}
                yield with_layer(network, i, steps=shorter)


def sets(network, machine):
    return proved_by_sets(Task(network, machine), closed_layers(network))


@pytest.mark.parametrize("name", NAMES)
def test_plain_cascades_are_proved(name):
    machine = get(name).minimal()
    network = plain(machine)
    counts = sets(network, machine)
    assert counts is not None
    assert counts[-1] == machine.size  # below the last layer the state is known
    assert exact_closure(network, machine).verdict == "proved"


@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_proved_of_an_altered_network_is_true(name):
    """Each table entry and each step altered: never proved unless all its states are right."""
    machine = get(name).minimal()
    refused = 0
    for twin in altered(plain(machine)):
        try:
            proved = sets(twin, machine) is not None
        except AssertionError:
            proved = False
        truth = explore(ExactSemantics(twin), twin, machine, max_states=20_000).verdict
        assert truth == "proved" or not proved
        refused += not proved
    assert refused > 5


@pytest.mark.exhaustive
def test_all_structures_of_three_states():
    """Every plain cascade is proved by sets alone; no structure with its letters swapped is."""
    for machine in small_structures(3):
        made = next(iter(construct(machine)), None)
        if made is None:
            continue
        assert sets(made.network, machine) is not None
        swapped = Machine(
            alphabet="ab",
            transitions=machine.transitions[:, ::-1],
            initial=0,
            outputs=machine.outputs,
        )
        if not np.array_equal(machine.transitions[:, 0], machine.transitions[:, 1]):
            assert sets(made.network, swapped) is None


@pytest.mark.parametrize("machine", [tcp(), random_machine(20, 1)], ids=["tcp", "random"])
def test_a_large_cascade_with_one_entry_altered_is_never_proved(machine):
    """Only entries that some word uses: one at each layer's first code that the word visits."""
    network = plain(machine)
    word = Random(3).choices(machine.alphabet, k=40)
    assert sets(network, machine) is not None
    for i, layer in enumerate(network.layers):
        visited = []
        states = [other.initial for other in network.layers]
        for letter in word:
            symbol = letter
            for j, other in enumerate(network.layers):
                states[j] = other.apply(symbol, states[j])
                code = other.codes.index(states[j])
                column = other.alphabet.index(symbol)
                if j == i:
                    visited.append((code, column))
                symbol = other.emit[code][column]
        code, column = visited[-1]
        # The symbol of another state of the machine or move: one that reads differently.
        row = layer.emit[code]
        symbols = sorted({s for emitted in layer.emit for s in emitted} - {row[column]})
        changed = (*row[:column], symbols[0], *row[column + 1 :])
        emit = (*layer.emit[:code], changed, *layer.emit[code + 1 :])
        twin = with_layer(network, i, emit=emit)
        right = twin.run(word) == machine.run(word)
        assert right or sets(twin, machine) is None, i


def test_a_large_cascade_with_a_step_left_out_is_refuted_in_every_arithmetic():
    machine = tcp()
    network = plain(machine)
    layer = network.layers[0]
    letter = next(a for a in layer.alphabet if layer.steps[a])
    twin = with_layer(network, 0, steps={**layer.steps, letter: layer.steps[letter][:-1]})
    for claim in (exact_claim(twin, machine), hardware_claim(twin, machine, "bf16")):
        assert claim.verdict is Verdict.REFUTED


def test_the_empty_word_counts():
    machine = get("dyck1:2").minimal()
    network = plain(machine)
    twin = LinearRNN(**vars_of(network) | {"empty": "something else"})
    assert sets(network, machine) is not None
    assert sets(twin, machine) is None


def test_a_symbol_that_the_next_layer_does_not_read_is_no_proof():
    machine = get("tomita:3").minimal()
    network = plain(machine)
    layer = network.layers[0]
    emit = (*layer.emit[:-1], ("unread",) * len(layer.alphabet))
    assert sets(with_layer(network, 0, emit=emit), machine) is None


def test_past_the_limit_there_is_no_proof(monkeypatch):
    machine = get("tomita:3").minimal()
    network = plain(machine)
    monkeypatch.setattr(by_sets, "MAX_EDGES", 3)
    assert sets(network, machine) is None


def test_a_stack_that_the_direct_search_cannot_close_is_proved_by_sets(monkeypatch):
    machine = get("tomita:3").minimal()
    network = plain(machine)
    monkeypatch.setattr(exact_search, "DIRECT_STATES", 2)
    result = exact_closure(network, machine)
    assert (result.verdict, result.layerwise) == ("proved", True)
    assert "sets of the machine's states" in result.reason
    # Without sets the layers are composed, as before.
    monkeypatch.setattr(by_sets, "MAX_EDGES", 3)
    result = exact_closure(network, machine)
    assert (result.verdict, result.layerwise) == ("proved", True)
    assert "minimal transducers together" in result.reason


# Transducers


@pytest.mark.parametrize("name", NAMES)
def test_a_transducer_does_what_the_layer_does(name):
    machine = get(name).minimal()
    random = Random(5)
    network = plain(machine)
    for layer, found in zip(network.layers, closed_layers(network), strict=True):
        state, at = layer.initial, 0
        for letter in random.choices(layer.alphabet, k=200):
            state = layer.apply(letter, state)
            symbol = layer.emit[layer.codes.index(state)][layer.alphabet.index(letter)]
            assert found.emitted[at][letter] == symbol
            at = found.after[at][found.actions[letter]]
        assert found.machine().minimal().size == found.machine().size


def test_an_undecodable_state_emits_nothing():
    one = Fraction(1)
    turn = DeltaStep(2 * one, (one,), Fraction(0))
    layer = Layer(
        alphabet=("a",), initial=(one,), steps={"a": (turn,)}, codes=((one,),), emit=(("x",),)
    )
    found = transducer(layer, None, close_with(ExactSemantics, 10, None))
    assert [row["a"] for row in found.emitted] == [None, "x"]
    assert transducer(layer, None, close_with(ExactSemantics, 1, None)) is None


def test_what_a_matrix_leads_to_is_decoded_to_the_nearest_code():
    one = Fraction(1)
    turn = DenseStep(((-one,),), (Fraction(0),))
    layer = Layer(
        alphabet=("a",), initial=(one,), steps={"a": (turn,)}, codes=((one,),), emit=(("x",),)
    )
    found = transducer(layer, None, close_with(ExactSemantics, 10, None))
    assert [row["a"] for row in found.emitted] == ["x"]


@pytest.mark.parametrize("arithmetic", ["bf16", "fp32", "fp32:fma"])
@pytest.mark.parametrize("name", ["tomita:3", "transformations:3", "dyck1:2"])
def test_the_compiled_closing_agrees_with_the_plain_one(monkeypatch, name, arithmetic):
    model = parse(arithmetic)
    probes = []

    def compiled(network):
        stored, _ = round_parameters(network, model, round_parameters=True)
        probes.append((network, close_layer(network, model, stored, 20_000, 1 << 30)))
        return probes[-1][1]

    def reference(network):
        stored, _ = round_parameters(network, model, round_parameters=True)
        return ReferenceSemantics(network, stored, model)

    network = plain(get(name).minimal())
    for layer in network.layers:
        one = transducer(layer, None, compiled)
        two = transducer(layer, None, close_with(reference, 20_000, None))
        assert (one.after, one.emitted, one.states) == (two.after, two.emitted, two.states)
    probe, _ = probes[0]
    stored, _ = round_parameters(probe, model, round_parameters=True)
    assert close_layer(probe, model, stored, 1, 1 << 30) is None
    monkeypatch.setattr(transducers, "MAX_EMISSIONS", 1)
    assert transducer(network.layers[0], None, compiled) is None
