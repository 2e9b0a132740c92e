"""Levels whose contexts are sets: what they promise, checked without the code that builds them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from negeig.automata.decomposition import set_stages as module
from negeig.automata.decomposition.holonomy import holonomy
from negeig.automata.decomposition.set_stages import set_stages
from negeig.automata.decomposition.stages import stages_of
from negeig.automata.zoo import get
from negeig.claims import LimitReached
from negeig.work import Work
from support.state_machines import random_machine, tcp
from support.structures import small_structures

ZOO = ["dyck1:3", "tomita:3", "contains:aba", "transformations:3", "even-pairs", "sym:3", "mod:4"]


def decomposed(machine, join=True, units=10_000_000):
    return set_stages(machine, Work("moves of levels", units), join=join)


def after(stages, coordinates, column):
    """Move every level at once, as the contexts before and after the letter say."""
    first = next(iter(stages.stages[0].splits)) if stages.stages else 0
    before = here = first
    moved = []
    for stage, point in zip(stages.stages, coordinates, strict=True):
        moved.append(stage.maps[before, column, here][point])
        before, here = stage.splits[before][point], stage.splits[here][moved[-1]]
    return tuple(moved)


def state(stages, coordinates):
    context = next(iter(stages.stages[0].splits))
    for stage, point in zip(stages.stages, coordinates, strict=True):
        context = stage.splits[context][point]
    return stages.states[context]


def first_error(stages, machine, limit):
    """Walk through coordinates breadth first, up to a number; a problem, or None."""
    found = {stages.initial: machine.initial}
    queue = [stages.initial]
    for coordinates in queue:
        if state(stages, coordinates) != found[coordinates]:
            return coordinates
        for column in range(len(machine.alphabet)):
            target = after(stages, coordinates, column)
            goal = int(machine.transitions[found[coordinates], column])
            if found.setdefault(target, goal) != goal:
                return target
            if len(found) > len(queue) and len(queue) < limit:
                queue.append(target)
    return None


def check_levels(stages, machine):
    for stage in stages.stages:
        for images in set(stage.maps.values()):
            assert len(set(images)) in (1, stage.points), images
    columns = machine.transitions.T.tolist()
    for stage in stages.stages:
        for p, column, q in stage.maps:
            image = {columns[column][x] for x in range(machine.size) if p >> x & 1}
            assert all(q >> x & 1 for x in image)
        for p, split in stage.splits.items():
            assert all(below and not below & ~p for below in split.values())
    assert len(stages.stages) < machine.size


@pytest.mark.parametrize("join", [True, False])
@pytest.mark.parametrize("name", ZOO)
def test_levels_follow_the_machine(name, join):
    machine = get(name).minimal()
    stages = decomposed(machine, join)
    assert first_error(stages, machine, 5_000) is None
    if join:
        check_levels(stages, machine)


@pytest.mark.exhaustive
def test_all_structures_of_three_states():
    for machine in small_structures(3):
        if machine.size > 1:
            for join in (True, False):
                assert first_error(decomposed(machine, join), machine, 5_000) is None
            check_levels(decomposed(machine), machine)


@pytest.mark.parametrize("seed", range(4))
def test_random_machines_of_twenty_states(seed):
    machine = random_machine(20, seed)
    stages = decomposed(machine)
    check_levels(stages, machine)
    assert first_error(stages, machine, 2_000) is None
    coordinates, here, random = stages.initial, machine.initial, Random(seed)
    for _ in range(500):
        column = random.randrange(2)
        coordinates = after(stages, coordinates, column)
        here = int(machine.transitions[here, column])
        assert state(stages, coordinates) == here


def test_tcp_has_ten_levels():
    machine = tcp()
    assert (machine.size, len(machine.alphabet)) == (11, 9)
    stages = decomposed(machine)
    check_levels(stages, machine)
    assert len(stages.stages) == 10
    assert first_error(stages, machine, 2_000) is None


def test_a_wrong_map_is_noticed():
    """The twin: what the walk would say of levels that do not follow the machine."""
    machine = get("dyck1:3").minimal()
    stages = decomposed(machine)
    wrong = 0
    for i, stage in enumerate(stages.stages):
        for move, images in stage.maps.items():
            turned = tuple((x + 1) % stage.points for x in images)
            twin = replace(stage, maps={**stage.maps, move: turned})
            twins = (*stages.stages[:i], twin, *stages.stages[i + 1 :])
            try:
                error = first_error(replace(stages, stages=twins), machine, 5_000)
            except KeyError:  # a context that the level does not have
                error = True
            wrong += error is not None
    assert wrong >= len(stages.stages)


@pytest.mark.parametrize("name", ["dyck1:3", "contains:aba", "starts-with:aba", "tomita:4"])
def test_without_groups_nothing_is_permuted(name):
    """Star-free languages: without sharing between classes all levels only reset."""
    assert decomposed(get(name).minimal(), join=False).only_resets


def test_groups_are_permuted():
    assert not decomposed(get("transformations:3").minimal(), join=False).only_resets


@pytest.mark.parametrize("name", ZOO)
def test_listed_coordinates_as_stages(name):
    machine = get(name).minimal()
    assert first_error(stages_of(holonomy(machine)), machine, 5_000) is None


def test_limits(monkeypatch):
    machine = tcp()
    with pytest.raises(LimitReached, match="moves of levels: stopped at"):
        decomposed(machine, units=1_000)
    monkeypatch.setattr(module, "MAX_PARTS", 4)
    with pytest.raises(LimitReached, match="parts of a level"):
        decomposed(machine)
