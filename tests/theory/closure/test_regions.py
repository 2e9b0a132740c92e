"""Proof by regions: layers that contract and reach infinitely many states, exact and on words."""

import random
from fractions import Fraction
from itertools import combinations, product

import pytest

from negeig.automata.expressions.regex_machine import regex_to_machine
from negeig.automata.machines.machine import Machine
from negeig.claims import Region, Verdict
from negeig.pipeline.parts.proving import exact_claim, hardware_claim
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.closure.region_places import _Line
from negeig.theory.closure.regions import contracts, proved_by_regions
from negeig.theory.exact.numbers import to_fmpq
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from support.region_networks import TASKS, last_letters


def decoded(network: LinearRNN, word: tuple[str, ...]) -> object:
    """What the network says after a word, by the nearest code, exactly."""
    (layer,) = network.layers
    state = layer.initial
    for letter in word:
        state = layer.apply(letter, state)
    distances = [sum((x - y) ** 2 for x, y in zip(c, state, strict=True)) for c in layer.codes]
    row = layer.emit[distances.index(min(distances))]
    return network.outputs[row[layer.alphabet.index(word[-1])]]


def is_right(network: LinearRNN, machine: Machine, longest: int) -> bool:
    return all(
        decoded(network, word) == machine.output(word)
        for length in range(1, longest + 1)
        for word in product(machine.alphabet, repeat=length)
    )


@pytest.mark.parametrize("regex", TASKS)
def test_the_last_letters_in_one_number(regex):
    machine = regex_to_machine(regex).minimal()
    network = last_letters(machine, TASKS[regex])
    assert is_right(network, machine, 6)
    assert contracts(network)
    result = exact_closure(network, machine)
    assert (result.verdict, result.states) == ("proved", 0)
    assert result.boxes >= machine.size
    claim = exact_claim(network, machine)
    assert claim.verdict is Verdict.PROVED
    assert isinstance(claim.evidence, Region)
    assert claim.to_json()["states"] is None
    assert hardware_claim(network, machine, "bf16").verdict is Verdict.PROVED


def test_too_few_letters_are_no_proof():
    machine = regex_to_machine("(a|b)*abb").minimal()
    assert not is_right(last_letters(machine, 2), machine, 6)
    assert proved_by_regions(last_letters(machine, 2), machine) is None


@pytest.mark.parametrize("seed", range(60))
def test_altered_networks_are_proved_only_where_they_are_right(seed):
    """Codes, writes, starts and tables changed at random, against all short words."""
    source = random.Random(seed)
    machine = regex_to_machine(source.choice(list(TASKS))).minimal()
    network = last_letters(machine, source.choice((1, 2, 3)))
    (layer,) = network.layers
    fields = {name: getattr(layer, name) for name in layer.__dataclass_fields__}
    nudge = Fraction(source.randint(-8, 8), source.choice((1, 2, 4, 8)))
    change = source.choice(("codes", "initial", "steps", "emit"))
    if change == "codes":
        codes = [*layer.codes]
        at = source.randrange(len(codes))
        codes[at] = (codes[at][0] + nudge,)
        fields["codes"] = tuple(codes)
    elif change == "initial":
        fields["initial"] = (layer.initial[0] + nudge,)
    elif change == "steps":
        letter = source.choice(layer.alphabet)
        (step,) = layer.steps[letter]
        fields["steps"] = {**layer.steps, letter: (DeltaStep(step.beta, step.key, nudge),)}
    else:
        emit = [*layer.emit]
        emit[source.randrange(len(emit))] = (source.choice(list(network.outputs)),) * len(
            layer.alphabet
        )
        fields["emit"] = tuple(emit)
    altered = LinearRNN(
        alphabet=network.alphabet, layers=(Layer(**fields),), outputs=network.outputs,
        empty=network.empty,
    )  # fmt: skip
    if proved_by_regions(altered, machine) is not None:
        assert is_right(altered, machine, 8 if len(machine.alphabet) == 2 else 5)


def test_a_box_across_two_cells_is_no_proof():
    """With base 2 the images of both letters touch at 0: words come as near to it as one likes."""
    machine = regex_to_machine("(a|b)*a").minimal()
    assert proved_by_regions(last_letters(machine, 1, base=2), machine) is None
    assert proved_by_regions(last_letters(machine, 1, base=4), machine) is not None


def test_a_region_has_a_code_where_all_its_points_have_it():
    """Of all intervals between multiples of 1/8: with both numbers, and wide ones with none."""
    machine = regex_to_machine("(a|b)*a").minimal()
    regions = proved_by_regions(last_letters(machine, 1, base=4), machine)
    for places in (regions.search.plain, regions.search.fast):
        codes, seen = [x for (x,) in places.codes], set()
        points = [Fraction(k, 8) for k in range(-12, 13)]
        nearest = [min(range(len(codes)), key=lambda c: (abs(x - codes[c]), c)) for x in points]
        for i, j in combinations(range(len(points)), 2):
            met = {*nearest[i : j + 1]}
            found = places.cell(((places.number(points[i]), places.number(points[j])),))
            assert found == (nearest[i] if len(met) == 1 else None)
            seen.add(found)
        assert seen == {None, *range(len(codes))}


def test_several_layers_are_left_alone():
    machine = regex_to_machine("(a|b)*a").minimal()
    network = last_letters(machine, 1)
    (layer,) = network.layers
    twice = LinearRNN(
        alphabet=("a", "b"), layers=(layer, layer), outputs=network.outputs, empty=0
    )  # fmt: skip
    assert proved_by_regions(twice, machine) is None


def test_an_interval_lies_in_a_cell_as_its_points_do():
    """All lists of up to three codes of a few, equal ones too, and all ends on a grid."""
    grid = [Fraction(k, 8) for k in range(-9, 10)]
    for count in (1, 2, 3):
        for codes in product(
            (Fraction(-1), Fraction(0), Fraction(1, 2), Fraction(1)), repeat=count
        ):
            nearest = [min(range(count), key=lambda c: (abs(x - codes[c]), c)) for x in grid]
            for number in (Fraction, to_fmpq):
                line = _Line(codes, number)
                assert [line.nearest(number(x)) for x in grid] == nearest
            for i, j in combinations(range(len(grid)), 2):  # the ends decide
                assert (nearest[i] == nearest[j]) == (len({*nearest[i : j + 1]}) == 1)


@pytest.mark.parametrize("dim", [1, 2])
def test_float64_never_decides_what_is_close(dim):
    """Codes that float64 cannot tell apart, seen from far away: exact, and no proof."""
    rest = (Fraction(0),) * (dim - 1)
    machine = regex_to_machine("(a|b)*a").minimal()
    tiny, far = Fraction(1, 2**80), Fraction(2**90)
    step = {a: (DeltaStep(Fraction(1), (Fraction(1), *rest), far),) for a in ("a", "b")}
    layer = Layer(
        alphabet=("a", "b"), initial=(far, *rest), steps=step,
        codes=((Fraction(1) + tiny, *rest), (Fraction(1), *rest)), emit=(("1", "0"), ("0", "0")),
    )  # fmt: skip
    network = LinearRNN(alphabet=("a", "b"), layers=(layer,), outputs={"1": 1, "0": 0}, empty=0)
    regions = proved_by_regions(network, machine)
    assert regions is not None  # the farther code is the nearer one, by 2^-80
    assert {code for _, code in regions.boxes} == {0}
    swapped = LinearRNN(
        alphabet=("a", "b"), outputs={"1": 1, "0": 0}, empty=0,
        layers=(Layer(**{**{n: getattr(layer, n) for n in layer.__dataclass_fields__},
                         "codes": layer.codes[::-1]}),),
    )  # fmt: skip
    assert proved_by_regions(swapped, machine) is None
