"""Automata of automata-lib written as JSON: the dictionary that its ``DFA`` and ``NFA`` take.

::

    {"states": ["even", "odd"], "input_symbols": ["a"],
     "transitions": {"even": {"a": "odd"}, "odd": {"a": "even"}},
     "initial_state": "even", "final_states": ["even"]}

A target is a state, or a list of states; the symbol ``""`` is the empty word. States and letters
are in the order of their lists. Other automata of the library are refused by name.
"""

from __future__ import annotations

from typing import Any

from negeig.automata.formats import symbols
from negeig.automata.formats.completion import MISSING, Notices, complete, tabulate
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.size import check_size
from negeig.automata.problems import Problems, letter_problems, shown

KEYS = ("states", "input_symbols", "transitions", "initial_state", "final_states")
OPTIONAL = ("allow_partial",)
OTHERS = {
    "stack_symbols": "a pushdown automaton",
    "tape_symbols": "a Turing machine",
    "final_state": "a generalised automaton",
    "output_symbols": "a machine with outputs",
}


def looks_like(value: dict[str, Any]) -> bool:
    """Whether an object of JSON is of automata-lib rather than of negeig.

    Examples
    --------
    >>> looks_like({"initial_state": "q"}), looks_like({"initial": 0})
    (True, False)
    """
    return "initial_state" in value or "input_symbols" in value


def parse(value: dict[str, Any], name: str, max_states: int) -> tuple[Machine, Notices]:
    """Return the machine of such an object; see the module.

    Raises
    ------
    InputError
        Listing every problem.
    LimitReached
        More than ``max_states`` states.

    Examples
    --------
    >>> parse({"states": ["p"], "input_symbols": ["a"], "transitions": {"p": {"a": "p"}},
    ...        "initial_state": "p", "final_states": ["p"]}, "m.json", 10)
    (Machine(1 states over a), ())
    """
    problems = Problems(name)
    for key in value:
        if key in OTHERS:
            problems.add(
                f"{shown(key)}: {OTHERS[key]} is not read, only DFA and NFA of automata-lib"
            )
        elif key not in KEYS + OPTIONAL:
            problems.add(f"unknown key {shown(key)} in an automaton of automata-lib")
    for key in KEYS:
        if key not in value:
            problems.add(f"{shown(key)} is missing from an automaton of automata-lib")
    if problems:
        raise problems.error()
    states = {state: i for i, state in enumerate(_names(value, "states", problems))}
    check_size(len(states), 1, max_states, name)
    alphabet = value["input_symbols"] if isinstance(value["input_symbols"], list) else []
    found = letter_problems(alphabet)
    problems.extend(len(found), (f'"input_symbols": {problem}' for problem in found))
    if problems:
        raise problems.error()
    columns = {letter: i for i, letter in enumerate(alphabet)}
    final = _names(value, "final_states", problems)
    initial = _name(value["initial_state"])
    for where, state in [("initial_state", initial), *(("final_states", q) for q in final)]:
        if state not in states:
            problems.add(f'"{where}": {shown(state)} is not in "states"')
    edges = _edges(value["transitions"], states, columns, problems)
    if problems:
        raise problems.error()
    check_size(len(states), len(alphabet), max_states, name)
    table, choices = tabulate(
        len(states), len(alphabet), (edge for edge in edges if edge[1] != MISSING)
    )
    accepting = {states[state] for state in final}
    machine, notices = complete(
        name,
        alphabet=alphabet,
        table=table,
        choices=choices,
        initial=[states[initial or ""]],
        outputs=[int(q in accepting) for q in range(len(states))],
        max_states=max_states,
        epsilon=[(source, target) for source, column, target in edges if column == MISSING],
    )
    return machine, symbols.said_of_letters(alphabet) + notices


def _name(value: object) -> str | None:
    """Return a state's name; JSON makes names of numbers where they are keys, so they all are."""
    if type(value) is int:
        return str(value)
    return value if isinstance(value, str) else None


def _names(value: dict[str, Any], key: str, problems: Problems) -> list[str]:
    """Return a list of names of states, each once."""
    found = value[key] if isinstance(value[key], list) else [None]
    names = [name for name in map(_name, found) if name is not None]
    if len(names) < len(found):
        problems.add(f'"{key}" must be a list of names')
    elif len(set(names)) < len(names):
        problems.add(f'"{key}" has a state twice')
    elif not names and key == "states":
        problems.add("no states")
    return names


def _edges(
    rows: object, states: dict[str, int], columns: dict[str, int], problems: Problems
) -> list[tuple[int, int, int]]:
    """Return edges (source, column, target), the empty word as column MISSING."""
    edges: list[tuple[int, int, int]] = []
    if not isinstance(rows, dict):
        problems.add('"transitions" must be an object')
        return edges
    for state, row in rows.items():
        if state not in states:
            problems.add(f'"transitions": {shown(state)} is not in "states"')
            continue
        if not isinstance(row, dict):
            problems.add(f"transitions of {shown(state)} must be an object, found {shown(row)}")
            continue
        for letter, cell in row.items():
            where = f"transitions of {shown(state)}, letter {shown(letter)}"
            column = MISSING if letter == "" else columns.get(letter)
            if column is None:
                problems.add(f'{where}: not in "input_symbols"')
                continue
            for target in cell if isinstance(cell, list) else [cell]:
                number = states.get(_name(target) or "")
                if number is None:
                    problems.add(f'{where}: target {shown(target)} is not in "states"')
                else:
                    edges.append((states[state], column, number))
    return edges
