"""Several layers with few steps a token: single reflections, counters, memories and blocks."""

from __future__ import annotations

import itertools
from dataclasses import replace
from random import Random

import pytest

from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.claims import LimitReached
from negeig.theory.closure.exact_search import ExactSemantics, exact_closure
from negeig.theory.closure.explore import explore
from negeig.theory.closure.layerwise import layerwise
from negeig.theory.constructions.pieces.block_memory import BlockMemory
from negeig.theory.constructions.pieces.counters import (
    numbered,
    reflecting_counter,
    turning_counter,
)
from negeig.theory.constructions.pieces.mirrors import plane_mirrors, realisations
from negeig.theory.constructions.stacks import blocks, two_reflections
from negeig.theory.networks.network import LinearRNN
from support.transducers import closed_layers

# Symmetries of a regular polygon, written (j, f): angle -> j + angle, or j - angle when f is 1.


def then(x, y, m):
    """The symmetry that applies x and then y."""
    return ((y[0] + (-x[0] if y[1] else x[0])) % m, x[1] ^ y[1])


def symmetries(m):
    return [(j, f) for f in (0, 1) for j in range(m)]


def orbit_machine(letters, act, start, outputs=None):
    """The machine whose states are the points that letters lead to, its outputs the points."""
    points = [start]
    table = []
    for x in points:
        row = [act(x, g) for g in letters]
        points += [y for y in dict.fromkeys(row) if y not in points]
        table.append([points.index(y) for y in row])
    shown = [str(x) for x in points] if outputs is None else [outputs(x) for x in points]
    names = [chr(97 + i) for i in range(len(letters))]
    return Machine(alphabet=names, transitions=table, initial=0, outputs=shown).minimal()


def polygon_machine(letters, m, corners=False):
    """Track the product of symmetries, or only where it sends corner 0."""
    if corners:
        return orbit_machine(letters, lambda i, g: (g[0] + (-i if g[1] else i)) % m, 0)
    return orbit_machine(letters, lambda x, g: then(x, g, m), (0, 0))


def permuted(x, g):
    return tuple(g[i] for i in x)


def permutation_machine(letters):
    """Track the product of permutations, with their points."""
    machine = orbit_machine(letters, permuted, tuple(range(len(letters[0]))))
    return Machine(
        alphabet=machine.alphabet,
        transitions=machine.transitions,
        initial=0,
        outputs=machine.outputs,
        points=letters,
    )


def transducer(layers, alphabet):
    """The stack as a network that outputs the last layer's symbols."""
    symbols = {s for row in layers[-1].emit for s in row}
    return LinearRNN(
        alphabet=tuple(alphabet), layers=tuple(layers), outputs={s: s for s in symbols}, empty=""
    )


@pytest.mark.parametrize("corners", range(1, 13))
def test_mirrors_generate_the_dihedral_group(corners):
    for mirrors in realisations(corners):
        steps = [mirrors.step(c) for c in range(corners)]
        for c, step in enumerate(steps):
            assert (step.eigenvalue, step.write) == (-1, 0)
            assert step.apply(mirrors.axis(c)) == mirrors.axis(c)
            assert step.apply(mirrors.generic) != mirrors.generic
            for d, other in enumerate(steps):  # mirror d, then c: the rotation by c - d
                up = steps[(c + 1) % corners].apply(steps[(d + 1) % corners].apply(mirrors.generic))
                assert step.apply(other.apply(mirrors.generic)) == up
        orbit = [mirrors.generic]
        while len(orbit) < 2 or orbit[-1] != orbit[0]:
            orbit.append(steps[1 % corners].apply(steps[0].apply(orbit[-1])))
        assert len(orbit) == corners + 1


def test_a_mirror_of_the_plane_reflects_angles():
    for corners in range(1, 13):
        mirrors = plane_mirrors(corners)
        points = [
            mirrors.step(j).apply(mirrors.step(0).apply(mirrors.axis(0))) for j in range(corners)
        ]
        for c, j in itertools.product(range(corners), repeat=2):
            assert mirrors.step(c).apply(points[j]) == points[(c - j) % corners]


GROUPS = [
    *(f"mod:{m}" for m in range(3, 13)),
    *(f"cyclic:{m}" for m in range(3, 9)),
    *(f"cycle-nav:{m}" for m in (3, 5, 6)),
    *(f"dihedral:{m}" for m in range(3, 9)),
    "sym:3",
]


@pytest.mark.parametrize("name", GROUPS)
def test_two_layers_of_one_reflection(name):
    machine = get(name).minimal()
    found = two_reflections.construct(machine)
    assert found
    for construction in found:
        network = construction.network
        assert [layer.steps_per_token for layer in network.layers] == [1, 1]
        assert all(layer.eigenvalues == (-1,) for layer in network.layers)
        assert network.layers[0].dim == 1
        result = exact_closure(network, machine)
        assert (result.verdict, result.reason) == ("proved", "")


@pytest.mark.parametrize(
    ("name", "dims", "degree"),
    [
        ("mod:3", [2, 3], 2),
        ("mod:4", [2], 1),
        ("mod:5", [2], 4),
        ("mod:6", [2, 3], 2),  # a triangle: the parity of the position is that of the count
        ("mod:7", [2], 6),
        ("mod:8", [2], 1),  # a square
        ("dihedral:4", [2], 1),
        ("dihedral:5", [2], 4),
    ],
)
def test_dimensions_and_fields(name, dims, degree):
    found = [c.network for c in two_reflections.construct(get(name).minimal())]
    assert [network.layers[1].dim for network in found] == dims
    assert (found[0].field.degree if found[0].field else 1) == degree
    assert all(network.field is None for network in found[1:])


def test_letters_may_add_anything():
    for m in range(3, 9):
        machine = orbit_machine(range(m), lambda x, g, m=m: (x + g) % m, 0)
        for construction in two_reflections.construct(machine):
            assert exact_closure(construction.network, machine).verdict == "proved"


@pytest.mark.parametrize("m", [2, 3, 4, 5, 6])
def test_any_two_symmetries_of_a_polygon(m):
    """Products and corners; nothing is proposed only where one reflection in one layer does."""
    count = 0
    for letters in itertools.product(symmetries(m), repeat=2):
        for machine in (polygon_machine(letters, m), polygon_machine(letters, m, corners=True)):
            found = two_reflections.construct(machine)
            for construction in found:
                assert exact_closure(construction.network, machine).verdict == "proved"
                assert [x.steps_per_token for x in construction.network.layers] == [1, 1]
            count += bool(found)
            if not found and m > 2:
                group = two_reflections.dihedral_letters(machine)
                assert group is None or all(f or j == 0 for j, f in group.letters)
                assert group is not None or machine.size <= 2
    assert count > 0


def test_all_symmetries_as_letters():
    for m in (3, 4, 5, 6):
        machine = polygon_machine(symmetries(m), m)
        assert machine.size == 2 * m
        for construction in two_reflections.construct(machine):
            assert exact_closure(construction.network, machine).verdict == "proved"


@pytest.mark.parametrize("name", ["parity", "mod:2", "sym:4", "alt:4", "quaternion", "sym:3:swaps"])
def test_no_two_reflections(name):
    """Other groups, and groups for which one reflection in one layer is enough."""
    assert two_reflections.construct(get(name).minimal()) == []


def test_two_reflections_limits():
    with pytest.raises(LimitReached, match="degree of a number field"):
        two_reflections.construct(get("mod:211").minimal())
    with pytest.raises(LimitReached, match="states of a permutation machine"):
        two_reflections.construct(get("mod:1500").minimal())


def altered(network, layer, **changes):
    layers = list(network.layers)
    layers[layer] = replace(layers[layer], **changes)
    return replace(network, layers=tuple(layers))


def other_steps(network, layer):
    """The network with the steps of one letter replaced by those of another, for each pair."""
    steps = network.layers[layer].steps
    for a, b in itertools.permutations(steps, 2):
        if steps[a] != steps[b]:
            yield altered(network, layer, steps={**steps, a: steps[b]})


@pytest.mark.parametrize("name", ["mod:3", "mod:6", "cyclic:5", "dihedral:4"])
def test_a_wrong_reflection_is_refuted(name):
    machine = get(name).minimal()
    network = two_reflections.construct(machine)[-1].network
    blind, emit = network.layers[0].emit, network.layers[1].emit
    wrong = [
        *other_steps(network, 1),
        altered(network, 0, emit=(blind[0], blind[0])),
        altered(network, 1, emit=emit[1:] + emit[:1]),
    ]
    assert len(wrong) > 3
    for twin in wrong:
        assert exact_closure(twin, machine).verdict in ("wrong", "collision")


@pytest.mark.parametrize("modulus", range(2, 13))
def test_counters_number_letters(modulus):
    letters = {"a": "x", "b": "y", "c": "x"}
    word = Random(modulus).choices("abc", k=3 * modulus + 1)
    wanted = tuple(numbered(letters[a], i % modulus) for i, a in enumerate(word))
    turning = turning_counter(letters, modulus)
    assert turning.steps_per_token == (1 if modulus == 2 else 2)
    assert transducer([turning], letters).run(word)[1:] == wanted
    if modulus % 2 == 0 and modulus > 2:
        reflecting = reflecting_counter(letters, modulus)
        assert [layer.steps_per_token for layer in reflecting] == [1, 1]
        assert transducer(reflecting, letters).run(word)[1:] == wanted


@pytest.mark.parametrize("swaps", [False, True])
def test_the_memory_holds_two_blocks(swaps):
    """All words of up to four blocks of two letters; before the first block there is 0."""
    memory = BlockMemory(2, swaps)
    layer = memory.layer("01", lambda previous, current: str((previous, current)))
    assert layer.steps_per_token == (2 if swaps else 1)
    counter = turning_counter({"0": "0", "1": "1"}, memory.positions)
    network = transducer([counter, layer], "01")
    for word in itertools.product((0, 1), repeat=8):
        padded = (0, 0, *word)
        outputs = network.run([str(a) for a in word])[1:]
        for i, output in enumerate(outputs):
            block = i // 2 * 2
            assert output == str((padded[block : block + 2], word[block : i + 1]))


def rank(images):
    """Moved points minus nontrivial cycles, by following every point."""
    orbits = set()
    for start in range(len(images)):
        orbit, point = {start}, images[start]
        while point != start:
            orbit.add(point)
            point = images[point]
        orbits.add(frozenset(orbit))
    return len(images) - len(orbits)


def longest(letters, length):
    """The largest rank of a product of that many letters, word by word."""
    found = []
    for word in itertools.product(letters, repeat=length):
        x = tuple(range(len(letters[0])))
        for g in word:
            x = permuted(x, g)
        found.append(rank(x))
    return max(found)


SWAP, CYCLE = (1, 0, 2, 3, 4), (1, 2, 3, 4, 0)
TRIPLES = [(1, 2, 0, 3, 4), (0, 1, 3, 4, 2)]
PAIRS = [(1, 0, 3, 2, 4, 5), (0, 2, 1, 3, 5, 4), (1, 2, 3, 4, 5, 0)]


@pytest.mark.parametrize(
    ("letters", "steps"),
    [([SWAP, CYCLE], 1), ([SWAP, CYCLE], 2), ([SWAP, CYCLE], 3), (TRIPLES, 1), (PAIRS, 2)],
)
def test_the_block_length_is_the_least(letters, steps):
    length = blocks.block_length(letters, steps)
    assert longest(letters, length) <= length * steps
    shorter = [k for k in range(2, length) if longest(letters, k) <= k * steps]
    assert shorter in ([], [5])  # a length of 5 would need irrational numbers
    assert length <= max(2, -(-(len(letters[0]) - 1) // steps))


BLOCKS = {
    "sym:3": [[1, 1, 1, 1]],
    "sym:4": [[1, 1, 1, 1], [1, 2, 2]],
    "sym:5": [[1, 1, 1, 1], [1, 2, 2]],
    "alt:4": [[1, 1, 1, 1]],
    "alt:5": [[1, 1, 1, 1], [1, 2, 2]],
    "mod:5": [[1, 1, 1, 1], [1, 2, 2]],
}


@pytest.mark.parametrize("name", BLOCKS)
def test_blocks(name):
    machine = get(name).minimal()
    found = blocks.construct(machine)
    assert [[x.steps_per_token for x in c.network.layers] for c in found] == BLOCKS[name]
    for construction in found:
        network = construction.network
        assert exact_closure(network, machine).verdict == "proved"
        assert network.field is None
        steps = [s for x in network.layers for listed in x.steps.values() for s in listed]
        assert {s.eigenvalue for s in steps} == {-1, 0}
        entries = [x for s in steps for x in (s.beta, s.write, *s.key)]
        assert all(x.denominator == 1 for x in entries)


def test_blocks_of_three_letters_and_of_states():
    inverse = (4, 0, 1, 2, 3)
    machine = permutation_machine([SWAP, CYCLE, inverse])
    (found,) = blocks.construct(machine, steps=2)
    assert exact_closure(found.network, machine).verdict == "proved"
    # The same task, its points not given: they are found, and the dimension stays 5.
    bare = orbit_machine([SWAP, CYCLE, inverse], permuted, (0, 1, 2, 3, 4))
    assert bare.points is None
    (found,) = blocks.construct(bare, steps=2)
    assert found.network.layers[-1].dim == 5
    assert exact_closure(found.network, bare).verdict == "proved"
    # Only one point is tracked: five codes.
    one = orbit_machine([SWAP, CYCLE], lambda i, g: g[i], 0)
    for construction in blocks.construct(one):
        assert len(construction.network.layers[-1].codes) == 5
        assert exact_closure(construction.network, one).verdict == "proved"


def test_the_published_block_length_is_too_short():
    """Letters that move k = 3 points: ceil((k - 1)/1) = 2, but a product of two is a 5-cycle."""
    machine = permutation_machine(TRIPLES)
    points = blocks.known_points(machine)[0]
    assert longest(TRIPLES, 2) == 4 > 2
    short = blocks.block_network(machine, points, steps=1, length=2)
    result = exact_closure(short, machine)
    assert result.verdict in ("wrong", "collision")
    word = result.wrong_word
    assert word is not None
    assert short.run(word)[-1] != machine.output(word)
    right = blocks.block_network(machine, points, steps=1, length=4)
    assert exact_closure(right, machine).verdict == "proved"


@pytest.mark.parametrize("steps", [1, 2])
def test_an_altered_stack_is_refuted(steps):
    machine = get("sym:4").minimal()
    (found,) = blocks.construct(machine, steps=steps)
    network = found.network
    random = Random(steps)
    count = 0
    for layer in range(len(network.layers)):
        twins = list(other_steps(network, layer))
        for twin in random.sample(twins, min(4, len(twins))):
            assert exact_closure(twin, machine).verdict in ("wrong", "collision")
            count += 1
    last = len(network.layers) - 1
    emit = network.layers[last].emit
    twin = altered(network, last, emit=(emit[1], *emit[1:]))
    assert exact_closure(twin, machine).verdict in ("wrong", "collision")
    assert count >= 8


def test_no_blocks():
    assert blocks.construct(get("sym:4:swaps").minimal()) == []  # one step in one layer
    assert blocks.construct(get("dyck1:2").minimal()) == []
    assert blocks.construct(get("mod:7").minimal(), steps=6) == []
    everything = permutation_machine(list(itertools.permutations(range(4))))
    with pytest.raises(LimitReached, match="contents of the registers"):
        blocks.construct(everything)


def test_composed_layers_agree_with_the_whole_stack():
    """Layers composed and minimised in turn: the same verdicts, and the same shortest error."""
    machine = get("sym:3").minimal()
    (found,) = blocks.construct(machine, steps=1)
    table = machine.transitions.copy()
    table[-1, 0] = (table[-1, 0] + 1) % machine.size
    other = Machine(
        alphabet=machine.alphabet, transitions=table, initial=0, outputs=machine.outputs
    )
    layers = closed_layers(found.network)
    stack = layerwise(layers)
    assert stack is not None
    assert [layer.states for layer in layers] == [2, 2, 16, 6]
    direct = explore(ExactSemantics(found.network), found.network, machine)
    composed = explore(stack, found.network, machine)
    assert (direct.verdict, composed.verdict) == ("proved", "proved")
    assert composed.states < direct.states
    one = explore(ExactSemantics(found.network), found.network, other)
    two = explore(stack, found.network, other)
    assert one.wrong_word is not None
    assert two.wrong_word is not None
    assert len(one.wrong_word) == len(two.wrong_word)
    assert layerwise(layers, max_together=10) is None
