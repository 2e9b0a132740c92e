"""A layer that holds functions of the states that a first one leaves possible."""

import random
from collections import defaultdict
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from negeig.automata.decomposition.numbered_stage import can_number
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.monoids.submonoids import Multiplication
from negeig.claims import LimitReached, Verdict
from negeig.pipeline.parts.proving import exact_claim
from negeig.theory.bounds.peeling_exact import peel_listed
from negeig.theory.constructions.fewest import few_left
from negeig.theory.constructions.pieces import function_block, left_functions
from negeig.theory.constructions.pieces.first_layer import FirstLayers, groups
from negeig.theory.constructions.pieces.left_functions import Functions, contents_with
from negeig.theory.constructions.pieces.told_below import told_by_functions
from negeig.theory.factors.factorisation import ONE, overwrite
from negeig.work import Work
from support.maps import machine_of

SEED = 71

THREE_LEVELS = Machine(
    alphabet="abc",
    transitions=[[1, 1, 2], [3, 2, 2], [2, 1, 2], [1, 4, 3], [3, 3, 1]],
    initial=0,
    outputs=[0, 0, 0, 1, 0],
)


def random_contents(source, size, letters, count):
    """Contents of a random automaton beside a random machine, from pairs that are reached."""
    machine = Machine(
        alphabet="abc"[:letters],
        transitions=[[source.randrange(size) for _ in range(letters)] for _ in range(size)],
        initial=0,
        outputs=[source.randrange(3) for _ in range(size)],
    )
    targets = [[source.randrange(count) for _ in range(letters)] for _ in range(count)]
    left = [set() for _ in range(count)]
    queue = [(0, 0)]
    left[0].add(0)
    for x, q in queue:
        for a in range(letters):
            y, r = targets[x][a], int(machine.transitions[q, a])
            if r not in left[y]:
                left[y].add(r)
                queue.append((y, r))
    reached = [x for x in range(count) if left[x]]
    number = {x: i for i, x in enumerate(reached)}
    return (
        machine,
        [[number[y] for y in targets[x]] for x in reached],
        [frozenset(left[x]) for x in reached],
    )


def plain(machine, targets, left):
    """All functions as pairs of sets of states, and the arcs between them, by brute force."""

    def function(x, states):
        inside = left[x] & states
        return frozenset((inside, left[x] - inside)) if inside and inside != left[x] else None

    edges = [(x, a, y) for x, row in enumerate(targets) for a, y in enumerate(row)]
    after = machine.transitions.tolist()
    nodes, arcs = set(), set()
    for x in range(len(targets)):
        for value in set(machine.outputs):
            own = {q for q in range(machine.size) if machine.outputs[q] == value}
            nodes.add((x, function(x, frozenset(own))))
    nodes = {node for node in nodes if node[1] is not None}
    queue = list(nodes)
    for y, one in queue:
        half = next(iter(one))
        for x, a, head in edges:
            if head == y:
                before = frozenset(q for q in left[x] if after[q][a] in half)
                node = (x, function(x, before))
                if node[1] is not None:
                    arcs.add((node, (x, a), (y, one)))
                    if node not in nodes:
                        nodes.add(node)
                        queue.append(node)
    return nodes, arcs


def plain_conflicts(nodes, arcs):
    """Nodes and letters at which two functions are one, and one of them leads back there."""
    graph = nx.DiGraph([(u, v) for u, _, v in arcs])
    graph.add_nodes_from(nodes)
    component = {}
    for i, part in enumerate(nx.strongly_connected_components(graph)):
        component |= dict.fromkeys(part, i)
    along = defaultdict(set)
    for u, edge, v in arcs:
        along[u, edge].add(v)
    return {
        (u, edge)
        for (u, edge), own in along.items()
        if len(own) > 1 and any(component[v] == component[u] for v in own)
    }


def test_functions_and_conflicts_are_those_of_brute_force():
    source = random.Random(SEED)
    conflicting = 0
    for _ in range(300):
        size, letters, count = (source.randrange(2, m) for m in (6, 4, 6))
        machine, targets, left = random_contents(source, size, letters, count)
        masks = np.array([sum(1 << q for q in states) for states in left], dtype=np.int64)
        table = np.array(targets, dtype=np.int32)
        found = Functions(machine, contents_with(table, masks), Work("functions", 10**9))
        nodes, arcs = plain(machine, targets, left)
        assert found.count == len(nodes)
        assert found.agree == (not plain_conflicts(nodes, arcs))
        conflicting += not found.agree
        after = machine.transitions.tolist()
        for conflict in found.conflicts(100):
            x, y, a = conflict.before, conflict.after, conflict.letter
            assert targets[x][a] == y
            assert set(conflict.apart) <= left[x]
            images = {after[q][a] for q in left[x]}
            assert conflict.other in left[y] - images
            for b in conflict.back:
                y = targets[y][b]
            assert y == x
    assert 30 < conflicting < 270


TWO_LAYERS = [
    *(19, 22, 23, 33, 35, 48, 51, 57, 62, 64, 67, 68, 69, 72, 74),
    *(85, 102, 111, 120, 137, 164, 165, 171, 184, 191, 194, 198, 203, 228, 231),
]
"""The first seeds of machines that take two layers, and of which a first one is found."""


def first_layer(seed):
    """A random machine that takes two layers, with what a first layer leaves of it."""
    source = random.Random(seed)
    size = source.choice((5, 6))
    letters = tuple(
        tuple(source.randrange(size) for _ in range(size)) for _ in range(source.choice((2, 3)))
    )
    machine = machine_of(letters, 0).minimal()
    monoid = transition_monoid(machine, max_elements=2_000)
    assert peel_listed(monoid).value == 2
    work = Work("contents", 1_000_000)
    search = FirstLayers(machine, 1, work, functions=True)
    found = (
        search.for_group(actions)
        for actions in groups(monoid, Multiplication(monoid).whole().kernel(), work)
    )
    return machine, next(left for left in found if left is not None)


def test_functions_tell_what_a_first_layer_leaves():
    not_numbered = 0
    for machine, left in map(first_layer, TWO_LAYERS):
        network = told_by_functions(left, few_left._steps, Work("functions", 10**7))
        assert exact_claim(network, machine).verdict is Verdict.PROVED
        assert len(network.layers) == 2
        assert all(value in (0, 1, -1) for layer in network.layers for value in layer.eigenvalues)
        not_numbered += not can_number(machine, left.moves)
    assert not_numbered > 5


def test_a_small_network_where_levels_take_three_layers():
    machine = THREE_LEVELS.minimal()
    (found,) = few_left.construct(machine)
    assert found.cost[0] == 2
    assert "functions" in found.idea
    assert exact_claim(found.network, machine).verdict is Verdict.PROVED
    first, last = found.network.layers
    for letter, steps in last.steps.items():
        wrong = replace(last, steps={**last.steps, letter: (*steps, overwrite(last.dim, 0, ONE))})
        network = replace(found.network, layers=(first, wrong))
        assert exact_claim(network, machine).verdict is not Verdict.PROVED


def test_sizes_are_limited(monkeypatch):
    machine, left = first_layer(TWO_LAYERS[0])
    monkeypatch.setattr(function_block, "MAX_REGISTERS", 0)
    with pytest.raises(LimitReached, match="registers of a layer"):
        told_by_functions(left, few_left._steps, Work("functions", 10**7))
    monkeypatch.setattr(left_functions, "MAX_FUNCTIONS", 2)
    table = np.array(left.targets, dtype=np.int32)
    contents = contents_with(table, np.array(left.sets, dtype=np.int64))
    assert Functions(machine, contents, Work("functions", 10**7)).are_too_many
