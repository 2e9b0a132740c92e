"""Machines as negeig JSON.

One object::

    {"alphabet": ["a", "b"], "initial": 0, "transitions": [[1, 0], [0, null]], "accepting": [0]}

``transitions`` has one row for each state and one column for each letter. An entry is the number of
a state, ``null`` for a missing transition, or a list of states to choose from. Instead of
``accepting``, a list of states, ``outputs`` may give one JSON value for each state. States may have
names, see :mod:`.named_states`.

An object with the keys of automata-lib's automata is read too, see :mod:`.automata_lib_json`; of a
certificate the machine that it is about, see :mod:`.certificate_file`.
"""

from __future__ import annotations

import json
import math
import re
from array import array
from collections import Counter
from itertools import chain
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from negeig.automata.formats import automata_lib_json, certificate_file, foreign, named_states
from negeig.automata.formats.completion import MISSING, Choices, Notices, complete
from negeig.automata.formats.documents import glance, other_than
from negeig.automata.formats.json_words import in_words
from negeig.automata.labels import json_text
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.size import check_size
from negeig.automata.problems import Problems, letter_problems, shown
from negeig.claims import InputError, Output

READ = (
    "here a machine is read: write an object with alphabet, initial, transitions and accepting or "
    "outputs"
)

KEYS = ("alphabet", "initial", "transitions", "outputs", "accepting")

MOST_DIGITS = 4300
"""Digits of a whole number, as many as Python converts."""

DEEPEST_OUTPUT = 50
"""Lists and objects within an output may be nested this deep."""


def parse(text: str, name: str, max_states: int = 100_000) -> tuple[Machine, Notices]:
    """Read a machine from negeig JSON; letters and states keep their order.

    Parameters
    ----------
    text : str
        The whole file.
    name : str
        What messages call it.

    Returns
    -------
    machine : Machine
        Complete and deterministic, not minimised.
    notices : tuple of str
        What was completed or determinised.

    Raises
    ------
    InputError
        Listing every problem of the file.
    LimitReached
        More than ``max_states`` states.

    Examples
    --------
    >>> parse('{"alphabet": ["a"], "initial": 0, "transitions": [[null]], "accepting": [0]}', "m")
    (Machine(2 states over a), ('1 missing transition completed with a new sink state',))
    """
    certified = certificate_file.task(text, name, loads)
    if certified is not None:
        machine, notices = _parse(certified[0], name, max_states)
        return machine, (certified[1], *notices)
    return _parse(_load(text, name), name, max_states)


def _parse(value: Any, name: str, max_states: int) -> tuple[Machine, Notices]:
    if not isinstance(value, dict):
        raise InputError(name, f"expected a JSON object, found {shown(value)}", code="bad-file")
    if automata_lib_json.looks_like(value):
        return automata_lib_json.parse(value, name, max_states)
    if other := other_than("machine", value):
        raise InputError(name, f"{other}; {READ}", code="bad-file")
    if what := foreign.json_object(value):
        raise InputError(
            name,
            f"this looks like {what}; it is not read: write an object with alphabet, initial, "
            "transitions and accepting or outputs",
            code="bad-file",
        )
    if named_states.looks_like(value):
        value = named_states.numbered(value, name)
    problems = Problems(name)
    _check_keys(value, problems)
    letters = _list(value, "alphabet", problems)
    rows = _list(value, "transitions", problems)
    if letters is not None:
        found = letter_problems(letters)
        problems.extend(len(found), found)
    if rows is not None:
        if not rows:
            problems.add("no states: transitions is empty")
        check_size(len(rows), 1, max_states, name)
    states = len(rows) if rows is not None else None
    _check_initial(value, states, problems)
    outputs = _outputs(value, states, problems)
    table, choices = _table(rows or [], letters, problems)
    if problems or letters is None or outputs is None:
        raise problems.error()
    return complete(
        name,
        alphabet=letters,
        table=table,
        choices=choices,
        initial=[value["initial"]],
        outputs=outputs,
        max_states=max_states,
    )


def dumps(machine: Machine) -> str:
    """Write a machine as negeig JSON that :func:`parse` reads back as an equal machine.

    Natural points are not written: they belong to zoo tasks.

    Raises
    ------
    InputError
        An output is not a JSON value.

    Examples
    --------
    >>> print(dumps(Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])))
    {"alphabet": ["a"],
     "initial": 0,
     "transitions": [
      [1],
      [0]],
     "accepting": [0]}
    """
    if machine.is_acceptor:
        accepting = [q for q, output in enumerate(machine.outputs) if output]
        last = f'"accepting": {json.dumps(accepting)}'
    else:
        last = f'"outputs": {written_output(list(machine.outputs))}'
    rows = ",\n  ".join(map(str, machine.transitions.tolist()))
    return (
        f'{{"alphabet": {json_text(machine.alphabet)},\n "initial": {machine.initial},\n'
        f' "transitions": [\n  {rows}],\n {last}}}'
    )


def written_output(output: Output) -> str:
    """Return an output as JSON text; InputError when it is no JSON value."""
    try:
        return json_text(output)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError("machine", f"an output is not a JSON value: {error}") from None


def output_problem(output: Output) -> str | None:
    """Return what is wrong with one output as read from a file, or None."""
    if isinstance(output, str):
        return "half of a surrogate pair" if _has_surrogate(output) else None
    level: list[Any] = [output]
    depth = 0
    while level := [value for value in level if isinstance(value, (list, dict, str))]:
        if any(isinstance(value, str) and _has_surrogate(value) for value in level):
            return "half of a surrogate pair"
        inner = [value for value in level if not isinstance(value, str)]
        depth += bool(inner)
        if depth > DEEPEST_OUTPUT:
            return f"nested more than {DEEPEST_OUTPUT} deep"
        level = list(
            chain.from_iterable([*v, *v.values()] if isinstance(v, dict) else v for v in inner)
        )
    return None


def loads(text: str) -> Any:
    """Read JSON strictly: no NaN, no number beyond a double, no key twice in an object.

    Raises ValueError saying what is wrong.

    Examples
    --------
    >>> loads('{"a": NaN}')
    Traceback (most recent call last):
    ValueError: NaN is not JSON
    """
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_not_json,
            parse_float=_finite,
            parse_int=_integer,
        )
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(in_words(error)) from None


def _load(text: str, name: str) -> Any:
    try:
        return loads(text)
    except ValueError as error:
        if other := other_than("machine", glance(text)):
            raise InputError(name, f"{other}; {READ}", code="bad-file") from None
        python = re.match(r"\s*\{\s*'", text)
        hint = "; it looks like a dictionary of Python: write it with json.dumps" if python else ""
        raise InputError(name, f"not valid JSON: {error}{hint}", code="bad-file") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key {shown(twice)} occurs twice in one object")
    return value


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError(f"a number of {len(text):,} digits; at most {MOST_DIGITS:,} are read")
    return int(text)


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"the number {text[:40]} is too large")
    return value


def _has_surrogate(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text)


def _check_keys(value: dict[str, Any], problems: Problems) -> None:
    unknown = [key for key in value if key not in KEYS]
    allowed = ", ".join(KEYS)
    problems.extend(
        len(unknown), (f"unknown key {shown(key)}; the keys are {allowed}" for key in unknown)
    )
    for key in ("alphabet", "transitions"):
        if key not in value:
            problems.add(f'"{key}" is missing')
    if ("outputs" in value) == ("accepting" in value):
        both = "both are there" if "outputs" in value else "neither is there"
        problems.add(f'exactly one of "outputs" and "accepting" is needed; {both}')


def _list(value: dict[str, Any], key: str, problems: Problems) -> list[Any] | None:
    found = value.get(key)
    if isinstance(found, list):
        return found
    if key in value:
        problems.add(f'"{key}" must be a list, found {shown(found)}')
    return None


def _check_initial(value: dict[str, Any], states: int | None, problems: Problems) -> None:
    initial = value.get("initial")
    if "initial" not in value:
        problems.add('no initial state: "initial" is missing')
    elif type(initial) is not int:
        problems.add(f'"initial" must be the number of a state, found {shown(initial)}')
    elif states and not 0 <= initial < states:
        problems.add(f'"initial" is {shown(initial)}, not one of 0 to {states - 1}')


def _outputs(value: dict[str, Any], states: int | None, problems: Problems) -> list[Output] | None:
    """Return one output for each state, from either key."""
    outputs = _list(value, "outputs", problems)
    if outputs is not None:
        if states is not None and len(outputs) != states:
            problems.add(f"{len(outputs)} outputs for {states} rows of transitions")
        for q, output in enumerate(outputs):
            if problem := output_problem(output):
                problems.add(f"output of state {q}: {problem}")
    accepting = _list(value, "accepting", problems)
    if accepting is not None and states is not None:
        outputs = [0] * states
        for q in accepting:
            if type(q) is not int:
                problems.add(f"accepting: {shown(q)} is not the number of a state")
            elif not 0 <= q < states:
                problems.add(f"accepting: state {shown(q)} is not one of 0 to {states - 1}")
            elif outputs[q]:
                problems.add(f"accepting: state {q} is listed twice")
            else:
                outputs[q] = 1
    return outputs


def _table(
    rows: list[Any], letters: list[Any] | None, problems: Problems
) -> tuple[NDArray[np.int32], Choices]:
    """Return the table, MISSING where an entry is null, and the entries that are choices."""
    states = len(rows)
    width = len(letters) if letters is not None else None
    cells = array("i")
    choices: dict[tuple[int, int], tuple[int, ...]] = {}
    for q, row in enumerate(rows):
        if type(row) is not list:
            problems.add(f"row {q} must be a list, found {shown(row)}")
            continue
        if width is not None and len(row) != width:
            problems.add(f"row {q} has {len(row)} entries, expected {width}, one for each letter")
        for a, cell in enumerate(row):
            if type(cell) is int and 0 <= cell < states:
                cells.append(cell)
            elif cell is None:
                cells.append(MISSING)
            else:
                targets = cell if type(cell) is list else [cell]
                wrong = [t for t in targets if type(t) is not int or not 0 <= t < states]
                if wrong:
                    problems.add(_wrong_target(q, a, letters, wrong[0], states))
                distinct = tuple(sorted(set(targets).difference(wrong))) if not wrong else ()
                cells.append(distinct[0] if distinct else MISSING)
                if len(distinct) > 1:
                    choices[q, a] = distinct
    if problems:
        return np.empty((0, 0), dtype=np.int32), {}
    return np.array(cells, dtype=np.int32).reshape(states, width or 0), choices


def _wrong_target(q: int, a: int, letters: list[Any] | None, target: object, states: int) -> str:
    letter = shown(letters[a]) if letters is not None and a < len(letters) else f"in column {a}"
    if type(target) is int:
        return f"row {q}, letter {letter}: target {shown(target)} is not one of 0 to {states - 1}"
    return f"row {q}, letter {letter}: {shown(target)} is not the number of a state"
