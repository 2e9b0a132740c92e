"""Three layers by edges of trees that come last: replayed, forged, and where two layers do."""

from random import Random

import pytest

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.monoids.submonoids import Multiplication
from negeig.theory.bounds import peeling_greedy
from negeig.theory.bounds import tree_edges as tree_edges_module
from negeig.theory.bounds.last_edges import last_edges
from negeig.theory.bounds.peeling_exact import peel_listed
from negeig.theory.bounds.tree_edges import tree_edges
from negeig.work import Work
from support import peeled_by_hand
from support.command_line import peeling_bound
from support.maps import machine_of
from support.random_stacks import random_stack

SEED = 21

THREE = {
    "nine edges": [[0, 1, 2], [3, 1, 4], [4, 3, 2], [3, 1, 0], [2, 1, 1]],
    "thirteen edges": [[0, 1, 2], [1, 0, 3], [4, 4, 3], [1, 4, 1], [0, 4, 0]],
}
"""Machines of which chains of idempotents and last parts show two layers only."""


def machine_with(rows):
    return Machine(alphabet="abc", transitions=rows, initial=0, outputs=range(len(rows)))


def edges_of(machine):
    """The edges as maps, e and f."""
    of = Multiplication(transition_monoid(machine)).whole()
    found = tree_edges(of)
    assert found is not None
    maps = [tuple(x) for x in of.table.monoid.maps.tolist()]
    edges, e, f = found
    inverted = [(p, q, maps[x], None if a is None else maps[a]) for p, q, x, a in edges]
    return set(maps), inverted, maps[e], maps[f]


@pytest.mark.parametrize("name", THREE)
def test_three_layers_are_replayed(name):
    machine = machine_with(THREE[name])
    found = peel_listed(transition_monoid(machine))
    assert (found.value, found.ending, len(found.links)) == (3, "last edges", 0)
    assert peeled_by_hand.replay(machine, found) == 3
    assert "weak inverses" in found.reason


@pytest.mark.parametrize("name", THREE)
def test_forged_edges_are_refused(name):
    elements, edges, e, f = edges_of(machine_with(THREE[name]))
    check = peeled_by_hand.after_last_edges
    assert check(elements, edges, e, f)
    assert not check(elements, edges, e, e)
    i = next(i for i, (_, _, _, a) in enumerate(edges) if a is not None)
    p, q, x, a = edges[i]
    none = next(y for y in elements if tuple(x[a[x[r]]] for r in y) != y)
    for forged in (
        [*edges[:i], (p, q, none, a), *edges[i + 1 :]],  # no weak inverse
        [*edges[:i], (q, p, x, a), *edges[i + 1 :]],  # the wrong way round
        [*edges, (p, p, x, None)],  # a loop is no edge of a tree
        edges[:-1],  # no edge is there in vain
    ):
        with pytest.raises(AssertionError):
            assert check(elements, forged, e, f)


@pytest.mark.parametrize("name", THREE)
def test_no_small_group_does(name):
    """What a tree shows holds for every group: each has an order that violates the identity."""
    monoid = transition_monoid(machine_with(THREE[name]))
    for order in (1, 2, 3):
        for shifts in ((1, 0, 0), (0, 1, 2), (1, 1, 2)):
            group = [[(g + s) % order for g in range(order)] for s in shifts]
            assert last_edges(monoid, group, Work("orders of edges", 10**8)) is not None


def random_machine(random):
    letters = [tuple(random.randrange(4) for _ in range(4)) for _ in range(2)]
    return machine_of(letters, 0)


def test_never_where_two_layers_exist():
    random = Random(SEED)
    shown = 0
    for _ in range(200):
        monoid = transition_monoid(random_machine(random))
        if last_edges(monoid, [(0,), (0,)], Work("orders of edges", 10**8)) is None:
            shown += 1
            assert tree_edges(Multiplication(monoid).whole()) is None
    assert shown > 40, shown


def test_inverses_that_are_none_would_claim_too_much(monkeypatch):
    """Of machines that two layers do, some would take three if every element inverted."""
    machines = []
    random = Random(SEED)
    while len(machines) < 120:
        machine = random_machine(random)
        monoid = transition_monoid(machine)
        if last_edges(monoid, [(1, 0), (0, 1)], Work("orders of edges", 10**8)) is None:
            machines.append(Multiplication(monoid).whole())
    assert all(tree_edges(of) is None for of in machines)
    monkeypatch.setattr(
        tree_edges_module,
        "_weak_inverses",
        lambda of, a: of.elements[of.table.ranks[of.elements] > 2],
    )
    assert any(tree_edges(of) is not None for of in machines)


@pytest.mark.exhaustive
def test_random_stacks_of_two_layers_take_no_three():
    random = Random(SEED)
    tried = 0
    for _ in range(150):
        machine = random_stack(random, 2, reflections=True)
        if 4 <= machine.size <= 24:
            of = Multiplication(transition_monoid(machine, max_elements=20_000)).whole()
            assert tree_edges(of) is None, (SEED, machine.transitions.tolist())
            tried += 1
    assert tried > 40, tried


def test_edges_are_written_in_the_words_of_what_a_chain_began_with():
    found = peel_listed(transition_monoid(machine_with(THREE["nine edges"])))
    numbered = peeling_greedy._written(
        found, lambda word: tuple("cab"["abc".index(x)] for x in word)
    )
    rows = [[row[i] for i in (1, 2, 0)] for row in THREE["nine edges"]]
    assert peeled_by_hand.replay(machine_with(rows), numbered) == 3


def test_check_says_it(capsys, tmp_path):
    row = peeling_bound(capsys, tmp_path, machine_with(THREE["nine edges"]))
    assert (row["value"], row["chain"]["ending"], len(row["chain"]["edges"])) == (
        3,
        "last edges",
        9,
    )
