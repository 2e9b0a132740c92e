r"""Machines in the BA format of RABIT, Reduce, GOAL and FORKLIFT.

::

    [0]
    a,[0]->[1]
    b,[1]->[0]
    [0]

The first line is the initial state, or without it the source of the first edge is; then come edges,
``letter,[source]->[target]``; then the accepting states, where none means that all accept. The
format is one of Büchi automata, on infinite words. It is read as the finite automaton with the same
states, on finite words, as the tools of RABIT do with their option ``-finite``; a notice says so.

States are numbered by value when all are numbers in brackets, and otherwise in order of appearance;
letters are in order of appearance. In a letter, ``\uXXXX`` is a character by its code and ``\\`` a
backslash. Source: Abdulla et al., Advanced Ramsey-based Büchi automata inclusion testing, 2011;
https://languageinclusion.org.
"""

from __future__ import annotations

import re

from negeig.automata.formats import symbols
from negeig.automata.formats.columns import check_numbers
from negeig.automata.formats.completion import Notices
from negeig.automata.formats.edges import complete_edges
from negeig.automata.formats.text import Edges, lines, numbers_by_value, same_number
from negeig.automata.machines.machine import Machine
from negeig.automata.problems import Problems, shown
from negeig.claims import InputError

NOT_IN_STATES = re.compile(r"[\s,]|->|(?<!\A)\[|\](?!\Z)")
SPECIAL = ",[]->"

ON_FINITE_WORDS = (
    "a BA file is a Büchi automaton, on infinite words: read as the finite automaton with its "
    "states, on finite words"
)


def parse(text: str, name: str, max_states: int = 100_000) -> tuple[Machine, Notices]:
    r"""Read a machine from a BA file; see the module for the conventions.

    Raises
    ------
    InputError
        Every problem, with its line and column.
    LimitReached
        More than ``max_states`` states.

    Examples
    --------
    >>> machine, notices = parse("[0]\na,[0]->[1]\nb,[1]->[0]\n[0]", "m.ba")
    >>> machine.accepts("abab"), notices[0] == ON_FINITE_WORDS
    (True, True)
    """
    problems = Problems(name)
    edges = Edges()
    initial: list[int] = []
    accepting: list[int] = []
    for number, line in lines(text):
        place = f"line {number}, column {len(line) - len(line.lstrip()) + 1}: "
        if not line.strip():
            continue
        letter, comma, ends = (part.strip() for part in line.partition(","))
        source, arrow, target = (part.strip() for part in ends.partition("->"))
        if letter and arrow and _is_state(source) and _is_state(target):
            if accepting:
                problems.add(f"{place}an edge after the accepting states, which end the file")
            edges.add((source, place), (letter, place), (target, place))
        elif _is_state(letter) and not comma:
            found = accepting if edges.flat else initial
            found.append(edges.state(letter, place))
        else:
            problems.add(
                f"{place}expected 'letter,[source]->[target]' or '[state]', found "
                f"{shown(line.strip())}"
            )
    if len(initial) > 1:
        problems.add("several states before the first edge; a BA file has one initial state")
    if not edges.flat and not problems:
        problems.add("no edges: expected lines 'letter,[source]->[target]'")
    letters = symbols.letters_of(
        edges.labels, edges.label_places, symbols.EMPTY_WORD, problems, drawn=True
    )
    if problems:
        raise problems.error()
    names = [state.removeprefix("[").removesuffix("]") for state in edges.states]
    if len(set(names)) < len(names):
        problems.add("a state is named with and without brackets")
        raise problems.error()
    check_numbers(names, edges.labels, problems)
    if problems:
        raise problems.error()
    numbers = numbers_by_value(names)
    outputs = [int(not accepting)] * len(names)
    for index in accepting:
        outputs[numbers[index]] = 1
    machine, notices = complete_edges(
        name,
        edges=edges,
        letters=letters,
        numbers=numbers,
        initial=[numbers[initial[0] if initial else 0]],
        outputs=outputs,
        max_states=max_states,
    )
    if not accepting:
        notices = ("no accepting state is listed, so all states accept", *notices)
    return machine, (ON_FINITE_WORDS, *notices)


def _is_state(text: str) -> bool:
    return (
        text != "" and NOT_IN_STATES.search(text) is None and (text[0] == "[") == (text[-1] == "]")
    )


def dumps(machine: Machine) -> str:
    r"""Write an acceptor as a BA file that :func:`parse` reads back as an equal machine.

    Raises InputError when an output is not 0 or 1, or no state accepts.

    Examples
    --------
    >>> print(dumps(Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[0, 1])))
    [0]
    a,[0]->[1]
    a,[1]->[0]
    [1]
    """
    if not machine.is_acceptor:
        raise InputError(
            "BA",
            "the format has no outputs, only final states; write negeig JSON, DOT, JFLAP or CSV",
        )
    if not any(machine.outputs):
        raise InputError("BA", "no state accepts, which in a BA file means all; write negeig JSON")
    special = SPECIAL + ("0123456789" if same_number(machine.alphabet) else "")
    letters = [symbols.written(letter, special, drawn=True) for letter in machine.alphabet]
    rows = machine.transitions.tolist()
    order = [machine.initial, *(q for q in range(machine.size) if q != machine.initial)]
    return "\n".join(
        [
            f"[{machine.initial}]",
            *(
                f"{letter},[{q}]->[{target}]"
                for q in order
                for letter, target in zip(letters, rows[q], strict=True)
            ),
            *(f"[{q}]" for q, output in enumerate(machine.outputs) if output),
        ]
    )
