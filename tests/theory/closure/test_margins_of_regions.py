"""Margins: states moved within them stay in the regions, and beyond twice the margin some err."""

import random
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from negeig.automata.expressions.regex_machine import regex_to_machine
from negeig.theory.closure.boxes import Affine, inside
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.closure.region_search import RegionSearch, moves
from negeig.theory.closure.regions import closed_by_regions, proved_by_regions, widest
from negeig.theory.closure.templates import boxes
from negeig.theory.constructions.covers import contraction
from negeig.theory.constructions.stacks import diagonal
from negeig.theory.networks.network import DeltaStep, DenseStep
from support.region_networks import TASKS, altered, last_letters, plane, registers, spiral

FINE = Fraction(1, 2**40)


def of_regex(regex):
    machine = regex_to_machine(regex).minimal()
    return last_letters(machine, TASKS[regex]), machine


CASES = {
    **{regex: of_regex(regex) for regex in TASKS},
    "registers": registers(2),
    "half registers": registers(3, Fraction(5, 8)),
    "plane": plane(Fraction(1, 4)),
    "wide plane": plane(Fraction(3, 8)),
    "spiral": spiral(Fraction(3, 4)),
}


@pytest.fixture(scope="module")
def found():
    return {name: widest(proved_by_regions(*case)) for name, case in CASES.items()}


def wrong_at(regions, network, machine, word, push) -> int | None:
    """The position where a run errs that is pushed off at each letter; the states are rational."""
    (layer,) = network.layers
    computed, state, at = moves(layer), layer.initial, machine.initial
    for i, letter in enumerate(word):
        state = layer.apply(letter, state)
        off = [x if can else 0 for x, can in zip(push(i), computed[letter], strict=True)]
        state = tuple(
            Fraction(round((x + e) / FINE)) * FINE for x, e in zip(state, off, strict=True)
        )
        at = int(machine.transitions[at, machine.alphabet.index(letter)])
        distances = [sum((x - y) ** 2 for x, y in zip(c, state, strict=True)) for c in layer.codes]
        symbol = layer.emit[distances.index(min(distances))][layer.alphabet.index(letter)]
        if network.outputs[symbol] != machine.outputs[at]:
            return i
        if regions is not None:
            rows = regions.template.coordinates(state)
            assert any(
                inside(tuple((x, x) for x in rows), box)
                for (q, _), box in regions.found.items()
                if q == at
            )
    return None


@pytest.mark.parametrize("name", CASES)
def test_states_moved_within_the_margin_stay(name, found):
    (network, machine), regions = CASES[name], found[name]
    minimal, source = machine.minimal(), random.Random(name)
    assert regions is not None
    assert regions.margin > 0
    most = regions.margin - FINE
    dim = network.layers[0].dim
    for how in ("any", "ends"):

        def push(_, how=how):
            if how == "any":
                return [most * Fraction(source.uniform(-1, 1)) for _ in range(dim)]
            return [most * source.choice((-1, 1)) for _ in range(dim)]

        word = source.choices(machine.alphabet, k=400)
        assert wrong_at(regions, network, minimal, word, push) is None


def worst_push(network, word):
    """For each code that is not the nearest after a word, the push at each letter that is for it.

    States are affine in the pushes: what is best for the last one, taken back letter by letter.
    """
    (layer,) = network.layers
    state = layer.initial
    for letter in word:
        state = layer.apply(letter, state)
    distances = [sum((x - y) ** 2 for x, y in zip(c, state, strict=True)) for c in layer.codes]
    best = layer.codes[distances.index(min(distances))]
    for code in layer.codes:
        slope = [y - x for x, y in zip(best, code, strict=True)]
        ways = []
        for letter in reversed(word):
            ways.append([(x > 0) - (x < 0) for x in slope])
            matrix = layer.letter_matrix(letter)
            slope = [sum(x * row[j] for x, row in zip(slope, matrix, strict=True))
                     for j in range(layer.dim)]  # fmt: skip
        if code != best:
            yield ways[::-1]


@pytest.mark.parametrize("name", [*TASKS, "registers", "half registers", "plane"])
def test_chunks_whose_positions_are_off_by_the_margin(name, found):
    """Each state of a chunk is the exact one from the chunk's start, moved in what was computed."""
    (network, machine), source = CASES[name], random.Random(name)
    regions, minimal = found[name], machine.minimal()
    (layer,) = network.layers
    computed, most = moves(layer), regions.margin - FINE
    carried, at = layer.initial, minimal.initial
    for _ in range(40):
        exact, shown, touched = carried, carried, [False] * layer.dim
        for letter in source.choices(minimal.alphabet, k=source.randint(1, 12)):
            exact = layer.apply(letter, exact)
            touched = [x or y for x, y in zip(touched, computed[letter], strict=True)]
            shown = tuple(
                x + most * source.choice((-1, 1)) if off else x
                for x, off in zip(exact, touched, strict=True)
            )
            at = int(minimal.transitions[at, minimal.alphabet.index(letter)])
            distances = [sum((x - y) ** 2 for x, y in zip(c, shown, strict=True))
                         for c in layer.codes]  # fmt: skip
            symbol = layer.emit[distances.index(min(distances))][layer.alphabet.index(letter)]
            assert network.outputs[symbol] == minimal.outputs[at]
        carried = tuple(
            Fraction(round(x / FINE)) * FINE if off else x
            for x, off in zip(shown, touched, strict=True)
        )


@pytest.mark.parametrize("name", CASES)
def test_beyond_twice_the_margin_some_err(name, found):
    """Pushed towards another code all the time, some short word is decoded wrongly."""
    (network, machine), regions = CASES[name], found[name]
    minimal, beyond = machine.minimal(), Fraction(9, 4) * regions.margin
    words = [w for n in range(1, 5) for w in product(machine.alphabet, repeat=n)]
    assert any(
        wrong_at(None, network, minimal, word, lambda i, ways=ways: [beyond * x for x in ways[i]])
        is not None
        for word in words
        for ways in worst_push(network, word)
    )


@pytest.mark.parametrize("name", CASES)
def test_shrunk_regions_are_refused(name, found):
    """Each region in turn halved; all of them with a larger margin; a weight that is another."""
    (network, _), regions = CASES[name], found[name]
    search = regions.search
    off = search.off(moves(search.layer), regions.margin)
    assert search.verify(regions.found, off)
    for place, box in regions.found.items():
        half = tuple(((3 * low + high) / 4, (low + 3 * high) / 4) for low, high in box)
        assert not search.verify({**regions.found, place: half}, off), place
    for place in regions.found:
        rest = {other: box for other, box in regions.found.items() if other != place}
        assert not search.verify(rest, off), place
    wider = search.off(moves(search.layer), Fraction(9, 4) * regions.margin)
    assert not search.verify(regions.found, wider)
    layer = network.layers[0]
    letter = next(a for a in layer.alphabet if layer.steps[a])
    other = next(a for a in layer.alphabet if layer.steps[a] not in ((), layer.steps[letter]))
    network = altered(network, steps={**layer.steps, letter: layer.steps[other]})
    letters = list(search.plain.letters)
    swapped = RegionSearch(network, search.task, search.maps, search.template)
    index = search.task.alphabet.index
    letters[index(letter)] = letters[index(other)]
    swapped.plain.letters = letters
    assert not swapped.verify(regions.found, off)


def test_what_is_held_needs_no_margin():
    """A register that no letter draws together, but for writes, has a margin all the same."""
    network, machine = registers(1)
    assert moves(network.layers[0]) == {"-0": (True,), "+0": (True,), "hold": (False,)}
    regions = proved_by_regions(network, machine)
    everything = dict.fromkeys(network.alphabet, (True,))
    assert widest(regions).margin > Fraction(1, 4)
    assert widest(regions, everything).margin == 0


def test_a_swap_has_no_margin():
    """Letters that draw nothing together add up errors: regions, but without any room."""
    network, _ = registers(2)
    layer = network.layers[0]
    one = Fraction(1)
    swap = (DeltaStep(one, (one, -one), 0 * one),)
    regions = closed_by_regions(altered(network, steps={**layer.steps, "hold": swap}))
    assert widest(regions).margin == 0
    assert widest(closed_by_regions(network)).margin > 0


def test_polygons_where_boxes_fail():
    """A turn by 53 degrees that shrinks by 3/4: boxes around 0 grow, polygons do not."""
    network, machine = spiral(Fraction(3, 4))
    regions = widest(proved_by_regions(network, machine))
    assert not regions.template.is_boxes
    assert exact_closure(network, machine).region.margin == regions.margin > Fraction(1, 2)
    search = regions.search
    letters = [Affine.of(network.layers[0].steps[a], 2) for a in search.task.alphabet]
    plain = RegionSearch(network, search.task, letters, boxes(2))
    assert plain.regions(plain.off(moves(search.layer), Fraction(0))) is None
    assert proved_by_regions(*spiral(Fraction(1))) is None


def test_numbers_beyond_float64_are_no_trouble():
    """A letter that stretches the plane beyond all bounds: no regions, but no crash."""
    network, machine = spiral(Fraction(3, 4))
    huge = Fraction(10) ** 400
    step = DenseStep(((huge, huge), (-huge, huge)), (huge, huge))
    other = altered(network, steps={**network.layers[0].steps, "b": (step,)})
    assert proved_by_regions(other, machine) is None


def test_points_that_boxes_do_not_draw_together():
    """A box around each point of a finite orbit grows, a parallelogram or a polygon shrinks."""
    machine = regex_to_machine("(a|b)*aa").minimal()
    network = next(iter(contraction.construct(machine))).network
    regions = proved_by_regions(network, machine)
    assert regions.template.is_boxes
    wide = widest(regions)
    assert wide.margin > Fraction(1, 8)
    assert not wide.template.is_boxes
    assert wide.search.verify(wide.found, wide.search.off(moves(network.layers[0]), wide.margin))


def test_exact_proofs_say_their_margin():
    network, machine = of_regex("(a|b)*abb")
    found = exact_closure(network, machine)
    assert found.verdict == "proved"
    assert found.region.boxes == found.boxes
    assert Fraction(1, 64) < found.region.margin < Fraction(1, 32)
    assert found.region.error is None


def test_a_stack_has_a_margin_only_where_every_layer_has():
    """Numbers alone have one; polygons that are turned, and never drawn together, have none."""
    machine = regex_to_machine("(a|b)*ab(a|b)*").minimal()
    numbers = next(iter(diagonal.construct(machine))).network
    assert exact_closure(numbers, machine).region.margin > Fraction(1, 16)
    layer = numbers.layers[0]
    one = Fraction(1)
    flip = DeltaStep(2 * one, (one,), 0 * one)
    parity = replace(
        layer, alphabet=("a", "b"), initial=(one,), steps={"a": (flip,), "b": ()},
        codes=((one,), (-one,)), emit=(("a", "b"), ("a", "b")),
    )  # fmt: skip
    stack = replace(numbers, layers=(parity, *numbers.layers))
    found = exact_closure(stack, machine)
    assert found.verdict == "proved"
    assert found.region.boxes > 0
    assert found.region.margin == 0
