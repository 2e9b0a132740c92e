"""One-layer routes: every network they propose is proved exactly, and its cost is the least."""

from __future__ import annotations

import itertools
from fractions import Fraction
from functools import cache
from random import Random

import pytest

from negeig.automata.groups.cycles import cycles
from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.theory.closure.exact_search import ExactSemantics, exact_closure
from negeig.theory.closure.explore import explore
from negeig.theory.closure.layerwise import layerwise
from negeig.theory.constructions import published_bound
from negeig.theory.constructions.pieces.remembering import is_overwrite
from negeig.theory.constructions.shared_codes import shared_codes
from negeig.theory.constructions.stacks import cascade
from negeig.theory.factors.factorisation import (
    overwrite,
    partial_injection_steps,
    permutation_steps,
)
from negeig.theory.networks.network import Layer, LinearRNN
from negeig.theory.networks.one_layer import symbols
from support.altered_networks import altered, flip_last_entry, rebuilt, vars_of
from support.candidates import NoRoute, candidates
from support.machines import drawn, small_languages, up_to_names
from support.transducers import closed_layers


def matrix(steps, dim):
    """Columns of the linear part of some steps, by applying them to unit vectors."""
    columns = []
    for j in range(dim):
        state = tuple(Fraction(int(i == j)) for i in range(dim))
        for step in steps:
            state = step.apply(state)
        columns.append(state)
    return columns


def rank(rows):
    """Rank over the rationals, by elimination."""
    rows = [list(row) for row in rows]
    found = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((r for r in range(found, len(rows)) if rows[r][column] != 0), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for r in range(found + 1, len(rows)):
            factor = rows[r][column] / rows[found][column]
            rows[r] = [x - factor * y for x, y in zip(rows[r], rows[found], strict=True)]
        found += 1
    return found


def defect(columns):
    """rank(I - M) of the matrix with these columns."""
    n = len(columns)
    return rank([[Fraction(int(i == j)) - columns[j][i] for j in range(n)] for i in range(n)])


@pytest.mark.parametrize("degree", [1, 2, 3, 4, 5])
def test_every_permutation_takes_rank_many_reflections(degree):
    for images in itertools.permutations(range(degree)):
        steps = permutation_steps(images)
        columns = matrix(steps, degree)
        wanted = [tuple(Fraction(int(i == image)) for i in range(degree)) for image in images]
        assert columns == wanted
        moved = sum(i != image for i, image in enumerate(images))
        assert len(steps) == defect(columns) == moved - len(cycles(images))
        assert all(step.eigenvalue == -1 and step.write == 0 for step in steps)


@pytest.mark.parametrize("degree", [1, 2, 3, 4])
def test_every_partial_injection_takes_rank_many_steps(degree):
    for images in itertools.product([None, *range(degree)], repeat=degree):
        kept = [image for image in images if image is not None]
        if len(set(kept)) < len(kept):
            continue
        steps = partial_injection_steps(images)
        columns = matrix(steps, degree)
        for image, column in zip(images, columns, strict=True):
            assert column == tuple(Fraction(int(i == image)) for i in range(degree))
        assert len(steps) == defect(columns)
        assert {step.eigenvalue for step in steps} <= {-1, 0}


def ends(maps, n, word):
    """Where a word leads from each of n states."""
    states = list(range(n))
    for letter in word:
        states = [maps[letter][q] for q in states]
    return states


def applies(machine):
    """Which routes should apply, straight from their definitions, some with shared codes."""
    shared = shared_codes(machine)
    routes = set() if shared is None else applies(shared.classes) - {"last-letter"}
    maps = [list(column) for column in machine.transitions.T.tolist()]
    n = machine.size
    constant = [len(set(m)) == 1 for m in maps]
    permutes = [sorted(m) == list(range(n)) for m in maps]
    if all(len({machine.outputs[q] for q in m}) == 1 for m in maps):
        routes.add("last-letter")
    if n == 1:
        return routes
    if any(
        all(
            len(set(ends(maps, n, word))) == 1
            for word in itertools.product(range(len(maps)), repeat=k)
        )
        and not all(constant)
        for k in range(2, n + 1)
    ):
        routes.add("digits")
    if all(permutes):
        routes.add("permutation")
    elif all(p or c for p, c in zip(permutes, constant, strict=True)):
        routes.add("permutation-reset")
    for base in range(n):
        if all(
            c or (m[base] == base and len({q for q in m if q != base}) == n - m.count(base))
            for m, c in zip(maps, constant, strict=True)
        ):
            routes.add("partial-injection")
    # States of which all letters make the same are one place; the last letter tells them apart.
    rows = machine.transitions.tolist()
    places = sorted(map(list, set(map(tuple, rows))))
    involutions = {
        tuple(places.index(rows[place[a]]) for place in places)
        for a in range(len(maps))
        if not constant[a]
    } - {tuple(range(len(places)))}
    if len(involutions) <= 1 and all(m[m[p]] == p for m in involutions for p in range(len(m))):
        routes.add("scalar")
    return routes


@pytest.mark.exhaustive
@pytest.mark.long
def test_every_machine_with_three_states():
    """All minimal machines with at most 3 states over 2 letters, up to names: routes and proofs."""
    languages = small_languages()
    # Languages with 1, 2, 3 states over two letters: Domaratzki, Kisman and Shallit 2002.
    assert len(languages) == 2 + 24 + 1028
    machines = up_to_names(languages)
    stacked = 0
    for minimal in machines:
        found = candidates(minimal)
        expected = applies(minimal) or {"cascade"}
        stacked += expected == {"cascade"}
        assert {construction.route for construction in found} == expected
        assert [c.cost for c in found] == sorted(c.cost for c in found)
        for construction in found:
            result = exact_closure(construction.network, minimal)
            assert result.verdict == "proved", (minimal.transitions, construction.route)
        for word in itertools.product("ab", repeat=5):  # all shorter words are prefixes
            assert found[0].network.run(word) == minimal.run(word)
    assert 0 < stacked < len(machines)


TASKS = ["mod:3", "sym:3", "sym:4", "dihedral:5", "dyck1:4", "cyclic:6", "quaternion"]


@pytest.mark.parametrize("name", TASKS)
def test_one_flipped_sign_is_refuted_with_a_word(name):
    minimal = get(name).minimal()
    network = candidates(minimal)[0].network
    twins = list(altered(network, flip_last_entry))
    assert twins
    for twin in twins:
        result = exact_closure(twin, minimal, max_states=2000)
        assert result.verdict in ("wrong", "collision")
        word = result.wrong_word
        assert word is not None
        with pytest.raises(ValueError, match="not in tuple"):
            assert twin.run(word) == minimal.run(word)


@pytest.mark.parametrize("name", TASKS)
def test_two_swapped_decoder_rows_are_refuted(name):
    minimal = get(name).minimal()
    network = candidates(minimal)[0].network
    (layer,) = network.layers
    codes = (layer.codes[1], layer.codes[0], *layer.codes[2:])
    if layer.emit[0] == layer.emit[1]:
        codes = (*layer.codes[:-2][::-1], *layer.codes[-2:][::-1])
    result = exact_closure(rebuilt(network, codes=codes), minimal)
    assert result.verdict == "wrong"
    assert result.decoder_exists is True
    assert rebuilt(network, codes=codes).run(result.wrong_word)[-1] != minimal.output(
        result.wrong_word
    )


@pytest.mark.parametrize("name", TASKS)
def test_a_changed_machine_is_refuted(name):
    minimal = get(name).minimal()
    network = candidates(minimal)[0].network
    table = minimal.transitions.copy()
    table[-1, 0] = (table[-1, 0] + 1) % minimal.size
    other = Machine(
        alphabet=minimal.alphabet,
        transitions=table,
        initial=minimal.initial,
        outputs=minimal.outputs,
    )
    result = exact_closure(network, other)
    assert result.verdict in ("wrong", "collision")


@pytest.mark.parametrize(
    ("name", "dim", "steps", "codes"),
    [
        ("parity", 1, 1, 2),
        ("flipflop", 1, 1, 2),
        ("mod:3", 3, 2, 3),
        ("sym:5", 5, 4, 120),
        ("sym:5:swaps", 5, 1, 120),
        ("sym:5:adjacent", 5, 1, 120),
        ("alt:5", 5, None, 60),
        ("dihedral:6", 6, 5, 12),
        ("quaternion", 8, 6, 8),
        ("dyck1:4", 5, 5, 6),
    ],
)
def test_costs_of_the_zoo(name, dim, steps, codes):
    network = candidates(get(name).minimal())[0].network
    (layer,) = network.layers
    assert (layer.dim, len(layer.codes)) == (dim, codes)
    if steps is not None:
        assert layer.steps_per_token == steps


def test_eigenvalues_are_those_of_reflections_and_projections():
    (layer,) = candidates(get("dyck1:3").minimal())[0].network.layers
    assert layer.eigenvalues == (-1, 0)


def test_memory_of_many_symbols_is_one_number():
    """A register of 7 values that letters overwrite: the line holds all of them."""
    letters = "abcdefg_"
    table = [[*range(7), q] for q in range(7)]
    register = Machine(alphabet=letters, transitions=table, initial=3, outputs=list(range(7)))
    best = candidates(register.minimal())[0]
    assert (best.route, best.cost) == ("scalar", (1, 1, 1))
    assert exact_closure(best.network, register).verdict == "proved"


def test_points_that_do_not_determine_the_state_are_not_used():
    """Natural points that forget the sign of a 4-cycle: the route falls back to the states."""
    machine = Machine(
        alphabet="a",
        transitions=[[1], [2], [3], [0]],
        initial=0,
        outputs=[0, 1, 2, 3],
        points=[(1, 0)],
    )
    assert [c.network.layers[0].dim for c in candidates(machine)] == [4]


def test_published_bound():
    assert published_bound(get("sym:5")) == {"layers": 1, "dim": 5, "steps": 4}
    assert published_bound(get("dyck1:1").minimal()) == {"layers": 8, "dim": 3, "steps": 3}


def test_symbols_stay_apart():
    assert symbols([1, "1", True, 1.0]) == ("1", '"1"', "true", "1.0")


def test_no_route_names_the_letter(monkeypatch):
    """First letter: a and b merge the start with two different states; and no cascade fits."""
    monkeypatch.setattr(cascade, "MAX_STATES", 1)
    found = candidates(get("starts-with:a").minimal())
    assert isinstance(found, NoRoute)
    assert "letter 'a'" in found.reason


def random_machine(random):
    states, letters = random.randint(4, 8), random.randint(2, 3)
    return drawn(random, states, letters, outputs=2).minimal()


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(30))
def test_random_machines_are_compiled_and_proved(seed):
    """Machines with 4 to 8 states and 2 or 3 letters: at most states - 1 layers, all proved."""
    random = Random(seed)
    machine = random_machine(random)
    best = candidates(machine)[0]
    assert len(best.network.layers) <= max(machine.size - 1, 0)
    result = exact_closure(best.network, machine)
    assert result.verdict == "proved"
    for _ in range(20):
        word = random.choices(machine.alphabet, k=30)
        assert best.network.run(word) == machine.run(word)


STACKED = ["starts-with:a", "modarith:3", "transformations:3", "contains:aba", "tomita:3"]


@cache
def stacked(name):
    """A machine without a one-layer route, and its cascade."""
    machine = get(name).minimal()
    return machine, candidates(machine)[0]


def forgetful(layer):
    """Overwrite where the layer first moved the old value away: the published proof, literally."""
    steps = {}
    for letter, listed in layer.steps.items():
        kept = []
        for step in listed:
            if kept and is_overwrite(kept[-1]):
                slot = kept[-1].key.index(1)
                if step.eigenvalue == -1 and step.key[slot] != 0:
                    place = next(j for j, k in enumerate(step.key) if k != 0 and j != slot)
                    kept[-1] = overwrite(layer.dim, place, kept[-1].write)
                    continue
            kept.append(step)
        steps[letter] = tuple(kept)
    return Layer(**vars_of(layer) | {"steps": steps})


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", STACKED)
def test_cascades_without_the_state_before_the_letter_are_refuted(name):
    """The published proof taken literally: a layer that resets forgets what the next one needs."""
    machine, sound = stacked(name)
    assert sound.route == "cascade"
    assert exact_closure(sound.network, machine).verdict == "proved"
    network = sound.network
    twin = LinearRNN(
        alphabet=network.alphabet,
        layers=tuple(forgetful(layer) for layer in network.layers),
        outputs=network.outputs,
        empty=network.empty,
    )
    assert exact_closure(twin, machine).verdict in ("wrong", "collision")


@pytest.mark.parametrize("name", STACKED)
def test_any_altered_emission_or_step_of_a_cascade_is_refuted(name):
    """Each reflection flipped, each layer's decoder reversed: refuted, or provably harmless."""
    machine, made = stacked(name)
    network = made.network
    refuted = 0
    for i, layer in enumerate(network.layers):
        twin = vars_of(layer) | {"emit": layer.emit[::-1]}
        layers = (*network.layers[:i], type(layer)(**twin), *network.layers[i + 1 :])
        changed = LinearRNN(
            alphabet=network.alphabet, layers=layers, outputs=network.outputs, empty=network.empty
        )
        result = exact_closure(changed, machine)
        if result.verdict == "proved":  # the rows of codes that words reach are the same reversed
            for word in itertools.product(machine.alphabet, repeat=8):
                assert changed.run(word) == machine.run(word)
            continue
        assert result.verdict in ("wrong", "collision")
        word = result.wrong_word or result.words[0]
        assert word is not None
        refuted += 1
    assert refuted


@pytest.mark.exhaustive
def test_layer_by_layer_agrees_with_the_direct_exploration():
    """Verdicts of stacks small enough for both, right ones and wrong ones."""
    for seed in range(12):
        machine = random_machine(Random(seed))
        network = candidates(machine)[0].network
        if len(network.layers) < 2:
            continue
        table = machine.transitions.copy()
        table[-1, 0] = (table[-1, 0] + 1) % machine.size
        other = Machine(
            alphabet=machine.alphabet, transitions=table, initial=0, outputs=machine.outputs
        )
        for task in (machine, other.minimal()):
            stack = layerwise(closed_layers(network))
            assert stack is not None
            by_layer = explore(stack, network, task)
            direct = explore(ExactSemantics(network), network, task, max_states=3000)
            assert (by_layer.verdict == "proved") == (task is machine)
            if not direct.reason:
                assert (direct.verdict == "proved") == (by_layer.verdict == "proved")
                if by_layer.verdict == "wrong":
                    assert len(by_layer.words[0]) == len(direct.wrong_word or by_layer.words[0])
