"""A level that numbers the states of sets: what it says of a word is the state."""

import random

import pytest

from negeig.automata.decomposition.numbered_stage import can_number, numbered_stage
from negeig.automata.decomposition.set_stages import stages_below
from negeig.work import Work
from support.maps import machine_of

SEED = 3


def moves_above(machine, top):
    """The sets that a machine on the same letters leaves possible, and the moves between them."""
    columns = range(len(machine.alphabet))
    pairs = {(0, machine.initial)}
    queue = list(pairs)
    for x, q in queue:
        for a in columns:
            pair = top[x][a], int(machine.transitions[q, a])
            if pair not in pairs:
                pairs.add(pair)
                queue.append(pair)
    sets = {}
    for x, q in sorted(pairs):
        sets[x] = sets.get(x, 0) | 1 << q
    return sets, dict.fromkeys((sets[x], a, sets[top[x][a]]) for x in sets for a in columns)


def follows(machine, top, sets, stage, first):
    """Whether the level's point tells the state after random words."""
    source = random.Random(SEED)
    for _ in range(100):
        x, q, point = 0, machine.initial, first
        for _ in range(source.randrange(20)):
            a = source.randrange(len(machine.alphabet))
            y = top[x][a]
            point = stage.maps[sets[x], a, sets[y]][point]
            x, q = y, int(machine.transitions[q, a])
        if stage.splits[sets[x]].get(point) != 1 << q:
            return False
    return True


def test_points_tell_the_state_where_no_letter_merges_some_and_keeps_others_apart():
    source, told, refused = random.Random(SEED), 0, 0
    while told < 20 or refused < 20:
        letters = [tuple(source.randrange(5) for _ in range(5)) for _ in "ab"]
        machine = machine_of(letters, 0)
        size = source.randrange(1, 6)
        top = [[source.randrange(size) for _ in "ab"] for _ in range(size)]
        sets, moves = moves_above(machine, top)
        if not can_number(machine, moves):
            refused += 1
            continue
        told += 1
        stage, first = numbered_stage(machine, moves, sets[0], machine.initial)
        permuted = tuple(range(stage.points))
        for images in stage.maps.values():
            assert len(set(images)) == 1 or tuple(sorted(images)) == permuted
        assert follows(machine, top, sets, stage, first), (letters, top)


def test_a_map_that_is_wrong_is_seen():
    """The negative twin: two letters that permute, one of them as the other does."""
    machine = machine_of(((1, 2, 0), (1, 0, 2)), 0)
    sets, moves = moves_above(machine, [[0, 0]])
    stage, first = numbered_stage(machine, moves, sets[0], 0)
    assert follows(machine, [[0, 0]], sets, stage, first)
    (whole,) = set(sets.values())
    stage.maps[whole, 1, whole] = stage.maps[whole, 0, whole]
    assert not follows(machine, [[0, 0]], sets, stage, first)


@pytest.mark.parametrize("number", [True, False])
def test_one_level_for_states_that_are_carried_into_a_larger_set(number):
    """Letters lead {0, 1} into {0, 1, 2}: the level that numbers does in one what takes two."""
    machine = machine_of(((1, 0, 2), (2, 0, 1)), 0)
    moves = dict.fromkeys([(3, 0, 7), (3, 1, 7), (7, 0, 7), (7, 1, 7)])
    found = stages_below(machine, moves, 3, Work("moves", 1_000), join=True, number=number)
    assert len(found.stages) == (1 if number else 2)
