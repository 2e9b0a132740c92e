"""Cayley graphs and the order of J-classes as networkx graphs, held to the tables."""

from collections.abc import Iterator

import networkx as nx
import numpy as np
import pytest

from negeig.automata import zoo
from negeig.automata.monoids.green import GreenRelations, green
from negeig.automata.monoids.j_order import j_order
from negeig.automata.monoids.monoid import TransitionMonoid, transition_monoid
from negeig.claims import InputError, LimitReached
from support.machines import minimal_machines, random_machine

NAMED = ("parity", "sym:3", "dyck1:2", "modarith:3", "flipflop", "contains:ab", "starts-with:ab")


def monoids() -> Iterator[TransitionMonoid]:
    rng = np.random.default_rng(11)
    yield from map(transition_monoid, minimal_machines(2))
    for name in NAMED:
        yield transition_monoid(zoo.get(name).minimal())
    for _ in range(20):
        yield transition_monoid(random_machine(rng, 4, 2, 2))


def classes(labels: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == c).tolist()) for c in range(labels.max() + 1)}


def components(graph: nx.MultiDiGraph) -> set[frozenset[int]]:
    return set(map(frozenset, nx.strongly_connected_components(graph)))


def test_cayley_graphs_are_the_tables() -> None:
    for monoid in monoids():
        for side, table in (("right", monoid.right), ("left", monoid.left)):
            graph = monoid.to_networkx(side)
            letters = graph.graph["alphabet"]
            assert letters == monoid.machine.alphabet
            assert list(graph) == list(range(monoid.size))
            edges = {(e, a): f for e, f, a in graph.edges(data="letter")}
            assert len(edges) == graph.number_of_edges() == table.size
            assert all(table[e, letters.index(a)] == f for (e, a), f in edges.items())
        for e, data in graph.nodes(data=True):
            assert data["word"] == monoid.word(e)
            assert data["idempotent"] == (monoid.product(e, e) == e)


def test_components_of_the_cayley_graphs_are_the_classes_of_green() -> None:
    for monoid in monoids():
        relations = green(monoid)
        right, left = monoid.to_networkx(), monoid.to_networkx("left")
        assert components(right) == classes(relations.r)
        assert components(left) == classes(relations.l)
        assert components(nx.compose(right, left)) == classes(relations.j)


def test_shortest_words_are_as_long_as_shortest_paths() -> None:
    for monoid in monoids():
        graph = monoid.to_networkx()
        lengths = nx.single_source_shortest_path_length(graph, 0)
        assert {e: len(word) for e, word in graph.nodes(data="word")} == lengths


def order_by_networkx(relations: GreenRelations) -> nx.DiGraph:
    """Return the covering relation from both Cayley graphs: condensed, then reduced."""
    monoid = relations.monoid
    both = nx.compose(monoid.to_networkx(), monoid.to_networkx("left"))
    condensed = nx.condensation(nx.DiGraph(both))
    names = {c: int(relations.j[min(m)]) for c, m in condensed.nodes(data="members")}
    reduced: nx.DiGraph = nx.relabel_nodes(nx.transitive_reduction(condensed), names)
    return reduced


def test_the_order_of_j_classes_is_the_reduced_condensation() -> None:
    for monoid in monoids():
        relations = green(monoid)
        order, expected = relations.to_networkx(), order_by_networkx(relations)
        assert set(order) == set(expected)
        assert set(order.edges) == set(expected.edges)
        generations = enumerate(nx.topological_generations(order))
        depths = {c: depth for depth, row in generations for c in row}
        assert depths == dict(enumerate(j_order(relations).depths))


def test_classes_carry_what_is_known_of_them() -> None:
    for monoid in monoids():
        relations = green(monoid)
        order = relations.to_networkx()
        idempotent = set(relations.j[monoid.idempotents].tolist())
        for c, data in order.nodes(data=True):
            members = np.flatnonzero(relations.j == c)
            assert data["size"] == len(members) == data["n_r"] * data["n_l"] * data["h_size"]
            assert data["word"] == monoid.word(members[0])
            assert data["regular"] == (c in idempotent) == (data["group"] is not None)
            assert data["n_r"] == len(set(relations.r[members].tolist()))
            assert data["n_l"] == len(set(relations.l[members].tolist()))
        groups = [data["group"] for _, data in order.nodes(data=True) if data["regular"]]
        assert groups == [group.name for group in relations.subgroups]


def test_a_side_that_is_none_and_too_many_classes_are_refused() -> None:
    monoid = transition_monoid(zoo.get("dyck1:2").minimal())
    with pytest.raises(InputError, match="right or left, found 'both'"):
        monoid.to_networkx("both")  # type: ignore[arg-type]
    with pytest.raises(LimitReached, match="max_classes"):
        green(monoid).to_networkx(max_classes=1)
