"""Two layers by last edges: against contents listed one by one, and against what is known else."""

from collections import Counter
from dataclasses import replace
from itertools import product
from random import Random

import pytest

from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import get
from negeig.claims import LimitReached
from negeig.theory.bounds import edge_orders
from negeig.theory.bounds.last_edges import last_edges, layers_exist
from negeig.theory.bounds.peeling_exact import peel_listed
from negeig.work import Work
from support.maps import machine_of, then

SEED = 20

THREE = ((1, 2, 0, 2), (2, 3, 1, 2))
"""Maps of the letters of a machine that takes three layers."""

TURN, STAY = (1, 0), (0, 1)
GROUPS = (
    [(0,), (0,)],
    [STAY, TURN],
    [TURN, STAY],
    [TURN, TURN],
    [(1, 2, 0), (0, 1, 2)],
    [(1, 2, 0), (2, 0, 1)],
)
"""Where two letters lead in groups of one, two and three elements."""


def work():
    return Work("orders of edges", 100_000_000)


def contents(letters, group):
    """Every group element with an order of last edges, the states possible there, and the moves."""
    everything = frozenset(range(len(letters[0])))
    possible = {(0, ()): everything}
    moves = {}
    queue = [(0, ())]
    while queue:
        place, order = content = queue.pop()
        for a, row in enumerate(group):
            edge = place, a
            target = row[place], (edge, *(other for other in order if other != edge))
            moves[content, a] = target
            more = possible.get(target, frozenset()) | {letters[a][q] for q in possible[content]}
            if more != possible.get(target):
                possible[target] = more
                queue.append(target)
    return possible, moves


def loops(content, letters, moves):
    """What words do that lead from a content back to it, as maps of all states."""
    start = content, tuple(range(len(letters[0])))
    seen, queue = {start}, [start]
    for at, x in queue:  # grows while it is read
        for a, letter in enumerate(letters):
            after = moves[at, a], then(x, letter)
            if after not in seen:
                seen.add(after)
                queue.append(after)
    return {x for at, x in seen if at == content}


def mastered(letters, group):
    """Whether idempotent loops at every content satisfy efe = fe on the states possible there."""
    possible, moves = contents(letters, group)
    for content, states in possible.items():
        idempotents = [x for x in loops(content, letters, moves) if then(x, x) == x]
        for e, f in product(idempotents, repeat=2):
            if any(e[f[e[q]]] != e[f[q]] for q in states):
                return False
    return True


def random_letters(random, states):
    return [tuple(random.randrange(states) for _ in range(states)) for _ in range(2)]


@pytest.mark.parametrize("group", GROUPS)
def test_against_contents_listed_one_by_one(group):
    random = Random(SEED)
    seen = set()
    tried = [random_letters(random, random.choice((3, 4))) for _ in range(96 // len(group[0]) ** 2)]
    for pair in (*tried, THREE):
        machine = machine_of(pair, 0)
        letters = list(map(tuple, machine.transitions.T.tolist()))
        found = last_edges(transition_monoid(machine), group, work())
        assert (found is None) == mastered(letters, group), (SEED, letters)
        seen.add(found is None)
    assert seen == {True, False}


def replayed(monoid, group, found):
    """Whether the idempotents violate the identity after the edges, along paths listed forward."""
    letters = list(map(tuple, monoid.maps[monoid.right[0]].tolist()))
    e, f = (tuple(monoid.maps[x].tolist()) for x in (found.one, found.other))
    assert then(e, e) == e
    assert then(f, f) == f
    place, a = found.edges[0]
    assert group[a][place] == 0
    after, around = set(), set()
    for start in range(len(group[0])):
        seen = {(start, (), tuple(range(len(letters[0]))))}
        queue = list(seen)
        for place, order, x in queue:  # grows while it is read
            for a, letter in enumerate(letters):
                edge = place, a
                if edge in found.edges:
                    list_ = (edge, *(other for other in order if other != edge))
                    more = group[a][place], list_, then(x, letter)
                    if more not in seen:
                        seen.add(more)
                        queue.append(more)
        after |= {x for place, order, x in seen if place == 0 and order == found.edges}
        if start == 0:
            around = {x for p, o, x in seen if p == 0 and o == found.edges[: len(o)]}
    assert {e, f} <= around
    return any(then(x, then(then(e, f), e)) != then(x, then(f, e)) for x in after)


@pytest.mark.parametrize("group", GROUPS[:4])
def test_violating_orders_are_replayed_forward(group):
    random = Random(SEED)
    count = 0
    for _ in range(40):
        machine = machine_of(random_letters(random, 4), 0)
        monoid = transition_monoid(machine)
        found = last_edges(monoid, group, work())
        if found is not None:
            assert replayed(monoid, group, found), (SEED, machine.transitions.tolist())
            swapped = replace(found, edges=found.edges[:-1])
            with pytest.raises(AssertionError):
                assert replayed(monoid, group, swapped)
            count += 1
    assert count > 5


def second_contents(letters, initial):
    """A state and the contents of both layers, over trivial groups, after each word."""
    _, moves = contents(letters, [(0,)] * len(letters))
    start = initial, (0, ()), ()
    seen, queue = {start}, [start]
    for q, content, order in queue:  # grows while it is read
        for a, letter in enumerate(letters):
            edge = content, a
            list_ = (edge, *(other for other in order if other != edge))
            after = letter[q], moves[edge], list_
            if after not in seen:
                seen.add(after)
                queue.append(after)
    return seen


def test_the_second_layer_tells_the_state_where_no_order_violates():
    """Aperiodic structures of three states, where trivial groups do; a third layer is missed."""
    tried = 0
    for pair in product(product(range(3), repeat=3), repeat=2):
        machine = machine_of(pair, 0)
        monoid = transition_monoid(machine)
        if not monoid.is_aperiodic or peel_listed(monoid).value != 2:
            continue
        assert last_edges(monoid, GROUPS[0], work()) is None
        found = second_contents(machine.transitions.T.tolist(), machine.initial)
        assert len({(content, order) for _, content, order in found}) == len(found), pair
        tried += 1
    assert tried > 10, tried
    found = second_contents(THREE, 0)
    assert len({(content, order) for _, content, order in found}) < len(found)


def test_one_layer_always_passes_and_three_never_do():
    random = Random(SEED)
    shown = Counter()
    for _ in range(150):
        machine = machine_of(random_letters(random, random.choice((3, 4, 5))), 0)
        monoid = transition_monoid(machine)
        layers = peel_listed(monoid).value
        for group in GROUPS[:4]:
            exist = last_edges(monoid, group, work()) is None
            shown[layers, exist] += 1
            assert exist or layers > 1, (SEED, machine.transitions.tolist())
            assert not exist or layers < 3, (SEED, machine.transitions.tolist())
    assert shown[2, True] > 20, shown
    assert shown[3, False] > 20, shown


def in_classes(moves):
    """Contents with those that lead to each other."""
    after = {}
    for (content, _), target in moves.items():
        after.setdefault(content, set()).add(target)
    reached = {}
    for content in after:
        seen, queue = {content}, [content]
        for at in queue:  # grows while it is read
            queue += after[at] - seen
            seen |= after[at]
        reached[content] = seen
    return {c: {d for d in reached[c] if c in reached[d]} for c in after}


def three_by_contents(letters, group):
    """Whether each class of contents leaves at most three states, or has efe = fe throughout."""
    possible, moves = contents(letters, group)
    for together in in_classes(moves).values():
        if all(len(possible[content]) <= 3 for content in together):
            continue
        for content in together:
            idempotents = [x for x in loops(content, letters, moves) if then(x, x) == x]
            for e, f in product(idempotents, repeat=2):
                if any(e[f[e[q]]] != e[f[q]] for q in possible[content]):
                    return False
    return True


@pytest.mark.parametrize("group", GROUPS[:4])
def test_three_layers_are_said_to_exist_only_where_classes_of_contents_show_it(group):
    random = Random(SEED)
    shown = Counter()
    for _ in range(24):
        machine = machine_of(random_letters(random, 5), 0)
        letters = list(map(tuple, machine.transitions.T.tolist()))
        monoid = transition_monoid(machine)
        exist = layers_exist(monoid, group, 3, work())
        assert not exist or three_by_contents(letters, group), (SEED, letters)
        assert not exist or peel_listed(monoid).value <= 3
        assert layers_exist(monoid, group, 5, work())
        shown[exist] += 1
    assert shown[True] > 3, shown


def test_four_layers_of_all_maps_are_not_three():
    """All maps of five points take four layers: of no group do three."""
    monoid = transition_monoid(get("transformations:5").minimal())
    for order in (1, 2):
        group = [[(g + s) % order for g in range(order)] for s in (1, 0, 0)]
        assert not layers_exist(monoid, group, 3, work())


def test_forgotten_loops_would_claim_too_much(monkeypatch):
    """With loops of all edges only, two layers would do what takes three."""
    monoid = transition_monoid(machine_of(THREE, 0))
    assert last_edges(monoid, GROUPS[0], work()) is not None
    real = edge_orders.violating
    monkeypatch.setattr(
        edge_orders, "violating", lambda one, other, *rest: real(one, one & False, *rest)
    )
    assert last_edges(monoid, GROUPS[0], work()) is None


def test_work_is_counted():
    monoid = transition_monoid(get("transformations:4").minimal())
    with pytest.raises(LimitReached, match="orders of edges"):
        last_edges(monoid, [(0,)] * 3, Work("orders of edges", 100))
