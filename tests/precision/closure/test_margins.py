"""Proofs by a margin: never of a network that errs in that arithmetic, by all states or words."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from negeig.automata.expressions.regex_machine import regex_to_machine
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Region, Stopped
from negeig.precision.closure import margins
from negeig.precision.closure.choices import ChoiceSemantics
from negeig.precision.closure.held_network import held
from negeig.precision.closure.letter_error import NoBound
from negeig.precision.closure.margins import layer_margin, proved_by_margin
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import BF16
from negeig.precision.stored import round_parameters
from negeig.theory.closure.regions import Regions, proved_by_regions, widest
from negeig.theory.constructions.stacks import diagonal
from negeig.theory.networks.network import DeltaStep, LinearRNN
from support.margin_cases import errs_at, random_network, random_stack
from support.region_networks import TASKS, altered, last_letters, plane, registers, spiral

PROVED = {
    "(a|b)*bb": ("bf16", "fp16", "fp32", "fp64", "e4m3fn:acc32", "grid:2^-3", "bf16:sr:acc32"),
    "(a|b)*abb": ("bf16", "fp16", "bf16:acc32", "fp32:fma", "fp32:fma?", "grid:2^-6", "fp16:rtz"),
    "(a|b)*b(a|b)": ("bf16", "e3m4:acc32", "fp16:ftz", "fp32:pairwise", "bf16:acc32-chunk16"),
    "(a|b|c)*cb": ("bf16", "fp16:acc32-step", "bf16:acc32:sr:fma?", "grid:2^-6", "fixed12:2^-8"),
}


def is_small(name: str) -> bool:
    """Whether all states are listed soon."""
    model = parse(name)
    few = model.state.precision <= 11 or model.grid is not None
    return few and not model.has_choices and model.chunk is None


def of_regex(regex: str) -> tuple[LinearRNN, Machine]:
    machine = regex_to_machine(regex).minimal()
    return last_letters(machine, TASKS[regex]), machine


@pytest.mark.parametrize(
    ("regex", "name"), [(regex, name) for regex, names in PROVED.items() for name in names]
)
def test_the_last_letters_are_proved(regex, name):
    """A margin above the error, the same one in each arithmetic, and the closure agrees."""
    network, machine = of_regex(regex)
    found = proved_by_margin(network, machine, name)
    assert (found.verdict, found.states, found.decoder_exists) == ("proved", 0, True)
    region = found.region
    assert isinstance(region, Region)
    assert 0 < region.error <= region.margin
    assert region.boxes == found.boxes >= machine.size
    assert f"{region.boxes} regions" in found.reason
    if is_small(name):
        assert closure(network, machine, name, max_states=20_000).verdict == "proved"


@pytest.mark.parametrize("name", ["e5m2", "e4m3fn"])
def test_a_margin_that_is_too_small_says_so(name):
    found = proved_by_margin(*of_regex("(a|b)*abb"), name)
    assert (found.verdict, found.region) == ("open", None)
    assert found.reason.startswith("the margin is too small: margin 0.02")


@pytest.mark.parametrize(
    ("case", "name"),
    [
        ("(a|b)*abb", "bf16"), ("(a|b)*abb", "fp16"), ("(a|b|c)*cb", "bf16"),
        ("(a|b|c)*cb", "fp32"), ("(a|b)*bb", "e4m3fn:acc32"), ("registers", "bf16"),
        ("registers", "e4m3fn"), ("registers", "fp32"),
    ],
)  # fmt: skip
def test_a_million_letters_are_right(case, name):
    network, machine = registers(2) if case == "registers" else of_regex(case)
    assert proved_by_margin(network, machine, name).verdict == "proved"
    assert errs_at(network, machine, name, seed=7) is None


MODELS = (
    "e4m3fn", "e5m2", "e3m4", "e2m3fn", "e4m3b11fnuz", "e4m3fn:acc32", "e5m2:acc32",
    "e3m4:acc32-step", "e4m3fn:rtz", "e3m4:rna", "e4m3fn:ftz", "fixed8:2^-4", "grid:2^-2",
    "grid:2^-4", "grid:2^-3:rtz", "e3m4:acc32:sr", "e4m3fn:acc32-chunk3", "bf16", "fp16",
)  # fmt: skip
"""Mostly so coarse that many networks err, and so small that all states are listed."""


def is_right(network: LinearRNN, machine: Machine, name: str, most: int) -> bool | None:
    """Whether a network is right in an arithmetic, by all states; None past a number of them."""
    model = parse(name)
    stored, _ = round_parameters(network, model, round_parameters=True)
    meaning, minimal = ChoiceSemantics(network, stored, model), machine.minimal()
    queue = [(meaning.initial(), minimal.initial)]
    seen = set(queue)
    for state, at in queue:
        if len(queue) > most:
            return None
        for column, letter in enumerate(minimal.alphabet):
            goal = int(minimal.transitions[at, column])
            for after, symbol in meaning.outcomes_of(state, letter):
                if symbol is None or network.outputs[symbol] != minimal.outputs[goal]:
                    return False
                if (after, goal) not in seen:
                    seen.add((after, goal))
                    queue.append((after, goal))
    return True


@pytest.fixture
def remembered(monkeypatch):
    """The regions of largest margin are looked for once for each choice of coordinates."""
    known: dict[tuple, Regions] = {}

    def once(regions, moved=None, *, progress=None):
        key = regions, tuple(moved.items())
        if key not in known:
            known[key] = widest(regions, moved, progress=progress)
        return known[key]

    monkeypatch.setattr(margins, "widest", once)


def compare(seeds: range, most: int) -> dict[tuple[bool, bool | None], int]:
    """Count networks and arithmetics by what the margin says and what all states say."""
    counts: dict[tuple[bool, bool | None], int] = {}
    for seed in seeds:
        source = random.Random(seed)
        network, machine = random_network(source)
        known: dict[tuple, object] = {}
        for name in MODELS:
            model = parse(name)
            try:
                stored, changed = round_parameters(network, model, round_parameters=True)
            except InputError:
                continue
            own = held(network, stored)
            entries = tuple(map(str, changed))
            if entries not in known:
                known[entries] = proved_by_regions(own, machine)
            regions, proved = known[entries], False
            if regions is not None:
                try:
                    proved = layer_margin(regions, model).holds
                except NoBound:
                    proved = False
            right = is_right(network, machine, name, most)
            assert not (proved and right is False), (seed, name)
            counts[proved, right] = counts.get((proved, right), 0) + 1
    return counts


@pytest.mark.usefixtures("remembered")
def test_no_network_that_errs_is_proved():
    counts = compare(range(6), 150)

    assert counts[True, True] >= 10
    assert counts[False, False] >= 20


@pytest.mark.exhaustive
@pytest.mark.long
@pytest.mark.usefixtures("remembered")
def test_no_network_that_errs_is_proved_of_many():
    counts = compare(range(100, 120), 400)

    assert counts[True, True] >= 40
    assert counts[False, False] >= 100


@pytest.mark.exhaustive
def test_no_stack_that_errs_is_proved():
    """The same layer by layer: tables of regions and of states, against all states of the stack."""
    counts: dict[tuple[bool, bool | None], int] = {}
    for seed in range(24):
        network, machine = random_stack(random.Random(seed))
        for name in MODELS[seed % 3 :: 3]:
            try:
                found = proved_by_margin(network, machine, name, round_parameters=True)
            except InputError:
                continue
            proved, right = found.verdict == "proved", is_right(network, machine, name, 1000)
            assert not (proved and right is False), (seed, name)
            counts[proved, right] = counts.get((proved, right), 0) + 1
    assert counts[True, True] >= 20
    assert counts[False, False] >= 20


@pytest.mark.exhaustive
def test_random_networks_never_err_on_a_million_letters():
    """Those that are proved; others err in the coarse format, so the words are telling."""
    proved = wrong = 0
    for seed in range(200, 260):
        network, machine = random_network(random.Random(seed))
        steps = [step for own in network.layers[0].steps.values() for step in own]
        if not all(isinstance(step, DeltaStep) for step in steps):
            continue
        name = ("bf16", "fp16", "fp32", "e4m3fn")[seed % 4]
        if proved_by_margin(network, machine, name, round_parameters=True).verdict == "proved":
            proved += 1
            assert errs_at(network, machine, name, seed) is None, seed
        elif name == "e4m3fn":
            wrong += errs_at(network, machine, name, seed) is not None
    assert proved >= 15
    assert wrong >= 3


def test_registers_and_planes():
    """Also where a letter changes nothing, or turns the plane: by boxes and by polygons."""
    for case in (registers(3), plane(Fraction(3, 8)), spiral(Fraction(3, 4))):
        for name in ("bf16", "grid:2^-5"):
            found = proved_by_margin(*case, name, round_parameters=True)
            assert found.verdict == "proved", (name, found.reason)
            assert 0 < found.region.error <= found.region.margin


def swapped() -> tuple[LinearRNN, Machine]:
    """Two registers that letters overwrite, and another letter that exchanges them."""
    network, machine = registers(2)
    one = Fraction(1)
    swap = DeltaStep(one, (one, -one), 0 * one)
    network = altered(network, steps={**network.layers[0].steps, "hold": (swap,)})
    rows = machine.transitions.tolist()
    hold = machine.alphabet.index("hold")
    for code, exchanged in ((1, 2), (2, 1)):
        rows[code][hold] = exchanged
    return network, Machine(
        alphabet=machine.alphabet, transitions=rows, initial=0, outputs=machine.outputs
    )


def test_without_a_margin_only_what_is_exact_is_proved():
    """An eigenvalue -1 that is used adds up errors; on a grid it makes none."""
    network, machine = swapped()
    assert proved_by_regions(network, machine) is not None
    found = proved_by_margin(network, machine, "bf16")
    assert found.verdict == "open"
    assert found.reason.startswith("the regions have no margin")
    fine = proved_by_margin(network, machine, "grid:2^-6")
    assert fine.verdict == "proved"
    assert 0 < fine.region.error <= fine.region.margin
    reflections = altered(network, steps={**network.layers[0].steps, "-0": (), "+0": ()})
    assert proved_by_margin(reflections, machine, "bf16").verdict == "open"


def test_an_exponent_range_that_is_cut_is_refused():
    network, machine = of_regex("(a|b)*bb")
    wide = parse("bf16")
    narrow = replace(BF16, name="narrow", emax=0)
    cut = replace(wide, name="narrow", parameters=narrow, operations=narrow, state=narrow)
    assert proved_by_margin(network, machine, wide).verdict == "proved"
    found = proved_by_margin(network, machine, cut)
    assert found.verdict == "open"
    assert "narrow may overflow" in found.reason


def test_what_is_not_modelled_is_open():
    network, machine = of_regex("(a|b)*bb")
    found = proved_by_margin(network, machine, "fp16:daz")
    assert found.verdict == "open"
    assert "flushes_operands = True" in found.reason
    with pytest.raises(ValueError, match="no errors"):
        proved_by_margin(network, machine, "exact")


@pytest.mark.parametrize("name", ["bf16", "fp32", "grid:2^-6", "bf16:acc32:sr"])
def test_tampered_weights_are_not_proved(name):
    """Each write and each symbol in turn another one: wrong on some short word."""
    network, machine = of_regex("(a|b)*abb")
    (layer,) = network.layers
    for letter in layer.alphabet:
        (step,) = layer.steps[letter]
        other = DeltaStep(step.beta, step.key, -step.write)
        tampered = altered(network, steps={**layer.steps, letter: (other,)})
        assert proved_by_margin(tampered, machine, name).verdict == "open"
    for code, row in enumerate(layer.emit):
        symbol = next(s for s in network.outputs if s != row[0])
        emit = [*layer.emit]
        emit[code] = (symbol,) * len(row)
        tampered = altered(network, emit=tuple(emit))
        assert proved_by_margin(tampered, machine, name).verdict == "open"


@pytest.mark.parametrize("regex", ["a(a|b)*", "(ab)*", "(a|b)*ab(a|b)*", "a*b*a*"])
def test_stacks_are_proved_layer_by_layer(regex):
    """One number a layer; in e4m3fn the first has no margin, and all its states are listed."""
    machine = regex_to_machine(regex).minimal()
    network = next(iter(diagonal.construct(machine))).network
    for name in ("bf16", "fp32", "bf16:acc32:sr", "grid:2^-6"):
        found = proved_by_margin(network, machine, name)
        assert (found.verdict, found.layerwise) == ("proved", True), found.reason
        assert 0 < found.region.error <= found.region.margin
        tampered = replace(
            network, outputs={s: 1 - int(value) for s, value in network.outputs.items()}
        )
        assert proved_by_margin(tampered, machine, name).verdict == "open"
    coarse = proved_by_margin(network, machine, "e4m3fn")
    assert coarse.verdict == closure(network, machine, "e4m3fn").verdict == "proved"
    assert "in the reference's order" in coarse.reason


@pytest.mark.parametrize("after", [0, 40, 200])
def test_a_proof_that_is_stopped_says_so(after):
    """Told to stop early on, amid the search for the margin, or in the second layer."""
    machine = regex_to_machine("a(a|b)*").minimal()
    stack = next(iter(diagonal.construct(machine))).network
    for network, task in ((stack, machine), of_regex("(a|b|c)*cb")):
        calls = 0

        def stop(_):
            nonlocal calls
            calls += 1
            if calls > after:
                raise Stopped("seconds", 1, reached=1)

        found = proved_by_margin(network, task, "bf16", progress=stop)
        if calls > after:
            assert (found.verdict, found.reason[:18]) == ("open", "seconds: stopped a"), found
        else:
            assert found.verdict == "proved"


def test_a_layer_without_a_margin_is_closed():
    """Parity by a reflection, and above it a number that holds the last two of its symbols."""
    one = Fraction(1)
    letters = ("a", "b")
    flip = DeltaStep(2 * one, (one,), 0 * one)
    machine, top = regex_to_machine("(a|b)*bb").minimal(), of_regex("(a|b)*bb")[0].layers[0]
    parity = replace(
        top, initial=(one,), steps={"a": (flip,), "b": ()}, codes=((one,), (-one,)),
        emit=(("a", "a"), ("b", "b")),
    )  # fmt: skip
    network = LinearRNN(
        alphabet=letters, layers=(parity, top), outputs=of_regex("(a|b)*bb")[0].outputs, empty=0
    )
    # The state after an even number of a's is read as a, after an odd one as b.
    states = [(p, q) for p in range(2) for q in range(machine.size)]

    def after(state: tuple[int, int], letter: str) -> int:
        p = state[0] ^ (letter == "a")
        return states.index((p, int(machine.transitions[state[1], p])))

    both = Machine(
        alphabet=letters, transitions=[[after(s, a) for a in letters] for s in states],
        initial=states.index((0, machine.initial)), outputs=[machine.outputs[q] for _, q in states],
    )  # fmt: skip
    found = proved_by_margin(network, both, "bf16")
    assert found.verdict == "proved", found.reason
    assert "in the reference's order, by 2 states" in found.reason
    assert proved_by_margin(network, machine, "bf16").verdict == "open"
