"""Machines as networkx graphs: there and back, and what is wrong with a graph is said."""

import networkx as nx
import numpy as np
import pytest

from negeig.automata import zoo
from negeig.automata.languages.isomorphism import isomorphism
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from support.machines import random_machine, small_machines


def same_graph(first: nx.MultiDiGraph, second: nx.MultiDiGraph) -> bool:
    """Whether the graphs are isomorphic, by networkx, with outputs, initial states and letters."""
    letters = nx.algorithms.isomorphism.categorical_multiedge_match("letter", None)
    nodes = nx.algorithms.isomorphism.categorical_node_match(["output", "initial"], [None, None])
    return bool(nx.is_isomorphic(first, second, node_match=nodes, edge_match=letters))


def test_every_small_machine_goes_there_and_back() -> None:
    for machine in small_machines(2):
        graph = machine.to_networkx()
        assert Machine.from_networkx(graph) == machine
        assert graph.number_of_edges() == machine.transitions.size
        for q, target, letter, data in graph.edges(keys=True, data=True):
            assert data == {"letter": letter}
            assert machine.transitions[q, machine.index(letter)] == target


def test_random_machines_and_named_tasks_go_there_and_back() -> None:
    rng = np.random.default_rng(5)
    machines = [random_machine(rng, *rng.integers(1, 9, 3)) for _ in range(200)]
    for machine in [*machines, zoo.get("sym:4"), zoo.get("modarith:3")]:
        back = Machine.from_networkx(machine.to_networkx())
        assert (back, back.points) == (machine, machine.points)


def test_isomorphic_machines_have_isomorphic_graphs_and_others_do_not() -> None:
    """Held to networkx, on all pairs of machines of two reachable states and one initial state."""
    machines = [m for m in small_machines(2) if m.initial == 0 and len(set(m.states("ab"))) == 2]
    graphs = [machine.to_networkx() for machine in machines]
    found = 0
    for first, one in zip(machines, graphs, strict=True):
        for second, other in zip(machines, graphs, strict=True):
            same = isomorphism(first, second) is not None
            assert same == same_graph(one, other)
            found += same
    assert len(machines) <= found < len(machines) ** 2


def test_nodes_may_be_anything_and_parallel_edges_may_be_missing() -> None:
    graph = nx.DiGraph([("p", "q", {"letter": "b"}), ("q", "p", {"letter": "b"})])
    graph.add_node("p", output=["x"], initial=True)
    graph.add_node("q", output=None)
    machine = Machine.from_networkx(graph)
    assert (machine.alphabet, machine.outputs, machine.initial) == (("b",), (["x"], None), 0)
    # The graph's own alphabet orders the letters; without it code points do.
    graph = zoo.get("sym:3").to_networkx()
    order = graph.graph.pop("alphabet")
    assert Machine.from_networkx(graph).alphabet == tuple(sorted(order)) != order
    # 0, 1, ... keep their numbers, whatever the order of the nodes.
    backwards = nx.MultiDiGraph()
    backwards.add_nodes_from([(1, {"output": "b", "initial": True}), (0, {"output": "a"})])
    backwards.add_edges_from([(0, 1, {"letter": "x"}), (1, 1, {"letter": "x"})])
    assert Machine.from_networkx(backwards).outputs == ("a", "b")


def test_what_is_wrong_with_a_graph_is_all_said() -> None:
    graph = nx.MultiDiGraph(alphabet=["a", "b"])
    graph.add_node("p", output=1)
    graph.add_node("q", initial=False)
    graph.add_edges_from(
        [
            ("p", "q", {"letter": "a"}),
            ("p", "p", {"letter": "a"}),
            ("q", "p", {}),
            ("q", "q", {"letter": "c"}),
            ("q", "q", {"letter": "b"}),
        ]
    )
    with pytest.raises(InputError) as stop:
        Machine.from_networkx(graph)
    assert stop.value.problems == [
        "0 nodes are initial, expected one",
        "node 'q' has no output",
        "node 'p' has several edges with the letter 'a'",
        "the edge from 'q' to 'p' has no letter",
        "the edge from 'q' to 'q' has the letter 'c', not in the alphabet",
        "node 'p' has no edge with the letter 'b'",
        "node 'q' has no edge with the letter 'a'",
    ]


@pytest.mark.parametrize(
    ("graph", "problem"),
    [
        (nx.Graph(), "expected a directed graph, found Graph"),
        ([[1, 0]], "expected a directed graph, found list"),
        (nx.DiGraph(), "the alphabet is empty"),
        (nx.DiGraph(alphabet=["a", "a"]), 'letter "a" occurs twice'),
        (nx.DiGraph(alphabet=["a", 3]), "letter 1 is 3, not a string"),
        (nx.DiGraph(alphabet="a"), "0 nodes are initial"),
    ],
)
def test_what_is_no_machine_is_bad_input(graph: object, problem: str) -> None:
    with pytest.raises(InputError, match="networkx graph") as stop:
        Machine.from_networkx(graph)
    assert problem in str(stop.value)
