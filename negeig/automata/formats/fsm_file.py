r"""Machines as AT&T FSM text, the text format of OpenFst.

::

    0 1 a
    0 0 b
    1 0 a
    1 1 b
    0

A line is an edge, ``source target letter``, or a final state alone. The source of the first line is
the initial state; lines are in any order after it. Fields are separated by spaces and tabs. States
are numbered by value when all are whole numbers and otherwise in order of appearance; letters are
in order of appearance.

Only unweighted acceptors are read: a fourth field, the output symbol of a transducer, must repeat
the letter, and a weight, after an edge or a final state, must be 0. The letter ``<eps>`` is the
empty word; so is ``0`` in a file where every letter is a whole number, as in files that refer to a
table of symbols, which negeig does not read. In a letter, ``\uXXXX`` is a character by its code
and ``\\`` a backslash.

Source: Mohri, Pereira and Riley, AT&T FSM Library, fsm(5), 1998; OpenFst, ``fstcompile``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from negeig.automata.formats.completion import MISSING, Notices, complete, tabulate
from negeig.automata.formats.text import Edges, escape, lines, unescape
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.size import check_size
from negeig.automata.problems import Problems, shown
from negeig.claims import InputError, Letter

EPSILON = "<eps>"
NUMBER = re.compile(r"[0-9]{1,18}")
"""A whole number; what has more digits is a name."""

FIELD = re.compile(r"[^ \t\r]+")


def parse(text: str, name: str, max_states: int = 100_000) -> tuple[Machine, Notices]:
    r"""Read a machine from AT&T FSM text; see the module for the conventions.

    Raises
    ------
    InputError
        Every problem, with its line and column.
    LimitReached
        More than ``max_states`` states.

    Examples
    --------
    >>> parse("0 1 a\n1 0 a\n1", "odd.fsm")
    (Machine(2 states over a), ())
    >>> parse("0 1 a\n1 0.5", "m.fsm")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    negeig.claims.InputError: m.fsm: line 2, column 3: weight "0.5", expected 0 or none; ...
    """
    problems = Problems(name)
    edges, final = _content(text, problems)
    silent, notices = _silent(edges.labels)
    letters = _letters(edges, silent, problems)
    alphabet = {x: i for i, x in enumerate(dict.fromkeys(x for x in letters if x is not None))}
    if not problems and not alphabet:
        problems.add("the alphabet is empty: there is no edge with a letter")
    if problems:
        raise problems.error()
    columns = [MISSING if letter is None else alphabet[letter] for letter in letters]
    numbers = _numbers(list(edges.states))
    check_size(len(numbers), len(alphabet), max_states, name)
    table, choices = tabulate(
        len(numbers),
        len(alphabet),
        (
            (numbers[p], columns[x], numbers[q])
            for p, x, q in edges.triples()
            if columns[x] != MISSING
        ),
    )
    outputs = [0] * len(numbers)
    for state in final:
        outputs[numbers[state]] = 1
    machine, further = complete(
        name,
        alphabet=list(alphabet),
        table=table,
        choices=choices,
        initial=[numbers[0]],
        outputs=outputs,
        max_states=max_states,
        epsilon=[(numbers[p], numbers[q]) for p, x, q in edges.triples() if columns[x] == MISSING],
    )
    return machine, notices + further


def dumps(machine: Machine) -> str:
    r"""Write an acceptor as AT&T FSM text that :func:`parse` reads back as an equal machine.

    Raises InputError when an output is not 0 or 1.

    Examples
    --------
    >>> print(dumps(Machine(alphabet=["a", " "], transitions=[[1, 0], [1, 0]], initial=0,
    ...                     outputs=[0, 1])))
    0 1 a
    0 0 \u0020
    1 1 a
    1 0 \u0020
    1
    """
    if not machine.is_acceptor:
        raise InputError(
            "AT&T FSM",
            "the format has no outputs, only final states; write negeig JSON, DOT or JFLAP",
        )
    rows = machine.transitions.tolist()
    order = [machine.initial, *(q for q in range(machine.size) if q != machine.initial)]
    symbols = _symbols(machine.alphabet)
    lines = [f"{q} {t} {x}" for q in order for x, t in zip(symbols, rows[q], strict=True)]
    return "\n".join([*lines, *(str(q) for q, output in enumerate(machine.outputs) if output)])


def _symbols(alphabet: tuple[Letter, ...]) -> list[str]:
    """Return the letters as written; none may look like the empty word."""
    numbers = all(NUMBER.fullmatch(letter) for letter in alphabet)
    return [
        escape(
            letter, special="<" if letter == EPSILON else "0" if numbers and letter == "0" else ""
        )
        for letter in alphabet
    ]


def _silent(labels: Iterable[str]) -> tuple[set[str], Notices]:
    """Return the labels that are the empty word."""
    if "0" in labels and all(NUMBER.fullmatch(x) or x == EPSILON for x in labels):
        return {EPSILON, "0"}, ("every letter is a number, so 0 is the empty word",)
    return {EPSILON}, ()


def _letters(edges: Edges, silent: set[str], problems: Problems) -> list[Letter | None]:
    """Return the letter that each label stands for, None for the empty word."""
    letters: list[Letter | None] = []
    for label, place in zip(edges.labels, edges.label_places, strict=True):
        try:
            letters.append(None if label in silent else unescape(label))
        except ValueError as error:
            problems.add(f"{place}{error}")
    return letters


def _numbers(states: list[str]) -> list[int]:
    """Return the numbers of states: by value when all are numbers, and otherwise as they are."""
    order = list(range(len(states)))
    if all(map(NUMBER.fullmatch, states)):
        order.sort(key=lambda i: int(states[i]))
    numbers = [0] * len(states)
    for number, i in enumerate(order):
        numbers[i] = number
    return numbers


def _content(text: str, problems: Problems) -> tuple[Edges, set[int]]:
    """Return the edges and the final states; the first state of the edges is initial."""
    edges = Edges()
    final: set[int] = set()
    for number, line in lines(text):
        fields = [(m[0], f"line {number}, column {m.start() + 1}: ") for m in FIELD.finditer(line)]
        words = [word for word, _ in fields]
        if words[:1] == ["--"]:
            problems.add(f"{fields[0][1]}a second machine begins; a file holds one")
            break
        if len(words) > 2:
            edges.add(fields[0], fields[2], fields[1])
            # A transducer repeats the letter as its output; what is left is the weight.
            weights = fields[4:] if words[3:4] == words[2:3] else fields[3:]
        elif words:
            final.add(edges.state(*fields[0]))
            weights = fields[1:]
        else:
            continue
        problems.extend(*_weight_problems(weights, len(words)))
    return edges, final


def _weight_problems(weights: list[tuple[str, str]], fields: int) -> tuple[int, list[str]]:
    """Return how many and which problems the fields after the letter, or the final state, have."""
    if not weights or (len(weights) == 1 and _is_zero(weights[0][0])):
        return 0, []
    word, place = weights[0]
    if len(weights) > 1 and fields > 5:
        return 1, [f"{place}{fields} fields in a line, expected at most 5"]
    if fields == 4 or len(weights) > 1:
        what = f"{shown(word)} is neither the letter again nor weight 0"
    else:
        what = f"weight {shown(word)}, expected 0 or none"
    return 1, [f"{place}{what}; only unweighted acceptors are read"]


def _is_zero(word: str) -> bool:
    return re.fullmatch(r"[+-]?(?:0+\.?0*|\.0+)(?:[eE][+-]?[0-9]+)?", word) is not None
