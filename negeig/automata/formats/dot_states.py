r"""States in DOT graphs: where a machine starts, and which states accept or have an output.

The initial state is the target of an unlabelled edge from ``__start`` or from a node that is not
drawn: ``shape=point``, ``none``, ``plain`` or ``plaintext``, ``style=invis``, or a name such as
``__start0``, ``starting_q`` or ``init`` with an empty label; no edge leads into it. In a drawing of
OpenFst it is instead the state with ``style=bold``.

A state accepts when its shape is ``doublecircle`` (or ``doubleoctagon``) or it has
``peripheries=2``. Instead, every state may have an attribute ``output`` that holds a JSON value; or
a label ``name / output`` or ``name|output``, as Moore machines of LearnLib and AALpy have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from negeig.automata.formats.completion import chosen
from negeig.automata.formats.dot_labels import MARK, output_of
from negeig.automata.formats.dot_syntax import Graph
from negeig.automata.formats.json_file import loads, output_problem
from negeig.automata.formats.mealy import output_value
from negeig.automata.problems import Problems, shown
from negeig.claims import Output

NOT_DRAWN = ("point", "none", "plain", "plaintext")
ACCEPTING_SHAPES = ("doublecircle", "doubleoctagon")
START_NAME = re.compile(r"_*(start|init|secret|dummy|fake|null|invis|entry|begin)", re.IGNORECASE)
START_LABELS = ("", "start", "begin", "init")
WEIGHT_OR_MARK = re.compile(r"\s*(?:\d+\.\d*|\.\d+|\d+\s*%|\{[\d,\s]*\})\s*")
MARKS_OF_ACCEPTANCE = "shape=doublecircle"


def start_nodes(graph: Graph) -> set[str]:
    """Return the nodes that only point at initial states.

    Examples
    --------
    >>> from negeig.automata.formats.dot_syntax import parse
    >>> start_nodes(parse('digraph { i [label="", style=invis]; i -> q }', "m.dot"))
    {'i'}
    """
    targets = {edge.target for edge in graph.edges}
    sources = {edge.source for edge in graph.edges}
    labelled = {e.source for e in graph.edges if (e.label or "").strip() not in START_LABELS}
    return {
        node
        for node, attributes in graph.nodes.items()
        if node == "__start"
        or (
            node not in targets
            and node not in labelled
            and (
                _not_drawn(attributes)
                or node.startswith("__start")
                or (
                    node in sources
                    and START_NAME.match(node)
                    and not attributes.get("label", "x").strip()
                )
            )
        )
    }


def _not_drawn(attributes: Mapping[str, str]) -> bool:
    shape = attributes.get("shape", "").lower()
    return shape in NOT_DRAWN or "invis" in _styles(attributes)


def _styles(attributes: Mapping[str, str]) -> list[str]:
    return [style.strip() for style in attributes.get("style", "").split(",")]


def initial_states(
    graph: Graph, starts: set[str], numbers: Mapping[str, int], problems: Problems
) -> list[int]:
    """Return the initial states; every edge that says something else about them is a problem."""
    initial: dict[int, None] = {}
    clusters: set[int] = set()
    for edge in graph.edges:
        if edge.target in starts:
            where = graph.place(edge.offset)
            problems.add(f"{where}: an edge leads into {edge.target!r}, which is no state")
        elif edge.source in starts:
            if (edge.label or "").strip() not in START_LABELS:
                where = graph.place(edge.offset)
                problems.add(f"{where}: the edge from {edge.source!r} has a label")
            initial[numbers[edge.target]] = None
            clusters.add(edge.cluster)
    bold = [q for q, state in enumerate(numbers) if "bold" in _styles(graph.nodes[state])]
    if graph.name == "FST" and not initial and len(bold) == 1:
        initial[bold[0]] = None
    marked = {numbers[q] for q in numbers if graph.nodes[q].get("is_start", "").lower() == "true"}
    if marked and marked != set(initial):
        problems.add("is_start, as of pyformlang, marks other states than the edges from no state")
    if len(clusters) > 1:
        problems.add(
            "several clusters have an initial state of their own, as a system of procedural "
            "automata of LearnLib has; write one machine"
        )
    if not numbers:
        problems.add("no states")
    elif not initial and not problems:
        problems.add("no initial state: add an edge '__start -> q'")
    return list(initial)


def state_outputs(
    graph: Graph,
    numbers: Mapping[str, int],
    accepting: Sequence[str] | None,
    *,
    mealy: bool,
    problems: Problems,
) -> list[Output]:
    """Return the output of each state; of a Mealy machine's, whose edges have them, nothing.

    Parameters
    ----------
    accepting : sequence of str, optional
        Names of the accepting states, for a graph that marks none.
    mealy : bool
        Whether edges have outputs.
    problems : Problems
        What is wrong is added here.
    """
    given = [graph.nodes[state] for state in numbers]
    marked = [_accepts(attributes) for attributes in given]
    for state, attributes in zip(numbers, given, strict=True):
        _check_marks(state, attributes, problems)
    if any("output" in attributes for attributes in given):
        says, outputs = "the attribute output", _declared_outputs(numbers, given, problems)
    elif labels := _label_outputs(graph, numbers, problems):
        says, outputs = "a label 'name / output'", list(labels.values())
        if any(marked):
            problems.add(
                f"states have outputs in their labels, and {MARKS_OF_ACCEPTANCE} too: a machine "
                "has one or the other; take the outputs, weights or marks out"
            )
    else:
        says = MARKS_OF_ACCEPTANCE if any(marked) else ""
        outputs = [int(mark) for mark in marked]
    if mealy:
        if says or accepting is not None:
            problems.add(
                f"edges have outputs, as in a Mealy machine, and states have {says or 'marks'} "
                "too: a machine has one or the other"
            )
    elif accepting is not None:
        if says:
            problems.add(f"--accepting names states, but {says} already says which accept")
        return chosen(accepting, numbers, problems)
    elif not says and not problems:
        problems.add(
            "no state accepts and none has an output; mark states that accept with "
            f"{MARKS_OF_ACCEPTANCE}, or name them: --accepting q1,q2; if none accepts, write "
            "output=0 for each"
        )
    return outputs


def _accepts(attributes: Mapping[str, str]) -> bool:
    return attributes.get("shape") in ACCEPTING_SHAPES or attributes.get("peripheries") == "2"


def _check_marks(state: str, attributes: Mapping[str, str], problems: Problems) -> None:
    """Note marks that contradict each other or that are not known."""
    rings = attributes.get("peripheries", "1")
    if rings not in ("0", "1", "2"):
        problems.add(f"state {state!r}: peripheries={rings} is not known; 2 marks acceptance")
    shape = attributes.get("shape", "")
    if shape in ACCEPTING_SHAPES and attributes.get("peripheries", "2") != "2":
        problems.add(
            f"state {state!r}: peripheries={rings} contradicts shape={shape}, and Graphviz draws "
            "as many lines as peripheries says; write one or the other"
        )
    if "double" in shape.lower() and shape not in ACCEPTING_SHAPES:
        problems.add(f"state {state!r}: shape={shape} is not known; write shape=doublecircle")
    if "double" in attributes.get("style", "").lower():
        problems.add(f"state {state!r}: style={attributes['style']} is not known")
    final = attributes.get("is_final", "").lower()
    if final not in ("", str(_accepts(attributes)).lower()):
        problems.add(f"state {state!r}: is_final={final} contradicts its shape and peripheries")
    if attributes.get("shape", "").startswith("triple"):
        problems.add(f"state {state!r}: shape={attributes['shape']} is not known")
    for name in ("xlabel", "headlabel", "taillabel", "dir"):
        if attributes.get(name, "").strip():
            problems.add(f"state {state!r}: {name} is not read; write output for an output")


def _declared_outputs(
    states: Mapping[str, int], attributes: Sequence[Mapping[str, str]], problems: Problems
) -> list[Output]:
    """Return what the attribute ``output`` of each state holds."""
    outputs: list[Output] = []
    for state, given in zip(states, attributes, strict=True):
        if "output" not in given:
            problems.add(f"state {state!r} has no output, but others have")
            continue
        try:
            outputs.append(loads(given["output"].replace("\\\\", "\\")))
            problem = output_problem(outputs[-1])
        except ValueError as error:
            problem = f"not valid JSON: {error}"
        if problem:
            problems.add(f"output of state {state!r}: {problem}")
    return outputs


def _label_outputs(
    graph: Graph, states: Mapping[str, int], problems: Problems
) -> dict[str, Output]:
    """Return the outputs that labels have, of each state or of none."""
    found: dict[str, Output] = {}
    for state in states:
        label = graph.nodes[state].get("label", r"\N")
        if label == r"\N":
            continue
        if mark := MARK.search(label):
            problems.add(
                f"state {state!r}: {mark[0]} in its label is a mark of acceptance, as of "
                "Spot, whose automata are on infinite words"
            )
        if line := next(filter(WEIGHT_OR_MARK.fullmatch, re.split(r"\\[nlr]|\n", label)[1:]), None):
            problems.add(
                f"state {state!r}: {shown(line)} in its label looks like a weight, a probability "
                "or a mark of acceptance, which are not read; take it out"
            )
        try:
            output = label_output(label.replace(r"\N", state))
        except ValueError as error:
            problems.add(f"state {state!r}: label {error}")
            continue
        if output is not None:
            found[state] = output_value(output)
            if problem := output_problem(found[state]):
                problems.add(f"output of state {state!r}: {problem}")
    if found and len(found) < len(states):
        without = next(state for state in states if state not in found)
        problems.add(
            f"state {without!r} has no output in its label, but {next(iter(found))!r} has, as in a "
            "Moore machine"
        )
    return found


def label_output(label: str) -> str | None:
    """Return the output in a state's label, None where there is none.

    Raises ValueError when it cannot be told where it is.

    Examples
    --------
    >>> label_output("0 / even"), label_output("{q0 | on}"), label_output("q0|on")
    ('even', 'on', 'on')
    >>> label_output("q0") is None
    True
    """
    text = label.strip()
    if len(text) < 2:
        return None
    inner = text[1:-1] if text.startswith("{") and text.endswith("}") else text
    if "|" in inner:
        fields = inner.split("|")
        if len(fields) != 2:
            raise ValueError(f"{shown(label)} has {len(fields)} fields; write 'name|output'")
        name, output = (re.sub(r"^\s*<[^>]*>", "", f).strip("{} \t") for f in fields)
        if not name or not output:
            raise ValueError(f"{shown(label)} has nothing on one side of its bar")
        return output
    ends = output_of(inner, inner)
    return None if ends is None else inner[ends[1]].strip()
