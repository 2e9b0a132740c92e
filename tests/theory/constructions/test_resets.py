"""Resets beside representations: permuting letters in several orbits, and letters that reset."""

import itertools
import json
from dataclasses import replace
from random import Random

import pytest

from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.precision.closure.rounded_closure import closure
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.groups import (
    constituents,
    cyclic_sums,
    dyadic_roots,
    polyhedral,
    rotations,
    symmetric,
)
from negeig.theory.constructions.pieces import resets
from negeig.theory.networks.network import DeltaStep

ROUTES = (rotations, symmetric, polyhedral, constituents, dyadic_roots, cyclic_sums)
EXACT_FORMATS = ("exact", "bf16", "fp32", "e4m3fn")


def machine_of(columns, initial=0):
    """The machine whose letters are these maps of the states, all states told apart."""
    return Machine(
        alphabet=[f"x{i}" for i in range(len(columns))],
        transitions=list(zip(*columns, strict=True)),
        initial=initial,
        outputs=list(range(len(columns[0]))),
    ).minimal()


CLOCK = machine_of([[(q + 1) % 12 for q in range(12)], [(q + 3) % 12 for q in range(12)], [0] * 12])


def test_a_clock_turns_in_the_plane_and_resets():
    (plane,) = rotations.construct(CLOCK)
    assert plane.cost == (1, 2, 2)
    assert plane.network.field.degree == 2
    assert exact_closure(plane.network, CLOCK).verdict == "proved"


def test_a_clock_in_exact_entries():
    (rings,) = cyclic_sums.construct(CLOCK)
    assert rings.cost == (1, 5, 5)
    for arithmetic in EXACT_FORMATS:
        assert closure(rings.network, CLOCK, arithmetic).verdict == "proved"


def overwrites(network):
    """Networks in which one reset writes another number into one coordinate."""
    (layer,) = network.layers
    for letter, steps in layer.steps.items():
        for i, step in enumerate(steps):
            if step.eigenvalue == 0:
                wrong = DeltaStep(step.beta, step.key, step.write + 1)
                changed = {**layer.steps, letter: (*steps[:i], wrong, *steps[i + 1 :])}
                yield replace(network, layers=(replace(layer, steps=changed),))


@pytest.mark.parametrize("route", ROUTES)
def test_every_write_of_a_reset_counts(route):
    found = route.construct(CLOCK)
    assert found
    for construction in found:
        twins = list(overwrites(construction.network))
        assert len(twins) == construction.network.layers[0].dim
        for twin in twins:
            assert exact_closure(twin, CLOCK, max_states=100).verdict != "proved"


def test_orbits_that_one_orbit_drives():
    # A triangle, a fixed state, and a second triangle that turns along.
    machine = machine_of([[1, 2, 0, 3, 5, 6, 4], [3] * 7, [4] * 7])
    for route in (rotations, symmetric):
        (found, *_) = route.construct(machine)
        assert found.cost == (1, 2, 2)
        (layer,) = found.network.layers
        assert len(layer.codes) == 7
        assert tuple(0 for _ in range(2)) in layer.codes
        assert exact_closure(found.network, machine).verdict == "proved"


def test_orbits_that_only_the_group_drives():
    # Two states and three states: neither orbit says where the other one is.
    machine = machine_of([[1, 0, 3, 4, 2], [0] * 5, [2] * 5])
    (found,) = rotations.construct(machine)
    assert found.cost == (1, 2, 2)
    assert len(found.network.layers[0].codes) == 2 * 6
    assert exact_closure(found.network, machine).verdict == "proved"


def test_a_group_that_is_too_large_to_list(monkeypatch):
    machine = machine_of([[1, 0, 3, 4, 2], [0] * 5, [2] * 5])
    monkeypatch.setattr(resets, "MAX_ORDER", 5)
    assert rotations.construct(machine) == []


def random_machine(random):
    """Some orbits that letters permute at random, and a reset into each of them."""
    sizes = [random.randint(1, 4) for _ in range(random.randint(1, 3))]
    firsts = [sum(sizes[:i]) for i in range(len(sizes))]
    columns = []
    for _ in range(random.randint(1, 2)):
        column = []
        for first, size in zip(firsts, sizes, strict=True):
            images = list(range(first, first + size))
            random.shuffle(images)
            column += images
        columns.append(column)
    return machine_of([*columns, *([first] * sum(sizes) for first in firsts)])


def test_random_orbits_are_proved():
    made = 0
    for seed in range(60):
        machine = random_machine(Random(seed))
        for route in ROUTES:
            for construction in route.construct(machine):
                made += 1
                result = exact_closure(construction.network, machine)
                assert result.verdict == "proved", (seed, construction.route)
    assert made > 100


def test_other_letters_are_refused():
    for columns in (
        [[0, 1, 2], [1, 1, 1]],  # nothing moves
        [[1, 1, 0], [1, 2, 0], [0, 0, 0]],  # a letter merges two of three
    ):
        machine = machine_of(columns)
        assert [route.construct(machine) for route in ROUTES] == [[]] * len(ROUTES)


# Sums of cyclic blocks


def word_problem(orders, generators):
    """A product of cyclic groups; each letter adds a vector."""
    elements = list(itertools.product(*map(range, orders)))
    number = {x: i for i, x in enumerate(elements)}

    def plus(x, g):
        return tuple((a + b) % m for a, b, m in zip(x, g, orders, strict=True))

    return machine_of([[number[plus(x, g)] for x in elements] for g in generators])


@pytest.mark.parametrize(
    ("name", "cost"),
    [("mod:4", (1, 2, 2)), ("mod:64", (1, 32, 32)), ("cyclic:12", (1, 4, 5))],
)
def test_cyclic_groups_are_held_in_every_format(name, cost):
    machine = get(name).minimal()
    (found,) = cyclic_sums.construct(machine)
    assert found.cost == cost
    entries = {x for code in found.network.layers[0].codes for x in code}
    assert entries <= {-1, 0, 1}
    for arithmetic in EXACT_FORMATS:
        assert closure(found.network, machine, arithmetic).verdict == "proved"


PRODUCTS = {
    (2, 2): (1, 1, 2),
    (2, 4): (1, 2, 3),
    (3, 3): (1, 2, 6),
    (2, 2, 2): (1, 1, 3),
    (2, 3, 4): (1, 2, 6),
    (4, 4): (1, 2, 4),
}


@pytest.mark.parametrize("orders", PRODUCTS)
def test_products_are_split(orders):
    machine = word_problem(
        orders, [[int(i == j) for j in range(len(orders))] for i in range(len(orders))]
    )
    (found,) = cyclic_sums.construct(machine)
    assert found.cost == PRODUCTS[orders]
    assert exact_closure(found.network, machine).verdict == "proved"


def test_letters_that_add_anything():
    for seed in range(40):
        random = Random(seed)
        orders = [random.choice([2, 3, 4, 5, 8, 9]) for _ in range(random.randint(1, 3))]
        letters = [[random.randrange(m) for m in orders] for _ in range(random.randint(1, 3))]
        machine = word_problem(orders, letters)
        for construction in cyclic_sums.construct(machine):
            assert exact_closure(construction.network, machine).verdict == "proved", seed


def test_signed_permutations_take_rank_many_reflections():
    from flint import fmpz_mat

    for dim in (1, 2, 3):
        for images in itertools.permutations(range(dim)):
            for signs in itertools.product((1, -1), repeat=dim):
                steps = cyclic_sums.signed_permutation_steps(images, signs)
                rows = []
                for j in range(dim):
                    state = tuple(int(i == j) for i in range(dim))
                    for step in steps:
                        state = step.apply(state)
                    assert state == tuple(signs[j] * (i == images[j]) for i in range(dim))
                    rows.append([int(i == j) - int(x) for i, x in enumerate(state)])
                assert len(steps) == fmpz_mat(rows).rank()


def test_groups_that_other_routes_have_are_left_to_them():
    for name in ("parity", "mod:3", "mod:9", "cyclic:25", "sym:3", "quaternion", "dyck1:2"):
        assert cyclic_sums.construct(get(name).minimal()) == []


def test_an_altered_ring_is_not_proved():
    machine = get("mod:12").minimal()
    network = cyclic_sums.construct(machine)[0].network
    (layer,) = network.layers
    for i, step in enumerate(layer.steps["1"]):
        others = layer.steps["1"][:i] + layer.steps["1"][i + 1 :]
        twin = replace(layer, steps={**layer.steps, "1": others})
        assert step.eigenvalue == -1
        assert exact_closure(replace(network, layers=(twin,)), machine).verdict != "proved"


def test_the_command_line_shows_a_clock(tmp_path, capsys):
    from support.command_line import negeig

    path = tmp_path / "clock.json"
    path.write_text(
        json.dumps(
            {
                "alphabet": list(CLOCK.alphabet),
                "initial": CLOCK.initial,
                "transitions": CLOCK.transitions.tolist(),
                "outputs": list(CLOCK.outputs),
            }
        )
    )
    code, out, _ = negeig(
        capsys, "compile", "--json", "--route", "cyclic-sums", "--file", str(path)
    )
    assert (code, json.loads(out)["about"]["route"]) == (0, "cyclic-sums")
