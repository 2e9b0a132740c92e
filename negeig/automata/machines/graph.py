"""Machines to and from networkx graphs; networkx is imported when one is asked for."""

from __future__ import annotations

from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.automata.problems import Problems, letter_problems
from negeig.claims import InputError

SOURCE = "networkx graph"


def to_networkx(machine: Machine) -> Any:
    """Return a machine as a ``networkx.MultiDiGraph``, one edge for each state and letter.

    Nodes are the states 0, 1, ... with the attributes ``output`` and ``initial``. An edge has its
    letter as its key and as the attribute ``letter``. The graph has the attribute ``alphabet``, and
    ``points`` where the machine has them. Complexity: O(states x letters).

    Examples
    --------
    >>> graph = to_networkx(Machine(alphabet="ab", transitions=[[1, 1], [0, 1]], initial=0,
    ...                             outputs=[1, 0]))
    >>> list(graph.edges(keys=True)), graph.nodes[0]
    ([(0, 1, 'a'), (0, 1, 'b'), (1, 0, 'a'), (1, 1, 'b')], {'output': 1, 'initial': True})
    """
    import networkx as nx  # type: ignore[import-untyped]

    graph = nx.MultiDiGraph(alphabet=machine.alphabet)
    if machine.points is not None:
        graph.graph["points"] = machine.points
    for q, output in enumerate(machine.outputs):
        graph.add_node(q, output=output, initial=q == machine.initial)
    graph.add_edges_from(
        (q, target, letter, {"letter": letter})
        for q, row in enumerate(machine.transitions.tolist())
        for letter, target in zip(machine.alphabet, row, strict=True)
    )
    return graph


def from_networkx(graph: Any) -> Machine:
    """Return the machine of a directed networkx graph, with or without parallel edges.

    Parameters
    ----------
    graph : networkx.DiGraph or networkx.MultiDiGraph
        As :func:`to_networkx` makes it. Nodes may be anything: 0, 1, ... keep their numbers, others
        are numbered in the graph's order. Without the attribute ``alphabet`` the letters are those
        of the edges, by code point. Only the node that is initial needs ``initial``.

    Raises
    ------
    InputError
        Not a directed graph; not one initial node; a node without output; an edge without a letter
        or with one that is not in the alphabet; no edge, or several, for a node and a letter.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.DiGraph([("even", "odd", {"letter": "1"}), ("odd", "even", {"letter": "1"})])
    >>> graph.add_node("even", output=1, initial=True)
    >>> graph.add_node("odd", output=0)
    >>> from_networkx(graph).run("11")
    (1, 0, 1)
    """
    if not (hasattr(graph, "is_directed") and graph.is_directed()):
        raise InputError(SOURCE, f"expected a directed graph, found {type(graph).__name__}")
    nodes = list(graph)
    if set(nodes) == set(range(len(nodes))):
        nodes.sort()
    number = {node: q for q, node in enumerate(nodes)}
    edges = [(p, q, data.get("letter")) for p, q, data in graph.edges(data=True)]
    given = graph.graph.get("alphabet")
    read = {letter for *_, letter in edges if isinstance(letter, str)}
    alphabet = tuple(sorted(read) if given is None else given)

    problems = Problems(SOURCE)
    for problem in letter_problems(alphabet):
        problems.add(problem)
    initial = [node for node in nodes if graph.nodes[node].get("initial")]
    if len(initial) != 1:
        problems.add(f"{len(initial)} nodes are initial, expected one")
    for node in nodes:
        if "output" not in graph.nodes[node]:
            problems.add(f"node {node!r} has no output")
    columns = {letter: column for column, letter in enumerate(alphabet) if isinstance(letter, str)}
    table = [[-1] * len(alphabet) for _ in nodes]
    for p, q, letter in edges:
        if not isinstance(letter, str) or letter not in columns:
            what = "no letter" if letter is None else f"the letter {letter!r}, not in the alphabet"
            problems.add(f"the edge from {p!r} to {q!r} has {what}")
        elif table[number[p]][columns[letter]] >= 0:
            problems.add(f"node {p!r} has several edges with the letter {letter!r}")
        else:
            table[number[p]][columns[letter]] = number[q]
    for node, row in zip(nodes, table, strict=True):
        for letter, target in zip(alphabet, row, strict=True):
            if target < 0:
                problems.add(f"node {node!r} has no edge with the letter {letter!r}")
    if problems:
        raise problems.error()
    return Machine(
        alphabet=alphabet,
        transitions=table,
        initial=number[initial[0]],
        outputs=[graph.nodes[node]["output"] for node in nodes],
        points=graph.graph.get("points"),
    )
