r"""Machines as DOT graphs.

::

    digraph {
        alphabet="a,b";
        __start -> even;
        even [shape=doublecircle];
        even -> odd [label="a"]; odd -> even [label="a"];
        even -> even [label="b"]; odd -> odd [label="b"];
    }

States are numbered in order of appearance. Which are initial and which accept is in
:mod:`.dot_states`, and what labels of edges say in :mod:`.dot_labels`. Letters are ordered as in
the graph attribute ``alphabet``, written like a label, or without it in order of appearance.

A graph without ``alphabet`` may be of any tool, and is read as the tools that draw machines mean
it: Mealy and Moore machines are machines with outputs, ``ε`` is the empty word, and what has a
meaning that is not read is refused by name, with attributes that Graphviz does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from negeig.automata.formats import dot_labels, dot_syntax, symbols
from negeig.automata.formats.completion import MISSING, Notices, complete, tabulate
from negeig.automata.formats.dot_labels import Part, split_label, written
from negeig.automata.formats.dot_states import initial_states, start_nodes, state_outputs
from negeig.automata.formats.dot_syntax import Edge, Graph
from negeig.automata.formats.dot_tuples import check_tuples
from negeig.automata.formats.json_file import written_output
from negeig.automata.formats.mata_letters import EPSILON
from negeig.automata.formats.mealy import complete_mealy
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.size import check_size
from negeig.automata.problems import Problems, letter_problems, shown
from negeig.claims import Letter

Labelled = list[tuple[Edge, Sequence[Part]]]

OMEGA = re.compile(r"Inf\(|Fin\(|B(ü|u|&uuml;)chi|Rabin|Streett|\[(all|none|parity.*)\]")
OF_MATA = "finiteAutomaton"
"""The name of graphs that Mata prints."""


def parse(
    text: str, name: str, max_states: int = 100_000, accepting: Sequence[str] | None = None
) -> tuple[Machine, Notices]:
    """Read a machine from a DOT graph; see the module for the conventions.

    Parameters
    ----------
    accepting : sequence of str, optional
        Names of the accepting states, for a graph that marks none.

    Raises
    ------
    InputError
        The first syntax error, with its line and column; or every problem of the machine.
    LimitReached
        More than ``max_states`` states.

    Examples
    --------
    >>> parse("digraph { __start -> p -> q [label=a]; q [shape=doublecircle] }", "m.dot")
    Traceback (most recent call last):
    negeig.claims.InputError: m.dot: line 1, column 11: the edge from '__start' has a label
    >>> parse("digraph { __start -> p; p -> q [label=a]; q [shape=doublecircle] }", "m.dot")
    (Machine(3 states over a), ('1 missing transition completed with a new sink state',))
    """
    graph = dot_syntax.parse(text, name)
    problems = Problems(name)
    declared = "alphabet" in graph.attributes
    starts = start_nodes(graph)
    _check_graph(graph, starts, problems)
    numbers = {
        state: i for i, state in enumerate(state for state in graph.nodes if state not in starts)
    }
    check_size(len(numbers), 1, max_states, name)
    initial = initial_states(graph, starts, numbers, problems)
    alphabet = _declared_alphabet(graph, problems)
    labelled = _labelled(graph, starts, declared, problems)
    _collect_letters(graph, labelled, alphabet, declared, problems)
    letters = list(alphabet)
    if not letters and not problems:
        problems.add("the alphabet is empty: no edge has a label")
    mealy = any(part.output is not None for _, found in labelled for part in found)
    notices = () if declared else _foreign_notices(graph, labelled, alphabet, mealy, problems)
    outputs = state_outputs(graph, numbers, accepting, mealy=mealy, problems=problems)
    if problems:
        raise problems.error()
    check_size(len(numbers), len(letters), max_states, name)
    if mealy:
        machine, further = complete_mealy(
            name,
            alphabet=letters,
            states=list(numbers),
            steps=(
                (numbers[edge.source], alphabet[part.letter or ""], numbers[edge.target], output)
                for edge, found in labelled
                for part in found
                if (output := part.output) is not None
            ),
            initial=initial,
            max_states=max_states,
        )
        return machine, notices + further

    def steps(silent: bool) -> Iterator[tuple[int, int, int]]:
        for edge, found in labelled:
            for part in found:
                if (part.letter is None) == silent:
                    column = MISSING if part.letter is None else alphabet[part.letter]
                    yield numbers[edge.source], column, numbers[edge.target]

    table, choices = tabulate(len(numbers), len(letters), steps(silent=False))
    machine, further = complete(
        name,
        alphabet=letters,
        table=table,
        choices=choices,
        initial=initial,
        outputs=outputs,
        max_states=max_states,
        epsilon=[(source, target) for source, _, target in steps(silent=True)],
    )
    return machine, notices + further


def dumps(machine: Machine) -> str:
    r"""Write a machine as a DOT graph that :func:`parse` reads back as an equal machine.

    Natural points are not written. Raises InputError when an output is no JSON value.

    Examples
    --------
    >>> print(dumps(Machine(alphabet="ab", transitions=[[1, 0], [1, 1]], initial=0,
    ...                     outputs=[0, 1])))
    digraph {
      rankdir=LR;
      alphabet="a,b";
      node [shape=circle];
      q0;
      q1 [shape=doublecircle];
      __start [shape=point];
      __start -> q0;
      q0 -> q1 [label="a"];
      q0 -> q0 [label="b"];
      q1 -> q1 [label="a,b"];
    }
    """
    lines = ["digraph {", "  rankdir=LR;", f"  alphabet={_quoted_label(machine.alphabet)};"]
    lines.append("  node [shape=circle];")
    # Where no state accepts, each says so: a graph without any mark is refused.
    is_drawn = machine.is_acceptor and any(machine.outputs)
    for q, output in enumerate(machine.outputs):
        if not is_drawn:
            text = written_output(output).replace("\\", "\\\\")
            lines.append(f"  q{q} [output={_quoted(text)}];")
        else:
            lines.append(f"  q{q} [shape=doublecircle];" if output else f"  q{q};")
    lines += ["  __start [shape=point];", f"  __start -> q{machine.initial};"]
    for q, row in enumerate(machine.transitions.tolist()):
        targets: dict[int, list[Letter]] = {}
        for letter, target in zip(machine.alphabet, row, strict=True):
            targets.setdefault(target, []).append(letter)
        for target, letters in targets.items():
            lines.append(f"  q{q} -> q{target} [label={_quoted_label(letters)}];")
    return "\n".join([*lines, "}"])


def _quoted_label(letters: Sequence[Letter]) -> str:
    return _quoted(written(letters))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'


def _check_graph(graph: Graph, starts: set[str], problems: Problems) -> None:
    """Note what says that a graph is no drawing of a finite machine."""
    for kind, attribute, offset in graph.unknown:
        problems.add(
            f"{graph.place(offset)}: {attribute!r} of the {kind} is no attribute of Graphviz and "
            "may change the machine; it is not read: take it out, or write what it means as "
            "letters, shape=doublecircle or output"
        )
    if OMEGA.search(graph.attributes.get("label", "")):
        problems.add(
            f"the graph is labelled {shown(graph.attributes['label'])}: an automaton on infinite "
            "words, as of Spot; only machines on finite words are read"
        )
    if graph.name.startswith("MONA"):
        problems.add("an automaton over vectors of bits, as of MONA; write one letter for each")
    levels = (re.fullmatch(r"\d+:\d+", x.get("label", "")) for x in graph.nodes.values())
    if graph.name == OF_MATA and any(levels):
        problems.add("states have levels, as in a transducer of Mata; only its automata are read")
    ends: dict[tuple[str, str], str | None] = {}
    for edge in graph.edges:
        if edge.attributes:
            _check_edge(graph, edge, edge.source in starts, problems)
        if graph.strict and ends.setdefault(edge[:2], edge.label) != edge.label:
            problems.add(
                f"{graph.place(edge.offset)}: a second edge {edge.source} -> {edge.target} of a "
                "strict graph, in which Graphviz keeps only one; take 'strict' out"
            )


def _check_edge(graph: Graph, edge: Edge, is_start: bool, problems: Problems) -> None:
    """Note attributes that change what an edge means."""
    where = f"{graph.place(edge.offset)}: the edge {edge.source} -> {edge.target}"
    drawn = set(edge.attributes.get("style", "").replace(" ", "").split(","))
    if drawn & {"dashed", "dotted", "invis"} and not is_start:
        problems.add(
            f"{where} is dashed, dotted or not drawn, as the may-transitions of a modal transition "
            "system of AutomataLib; only edges that are there are read: take its style out"
        )
    if edge.attributes.get("dir", "forward") != "forward":
        problems.add(f"{where} has dir={edge.attributes['dir']}; write each edge forwards")
    for name in ("xlabel", "headlabel", "taillabel", "output"):
        if edge.attributes.get(name, "").strip():
            problems.add(
                f"{where} has {name}, which is not read; a Mealy machine has label='input / output'"
            )


def _declared_alphabet(graph: Graph, problems: Problems) -> dict[Letter, int]:
    """Return the letters of the graph attribute, or none; the columns of the table."""
    if "alphabet" not in graph.attributes:
        return {}
    try:
        letters = split_label(graph.attributes["alphabet"])
    except ValueError as error:
        problems.add(f"alphabet: {error}")
        return {}
    found = letter_problems(letters)
    problems.extend(len(found), (f"alphabet: {problem}" for problem in found))
    return {letter: i for i, letter in enumerate(letters)}


def _labelled(graph: Graph, starts: set[str], declared: bool, problems: Problems) -> Labelled:
    """Return the edges between states with what their labels say."""
    known: dict[str, Sequence[Part]] = {}
    found: Labelled = []
    for edge in graph.edges:
        if edge.source in starts or edge.target in starts:
            continue
        label = edge.label
        if label is None:
            where = f"{graph.place(edge.offset)}: the edge {edge.source} -> {edge.target}"
            problems.add(f"{where} has no label")
            continue
        if label not in known:
            try:
                known[label] = _parts(graph, label, declared)
            except ValueError as error:
                problems.add(f"{graph.place(edge.offset)}: {error}")
                continue
        found.append((edge, known[label]))
    return found


def _parts(graph: Graph, label: str, declared: bool) -> Sequence[Part]:
    if declared:
        return [Part(letter) for letter in split_label(label)]
    if graph.name == "FST":
        return [_openfst(label)]
    return dot_labels.parts(label, (EPSILON,) if graph.name == OF_MATA else ())


def _openfst(label: str) -> Part:
    """Return the letter of a label as fstdraw of OpenFst writes it: input:output/weight."""
    if "/" in label[1:]:
        raise ValueError(f"label {shown(label)} has a weight of OpenFst; weights are not read")
    middle, odd = divmod(len(label), 2)
    if odd and label[middle] == ":" and label[:middle] == label[middle + 1 :]:
        label = label[:middle]
    if ":" in label[1:]:
        raise ValueError(f"label {shown(label)} is of a transducer of OpenFst; write an acceptor")
    return dot_labels.parts(label)[0]


def _collect_letters(
    graph: Graph,
    labelled: Labelled,
    alphabet: dict[Letter, int],
    declared: bool,
    problems: Problems,
) -> None:
    """Extend an alphabet that is not declared, and note letters that are not in a declared one."""
    for edge, found in labelled:
        for part in found:
            if part.letter is not None and part.letter not in alphabet:
                if declared:
                    where = graph.place(edge.offset)
                    problems.add(f"{where}: letter {shown(part.letter)} is not in the alphabet")
                alphabet[part.letter] = len(alphabet)


def _foreign_notices(
    graph: Graph,
    labelled: Labelled,
    alphabet: dict[Letter, int],
    mealy: bool,
    problems: Problems,
) -> Notices:
    """Return what was understood that a graph does not say; note what cannot be decided."""
    labels = {id(found): (edge, found) for edge, found in labelled}
    several = 0
    for edge, found in labels.values():
        several += len(found) > 1
        if mealy and found[0].output is None:
            problems.add(
                f"{graph.place(edge.offset)}: label {shown(edge.label)} has no output, but others "
                "have, as in a Mealy machine: 'input / output'"
            )
    check_tuples(
        graph, [(e, [part.letter for part in found]) for e, found in labels.values()], problems
    )
    if mealy and _are_probabilities(labelled):
        problems.add(
            "labels are fractions that add up to 1 in every state, the probabilities of a Markov "
            "chain; only machines without chance are read"
        )
    if graph.nodes.get("I", {}).get("style") == "invis" and "1" in alphabet and not mealy:
        problems.add(
            "the node 'I' is drawn as Spot draws it, where the label 1 is any letter; "
            f"{dot_labels.DECLARE}"
        )
    for letter, what in symbols.ambiguous(alphabet).items():
        problems.add(f"letter {shown(letter)} may be {what}; {dot_labels.DECLARE}")
    for letter in alphabet:
        words = letter.split()
        if len(words) > 1 and all(len(word) == 1 or word in alphabet for word in words):
            problems.add(
                f"label {shown(letter)} may be one letter or several; separate letters by commas, "
                f"and {dot_labels.DECLARE}"
            )
    notices: list[str] = []
    joined = [x for x in alphabet if len(x) > 1 and all(character in alphabet for character in x)]
    if joined:
        notices.append(
            f"label {shown(joined[0])} was read as one letter, although its characters are letters"
        )
    if several and not mealy:
        what = "label was" if several == 1 else "labels were"
        notices.append(f"{several} {what} split at commas or line breaks into several letters")
    if graph.name == "FST" and "0" in alphabet and all(letter.isdigit() for letter in alphabet):
        problems.add("every letter is a number, so 0 is the empty word of OpenFst; use symbols")
    if any(part.letter is None for _, found in labels.values() for part in found):
        notices.append("labels such as ε were read as the empty word")
    return tuple(notices)


def _are_probabilities(labelled: Labelled) -> bool:
    """Whether what looks like input / output is a fraction in (0, 1], adding up to 1 by state."""
    sums: dict[str, Fraction] = {}
    for edge, found in labelled:
        for part in found:
            number = re.fullmatch(r"([1-9]\d{0,3})/([1-9]\d{0,3})", f"{part.letter}/{part.output}")
            if not number:
                return False
            share = Fraction(int(number[1]), int(number[2]))
            sums[edge.source] = sums.get(edge.source, Fraction()) + share
            if sums[edge.source] > 1:
                return False
    return set(sums.values()) == {Fraction(1)}
