r"""Machines as DOT graphs.

::

    digraph {
        __start -> even;
        even [shape=doublecircle];
        even -> odd [label="a"]; odd -> even [label="a"];
        even -> even [label="b"]; odd -> odd [label="b"];
    }

States are numbered in order of appearance. A state accepts when its shape is ``doublecircle`` (or
``doubleoctagon``) or it has ``peripheries=2``. Instead, every state may have an attribute
``output`` that holds a JSON value, such as ``output="3"`` or ``output="\"(1 2)\""``.

The initial state is the target of an unlabelled edge from ``__start`` or from a node that is not
drawn: ``shape=point``, ``none``, ``plain`` or ``plaintext``, or ``style=invis``, with no edge into
it and no label on its edges. Several initial states make the machine nondeterministic.

A label holds one letter or several, separated by commas, or by the line breaks ``\n``, ``\l``,
``\r`` of DOT; white space around a letter does not count. ``\,`` is a comma, ``\\`` a backslash,
``\uXXXX`` any character; ``ε`` is refused, because elsewhere it stands for the empty word,
which these files do not read. Letters are ordered as in the graph attribute ``alphabet``, written
like a label, or without it in order of appearance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from negeig.automata.formats import dot_syntax
from negeig.automata.formats.completion import Notices, complete, tabulate
from negeig.automata.formats.dot_syntax import Edge, Graph
from negeig.automata.formats.json_file import loads, output_problem, written_output
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.size import check_size
from negeig.automata.problems import Problems, letter_problems, shown
from negeig.claims import Letter, Output

NOT_DRAWN = ("point", "none", "plain", "plaintext")
ACCEPTING_SHAPES = ("doublecircle", "doubleoctagon")

LABEL_PART = re.compile(r"\\(?:u(?P<code>[0-9A-Fa-f]{4})|(?P<escaped>.))|(?P<plain>[^\\]|\\)", re.S)


def parse(text: str, name: str, max_states: int = 100_000) -> tuple[Machine, Notices]:
    """Read a machine from a DOT graph; see the module for the conventions.

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
    starts = _start_nodes(graph)
    numbers = {
        state: i for i, state in enumerate(state for state in graph.nodes if state not in starts)
    }
    check_size(len(numbers), 1, max_states, name)
    initial = _initial(graph, starts, numbers, problems)
    alphabet = _declared_alphabet(graph, problems)
    edges = _letter_edges(graph, starts, alphabet, problems)
    letters = list(alphabet)
    if not letters and not problems:
        problems.add("the alphabet is empty: no edge has a label")
    outputs = _outputs(graph, numbers, problems)
    if problems:
        raise problems.error()
    check_size(len(numbers), len(letters), max_states, name)
    table, choices = tabulate(
        len(numbers),
        len(letters),
        (
            (numbers[edge.source], column, numbers[edge.target])
            for edge, columns in edges
            for column in columns
        ),
    )
    return complete(
        name,
        alphabet=letters,
        table=table,
        choices=choices,
        initial=initial,
        outputs=outputs,
        max_states=max_states,
    )


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
    lines = ["digraph {", "  rankdir=LR;", f"  alphabet={_label(machine.alphabet)};"]
    lines.append("  node [shape=circle];")
    is_acceptor = machine.is_acceptor
    for q, output in enumerate(machine.outputs):
        if not is_acceptor:
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
            lines.append(f"  q{q} -> q{target} [label={_label(letters)}];")
    return "\n".join([*lines, "}"])


def split_label(label: str) -> list[Letter]:
    r"""Return the letters of a label, in order.

    Raises ValueError on an empty letter, an unknown escape, and ``ε``.

    Examples
    --------
    >>> split_label("a, b"), split_label(r"\,"), split_label(r"x\ny")
    (['a', 'b'], [','], ['x', 'y'])
    """
    pieces: list[list[str]] = [[]]
    # White space after a letter belongs to it only once something else follows.
    space: list[str] = []
    for part in LABEL_PART.finditer(label):
        plain, escaped, code = part["plain"], part["escaped"], part["code"]
        if plain == "," or (escaped and escaped in "nlr"):
            pieces.append([])
            space = []
            continue
        if plain and plain.isspace():
            if pieces[-1]:
                space.append(plain)
            continue
        if plain == "ε":
            raise ValueError(r"edges on the empty word are not read; the letter ε is \u03b5")
        if code and 0xD800 <= int(code, 16) < 0xE000:
            raise ValueError(f"{part[0]} in label {shown(label)} is half of a surrogate pair")
        if plain == "\\" or (escaped and escaped not in '\\," '):
            raise ValueError(f"the escape {part[0]} in label {shown(label)} is not known")
        pieces[-1] += [*space, chr(int(code, 16)) if code else part[0][-1]]
        space = []
    letters = ["".join(piece) for piece in pieces]
    if "" in letters:
        raise ValueError(rf"an empty letter in label {shown(label)}; a comma is written \,")
    return letters


def _label(letters: Iterable[Letter]) -> str:
    """Return letters as a quoted label that split_label takes apart again."""
    return _quoted(",".join("".join(map(_escaped, letter)) for letter in letters))


def _escaped(character: str) -> str:
    if character in ",\\":
        return "\\" + character
    if character == "ε" or (ord(character) < 0x10000 and not character.isprintable()):
        return f"\\u{ord(character):04x}"
    return "\\u0020" if character == " " else character


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'


def _start_nodes(graph: Graph) -> set[str]:
    """Return the nodes that only point at initial states."""
    targets = {edge.target for edge in graph.edges}
    labelled = {edge.source for edge in graph.edges if edge.label}
    return {
        node
        for node, attributes in graph.nodes.items()
        if node == "__start"
        or (
            node not in targets
            and node not in labelled
            and (
                node.startswith("__start")
                or attributes.get("shape") in NOT_DRAWN
                or "invis" in attributes.get("style", "").split(",")
            )
        )
    }


def _initial(
    graph: Graph, starts: set[str], numbers: dict[str, int], problems: Problems
) -> list[int]:
    initial: dict[int, None] = {}
    for edge in graph.edges:
        if edge.target in starts:
            where = graph.place(edge.offset)
            problems.add(f"{where}: an edge leads into {edge.target!r}, which is no state")
        elif edge.source in starts:
            if edge.label:
                where = graph.place(edge.offset)
                problems.add(f"{where}: the edge from {edge.source!r} has a label")
            initial[numbers[edge.target]] = None
    if not numbers:
        problems.add("no states")
    elif not initial and not problems:
        problems.add("no initial state: add an edge '__start -> q'")
    return list(initial)


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


def _letter_edges(
    graph: Graph, starts: set[str], alphabet: dict[Letter, int], problems: Problems
) -> list[tuple[Edge, tuple[int, ...]]]:
    """Return the edges between states with their columns; extends an undeclared alphabet."""
    declared = "alphabet" in graph.attributes
    columns_of: dict[str, tuple[int, ...]] = {}
    found: list[tuple[Edge, tuple[int, ...]]] = []
    for edge in graph.edges:
        if edge.source in starts or edge.target in starts:
            continue
        label = edge.label
        if label is None:
            where = f"{graph.place(edge.offset)}: the edge {edge.source} -> {edge.target}"
            problems.add(f"{where} has no label")
            continue
        if label not in columns_of:
            try:
                letters = split_label(label)
            except ValueError as error:
                problems.add(f"{graph.place(edge.offset)}: {error}")
                continue
            for letter in letters:
                if declared and letter not in alphabet:
                    where = graph.place(edge.offset)
                    problems.add(f"{where}: letter {shown(letter)} is not in the alphabet")
                alphabet.setdefault(letter, len(alphabet))
            columns_of[label] = tuple(alphabet[letter] for letter in letters)
        found.append((edge, columns_of[label]))
    return found


def _outputs(graph: Graph, numbers: dict[str, int], problems: Problems) -> list[Output]:
    attributes = [graph.nodes[state] for state in numbers]
    if not any("output" in given for given in attributes):
        return [
            int(given.get("shape") in ACCEPTING_SHAPES or given.get("peripheries") == "2")
            for given in attributes
        ]
    outputs: list[Output] = []
    for state, given in zip(numbers, attributes, strict=True):
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
