"""Carry counters: all congruences are found, names are carried, and every stack is proved."""

import itertools
from dataclasses import replace
from random import Random

import pytest

from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.claims import LimitReached
from negeig.precision.closure.rounded_closure import closure
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.pieces.levels import levels
from negeig.theory.constructions.pieces.partitions import chains, congruences, quotient, refines
from negeig.theory.constructions.stacks import congruences as stacks_module
from negeig.theory.constructions.stacks.congruences import ROUTE, construct
from negeig.work import Work

ARITHMETICS = ("exact", "bf16", "fp32", "e4m3fn")


def machine_of(columns, outputs=None):
    return Machine(
        alphabet=[f"x{i}" for i in range(len(columns))],
        transitions=list(zip(*columns, strict=True)),
        initial=0,
        outputs=list(range(len(columns[0]))) if outputs is None else outputs,
    ).minimal()


CLOCK = machine_of([[(q + 1) % 12 for q in range(12)], [(q + 3) % 12 for q in range(12)], [0] * 12])


def stacks(machine):
    """All networks of the route, and whether it was cut short."""
    found = []
    try:
        found.extend(construct(machine))
    except LimitReached:
        return found, True
    return found, False


def by_cost(machine):
    return {made.cost: made.network for made in stacks(machine)[0]}


# Congruences


def all_partitions(size):
    """Partitions as growing strings: each class is numbered as it occurs."""

    def grow(prefix, used):
        if len(prefix) == size:
            yield tuple(prefix)
            return
        for number in range(used + 1):
            yield from grow([*prefix, number], max(used, number + 1))

    return grow([], 0)


def respects(partition, machine):
    return all(
        len({(partition[q], partition[images[q]]) for q in range(machine.size)})
        == len(set(partition))
        for images in machine.transitions.T.tolist()
    )


def random_machine(random, states, letters):
    """Letters that permute, reset or map the states at random."""
    columns = []
    for _ in range(letters):
        kind = random.randrange(4)
        column = random.sample(range(states), states)
        if kind == 0:
            column = [random.randrange(states) for _ in range(states)]
        if kind == 1:
            column = [column[0]] * states
        columns.append(column)
    return machine_of(columns)


def test_every_congruence_of_small_machines_is_found():
    nontrivial = 0
    for seed in range(150):
        random = Random(seed)
        machine = random_machine(random, random.randint(2, 6), random.randint(1, 3))
        found, limit = congruences(machine, Work("states merged", 100_000))
        expected = {p for p in all_partitions(machine.size) if respects(p, machine)}
        if found:
            assert limit is None
            assert set(found) == expected, seed
            assert len(found) == len(set(found))
            nontrivial += len(found) > 2
        else:  # nothing but resets and the identity: every partition is one
            assert len(expected) == len(list(all_partitions(machine.size)))
    assert nontrivial > 20


@pytest.mark.parametrize("name", ["sym:3", "dihedral:4", "quaternion", "sym:4", "cyclic:60"])
def test_congruences_of_a_group_are_its_subgroups(name):
    subgroups = {"sym:3": 6, "dihedral:4": 10, "quaternion": 6, "sym:4": 30, "cyclic:60": 12}
    found, limit = congruences(get(name).minimal(), Work("states merged", 1_000_000))
    assert (len(found), limit) == (subgroups[name], None)


def test_a_search_that_is_cut_short_says_so():
    found, limit = congruences(get("sym:4").minimal(), Work("states merged", 2_000))
    assert limit is not None
    assert limit.option == "--effort"
    assert 2 < len(found) < 30


def test_chains_are_chains():
    machine = get("sym:4").minimal()
    found, _ = congruences(machine, Work("states merged", 1_000_000))
    made = chains(machine, found)
    assert {partition for chain in made for partition in chain} == set(found)
    for chain in made:
        assert (chain[0], chain[-1]) == (found[0], found[-1])
        assert all(refines(fine, coarse) for fine, coarse in itertools.pairwise(chain))
    assert (
        max(len(set(fine)) / len(set(coarse)) for fine, coarse in itertools.pairwise(made[0])) == 3
    )


# Levels


def test_levels_say_what_letters_do():
    for seed in range(60):
        random = Random(seed)
        machine = random_machine(random, random.randint(3, 6), random.randint(1, 3))
        found, _ = congruences(machine, Work("states merged", 100_000))
        for fine, coarse in itertools.combinations(found, 2):
            if not refines(fine, coarse):
                continue
            table = quotient(machine, fine)
            for level in levels(fine, coarse, table, machine.initial):
                assert level.members[coarse[0]][level.start] == fine[0]
                for upper, points in enumerate(level.members):
                    for letter, target in enumerate(level.targets[upper]):
                        images = level.maps[level.choice[upper][letter]]
                        for point, number in zip(images, points, strict=True):
                            assert (point is None) == (number is None)
                            if point is not None:
                                assert level.members[target][point] == table[number][letter]


def test_names_are_carried_so_that_only_the_carry_moves():
    fine, coarse = tuple(range(12)), tuple(q % 4 for q in range(12))
    machine = get("cyclic:12").minimal()
    plain, mirrored = levels(fine, coarse, quotient(machine, fine), 0)
    moved = [sum(images[p] != p for p in range(3)) for images in plain.maps]
    assert sorted(moved) == [0, 3]
    # Mirrors leave one of three points where it is.
    assert max(sum(images[p] != p for p in range(3)) for images in mirrored.maps) == 2


@pytest.mark.parametrize("name", ["cyclic:12", "mod:45", "dihedral:6", "dihedral:9", "sym:4"])
def test_mirrored_names_leave_no_turn(name):
    machine = get(name).minimal()
    found, _ = congruences(machine, Work("states merged", 1_000_000))
    mirrored = 0
    for fine, coarse in itertools.combinations(found, 2):
        if refines(fine, coarse):
            _, *others = levels(fine, coarse, quotient(machine, fine), machine.initial)
            for level in others:
                mirrored += 1
                for images in level.maps:
                    assert [images[image] for image in images] == list(range(len(images)))
    assert mirrored


# Stacks


@pytest.mark.parametrize("power", range(2, 8))
def test_a_binary_counter_has_a_layer_a_digit(power):
    machine = get(f"mod:{2**power}").minimal()
    network = by_cost(machine)[power, 1, 1]
    assert [layer.dim for layer in network.layers] == [1] * power
    for arithmetic in ARITHMETICS:
        assert closure(network, machine, arithmetic).verdict == "proved"


COSTS = {
    "mod:12": (3, 1, 3),
    "mod:100": (3, 2, 5),
    "cyclic:36": (4, 1, 3),
    "mod:1000": (5, 2, 5),
    "mod:4096": (12, 1, 1),
    "dihedral:12": (3, 1, 3),
    "sym:4": (3, 1, 3),
    "alt:4": (2, 2, 3),
    "quaternion": (3, 1, 1),
    "alt:5": (3, 4, 5),
}


@pytest.mark.parametrize("name", COSTS)
def test_costs_in_exact_entries(name):
    machine = get(name).minimal()
    found, _ = stacks(machine)
    costs = [made.cost for made in found]
    assert costs == sorted(costs)
    rational = {made.cost: made.network for made in found if made.network.field is None}
    assert COSTS[name] in rational
    network = rational[COSTS[name]]
    for arithmetic in ("exact", "bf16"):
        assert closure(network, machine, arithmetic).verdict == "proved"


def test_a_clock_that_is_reset_remembers_nothing():
    found = by_cost(CLOCK)
    (first, second) = found[2, 2, 2].layers
    assert (first.dim, second.dim) == (1, 2)
    assert exact_closure(found[2, 2, 2], CLOCK).verdict == "proved"
    assert closure(found[2, 3, 3], CLOCK, "e4m3fn").verdict == "proved"


def test_a_level_that_merges_remembers_where_it_must():
    # A bit that a letter sets, and a counter modulo 3 that another letter moves by it.
    columns = [[0, 1, 2, 0, 1, 2], [3, 4, 5, 3, 4, 5], [0, 1, 2, 4, 5, 3], [1, 2, 0, 5, 3, 4]]
    swapped = [3, 4, 5, 1, 2, 0]  # sets the bit where it was 0, else clears it and moves on
    machine = machine_of([*columns, swapped, [0, 1, 2, 1, 2, 0]])
    found, was_cut = stacks(machine)
    assert not was_cut
    assert found
    remembering = [
        made
        for made in found
        if any("replaced" in name for layer in made.network.layers for name in layer.names)
    ]
    assert remembering
    for made in found:
        assert exact_closure(made.network, machine).verdict == "proved"


def test_a_level_that_only_resets_remembers_without_a_reflection():
    machine = get("tomita:7").minimal()
    found, _ = stacks(machine)
    least = {
        made.cost: min(min(layer.eigenvalues, default=1) for layer in made.network.layers)
        for made in found
    }
    assert (least[4, 2, 2], least[4, 3, 2]) == (-1, 0)
    for made in found:
        for arithmetic in ARITHMETICS:
            assert closure(made.network, machine, arithmetic).verdict == "proved"


def test_random_machines_are_proved():
    made = 0
    for seed in range(200):
        random = Random(seed)
        machine = random_machine(random, random.randint(4, 9), random.randint(1, 3))
        for construction in stacks(machine)[0]:
            made += 1
            result = exact_closure(construction.network, machine)
            assert result.verdict == "proved", (seed, construction.cost)
            assert len(construction.network.layers) > 1
    assert made > 50


def test_a_network_has_entries_of_one_field():
    machine = get("mod:35").minimal()
    found, _ = stacks(machine)
    assert {made.network.field and made.network.field.degree for made in found} == {None, 6}
    for made in found:
        assert exact_closure(made.network, machine).verdict == "proved"


def test_tasks_of_the_zoo_are_proved():
    for name in ("tomita:3", "tomita:7", "dihedral:6", "sym:3", "modarith:4"):
        machine = get(name).minimal()
        for construction in stacks(machine)[0]:
            assert exact_closure(construction.network, machine).verdict == "proved", name


def altered(network):
    """Each layer with two of its decoder's rows exchanged, and without the steps of a letter."""
    for i, layer in enumerate(network.layers):
        swapped = (layer.emit[1], layer.emit[0], *layer.emit[2:])
        changes = [replace(layer, emit=swapped)] if swapped != layer.emit else []
        for letter, steps in layer.steps.items():
            if steps:
                changes.append(replace(layer, steps={**layer.steps, letter: steps[:-1]}))
        for change in changes:
            yield replace(network, layers=(*network.layers[:i], change, *network.layers[i + 1 :]))


@pytest.mark.parametrize("name", ["mod:8", "mod:12", "quaternion", "sym:4"])
def test_any_altered_layer_is_refuted(name):
    machine = get(name).minimal()
    for construction in stacks(machine)[0]:
        twins = list(altered(construction.network))
        assert len(twins) >= 2 * len(construction.network.layers)
        for twin in twins:
            assert exact_closure(twin, machine, max_states=500).verdict != "proved"


def test_a_search_that_found_nothing_says_that_it_was_cut_short(monkeypatch):
    monkeypatch.setattr(stacks_module, "UNITS", 1_000)
    random = Random(1)
    machine = machine_of([random.sample(range(60), 60) for _ in range(2)])
    assert stacks(machine) == ([], True)


def test_machines_without_congruences_have_none():
    for name in ("parity", "flipflop", "mod:7", "mod:997", "tomita:1", "starts-with:a"):
        assert stacks(get(name).minimal()) == ([], False)


def test_no_network_beats_another_one():
    for name in ("mod:64", "mod:100", "sym:4"):
        found, _ = stacks(get(name).minimal())
        prices = [(*made.cost, made.network.field is not None) for made in found]
        assert len(set(prices)) == len(prices)
        for one, other in itertools.permutations(prices, 2):
            assert not all(x <= y for x, y in zip(one, other, strict=True))


def test_what_is_found_depends_on_the_work_alone():
    machine = get("sym:4").minimal()
    first = [(made.cost, made.network.layers[0].emit) for made in ROUTE.propose(machine)]
    assert first == [(made.cost, made.network.layers[0].emit) for made in ROUTE.propose(machine)]
    work = Work("levels", 3_000)
    with pytest.raises(LimitReached, match="levels"):
        list(construct(machine, work=work))
