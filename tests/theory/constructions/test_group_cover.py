"""Covers group by group: the actions on few points, the test of a group, the blocks of registers.

The brute force here composes maps as tuples and shares nothing with the package.
"""

import itertools
import random

import numpy as np
import pytest

from negeig.claims import LimitReached
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.covers import cover
from negeig.theory.constructions.pieces.acting_letters import acting_letters
from negeig.theory.constructions.pieces.block_choice import side_by_side
from negeig.theory.constructions.pieces.block_cover import BlockSearch
from negeig.theory.constructions.pieces.covering_groups import CoveringGroups, cayley_table
from negeig.theory.constructions.pieces.exploring import Explorer
from negeig.theory.constructions.pieces.group_covers import group_cover
from negeig.theory.constructions.pieces.transitive_actions import renumbered, transitive_actions
from negeig.work import Work
from support.maps import machine_of, then

SEED = 37

NAMED = [
    (((4, 1, 3, 4, 3), (1, 3, 2, 4, 2)), 0),
    (((0, 0, 1, 1, 3), (2, 2, 3, 1, 2)), 4),
    (((1, 1, 3, 1, 2, 2), (1, 5, 5, 5, 1, 4)), 0),
    (((5, 4, 3, 5, 1, 4), (3, 5, 2, 4, 4, 2)), 0),
    (((1, 3, 4, 5, 3, 5), (2, 1, 4, 1, 5, 3)), 0),
    (((1, 2, 3, 5, 4, 1), (2, 0, 4, 0, 0, 2)), 0),
]
"""Letters and start of machines with efe = fe for which few registers of any kind do not do."""


def covered_machines(count, sizes=(4, 5), letters=2):
    """Random machines that permute somewhere but not everywhere and satisfy efe = fe."""
    random_ = random.Random(SEED)
    while count:
        n = random_.choice(sizes)
        maps = [tuple(random_.randrange(n) for _ in range(n)) for _ in range(letters)]
        machine = machine_of(maps, random_.randrange(n))
        columns = machine.transitions.T.tolist()
        if machine.size < n or all(len(set(column)) == n for column in columns):
            continue
        if acting_letters(machine, Work("nothing", 1), "a test") is not None:
            count -= 1
            yield machine


# --- networks


def by_group(machine):
    """The cover of a machine where no work is left for the search of few registers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cover.Search, "covers", exhausted)
        return next(cover.construct(machine))


def exhausted(_search, _kind):
    raise LimitReached("rows", 1, reached=1)
    yield


@pytest.mark.parametrize("number", range(len(NAMED)))
def test_machines_that_few_registers_do_not_cover(number):
    machine = machine_of(*NAMED[number])
    found = by_group(machine)
    assert found.cost[0] == 1
    assert exact_closure(found.network, machine).verdict == "proved"


def test_random_machines():
    for machine in covered_machines(25):
        found = by_group(machine)
        result = exact_closure(found.network, machine)
        assert result.verdict == "proved", machine.transitions.tolist()
        assert result.states == len(set(found.network.layers[0].codes))


def test_machines_of_three_letters():
    """All but one: there the work ends first."""
    missed = 0
    for machine in covered_machines(8, sizes=(4,), letters=3):
        try:
            found = by_group(machine)
        except LimitReached:
            missed += 1
        else:
            assert exact_closure(found.network, machine).verdict == "proved"
    assert missed <= 1


def test_the_search_is_asked_where_the_work_is_used_up():
    """The network comes, and then that there may be cheaper ones."""
    proposals = cover.construct(machine_of(*NAMED[3]), work=Work("rows", 100_000))
    assert next(proposals).cost[0] == 1
    with pytest.raises(LimitReached, match="--effort"):
        next(proposals)


def test_limits_are_named():
    with pytest.raises(LimitReached, match="--effort"):
        next(cover.construct(machine_of(*NAMED[0]), work=Work("rows", 50)))


# --- actions


def test_actions_are_the_subgroups_of_small_index():
    """Pairs of permutations up to renumbering, from the definition."""
    listed = transitive_actions(2, 4000)
    for n in range(1, 5):
        classes = set()
        for pair in itertools.product(itertools.permutations(range(n)), repeat=2):
            reached = {0}
            for _ in range(n):
                reached |= {g[p] for g in pair for p in reached}
            if len(reached) == n:
                classes.add(
                    min(
                        tuple(tuple(s[g[s.index(p)]] for p in range(n)) for g in pair)
                        for s in itertools.permutations(range(n))
                    )
                )
        assert len(classes) == sum(len(action[0]) == n for action in listed)
    assert [sum(len(a[0]) == n for a in listed) for n in (5, 6)] == [97, 624]  # known counts
    assert len(set(listed)) == len(listed)
    assert {renumbered(action, 0) for action in listed} == set(listed)


# --- groups


def is_wanted(machine, action):
    """Whether words of value 1 satisfy xx = x and xyx = yx, from the definition."""
    columns = [tuple(column) for column in machine.transitions.T.tolist()]
    one = tuple(range(machine.size)), tuple(range(len(action[0])))
    pairs = {one}
    queue = [one]
    for x, g in queue:
        for f, h in zip(columns, action, strict=True):
            pair = then(x, f), then(g, h)
            if pair not in pairs:
                pairs.add(pair)
                queue.append(pair)
    words = [x for x, g in pairs if g == one[1]]
    return all(then(x, x) == x for x in words) and all(
        then(then(x, y), x) == then(y, x) for x, y in itertools.product(words, repeat=2)
    )


def test_groups_are_those_that_will_do():
    for machine in covered_machines(8, sizes=(3, 4)):
        letters = acting_letters(machine, Work("nothing", 1), "a test")
        if letters.table.shape[1] < 2:
            continue
        groups = CoveringGroups(letters.products, letters.monoid, Work("pairs", 10**8))
        for action in transitive_actions(2, 4000)[:60]:
            word = groups._violating(cayley_table((action,), 1000))
            assert (word is None) == is_wanted(machine, action)
        (found,) = itertools.islice(groups, 1)
        combined = tuple(
            tuple(
                p + before
                for action, before in zip(found, firsts(found), strict=False)
                for p in action[a]
            )
            for a in range(2)
        )
        assert is_wanted(machine, combined)


def firsts(actions):
    return itertools.accumulate((len(action[0]) for action in actions), initial=0)


# --- registers


def test_what_is_found_determines_the_state():
    """Contents followed forwards, with names of their own for all that is written."""
    for machine in covered_machines(10):
        letters = acting_letters(machine, Work("nothing", 1), "a test")
        rows = group_cover(letters, Explorer(20_000), Work("pairs", 10**8)).tolist()
        start = tuple(("start", i) for i in range(len(rows[0])))
        state_of = {start: machine.initial}
        queue = [start]
        for held in queue:
            for a, number in enumerate(letters.numbers):
                if number is None:
                    continue
                after = tuple(held[s - 1] if s else (a, i) for i, s in enumerate(rows[number]))
                target = int(machine.transitions[state_of[held], a])
                if after not in state_of:
                    queue.append(after)
                assert state_of.setdefault(after, target) == target


def test_blocks_are_put_side_by_side():
    one, two = np.array([[2, 1], [0, 2]], np.int8), np.array([[1], [0]], np.int8)
    assert side_by_side([one, two]).tolist() == [[2, 1, 3], [0, 2, 0]]


@pytest.mark.parametrize(("letters", "places"), [(70, 1), (2, 40)])
def test_actions_with_too_many_places_are_left_out(letters, places):
    """Their sets of places would not fit into a number; there is no other action, so no cover."""
    turn = tuple((p + 1) % places for p in range(places))
    products = np.array([[1] * letters, [1] * letters], np.int32)
    search = BlockSearch(products, Explorer(100))
    assert search.cover([(turn,) * letters], Work("pairs", 10**6)) is None
