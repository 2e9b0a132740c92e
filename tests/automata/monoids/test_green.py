"""Green's relations and the summary of a monoid: oracles, definitions, known counts."""

import copy
import math
import random

import networkx as nx
import numpy as np
import pytest

from negeig.automata.machines.components import strong_components
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.green import green, summary
from negeig.automata.monoids.monoid import transition_monoid
from support.oracles import FIELDS, ORACLES, oracle_machine

# GAP names dihedral groups by their order, and the trivial group 1.
GAP_NAMES = {"1": "C1", "D8": "D4"}


def disagreements(entry):
    """Names of the fields on which the program and an oracle differ."""
    monoid = transition_monoid(oracle_machine(entry))
    relations, ours, theirs = green(monoid), summary(monoid), entry["algebra"]
    wrong = {field for field, name in FIELDS.items() if ours[field] != theirs[name]}
    if set(ours) != {*FIELDS, "subgroups"}:
        wrong.add("fields")
    expected = [
        (g["order"], GAP_NAMES.get(g["structure"], g["structure"]), g["solvable"], g["abelian"])
        for g in theirs["maximal_subgroups"]
    ]
    found = [
        tuple(g[key] for key in ("order", "name", "solvable", "abelian")) for g in ours["subgroups"]
    ]
    if sorted(found) != sorted(expected):
        wrong.add("subgroups")
    classes = [
        (c.size, c.n_r, c.n_l, c.h_size) for c in relations.j_classes if c.idempotent is not None
    ]
    boxes = [
        (g["d_class_size"], g["n_R"], g["n_L"], g["order"]) for g in theirs["maximal_subgroups"]
    ]
    if sorted(classes) != sorted(boxes):
        wrong.add("egg-boxes")
    if sorted(c.size for c in relations.j_classes) != sorted(theirs["d_class_sizes_sorted"]):
        wrong.add("class sizes")
    regular = sum(c.size for c in relations.j_classes if c.idempotent is not None)
    if regular != theirs["n_regular_elements"]:
        wrong.add("regular elements")
    return wrong


@pytest.mark.parametrize("entry", ORACLES, ids=lambda e: e["name"])
def test_every_field_agrees_with_the_oracle(entry):
    assert disagreements(entry) == set()


@pytest.mark.parametrize("field", FIELDS)
def test_a_changed_oracle_is_caught(field):
    for entry in ORACLES:
        changed = copy.deepcopy(entry)
        value = changed["algebra"][FIELDS[field]]
        changed["algebra"][FIELDS[field]] = not value if isinstance(value, bool) else value + 1
        assert disagreements(changed) == {field}


@pytest.mark.parametrize(
    ("key", "value"),
    [("structure", "C2 x C2"), ("order", 5), ("solvable", None), ("abelian", None)],
)
def test_a_changed_subgroup_is_caught(key, value):
    changed = copy.deepcopy(next(e for e in ORACLES if e["name"] == "T4"))
    changed["algebra"]["maximal_subgroups"][0][key] = value
    assert "subgroups" in disagreements(changed)


def test_machines_with_one_transition_changed_are_caught():
    """A change may leave an isomorphic monoid, so each machine is changed in several places."""
    caught = total = 0
    for entry in ORACLES:
        states = entry["minimal"]["n_states"]
        if 2 <= states <= 6:
            results = []
            for q in range(states):
                changed = copy.deepcopy(entry)
                row = changed["minimal"]["table"][q]
                row[0] = (row[0] + 1) % states
                results.append(disagreements(changed) != set())
            assert any(results), entry["name"]
            caught, total = caught + sum(results), total + states
    assert caught > 0.9 * total


def full_transformations(n):
    letters = [[*range(1, n), 0], [1, 0, *range(2, n)], [0, 0, *range(2, n)]]
    return Machine(
        alphabet="ctm", transitions=np.transpose(letters), initial=0, outputs=list(range(n))
    )


def stirling(n, k):
    """Partitions of n points into k blocks."""
    return sum((-1) ** i * math.comb(k, i) * (k - i) ** n for i in range(k + 1)) // math.factorial(
        k
    )


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_full_transformation_monoid(n):
    """Kernels are partitions, images are subsets: rank k is S(n, k) by C(n, k) groups S_k."""
    relations = green(transition_monoid(full_transformations(n)))
    assert [(c.n_r, c.n_l, c.h_size) for c in relations.j_classes] == [
        (stirling(n, k), math.comb(n, k), math.factorial(k)) for k in range(n, 0, -1)
    ]
    names = [f"S{k}" if k > 2 else f"C{k}" for k in range(n, 0, -1)]
    assert [group.name for group in relations.subgroups] == names


def test_r_is_equal_kernels_and_l_is_equal_images_in_t5():
    monoid = transition_monoid(full_transformations(5))
    relations = green(monoid)
    kernels = [tuple(row.index(q) for q in row) for row in monoid.maps.tolist()]
    images = [frozenset(row) for row in monoid.maps.tolist()]
    assert_same_partition(relations.r, kernels)
    assert_same_partition(relations.l, images)
    assert_same_partition(relations.j, map(len, images))
    assert_same_partition(relations.h, zip(kernels, images, strict=True))


def assert_same_partition(labels, keys):
    pairs = set(zip(labels.tolist(), keys, strict=True))
    assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


@pytest.mark.parametrize("entry", ORACLES, ids=lambda e: e["name"])
def test_classes_are_numbered_by_their_first_elements(entry):
    relations = green(transition_monoid(oracle_machine(entry)))
    for labels in (relations.r, relations.l, relations.j, relations.h):
        assert list(dict.fromkeys(labels.tolist())) == list(range(labels.max() + 1))


def test_relations_by_definition_on_random_elements():
    """f R g when each is the other times something: all products are listed."""
    print("seed 3")
    rng = random.Random(3)
    everything = None
    for entry in ORACLES:
        monoid = transition_monoid(oracle_machine(entry))
        if monoid.size > 600:
            continue
        relations = green(monoid)
        everything = np.arange(monoid.size)
        for _ in range(20):
            f, g = rng.randrange(monoid.size), rng.randrange(monoid.size)
            right = [set(monoid.products(x, everything).tolist()) for x in (f, g)]
            left = [set(monoid.products(everything, x).tolist()) for x in (f, g)]
            both = [set(monoid.products(everything[:, None], sorted(s)).flat) for s in right]
            assert (right[0] == right[1]) == (relations.r[f] == relations.r[g])
            assert (left[0] == left[1]) == (relations.l[f] == relations.l[g])
            assert (both[0] == both[1]) == (relations.j[f] == relations.j[g])
        assert_same_partition(
            relations.h, zip(relations.r.tolist(), relations.l.tolist(), strict=True)
        )


def test_components_equal_those_of_networkx_plain_and_compiled():
    from negeig.automata.monoids import _green_compiled

    rng = np.random.default_rng(4)
    for vertices in (1, 2, 5, 30, 300):
        for degree in (1, 2, 3):
            successors = rng.integers(vertices, size=(vertices, degree)).astype(np.int32)
            graph = nx.DiGraph((v, int(w)) for v in range(vertices) for w in successors[v])
            plain = strong_components(successors)
            assert np.array_equal(plain, _green_compiled.strong_components(successors))
            assert_same_partition(
                plain,
                [min(c) for v in range(vertices) for c in [component_of(graph, v)]],
            )
            # Reverse topological order: an edge never leads to a later component.
            assert (plain[successors] <= plain[:, None]).all()


def test_the_search_for_components_goes_on_where_it_stopped(monkeypatch):
    from negeig.automata.monoids import _green_compiled

    rng = np.random.default_rng(5)
    cases = [rng.integers(200, size=(200, 2)).astype(np.int32) for _ in range(20)]
    cases.append(np.arange(1, 201, dtype=np.int32)[:, None] % 200)  # one long cycle
    cases.append(np.minimum(np.arange(1, 201, dtype=np.int32), 199)[:, None])  # one long path
    monkeypatch.setattr(_green_compiled, "_CALL_EDGES", 1)
    for successors in cases:
        stepwise = _green_compiled.strong_components(successors)
        assert np.array_equal(stepwise, strong_components(successors))


def component_of(graph, vertex):
    return nx.descendants(graph, vertex) & nx.ancestors(graph, vertex) | {vertex}
